//! Paying what was approved.

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{Balance, BlockNumber};
use pallet_balances::Existence;

use crate::{Error, Event, PENDING, QUEUE, Spend, SpendId, account};

/// A spend lapses once the pot could pay it for so many blocks and the beneficiary could not be
/// paid (TR10): thirty days of blocks of six seconds. The time spent waiting for funds is not
/// counted.
pub const PAYOUT_PERIOD: BlockNumber = 30 * 14_400;

/// What a queue without its spend contradicts.
const QUEUED: Fault = Fault::Broken { invariant: "TR-I1: the queue names the pending spends" };

/// How an attempt to pay ended.
enum Attempt {
    Paid,
    Short,
    Refused(DispatchError),
}

/// Pay the pending spends that the pot can pay, the oldest first (TR8 to TR10). Part of the
/// lifecycle phase. One that cannot be paid does not stop those behind it.
pub fn pay_pending(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    for id in QUEUE.get_or_default(tx)?.iter() {
        let spend = PENDING.get(tx, id)?.ok_or(QUEUED)?;
        match attempt(tx, *id, &spend)? {
            Attempt::Paid => {}
            Attempt::Short => note_refusal(tx, *id, spend, None)?,
            Attempt::Refused(error) => refused(tx, *id, spend, error)?,
        }
    }
    Ok(())
}

fn attempt(tx: &mut Tx<'_>, id: SpendId, spend: &Spend) -> Result<Attempt, DispatchError> {
    if crate::payable(tx)? < spend.amount {
        return Ok(Attempt::Short);
    }
    match tx.layered(|tx| pay(tx, id, spend)) {
        Ok(()) => Ok(Attempt::Paid),
        Err(error) if error.is_bug() => Err(error),
        Err(error) => Ok(Attempt::Refused(error)),
    }
}

fn refused(
    tx: &mut Tx<'_>,
    id: SpendId,
    spend: Spend,
    error: DispatchError,
) -> Result<(), DispatchError> {
    let now = tx.block().number;
    match spend.refused_since {
        None => {
            tx.emit(&Event::PayoutFailed { spend: id, error });
            note_refusal(tx, id, spend, Some(now))
        }
        Some(since) if now.saturating_sub(since) >= PAYOUT_PERIOD => {
            unqueue(tx, id)?;
            let Spend { beneficiary, amount, .. } = spend;
            tx.emit(&Event::Lapsed { spend: id, beneficiary, amount });
            Ok(())
        }
        Some(_) => Ok(()),
    }
}

fn note_refusal(
    tx: &mut Tx<'_>,
    id: SpendId,
    mut spend: Spend,
    since: Option<BlockNumber>,
) -> Result<(), DispatchError> {
    if spend.refused_since != since {
        spend.refused_since = since;
        PENDING.put(tx, &id, &spend)?;
    }
    Ok(())
}

/// Declare the rows of [`payout`], as far as the parent state tells.
pub(crate) fn payout_access<R: Rows + ?Sized>(
    access: &mut Access,
    parent: &R,
    id: SpendId,
) -> Result<(), Fault> {
    // Spends are queued in the lifecycle phase only, so the parent state has all of them.
    match PENDING.get(parent, &id)? {
        None => {
            access.read(PENDING.key(&id));
        }
        Some(spend) => {
            access.write(PENDING.key(&id)).write(QUEUE.key());
            pallet_balances::transfer_access(access, &account(), &spend.beneficiary);
        }
    }
    Ok(())
}

/// Pay a pending spend now, for whoever asks (TR9).
pub(crate) fn payout(tx: &mut Tx<'_>, id: SpendId) -> Result<(), DispatchError> {
    let spend = PENDING.get(tx, &id)?.ok_or(Error::UnknownSpend { spend: id })?;
    let available: Balance = crate::payable(tx)?;
    let needed = spend.amount;
    if available < needed {
        return Err(Error::PotShort { spend: id, needed, available }.into());
    }
    pay(tx, id, &spend)
}

/// Pay a pending spend. It leaves the queue first, so it cannot be paid again (TR-I2).
fn pay(tx: &mut Tx<'_>, id: SpendId, spend: &Spend) -> Result<(), DispatchError> {
    unqueue(tx, id)?;
    transfer(tx, id, spend)
}

/// Move the funds of a spend that is not pending any more, or never was.
pub(crate) fn transfer(tx: &mut Tx<'_>, id: SpendId, spend: &Spend) -> Result<(), DispatchError> {
    let Spend { beneficiary, amount, .. } = spend;
    pallet_balances::transfer(tx, &account(), beneficiary, *amount, Existence::KeepAlive)?;
    tx.emit(&Event::Paid { spend: id, beneficiary: *beneficiary, amount: *amount });
    Ok(())
}

/// Forget a pending spend.
pub(crate) fn unqueue(tx: &mut Tx<'_>, id: SpendId) -> Result<(), DispatchError> {
    let mut queue = QUEUE.get_or_default(tx)?;
    let position = queue.iter().position(|queued| *queued == id).ok_or(QUEUED)?;
    queue.remove(position);
    if queue.is_empty() {
        QUEUE.remove(tx)?;
    } else {
        QUEUE.put(tx, &queue)?;
    }
    Ok(PENDING.remove(tx, &id)?)
}
