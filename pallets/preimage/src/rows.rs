//! The rows and what they hold.

use althing_frame::Map;
use althing_primitives::{AccountId, Balance, BoundedBytes, Hash256, Identity};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// The longest preimage, in bytes (PR1).
pub const BYTES_MAX: u32 = 1024 * 1024;

/// The bytes of a call.
pub type Bytes = BoundedBytes<BYTES_MAX>;

/// The bytes of calls, by their BLAKE2b-256.
pub const PREIMAGES: Map<Hash256, Bytes, Identity> = Map::new(crate::NAME, "Preimages");

/// What is known of the bytes without reading them.
pub const STATUS: Map<Hash256, Status, Identity> = Map::new(crate::NAME, "Status");

/// How many rely on the bytes. No row means nobody.
pub const PINS: Map<Hash256, u32, Identity> = Map::new(crate::NAME, "Pins").with_default();

/// What is known of a preimage without reading it.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct Status {
    /// How many bytes it has.
    pub len: u32,
    /// What its noter has set aside for it.
    pub deposit: Deposit,
}

/// Funds set aside for what the chain keeps.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct Deposit {
    /// Whose funds.
    pub who: AccountId,
    /// How much, in the smallest unit.
    pub amount: Balance,
}
