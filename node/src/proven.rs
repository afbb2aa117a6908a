//! Which signatures this node has verified, so that none is verified twice.
//!
//! What was signed contains the hash of the block at which the signature's validity begins. The
//! same bytes mean another signed message once their era has come round again, so a proof is kept
//! with the heights for which it holds.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use althing_executor::Proof;
use althing_primitives::{BlockNumber, Circumstances, Extrinsic, Hash256};

/// How many locks the proofs are behind, so that workers rarely meet.
const SHARDS: usize = 64;
/// How many proofs each lock guards: all together a full pool and three blocks of 40,000. One takes
/// about fifty bytes.
const PER_SHARD: usize = 4_096;

/// The heights at which a signature says what it said when it was verified, and the circumstances
/// for which it does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Window {
    from: BlockNumber,
    before: BlockNumber,
    under: Circumstances,
}

/// Some of the proofs, in two generations: when the younger one is full, the older one goes.
#[derive(Debug, Default)]
struct Shard {
    young: HashMap<Hash256, Window>,
    old: HashMap<Hash256, Window>,
}

/// The signatures verified by this node, by the hash of the whole extrinsic. At least half of its
/// capacity is remembered, always the newest.
#[derive(Debug)]
pub(crate) struct Proven {
    shards: [Mutex<Shard>; SHARDS],
}

impl Proven {
    pub(crate) fn new() -> Self {
        Self { shards: core::array::from_fn(|_| Mutex::default()) }
    }

    /// Remember that the signatures of `extrinsic` verified for block `number` under these
    /// circumstances.
    pub(crate) fn insert(&self, extrinsic: &Extrinsic, number: BlockNumber, under: Circumstances) {
        let before = dies_at(extrinsic, number);
        if before > number {
            let hash = extrinsic.hash();
            let window = Window { from: number, before, under };
            let mut shard = self.shard(&hash);
            if shard.young.len() >= PER_SHARD / 2 {
                shard.old = core::mem::take(&mut shard.young);
            }
            shard.young.insert(hash, window);
        }
    }

    /// What is known of the signatures of the extrinsic with this hash for block `number`.
    pub(crate) fn of(&self, hash: &Hash256, number: BlockNumber) -> Proof {
        let shard = self.shard(hash);
        let window = shard.young.get(hash).or_else(|| shard.old.get(hash));
        let window = window.filter(|window| window.from <= number && number < window.before);
        window.map_or(Proof::None, |window| Proof::Under(window.under))
    }

    fn shard(&self, hash: &Hash256) -> MutexGuard<'_, Shard> {
        let [first, ..] = hash.0;
        let [shard, ..] = &self.shards;
        // There are fewer shards than values of a byte.
        let shard = self.shards.get(usize::from(first) % SHARDS).unwrap_or(shard);
        shard.lock().unwrap_or_else(PoisonError::into_inner)
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

    const NOW: Circumstances = Circumstances { epoch: 2, policy: 1 };

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
        proven.insert(&extrinsic, 101, NOW);
        assert_eq!(proven.of(&extrinsic.hash(), 163), Proof::Under(NOW));
        assert_eq!(proven.of(&extrinsic.hash(), 164), Proof::None, "the era has come round again");
        assert_eq!(proven.of(&extrinsic.hash(), 99), Proof::None);
    }

    #[test]
    fn proofs_are_bounded_and_the_newest_are_kept() {
        let proven = Proven::new();
        let part = |nonce| SignedPart {
            account: AccountId([0; 32]),
            signature: Signature::Ed25519([0; 64]),
            extra: Extra { era: Era::Immortal, nonce, tip: 0, metadata_hash_mode: 0 },
        };
        let count = u32::try_from(SHARDS * PER_SHARD).unwrap() + 50_000;
        let all: Vec<_> = (0..count).map(|nonce| Extrinsic::signed(part(nonce), &[])).collect();
        for one in &all {
            proven.insert(one, 1, NOW);
        }
        let kept: usize = proven
            .shards
            .iter()
            .map(|shard| shard.lock().unwrap())
            .map(|shard| shard.young.len() + shard.old.len())
            .sum();
        assert!(kept <= SHARDS * PER_SHARD);
        assert!(
            all.iter().rev().take(80_000).all(|one| proven.of(&one.hash(), 1) == Proof::Under(NOW))
        );
        assert_eq!(proven.of(&all[0].hash(), 1), Proof::None);
    }

    #[test]
    fn nothing_is_proven_in_the_block_where_an_era_begins_anew() {
        let proven = Proven::new();
        let extrinsic = mortal(64, 100);
        proven.insert(&extrinsic, 100, NOW);
        assert_eq!(proven.of(&extrinsic.hash(), 100), Proof::None);
    }
}
