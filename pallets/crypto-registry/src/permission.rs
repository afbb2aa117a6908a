//! Whether a scheme may be used, at the height at which it is asked.

use althing_frame::{Access, BeforeError, Fault, Invalid, Rows};
use althing_primitives::{BlockNumber, SchemeId};

use crate::{IDS, LIMITS, Limits, SCHEMES, SchemeKind, SchemeRecord};

/// What a signature scheme is wanted for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Use {
    /// A key enters a policy.
    Enrol,
    /// A key signs a call.
    Call,
    /// A key signs a change of its own account's policy.
    Rotate,
}

impl Use {
    /// Every use.
    pub const ALL: [Self; 3] = [Self::Enrol, Self::Call, Self::Rotate];

    /// What is refused when this is.
    pub const fn refused(self) -> &'static str {
        match self {
            Self::Enrol => "new keys",
            Self::Call => "calls",
            Self::Rotate => "rotations",
        }
    }
}

/// The record of signature scheme `scheme` if block `now` may use it for `wanted` (CR3, CR4).
///
/// Whether the account holds too much for a scheme on trial is for the caller, who knows the
/// account: see [`Limits::trial_balance_max`].
pub fn may<R: Rows + ?Sized>(
    rows: &R,
    scheme: SchemeId,
    wanted: Use,
    now: BlockNumber,
) -> Result<SchemeRecord, BeforeError> {
    let record = SCHEMES.get(rows, &scheme)?;
    let record = record
        .filter(|record| record.kind == SchemeKind::Signature)
        .ok_or(Invalid::UnknownScheme { scheme })?;
    let state = record.state_at(now);
    let refused = if !state.allows(wanted) {
        wanted.refused()
    } else if wanted == Use::Enrol && record.broken.is_some() {
        "new keys since it was broken"
    } else if wanted == Use::Call && record.is_past_sunset(now) {
        "calls since its sunset"
    } else {
        return Ok(record);
    };
    Err(Invalid::SchemeState { scheme, state: state.name(), refused }.into())
}

/// The signature schemes under which an account could still change its keys in block `now`: their
/// state allows it, and nobody has shown that they are broken.
pub fn usable<R: Rows + ?Sized>(rows: &R, now: BlockNumber) -> Result<Vec<SchemeId>, Fault> {
    let mut usable = Vec::new();
    for scheme in IDS.get_or_default(rows)?.into_inner() {
        let Some(record) = SCHEMES.get(rows, &scheme)? else { continue };
        let is_signature = record.kind == SchemeKind::Signature;
        if is_signature && record.broken.is_none() && record.state_at(now).allows(Use::Rotate) {
            usable.push(scheme);
        }
    }
    Ok(usable)
}

/// Declare the row that [`may`] reads.
pub fn may_access(access: &mut Access, scheme: SchemeId) {
    access.read(SCHEMES.key(&scheme));
}

/// The bounds of this chain.
pub fn limits<R: Rows + ?Sized>(rows: &R) -> Result<Limits, Fault> {
    LIMITS.get(rows)?.ok_or(Fault::Broken { invariant: "the registry has limits since genesis" })
}
