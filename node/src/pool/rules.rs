//! What the runtime says of a transaction before its signature is looked at.

use std::sync::{Mutex, PoisonError};

use althing_executor::State;
use althing_frame::{
    Admission, BeforeError, BlockEnv, Call, Fault, Invalid, RowKey, RowValue, Rows, Runtime, Tx,
};
use althing_primitives::{AccountId, BlockNumber, Extrinsic, Hash256, Moment, Nonce};
use pallet_accounts::Demand;

use super::touches::Touches;
use crate::chain::Head;

/// Which block a transaction is checked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) runtime: &'a dyn Runtime,
    pub(crate) head: &'a Head,
    pub(crate) genesis: Hash256,
    pub(crate) now: Moment,
}

/// What is known of a transaction's signature.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Signed {
    /// It will have to be checked.
    Unproven,
    /// This node has verified it.
    Proven,
}

/// A transaction that may enter the next block, or one after it.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) admission: Admission,
    pub(crate) call: Box<dyn Call>,
    /// The sender's next nonce after the head.
    pub(crate) next: Nonce,
    /// Fingerprints of the rows that this rests on.
    pub(crate) rows: Box<[u64]>,
}

/// Rows that remember who asked for them.
#[derive(Debug)]
struct Noted<'a> {
    state: &'a State,
    rows: Mutex<Vec<u64>>,
}

impl Rows for Noted<'_> {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.push(key.fingerprint());
        self.state.row(key)
    }
}

impl Noted<'_> {
    fn into_rows(self) -> Box<[u64]> {
        let mut rows = self.rows.into_inner().unwrap_or_else(PoisonError::into_inner);
        rows.sort_unstable();
        rows.dedup();
        rows.into()
    }
}

/// Check call, key, nonce and fee of a signed transaction on the rows after the head. A nonce
/// ahead of the account's is fine if the account could pay for this transaction alone.
pub(crate) fn check(
    place: Place<'_>,
    extrinsic: &Extrinsic,
    (nonce, signed): (Nonce, Signed),
) -> Result<Checked, BeforeError> {
    let Place { runtime, head, genesis, now } = place;
    let block = BlockEnv {
        number: head.number.saturating_add(1),
        parent_hash: head.hash,
        genesis_hash: genesis,
        now: now.max(head.time),
    };
    let call = runtime.decode_call(extrinsic.call())?;
    let noted = Noted { state: &head.state, rows: Mutex::new(Vec::with_capacity(16)) };
    let admission = match signed {
        Signed::Unproven => runtime.admit(&noted, &block, extrinsic, call.as_ref()),
        Signed::Proven => runtime.admit_proven(&noted, &block, extrinsic, call.as_ref()),
    }?;
    // The effects are thrown away: only the verdict is wanted.
    let mut tx = Tx::unrestricted(&noted, runtime, block);
    let next = match runtime.before(&mut tx, extrinsic, &admission) {
        Ok(()) => nonce,
        Err(BeforeError::Invalid(Invalid::Future { next, .. })) => {
            // That was found before the fee was looked at, and waiting must not be free.
            affords(&noted, extrinsic, (call.as_ref(), &admission), block.number)?;
            next
        }
        Err(error) => return Err(error),
    };
    drop(tx);
    Ok(Checked { admission, call, next, rows: noted.into_rows() })
}

/// Whether the sender could pay fee, tip and the deposit of a key's first use, as
/// `AlthingRuntime::check_for_pool` has it.
fn affords(
    rows: &Noted<'_>,
    extrinsic: &Extrinsic,
    (call, admission): (&dyn Call, &Admission),
    number: BlockNumber,
) -> Result<(), BeforeError> {
    let Some(part) = extrinsic.signed_part() else { return Ok(()) };
    let Admission { fee, fee_from_locked, tip, .. } = *admission;
    let (who, demand) = (part.account, Demand { authority: call.authority(), tip });
    let key = pallet_accounts::resolve(rows, &who, &part.signature, demand, number)?;
    let needed = fee.saturating_add(tip).saturating_add(key.deposit);
    // Deposits go through locks as well (B20).
    let from_locked = fee_from_locked.saturating_add(key.deposit);
    let available = pallet_balances::spendable_with_locked(rows, &who, from_locked)?;
    if needed > available {
        return Err(Invalid::Payment { who, needed, available }.into());
    }
    Ok(())
}

/// What a checked transaction of `sender` will touch, as the rows stand after the head.
pub(crate) fn touches(
    place: Place<'_>,
    (extrinsic, sender): (&Extrinsic, &AccountId),
    checked: &Checked,
) -> Result<Touches, Fault> {
    let Place { runtime, head, .. } = place;
    let Checked { admission, call, .. } = checked;
    let access = runtime.access(&head.state, extrinsic, call.as_ref(), admission)?;
    Ok(Touches::of(&access, sender))
}
