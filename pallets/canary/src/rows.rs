//! The rows of canaries.

use althing_frame::{DoubleMap, Map, Value};
use althing_primitives::{
    AccountId, Balance, BlockNumber, BoundedBytes, BoundedVec, Identity, PUBLIC_KEY_BYTES_MAX,
    SchemeId, Twox64Concat,
};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::{Canary, NAME};

/// How many breaks may be reported in one block.
pub const REPORTS_MAX: u32 = 16;

/// The keys of reduced strength.
pub const REDUCED: Map<SchemeId, Reduced> = Map::new(NAME, "Reduced");
/// The breaks reported in this block.
pub const REPORTS: Value<BoundedVec<Report, REPORTS_MAX>> =
    Value::new(NAME, "Reports").with_default();
/// The canaries that fell.
pub const FALLEN: DoubleMap<SchemeId, Canary, Fallen, Twox64Concat, Identity> =
    DoubleMap::new(NAME, "Fallen");
/// What the treasury pays for a break.
pub const REWARD: Value<Balance> = Value::new(NAME, "Reward").with_default();

/// A key of reduced strength.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Reduced {
    /// The public key.
    pub public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
    /// The binary logarithm of the work that finds its secret, as whoever planted it says.
    pub bits: u16,
    /// The block in which it was planted.
    pub since: BlockNumber,
}

/// A break that was proved in this block.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Report {
    /// The broken scheme.
    pub scheme: SchemeId,
    /// The canary that fell.
    pub canary: Canary,
    /// Who proved it.
    pub finder: AccountId,
}

/// A canary that fell.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Fallen {
    /// The block in which it fell.
    pub at: BlockNumber,
    /// Who proved it.
    pub finder: AccountId,
    /// What the treasury paid, in the smallest unit.
    pub paid: Balance,
}
