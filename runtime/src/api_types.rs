//! What runtime APIs answer, in the form clients decode. They know these types by their paths.

use althing_frame::{DispatchError, Invalid};
use althing_primitives::Balance;
use parity_scale_codec::{Encode, Output};
use scale_info::{
    Path, Type, TypeInfo,
    build::{Fields, Variants},
};

use crate::{DryRun, RuntimeEvent};

fn path(segments: &[&'static str]) -> Path {
    Path::from_segments_unchecked(segments.iter().copied())
}

/// Metadata inside another value: bytes with their length.
#[derive(Clone, Copy, Debug, Encode)]
pub(crate) struct OpaqueMetadata<'a>(pub(crate) &'a [u8]);

impl TypeInfo for OpaqueMetadata<'static> {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(path(&["sp_core", "OpaqueMetadata"]))
            .composite(Fields::unnamed().field(|f| f.ty::<Vec<u8>>()))
    }
}

/// Where a transaction to be validated comes from. The answer does not depend on it.
#[derive(Debug)]
pub(crate) struct TransactionSource;

impl TypeInfo for TransactionSource {
    type Identity = Self;

    fn type_info() -> Type {
        let variants = Variants::new()
            .variant("InBlock", |v| v.index(0))
            .variant("Local", |v| v.index(1))
            .variant("External", |v| v.index(2));
        Type::builder()
            .path(path(&["sp_runtime", "transaction_validity", "TransactionSource"]))
            .variant(variants)
    }
}

/// A transaction that may wait for a block.
#[derive(Clone, Debug, Encode)]
pub(crate) struct ValidTransaction {
    pub(crate) priority: u64,
    pub(crate) requires: Vec<Vec<u8>>,
    pub(crate) provides: Vec<Vec<u8>>,
    pub(crate) longevity: u64,
    pub(crate) propagate: bool,
}

impl TypeInfo for ValidTransaction {
    type Identity = Self;

    fn type_info() -> Type {
        let fields = Fields::named()
            .field(|f| f.ty::<u64>().name("priority").type_name("TransactionPriority"))
            .field(|f| f.ty::<Vec<Vec<u8>>>().name("requires").type_name("Vec<TransactionTag>"))
            .field(|f| f.ty::<Vec<Vec<u8>>>().name("provides").type_name("Vec<TransactionTag>"))
            .field(|f| f.ty::<u64>().name("longevity").type_name("TransactionLongevity"))
            .field(|f| f.ty::<bool>().name("propagate").type_name("bool"));
        Type::builder()
            .path(path(&["sp_runtime", "transaction_validity", "ValidTransaction"]))
            .composite(fields)
    }
}

#[derive(Debug)]
struct InvalidTransaction;

impl TypeInfo for InvalidTransaction {
    type Identity = Self;

    fn type_info() -> Type {
        let variants = Variants::new()
            .variant("Call", |v| v.index(0))
            .variant("Payment", |v| v.index(1))
            .variant("Future", |v| v.index(2))
            .variant("Stale", |v| v.index(3))
            .variant("BadProof", |v| v.index(4))
            .variant("AncientBirthBlock", |v| v.index(5))
            .variant("ExhaustsResources", |v| v.index(6))
            .variant("Custom", |v| v.index(7).fields(Fields::unnamed().field(|f| f.ty::<u8>())))
            .variant("BadMandatory", |v| v.index(8))
            .variant("MandatoryValidation", |v| v.index(9))
            .variant("BadSigner", |v| v.index(10));
        Type::builder()
            .path(path(&["sp_runtime", "transaction_validity", "InvalidTransaction"]))
            .variant(variants)
    }
}

#[derive(Debug)]
struct UnknownTransaction;

impl TypeInfo for UnknownTransaction {
    type Identity = Self;

    fn type_info() -> Type {
        let variants = Variants::new()
            .variant("CannotLookup", |v| v.index(0))
            .variant("NoUnsignedValidator", |v| v.index(1))
            .variant("Custom", |v| v.index(2).fields(Fields::unnamed().field(|f| f.ty::<u8>())));
        Type::builder()
            .path(path(&["sp_runtime", "transaction_validity", "UnknownTransaction"]))
            .variant(variants)
    }
}

/// Why a transaction is refused: [`Invalid`] encodes as this.
#[derive(Clone, Debug, Encode)]
pub(crate) struct TransactionValidityError(pub(crate) Invalid);

impl TypeInfo for TransactionValidityError {
    type Identity = Self;

    fn type_info() -> Type {
        let variants = Variants::new()
            .variant("Invalid", |v| {
                v.index(0).fields(Fields::unnamed().field(|f| f.ty::<InvalidTransaction>()))
            })
            .variant("Unknown", |v| {
                v.index(1).fields(Fields::unnamed().field(|f| f.ty::<UnknownTransaction>()))
            });
        Type::builder()
            .path(path(&["sp_runtime", "transaction_validity", "TransactionValidityError"]))
            .variant(variants)
    }
}

/// A refusal with the words and numbers that four bytes of an error cannot carry.
#[derive(Debug, Encode, TypeInfo)]
#[scale_info(replace_segment("api_types", "api"))]
pub(crate) struct Refusal {
    /// The error as events carry it.
    error: DispatchError,
    /// Public code.
    code: String,
    /// The sentence.
    message: String,
    /// The values of the rule, by name.
    values: Vec<(String, String)>,
}

impl Refusal {
    fn of(error: &DispatchError) -> Self {
        let text = |(name, value): &(&'static str, String)| ((*name).to_owned(), value.clone());
        Self {
            error: error.clone(),
            code: error.code().to_owned(),
            message: error.to_string(),
            values: error
                .refusal()
                .map_or_else(Vec::new, |refusal| refusal.values.iter().map(text).collect()),
        }
    }
}

/// An event that is encoded already.
#[derive(Debug)]
pub(crate) struct EncodedEvent(Vec<u8>);

impl Encode for EncodedEvent {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        out.write(&self.0);
    }
}

impl TypeInfo for EncodedEvent {
    type Identity = RuntimeEvent;

    fn type_info() -> Type {
        RuntimeEvent::type_info()
    }
}

/// What a call would do in the next block.
#[derive(Debug, Encode, TypeInfo)]
#[scale_info(replace_segment("api_types", "api"))]
pub(crate) struct DryRunReport {
    /// Whether it would take effect, or the rule that refuses it.
    outcome: Result<(), Refusal>,
    /// Its events.
    events: Vec<EncodedEvent>,
    /// What it would cost, without tip.
    fee: Balance,
    /// What first use of the sender's key sets aside.
    deposit: Balance,
}

impl From<DryRun> for DryRunReport {
    fn from(run: DryRun) -> Self {
        Self {
            outcome: run.outcome.map_err(|error| Refusal::of(&error)),
            events: run.events.into_iter().map(EncodedEvent).collect(),
            fee: run.fee,
            deposit: run.deposit,
        }
    }
}
