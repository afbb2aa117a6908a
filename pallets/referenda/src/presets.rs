//! The tracks that chains begin with (rule G74): one table for people who wait, one for people who
//! try things.

use althing_frame::Track;
use althing_primitives::{Balance, BlockNumber, TOKEN};

use crate::{Curve, CurveError, Fraction, TrackInfo};

const MINUTE: BlockNumber = 10;
const HOUR: BlockNumber = 60 * MINUTE;
const DAY: BlockNumber = 24 * HOUR;

/// Tracks for blocks of 6 seconds.
pub fn main_tracks() -> Result<Vec<(Track, TrackInfo)>, CurveError> {
    Track::ALL.into_iter().map(|track| Ok((track, main(track)?))).collect()
}

/// The same thresholds in a matter of blocks, for chains on which people try things.
pub fn fast_tracks() -> Result<Vec<(Track, TrackInfo)>, CurveError> {
    let mut tracks = main_tracks()?;
    for (_, info) in &mut tracks {
        info.prepare_period = info.prepare_period.min(1);
        info.decision_period = 20;
        info.confirm_period = 3;
        info.min_enactment_period = info.min_enactment_period.min(2);
    }
    Ok(tracks)
}

fn main(track: Track) -> Result<TrackInfo, CurveError> {
    let (approval, support) = curves(track)?;
    let ([prepare_period, decision_period, confirm_period, min_enactment_period], max_deciding) =
        periods(track);
    let (submission, decision) = deposits(track);
    Ok(TrackInfo {
        max_deciding,
        submission_deposit: TOKEN.saturating_mul(submission),
        decision_deposit: TOKEN.saturating_mul(decision),
        prepare_period,
        decision_period,
        confirm_period,
        min_enactment_period,
        approval,
        support,
    })
}

/// Prepare, decision, confirm and least enactment period, and how many are decided at a time.
fn periods(track: Track) -> ([BlockNumber; 4], u32) {
    match track {
        Track::Root => ([DAY, 28 * DAY, 3 * DAY, 7 * DAY], 1),
        Track::Treasurer => ([4 * HOUR, 28 * DAY, 7 * DAY, 2 * DAY], 2),
        Track::BigSpender => ([4 * HOUR, 28 * DAY, 7 * DAY, DAY], 3),
        Track::MediumSpender => ([4 * HOUR, 28 * DAY, 4 * DAY, DAY], 5),
        Track::SmallSpender => ([4 * HOUR, 28 * DAY, 2 * DAY, DAY], 5),
        Track::SmallTipper => ([10 * MINUTE, 7 * DAY, HOUR, 10 * MINUTE], 100),
        Track::Canceller => ([10 * MINUTE, 7 * DAY, 3 * HOUR, 10 * MINUTE], 50),
        Track::GeneralAdmin => ([2 * HOUR, 28 * DAY, DAY, DAY], 10),
        Track::CryptoUpgrade | Track::CryptoSunset => ([2 * DAY, 28 * DAY, 7 * DAY, 14 * DAY], 1),
        Track::CryptoEmergency => ([0, DAY, 2 * HOUR, 0], 5),
    }
}

/// Submission and decision deposit, in tokens.
const fn deposits(track: Track) -> (Balance, Balance) {
    match track {
        Track::Root | Track::CryptoUpgrade | Track::CryptoSunset | Track::CryptoEmergency => {
            (10, 1_000)
        }
        Track::Treasurer => (10, 500),
        Track::BigSpender => (10, 200),
        Track::MediumSpender | Track::Canceller | Track::GeneralAdmin => (10, 100),
        Track::SmallSpender => (10, 50),
        Track::SmallTipper => (1, 5),
    }
}

/// Thresholds of approval and support, in percent and days of 28.
fn curves(track: Track) -> Result<(Curve, Curve), CurveError> {
    Ok(match track {
        Track::Root => (hyperbola(4, 800, 600, 1_000)?, line(28, 100, 500)?),
        Track::Treasurer => (hyperbola(4, 800, 550, 1_000)?, line(28, 50, 500)?),
        Track::BigSpender => (line(28, 500, 1_000)?, hyperbola(20, 40, 30, 500)?),
        Track::MediumSpender => (line(23, 500, 1_000)?, hyperbola(16, 35, 25, 500)?),
        Track::SmallSpender => (line(17, 500, 1_000)?, hyperbola(12, 30, 20, 500)?),
        Track::SmallTipper => (line(10, 500, 1_000)?, hyperbola(1, 40, 5, 500)?),
        Track::Canceller => (line(17, 500, 1_000)?, hyperbola(12, 20, 10, 500)?),
        Track::GeneralAdmin => (hyperbola(4, 800, 550, 1_000)?, hyperbola(7, 100, 50, 500)?),
        Track::CryptoUpgrade | Track::CryptoSunset => {
            (hyperbola(7, 850, 660, 1_000)?, line(28, 150, 500)?)
        }
        Track::CryptoEmergency => (line(28, 750, 750)?, line(28, 50, 50)?),
    })
}

/// A straight line over `days` of 28 down to `floor`, both ends in thousandths.
fn line(days: u64, floor: u64, ceil: u64) -> Result<Curve, CurveError> {
    Curve::linear(Fraction::new(days, 28)?, thousandths(floor)?, thousandths(ceil)?)
}

/// A hyperbola that reaches `level` after `days` of 28, levels in thousandths.
fn hyperbola(days: u64, level: u64, floor: u64, ceil: u64) -> Result<Curve, CurveError> {
    let (level, floor, ceil) = (thousandths(level)?, thousandths(floor)?, thousandths(ceil)?);
    Curve::reciprocal(Fraction::new(days, 28)?, level, floor, ceil)
}

fn thousandths(share: u64) -> Result<Fraction, CurveError> {
    Ok(Fraction::new(share, 1_000)?)
}
