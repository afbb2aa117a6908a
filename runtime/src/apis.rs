//! The functions that clients call on the state of any block (`state_call`).

use althing_crypto::VerifyError;
use althing_executor::{Parent, State, invalid_witness, witness_checks};
use althing_frame::{BeforeError, Call, CallClass, Fault, Invalid, METADATA_VERSIONS, Origin};
use althing_primitives::{AccountId, EXTRINSIC_BYTES_MAX, Extrinsic, Hash256};
use pallet_transaction_payment::types::{FeeDetails, RuntimeDispatchInfo};
use parity_scale_codec::{Compact, Decode, Encode};

use crate::api_types::{DryRunReport, OpaqueMetadata, TransactionValidityError, ValidTransaction};
use crate::{AlthingRuntime, price};

/// Why a function gives no answer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ApiError {
    /// No function has this name.
    #[error("no runtime function is called {name}")]
    Unknown {
        /// The name.
        name: String,
    },
    /// The bytes are not the function's arguments.
    #[error("the arguments of {function} do not decode")]
    Arguments {
        /// The function.
        function: &'static str,
    },
    /// A row does not decode.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl AlthingRuntime {
    /// Call the function `name` with its SCALE arguments laid end to end, on the state after
    /// `parent`. Gives the SCALE bytes of its result.
    pub fn call_api(
        &self,
        parent: &Parent<'_>,
        name: &str,
        args: &[u8],
    ) -> Result<Vec<u8>, ApiError> {
        match name {
            "Core_version" => Ok(crate::version().encode()),
            "Metadata_metadata" => {
                Ok(OpaqueMetadata(self.metadata(14).unwrap_or_default()).encode())
            }
            "Metadata_metadata_versions" => Ok(METADATA_VERSIONS.to_vec().encode()),
            "Metadata_metadata_at_version" => {
                let (version,) = arguments("Metadata_metadata_at_version", args)?;
                Ok(self.metadata(version).map(OpaqueMetadata).encode())
            }
            "AccountNonceApi_account_nonce" => {
                let (who,): (AccountId,) = arguments("AccountNonceApi_account_nonce", args)?;
                Ok(pallet_system::account(parent.state, &who)?.nonce.encode())
            }
            "TaggedTransactionQueue_validate_transaction" => self.validate(parent, args),
            "TransactionPaymentApi_query_info" => {
                Ok(priced(parent.state, "TransactionPaymentApi_query_info", args)?.info.encode())
            }
            "TransactionPaymentApi_query_fee_details" => {
                let function = "TransactionPaymentApi_query_fee_details";
                Ok(priced(parent.state, function, args)?.details.encode())
            }
            "AlthingApi_dry_run" => {
                let (who, call) = split_account("AlthingApi_dry_run", args)?;
                Ok(DryRunReport::from(self.dry_run(parent, Origin::Signed(who), call)).encode())
            }
            _ => Err(ApiError::Unknown { name: name.to_owned() }),
        }
    }

    fn validate(&self, parent: &Parent<'_>, args: &[u8]) -> Result<Vec<u8>, ApiError> {
        let function = "TaggedTransactionQueue_validate_transaction";
        let wrong = ApiError::Arguments { function };
        // A source, the extrinsic, the hash of the block on which to validate.
        let (source, rest) = args.split_first().ok_or(wrong.clone())?;
        let (bytes, rest) = split_extrinsic(rest).ok_or(wrong.clone())?;
        if *source > 2 || rest.len() != core::mem::size_of::<Hash256>() {
            return Err(wrong);
        }
        let verdict = match self.validate_extrinsic(parent, bytes) {
            Ok(valid) => Ok(valid),
            Err(BeforeError::Invalid(invalid)) => Err(TransactionValidityError(invalid)),
            Err(BeforeError::Fault(fault)) => return Err(fault.into()),
        };
        Ok(verdict.encode())
    }

    fn validate_extrinsic(
        &self,
        parent: &Parent<'_>,
        bytes: &[u8],
    ) -> Result<ValidTransaction, BeforeError> {
        let extrinsic = Extrinsic::decode(bytes).map_err(Invalid::from)?;
        let checked = self.check_for_pool(parent, &extrinsic)?;
        if let (Some(witness), Some(part)) = (&checked.admission.witness, extrinsic.signed_part()) {
            for (check, voted_in) in witness_checks(witness, &part.signature) {
                let verdict = match voted_in {
                    Some(code) if code.verify(check.public, check.message, check.signature) => {
                        Ok(())
                    }
                    Some(_) => Err(VerifyError::Invalid),
                    None => check.verify(),
                };
                verdict.map_err(|error| invalid_witness(check.scheme, &error))?;
            }
        }
        let tag = |nonce: u32| (checked.sender, nonce).encode();
        let before = checked.nonce.checked_sub(1).filter(|_| checked.nonce > checked.next_nonce);
        Ok(ValidTransaction {
            priority: checked.priority,
            requires: before.map(tag).into_iter().collect(),
            provides: vec![tag(checked.nonce)],
            longevity: checked.longevity,
            propagate: true,
        })
    }
}

/// The price of an extrinsic, whole and in its parts.
struct Priced {
    info: RuntimeDispatchInfo,
    details: FeeDetails,
}

/// Price an extrinsic followed by its length, as the client counts it.
fn priced(state: &State, function: &'static str, args: &[u8]) -> Result<Priced, ApiError> {
    let wrong = ApiError::Arguments { function };
    let (bytes, rest) = split_extrinsic(args).ok_or(wrong.clone())?;
    let (length,): (u32,) = arguments(function, rest)?;
    let extrinsic = Extrinsic::decode(bytes).map_err(|_| wrong.clone())?;
    let call = AlthingRuntime::decode(extrinsic.call()).map_err(|_| wrong.clone())?;
    let part = extrinsic.signed_part();
    let length = u64::from(length);
    let (weight, length) = match part {
        None => (price::BASE_WEIGHT.saturating_add(call.weight()), length),
        Some(part) => {
            let (schemes, length) = price::as_asked(state, &part.signature, length)?;
            (price::weight_under(state, &call, &schemes)?.ok_or(wrong)?, length)
        }
    };
    let tip = part.map_or(0, |part| part.extra.tip);
    let details = pallet_transaction_payment::fee_details(length, weight, tip, part.is_some());
    let partial_fee = details.inclusion_fee.map_or(0, |fee| fee.total());
    let class: CallClass = call.class();
    Ok(Priced { info: RuntimeDispatchInfo { weight, class: class.into(), partial_fee }, details })
}

/// Decode all arguments; trailing bytes are refused.
fn arguments<T: Decode>(function: &'static str, args: &[u8]) -> Result<T, ApiError> {
    let mut input = args;
    match T::decode(&mut input) {
        Ok(value) if input.is_empty() => Ok(value),
        Ok(_) | Err(_) => Err(ApiError::Arguments { function }),
    }
}

fn split_account<'a>(
    function: &'static str,
    args: &'a [u8],
) -> Result<(AccountId, &'a [u8]), ApiError> {
    let (who, rest) = args.split_first_chunk::<32>().ok_or(ApiError::Arguments { function })?;
    Ok((AccountId(*who), rest))
}

/// Split off an extrinsic with its length prefix.
fn split_extrinsic(args: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = args;
    let length = Compact::<u32>::decode(&mut rest).ok()?.0;
    if length > EXTRINSIC_BYTES_MAX {
        return None;
    }
    let prefix = args.len().checked_sub(rest.len())?;
    args.split_at_checked(prefix.checked_add(length as usize)?)
}
