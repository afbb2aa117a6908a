//! Casting and taking back ballots (rules G62 to G68).

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, BlockNumber, SchemeId};

use crate::{
    BALLOTS, BALLOTS_MAX, Ballot, Delegations, Error, Event, Held, LOCK_PERIOD, MEMBERS,
    MemberRecord, POLLS, POTS, Poll, PollOutcome, PollState, TALLIES, VOICES, is_pot,
    lock_after_poll, voices,
};

/// Under this id ballots lock balances.
pub const LOCK_ID: pallet_balances::LockId = *b"althvote";
/// How many ballots of closed polls one [`unlock`] settles.
pub const SETTLED_MAX: usize = 64;

/// What a ballot without a poll, or a record without its ballot, contradicts.
const RECORD: Fault = Fault::Broken { invariant: "V4: records and ballots name each other" };

/// Declare the rows of [`vote`].
pub fn vote_access<R: Rows + ?Sized>(
    access: &mut Access,
    parent: &R,
    who: &AccountId,
    referendum: u32,
) -> Result<(), Fault> {
    access.read(POLLS.key(&referendum)).read(POTS.key());
    access.write(BALLOTS.key(who, &referendum)).write(MEMBERS.key(who));
    access.add(TALLIES.key(&referendum));
    voices::access(access, parent, referendum)?;
    pallet_balances::lock_access(access, who);
    Ok(())
}

/// Answer `referendum` with `ballot`, which replaces the member's earlier one.
pub fn vote(
    tx: &mut Tx<'_>,
    who: &AccountId,
    referendum: u32,
    ballot: Ballot,
) -> Result<(), DispatchError> {
    let poll = known_poll(tx, referendum)?;
    if let PollState::Closed { at: closed_at, .. } = poll.state {
        return Err(Error::Closed { referendum, closed_at }.into());
    }
    if is_pot(tx, who)? {
        return Err(Error::Pot { who: *who }.into());
    }
    let asked = ballot.balance().map_err(|_| Error::Uncountable)?;
    if asked == 0 {
        return Err(Error::EmptyBallot.into());
    }
    let available = pallet_balances::total(tx, who)?;
    if asked > available {
        return Err(Error::TooHeavy { asked, available }.into());
    }
    let contribution =
        ballot.contribution(Delegations::default()).map_err(|_| Error::Uncountable)?;
    let mut record = MEMBERS.get_or_default(tx, who)?;
    let voice = voices::voice_of(tx, &poll)?;
    let before = record.held(referendum).and_then(|held| held.voice);
    let held = Held { referendum, amount: asked, cast_at: tx.block().number, voice };
    hold(&mut record, held)?;

    let previous = BALLOTS.get(tx, who, &referendum)?;
    if let Some(previous) = previous {
        take_from_tally(tx, (referendum, before), previous)?;
    }
    TALLIES.add(tx, &referendum, &contribution)?;
    if let Some(voice) = voice {
        VOICES.add(tx, &(referendum, voice), &contribution)?;
    }
    BALLOTS.put(tx, who, &referendum, &ballot)?;
    save(tx, who, record)?;
    tx.emit(&Event::Voted { who: *who, referendum, ballot, previous, voice });
    Ok(())
}

/// Declare the rows of [`remove_vote`].
pub fn remove_vote_access<R: Rows + ?Sized>(
    access: &mut Access,
    parent: &R,
    who: &AccountId,
    referendum: u32,
) -> Result<(), Fault> {
    access.read(POLLS.key(&referendum)).read(LOCK_PERIOD.key());
    access.write(BALLOTS.key(who, &referendum)).write(MEMBERS.key(who));
    access.add(TALLIES.key(&referendum));
    // A ballot that was cast anew in this block, maybe under another voice, stays until the next.
    let record = MEMBERS.get_or_default(parent, who)?;
    if let Some(voice) = record.held(referendum).and_then(|held| held.voice) {
        access.add(VOICES.key(&(referendum, voice)));
    }
    pallet_balances::lock_access(access, who);
    Ok(())
}

/// Take back the ballot on `referendum`: out of the tally while the poll is open; afterwards it
/// only leaves its lock behind, if it has won.
pub fn remove_vote(tx: &mut Tx<'_>, who: &AccountId, referendum: u32) -> Result<(), DispatchError> {
    let poll = known_poll(tx, referendum)?;
    let mut record = MEMBERS.get_or_default(tx, who)?;
    let held = *record.held(referendum).ok_or(Error::NoBallot { referendum })?;
    let ballot = BALLOTS.get(tx, who, &referendum)?.ok_or(RECORD)?;
    match poll.state {
        PollState::Open if held.cast_at == tx.block().number => {
            return Err(Error::JustCast { referendum, block: held.cast_at }.into());
        }
        PollState::Open => {
            take_from_tally(tx, (referendum, held.voice), ballot)?;
            record.ballots.retain(|held| held.referendum != referendum);
        }
        PollState::Closed { at, outcome } => {
            let period = LOCK_PERIOD.get_or_default(tx)?;
            settle(&mut record, referendum, ballot, (outcome, at), period)?;
        }
    }
    BALLOTS.remove(tx, who, &referendum)?;
    save(tx, who, record)?;
    tx.emit(&Event::VoteRemoved { who: *who, referendum, ballot });
    Ok(())
}

