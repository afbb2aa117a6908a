//! The pending spends, oldest first. Ids ascend, so their order is that of approval.

use althing_frame::{DispatchError, Fault, Tx};

use crate::{Error, PENDING, QUEUE, QUEUE_MAX, Spend, SpendId};

/// What a queue without its spend, or the other way round, contradicts.
pub(crate) const QUEUED: Fault =
    Fault::Broken { invariant: "TR-I1: the queue names the pending spends" };

/// Let an approved spend wait (TR7).
pub(crate) fn enqueue(tx: &mut Tx<'_>, id: SpendId, spend: &Spend) -> Result<(), DispatchError> {
    let mut queue = QUEUE.get_or_default(tx)?;
    queue.try_push(id).map_err(|_| Error::QueueFull { max: QUEUE_MAX })?;
    QUEUE.put(tx, &queue)?;
    Ok(PENDING.put(tx, &id, spend)?)
}

/// Forget a pending spend.
pub(crate) fn unqueue(tx: &mut Tx<'_>, id: SpendId) -> Result<(), DispatchError> {
    let mut queue = QUEUE.get_or_default(tx)?.into_inner();
    let position = queue.iter().position(|queued| *queued == id).ok_or(QUEUED)?;
    queue.remove(position);
    put(tx, queue)?;
    Ok(PENDING.remove(tx, &id)?)
}

/// Drop the spends that payouts of this block have paid. Two payouts would conflict if each took
/// its own spend out.
pub(crate) fn drop_paid(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    let mut waiting = Vec::new();
    for id in QUEUE.get_or_default(tx)?.iter() {
        if PENDING.contains(tx, id)? {
            waiting.push(*id);
        }
    }
    put(tx, waiting)
}

/// Let the queue be `waiting`, a part of what it was.
pub(crate) fn put(tx: &mut Tx<'_>, waiting: Vec<SpendId>) -> Result<(), DispatchError> {
    if waiting.is_empty() {
        return Ok(QUEUE.remove(tx)?);
    }
    let queue = waiting.try_into().map_err(|_| QUEUED)?;
    Ok(QUEUE.put(tx, &queue)?)
}
