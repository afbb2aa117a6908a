//! What a transaction weighs, and the lengths clients leave out when they ask.

use althing_frame::{Call, Fault, Rows};
use althing_primitives::{KeyHandle, SchemeId, Signature, Weight};
use pallet_crypto_registry::{SCHEMES, SchemeKind, SchemeRecord};
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

/// The record of signature scheme `scheme`, whoever brought its code. `None` if the chain has no such
/// scheme.
fn record<R: Rows + ?Sized>(rows: &R, scheme: SchemeId) -> Result<Option<SchemeRecord>, Fault> {
    let record = SCHEMES.get(rows, &scheme)?;
    Ok(record.filter(|record| record.kind == SchemeKind::Signature))
}

/// Cost of call, envelope and a signature under each of these schemes. `None` if the chain lacks one.
pub(crate) fn weight_under<R: Rows + ?Sized>(
    rows: &R,
    call: &dyn Call,
    schemes: &[SchemeId],
) -> Result<Option<Weight>, Fault> {
    let mut sum = 0_u64;
    for scheme in schemes {
        let Some(record) = record(rows, *scheme)? else { return Ok(None) };
        sum = sum.saturating_add(record.verify_weight(*scheme));
    }
    Ok(Some(weight(call, sum)))
}

/// The schemes and the length to price, when a client asks about `signature` in `bytes` bytes. A
/// classical signature is a question about the default scheme with its key (F13).
pub(crate) fn as_asked<R: Rows + ?Sized>(
    rows: &R,
    signature: &Signature,
    bytes: u64,
) -> Result<(Vec<SchemeId>, u64), Fault> {
    let schemes: Vec<_> = signature.signers().iter().map(|key| key.scheme).collect();
    if !schemes.is_empty() {
        return Ok((schemes, bytes));
    }
    let blank = blank_signature(rows, DEFAULT_SCHEME, None)?;
    let real = blank.map_or(0, |blank| blank.encoded_size());
    let missing = real.saturating_sub(signature.encoded_size());
    Ok((vec![DEFAULT_SCHEME], bytes.saturating_add(missing as u64)))
}

/// A signature of zeros, as long as real ones: under a kept key, or with the key itself. `None` if
/// the chain lacks the scheme.
pub(crate) fn blank_signature<R: Rows + ?Sized>(
    rows: &R,
    scheme: SchemeId,
    kept: Option<KeyHandle>,
) -> Result<Option<Signature>, Fault> {
    let Some(record) = record(rows, scheme)? else { return Ok(None) };
    let zeros = |bytes: u32| vec![0; bytes as usize];
    let unfit = Fault::Broken { invariant: "a scheme's sizes fit in an extrinsic" };
    let signature = zeros(record.signature_bytes).try_into().map_err(|_| unfit.clone())?;
    if let Some(handle) = kept {
        return Ok(Some(Signature::Handle { scheme, handle, signature }));
    }
    let public = zeros(record.public_bytes).try_into().map_err(|_| unfit)?;
    Ok(Some(Signature::Key { scheme, public, signature }))
}
