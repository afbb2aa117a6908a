//! What must hold of the whole registry, for audits and tests.

use althing_frame::{Fault, IterRows};
use althing_primitives::SchemeId;

use crate::{FROZEN, IDS, SCHEMES, SchemeRecord, SchemeState, transitions};

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
}

/// Verify CR-I1, CR-I3 and CR-I4 over the whole state.
pub fn check(rows: &dyn IterRows) -> Result<(), Flaw> {
    let mut records = SCHEMES.list(rows)?;
    records.sort_by_key(|(scheme, _)| *scheme);
    let ids = IDS.get_or_default(rows)?;
    if !ids.iter().eq(records.iter().map(|(scheme, _)| scheme)) {
        return Err(Flaw::Ids { records: records.len() });
    }
    let frozen = FROZEN.get_or_default(rows)?;
    for (scheme, record) in &records {
        let (scheme, state) = (*scheme, record.state);
        let is_frozen = state == SchemeState::Frozen;
        if record.frozen.is_some() != is_frozen || frozen.contains(&scheme) != is_frozen {
            return Err(Flaw::Freeze { scheme, state });
        }
        let facts = SchemeRecord::of_program(scheme, state, record.since);
        let same = facts.is_some_and(|facts| {
            (facts.name, facts.kind, facts.family, facts.public_bytes, facts.signature_bytes)
                == (
                    record.name.clone(),
                    record.kind,
                    record.family,
                    record.public_bytes,
                    record.signature_bytes,
                )
        });
        if !same {
            return Err(Flaw::Facts { scheme });
        }
    }
    let (schemes, families) = transitions::diversity(rows, None)?;
    if schemes < 2 || families < 2 {
        return Err(Flaw::Diversity { schemes, families });
    }
    Ok(())
}
