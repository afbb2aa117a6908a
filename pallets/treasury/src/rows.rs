//! The rows and what they hold.

use althing_frame::{BoundedSum, Map, Sum, Track, Value};
use althing_primitives::{AccountId, Balance, BlockNumber, BoundedBytes, BoundedVec};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{Budget, Window};

/// Which spend. Ids are never used twice.
pub type SpendId = u32;

/// The longest memo, in bytes.
pub const MEMO_BYTES_MAX: u32 = 128;

/// What a spend is for, in the words of its author; may be empty.
pub type Memo = BoundedBytes<MEMO_BYTES_MAX>;

/// How many spends may wait for funds (TR7).
pub const QUEUE_MAX: u32 = 1024;

/// The pending spends, oldest first.
pub type Queue = BoundedVec<SpendId, QUEUE_MAX>;

/// What a track may spend. Root and treasurer have no row and no limit.
pub const BUDGETS: Map<Track, Budget> = Map::new(crate::NAME, "Budgets");

/// What a track spent lately.
pub const WINDOWS: Map<Track, Window> = Map::new(crate::NAME, "Windows").with_default();

/// Spends that are approved and not yet paid.
pub const PENDING: Map<SpendId, Spend> = Map::new(crate::NAME, "Pending");

/// The pending spends, oldest first.
pub const QUEUE: Value<Queue> = Value::new(crate::NAME, "Queue").with_default();

/// The id of the next spend.
pub const NEXT_SPEND: Value<SpendId> = Value::new(crate::NAME, "NextSpend").with_default();

/// What the pot could pay when the block began; no row between blocks.
pub const OPENING: Value<Balance> = Value::new(crate::NAME, "Opening").with_default();

/// What payouts of this block may still take of [`OPENING`]; 0 between blocks.
pub const PAYABLE: BoundedSum = BoundedSum::new(crate::NAME, "Payable", Balance::MAX);

/// What deposits of this block bring; 0 between blocks.
pub const RECEIVED: Sum<Balance> = Sum::new(crate::NAME, "Received");

/// An approved spend that waits for its payout.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct Spend {
    /// The track that approved it.
    pub track: Track,
    /// Who is paid.
    pub beneficiary: AccountId,
    /// How much, in the smallest unit.
    pub amount: Balance,
    /// What for.
    pub memo: Memo,
    /// The block that approved it.
    pub approved: BlockNumber,
    /// Since which block the pot could pay, but the beneficiary cannot be paid.
    pub refused_since: Option<BlockNumber>,
}
