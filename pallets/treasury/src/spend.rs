//! Approving spends.

use althing_frame::{DispatchError, Fault, Track, Tx};
use althing_primitives::{AccountId, Balance};

use crate::budget::charge;
use crate::payout::transfer;
use crate::queue::{enqueue, unqueue};
use crate::{Error, Event, Memo, NEXT_SPEND, PENDING, Spend, SpendId, account};

/// The tracks that spend, besides root.
pub const SPENDERS: [Track; 5] = [
    Track::Treasurer,
    Track::BigSpender,
    Track::MediumSpender,
    Track::SmallSpender,
    Track::SmallTipper,
];

/// What a referendum wants paid.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) beneficiary: AccountId,
    pub(crate) amount: Balance,
    pub(crate) memo: Memo,
}

/// Approve `order` for `track`, and pay it at once if the pot can; else it waits (TR2 to TR7).
pub(crate) fn spend(tx: &mut Tx<'_>, track: Track, order: Order) -> Result<(), DispatchError> {
    let Order { beneficiary, amount, memo } = order;
    if amount == 0 {
        return Err(Error::Nothing.into());
    }
    if beneficiary == account() {
        return Err(Error::ToThePot.into());
    }
    charge(tx, track, amount)?;
    let id = NEXT_SPEND.get_or_default(tx)?;
    let next = id.checked_add(1).ok_or(Fault::Broken { invariant: "spend ids fit u32" })?;
    NEXT_SPEND.put(tx, &next)?;
    let approved = tx.block().number;
    tx.emit(&Event::Approved { spend: id, track, beneficiary, amount, memo: memo.clone() });
    let available = crate::payable(tx)?;
    let spend = Spend { track, beneficiary, amount, memo, approved, refused_since: None };
    if available >= amount {
        return transfer(tx, id, &spend);
    }
    enqueue(tx, id, &spend)?;
    tx.emit(&Event::Waiting { spend: id, needed: amount, available });
    Ok(())
}

/// Take back the approval of a pending spend (TR11).
pub(crate) fn void(tx: &mut Tx<'_>, id: SpendId) -> Result<(), DispatchError> {
    let Spend { beneficiary, amount, .. } =
        PENDING.get(tx, &id)?.ok_or(Error::UnknownSpend { spend: id })?;
    unqueue(tx, id)?;
    tx.emit(&Event::Voided { spend: id, beneficiary, amount });
    Ok(())
}
