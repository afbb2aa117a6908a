//! Asking a question and paying to have it decided (rules G72, G73, G75).

use althing_frame::{Access, DispatchError, Fault, Track, Tx};
use althing_primitives::{AccountId, Balance};
use pallet_preimage::{Deposit, Proposal};

use crate::{
    COUNT, CountedVoices, DecisionDeposit, Enactment, Error, Event, OPEN, OpenEntry, REFERENDA,
    Referendum, Status, TRACKS, Title, TrackInfo, concern, rows,
};

/// What a member asks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Question {
    pub(crate) track: Track,
    pub(crate) proposal: Proposal,
    pub(crate) enactment: Enactment,
    pub(crate) title: Title,
}

/// Open a referendum. Its call must be known and mean something to this runtime, so that members
/// can see from the first block on what they answer.
pub(crate) fn submit(
    tx: &mut Tx<'_>,
    proposer: AccountId,
    question: Question,
    decision: DecisionDeposit,
) -> Result<(), DispatchError> {
    let Question { track, proposal, enactment, title } = question;
    if core::str::from_utf8(&title).is_err() {
        return Err(Error::TitleNotText.into());
    }
    let info = TRACKS.get(tx, &track)?.ok_or(Error::NoTrack { track: track.name() })?;
    let call = pallet_preimage::fetch(tx, &proposal)?;
    let call = tx.runtime().decode_call(&call).map_err(|_| Error::Undecodable)?;
    let affected = concern::affected(tx, call.concern())?;
    let relies_on = pallet_preimage::relied(call.relies_on())?;
    let (index, price) = register(tx, track, &info)?;

    pallet_balances::reserve(tx, &proposer, price)?;
    pallet_preimage::pin_with(tx, &proposal, &relies_on)?;
    let hash = proposal.hash();
    let referendum = Referendum {
        track,
        proposal,
        enactment,
        title,
        proposer,
        submitted_at: tx.block().number,
        submission_deposit: Some(Deposit { who: proposer, amount: price }),
        decision_deposit: None,
        decision_price: info.decision_deposit,
        affected,
        relies_on,
        status: Status::Preparing,
        count: None,
        voices: CountedVoices::new(),
    };
    pallet_voting::open_poll(tx, index, track, referendum.is_critical())?;
    REFERENDA.put(tx, &index, &referendum)?;
    tx.emit(&Event::Submitted { index, track, proposer, proposal: hash, deposit: price });
    match decision {
        DecisionDeposit::Later => Ok(()),
        DecisionDeposit::Now => place(tx, proposer, index, referendum),
    }
}

/// Take a number and a place among the open referenda, and say what that takes.
fn register(
    tx: &mut Tx<'_>,
    track: Track,
    info: &TrackInfo,
) -> Result<(u32, Balance), DispatchError> {
    let mut open = OPEN.get_or_default(tx)?;
    let (on_track, free) = rows::room(&open, track);
    let full = Error::TooManyOpen { track: track.name(), open: on_track };
    if free == 0 {
        return Err(full.into());
    }
    let index = COUNT.get_or_default(tx)?;
    let next =
        index.checked_add(1).ok_or(Fault::Broken { invariant: "R7: numbers never repeat" })?;
    open.try_push(OpenEntry { index, track }).map_err(|_| full)?;
    OPEN.put(tx, &open)?;
    COUNT.put(tx, &next)?;
    Ok((index, info.submission_deposit_at(on_track)))
}

/// Declare the rows of [`place_decision_deposit`].
pub(crate) fn place_access(access: &mut Access, who: &AccountId, index: u32) {
    access.write(REFERENDA.key(&index));
    pallet_balances::reserve_access(access, who);
}

/// Pay to have the referendum decided. Anyone may, once.
pub(crate) fn place_decision_deposit(
    tx: &mut Tx<'_>,
    who: AccountId,
    index: u32,
) -> Result<(), DispatchError> {
    let referendum = REFERENDA.get(tx, &index)?.ok_or(Error::UnknownReferendum { index })?;
    if !referendum.status.is_open() {
        return Err(Error::Ended { index, status: referendum.status.name() }.into());
    }
    place(tx, who, index, referendum)
}

fn place(
    tx: &mut Tx<'_>,
    who: AccountId,
    index: u32,
    mut referendum: Referendum,
) -> Result<(), DispatchError> {
    if let Some(deposit) = referendum.decision_deposit {
        return Err(Error::DepositPlaced { index, who: deposit.who }.into());
    }
    let amount = referendum.decision_price;
    pallet_balances::reserve(tx, &who, amount)?;
    referendum.decision_deposit = Some(Deposit { who, amount });
    REFERENDA.put(tx, &index, &referendum)?;
    tx.emit(&Event::DecisionDepositPlaced { index, who, amount });
    Ok(())
}
