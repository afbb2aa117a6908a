//! What a transaction weighs, and the lengths clients leave out when they ask.

use althing_frame::Call;
use althing_primitives::{SchemeId, Signature, Weight};
use parity_scale_codec::Encode;

/// Cost of an extrinsic before its call does anything.
pub(crate) const BASE_WEIGHT: Weight = pallet_system::limits::BASE_EXTRINSIC;

/// The scheme for which questions about fees are answered when they do not say one.
const DEFAULT_SCHEME: SchemeId = SchemeId::ML_DSA_65;

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
    let missing = default_witness_bytes().saturating_sub(signature.encoded_size() as u64);
    (DEFAULT_SCHEME, bytes.saturating_add(missing))
}

/// Length of a first-use signature of the default scheme inside an extrinsic.
pub(crate) fn default_witness_bytes() -> u64 {
    key_witness_bytes(DEFAULT_SCHEME)
}

/// Length of a first-use signature of `scheme` inside an extrinsic: variant, scheme, and two byte
/// strings with their lengths.
pub(crate) fn key_witness_bytes(scheme: SchemeId) -> u64 {
    let sizes = althing_crypto::scheme(scheme).map(|scheme| scheme.sizes());
    sizes.map_or(0, |sizes| {
        let strings = (vec![0_u8; sizes.public], vec![0_u8; sizes.signature]).encoded_size();
        3_u64.saturating_add(strings as u64)
    })
}

/// Length of a later signature of `scheme`: a handle stands for the key.
pub(crate) fn handle_witness_bytes(scheme: SchemeId) -> u64 {
    let sizes = althing_crypto::scheme(scheme).map(|scheme| scheme.sizes());
    sizes
        .map_or(0, |sizes| 35_u64.saturating_add(vec![0_u8; sizes.signature].encoded_size() as u64))
}
