//! Paying what was approved.

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{Balance, BlockNumber};
use pallet_balances::Existence;

use crate::queue::QUEUED;
use crate::{Error, Event, OPENING, PAYABLE, PENDING, QUEUE, Spend, SpendId, account, queue};

/// A spend lapses once the pot could pay it for so many blocks and the beneficiary could not be
/// paid (TR10): thirty days of blocks of six seconds. The time spent waiting for funds is not
/// counted.
pub const PAYOUT_PERIOD: BlockNumber = 30 * 14_400;

/// How many spends that wait are paid at the end of a block (TR8), which is serial work. Payouts
/// that members send have no such bound.
pub const PAYOUTS_PER_BLOCK: u32 = 64;

/// What became of a spend that was looked at.
enum Fate {
    Paid,
    Lapsed,
    Waits,
}

/// Pay the pending spends that the pot can pay, the oldest first (TR8 to TR10). Part of the
/// lifecycle phase. One that cannot be paid does not stop those behind it.
pub fn pay_pending(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    let queue = QUEUE.get_or_default(tx)?;
    let mut waiting = Vec::with_capacity(queue.len());
    let mut paid = 0_u32;
    for id in queue.iter() {
        let fate = if paid < PAYOUTS_PER_BLOCK { look_at(tx, *id)? } else { Fate::Waits };
        match fate {
            Fate::Paid => paid = paid.saturating_add(1),
            Fate::Lapsed => {}
            Fate::Waits => waiting.push(*id),
        }
    }
    if waiting.len() == queue.len() { Ok(()) } else { queue::put(tx, waiting) }
}

fn look_at(tx: &mut Tx<'_>, id: SpendId) -> Result<Fate, DispatchError> {
    let spend = PENDING.get(tx, &id)?.ok_or(QUEUED)?;
    if crate::payable(tx)? < spend.amount {
        note_refusal(tx, id, spend, None)?;
        return Ok(Fate::Waits);
    }
    match tx.layered(|tx| pay(tx, id, &spend)) {
        Ok(()) => Ok(Fate::Paid),
        Err(error) if error.is_bug() => Err(error),
        Err(error) => refused(tx, id, spend, error),
    }
}

/// Pay a pending spend. It is pending no more before anyone is paid (TR-I2).
fn pay(tx: &mut Tx<'_>, id: SpendId, spend: &Spend) -> Result<(), DispatchError> {
    PENDING.remove(tx, &id)?;
    transfer(tx, id, spend)
}

fn refused(
    tx: &mut Tx<'_>,
    id: SpendId,
    spend: Spend,
    error: DispatchError,
) -> Result<Fate, DispatchError> {
    let now = tx.block().number;
    match spend.refused_since {
        None => {
            tx.emit(&Event::PayoutFailed { spend: id, error });
            note_refusal(tx, id, spend, Some(now))?;
            Ok(Fate::Waits)
        }
        Some(since) if now.saturating_sub(since) >= PAYOUT_PERIOD => {
            PENDING.remove(tx, &id)?;
            let Spend { beneficiary, amount, .. } = spend;
            tx.emit(&Event::Lapsed { spend: id, beneficiary, amount });
            Ok(Fate::Lapsed)
        }
        Some(_) => Ok(Fate::Waits),
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

/// Move the funds of a spend that is not pending any more, or never was.
pub(crate) fn transfer(tx: &mut Tx<'_>, id: SpendId, spend: &Spend) -> Result<(), DispatchError> {
    let Spend { beneficiary, amount, .. } = spend;
    pallet_balances::transfer(tx, &account(), beneficiary, *amount, Existence::KeepAlive)?;
    tx.emit(&Event::Paid { spend: id, beneficiary: *beneficiary, amount: *amount });
    Ok(())
}

/// Declare the rows of [`payout`], as far as the parent state tells.
pub(crate) fn payout_access<R: Rows + ?Sized>(
    access: &mut Access,
    parent: &R,
    id: SpendId,
) -> Result<(), Fault> {
    // Spends are queued in the lifecycle phase only, so the parent state has all of them.
    let Some(spend) = PENDING.get(parent, &id)? else {
        access.read(PENDING.key(&id));
        return Ok(());
    };
    access.read(OPENING.key());
    if spend.amount > crate::payable(parent)? {
        // Refused for sure. It must not claim what would leave others uncovered.
        access.read(PENDING.key(&id));
        return Ok(());
    }
    access.write(PENDING.key(&id));
    PAYABLE.declare(access, spend.amount, 0);
    pallet_balances::deposit_access(access, &spend.beneficiary);
    Ok(())
}

/// Pay a pending spend now, for whoever asks (TR9). The pot's account pays when the block ends.
pub(crate) fn payout(tx: &mut Tx<'_>, id: SpendId) -> Result<(), DispatchError> {
    let spend = PENDING.get(tx, &id)?.ok_or(Error::UnknownSpend { spend: id })?;
    let Spend { beneficiary, amount, .. } = spend;
    let short = |available: Balance| Error::PotShort { spend: id, needed: amount, available };
    let opening = OPENING.get_or_default(tx)?;
    if amount > opening {
        return Err(short(opening).into());
    }
    PAYABLE.take(tx, amount)?.map_err(short)?;
    PENDING.remove(tx, &id)?;
    pallet_balances::deposit(tx, &beneficiary, amount)?;
    tx.emit(&Event::Paid { spend: id, beneficiary, amount });
    Ok(())
}
