//! What came of a block's transactions, in block order.

use althing_frame::{Events, Invalid, Phase, PhaseEvents};
use althing_primitives::Extrinsic;

use crate::prepare::Ready;
use crate::transact::Ended;
use crate::{BlockError, Receipt};

/// What came of a block's transactions.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) extrinsics: Vec<Extrinsic>,
    pub(crate) refused: Vec<(usize, Invalid)>,
}

impl Log {
    /// A log that begins with what preparation refused, for this many transactions at most.
    pub(crate) fn new(refused: Vec<(usize, Invalid)>, transactions: usize) -> Self {
        let receipts = Vec::with_capacity(transactions);
        let extrinsics = Vec::with_capacity(transactions);
        Self { receipts, extrinsics, refused }
    }

    /// Append one transaction: its index is given here.
    pub(crate) fn take(&mut self, ready: &Ready<'_>, ended: Ended) -> Result<(), BlockError> {
        match ended {
            Ended::Bug(fault) => return Err(BlockError::bug("extrinsics", fault)),
            Ended::Refused(invalid) => self.refused.push((ready.position, invalid)),
            Ended::Ran(receipt) => {
                self.receipts.push(receipt);
                self.extrinsics.push(ready.transaction.extrinsic.clone());
            }
        }
        Ok(())
    }

    /// The block's events, between those of its two hooks.
    pub(crate) fn events<'a>(
        &'a self,
        opened: &'a Events,
        closed: &'a Events,
    ) -> Vec<PhaseEvents<'a>> {
        // A block holds fewer than 2^32 extrinsics by its byte limit.
        let applied = (0_u32..).zip(&self.receipts).map(|(index, receipt)| PhaseEvents {
            phase: Phase::ApplyExtrinsic(index),
            events: &receipt.events,
        });
        let first = PhaseEvents { phase: Phase::Initialization, events: opened };
        let last = PhaseEvents { phase: Phase::Finalization, events: closed };
        core::iter::once(first).chain(applied).chain([last]).collect()
    }

    /// Refuse the block if one of its first `required` transactions was refused.
    pub(crate) fn ensure_complete(&mut self, required: usize) -> Result<(), BlockError> {
        self.refused.sort_by_key(|(position, _)| *position);
        match self.refused.first() {
            Some((index, reason)) if *index < required => {
                Err(BlockError::Invalid { index: *index, reason: reason.clone() })
            }
            Some(_) | None => Ok(()),
        }
    }
}
