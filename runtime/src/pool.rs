//! What `validate_transaction` answers from. The signature is left to the caller; the node has its
//! own pool, which asks the runtime by `admit` and `before`.

use althing_executor::Parent;
use althing_frame::{Admission, BeforeError, CallClass, Invalid, Runtime};
use althing_primitives::{AccountId, Balance, Extrinsic, Nonce};
use pallet_balances::Existence;

use crate::{AlthingRuntime, admission};

/// Votes and other operational calls come before every normal one in what clients are told
/// (`validate_transaction`). A node's own pool may order by what a place in a block is worth.
const OPERATIONAL: u64 = 1 << 63;

/// What is known of a transaction that may wait for a block, its signature aside.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checked {
    /// Weight, fee, and the signature to verify.
    pub admission: Admission,
    /// Who sent it.
    pub sender: AccountId,
    /// Its nonce; at least `next_nonce`.
    pub nonce: Nonce,
    /// The sender's next nonce in the state.
    pub next_nonce: Nonce,
    /// Which share of a block it may use.
    pub class: CallClass,
    /// Higher goes first.
    pub priority: u64,
    /// For how many blocks it stays valid, the next one counted.
    pub longevity: u64,
    /// Fee, tip and first deposit together.
    pub cost: Balance,
}

/// Where a transaction stands among others: operational calls first, then by tip.
pub fn priority(class: CallClass, tip: Balance) -> u64 {
    let tip = u64::try_from(tip).unwrap_or(u64::MAX).min(OPERATIONAL.saturating_sub(1));
    match class {
        CallClass::Normal => tip,
        CallClass::Operational | CallClass::Mandatory => OPERATIONAL | tip,
    }
}

impl AlthingRuntime {
    /// Check all but the signature of a transaction that should enter the block after `parent`:
    /// its call, its era, its key, its nonce and whether its sender can pay. A nonce ahead of the
    /// account's passes; how far ahead it may be is for the pool.
    pub fn check_for_pool(
        &self,
        parent: &Parent<'_>,
        extrinsic: &Extrinsic,
    ) -> Result<Checked, BeforeError> {
        let part = extrinsic.signed_part().ok_or(Invalid::Signing { must: "be signed" })?;
        let block = crate::dry_run::next_block(parent)?;
        let (nonce, sender) = (part.extra.nonce, part.account);
        let next_nonce = pallet_system::account(parent.state, &sender)?.nonce;
        if nonce < next_nonce {
            return Err(Invalid::Stale { found: nonce, next: next_nonce }.into());
        }
        let call = self.decode_call(extrinsic.call())?;
        let admitted = admission::admit(parent.state, &block, extrinsic, call.as_ref())?;
        let admission::Admitted { admission, deposit } = admitted;
        if !admission::fits(admission.weight) {
            return Err(Invalid::Exhausted.into());
        }
        let cost = admission.fee.saturating_add(admission.tip).saturating_add(deposit);
        let available = pallet_balances::spendable(parent.state, &sender, Existence::KeepAlive)?;
        if cost > available {
            return Err(Invalid::Payment { who: sender, needed: cost, available }.into());
        }
        let death = part.extra.era.death(block.number);
        let longevity = match part.extra.era {
            althing_primitives::Era::Immortal => u64::MAX,
            althing_primitives::Era::Mortal { .. } => death.saturating_sub(block.number).into(),
        };
        let class = call.class();
        let priority = priority(class, admission.tip);
        Ok(Checked { admission, sender, nonce, next_nonce, class, priority, longevity, cost })
    }
}
