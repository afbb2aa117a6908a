//! What a transaction weighs, and the lengths clients leave out when they ask.

use althing_frame::Call;
use althing_primitives::{KeyHandle, SchemeId, Signature, Weight};
use parity_scale_codec::Encode;

/// Cost of an extrinsic before its call does anything.
pub(crate) const BASE_WEIGHT: Weight = pallet_system::limits::BASE_EXTRINSIC;

/// The scheme for which questions about fees are answered when they do not say one.
pub(crate) const DEFAULT_SCHEME: SchemeId = SchemeId::ML_DSA_65;

/// Cost of call, signature and envelope together. `None` if this program lacks the scheme.
pub(crate) fn weight(call: &dyn Call, scheme: SchemeId) -> Option<Weight> {
    let verify = althing_crypto::scheme(scheme)?.verify_weight();
    let envelope = BASE_WEIGHT.saturating_add(Weight { ref_time: verify, proof_size: 0 });
    Some(envelope.saturating_add(call.weight()))
}

/// The scheme and the length to price, when a client asks about `signature` in `bytes` bytes. A
/// classical signature is a question about the default scheme with its key (F13).
pub(crate) fn as_asked(signature: &Signature, bytes: u64) -> (SchemeId, u64) {
    if let Some(scheme) = signature.scheme() {
        return (scheme, bytes);
    }
    let real = blank_signature(DEFAULT_SCHEME, None).map_or(0, |blank| blank.encoded_size());
    let missing = real.saturating_sub(signature.encoded_size());
    (DEFAULT_SCHEME, bytes.saturating_add(missing as u64))
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
