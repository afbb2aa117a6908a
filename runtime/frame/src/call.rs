//! What the executor needs of a call, and of the composed runtime.

use std::sync::Arc;

use althing_crypto::Backend;
use althing_primitives::{
    Balance, Circumstances, Extrinsic, Hash256, Moment, RuntimeVersion, SchemeId, SignerKey, Weight,
};

use crate::{
    Access, BlockEnv, Concern, DispatchError, Fault, Invalid, Origin, PhaseEvents, Rows, Tx, Voice,
};

/// Which share of a block a call may use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CallClass {
    /// Members' everyday calls.
    Normal,
    /// Calls that must land even when blocks are full, such as votes.
    Operational,
    /// Inherents: the author adds them, nobody signs them.
    Mandatory,
}

/// What a call takes of the keys that sign it. Keys with fewer rights sign for less.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Authority {
    /// It changes who controls the account: the owners alone.
    Policy,
    /// The same, in such a way that the key which signs for an account for the first time need not
    /// stay. An account under a scheme that takes no new keys may begin with such a call.
    Rotation,
    /// It lets the key take over to which the account committed itself; this opens the commitment.
    Escape {
        /// What was hashed together with the key.
        salt: [u8; 32],
    },
    /// It takes the owners, though it leaves open who controls the account: what they do in its name
    /// for a long time.
    Owners,
    /// It casts or takes back a ballot.
    Vote,
    /// It sends this much away, in the smallest unit.
    Transfer(Balance),
    /// Anything else that an owner does, or a session key.
    Everyday,
}

/// A decoded call of some pallet.
pub trait Call: core::fmt::Debug + Send + Sync {
    /// Pallet and call by name, for receipts and explanations.
    fn name(&self) -> (&'static str, &'static str);
    /// Declare the rows that [`Call::dispatch`] may touch, from the call, its origin and the parent
    /// state. May be coarse, never wrong.
    fn access(&self, origin: &Origin, parent: &dyn Rows, access: &mut Access) -> Result<(), Fault>;
    /// The cost, the signature excluded.
    fn weight(&self) -> Weight;
    /// The share of the block it may use.
    fn class(&self) -> CallClass {
        CallClass::Normal
    }
    /// What it takes of the keys that sign it.
    fn authority(&self) -> Authority {
        Authority::Everyday
    }
    /// Whether its fee may come from locked funds if owners sign it: with such calls they take an
    /// account back from a key that has locked everything.
    fn pays_from_locked(&self) -> bool {
        match self.authority() {
            Authority::Policy | Authority::Rotation | Authority::Escape { .. } => true,
            Authority::Owners | Authority::Vote | Authority::Transfer(_) | Authority::Everyday => {
                false
            }
        }
    }
    /// What it would change about schemes if members approved it. Known from the call alone.
    fn concern(&self) -> Concern {
        Concern::Nothing
    }
    /// The preimages that it names by their BLAKE2b-256 and takes from the chain when it runs. Known
    /// from the call alone, and each one stands in its bytes. While members decide on the call, and
    /// until it has run, nobody can take them away (`specs/preimage.md`, PR6).
    fn relies_on(&self) -> Vec<Hash256> {
        Vec::new()
    }
    /// Apply the call. On an error the caller drops the layer, so nothing has changed.
    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError>;
}

/// Signatures to be verified: all that the witness phase needs, resolved from the parent state.
#[derive(Clone, Debug)]
pub struct WitnessCheck {
    /// The keys, in the order of the witness's parts. Every one must have signed.
    pub keys: Vec<WitnessKey>,
    /// What each of them signed.
    pub message: Vec<u8>,
    /// Reference time of verifying all of them, in picoseconds.
    pub weight: u64,
}

/// A key under which a signature is to be verified.
#[derive(Clone, Debug)]
pub struct WitnessKey {
    /// The scheme.
    pub scheme: SchemeId,
    /// The public key.
    pub public: Vec<u8>,
    /// The code that decides, if the scheme was voted in.
    pub voted_in: Option<Arc<dyn Backend>>,
}

