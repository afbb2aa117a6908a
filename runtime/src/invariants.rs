//! What must hold of a whole state after every block, for tests and audits.

use althing_frame::{Fault, IterRows};

/// Which promise does not hold.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvariantError {
    /// A4 and what balances promise.
    #[error("balances: {0}")]
    Balances(#[from] pallet_balances::Broken),
    /// What accounts promise of their keys.
    #[error("accounts: {0}")]
    Accounts(#[from] pallet_accounts::Flaw),
    /// What the registry promises of schemes.
    #[error("crypto-registry: {0}")]
    Registry(#[from] pallet_crypto_registry::Flaw),
    /// A5, and what preimages, scheduler, referenda, voting, treasury and encryption promise.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Check A4, A5 and all that pallets promise of their rows between blocks.
pub fn check_invariants(rows: &dyn IterRows) -> Result<(), InvariantError> {
    let pot = pallet_transaction_payment::FEE_POT.get(rows)?;
    pallet_balances::check(rows, pot)?;
    pallet_accounts::check(rows)?;
    pallet_crypto_registry::check(rows)?;
    pallet_preimage::check(rows)?;
    pallet_scheduler::check(rows)?;
    pallet_referenda::check(rows)?;
    pallet_voting::check(rows)?;
    pallet_treasury::check(rows)?;
    pallet_encryption::check(rows)?;
    pallet_canary::check(rows)?;
    Ok(())
}
