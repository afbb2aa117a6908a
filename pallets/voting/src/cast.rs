//! Casting and taking back ballots (rules G62 to G68).

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, BlockNumber};

use crate::{
    BALLOTS, BALLOTS_MAX, Ballot, Delegations, Error, Event, Held, LOCK_PERIOD, MEMBERS,
    MemberRecord, POLLS, POTS, Poll, PollOutcome, PollState, TALLIES, is_pot, lock_after_poll,
};

/// Under this id ballots lock balances.
pub const LOCK_ID: pallet_balances::LockId = *b"althvote";
/// How many ballots of closed polls one [`unlock`] settles.
pub const SETTLED_MAX: usize = 64;

/// What a ballot without a poll, or a record without its ballot, contradicts.
const RECORD: Fault = Fault::Broken { invariant: "V4: records and ballots name each other" };

/// Declare the rows of [`vote`].
pub fn vote_access(access: &mut Access, who: &AccountId, referendum: u32) {
    access.read(POLLS.key(&referendum)).read(POTS.key());
    access.write(BALLOTS.key(who, &referendum)).write(MEMBERS.key(who));
    access.add(TALLIES.key(&referendum));
    pallet_balances::lock_access(access, who);
}

/// Answer `referendum` with `ballot`, which replaces the member's earlier one.
pub fn vote(
    tx: &mut Tx<'_>,
    who: &AccountId,
    referendum: u32,
    ballot: Ballot,
) -> Result<(), DispatchError> {
    if let PollState::Closed { at: closed_at, .. } = known_poll(tx, referendum)?.state {
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
    let held = Held { referendum, amount: asked, cast_at: tx.block().number };
    hold(&mut record, held)?;

    let previous = BALLOTS.get(tx, who, &referendum)?;
    if let Some(previous) = previous {
        take_from_tally(tx, referendum, previous)?;
    }
    TALLIES.add(tx, &referendum, &contribution)?;
    BALLOTS.put(tx, who, &referendum, &ballot)?;
    save(tx, who, record)?;
    tx.emit(&Event::Voted { who: *who, referendum, ballot, previous });
    Ok(())
}

/// Declare the rows of [`remove_vote`].
pub fn remove_vote_access(access: &mut Access, who: &AccountId, referendum: u32) {
    access.read(POLLS.key(&referendum)).read(LOCK_PERIOD.key());
    access.write(BALLOTS.key(who, &referendum)).write(MEMBERS.key(who));
    access.add(TALLIES.key(&referendum));
    pallet_balances::lock_access(access, who);
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
            take_from_tally(tx, referendum, ballot)?;
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
    let Held { referendum, amount, cast_at } = new;
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

fn take_from_tally(tx: &mut Tx<'_>, referendum: u32, ballot: Ballot) -> Result<(), DispatchError> {
    // It was counted when it was cast.
    let counted = ballot
        .contribution(Delegations::default())
        .map_err(|_| Fault::Broken { invariant: "A5: a tally is the sum of its ballots" })?;
    TALLIES.sub(tx, &referendum, &counted)?;
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
