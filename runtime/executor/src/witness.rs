//! Verify the signatures of a block that this node has not verified before.

use althing_crypto::{Check, Disagreement, Verifier, VerifyError};
use althing_frame::Invalid;
use althing_primitives::SchemeId;

use crate::prepare::{Prepared, Ready};

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
        .filter(|(_, one)| one.as_ref().is_ok_and(|one| check(one).is_some()))
        .map(|(position, _)| position)
        .collect();
    for positions in unproven.chunks(CHUNK) {
        let asked = positions.iter().filter_map(|position| {
            let check = check(prepared.get(*position)?.as_ref().ok()?)?;
            Some((*position, check))
        });
        let (asked, checks): (Vec<usize>, Vec<Check<'_>>) = asked.unzip();
        let schemes: Vec<SchemeId> = checks.iter().map(|check| check.scheme).collect();
        let verdicts = verifier.verify_all(&checks)?;
        let mut failed = false;
        for ((position, scheme), verdict) in asked.into_iter().zip(schemes).zip(verdicts) {
            if let (Err(error), Some(one)) = (verdict, prepared.get_mut(position)) {
                *one = Err(invalid_witness(scheme, &error).into());
                failed |= position < required;
            }
        }
        if failed {
            break;
        }
    }
    Ok(())
}

fn check<'a>(one: &'a Ready<'_>) -> Option<Check<'a>> {
    if one.transaction.proven {
        return None;
    }
    let witness = one.admission.witness.as_ref()?;
    let signature = one.transaction.extrinsic.signed_part()?.signature.signature();
    Some(Check {
        scheme: witness.scheme,
        public: &witness.public,
        message: &witness.payload,
        signature,
    })
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
