//! Why a key is not published, or an annex not kept.

use althing_primitives::{AccountId, Hash256, SchemeId};

althing_frame::pallet_errors! {
    /// Why a key is not published, or an annex not kept.
    pub enum Error in pallet 11 {
        /// The registry has no such KEM.
        1 "ENC-101" UnknownKem { scheme: SchemeId }
            => "the registry has no key encapsulation scheme {scheme}";
        /// The KEM's state forbids it.
        2 "ENC-102" KemState {
            scheme: SchemeId, name: String, state: &'static str, refused: &'static str
        } => "key encapsulation scheme {scheme} ({name}) is {state} and takes no {refused}";
        /// The public key has the wrong length.
        3 "ENC-103" KeySize { scheme: SchemeId, expected: u64, found: u64 }
            => "an encryption key of scheme {scheme} has {expected} bytes, found {found}";
        /// The public key is no encoding of a key.
        4 "ENC-104" KeyNotCanonical { scheme: SchemeId }
            => "the bytes are not the encoding of a key of scheme {scheme}";
        /// The account has published no key.
        5 "ENC-105" NoKey { who: AccountId } => "{who} has published no encryption key";
        /// A member of the council twice.
        6 "ENC-106" TwiceOnCouncil { member: AccountId } => "{member} is on the council twice";
        /// The bytes are no envelope.
        7 "ENC-107" NotAnEnvelope { reason: String } => "this is no sealed envelope: {reason}";
        /// An envelope for another purpose, or for another referendum.
        8 "ENC-108" NotItsAnnex { referendum: u32 }
            => "the envelope was not sealed as the annex of referendum {referendum}";
        /// An envelope of another chain.
        9 "ENC-109" OtherChain { found: Hash256 }
            => "the envelope was sealed on the chain with genesis {found}";
        /// An envelope by somebody else.
        10 "ENC-110" OtherSender { sender: AccountId, who: AccountId }
            => "the envelope was sealed by {sender}, not by {who}";
        /// Nobody on the council could read it.
        11 "ENC-111" NotForTheCouncil => "none of the envelope's recipients is on the council";
        /// A ciphertext has the wrong length.
        12 "ENC-112" CiphertextSize { scheme: SchemeId, expected: u64, found: u64 }
            => "a ciphertext of scheme {scheme} has {expected} bytes, found {found}";
        /// Only the proposer has an annex attached.
        13 "ENC-113" NotTheProposer { referendum: u32, proposer: AccountId }
            => "referendum {referendum} was proposed by {proposer}";
        /// The referendum has one already.
        14 "ENC-114" AlreadyAttached { referendum: u32 }
            => "referendum {referendum} has an annex already";
        /// The referendum has none.
        15 "ENC-115" NoAnnex { referendum: u32 } => "referendum {referendum} has no annex";
        /// Only the proposer, or the council once the referendum has ended, reveals an annex.
        16 "ENC-116" MayNotReveal { referendum: u32 }
            => "the annex of referendum {referendum} is revealed by its proposer, or by the council \
                once the referendum has ended";
        /// Another key.
        17 "ENC-117" WrongContentKey { referendum: u32 }
            => "this is not the key that the annex of referendum {referendum} commits to";
        /// It was revealed before.
        18 "ENC-118" AlreadyRevealed { referendum: u32 }
            => "the annex of referendum {referendum} was revealed before";
        /// A second claim of who sealed it, which the chain does not verify.
        19 "ENC-119" SignedTwice { scheme: SchemeId }
            => "the annex names an author's key of scheme {scheme}: the extrinsic says who sealed it";
    }
}
