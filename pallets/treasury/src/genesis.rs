//! What each track may spend, before anyone decides otherwise.

use althing_frame::{DispatchError, Track, Tx};
use althing_primitives::{Balance, BlockNumber, TOKEN};

use crate::{BUDGETS, Budget, Error};

/// The budgets of a new chain.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Genesis {
    /// One budget per track at most. A track without one cannot spend, root and treasurer aside.
    pub budgets: Vec<(Track, Budget)>,
}

impl Genesis {
    /// The usual caps, with budgets that renew over `period` blocks.
    pub fn with_period(period: BlockNumber) -> Self {
        let budget = |track, spend: Balance, together: Balance| {
            let cap_per_spend = TOKEN.saturating_mul(spend);
            let cap_per_period = TOKEN.saturating_mul(together);
            (track, Budget { cap_per_spend, cap_per_period, period })
        };
        Self {
            budgets: vec![
                budget(Track::SmallTipper, 250, 2_500),
                budget(Track::SmallSpender, 10_000, 50_000),
                budget(Track::MediumSpender, 100_000, 500_000),
                budget(Track::BigSpender, 1_000_000, 3_000_000),
            ],
        }
    }

    /// Write the rows.
    pub fn build(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        for (track, budget) in &self.budgets {
            if !budget.is_sound() {
                return Err(Error::UnsoundBudget { track: track.name() }.into());
            }
            BUDGETS.put(tx, track, budget)?;
        }
        Ok(())
    }
}
