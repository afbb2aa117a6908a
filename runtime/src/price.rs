//! What a transaction weighs, and the lengths clients leave out when they ask.

use althing_frame::Call;
use althing_primitives::{JointPart, KeyHandle, SchemeId, Signature, Weight};
use parity_scale_codec::Encode;

/// Cost of an extrinsic before its call does anything.
pub(crate) const BASE_WEIGHT: Weight = pallet_system::limits::BASE_EXTRINSIC;

/// The scheme for which questions about fees are answered when they do not say one.
pub(crate) const DEFAULT_SCHEME: SchemeId = SchemeId::ML_DSA_65;

/// Cost of call, signatures and envelope together; `verify_weight` is that of the signatures, in
/// picoseconds.
pub(crate) fn weight(call: &dyn Call, verify_weight: u64) -> Weight {
    let envelope = BASE_WEIGHT.saturating_add(Weight { ref_time: verify_weight, proof_size: 0 });
    envelope.saturating_add(call.weight())
}

/// The same for a signature under each of these schemes of the program. `None` if it lacks one.
pub(crate) fn weight_under(call: &dyn Call, schemes: &[SchemeId]) -> Option<Weight> {
    let mut sum = 0_u64;
    for scheme in schemes {
        sum = sum.saturating_add(althing_crypto::scheme(*scheme)?.verify_weight());
    }
    Some(weight(call, sum))
}

/// The schemes and the length to price, when a client asks about `signature` in `bytes` bytes. A
/// classical signature is a question about the default scheme with its key (F13).
pub(crate) fn as_asked(signature: &Signature, bytes: u64) -> (Vec<SchemeId>, u64) {
    let schemes: Vec<_> = signature.signers().iter().map(|key| key.scheme).collect();
    if !schemes.is_empty() {
        return (schemes, bytes);
    }
    let real = blank_signature(DEFAULT_SCHEME, None).map_or(0, |blank| blank.encoded_size());
    let missing = real.saturating_sub(signature.encoded_size());
    (vec![DEFAULT_SCHEME], bytes.saturating_add(missing as u64))
}

/// A signature of zeros, as long as real ones: under a kept key, or with the key itself. `None` if
/// this program lacks the scheme.
pub(crate) fn blank_signature(scheme: SchemeId, kept: Option<KeyHandle>) -> Option<Signature> {
    let sizes = althing_crypto::scheme(scheme)?.sizes();
    let signature = vec![0; sizes.signature].try_into().ok()?;
    if let Some(handle) = kept {
        return Some(Signature::Handle { scheme, handle, signature });
    }
    let public = vec![0; sizes.public].try_into().ok()?;
    Some(Signature::Key { scheme, public, signature })
}

/// The same of several kept keys together.
pub(crate) fn blank_joint(keys: &[(SchemeId, KeyHandle)]) -> Option<Signature> {
    let part = |(scheme, handle): &(SchemeId, KeyHandle)| {
        let bytes = althing_crypto::scheme(*scheme)?.sizes().signature;
        let signature = vec![0; bytes].try_into().ok()?;
        Some(JointPart { scheme: *scheme, handle: *handle, signature })
    };
    let parts: Vec<JointPart> = keys.iter().map(part).collect::<Option<_>>()?;
    Some(Signature::Joint { parts: parts.try_into().ok()? })
}
