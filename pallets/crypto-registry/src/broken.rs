//! What a proof does that a scheme is broken (CR19).

use althing_frame::{DispatchError, Fault, Rows, Tx};
use althing_primitives::{BlockNumber, SchemeId};

use crate::{Event, Freeze, SCHEMES, SchemeState, limits, transitions};

/// Whether a ballot under `scheme` counts in a referendum about cryptography in block `now`: the
/// scheme is active, and nobody has shown that it is broken.
pub fn counts_about_cryptography<R: Rows + ?Sized>(
    rows: &R,
    scheme: SchemeId,
    now: BlockNumber,
) -> Result<bool, Fault> {
    let record = SCHEMES.get(rows, &scheme)?;
    Ok(record.is_some_and(|record| record.counts_about_cryptography(now)))
}

/// Note that `scheme` is broken, and freeze it at once for as long as any freeze lasts, however
/// recently it was frozen before. It comes out of the freeze deprecated and past its sunset. If no
/// two other schemes of two families are active, it stays as it is: a chain on which nobody can sign
/// helps nobody. The mark alone takes away new keys and its voice about cryptography.
///
/// For the lifecycle phase, when the proof has been checked. Whether this was news: the second
/// proof changes nothing.
pub fn report_broken(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<bool, DispatchError> {
    let mut record = transitions::known(tx, scheme)?;
    if record.broken.is_some() {
        return Ok(false);
    }
    let now = tx.block().number;
    let until = now.saturating_add(limits(tx)?.freeze_blocks_max);
    record.broken = Some(now);
    let freezes = match record.state {
        SchemeState::Trial | SchemeState::Active | SchemeState::Deprecated => {
            transitions::leaves_diversity(tx, scheme, &record)?
        }
        SchemeState::Frozen => true,
        SchemeState::Proposed | SchemeState::Retired => false,
    };
    if freezes {
        let until = record.frozen.map_or(until, |freeze| freeze.until.max(until));
        let renewed = record.frozen.is_some_and(|freeze| freeze.renewed);
        if record.frozen.is_none() {
            record.enter(SchemeState::Frozen, now);
            transitions::list_frozen(tx, scheme)?;
        }
        let returns_to = SchemeState::Deprecated;
        record.frozen = Some(Freeze { until, returns_to, renewed });
        record.sunset_at = Some(record.sunset_at.map_or(until, |sunset| sunset.min(until)));
    }
    let frozen_until = record.frozen.map(|freeze| freeze.until);
    let epoch = transitions::settle(tx, scheme, &record)?;
    tx.emit(&Event::Broken { scheme, frozen_until, epoch });
    Ok(true)
}