/// What the runtime knows of a transaction once it may enter a block.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Who stands behind the call.
    pub origin: Origin,
    /// What the call takes of those keys.
    pub authority: Authority,
    /// The signatures to verify; none for an inherent, or if they were verified before.
    pub witness: Option<WitnessCheck>,
    /// The signing keys, in order; none for an inherent.
    pub signers: Vec<SignerKey>,
    /// Under which rules they must have signed.
    pub circumstances: Circumstances,
    /// Who answers for it; none for an inherent.
    pub voice: Option<Voice>,
    /// Cost of call, signature and envelope together.
    pub weight: Weight,
    /// Fee without tip, in the smallest unit.
    pub fee: Balance,
    /// The part of the fee that locked funds may pay: all of it, or nothing.
    pub fee_from_locked: Balance,
    /// Tip, in the smallest unit.
    pub tip: Balance,
}

/// The composed chain: which pallets, in which order. The executor drives it and knows no pallet.
///
/// Order in a block: `initialize`; for each extrinsic `before`, the call, `after`; `finalize`;
/// `record_events`. `before`, the call and `after` of different extrinsics run in parallel if
/// their [`Runtime::access`] sets do not conflict; all else is serial.
pub trait Runtime: core::fmt::Debug + Send + Sync {
    /// Names and numbers of this runtime.
    fn version(&self) -> RuntimeVersion;
    /// The most one block may weigh.
    fn block_weight_max(&self) -> Weight;
    /// The most bytes all extrinsics of one block may have.
    fn block_bytes_max(&self) -> u64;
    /// The part of both that calls of this class may fill together.
    fn block_share(&self, class: CallClass) -> (Weight, u64) {
        let _ = class;
        (self.block_weight_max(), self.block_bytes_max())
    }
    /// The extrinsics an author puts first: those nobody signs.
    fn inherents(&self, block: &BlockEnv) -> Vec<Extrinsic>;
    /// The time a foreign block claims in its inherents.
    fn block_time(&self, extrinsics: &[Extrinsic]) -> Result<Moment, Invalid>;
    /// Decode a whole call; trailing bytes are refused.
    fn decode_call(&self, bytes: &[u8]) -> Result<Box<dyn Call>, Invalid>;
    /// Check everything about a transaction but its signature and what earlier transactions of
    /// the block may change (nonce, balance, policy), and resolve the key from the parent state.
    /// Cheap checks come first.
    fn admit(
        &self,
        parent: &dyn Rows,
        block: &BlockEnv,
        extrinsic: &Extrinsic,
        call: &dyn Call,
    ) -> Result<Admission, BeforeError>;
    /// The same for a transaction whose signature was verified for this block before: the witness
    /// may be left out, and with it the look-up of the key.
    fn admit_proven(
        &self,
        parent: &dyn Rows,
        block: &BlockEnv,
        extrinsic: &Extrinsic,
        call: &dyn Call,
    ) -> Result<Admission, BeforeError> {
        self.admit(parent, block, extrinsic, call)
    }
    /// All rows that `before`, the call and `after` may touch.
    fn access(
        &self,
        parent: &dyn Rows,
        extrinsic: &Extrinsic,
        call: &dyn Call,
        admission: &Admission,
    ) -> Result<Access, Fault>;
    /// Nonce, key and fee, on the rows as they stand at the transaction's turn.
    fn before(
        &self,
        tx: &mut Tx<'_>,
        extrinsic: &Extrinsic,
        admission: &Admission,
    ) -> Result<(), BeforeError>;
    /// Fee event and outcome event, in this order; the outcome is the last event.
    fn after(
        &self,
        tx: &mut Tx<'_>,
        call: &dyn Call,
        admission: &Admission,
        outcome: &Result<(), DispatchError>,
    ) -> Result<(), Fault>;
    /// What happens before the first extrinsic.
    fn initialize(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError>;
    /// The lifecycle phase: referenda advance, the scheduler enacts, fees settle.
    fn finalize(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError>;
    /// Write the block's events where clients look for them.
    fn record_events(&self, tx: &mut Tx<'_>, events: &[PhaseEvents<'_>]) -> Result<(), Fault>;
}

/// Why a transaction cannot be admitted, or cannot run at its turn.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BeforeError {
    /// The transaction may not enter the block.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A bug, or rows touched outside the declared access.
    #[error(transparent)]
    Fault(#[from] Fault),
}
