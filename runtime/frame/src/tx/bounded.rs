//! Bounded sums: taking and giving that fails at the bounds, the same on every path.
//!
//! A transaction declares the most it may take and give. As long as the sum covers everything that
//! the transactions so far may take and give together, each attempt is certain to succeed in
//! whatever order they run, so they commute and nobody looks at the sum. From the first one on
//! that is not covered, the true value decides, in block order. This is escrow locking (O'Neil,
//! "The Escrow Transactional Method", 1986) with the amounts known beforehand.

use super::{Change, Tx};
use crate::{Access, Fault, Lanes, Mode, RowKey};

/// What a transaction has tried so far on one bounded sum of its access set, also where the
/// attempt failed or its layer was dropped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempted {
    position: usize,
    takes: u128,
    gives: u128,
}

/// One attempt to change a bounded sum.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Attempt {
    /// Take this much.
    Take(u128),
    /// Give this much, unless the sum would exceed the maximum.
    Give(u128, u128),
}

impl Attempt {
    fn lanes(self) -> Lanes {
        match self {
            Self::Take(amount) => Lanes::single(amount).negated(),
            Self::Give(amount, _) => Lanes::single(amount),
        }
    }

    /// Whether a sum of `value` stays within its bounds.
    fn fits(self, value: u128) -> bool {
        match self {
            Self::Take(amount) => amount <= value,
            Self::Give(amount, max) => value.checked_add(amount).is_some_and(|sum| sum <= max),
        }
    }
}

impl Tx<'_> {
    /// Change the bounded sum at `key`. If it would leave its bounds nothing changes, and the value
    /// that it has is the answer. Only a sum that was read can refuse, and one is read in block
    /// order alone; so the answer is the same on every path.
    pub(crate) fn attempt(
        &mut self,
        key: RowKey,
        attempt: Attempt,
    ) -> Result<Result<(), u128>, Fault> {
        let position = self.permitted(&key, |mode| matches!(mode, Mode::Bounded | Mode::Write))?;
        let is_covered = match (self.access, position) {
            (Some(access), Some(position)) => {
                self.note_attempt(access, position, (&key, attempt))?
            }
            (Some(_) | None, _) => false,
        };
        if !is_covered {
            let value = self.seen(&key, position)?;
            let lane = value.map_or(Some(0), |value| {
                value
                    .first_chunk()
                    .filter(|_| value.len() == 16)
                    .map(|lane| u128::from_le_bytes(*lane))
            });
            let sum = lane.ok_or_else(|| Fault::corrupt(&key))?;
            if !attempt.fits(sum) {
                return Ok(Err(sum));
            }
        }
        self.change(key, position, Change::Add(attempt.lanes()))?;
        Ok(Ok(()))
    }

    /// Count an attempt against the declaration; whether the sum is known to cover it.
    fn note_attempt(
        &mut self,
        access: &Access,
        position: usize,
        (key, attempt): (&RowKey, Attempt),
    ) -> Result<bool, Fault> {
        let declared = access.at(position).filter(|row| row.mode == Mode::Bounded);
        let Some(escrow) = declared.and_then(|row| row.escrow.as_deref()) else {
            return Ok(false);
        };
        let known = self.attempted.iter().position(|one| one.position == position);
        let mut total = known.and_then(|at| self.attempted.get(at).copied()).unwrap_or(Attempted {
            position,
            takes: 0,
            gives: 0,
        });
        match attempt {
            Attempt::Take(amount) => total.takes = total.takes.saturating_add(amount),
            Attempt::Give(amount, _) => total.gives = total.gives.saturating_add(amount),
        }
        let is_other_bound = matches!(attempt, Attempt::Give(_, max) if max < escrow.max);
        if total.takes > escrow.takes || total.gives > escrow.gives || is_other_bound {
            return Err(Fault::violation(key));
        }
        match known.and_then(|at| self.attempted.get_mut(at)) {
            Some(one) => *one = total,
            None => self.attempted.push(total),
        }
        Ok(self.base.is_covered(position))
    }
}
