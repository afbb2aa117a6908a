//! The pot within a block: what payouts may still take of it, and what deposits bring.
//!
//! A payout or a deposit that wrote the pot's account would wait for the one before it. So the
//! account rests while transactions run: payouts draw on what it could pay when the block began,
//! deposits are summed up beside it, and both are settled once, before anyone looks at the pot.

use althing_frame::{DispatchError, Fault, Tx};
use pallet_balances::Existence;

use crate::{OPENING, PAYABLE, RECEIVED, account, queue};

/// Before the first extrinsic: what the pot can pay now is what payouts of this block may take
/// (TR12).
pub fn on_initialize(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    let opening = crate::payable(tx)?;
    if opening > 0 {
        OPENING.put(tx, &opening)?;
        // Its maximum is that of a balance, so there is always room.
        PAYABLE.put(tx, opening)?;
    }
    Ok(())
}

/// After the last extrinsic: the pot pays at once for all payouts of the block and receives all
/// deposits, and what was paid leaves the queue. From here on the pot's account says what there is.
pub fn settle(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    let opening = OPENING.get_or_default(tx)?;
    if opening > 0 {
        let rest = PAYABLE.get(tx)?;
        let paid = opening.checked_sub(rest).ok_or(Fault::Broken {
            invariant: "TR-I5: payouts take what the pot could pay when the block began",
        })?;
        OPENING.remove(tx)?;
        PAYABLE.put(tx, 0)?;
        if paid > 0 {
            pallet_balances::withdraw(tx, &account(), paid, Existence::KeepAlive)?;
            queue::drop_paid(tx)?;
        }
    }
    let received = RECEIVED.get(tx)?;
    if received > 0 {
        RECEIVED.put(tx, &0)?;
        // Each deposit is enough to begin an account, so together they are.
        pallet_balances::deposit(tx, &account(), received)?;
    }
    Ok(())
}
