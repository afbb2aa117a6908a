//! One transaction's turn: nonce and fee, the call, the outcome. The same on every path.

use althing_frame::{
    BeforeError, BlockEnv, DispatchError, Effects, Fault, Invalid, Origin, Rows, Runtime, Tx,
};

use crate::Receipt;
use crate::prepare::Ready;

/// What a transaction's turn gave.
#[derive(Debug)]
pub(crate) enum Turn {
    /// It ran; the call took effect or was refused by a rule.
    Ran { outcome: Result<(), DispatchError>, effects: Effects },
    /// It may not be in the block: no effects at all.
    Refused(Invalid),
    /// The program is wrong.
    Bug(Fault),
}

/// A turn whose rows are committed.
#[derive(Debug)]
pub(crate) enum Ended {
    /// It is in the block.
    Ran(Receipt),
    /// It is not.
    Refused(Invalid),
    /// The program is wrong.
    Bug(Fault),
}

impl Turn {
    /// What remains when the rows are committed. Made by the worker that ran the transaction, so
    /// that hashing and clearing up are not left to the one that puts the block together.
    pub(crate) fn end(self, ready: &Ready<'_>) -> Ended {
        match self {
            Self::Ran { outcome, effects } => Ended::Ran(Receipt {
                hash: ready.transaction.extrinsic.hash(),
                call: ready.call.name(),
                weight: ready.admission.weight,
                fee: ready.admission.fee,
                outcome,
                events: effects.events,
            }),
            Self::Refused(invalid) => Ended::Refused(invalid),
            Self::Bug(fault) => Ended::Bug(fault),
        }
    }
}

/// Run one transaction on `rows` as they stand at its turn.
pub(crate) fn transact<R: Rows + Sync>(
    (runtime, block): (&dyn Runtime, BlockEnv),
    rows: &R,
    ready: &Ready<'_>,
) -> Turn {
    let mut tx = if ready.access.is_exclusive() {
        Tx::unrestricted(rows, runtime, block)
    } else {
        Tx::confined(rows, &ready.access, runtime, block)
    }
    .with_voice(ready.admission.voice);
    match runtime.before(&mut tx, &ready.transaction.extrinsic, &ready.admission) {
        Ok(()) => {}
        Err(BeforeError::Invalid(invalid)) => return Turn::Refused(invalid),
        Err(BeforeError::Fault(fault)) => return Turn::Bug(fault),
    }
    let outcome: Result<(), DispatchError> =
        tx.layered(|tx| ready.call.dispatch(tx, ready.admission.origin));
    if let Err(DispatchError::Fault(fault @ (Fault::Corrupt { .. } | Fault::Broken { .. }))) =
        outcome
    {
        return Turn::Bug(fault);
    }
    if let (Origin::None, Err(reason)) = (ready.admission.origin, &outcome) {
        return Turn::Refused(Invalid::Inherent { reason: Box::new(reason.clone()) });
    }
    let finished = runtime
        .after(&mut tx, ready.call.as_ref(), &ready.admission, &outcome)
        .map(|()| tx.into_effects());
    match finished {
        Ok(effects) => Turn::Ran { outcome, effects },
        Err(fault) => Turn::Bug(fault),
    }
}
