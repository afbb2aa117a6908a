//! Classes of referenda: what each of them takes (rules G70, G71).

use althing_frame::{Fault, Map, Rows, Track};
use althing_primitives::{Balance, BlockNumber};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::{Curve, Error, OPEN_RESERVED, Thresholds, Timing};

/// What each track takes.
pub const TRACKS: Map<Track, TrackInfo> = Map::new(crate::NAME, "Tracks");

/// What referenda of one track take.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct TrackInfo {
    /// How many are decided at a time.
    pub max_deciding: u32,
    /// What submitting takes while no other referendum of the track is open.
    pub submission_deposit: Balance,
    /// What being decided takes.
    pub decision_deposit: Balance,
    /// Least blocks from submission to deciding.
    pub prepare_period: BlockNumber,
    /// Blocks in which it must begin to pass.
    pub decision_period: BlockNumber,
    /// Blocks for which it must pass without interruption.
    pub confirm_period: BlockNumber,
    /// Least blocks from approval to enactment.
    pub min_enactment_period: BlockNumber,
    /// Required share of ayes among weighed votes.
    pub approval: Curve,
    /// Required share of the electorate that said aye or abstained.
    pub support: Curve,
}

impl TrackInfo {
    /// The two thresholds.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds { approval: self.approval, support: self.support }
    }

    /// How long deciding takes.
    pub fn timing(&self) -> Timing {
        Timing {
            decision: self.decision_period,
            confirm: self.confirm_period,
            min_enactment: self.min_enactment_period,
        }
    }

    /// What submitting takes while `open` referenda of the track are open (G72): little more than
    /// the base while few are, twice the base at [`OPEN_RESERVED`], and growing with the square.
    pub fn submission_deposit_at(&self, open: u32) -> Balance {
        let square = |count: u32| Balance::from(count).saturating_mul(Balance::from(count));
        // Saturating on purpose: a deposit beyond counting is one nobody can pay.
        let growth = self.submission_deposit.saturating_mul(square(open));
        self.submission_deposit.saturating_add(growth.div_ceil(square(OPEN_RESERVED)))
    }

    /// Refuse what could never be decided, or would be in a single block (G71).
    pub fn check(&self, track: Track) -> Result<(), Error> {
        let rules = [
            (self.max_deciding > 0, "decides at least one referendum at a time"),
            (self.decision_period > 0, "has a decision period"),
            (self.confirm_period > 0, "has a confirm period"),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, rule)) => Err(Error::BadTrack { track: track.name(), rule }),
            None => Ok(()),
        }
    }
}

/// What referenda of `track` take, if the chain has the track.
pub fn track<R: Rows + ?Sized>(rows: &R, track: Track) -> Result<Option<TrackInfo>, Fault> {
    TRACKS.get(rows, &track)
}
