//! How a referendum stands and what becomes of it: what members ask before they answer (rules
//! G36, G37, G57).

use althing_frame::{Fault, Rows, Track};
use althing_primitives::{Balance, BlockNumber};
use pallet_voting::Tally;

use crate::{
    Count, Counting, Projection, REFERENDA, Referendum, Standing, Status, TRACKS, counting,
};

/// How a referendum stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outlook {
    /// All ballots: so far, or when it ended.
    pub count: Count,
    /// Which of them count, and what is left of those in the worst case.
    pub counting: Counting,
    /// The shares of the ballots that count.
    pub standing: Standing,
    /// The shares in the worst case, which decide: without the scheme that has the most ayes, and
    /// without the one that lends the most support. Those of `standing` unless it is critical.
    pub least: Standing,
    /// The shares it needs at this moment: those at the start until it is being decided, those at
    /// the end of the decision period once it has ended.
    pub required: Standing,
    /// What becomes of it if no ballot changes any more; none unless it is being decided.
    pub projection: Option<Projection>,
}

/// How the referendum stands at block `now`, if there is one with this number.
pub fn outlook<R: Rows + ?Sized>(
    rows: &R,
    index: u32,
    now: BlockNumber,
) -> Result<Option<Outlook>, Fault> {
    let Some(referendum) = REFERENDA.get(rows, &index)? else { return Ok(None) };
    let count = match referendum.count {
        Some(count) => count,
        None => Count {
            tally: pallet_voting::tally(rows, index)?,
            electorate: pallet_voting::electorate(rows)?,
        },
    };
    let minimum = pallet_voting::electorate_min(rows)?;
    let counting = match referendum.count {
        Some(count) => Counting::of(count.tally, referendum.voices.clone(), &referendum)?,
        None => counting::count(rows, (index, &referendum), now)?,
    };
    let shares = |tally| standing(tally, count.electorate, minimum);
    let (standing, least) = (shares(counting.counted)?, shares(counting.least)?);
    let elapsed = match referendum.status {
        Status::Deciding(deciding) => deciding.elapsed(now),
        Status::Preparing | Status::Queued { .. } => 0,
        Status::Approved { .. }
        | Status::Rejected { .. }
        | Status::TimedOut { .. }
        | Status::Cancelled { .. }
        | Status::Killed { .. } => BlockNumber::MAX,
    };
    let Some(required) = required(rows, referendum.track, elapsed)? else { return Ok(None) };
    let projection = project(rows, &referendum, now, least)?;
    Ok(Some(Outlook { count, counting, standing, least, required, projection }))
}

/// What becomes of the referendum if no ballot changes any more; none unless it is being decided.
pub fn projection<R: Rows + ?Sized>(
    rows: &R,
    index: u32,
    now: BlockNumber,
) -> Result<Option<Projection>, Fault> {
    Ok(outlook(rows, index, now)?.and_then(|outlook| outlook.projection))
}

/// The shares that a referendum of `track` needs after `elapsed` blocks of deciding, if the chain
/// has the track.
pub fn required<R: Rows + ?Sized>(
    rows: &R,
    track: Track,
    elapsed: BlockNumber,
) -> Result<Option<Standing>, Fault> {
    Ok(TRACKS.get(rows, &track)?.map(|info| Standing {
        approval: info.approval.threshold(elapsed, info.decision_period),
        support: info.support.threshold(elapsed, info.decision_period),
    }))
}

/// The shares that follow from what was counted.
pub(crate) fn standing(
    tally: Tally,
    electorate: Balance,
    electorate_min: Balance,
) -> Result<Standing, Fault> {
    let overflow = |_| Fault::Broken { invariant: "A5: a tally is the sum of its ballots" };
    Ok(Standing {
        approval: tally.approval().map_err(overflow)?,
        support: tally.support_of(electorate, electorate_min),
    })
}

fn project<R: Rows + ?Sized>(
    rows: &R,
    referendum: &Referendum,
    now: BlockNumber,
    standing: Standing,
) -> Result<Option<Projection>, Fault> {
    let Status::Deciding(deciding) = referendum.status else { return Ok(None) };
    let Some(info) = TRACKS.get(rows, &referendum.track)? else { return Ok(None) };
    let (thresholds, timing) = (info.thresholds(), info.timing());
    Ok(Some(match deciding.project(now, &thresholds, &timing, standing) {
        Projection::Approved { passes_at, approved_at, .. } => {
            let least = info.min_enactment_period;
            let enacts_from = referendum.enactment.first_block(approved_at, least);
            Projection::Approved { passes_at, approved_at, enacts_from }
        }
        rejected @ Projection::Rejected { .. } => rejected,
    }))
}
