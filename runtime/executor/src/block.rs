//! What goes into the executor and what comes out.

use althing_crypto::Disagreement;
use althing_frame::{DispatchError, Events, Fault, Invalid, RowKey, RowValue};
use althing_primitives::{Balance, Circumstances, Extrinsic, Hash256, Header, Weight};

use crate::{Explanation, State};

/// Where a block is put: the block before it, and which chain this is.
#[derive(Clone, Copy, Debug)]
pub struct Parent<'a> {
    /// Header of the block before.
    pub header: &'a Header,
    /// Rows after the block before.
    pub state: &'a State,
    /// Hash of block 0.
    pub genesis: Hash256,
}

/// An extrinsic on its way into a block.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// The bytes.
    pub extrinsic: Extrinsic,
    /// Whether this node has verified the signatures of exactly these bytes before.
    pub proven: Proof,
}

/// What is known of the signatures of a transaction.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Proof {
    /// Nothing: they are to be verified.
    #[default]
    None,
    /// They were verified for these circumstances. Under others they say something else.
    Under(Circumstances),
    /// Nobody is to look at them: blocks of measurements and of tests.
    Assumed,
}

impl Proof {
    /// Whether signatures need not be verified under `circumstances`.
    pub fn holds(self, circumstances: Circumstances) -> bool {
        match self {
            Self::None => false,
            Self::Under(proven) => proven == circumstances,
            Self::Assumed => true,
        }
    }
}

/// What became of an extrinsic that is in a block.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Receipt {
    /// Hash of the extrinsic's bytes.
    pub hash: Hash256,
    /// Pallet and call.
    pub call: (&'static str, &'static str),
    /// What it weighed, signature included.
    pub weight: Weight,
    /// What it paid without tip, in the smallest unit.
    pub fee: Balance,
    /// Whether the call took effect, or the rule that refused it.
    pub outcome: Result<(), DispatchError>,
    /// Its outer events.
    pub events: Events,
}

/// A block that was executed and not yet committed anywhere.
#[derive(Clone, Debug)]
pub struct Executed {
    /// The finished header.
    pub header: Header,
    /// The body.
    pub extrinsics: Vec<Extrinsic>,
    /// One for each extrinsic.
    pub receipts: Vec<Receipt>,
    /// Changed rows in ascending order of their keys; `None` deletes.
    pub changes: Vec<(RowKey, Option<RowValue>)>,
    /// All rows after the block.
    pub state: State,
    /// Transactions that were offered but may not be in the block, by their position.
    pub refused: Vec<(usize, Invalid)>,
    /// How the block ran.
    pub explanation: Explanation,
}

/// Why a block is not one.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BlockError {
    /// The block does not follow the one it is put on.
    #[error("block {found} with parent {parent} does not follow block {expected}")]
    Parent {
        /// Its number.
        found: u32,
        /// The parent it names.
        parent: Hash256,
        /// The number it should have.
        expected: u64,
    },
    /// A transaction may not be in the block.
    #[error("extrinsic {index}: {reason}")]
    Invalid {
        /// Its position.
        index: usize,
        /// Why.
        reason: Invalid,
    },
    /// The header commits to something other than what execution gives.
    #[error("{what} is {found} in the header, execution gives {expected}")]
    Mismatch {
        /// Which commitment.
        what: &'static str,
        /// What the header says.
        found: Hash256,
        /// What execution gives.
        expected: Hash256,
    },
    /// The digest is not the one this block must have.
    #[error("the header's digest is not the one this block must have")]
    Digest,
    /// The backends of a signature scheme disagree: nothing was decided, the node must not go on.
    #[error(transparent)]
    Verifier(#[from] Disagreement),
    /// A hook failed or a row is corrupt: this is a bug, the node must not go on.
    #[error("bug in {phase}: {error}")]
    Bug {
        /// Where in the block.
        phase: &'static str,
        /// What failed.
        error: DispatchError,
    },
}

impl BlockError {
    pub(crate) fn bug(phase: &'static str, fault: Fault) -> Self {
        Self::Bug { phase, error: fault.into() }
    }
}
