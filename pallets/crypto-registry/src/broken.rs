//! What a proof does that a scheme is broken (CR19).

use althing_frame::{DispatchError, Fault, Rows, Tx};
use althing_primitives::{BlockNumber, SchemeId};

use crate::diversity::leaves_diversity;
use crate::{Event, NEVER, SCHEMES, SchemeState, transitions};

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

/// Note that `scheme` is broken, and freeze it at once and until it retires, however recently it was
/// frozen before: a freeze that ended would let it rotate again, and whoever forges could take every
/// account that has not left. If no two other schemes of two families are active, it stays as it is:
/// a chain on which nobody can sign helps nobody. The mark alone takes away new keys and its voice
/// about cryptography.
///
/// For the lifecycle phase, when the proof has been checked. Whether this was news: the second
/// proof changes nothing.
pub fn report_broken(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<bool, DispatchError> {
    let mut record = transitions::known(tx, scheme)?;
    if record.broken.is_some() {
        return Ok(false);
    }
    let now = tx.block().number;
    record.broken = Some(now);
    let freezes = match record.state {
        SchemeState::Trial | SchemeState::Active | SchemeState::Deprecated => {
            leaves_diversity(tx, scheme, &record)?
        }
        SchemeState::Frozen => true,
        SchemeState::Proposed | SchemeState::Retired => false,
    };
    if freezes {
        if let Some(freeze) = record.frozen.as_mut() {
            (freeze.until, freeze.returns_to) = (NEVER, SchemeState::Deprecated);
        } else {
            record.suspend(NEVER, now);
            transitions::list_frozen(tx, scheme)?;
        }
    }
    let frozen_until = record.frozen.map(|freeze| freeze.until);
    let epoch = transitions::settle(tx, scheme, &record)?;
    tx.emit(&Event::Broken { scheme, frozen_until, epoch });
    Ok(true)
}
