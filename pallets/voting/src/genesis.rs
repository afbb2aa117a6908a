//! Who does not vote, and how long conviction lasts, before block 1.

use althing_frame::{DispatchError, Tx};
use althing_primitives::{AccountId, Balance, BlockNumber, BoundedVec, TOKEN};

use crate::{ELECTORATE_MIN, Error, LOCK_PERIOD, POTS, POTS_MAX};

/// What voting knows before block 1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Genesis {
    /// Accounts that belong to nobody, such as the treasury.
    pub pots: Vec<AccountId>,
    /// Blocks in one period of conviction.
    pub lock_period: BlockNumber,
    /// The least electorate that support is measured against.
    pub electorate_min: Balance,
}

impl Genesis {
    /// Periods of a week of 6-second blocks.
    pub fn main() -> Self {
        Self {
            pots: vec![AccountId::of_pallet("treasury")],
            lock_period: 100_800,
            electorate_min: TOKEN.saturating_mul(100_000),
        }
    }

    /// Periods of ten blocks, for chains on which people try things.
    pub fn fast() -> Self {
        Self { lock_period: 10, electorate_min: TOKEN.saturating_mul(1_000), ..Self::main() }
    }

    /// Write the rows.
    pub fn build(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        let found = u32::try_from(self.pots.len()).unwrap_or(u32::MAX);
        let pots = BoundedVec::try_from(self.pots.clone())
            .map_err(|_| Error::TooManyPots { found, max: POTS_MAX })?;
        POTS.put(tx, &pots)?;
        LOCK_PERIOD.put(tx, &self.lock_period)?;
        ELECTORATE_MIN.put(tx, &self.electorate_min)?;
        Ok(())
    }
}
