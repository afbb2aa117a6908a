//! The pot: an account that no key controls.

use althing_frame::{Fault, Rows};
use althing_primitives::{AccountId, Balance};
use pallet_balances::Existence;

/// The account that holds the common funds. Anyone may pay in by a transfer.
pub fn account() -> AccountId {
    AccountId::of_pallet("treasury")
}

/// All common funds. They never vote, and no share of votes is measured against them (TR1).
pub fn pot_balance<R: Rows + ?Sized>(rows: &R) -> Result<Balance, Fault> {
    pallet_balances::total(rows, &account())
}

/// How much the pot can pay. The existential deposit stays, so the account never ends.
pub fn payable<R: Rows + ?Sized>(rows: &R) -> Result<Balance, Fault> {
    pallet_balances::spendable(rows, &account(), Existence::KeepAlive)
}
