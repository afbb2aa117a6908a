//! What happens in every block without anyone sending it.

use althing_frame::{DispatchError, Tx};

/// Before the first extrinsic: the block is noted, freezes of schemes run out, the treasury says
/// what payouts may take.
pub(crate) fn initialize(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    pallet_system::initialize(tx)?;
    pallet_crypto_registry::on_initialize(tx)?;
    pallet_treasury::on_initialize(tx)
}

/// After the last extrinsic. The treasury settles first, so that everyone after it sees in its
/// account what it holds. A scheme that has been left retires before referenda look at anything that
/// depends on it; what they decide about it is counted from the next block on. Referenda come before the scheduler, so that what they decide stands on
/// its agenda before it looks; fees come last, so that they do not count in the decisions of their
/// own block.
pub(crate) fn finalize(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    pallet_timestamp::on_finalize(tx)?;
    pallet_treasury::settle(tx)?;
    pallet_accounts::census::count(tx)?;
    pallet_referenda::on_finalize(tx)?;
    pallet_scheduler::enact(tx)?;
    pallet_treasury::pay_pending(tx)?;
    pallet_transaction_payment::settle(tx, &pallet_treasury::account())
}
