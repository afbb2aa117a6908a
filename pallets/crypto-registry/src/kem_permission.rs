//! Whether a key encapsulation scheme may be used, at the height at which it is asked (E18).

use althing_frame::{Fault, Rows};
use althing_primitives::{BlockNumber, SchemeId};

use crate::{SCHEMES, SchemeKind, SchemeRecord, SchemeState};

/// What a KEM is wanted for. Opening is not among them: no state takes back what was sealed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KemUse {
    /// A member publishes a key.
    Enrol,
    /// Something is sealed to a published key.
    Seal,
}

impl KemUse {
    /// Every use.
    pub const ALL: [Self; 2] = [Self::Enrol, Self::Seal];

    /// What is refused when this is.
    pub const fn refused(self) -> &'static str {
        match self {
            Self::Enrol => "new keys",
            Self::Seal => "new seals",
        }
    }

    /// Whether a KEM in `state` may serve this, its sunset aside.
    pub const fn is_allowed_in(self, state: SchemeState) -> bool {
        match state {
            SchemeState::Trial | SchemeState::Active => true,
            SchemeState::Deprecated => matches!(self, Self::Seal),
            SchemeState::Proposed | SchemeState::Frozen | SchemeState::Retired => false,
        }
    }
}

/// Why a KEM may not be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KemRefusal {
    /// The registry has no such KEM.
    Unknown,
    /// Its state forbids the use.
    State {
        /// The state.
        state: SchemeState,
        /// What it forbids.
        refused: &'static str,
    },
    /// A row could not be read.
    Fault(Fault),
}

impl From<Fault> for KemRefusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The record of KEM `scheme` if block `now` may use it for `wanted`. [`may_access`] declares the
/// row. A KEM on trial has no cap: it guards no funds.
///
/// [`may_access`]: crate::may_access
pub fn may_kem<R: Rows + ?Sized>(
    rows: &R,
    scheme: SchemeId,
    wanted: KemUse,
    now: BlockNumber,
) -> Result<SchemeRecord, KemRefusal> {
    let record = SCHEMES.get(rows, &scheme)?;
    let record =
        record.filter(|record| record.kind == SchemeKind::Kem).ok_or(KemRefusal::Unknown)?;
    let state = record.state_at(now);
    if !wanted.is_allowed_in(state) {
        return Err(KemRefusal::State { state, refused: wanted.refused() });
    }
    if record.is_past_sunset(now) {
        return Err(KemRefusal::State { state, refused: "new seals since its sunset" });
    }
    Ok(record)
}