/// Declare the rows of [`unlock`].
pub fn unlock_access<R: Rows + ?Sized>(
    access: &mut Access,
    parent: &R,
    who: &AccountId,
) -> Result<(), Fault> {
    access.read(LOCK_PERIOD.key()).write(MEMBERS.key(who));
    pallet_balances::lock_access(access, who);
    for held in MEMBERS.get_or_default(parent, who)?.ballots.iter() {
        access.read(POLLS.key(&held.referendum)).write(BALLOTS.key(who, &held.referendum));
    }
    Ok(())
}

/// Settle up to [`SETTLED_MAX`] ballots of closed polls, and free what need not stay any more.
pub fn unlock(tx: &mut Tx<'_>, who: &AccountId) -> Result<(), DispatchError> {
    let now = tx.block().number;
    let period = LOCK_PERIOD.get_or_default(tx)?;
    let mut record = MEMBERS.get_or_default(tx, who)?;
    record.ladder.expire(now);
    let mut settled = 0_usize;
    // A poll that was open when this block began stays open through its extrinsics, so a ballot
    // cast in this block cannot be settled; nor would its rows be declared.
    let earlier: Vec<_> =
        record.ballots.iter().filter(|held| held.cast_at < now).copied().collect();
    for Held { referendum, .. } in earlier {
        let poll = POLLS.get(tx, &referendum)?.ok_or(RECORD)?;
        let PollState::Closed { at, outcome } = poll.state else { continue };
        let ballot = BALLOTS.get(tx, who, &referendum)?.ok_or(RECORD)?;
        if settled >= SETTLED_MAX
            || settle(&mut record, referendum, ballot, (outcome, at), period).is_err()
        {
            break;
        }
        BALLOTS.remove(tx, who, &referendum)?;
        settled = settled.saturating_add(1);
    }
    let locked = record.locked_at(now);
    save(tx, who, record)?;
    tx.emit(&Event::Unlocked { who: *who, locked });
    Ok(())
}

fn known_poll(tx: &Tx<'_>, referendum: u32) -> Result<Poll, DispatchError> {
    Ok(POLLS.get(tx, &referendum)?.ok_or(Error::UnknownReferendum { referendum })?)
}

/// Note in the record what is held; what was held before in the same block cannot shrink.
fn hold(record: &mut MemberRecord, new: Held) -> Result<(), Error> {
    let Held { referendum, amount, cast_at, .. } = new;
    let mut ballots = record.ballots.as_mut_slice().iter_mut();
    if let Some(held) = ballots.find(|held| held.referendum == referendum) {
        if held.cast_at == cast_at && amount < held.amount {
            return Err(Error::JustCast { referendum, block: cast_at });
        }
        *held = new;
        return Ok(());
    }
    record.ballots.try_push(new).map_err(|_| Error::TooManyBallots { max: BALLOTS_MAX })
}

/// Turn the ballot of a closed poll into the lock it leaves behind.
fn settle(
    record: &mut MemberRecord,
    referendum: u32,
    ballot: Ballot,
    (outcome, ended_at): (PollOutcome, BlockNumber),
    period: BlockNumber,
) -> Result<(), Error> {
    if let Some(lock) = lock_after_poll(ballot, outcome, ended_at, period) {
        record.ladder.add(lock).map_err(|full| Error::LadderFull { until: full.until })?;
    }
    record.ballots.retain(|held| held.referendum != referendum);
    Ok(())
}

/// Take the ballot out of the sums to which it was added, its voice's included.
fn take_from_tally(
    tx: &mut Tx<'_>,
    (referendum, voice): (u32, Option<SchemeId>),
    ballot: Ballot,
) -> Result<(), DispatchError> {
    // It was counted when it was cast.
    let counted = ballot
        .contribution(Delegations::default())
        .map_err(|_| Fault::Broken { invariant: "A5: a tally is the sum of its ballots" })?;
    TALLIES.sub(tx, &referendum, &counted)?;
    if let Some(voice) = voice {
        VOICES.sub(tx, &(referendum, voice), &counted)?;
    }
    Ok(())
}

/// Store the record and lock what it says.
fn save(tx: &mut Tx<'_>, who: &AccountId, mut record: MemberRecord) -> Result<(), DispatchError> {
    let now = tx.block().number;
    record.ladder.expire(now);
    pallet_balances::set_lock(tx, who, LOCK_ID, record.locked_at(now))?;
    if record == MemberRecord::default() {
        MEMBERS.remove(tx, who)?;
    } else {
        MEMBERS.put(tx, who, &record)?;
    }
    Ok(())
}
