//! How a scheme retires: when members have left it (CR20, CR21).
//!
//! Accounts and balances lie above this pallet, so `pallet-accounts` does the counting; here is what
//! is counted for whom, how far it is, and what follows.

use althing_frame::{DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, Balance, BlockNumber, SchemeId};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::{CENSUSES, Error, Event, RETIRING, SCHEMES_MAX, limits, transitions};

/// Weight that was counted, in the smallest unit.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct Weights {
    /// Of all accounts that have keys.
    pub all: Balance,
    /// Of those that need the scheme.
    pub on: Balance,
}

/// How far a retirement is.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Census {
    /// The block in which a referendum decided it.
    pub asked_at: BlockNumber,
    /// The first block of the present count, or of the next one.
    pub next_at: BlockNumber,
    /// The account that was counted last; none if the count has not begun.
    pub cursor: Option<AccountId>,
    /// What the present count has found so far.
    pub so_far: Weights,
    /// What the last count found.
    pub last: Option<Weights>,
}

impl Weights {
    /// Add an account of this weight.
    pub fn add(&mut self, weight: Balance, is_on: bool) {
        // All weights together are at most the issuance, which fits.
        self.all = self.all.saturating_add(weight);
        if is_on {
            self.on = self.on.saturating_add(weight);
        }
    }

    /// Whether this share of all weight has left.
    pub fn have_left(&self, percent_min: u8) -> bool {
        let stayers = Balance::from(100_u8.saturating_sub(percent_min));
        self.on.saturating_mul(100) <= self.all.saturating_mul(stayers)
    }
}

/// The scheme whose count goes on in this block, if any: the one that is due for longest.
pub fn census_due<R: Rows + ?Sized>(
    rows: &R,
    now: BlockNumber,
) -> Result<Option<(SchemeId, Census)>, Fault> {
    let mut due: Option<(SchemeId, Census)> = None;
    for scheme in RETIRING.get_or_default(rows)?.into_inner() {
        let census = counted(rows, scheme)?;
        let is_first = due.is_none_or(|(_, first)| census.next_at < first.next_at);
        if census.next_at <= now && is_first {
            due = Some((scheme, census));
        }
    }
    Ok(due)
}

/// Note that all accounts up to `cursor` are counted.
pub fn census_advance(
    tx: &mut Tx<'_>,
    scheme: SchemeId,
    cursor: AccountId,
    so_far: Weights,
) -> Result<(), DispatchError> {
    let census = counted(tx, scheme)?;
    let census = Census { cursor: Some(cursor), so_far, ..census };
    Ok(CENSUSES.put(tx, &scheme, &census)?)
}

/// All accounts are counted: retire the scheme if enough weight has left it, else count again later.
/// A scheme that is in use again does not retire, however few accounts need it.
pub fn census_conclude(
    tx: &mut Tx<'_>,
    scheme: SchemeId,
    counted_weights: Weights,
) -> Result<(), DispatchError> {
    let census = counted(tx, scheme)?;
    let record = transitions::known(tx, scheme)?;
    if !record.state.may_be_retiring() {
        return call_off(tx, scheme);
    }
    let limits = limits(tx)?;
    if counted_weights.have_left(limits.migrated_percent_min) {
        return transitions::end(tx, scheme, record);
    }
    let next_at = tx.block().number.saturating_add(limits.postpone_blocks.max(1));
    let last = Some(counted_weights);
    let so_far = Weights::default();
    let asked_at = census.asked_at;
    CENSUSES.put(tx, &scheme, &Census { asked_at, next_at, cursor: None, so_far, last })?;
    let Weights { all, on } = counted_weights;
    tx.emit(&Event::RetirementPostponed { scheme, on, all, next_at });
    Ok(())
}

/// Begin to count for the retirement of `scheme`, in this block's lifecycle phase or the next one.
pub(crate) fn open(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<(), DispatchError> {
    let now = tx.block().number;
    let mut retiring = RETIRING.get_or_default(tx)?;
    let at = retiring.partition_point(|known| *known < scheme);
    retiring.try_insert(at, scheme).map_err(|_| Error::Full { maximum: SCHEMES_MAX })?;
    RETIRING.put(tx, &retiring)?;
    let so_far = Weights::default();
    let census = Census { asked_at: now, next_at: now, cursor: None, so_far, last: None };
    CENSUSES.put(tx, &scheme, &census)?;
    tx.emit(&Event::RetirementAsked { scheme });
    Ok(())
}

/// Retire `scheme` no more.
pub(crate) fn call_off(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<(), DispatchError> {
    transitions::known(tx, scheme)?;
    if !close(tx, scheme)? {
        return Err(Error::NotRetiring { scheme }.into());
    }
    tx.emit(&Event::RetirementCalledOff { scheme });
    Ok(())
}

/// Forget the count for `scheme`; whether there was one.
pub(crate) fn close(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<bool, Fault> {
    let mut retiring = RETIRING.get_or_default(tx)?;
    let Ok(at) = retiring.binary_search(&scheme) else { return Ok(false) };
    retiring.remove(at);
    RETIRING.put(tx, &retiring)?;
    CENSUSES.remove(tx, &scheme)?;
    Ok(true)
}

fn counted<R: Rows + ?Sized>(rows: &R, scheme: SchemeId) -> Result<Census, Fault> {
    let broken = Fault::Broken { invariant: "CR-I7: a scheme that is to retire has a census" };
    CENSUSES.get(rows, &scheme)?.ok_or(broken)
}
