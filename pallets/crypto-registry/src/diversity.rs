//! What must stay active for the chain to survive the break of one scheme (CR6).

use althing_frame::{DispatchError, Fault, Rows, Tx};
use althing_primitives::{Family, SchemeId};

use crate::{Error, IDS, SCHEMES, SCHEMES_MAX, SchemeKind, SchemeRecord, SchemeState};

/// How many signature schemes are active and whole, and of how many families, `without` aside.
pub(crate) fn diversity<R: Rows + ?Sized>(
    rows: &R,
    without: Option<SchemeId>,
) -> Result<(u32, u32), Fault> {
    let mut families: Vec<Family> = Vec::new();
    for scheme in IDS.get_or_default(rows)?.iter().filter(|scheme| Some(**scheme) != without) {
        let record = SCHEMES.get(rows, scheme)?;
        // Nobody can fall back on a scheme that anyone can forge.
        let whole = record.filter(|record| record.is_active_signature() && record.broken.is_none());
        families.extend(whole.map(|record| record.family));
    }
    Ok(tally(families))
}

/// How many schemes there are of these families, and how many families.
pub(crate) fn tally(mut families: Vec<Family>) -> (u32, u32) {
    let schemes = families.len();
    families.sort_unstable();
    families.dedup();
    // The registry holds at most 64 schemes.
    let count = |found: usize| u32::try_from(found).unwrap_or(SCHEMES_MAX);
    (count(schemes), count(families.len()))
}

/// Whether two whole ones of two families remain if this scheme is no longer active.
pub(crate) fn leaves_diversity<R: Rows + ?Sized>(
    rows: &R,
    scheme: SchemeId,
    record: &SchemeRecord,
) -> Result<bool, Fault> {
    if !record.is_active_signature() {
        return Ok(true);
    }
    let (schemes, families) = diversity(rows, Some(scheme))?;
    Ok(schemes >= 2 && families >= 2)
}

/// Refuse to take `scheme` away if too few would remain.
pub(crate) fn diversity_without(
    tx: &Tx<'_>,
    scheme: SchemeId,
    record: &SchemeRecord,
) -> Result<(), DispatchError> {
    if leaves_diversity(tx, scheme, record)? {
        return Ok(());
    }
    let (schemes, families) = diversity(tx, Some(scheme))?;
    Err(Error::TooFewLeft { scheme, schemes, families }.into())
}

impl SchemeRecord {
    /// Whether it is an active signature scheme, broken or not.
    pub(crate) fn is_active_signature(&self) -> bool {
        self.kind == SchemeKind::Signature && self.state == SchemeState::Active
    }
}
