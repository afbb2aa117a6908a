//! Who holds what before block 1.

use althing_frame::{DispatchError, Tx};
use althing_primitives::{AccountId, Balance};

/// The first funds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Genesis {
    /// Free funds of each account, in the smallest unit. An account named twice gets both.
    pub balances: Vec<(AccountId, Balance)>,
}

impl Genesis {
    /// Make the funds.
    pub fn build(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        self.balances.iter().try_for_each(|(who, amount)| crate::mint(tx, who, *amount))
    }
}
