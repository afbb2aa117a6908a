//! What may enter a block: everything about a transaction but its signature, cheap checks first.

use althing_frame::{
    Admission, BeforeError, BlockEnv, Call, CallClass, Invalid, Origin, Rows, WitnessCheck,
};
use althing_primitives::{
    Balance, Circumstances, Era, Extrinsic, Hash256, Implicit, Moment, SignedPart, Weight,
};
use pallet_system::BLOCK_HASH;
use parity_scale_codec::Encode;

use crate::{AlthingRuntime, RuntimeCall, SPEC_VERSION, TRANSACTION_VERSION, price};

/// An admission with what only the pool wants to know.
#[derive(Clone, Debug)]
pub(crate) struct Admitted {
    pub(crate) admission: Admission,
    /// What first use of the key sets aside.
    pub(crate) deposit: Balance,
}

/// The extrinsics that begin a block.
pub(crate) fn inherents(block: &BlockEnv) -> Vec<Extrinsic> {
    let set = RuntimeCall::from(pallet_timestamp::Call::Set { now: block.now });
    vec![Extrinsic::bare(&set.encode())]
}

/// The time that a foreign block states in its first extrinsic.
pub(crate) fn block_time(extrinsics: &[Extrinsic]) -> Result<Moment, Invalid> {
    let first = extrinsics.first().filter(|first| first.signed_part().is_none());
    match first.map(|first| AlthingRuntime::decode(first.call())).transpose()? {
        Some(RuntimeCall::Timestamp(pallet_timestamp::Call::Set { now })) => Ok(now),
        Some(_) | None => Err(Invalid::Signing { must: "come after the block's time" }),
    }
}

/// Whether the signature is still to be verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Witness {
    /// It is: the key and what was signed are wanted.
    Wanted,
    /// It was verified before.
    Proven,
}

/// Admit one extrinsic on the rows of the parent.
pub(crate) fn admit(
    parent: &dyn Rows,
    block: &BlockEnv,
    (extrinsic, witness): (&Extrinsic, Witness),
    call: &dyn Call,
) -> Result<Admitted, BeforeError> {
    match (extrinsic.signed_part(), call.class()) {
        (None, CallClass::Mandatory) => Ok(Admitted { admission: inherent(call), deposit: 0 }),
        (None, CallClass::Normal | CallClass::Operational) => {
            Err(Invalid::Signing { must: "be signed" }.into())
        }
        (Some(_), CallClass::Mandatory) => {
            Err(Invalid::Signing { must: "be made by the block's author" }.into())
        }
        (Some(part), CallClass::Normal | CallClass::Operational) => {
            admit_signed(parent, block, (extrinsic, part, witness), call)
        }
    }
}

fn inherent(call: &dyn Call) -> Admission {
    let weight = price::BASE_WEIGHT.saturating_add(call.weight());
    Admission {
        origin: Origin::None,
        authority: call.authority(),
        witness: None,
        signers: Vec::new(),
        circumstances: Circumstances::default(),
        voice: None,
        weight,
        fee: 0,
        fee_from_locked: 0,
        tip: 0,
    }
}

fn admit_signed(
    parent: &dyn Rows,
    block: &BlockEnv,
    (extrinsic, part, witness): (&Extrinsic, &SignedPart, Witness),
    call: &dyn Call,
) -> Result<Admitted, BeforeError> {
    if part.extra.metadata_hash_mode != 0 {
        return Err(Invalid::MetadataHash { found: part.extra.metadata_hash_mode }.into());
    }
    let birth = birth_hash(parent, block, part.extra.era)?;
    let (account, authority, tip) = (&part.account, call.authority(), part.extra.tip);
    let demand = pallet_accounts::Demand { authority, tip };
    let resolved =
        pallet_accounts::resolve(parent, account, &part.signature, demand, block.number)?;
    let pallet_accounts::Resolved { signers, circumstances, voice, by_owners, .. } = resolved;
    let weight = price::weight(call, resolved.verify_weight);
    let witness = match witness {
        Witness::Proven => None,
        Witness::Wanted => {
            let keys = pallet_accounts::witness_keys(parent, account, &part.signature)?;
            let message = extrinsic.statement(&implicit(block, birth), circumstances);
            // The envelope is signed, so there is a statement.
            Some(WitnessCheck {
                keys,
                message: message.unwrap_or_default(),
                weight: resolved.verify_weight,
            })
        }
    };
    let fee = pallet_transaction_payment::fee(extrinsic.bytes().len() as u64, weight);
    let admission = Admission {
        origin: Origin::Signed(part.account),
        authority,
        witness,
        signers,
        circumstances,
        voice: Some(voice),
        weight,
        fee,
        fee_from_locked: if by_owners && call.pays_from_locked() { fee } else { 0 },
        tip,
    };
    Ok(Admitted { admission, deposit: resolved.deposit })
}

fn implicit(block: &BlockEnv, birth: Hash256) -> Implicit {
    Implicit {
        spec_version: SPEC_VERSION,
        transaction_version: TRANSACTION_VERSION,
        genesis: block.genesis_hash,
        birth,
        metadata_hash: None,
    }
}

/// The hash of the block in which the signature's validity began (F6).
fn birth_hash(parent: &dyn Rows, block: &BlockEnv, era: Era) -> Result<Hash256, BeforeError> {
    let now = block.number;
    let birth = match era {
        Era::Immortal => return Ok(block.genesis_hash),
        Era::Mortal { .. } => era.birth(now),
    };
    // The parent's own hash is written at the beginning of this block.
    if birth.checked_add(1) == Some(now) {
        return Ok(block.parent_hash);
    }
    let known = if birth < now { BLOCK_HASH.get(parent, &birth)? } else { None };
    Ok(known.ok_or(Invalid::Expired { birth, now })?)
}

/// Whether this weight could ever fit a block.
pub(crate) fn fits(weight: Weight) -> bool {
    !weight.exceeds(pallet_system::limits::BLOCK_WEIGHT_MAX)
}
