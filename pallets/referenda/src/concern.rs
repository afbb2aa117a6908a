//! Whose fate a proposal decides (rules G91 and G92).
//!
//! Read from the call when it is submitted, and kept with the referendum, so that members see from
//! the first block on which ballots will count.

use althing_frame::{Concern, DispatchError, Track, Tx};
use althing_primitives::SchemeId;

use crate::{AFFECTED_MAX, Affected, Error, REFERENDA};

/// The schemes that a call with this concern decides about; none if it has nothing to do with
/// cryptography.
///
/// To stop a decision about a scheme is to decide about it: who may not vote on a freeze may not
/// vote to cancel it either. What is to be stopped must exist, or a referendum could be ready to
/// stop what nobody has proposed yet, with ballots that would not count then. A question on a track
/// of cryptography is about it whatever its call, and so is stopping that, if about no scheme.
pub(crate) fn affected(tx: &Tx<'_>, concern: Concern) -> Result<Option<Affected>, DispatchError> {
    match concern {
        Concern::Nothing => Ok(None),
        Concern::Schemes(schemes) => bounded(schemes).map(Some),
        Concern::Referendum(index) => of_referendum(tx, index),
        Concern::Task(task) => {
            let unknown = pallet_scheduler::Error::UnknownTask { task };
            let waiting = pallet_scheduler::waiting(tx, task)?.ok_or(unknown)?;
            match waiting.enactment.referendum {
                Some(index) => of_referendum(tx, index),
                None => Ok(on_track(waiting.enactment.track)),
            }
        }
    }
}

fn of_referendum(tx: &Tx<'_>, index: u32) -> Result<Option<Affected>, DispatchError> {
    let referendum = REFERENDA.get(tx, &index)?.ok_or(Error::UnknownReferendum { index })?;
    Ok(referendum.affected.or_else(|| on_track(referendum.track)))
}

/// What every question on `track` is about, whatever its call.
fn on_track(track: Track) -> Option<Affected> {
    track.is_cryptographic().then(Affected::new)
}

fn bounded(mut schemes: Vec<SchemeId>) -> Result<Affected, DispatchError> {
    schemes.sort_unstable();
    schemes.dedup();
    let found = u32::try_from(schemes.len()).unwrap_or(u32::MAX);
    let full = Error::TooManySchemes { found, max: AFFECTED_MAX };
    Ok(Affected::try_from(schemes).map_err(|_| full)?)
}
