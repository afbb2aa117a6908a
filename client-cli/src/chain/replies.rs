//! The node's answers (`specs/rpc.md`), as far as the wallet reads them.

use althing_crypto::KeyHandle;
use althing_primitives::Circumstances;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::plain::{plain, plain_option};
use super::{Amount, Bytes};

/// What a chain says of itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    /// Its name.
    pub chain: String,
    /// Hash of its first block, 0x-hex.
    pub genesis: String,
    /// Its members' keys are public.
    pub development: bool,
    /// Which periods its referenda have.
    #[serde(default)]
    pub gov: Value,
    /// Version of its rules.
    pub spec_version: u32,
    /// Prefix of its addresses.
    pub prefix: u16,
    /// Its token.
    pub token: Token,
    /// Its best block.
    pub head: Head,
}

/// A token.
#[derive(Clone, Debug, Deserialize)]
pub struct Token {
    /// What it is called.
    pub symbol: String,
    /// How many decimal places it has.
    pub decimals: u32,
}

/// A block by height and hash.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// Its height.
    pub number: u32,
    /// Its hash, 0x-hex.
    pub hash: String,
    /// Root of the state after it, 0x-hex.
    #[serde(default)]
    pub state_root: Option<String>,
}

/// An account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Its address.
    pub account: String,
    /// Transactions in blocks.
    pub nonce: u32,
    /// The nonce of its next transaction, those in the pool counted.
    pub next_nonce: u32,
    /// Free funds, locked ones included.
    pub free: Amount,
    /// Deposits.
    pub reserved: Amount,
    /// What locks hold.
    pub frozen: Amount,
    /// What can be sent now.
    pub spendable: Amount,
    /// Keys that may sign.
    pub keys: Vec<Key>,
    /// Locks.
    pub locks: Vec<Lock>,
    /// How often its keys have changed.
    pub rotation_nonce: u32,
    /// How often the registry of schemes has changed.
    pub registry_epoch: u32,
}

impl Account {
    /// Under which rules it signs now.
    pub fn circumstances(&self) -> Circumstances {
        Circumstances { epoch: self.registry_epoch, policy: self.rotation_nonce }
    }

    /// Whether the state of a key's scheme lets it sign ordinary calls, as far as the node says.
    pub fn may_sign(&self, handle: KeyHandle) -> bool {
        let wanted = const_hex::encode_prefixed(handle.0.0);
        let key = self.keys.iter().find(|key| key.handle.eq_ignore_ascii_case(&wanted));
        let state = key.and_then(|key| key.scheme_state.as_deref()).unwrap_or_default();
        !["proposed", "frozen", "retired"].contains(&state.to_ascii_lowercase().as_str())
    }
}

/// A key of an account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// Number of its scheme.
    pub scheme: u16,
    /// Name of its scheme, if the registry still has it.
    pub scheme_name: Option<String>,
    /// The state of its scheme, if the registry still has it.
    #[serde(default)]
    pub scheme_state: Option<String>,
    /// Short name of the public key, 0x-hex.
    pub handle: String,
    /// The chain keeps the public key, so it need not travel again.
    pub public_kept: bool,
}

/// A lock on an account.
#[derive(Clone, Debug, Deserialize)]
pub struct Lock {
    /// Whose lock it is.
    pub id: String,
    /// How much it holds.
    pub amount: Amount,
}

/// A refusal by the chain's rules.
#[derive(Clone, Debug, Deserialize)]
pub struct ChainRefusal {
    /// Public code, such as `VOT-103`.
    pub code: String,
    /// The reason with its values.
    pub message: String,
    /// The values by name.
    #[serde(default)]
    pub values: Map<String, Value>,
}

/// What a call would do.
#[derive(Clone, Debug, Deserialize)]
pub struct DryRun {
    /// It would succeed.
    pub ok: bool,
    /// Why it would not.
    pub error: Option<ChainRefusal>,
    /// What it would cost the sender.
    pub fee: Amount,
    /// What the first use of the sender's key sets aside.
    #[serde(default)]
    pub deposit: Amount,
    /// Whether the sender can pay both.
    #[serde(default)]
    pub payable: Option<bool>,
    /// What would happen.
    #[serde(default)]
    pub events: Vec<Bytes>,
}

/// What became of one extrinsic of a block.
#[derive(Clone, Debug, Deserialize)]
pub struct Receipt {
    /// Hash of the extrinsic.
    pub hash: String,
    /// Pallet of its call.
    pub pallet: String,
    /// Its call.
    pub call: String,
    /// What it cost.
    pub fee: Amount,
    /// It took effect.
    pub ok: bool,
    /// Why it did not.
    pub error: Option<ChainRefusal>,
}

