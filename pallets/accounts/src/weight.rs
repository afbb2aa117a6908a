//! What each call costs, its transaction's own signatures excluded.

use althing_primitives::{SchemeId, Weight};
use pallet_crypto_registry::MODULE_VERIFY_WEIGHT_MAX;

use crate::{Call, KeyDraft};

/// The weight of `call`.
pub(crate) fn of(call: &Call) -> Weight {
    match call {
        Call::Rotate { scheme, .. } | Call::AddKey { scheme, .. } | Call::Rescue { scheme, .. } => {
            change(24).saturating_add(reference(verify(*scheme)))
        }
        // The old keys that are forgotten and the row of the waiting policy are paid for with it.
        Call::SetPolicy { draft, proofs } | Call::ProposeRecovery { draft, proofs, .. } => {
            Weight::from_micros(240, 192 * 1024)
                .saturating_add(reference(costliest(&draft.keys, proofs.len())))
        }
        Call::RemoveKey { .. } => change(32),
        Call::CommitNext { .. } => change(8),
        // Eight keys may be forgotten.
        Call::Escape { .. } => Weight::from_micros(160, 128 * 1024),
        // A waiting policy may be taken away.
        Call::Object { .. }
        | Call::CancelChange {}
        | Call::ApproveRecovery { .. }
        | Call::CancelRecovery {}
        | Call::WithdrawRecovery { .. } => Weight::from_micros(140, 96 * 1024),
    }
}

// A change that waits is written twice, and its place on the agenda besides.
fn change(proof_kib: u64) -> Weight {
    Weight::from_micros(120, proof_kib.saturating_mul(1024))
}

fn reference(ref_time: u64) -> Weight {
    Weight { ref_time, proof_size: 0 }
}

fn verify(scheme: SchemeId) -> u64 {
    althing_crypto::scheme(scheme).map_or(MODULE_VERIFY_WEIGHT_MAX, |known| known.verify_weight())
}

/// The most that verifying so many proofs under keys of these schemes can take.
fn costliest(keys: &[KeyDraft], proofs: usize) -> u64 {
    let mut weights: Vec<u64> = keys.iter().map(|key| verify(key.scheme)).collect();
    weights.sort_unstable_by(|one, other| other.cmp(one));
    weights.into_iter().take(proofs).fold(0, u64::saturating_add)
}
