//! Verify the signatures of a block that this node has not verified before.

use althing_crypto::{Backend, Check, Disagreement, Verdict, Verifier, VerifyError};
use althing_frame::{Invalid, WitnessCheck, WitnessKey};
use althing_primitives::{Part, SchemeId, Signature};

use crate::prepare::Prepared;

/// Signatures verified at once: enough for every worker, few enough that an invalid one in a block
/// does not have the whole block behind it verified for nothing.
const CHUNK: usize = 1_024;

/// Refuse what has an invalid signature. What was refused before is not looked at, nor is what
/// follows a refused transaction that must be in the block: those are the first `required`.
pub(crate) fn verify(
    verifier: &Verifier,
    prepared: &mut [Prepared<'_>],
    required: usize,
) -> Result<(), Disagreement> {
    let unproven: Vec<usize> = prepared
        .iter()
        .enumerate()
        .filter(|(_, one)| one.as_ref().is_ok_and(|one| one.admission.witness.is_some()))
        .map(|(position, _)| position)
        .collect();
    for positions in unproven.chunks(CHUNK) {
        let failures = refusals(verifier, prepared, positions)?;
        let mut failed = false;
        for (position, invalid) in failures {
            if let Some(one) = prepared.get_mut(position) {
                *one = Err(invalid.into());
                failed |= position < required;
            }
        }
        if failed {
            break;
        }
    }
    Ok(())
}

/// The transactions among `positions` of which a signature does not verify, and why.
fn refusals(
    verifier: &Verifier,
    prepared: &[Prepared<'_>],
    positions: &[usize],
) -> Result<Vec<(usize, Invalid)>, Disagreement> {
    let ready = |position: &usize| Some((*position, prepared.get(*position)?.as_ref().ok()?));
    let mut asked = Vec::with_capacity(positions.len());
    let mut checks = Vec::with_capacity(positions.len());
    for (position, one) in positions.iter().filter_map(ready) {
        let Some(part) = one.transaction.extrinsic.signed_part() else { continue };
        let Some(witness) = one.admission.witness.as_ref() else { continue };
        for check in witness_checks(witness, &part.signature) {
            asked.push((position, check.0.scheme));
            checks.push(check);
        }
    }
    let verdicts = verifier.verify_mixed(&checks)?;
    let refused = |((position, scheme), verdict): ((usize, SchemeId), Verdict)| {
        verdict.err().map(|error| (position, invalid_witness(scheme, &error)))
    };
    Ok(asked.into_iter().zip(verdicts).filter_map(refused).collect())
}

/// What is to be verified of `signature`: one check for each key, with its code if it was voted in.
/// The runtime resolved the keys from this signature, so there is one for each part.
pub fn witness_checks<'a>(
    witness: &'a WitnessCheck,
    signature: &'a Signature,
) -> Vec<(Check<'a>, Option<&'a dyn Backend>)> {
    let check = |(key, part): (&'a WitnessKey, Part<'a>)| {
        let (scheme, public, message) = (key.scheme, &key.public[..], &witness.message[..]);
        let check = Check { scheme, public, message, signature: part.signature };
        (check, key.voted_in.as_deref())
    };
    witness.keys.iter().zip(signature.parts()).map(check).collect()
}

/// The refusal that a failed verification means for the transaction.
pub fn invalid_witness(scheme: SchemeId, error: &VerifyError) -> Invalid {
    match *error {
        VerifyError::UnknownScheme { .. } => Invalid::UnknownScheme { scheme },
        VerifyError::PublicKeySize { expected, found, .. } => Invalid::WitnessSize {
            scheme,
            part: "a public key",
            expected: expected as u64,
            found: found as u64,
        },
        VerifyError::SignatureSize { expected, found, .. } => Invalid::WitnessSize {
            scheme,
            part: "a signature",
            expected: expected as u64,
            found: found as u64,
        },
        VerifyError::Invalid => Invalid::BadSignature { scheme },
    }
}
