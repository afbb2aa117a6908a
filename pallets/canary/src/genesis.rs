//! The canaries of block 0.

use althing_frame::{DispatchError, Tx};
use althing_primitives::{Balance, SchemeId};

use crate::{REWARD, plant};

/// The canaries of block 0. Derived ones need none.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Genesis {
    /// What a finder is paid, in the smallest unit.
    pub reward: Balance,
    /// Keys of reduced strength: scheme, public key, and the work in bits that finds the secret.
    pub reduced: Vec<(SchemeId, Vec<u8>, u16)>,
}

impl Genesis {
    /// Write the rows. The registry must be there.
    pub fn build(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        if self.reward > 0 {
            REWARD.put(tx, &self.reward)?;
        }
        for (scheme, public, bits) in &self.reduced {
            plant::plant(tx, *scheme, public, *bits)?;
        }
        Ok(())
    }
}