/// A class of referenda.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Track {
    /// Its name.
    pub name: String,
    /// How many are decided at a time.
    pub max_deciding: u32,
    /// Deposit for asking.
    pub submission_deposit: Amount,
    /// Deposit for having it decided.
    pub decision_deposit: Amount,
    /// Blocks before deciding may begin.
    pub prepare_period: u32,
    /// Blocks in which it is decided.
    pub decision_period: u32,
    /// Blocks for which it must pass.
    pub confirm_period: u32,
    /// Blocks between approval and enactment, at least.
    pub min_enactment: u32,
}

/// What members have answered.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub struct Tally {
    /// Votes for.
    pub ayes: Amount,
    /// Votes against.
    pub nays: Amount,
    /// Balance that takes part, conviction left aside.
    pub support: Amount,
}

/// Money set aside by someone.
#[derive(Clone, Debug, Deserialize)]
pub struct Deposit {
    /// Who.
    pub who: String,
    /// How much.
    pub amount: Amount,
}

/// Both deposits of a referendum; none once given back or taken.
#[derive(Clone, Debug, Deserialize)]
pub struct Deposits {
    /// For asking.
    pub submission: Option<Deposit>,
    /// For having it decided.
    pub decision: Option<Deposit>,
}

/// What a referendum would do.
#[derive(Clone, Debug, Deserialize)]
pub struct Proposal {
    /// BLAKE2b-256 of the call, 0x-hex.
    pub hash: String,
    /// How long the call is.
    pub bytes: u32,
    /// The call, unless its preimage is missing.
    pub call: Option<Bytes>,
    /// The call in words.
    pub text: Option<String>,
}

/// What came of an approved call.
#[derive(Clone, Debug, Deserialize)]
pub struct Enactment {
    /// In which block.
    pub block: u32,
    /// It took effect.
    pub ok: bool,
    /// Why it did not: the chain keeps the code only.
    pub error: Option<String>,
}

/// A question to the members.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Referendum {
    /// Its number.
    pub index: u32,
    /// Name of its track.
    pub track: String,
    /// What people call it.
    #[serde(deserialize_with = "plain")]
    pub title: String,
    /// Who asks.
    pub proposer: String,
    /// `preparing queued deciding confirming approved enacted failed rejected cancelled killed
    /// timed-out`.
    pub status: String,
    /// Block of submission.
    pub submitted: u32,
    /// Block since which it is being decided.
    pub deciding_since: Option<u32>,
    /// Block in which deciding ends.
    pub decision_ends: Option<u32>,
    /// Block until which it must pass.
    pub confirming_until: Option<u32>,
    /// Block for which its call is scheduled.
    pub enacts_at: Option<u32>,
    /// Block in which it ended.
    pub ended: Option<u32>,
    /// What it would do.
    pub proposal: Proposal,
    /// What members have answered.
    pub tally: Tally,
    /// Balance that could take part.
    pub electorate: Amount,
    /// Ayes among the votes, percent.
    pub approval: String,
    /// What is needed now, percent; none while it is not decided.
    pub approval_needed: Option<String>,
    /// Support among the electorate, percent.
    pub support_share: String,
    /// What is needed now, percent.
    pub support_needed: Option<String>,
    /// Both are met now.
    pub passing: bool,
    /// Money set aside for it.
    pub deposits: Deposits,
    /// What came of its call.
    pub enactment: Option<Enactment>,
    /// How it is counted, if it must stand without any one scheme.
    pub critical: Option<Critical>,
}

/// How a critical referendum is counted.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Critical {
    /// It decides about cryptography: not every ballot counts.
    pub cryptographic: bool,
    /// The schemes whose fate it decides.
    pub affected: Vec<String>,
    /// The ballots that count.
    pub counted: Tally,
    /// What is left of them in the worst case.
    pub least: Tally,
    /// Ayes among the votes in that case, percent.
    pub least_approval: String,
    /// Support among the electorate in that case, percent.
    pub least_support: String,
    /// The scheme on whose ayes it rests most.
    #[serde(default, deserialize_with = "plain_option")]
    pub weakest: Option<String>,
    /// The ballots by scheme.
    pub voices: Vec<Voice>,
}

/// The ballots under one scheme.
#[derive(Clone, Debug, Deserialize)]
pub struct Voice {
    /// The scheme; `joint` if several signed together.
    #[serde(deserialize_with = "plain")]
    pub name: String,
    /// What they add up to.
    pub tally: Tally,
    /// Why they do not count: `affected`, or the state of the scheme.
    #[serde(default, deserialize_with = "plain_option")]
    pub excluded: Option<String>,
}

/// A ballot.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Ballot {
    /// All on one side.
    Standard {
        /// `aye` or `nay`.
        vote: String,
        /// How much.
        balance: Amount,
        /// For how many lock periods.
        conviction: Value,
    },
    /// On both sides.
    Split {
        /// For.
        aye: Amount,
        /// Against.
        nay: Amount,
    },
    /// On both sides and on neither.
    SplitAbstain {
        /// For.
        aye: Amount,
        /// Against.
        nay: Amount,
        /// Neither.
        abstain: Amount,
    },
}

