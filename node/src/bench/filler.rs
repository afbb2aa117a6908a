//! Rows that are there and that nobody touches: accounts of members who do nothing.

use althing_executor::State;
use althing_frame::{Fault, RowKey, RowValue};
use althing_primitives::{AccountId, Balance, TOKEN};
use pallet_balances::TOTAL_ISSUANCE;
use pallet_system::{ACCOUNT, AccountData, AccountInfo};
use parity_scale_codec::Encode;
use rayon::prelude::*;

use super::progress::Progress;

/// Rows that are made and added at once.
const CHUNK: u64 = 200_000;
/// What each of these accounts holds.
const BALANCE: Balance = TOKEN;

/// The account with this number.
pub(crate) fn account(number: u64) -> AccountId {
    AccountId(*blake3::hash(&(u128::from(number) | 1 << 100).to_le_bytes()).as_bytes())
}

/// The row of the account with this number.
pub(crate) fn row(number: u64) -> (RowKey, RowValue) {
    row_with(number, BALANCE)
}

/// The row of the account with this number and balance.
pub(crate) fn row_with(number: u64, free: Balance) -> (RowKey, RowValue) {
    let data = AccountData { free, ..AccountData::default() };
    let info = AccountInfo { providers: 1, data, ..AccountInfo::default() };
    (ACCOUNT.key(&account(number)), info.encode().into())
}

/// The state with so many accounts more; the issuance covers them.
pub(crate) fn fill(state: &State, rows: u64) -> Result<State, Fault> {
    if rows == 0 {
        return Ok(state.clone());
    }
    let progress = Progress::new("filling the state", usize::try_from(rows).unwrap_or(usize::MAX));
    let mut filled = state.clone();
    for first in (0..rows).step_by(usize::try_from(CHUNK).unwrap_or(1)) {
        let last = first.saturating_add(CHUNK).min(rows);
        let made = |number| {
            let (key, value) = row(number);
            (key, Some(value))
        };
        let changes: Vec<_> = (first..last).into_par_iter().map(made).collect();
        filled = filled.apply(&changes);
        progress.advance(changes.len());
    }
    let issued = TOTAL_ISSUANCE.get(state)?.saturating_add(BALANCE.saturating_mul(rows.into()));
    Ok(filled.apply(&[(TOTAL_ISSUANCE.key(), Some(RowValue::from(issued.encode())))]))
}
