//! A transaction's turn around its call: the rows it may touch, nonce, key and fee before, the
//! events after.

use althing_frame::{Access, Admission, BeforeError, Call, DispatchError, Fault, Origin, Rows, Tx};
use althing_primitives::Extrinsic;
use pallet_transaction_payment as payment;

/// All rows that [`before`], the call and [`after`] may touch.
pub(crate) fn access(
    parent: &dyn Rows,
    call: &dyn Call,
    admission: &Admission,
) -> Result<Access, Fault> {
    let mut access = Access::new();
    call.access(&admission.origin, parent, &mut access)?;
    if let Origin::Signed(who) = admission.origin {
        pallet_system::use_nonce_access(&mut access, &who);
        let keys = (&admission.signers[..], admission.authority);
        pallet_accounts::authorise_access(parent, &mut access, &who, keys)?;
        payment::withdraw_fee_access(&mut access, &who);
    }
    Ok(access)
}

/// Nonce, key and fee, on the rows as they stand at the transaction's turn. An inherent has none.
pub(crate) fn before(
    tx: &mut Tx<'_>,
    extrinsic: &Extrinsic,
    admission: &Admission,
) -> Result<(), BeforeError> {
    let Some(part) = extrinsic.signed_part() else {
        return Ok(());
    };
    let who = part.account;
    pallet_system::use_nonce(tx, &who, part.extra.nonce)?;
    pallet_accounts::authorise(tx, &who, admission, &part.signature)?;
    payment::withdraw_fee(tx, &who, &charge(admission))
}

fn charge(admission: &Admission) -> payment::Charge {
    let Admission { fee, fee_from_locked, tip, .. } = *admission;
    payment::Charge { fee, fee_from_locked, tip }
}

/// The fee, then the outcome: the last event of an extrinsic is its outcome (R2).
pub(crate) fn after(
    tx: &mut Tx<'_>,
    call: &dyn Call,
    admission: &Admission,
    outcome: &Result<(), DispatchError>,
) {
    if let Origin::Signed(who) = admission.origin {
        tx.emit(&payment::paid(who, admission.fee, admission.tip));
    }
    tx.emit(&pallet_system::outcome(admission.weight, call.class(), outcome));
}