/// A member's ballot in a referendum.
#[derive(Clone, Debug, Deserialize)]
pub struct MemberBallot {
    /// Which referendum; in the list of a member.
    pub referendum: Option<u32>,
    /// Who; in the list of a referendum.
    pub member: Option<String>,
    /// The ballot.
    pub ballot: Ballot,
}

/// A page of the ballots of a referendum.
#[derive(Clone, Debug, Deserialize)]
pub struct BallotPage {
    /// The ballots.
    pub ballots: Vec<MemberBallot>,
    /// After whom the next page begins; none after the last.
    pub next: Option<String>,
}

/// How much a track may spend.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cap {
    /// Name of the track.
    pub track: String,
    /// At once.
    pub per_spend: Option<Amount>,
    /// In one period.
    pub per_period: Option<Amount>,
    /// How long a period is, in blocks.
    pub period: Option<u32>,
}

/// Money the members decided to pay.
#[derive(Clone, Debug, Deserialize)]
pub struct Spend {
    /// Its number.
    pub index: u32,
    /// To whom.
    pub beneficiary: String,
    /// How much.
    pub amount: Amount,
    /// What for.
    #[serde(default)]
    #[serde(deserialize_with = "plain")]
    pub memo: String,
    /// Block in which it was decided.
    pub approved: Option<u32>,
}

/// The common funds.
#[derive(Clone, Debug, Deserialize)]
pub struct Treasury {
    /// Their account.
    pub account: String,
    /// What they hold.
    pub free: Amount,
    /// Who may spend how much.
    pub caps: Vec<Cap>,
    /// What waits.
    pub pending: Vec<Spend>,
}

/// A scheme in the registry.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scheme {
    /// Its number.
    pub id: u16,
    /// Its name.
    pub name: String,
    /// `signature` or `kem`.
    pub kind: String,
    /// The assumption it rests on.
    pub family: String,
    /// How far it may be used.
    pub state: String,
    /// Block of its last change.
    pub since: u32,
    /// Block at which it ends.
    pub sunset_at: Option<u32>,
    /// Block until which it is suspended; none for a broken one, which is so until it is retired.
    pub frozen_until: Option<u32>,
    /// Block in which it was proved to be broken.
    #[serde(default)]
    pub broken: Option<u32>,
    /// The count that its retirement waits for, if that is decided.
    #[serde(default)]
    pub retiring: Option<Retiring>,
    /// Length of a public key.
    pub public_bytes: u32,
    /// Length of a signature or ciphertext.
    pub signature_bytes: u32,
}

/// A retirement that waits until members have left.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retiring {
    /// Block of the decision.
    pub asked_at: u32,
    /// Block in which the next count begins.
    pub next_at: u32,
    /// A count goes on.
    pub counting: bool,
    /// What it has found so far.
    pub so_far: Weights,
    /// What the last one found.
    pub last: Option<Weights>,
}

/// What a count found.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Weights {
    /// All that could leave.
    pub all: Weight,
    /// What is still on the scheme.
    pub on: Weight,
}

impl Weights {
    /// The part that is still on the scheme, percent with one decimal.
    pub fn share(&self) -> String {
        let tenths = self.on.0.saturating_mul(1_000).checked_div(self.all.0).unwrap_or(0);
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

/// A weight, as text for the sake of its digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Weight(pub u128);

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// The keys that nobody holds.
#[derive(Clone, Debug, Deserialize)]
pub struct Canaries {
    /// What the treasury pays for the fall of one.
    pub reward: Amount,
    /// All of them, each scheme's derived one before its reduced one.
    pub canaries: Vec<CanaryKey>,
}

/// A key that nobody holds.
#[derive(Clone, Debug, Deserialize)]
pub struct CanaryKey {
    /// The scheme's number.
    pub scheme: u16,
    /// The scheme's name.
    pub name: String,
    /// `derived` or `reduced`.
    pub canary: String,
    /// The public key.
    pub public: Bytes,
    /// The binary logarithm of the work that finds the secret of a reduced one.
    pub bits: Option<u16>,
    /// How it fell, if it did.
    pub fallen: Option<CanaryFall>,
}

/// How a canary fell.
#[derive(Clone, Debug, Deserialize)]
pub struct CanaryFall {
    /// The block.
    pub at: u32,
    /// Who proved it.
    pub finder: String,
    /// What the treasury paid.
    pub paid: Amount,
}

/// A member of a development chain.
#[derive(Clone, Debug, Deserialize)]
pub struct DevMember {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its scheme.
    pub scheme: String,
    /// What it began with, in whole tokens.
    pub balance: String,
}

/// The versions a signature is bound to.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Versions {
    /// Of the rules.
    pub spec_version: u32,
    /// Of the format of transactions.
    pub transaction_version: u32,
}
