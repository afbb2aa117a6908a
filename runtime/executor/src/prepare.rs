//! The phases before execution: decode, admit, declare access; then verify signatures.

use althing_crypto::Verifier;
use althing_frame::{Access, Admission, BeforeError, BlockEnv, Call, Invalid, Rows, Runtime};
use rayon::prelude::*;

use crate::budget::Budget;
use crate::clock::Timer;
use crate::memo::{Known, Memo, Read};
use crate::{BlockError, Phases, Proof, State, Transaction, witness};

/// Transactions that one worker prepares at least.
const GRAIN: usize = 16;

/// A transaction that may run: its call, who stands behind it, and the rows it may touch.
#[derive(Debug)]
pub(crate) struct Ready<'a> {
    pub(crate) position: usize,
    pub(crate) transaction: &'a Transaction,
    pub(crate) call: Box<dyn Call>,
    pub(crate) admission: Admission,
    pub(crate) access: Access,
    /// What admission read of these rows in the parent.
    pub(crate) read: Read,
}

/// A transaction that may run, or why not.
pub(crate) type Prepared<'a> = Result<Ready<'a>, BeforeError>;

/// Transactions that may run, in order, and those that may not with their positions.
pub(crate) type Sorted<'a> = (Vec<Ready<'a>>, Vec<(usize, Invalid)>);

/// What a block is prepared for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) runtime: &'a dyn Runtime,
    pub(crate) verifier: &'a Verifier,
    pub(crate) parent: &'a State,
    pub(crate) block: &'a BlockEnv,
    /// How many of the first transactions must be in the block.
    pub(crate) required: usize,
}

/// Check all that can be checked on the parent state, on all workers of the current pool. Cheap
/// checks come first: if they refuse a transaction that must be in the block, no signature is
/// verified.
pub(crate) fn prepare<'a>(
    setting: Setting<'_>,
    transactions: &'a [Transaction],
    timer: &Timer,
    phases: &mut Phases,
) -> Result<Sorted<'a>, BlockError> {
    let mut mark = timer.now();
    let one = |room: &mut Known, (position, transaction): (usize, &'a Transaction)| {
        prepare_one(setting, room, position, transaction)
    };
    let mut prepared: Vec<Prepared<'a>> = if transactions.len() < GRAIN {
        let mut room = Known::new();
        transactions.iter().enumerate().map(|numbered| one(&mut room, numbered)).collect()
    } else {
        let numbered = transactions.par_iter().enumerate().with_min_len(GRAIN);
        numbered.map_init(Known::new, one).collect()
    };
    phases.prepare_ns = timer.lap(&mut mark);
    if prepared.iter().take(setting.required).all(Result::is_ok) {
        witness::verify(setting.verifier, &mut prepared, setting.required)?;
    }
    phases.verify_ns = timer.lap(&mut mark);
    sort(setting.runtime, prepared)
}

fn prepare_one<'a>(
    Setting { runtime, parent, block, .. }: Setting<'_>,
    room: &mut Known,
    position: usize,
    transaction: &'a Transaction,
) -> Prepared<'a> {
    let extrinsic = &transaction.extrinsic;
    let call = runtime.decode_call(extrinsic.call())?;
    let memo = Memo::new(parent, core::mem::take(room));
    let admission = admit(runtime, &memo, block, (transaction, call.as_ref()))?;
    let access = runtime.access(&memo, extrinsic, call.as_ref(), &admission)?;
    let read;
    (read, *room) = memo.into_read(&access);
    Ok(Ready { position, transaction, call, admission, access, read })
}

/// Admit a transaction, with the signatures that are still to be verified. What was verified under
/// other circumstances was another statement.
fn admit(
    runtime: &dyn Runtime,
    rows: &dyn Rows,
    block: &BlockEnv,
    (transaction, call): (&Transaction, &dyn Call),
) -> Result<Admission, BeforeError> {
    let extrinsic = &transaction.extrinsic;
    if transaction.proven != Proof::None {
        let admission = runtime.admit_proven(rows, block, extrinsic, call)?;
        if transaction.proven.holds(admission.circumstances) {
            return Ok(Admission { witness: None, ..admission });
        }
    }
    runtime.admit(rows, block, extrinsic, call)
}

fn sort<'a>(runtime: &dyn Runtime, prepared: Vec<Prepared<'a>>) -> Result<Sorted<'a>, BlockError> {
    let mut ready = Vec::with_capacity(prepared.len());
    let mut refused = Vec::new();
    let mut budget = Budget::of(runtime);
    for (position, prepared) in prepared.into_iter().enumerate() {
        match prepared {
            Ok(one) if budget.take(&one) => ready.push(one),
            Ok(_) => refused.push((position, Invalid::Exhausted)),
            Err(BeforeError::Invalid(invalid)) => refused.push((position, invalid)),
            Err(BeforeError::Fault(fault)) => return Err(BlockError::bug("access", fault)),
        }
    }
    Ok((ready, refused))
}
