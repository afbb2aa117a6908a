//! The registry of block 0.

use althing_frame::{DispatchError, Fault, Tx};
use althing_primitives::SchemeId;

use crate::diversity::diversity;
use crate::{Error, LIMITS, Limits, SCHEMES, SchemeRecord, SchemeState, history, transitions};

/// The registry of block 0.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Genesis {
    /// The schemes the chain knows, each once, with their states. No scheme begins frozen.
    pub states: Vec<(SchemeId, SchemeState)>,
    /// The bounds of later changes.
    pub limits: Limits,
}

impl Genesis {
    /// Every scheme of the program, active: for development chains. The one that waits for its
    /// standard is on trial.
    pub fn dev(limits: Limits) -> Self {
        let state = |scheme| match scheme {
            SchemeId::FN_DSA_512 => SchemeState::Trial,
            _ => SchemeState::Active,
        };
        Self { states: built_in().map(|scheme| (scheme, state(scheme))).collect(), limits }
    }

    /// Every scheme of the program; those without a maintainer deprecated (C9), the one that waits
    /// for its standard proposed (C12).
    pub fn main() -> Self {
        let state = |scheme| match scheme {
            SchemeId::SPHINCS_R3 | SchemeId::KYBER_768_R3 => SchemeState::Deprecated,
            SchemeId::FN_DSA_512 => SchemeState::Proposed,
            _ => SchemeState::Active,
        };
        let states = built_in().map(|scheme| (scheme, state(scheme))).collect();
        Self { states, limits: Limits::MAIN }
    }

    /// Write the rows.
    pub fn build(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        LIMITS.put(tx, &self.limits)?;
        let now = tx.block().number;
        for (scheme, state) in &self.states {
            let (scheme, state) = (*scheme, *state);
            if SCHEMES.contains(tx, &scheme)? {
                return Err(Error::KnownScheme { scheme, state }.into());
            }
            if state == SchemeState::Frozen {
                let from = SchemeState::Proposed;
                return Err(Error::NoSuchStep { scheme, from, to: state }.into());
            }
            let record = SchemeRecord::of_program(scheme, state, now);
            SCHEMES.put(tx, &scheme, &record.ok_or(Error::NoVerifier { scheme })?)?;
            transitions::list(tx, scheme)?;
            history::note(tx, scheme, 0, state)?;
        }
        let (schemes, families) = diversity(tx, None)?;
        if schemes < 2 || families < 2 {
            return Err(
                Fault::Broken { invariant: "CR-I1: two active schemes of two families" }.into()
            );
        }
        Ok(())
    }
}

/// The ids of all schemes that the program brings along.
pub(crate) fn built_in() -> impl Iterator<Item = SchemeId> {
    let signatures = althing_crypto::schemes().iter().map(|scheme| scheme.id());
    signatures.chain(althing_crypto::kems().iter().map(|kem| kem.id()))
}
