//! The rows beside those of `System.Account`.

use althing_frame::{Map, Sum};
use althing_primitives::{AccountId, Balance, Blake2_128Concat, BoundedVec, TOKEN};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// The least free funds of an account (B2).
pub const EXISTENTIAL_DEPOSIT: Balance = TOKEN / 100;

/// How many locks an account may have (B31).
pub const LOCKS_MAX: u32 = 8;

/// All funds there are (A4). Dust only adds to it, so it orders no two transfers.
pub const TOTAL_ISSUANCE: Sum<Balance> = Sum::new(crate::NAME, "TotalIssuance");

/// What keeps funds in an account.
pub const LOCKS: Map<AccountId, BoundedVec<Lock, LOCKS_MAX>, Blake2_128Concat> =
    Map::new(crate::NAME, "Locks").with_default();

/// Which pallet locks, and what for.
pub type LockId = [u8; 8];

/// A part of an account's funds that must stay. Locks overlap: they do not add up.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct Lock {
    /// Who locks.
    pub id: LockId,
    /// How much of free and reserved funds together must stay.
    pub amount: Balance,
}
