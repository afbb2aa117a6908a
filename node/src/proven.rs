//! Which signatures this node has verified, so that none is verified twice.
//!
//! What was signed contains the hash of the block at which the signature's validity begins. The
//! same bytes mean another signed message once their era has come round again, so a proof is kept
//! with the heights for which it holds.

use std::sync::{Mutex, PoisonError};

use althing_primitives::{BlockNumber, Extrinsic, Hash256};

use crate::bounded_map::BoundedMap;

/// How many proofs are remembered: a pool and a few blocks.
const CAPACITY: usize = 65_536;

/// The heights at which a signature says what it said when it was verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Window {
    from: BlockNumber,
    before: BlockNumber,
}

/// The signatures verified by this node, by the hash of the whole extrinsic.
#[derive(Debug)]
pub(crate) struct Proven {
    windows: Mutex<BoundedMap<Window>>,
}

impl Proven {
    pub(crate) fn new() -> Self {
        Self { windows: Mutex::new(BoundedMap::new(CAPACITY)) }
    }

    /// Remember that the signature of `extrinsic` verified for block `number`.
    pub(crate) fn insert(&self, extrinsic: &Extrinsic, number: BlockNumber) {
        let before = dies_at(extrinsic, number);
        if before > number {
            let window = Window { from: number, before };
            let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
            windows.insert(extrinsic.hash(), window);
        }
    }

    /// Whether the signature of the extrinsic with this hash is known to verify for block `number`.
    pub(crate) fn contains(&self, hash: &Hash256, number: BlockNumber) -> bool {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.get(hash).is_some_and(|window| window.from <= number && number < window.before)
    }
}

/// The first block that `extrinsic`, valid for block `number`, may no longer enter.
///
/// Whether an era is counted from the block to be made or from its parent differs only where it
/// begins anew; the earlier of the two ends is right for both.
pub(crate) fn dies_at(extrinsic: &Extrinsic, number: BlockNumber) -> BlockNumber {
    extrinsic.signed_part().map_or(BlockNumber::MAX, |part| {
        let era = part.extra.era;
        era.death(number).min(era.death(number.saturating_sub(1)))
    })
}

#[cfg(test)]
mod tests {
    use althing_primitives::{AccountId, Era, Extra, Signature, SignedPart};

    use super::*;

    fn mortal(period: u32, birth: BlockNumber) -> Extrinsic {
        let era = Era::mortal(period, birth);
        let extra = Extra { era, nonce: 0, tip: 0, metadata_hash_mode: 0 };
        let signature = Signature::Ed25519([0; 64]);
        Extrinsic::signed(SignedPart { account: AccountId([0; 32]), signature, extra }, &[])
    }

    #[test]
    fn a_proof_does_not_outlive_the_era_it_was_made_in() {
        let proven = Proven::new();
        let extrinsic = mortal(64, 100);
        proven.insert(&extrinsic, 101);
        assert!(proven.contains(&extrinsic.hash(), 163));
        assert!(!proven.contains(&extrinsic.hash(), 164), "the era has come round again");
        assert!(!proven.contains(&extrinsic.hash(), 99));
    }

    #[test]
    fn nothing_is_proven_in_the_block_where_an_era_begins_anew() {
        let proven = Proven::new();
        let extrinsic = mortal(64, 100);
        proven.insert(&extrinsic, 100);
        assert!(!proven.contains(&extrinsic.hash(), 100));
    }
}
