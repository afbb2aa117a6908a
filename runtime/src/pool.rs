//! What `validate_transaction` answers from. The signature is left to the caller; the node has its
//! own pool, which asks the runtime by `admit` and `before`.

use althing_executor::Parent;
use althing_frame::{Admission, BeforeError, CallClass, Invalid, Runtime};
use althing_primitives::{AccountId, Balance, Extrinsic, Nonce, Weight};
use pallet_system::limits::{BLOCK_BYTES_MAX, BLOCK_WEIGHT_MAX};

use crate::admission::Witness;
use crate::{AlthingRuntime, admission};

/// What twice the tip for the same share of a block adds to a priority. A pool may count time
/// waited in the same measure.
pub const PRIORITY_PER_DOUBLING: u64 = 1 << 17;

/// Parts of a block in which a transaction's size is measured.
const PARTS: u128 = 1 << 40;
/// Bits of the logarithm behind the point.
const FRACTION: u32 = 16;

/// What is known of a transaction that may wait for a block, its signature aside.
#[derive(Clone, Debug)]
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

/// Where a transaction of this weight and length stands among others: by the logarithm of its tip
/// for the share of a block that it takes; at the same price operational calls come first. They
/// have their share of every block besides.
pub fn priority(class: CallClass, tip: Balance, (weight, bytes): (Weight, usize)) -> u64 {
    let share = |part: u64, whole: u64| {
        u128::from(part).saturating_mul(PARTS).checked_div(u128::from(whole)).unwrap_or(PARTS)
    };
    // What is scarcer counts.
    let cost = share(weight.ref_time, BLOCK_WEIGHT_MAX.ref_time)
        .max(share(weight.proof_size, BLOCK_WEIGHT_MAX.proof_size))
        .max(share(bytes as u64, BLOCK_BYTES_MAX.into()))
        .max(1);
    let price = tip.saturating_mul(PARTS).checked_div(cost).unwrap_or(tip);
    let is_operational = match class {
        CallClass::Normal => 0,
        CallClass::Operational | CallClass::Mandatory => 1,
    };
    logarithm(price) << 1 | is_operational
}

/// One more than the binary logarithm, in parts of 2^16; straight lines between the powers of two.
/// Of nothing it is nothing.
fn logarithm(value: u128) -> u64 {
    let Some(whole) = value.checked_ilog2() else { return 0 };
    // The highest bit goes to bit 127 and from there out of the number.
    let mantissa = value.wrapping_shl(u128::BITS.saturating_sub(whole.saturating_add(1)));
    let fraction = mantissa.wrapping_shl(1) >> (u128::BITS - FRACTION);
    let whole = u64::from(whole).saturating_add(1) << FRACTION;
    // Sixteen bits remain, so nothing is lost.
    whole | u64::try_from(fraction).unwrap_or(0)
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
        let admitted =
            admission::admit(parent.state, &block, (extrinsic, Witness::Wanted), call.as_ref())?;
        let admission::Admitted { admission, deposit } = admitted;
        if !admission::fits(admission.weight) {
            return Err(Invalid::Exhausted.into());
        }
        let cost = admission.fee.saturating_add(admission.tip).saturating_add(deposit);
        // Deposits go through locks as well (B20).
        let from_locked = admission.fee_from_locked.saturating_add(deposit);
        let available = pallet_balances::spendable_with_locked(parent.state, &sender, from_locked)?;
        if cost > available {
            return Err(Invalid::Payment { who: sender, needed: cost, available }.into());
        }
        let death = part.extra.era.death(block.number);
        let longevity = match part.extra.era {
            althing_primitives::Era::Immortal => u64::MAX,
            althing_primitives::Era::Mortal { .. } => death.saturating_sub(block.number).into(),
        };
        let class = call.class();
        let size = (admission.weight, extrinsic.bytes().len());
        let priority = priority(class, admission.tip, size);
        Ok(Checked { admission, sender, nonce, next_nonce, class, priority, longevity, cost })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: (Weight, usize) = (Weight { ref_time: 300_000_000, proof_size: 0 }, 2_600);

    #[test]
    fn twice_the_tip_is_one_doubling_of_priority() {
        for tip in [1, 7, 1_000, 1_234_567_890_123] {
            let of = |tip| priority(CallClass::Normal, tip, SMALL);
            let gained = of(tip * 2) - of(tip);
            // But for what division loses of small prices.
            assert!(gained.abs_diff(PRIORITY_PER_DOUBLING) <= 64, "{tip}: {gained}");
            assert!(of(tip + tip.div_ceil(10)) > of(tip));
        }
    }

    #[test]
    fn the_same_tip_for_less_of_a_block_is_the_better_price() {
        let of = |size| priority(CallClass::Normal, 100, size);
        assert!(of(SMALL) > of((SMALL.0, 200_000)));
        assert!(of(SMALL) > of((Weight { ref_time: 600_000_000, proof_size: 0 }, 2_600)));
    }

    #[test]
    fn votes_come_before_others_at_the_same_price_only() {
        let vote = |tip| priority(CallClass::Operational, tip, SMALL);
        let other = |tip| priority(CallClass::Normal, tip, SMALL);
        assert!(vote(0) > other(0) && vote(9) > other(9));
        assert!(other(1) > vote(0));
    }

    #[test]
    fn no_tip_is_too_large_to_compare() {
        let of = |tip| priority(CallClass::Normal, tip, (Weight::ZERO, 1));
        assert!(of(u128::MAX) >= of(u128::MAX / 2) && of(u128::MAX / 2) > of(1 << 60));
        assert!(of(u128::MAX) < 1 << 25);
    }
}
