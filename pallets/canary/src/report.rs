//! Proving a break, and what follows from it (CAN4 to CAN7).

use althing_crypto::Check;
use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, Balance, SchemeId};
use pallet_crypto_registry::{
    SCHEMES, SchemeKind, SchemeRecord, report_broken, voted_in, voted_in_access,
};

use crate::canary::key;
use crate::{
    Canary, Error, Event, FALLEN, Fallen, REDUCED, REPORTS, REPORTS_MAX, REWARD, Report,
    report_message,
};

/// Declare the rows of [`report`].
pub(crate) fn access(
    access: &mut Access,
    parent: &dyn Rows,
    scheme: SchemeId,
    canary: Canary,
) -> Result<(), Fault> {
    access.write(REPORTS.key()).read(FALLEN.key(&scheme, &canary)).read(REDUCED.key(&scheme));
    access.read(SCHEMES.key(&scheme));
    if let Some(record) = SCHEMES.get(parent, &scheme)? {
        voted_in_access(access, &record);
    }
    Ok(())
}

/// Note the break if `signature` is one under the canary's key that names `finder` (CAN4).
pub(crate) fn report(
    tx: &mut Tx<'_>,
    finder: AccountId,
    (scheme, canary): (SchemeId, Canary),
    signature: &[u8],
) -> Result<(), DispatchError> {
    let record = signature_scheme(tx, scheme)?;
    let fallen = FALLEN.get(tx, &scheme, &canary)?;
    if let Some(Fallen { at, .. }) = fallen {
        return Err(Error::HasFallen { scheme, canary: canary.name(), at }.into());
    }
    let mut reports = REPORTS.get_or_default(tx)?;
    if reports.iter().any(|known| (known.scheme, known.canary) == (scheme, canary)) {
        let at = tx.block().number;
        return Err(Error::HasFallen { scheme, canary: canary.name(), at }.into());
    }
    verify(tx, &finder, (scheme, &record, canary), signature)?;
    let report = Report { scheme, canary, finder };
    reports.try_push(report).map_err(|_| Error::TooManyReports { maximum: REPORTS_MAX })?;
    REPORTS.put(tx, &reports)?;
    tx.emit(&Event::Reported { scheme, canary, finder });
    Ok(())
}

/// The record of a signature scheme that canaries watch.
pub(crate) fn signature_scheme(
    tx: &Tx<'_>,
    scheme: SchemeId,
) -> Result<SchemeRecord, DispatchError> {
    let record = SCHEMES.get(tx, &scheme)?;
    let record = record.filter(|record| record.kind == SchemeKind::Signature);
    Ok(record.ok_or(Error::UnknownScheme { scheme })?)
}

/// Sizes first, then the signature, by the code that is the scheme's by definition.
fn verify(
    tx: &Tx<'_>,
    finder: &AccountId,
    (scheme, record, canary): (SchemeId, &SchemeRecord, Canary),
    signature: &[u8],
) -> Result<(), DispatchError> {
    let (expected, found) = (record.signature_bytes, signature.len() as u64);
    if u64::from(expected) != found {
        return Err(Error::SignatureSize { scheme, expected: expected.into(), found }.into());
    }
    let genesis = tx.block().genesis_hash;
    let public = key(tx, &genesis, (scheme, record.public_bytes), canary)?;
    let public = public.ok_or(Error::NoCanary { scheme, canary: canary.name() })?;
    let message = report_message(&genesis, scheme, canary, finder);
    let (public, message) = (&public[..], &message[..]);
    let valid = match voted_in(tx, scheme, record)? {
        Some(code) => code.verify(public, message, signature),
        None => Check { scheme, public, message, signature }.verify().is_ok(),
    };
    if valid { Ok(()) } else { Err(Error::NoBreak { scheme, canary: canary.name() }.into()) }
}

/// Take away the power of the schemes whose canaries fell in this block, and pay who proved it
/// (CAN5, CAN6). Part of the lifecycle phase, after the treasury has settled.
pub fn on_finalize(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    let reports = REPORTS.get_or_default(tx)?;
    if reports.is_empty() {
        return Ok(());
    }
    REPORTS.remove(tx)?;
    let at = tx.block().number;
    for Report { scheme, canary, finder } in reports.into_inner() {
        report_broken(tx, scheme)?;
        let paid = reward(tx, &finder)?;
        FALLEN.put(tx, &scheme, &canary, &Fallen { at, finder, paid })?;
        tx.emit(&Event::Fell { scheme, canary, finder, paid });
    }
    Ok(())
}

/// Pay the reward, or as much of it as the treasury has. The freeze never waits for it.
fn reward(tx: &mut Tx<'_>, finder: &AccountId) -> Result<Balance, DispatchError> {
    let amount = REWARD.get_or_default(tx)?.min(pallet_treasury::payable(tx)?);
    if amount == 0 {
        return Ok(0);
    }
    let pot = pallet_treasury::account();
    let keep = pallet_balances::Existence::KeepAlive;
    match tx.layered(|tx| pallet_balances::transfer(tx, &pot, finder, amount, keep)) {
        Ok(()) => Ok(amount),
        Err(error) if error.is_bug() => Err(error),
        // The finder's account has ended meanwhile and the rest of the pot would not begin it.
        Err(_) => Ok(0),
    }
}
