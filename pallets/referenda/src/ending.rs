//! How referenda end, and what becomes of their deposits (rules G78 to G80).

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::AccountId;
use pallet_preimage::Deposit;
use pallet_voting::PollOutcome;

use crate::{Count, Error, Event, OPEN, REFERENDA, Referendum, Status, counting};

/// Which of the two deposits of a referendum.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Which {
    Submission,
    Decision,
}

impl Which {
    fn of(self, referendum: &mut Referendum) -> &mut Option<Deposit> {
        match self {
            Self::Submission => &mut referendum.submission_deposit,
            Self::Decision => &mut referendum.decision_deposit,
        }
    }
}

/// The account that deposits of killed referenda go to.
pub(crate) fn treasury() -> AccountId {
    AccountId::of_pallet("treasury")
}

/// End the referendum in this block: close its poll, keep what was counted, leave the list of open
/// ones, and rely no longer on its bytes and what they rely on. The caller announces it.
pub(crate) fn finish(
    tx: &mut Tx<'_>,
    index: u32,
    referendum: &mut Referendum,
    status: Status,
) -> Result<Count, DispatchError> {
    let outcome = match status {
        Status::Approved { .. } => PollOutcome::Approved,
        Status::Rejected { .. } => PollOutcome::Rejected,
        Status::TimedOut { .. } | Status::Cancelled { .. } | Status::Killed { .. } => {
            PollOutcome::Void
        }
        Status::Preparing | Status::Queued { .. } | Status::Deciding(_) => {
            return Err(Fault::Broken { invariant: "R8: a referendum ends once" }.into());
        }
    };
    let electorate = pallet_voting::electorate(tx)?;
    referendum.voices = counting::voices(tx, (index, referendum), tx.block().number)?;
    let tally = pallet_voting::close_poll(tx, index, outcome)?;
    let count = Count { tally, electorate };
    pallet_preimage::unpin_with(tx, &referendum.proposal, &referendum.relies_on)?;
    let mut open = OPEN.get_or_default(tx)?;
    open.retain(|entry| entry.index != index);
    OPEN.put(tx, &open)?;
    referendum.status = status;
    referendum.count = Some(count);
    REFERENDA.put(tx, &index, referendum)?;
    Ok(count)
}

/// Stop a referendum that went wrong; its deposits go back at once.
pub(crate) fn cancel(tx: &mut Tx<'_>, index: u32) -> Result<(), DispatchError> {
    let mut referendum = ongoing(tx, index)?;
    let at = tx.block().number;
    let count = finish(tx, index, &mut referendum, Status::Cancelled { at })?;
    tx.emit(&Event::Cancelled { index, tally: count.tally });
    for which in [Which::Submission, Which::Decision] {
        if let Some(deposit) = which.of(&mut referendum).take() {
            give_back(tx, index, deposit)?;
        }
    }
    REFERENDA.put(tx, &index, &referendum)?;
    Ok(())
}

/// Stop a referendum that abuses the members' attention; its deposits go to the treasury.
pub(crate) fn kill(tx: &mut Tx<'_>, index: u32) -> Result<(), DispatchError> {
    let mut referendum = ongoing(tx, index)?;
    let at = tx.block().number;
    let count = finish(tx, index, &mut referendum, Status::Killed { at })?;
    tx.emit(&Event::Killed { index, tally: count.tally });
    for which in [Which::Submission, Which::Decision] {
        if let Some(deposit) = which.of(&mut referendum).take() {
            take(tx, index, deposit)?;
        }
    }
    REFERENDA.put(tx, &index, &referendum)?;
    Ok(())
}

/// Declare the rows of [`refund`].
pub(crate) fn refund_access<R: Rows + ?Sized>(
    access: &mut Access,
    parent: &R,
    index: u32,
    which: Which,
) -> Result<(), Fault> {
    access.write(REFERENDA.key(&index));
    // Referenda end after the last extrinsic of a block, so what can be given back in this block
    // was there before it.
    let known = REFERENDA.get(parent, &index)?;
    if let Some(deposit) = known.and_then(|mut referendum| *which.of(&mut referendum)) {
        pallet_balances::reserve_access(access, &deposit.who);
    }
    Ok(())
}

/// Give a deposit of a referendum that has ended back to whoever placed it. Anyone may ask.
pub(crate) fn refund(tx: &mut Tx<'_>, index: u32, which: Which) -> Result<(), DispatchError> {
    let mut referendum = REFERENDA.get(tx, &index)?.ok_or(Error::UnknownReferendum { index })?;
    if referendum.status.is_open() {
        return Err(Error::Ongoing { index, status: referendum.status.name() }.into());
    }
    let deposit = which.of(&mut referendum).take().ok_or(Error::NoDeposit { index })?;
    REFERENDA.put(tx, &index, &referendum)?;
    give_back(tx, index, deposit)
}

fn ongoing(tx: &Tx<'_>, index: u32) -> Result<Referendum, DispatchError> {
    let referendum = REFERENDA.get(tx, &index)?.ok_or(Error::UnknownReferendum { index })?;
    if !referendum.status.is_open() {
        return Err(Error::Ended { index, status: referendum.status.name() }.into());
    }
    Ok(referendum)
}

fn give_back(tx: &mut Tx<'_>, index: u32, deposit: Deposit) -> Result<(), DispatchError> {
    let Deposit { who, amount } = deposit;
    pallet_balances::unreserve(tx, &who, amount)?;
    tx.emit(&Event::DepositRefunded { index, who, amount });
    Ok(())
}

fn take(tx: &mut Tx<'_>, index: u32, deposit: Deposit) -> Result<(), DispatchError> {
    let Deposit { who, amount } = deposit;
    let moved = tx.layered(|tx| -> Result<(), DispatchError> {
        pallet_balances::repatriate_reserved(tx, &who, &treasury(), amount)
    });
    match moved {
        Ok(()) => {}
        Err(error) if error.is_bug() => return Err(error),
        // The treasury has no account yet and the deposit is too small to begin one.
        Err(_) => pallet_balances::slash_reserved(tx, &who, amount)?,
    }
    tx.emit(&Event::DepositSlashed { index, who, amount });
    Ok(())
}
