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
        /// The owner keys that never expire cannot reach the threshold together.
        14 "ACC-114" Unreachable { threshold: u32, reachable: u32 }
            => "the threshold is {threshold}: the keys that control the account for good weigh \
                {reachable} together, and at least 1 is needed";
        /// A key without weight.
        15 "ACC-115" NoWeight { handle: Hash256 } => "key {handle} needs a weight of 1 or more";
        /// Rights that no key can have.
        16 "ACC-116" BadScopes { handle: Hash256, scopes: u8, limit: Balance }
            => "key {handle} has scopes {scopes} and limit {limit}: an owner has 1 alone, others some \
                of transfer 2, vote 4 and session 8, and only transfer has a limit";
        /// A session key for ever.
        17 "ACC-117" EndlessSession { handle: Hash256 }
            => "session key {handle} must expire: say from which block on";
        /// Not one proof for each new key.
        18 "ACC-118" ProofCount { expected: u64, found: u64 }
            => "the policy has {expected} new keys, each of which must prove its possession: found \
                {found} proofs";
        /// An account is no friend of its own.
        19 "ACC-119" OwnFriend { account: AccountId }
            => "account {account} cannot be a friend who recovers itself";
        /// A friend is named once.
        20 "ACC-120" FriendTwice { friend: AccountId } => "friend {friend} is named twice";
        /// More friends needed than there are, or none.
        21 "ACC-121" FriendThreshold { threshold: u32, friends: u64 }
            => "recovery by {threshold} of {friends} friends: at least 1, at most all of them";
        /// One change waits at a time.
        22 "ACC-122" ChangePending { effective_at: BlockNumber }
            => "another change waits until block {effective_at}: cancel it first, or wait";
        /// No change waits.
        23 "ACC-123" NoChange { account: AccountId }
            => "no change of the policy of {account} waits";
        /// The policy names nobody who may recover the account.
        24 "ACC-124" NoRecovery { account: AccountId }
            => "account {account} has named no friends who may recover it";
        /// Only friends may.
        25 "ACC-125" NotFriend { account: AccountId, who: AccountId }
            => "{who} is not among the friends of {account}";
        /// A friend's word counts once.
        26 "ACC-126" SaidAlready { who: AccountId } => "{who} has said so already";
        /// No block within reach has room for another change.
        27 "ACC-127" AgendaFull { from: BlockNumber, to: BlockNumber }
            => "as many changes as can take effect in blocks {from} to {to} wait already: try again \
                in the next block";
        /// No such recovery is proposed.
        28 "ACC-128" UnknownRecovery { draft_hash: Hash256 }
            => "no recovery with draft {draft_hash} is proposed under the present policy";
        /// The same recovery, or another one of this friend, is there.
        29 "ACC-129" ProposedAlready { account: AccountId }
            => "this recovery of {account}, or another one of yours, is proposed already: approve \
                it, or withdraw yours first";
        /// No recovery to cancel or withdraw.
        30 "ACC-130" NoRecoveryProposed { account: AccountId }
            => "no recovery of {account} is proposed";
        /// Somebody else can help the account.
        31 "ACC-131" NotStranded { account: AccountId, way: &'static str }
            => "account {account} needs no rescue: {way}";
        /// The account has committed itself to no key.
        32 "ACC-132" NoCommitment { account: AccountId }
            => "account {account} has committed itself to no next key";
        /// The change may have been forged.
        33 "ACC-133" FallenWord { scheme: SchemeId }
            => "scheme {scheme}, which answers for this change, was shown to be broken while it \
                waited";
    }
}
