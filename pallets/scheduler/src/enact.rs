//! Enacting what is due.

use althing_frame::{Call, DispatchError, Origin, Rows, Tx};
use althing_primitives::{BlockNumber, Weight};

use crate::agenda::displace;
use crate::budget::{Purse, overhead};
use crate::record::record;
use crate::{AGENDA, Enactment, Event, NEXT_BLOCK, Outcome, Task, retry};

/// How many agendas one block looks through. The cursor gains on the chain by all but one of
/// them in every block.
const WALK_BLOCKS_MAX: u32 = 1024;

/// Enact every task that is due, in the order of agendas and in each the oldest first, as far as
/// the budget reaches; the rest comes first in the next block (SC4 to SC6). Part of the lifecycle
/// phase. An error means that the program is wrong; a failing task is none.
pub fn enact(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    retry::place_asked(tx)?;
    let now = tx.block().number;
    let mut purse = Purse::new(tx.runtime());
    let mut at = NEXT_BLOCK.get_or_default(tx)?;
    let end = now.saturating_add(1).min(at.saturating_add(WALK_BLOCKS_MAX));
    while at < end {
        // Read anew each time: the task before may have cancelled others.
        let Some(task) = first(tx, at)? else {
            at = at.saturating_add(1);
            continue;
        };
        let prepared = Prepared::of(tx, &task)?;
        // Only a task that runs now leaves its agenda: none is lost on the way.
        if !purse.pay(prepared.weight) {
            break;
        }
        let task = displace(tx, at, task.id)?;
        run(tx, &task, prepared.call)?;
    }
    Ok(NEXT_BLOCK.put(tx, &at)?)
}

fn first<R: Rows + ?Sized>(rows: &R, at: BlockNumber) -> Result<Option<Task>, DispatchError> {
    Ok(AGENDA.get_or_default(rows, &at)?.into_inner().into_iter().next())
}

/// A task about to run.
struct Prepared {
    weight: Weight,
    call: Result<Box<dyn Call>, Unready>,
}

/// Why a task has no call to run.
enum Unready {
    /// Its bytes are missing, or some that it relies on. They may be noted again.
    Missing(DispatchError),
    /// Its bytes are no call of this runtime.
    Undecodable,
}

impl Prepared {
    fn of(tx: &Tx<'_>, task: &Task) -> Result<Self, DispatchError> {
        let Enactment { proposal, relies_on, .. } = &task.enactment;
        let base = overhead(proposal.call_bytes(), relies_on);
        let noted = pallet_preimage::ensure_noted_with(tx, proposal, relies_on);
        let bytes = match noted.and_then(|()| pallet_preimage::fetch(tx, proposal)) {
            Ok(bytes) => bytes,
            Err(error) if error.is_bug() => return Err(error),
            Err(error) => {
                let weight = overhead(0, relies_on);
                return Ok(Self { weight, call: Err(Unready::Missing(error)) });
            }
        };
        Ok(match tx.runtime().decode_call(&bytes) {
            Ok(call) => Self { weight: base.saturating_add(call.weight()), call: Ok(call) },
            Err(_) => Self { weight: base, call: Err(Unready::Undecodable) },
        })
    }
}

/// Run the call of a task that has left its agenda, and say how it ended (SC6, SC7).
fn run(
    tx: &mut Tx<'_>,
    task: &Task,
    call: Result<Box<dyn Call>, Unready>,
) -> Result<(), DispatchError> {
    let mut retry_until = None;
    let result = match call {
        Ok(call) => tx.layered(|tx| call.dispatch(tx, Origin::Track(task.enactment.track))),
        Err(Unready::Undecodable) => Err(DispatchError::Undecodable),
        Err(Unready::Missing(error)) => {
            retry_until = Some(retry::offer(tx, task)?);
            Err(error)
        }
    };
    if let Err(error) = &result
        && error.is_bug()
    {
        return result;
    }
    // Whatever the call goes on to need it has pinned itself by now.
    pallet_preimage::unpin_with(tx, &task.enactment.proposal, &task.enactment.relies_on)?;
    record(tx, task, Outcome::of(&result, retry_until))?;
    tx.emit(&Event::Enacted { task: task.id, referendum: task.enactment.referendum, result });
    Ok(())
}
