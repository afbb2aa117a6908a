//! How much a track may spend: at once, and in every span of a period.
//!
//! A cap on each spend alone would be no cap, since a spend can be split into many. The span rolls
//! with the chain: there is no first day of the month on which two budgets can be spent.

use althing_frame::{DispatchError, Fault, Rows, Track, Tx};
use althing_primitives::{Balance, BlockNumber, BoundedVec};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{BUDGETS, Error, WINDOWS};

/// Into how many slices a period is divided. What is spent in one slice is remembered together
/// and counts up to one slice longer than the period.
pub const WINDOW_SLICES: u32 = 32;

/// The slices that may count at once: those of a period and the current one.
const SLICES_MAX: u32 = WINDOW_SLICES + 1;

/// What a track may spend.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct Budget {
    /// The most a single spend may be, in the smallest unit.
    pub cap_per_spend: Balance,
    /// The most all spends in any span of `period` blocks may be together.
    pub cap_per_period: Balance,
    /// How many blocks the span has.
    pub period: BlockNumber,
}

/// What a track spent lately, oldest first.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct Window {
    slices: BoundedVec<Slice, SLICES_MAX>,
}

/// What was spent in one slice of time.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct Slice {
    /// The first block in which it no longer counts.
    pub until: BlockNumber,
    /// How much, in the smallest unit.
    pub amount: Balance,
}

impl Budget {
    /// Whether the numbers make sense: a period, and a spend that fits into it.
    pub fn is_sound(&self) -> bool {
        self.period > 0 && self.cap_per_spend <= self.cap_per_period
    }

    /// The first block in which a spend of block `now` no longer counts.
    fn counts_until(&self, now: BlockNumber) -> BlockNumber {
        let slice = self.period.div_ceil(WINDOW_SLICES).max(1);
        let current = now.checked_div(slice).unwrap_or(0);
        current.saturating_add(1).saturating_mul(slice).saturating_add(self.period)
    }
}

impl Window {
    /// How much counts in block `now`.
    pub fn spent(&self, now: BlockNumber) -> Balance {
        let counting = self.slices.iter().filter(|slice| slice.until > now);
        // Each sum was at most a budget when it was made.
        counting.fold(0, |sum, slice| sum.saturating_add(slice.amount))
    }

    fn add(&mut self, now: BlockNumber, until: BlockNumber, amount: Balance) {
        self.slices.retain(|slice| slice.until > now);
        let is_full = self.slices.len() >= SLICES_MAX as usize;
        match self.slices.as_mut_slice().last_mut() {
            // A full window joins its newest slice: it then counts a little longer, never shorter.
            Some(newest) if is_full || newest.until >= until => {
                newest.until = newest.until.max(until);
                newest.amount = newest.amount.saturating_add(amount);
            }
            Some(_) | None => {
                let pushed = self.slices.try_push(Slice { until, amount });
                debug_assert!(pushed.is_ok(), "a window that is not full has room");
            }
        }
    }
}

/// What `track` spent in the period up to this block `now`.
pub fn spent_lately<R: Rows + ?Sized>(
    rows: &R,
    track: Track,
    now: BlockNumber,
) -> Result<Balance, Fault> {
    Ok(WINDOWS.get_or_default(rows, &track)?.spent(now))
}

/// Take `amount` out of the budget of `track` (TR2 to TR4). Root and treasurer have no limit.
pub(crate) fn charge(tx: &mut Tx<'_>, track: Track, amount: Balance) -> Result<(), DispatchError> {
    if matches!(track, Track::Root | Track::Treasurer) {
        return Ok(());
    }
    let name = track.name();
    let budget = BUDGETS.get(tx, &track)?.ok_or(Error::NoBudget { track: name })?;
    let cap = budget.cap_per_spend;
    if amount > cap {
        return Err(Error::OverCap { track: name, amount, cap }.into());
    }
    let now = tx.block().number;
    let mut window = WINDOWS.get_or_default(tx, &track)?;
    let spent = window.spent(now);
    let cap = budget.cap_per_period;
    if spent.checked_add(amount).is_none_or(|sum| sum > cap) {
        return Err(Error::OverBudget { track: name, amount, spent, cap }.into());
    }
    window.add(now, budget.counts_until(now), amount);
    Ok(WINDOWS.put(tx, &track, &window)?)
}
