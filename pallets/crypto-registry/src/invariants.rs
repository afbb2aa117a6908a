//! What must hold of the whole registry, for audits and tests.

use althing_frame::{Fault, IterRows};
use althing_primitives::SchemeId;

use crate::diversity::tally;
use crate::modules::{MODULE_ID_MIN, is_kept};
use crate::{
    CENSUSES, FROZEN, IDS, RETIRING, SCHEMES, SchemeRecord, SchemeState, Verifier, history,
};

/// Which invariant of the registry does not hold.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Flaw {
    /// A row could not be read.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// CR-I1.
    #[error("CR-I1: {schemes} active signature schemes of {families} families")]
    Diversity {
        /// How many.
        schemes: u32,
        /// Of how many families.
        families: u32,
    },
    /// CR-I3.
    #[error("CR-I3: scheme {scheme} is {state}, and its freeze or its place in the list differ")]
    Freeze {
        /// The scheme.
        scheme: SchemeId,
        /// Its state.
        state: SchemeState,
    },
    /// CR-I4.
    #[error("CR-I4: the list of ids is not that of the {records} records")]
    Ids {
        /// How many records there are.
        records: usize,
    },
    /// CR-I4.
    #[error("CR-I4: the record of scheme {scheme} states other facts than the program")]
    Facts {
        /// The scheme.
        scheme: SchemeId,
    },
    /// CR-I6.
    #[error("CR-I6: the code of scheme {scheme} is not kept, or its id or name is another's")]
    Module {
        /// The scheme.
        scheme: SchemeId,
    },
    /// CR-I7.
    #[error("CR-I7: scheme {scheme} is {state}, and its census or its place in the list differ")]
    Census {
        /// The scheme.
        scheme: SchemeId,
        /// Its state.
        state: SchemeState,
    },
    /// CR-I8.
    #[error("CR-I8: scheme {scheme} is {state}, its history says otherwise")]
    History {
        /// The scheme.
        scheme: SchemeId,
        /// Its state.
        state: SchemeState,
    },
}

/// Verify CR-I1, CR-I3, CR-I4 and CR-I6 to CR-I8 over the whole state.
pub fn check(rows: &dyn IterRows) -> Result<(), Flaw> {
    let mut records = SCHEMES.list(rows)?;
    records.sort_by_key(|(scheme, _)| *scheme);
    let ids = IDS.get_or_default(rows)?;
    if !ids.iter().eq(records.iter().map(|(scheme, _)| scheme)) {
        return Err(Flaw::Ids { records: records.len() });
    }
    for (scheme, record) in &records {
        let (scheme, name) = (*scheme, &record.name);
        suspended(rows, scheme, record)?;
        let same = records.iter().filter(|(_, other)| other.name == *name).count();
        if same != 1 || !facts(rows, scheme, record)? {
            return Err(match record.verifier {
                Verifier::Native => Flaw::Facts { scheme },
                Verifier::Module { .. } => Flaw::Module { scheme },
            });
        }
    }
    let active = records.iter().filter(|(_, record)| record.is_active_signature());
    let (schemes, families) = tally(active.map(|(_, record)| record.family).collect());
    if schemes < 2 || families < 2 {
        return Err(Flaw::Diversity { schemes, families });
    }
    for (scheme, record) in &records {
        let last = history(rows, *scheme)?.last().map(|(_, step)| step.state);
        if last != Some(record.state) {
            return Err(Flaw::History { scheme: *scheme, state: record.state });
        }
    }
    Ok(())
}

/// Freeze and census, and the lists of them.
fn suspended(rows: &dyn IterRows, scheme: SchemeId, record: &SchemeRecord) -> Result<(), Flaw> {
    let state = record.state;
    let is_frozen = state == SchemeState::Frozen;
    let is_listed = FROZEN.get_or_default(rows)?.contains(&scheme);
    if record.frozen.is_some() != is_frozen || is_listed != is_frozen {
        return Err(Flaw::Freeze { scheme, state });
    }
    let is_endless = record.frozen.is_some_and(|freeze| freeze.end().is_none());
    let is_in_between = matches!(state, SchemeState::Trial | SchemeState::Deprecated);
    let is_broken = record.broken.is_some();
    if is_endless != (is_frozen && is_broken) || (is_broken && is_in_between) {
        return Err(Flaw::Freeze { scheme, state });
    }
    let has_census = CENSUSES.contains(rows, &scheme)?;
    let is_listed = RETIRING.get_or_default(rows)?.contains(&scheme);
    if has_census != is_listed || (has_census && !state.may_be_retiring()) {
        return Err(Flaw::Census { scheme, state });
    }
    Ok(())
}

/// Whether the record says of its scheme what is so.
fn facts(rows: &dyn IterRows, scheme: SchemeId, record: &SchemeRecord) -> Result<bool, Flaw> {
    if record.module().is_some() {
        return Ok(scheme.0 >= MODULE_ID_MIN && is_kept(rows, record)?);
    }
    let facts = SchemeRecord::of_program(scheme, record.state, record.since);
    Ok(facts.is_some_and(|facts| {
        (facts.name, facts.kind, facts.family, facts.public_bytes, facts.signature_bytes)
            == (
                record.name.clone(),
                record.kind,
                record.family,
                record.public_bytes,
                record.signature_bytes,
            )
    }))
}
