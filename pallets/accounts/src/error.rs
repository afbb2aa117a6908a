//! Why a policy stays as it is.

use althing_primitives::{AccountId, Balance, BlockNumber, Hash256, SchemeId};

althing_frame::pallet_errors! {
    /// Why a policy stays as it is.
    pub enum Error in pallet 4 {
        /// The account has no policy yet: it has never signed with its key.
        1 "ACC-101" NoPolicy { account: AccountId } => "account {account} has no policy yet";
        /// The policy has no such key.
        2 "ACC-102" UnknownKey { handle: Hash256 } => "the policy has no key {handle}";
        /// The policy has the key already.
        3 "ACC-103" KnownKey { handle: Hash256 } => "the policy has key {handle} already";
        /// The policy holds as many keys as it can.
        4 "ACC-104" TooManyKeys { maximum: u32 } => "a policy holds {maximum} keys at most";
        /// The chain knows no such signature scheme.
        5 "ACC-105" UnknownScheme { scheme: SchemeId }
            => "signature scheme {scheme} is not known to this chain";
        /// The scheme's state forbids new keys.
        6 "ACC-106" SchemeState { scheme: SchemeId, name: String, state: &'static str }
            => "scheme {scheme} ({name}) is {state} and takes no new keys: choose an active scheme";
        /// The account holds too much for a scheme on trial.
        7 "ACC-107" TrialCap { scheme: SchemeId, held: Balance, maximum: Balance }
            => "scheme {scheme} is on trial for accounts with up to {maximum}, this one holds {held}";
        /// The public key has the wrong length.
        8 "ACC-108" KeySize { scheme: SchemeId, expected: u64, found: u64 }
            => "a public key of scheme {scheme} has {expected} bytes, found {found}";
        /// The proof of possession has the wrong length.
        9 "ACC-109" ProofSize { scheme: SchemeId, expected: u64, found: u64 }
            => "a proof under scheme {scheme} has {expected} bytes, found {found}";
        /// The proof was not made by this key for this account, nonce and chain.
        10 "ACC-110" BadProof { scheme: SchemeId, rotation_nonce: u32 }
            => "the new key's proof under scheme {scheme} is not one for this account, this chain \
                and rotation nonce {rotation_nonce}";
        /// The key would expire before it could sign.
        11 "ACC-111" Expired { expires: BlockNumber, now: BlockNumber }
            => "the key would expire at block {expires}, now is {now}";
        /// No key would be left that controls the account alone, for good, and under a scheme
        /// that can still sign.
        12 "ACC-112" LastKey { handle: Hash256 }
            => "without key {handle} nobody could sign for the account for good: add another first";
        /// The policy has changed as often as it can.
        13 "ACC-113" NonceExhausted { rotation_nonce: u32 }
            => "rotation nonce {rotation_nonce} is the last one";
    }
}
