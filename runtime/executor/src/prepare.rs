//! The phases before execution: decode, admit, verify signatures, declare access.

use althing_crypto::{Check, Disagreement, Verifier, VerifyError};
use althing_frame::{Access, Admission, BeforeError, BlockEnv, Call, CallClass, Invalid, Runtime};
use althing_primitives::{SchemeId, Weight};
use rayon::prelude::*;

use crate::{BlockError, State, Transaction};

/// A transaction that may run: its call, who stands behind it, and the rows it may touch.
#[derive(Debug)]
pub(crate) struct Ready<'a> {
    pub(crate) position: usize,
    pub(crate) transaction: &'a Transaction,
    pub(crate) call: Box<dyn Call>,
    pub(crate) admission: Admission,
    pub(crate) access: Access,
}

type Prepared<'a> = Result<Ready<'a>, BeforeError>;

/// Transactions that may run, in order, and those that may not with their positions.
pub(crate) type Sorted<'a> = (Vec<Ready<'a>>, Vec<(usize, Invalid)>);

/// Check all that can be checked on the parent state, on all workers of the current pool.
pub(crate) fn prepare<'a>(
    (runtime, verifier): (&dyn Runtime, &Verifier),
    parent: &State,
    block: &BlockEnv,
    transactions: &'a [Transaction],
) -> Result<Sorted<'a>, BlockError> {
    let prepared: Vec<Prepared<'a>> = transactions
        .par_iter()
        .enumerate()
        .with_min_len(16)
        .map(|(position, transaction)| prepare_one(runtime, parent, block, (position, transaction)))
        .collect();
    let verdicts = verify_witnesses(verifier, &prepared)?;

    let mut ready = Vec::with_capacity(prepared.len());
    let mut refused = Vec::new();
    let mut budget = Budget::of(runtime);
    for ((position, prepared), verdict) in prepared.into_iter().enumerate().zip(verdicts) {
        match prepared.and_then(|one| Ok(verdict.map(|()| one)?)) {
            Ok(one) if budget.take(&one) => ready.push(one),
            Ok(_) => refused.push((position, Invalid::Exhausted)),
            Err(BeforeError::Invalid(invalid)) => refused.push((position, invalid)),
            Err(BeforeError::Fault(fault)) => return Err(BlockError::bug("access", fault)),
        }
    }
    Ok((ready, refused))
}

fn prepare_one<'a>(
    runtime: &dyn Runtime,
    parent: &State,
    block: &BlockEnv,
    (position, transaction): (usize, &'a Transaction),
) -> Prepared<'a> {
    let extrinsic = &transaction.extrinsic;
    let call = runtime.decode_call(extrinsic.call())?;
    let admission = if transaction.proven {
        runtime.admit_proven(parent, block, extrinsic, call.as_ref())?
    } else {
        runtime.admit(parent, block, extrinsic, call.as_ref())?
    };
    let access = runtime.access(parent, extrinsic, call.as_ref(), &admission)?;
    Ok(Ready { position, transaction, call, admission, access })
}

/// One verdict for each prepared transaction, in order. Transactions without a signature to check
/// pass; what was refused before needs no verdict and passes too.
fn verify_witnesses(
    verifier: &Verifier,
    prepared: &[Prepared<'_>],
) -> Result<Vec<Result<(), Invalid>>, Disagreement> {
    let mut verdicts: Vec<Result<(), Invalid>> = prepared.iter().map(|_| Ok(())).collect();
    let mut positions = Vec::new();
    let mut checks = Vec::new();
    for (position, one) in prepared.iter().enumerate() {
        if let Ok(one) = one
            && let Some(check) = unproven(one)
        {
            positions.push((position, check.scheme));
            checks.push(check);
        }
    }
    for ((position, scheme), verdict) in positions.into_iter().zip(verifier.verify_all(&checks)?) {
        if let (Err(error), Some(slot)) = (verdict, verdicts.get_mut(position)) {
            *slot = Err(invalid_witness(scheme, &error));
        }
    }
    Ok(verdicts)
}

fn unproven<'a>(one: &'a Ready<'_>) -> Option<Check<'a>> {
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

/// Room left in the block. Weights are declared, never refunded, so the cut does not depend on
/// how execution goes. Normal calls share a part of the block, so that votes always find room.
struct Budget<'a> {
    runtime: &'a dyn Runtime,
    all: Filled,
    normal: Filled,
}

/// What some transactions take together.
#[derive(Clone, Copy, Default)]
struct Filled {
    weight: Weight,
    bytes: u64,
}

impl Filled {
    fn with(self, one: &Ready<'_>) -> Self {
        let bytes = one.transaction.extrinsic.bytes().len() as u64;
        Self {
            weight: self.weight.saturating_add(one.admission.weight),
            bytes: self.bytes.saturating_add(bytes),
        }
    }

    fn exceeds(self, (weight, bytes): (Weight, u64)) -> bool {
        self.weight.exceeds(weight) || self.bytes > bytes
    }
}

impl<'a> Budget<'a> {
    fn of(runtime: &'a dyn Runtime) -> Self {
        Self { runtime, all: Filled::default(), normal: Filled::default() }
    }

    fn take(&mut self, one: &Ready<'_>) -> bool {
        let all = self.all.with(one);
        if all.exceeds((self.runtime.block_weight_max(), self.runtime.block_bytes_max())) {
            return false;
        }
        if one.call.class() == CallClass::Normal {
            let normal = self.normal.with(one);
            if normal.exceeds(self.runtime.block_share(CallClass::Normal)) {
                return false;
            }
            self.normal = normal;
        }
        self.all = all;
        true
    }
}
