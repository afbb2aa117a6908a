//! The tracks before block 1.

use althing_frame::{DispatchError, Track, Tx};
use althing_primitives::BlockNumber;

use crate::{CurveError, TRACKS, TrackInfo, UNDECIDING_TIMEOUT, presets};

/// What referenda take before block 1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Genesis {
    /// The tracks of the chain.
    pub tracks: Vec<(Track, TrackInfo)>,
    /// Blocks after which a referendum without decision deposit ends.
    pub undeciding_timeout: BlockNumber,
}

impl Genesis {
    /// Tracks for blocks of 6 seconds.
    pub fn main() -> Result<Self, CurveError> {
        Ok(Self { tracks: presets::main_tracks()?, undeciding_timeout: 43_200 })
    }

    /// The same thresholds in a matter of blocks, for chains on which people try things.
    pub fn fast() -> Result<Self, CurveError> {
        Ok(Self { tracks: presets::fast_tracks()?, undeciding_timeout: 20 })
    }

    /// Write the rows.
    pub fn build(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        for (track, info) in &self.tracks {
            info.check(*track)?;
            TRACKS.put(tx, track, info)?;
        }
        UNDECIDING_TIMEOUT.put(tx, &self.undeciding_timeout)?;
        Ok(())
    }
}
