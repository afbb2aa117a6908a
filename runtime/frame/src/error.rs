//! Refusals: why a call changed nothing.

use parity_scale_codec::{Encode, Output};
use scale_info::{
    Path, Type, TypeInfo,
    build::{Fields, Variants},
};

use crate::Fault;

/// Index of `AccessViolation` among the errors of `System`, which is pallet 0.
pub const ACCESS_VIOLATION: u8 = 6;

/// The errors of one pallet, as [`pallet_errors!`](crate::pallet_errors) declares them.
pub trait PalletError: core::error::Error + TypeInfo + 'static {
    /// Index of the pallet in the runtime.
    const PALLET: u8;

    /// Index of the variant; public, never reused.
    fn index(&self) -> u8;
    /// Public code, such as `BAL-101`.
    fn code(&self) -> &'static str;
    /// Name of the variant.
    fn name(&self) -> &'static str;
    /// The values of the rule, by field name.
    fn values(&self) -> Vec<(&'static str, String)>;
}

/// A pallet's refusal with the words and numbers for the person who asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// Index of the pallet.
    pub pallet: u8,
    /// Index of the error in the pallet.
    pub index: u8,
    /// Public code.
    pub code: &'static str,
    /// Name of the variant.
    pub name: &'static str,
    /// The sentence.
    pub message: String,
    /// The values, by field name.
    pub values: Vec<(&'static str, String)>,
}

/// Why a call failed. Encodes as the `DispatchError` that clients know.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DispatchError {
    /// The origin may not make this call.
    #[error("this origin may not make this call")]
    BadOrigin,
    /// A pallet's rule.
    #[error("{}", .0.message)]
    Refused(Box<Refusal>),
    /// A stored call does not decode under this runtime.
    #[error("the call does not decode under this runtime")]
    Undecodable,
    /// Calls nested too deeply, or too much work for one transaction.
    #[error("the call exceeds a limit of the block")]
    Exhausted,
    /// A row was touched outside the declared access, or a bug.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl DispatchError {
    /// Whether the block cannot go on: the program, not the user, is wrong.
    pub fn is_bug(&self) -> bool {
        matches!(self, Self::Fault(Fault::Corrupt { .. } | Fault::Broken { .. }))
    }

    /// The refusal, if a pallet's rule caused it.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::BadOrigin | Self::Undecodable | Self::Exhausted | Self::Fault(_) => None,
        }
    }

    /// Public code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadOrigin => "SYS-001",
            Self::Refused(refusal) => refusal.code,
            Self::Exhausted => "SYS-002",
            Self::Undecodable => "SYS-004",
            Self::Fault(Fault::AccessViolation { .. }) => "SYS-106",
            Self::Fault(Fault::Corrupt { .. } | Fault::Broken { .. }) => "SYS-003",
        }
    }
}

impl<E: PalletError> From<E> for DispatchError {
    fn from(error: E) -> Self {
        Self::Refused(Box::new(Refusal {
            pallet: E::PALLET,
            index: error.index(),
            code: error.code(),
            name: error.name(),
            message: error.to_string(),
            values: error.values(),
        }))
    }
}

impl Encode for DispatchError {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        match self {
            Self::Undecodable => out.push_byte(1),
            Self::BadOrigin => out.push_byte(2),
            Self::Refused(refusal) => {
                out.write(&[3, refusal.pallet, refusal.index, 0, 0, 0]);
            }
            Self::Exhausted => out.push_byte(10),
            Self::Fault(Fault::AccessViolation { .. }) => {
                out.write(&[3, 0, ACCESS_VIOLATION, 0, 0, 0]);
            }
            Self::Fault(Fault::Corrupt { .. } | Fault::Broken { .. }) => out.push_byte(11),
        }
    }
}

/// A pallet's error as events carry it. Clients find it by path and field names.
#[derive(Clone, Copy, Debug)]
pub struct ModuleError;

impl TypeInfo for ModuleError {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_runtime", "ModuleError"]))
            .composite(
                Fields::named()
                    .field(|f| f.ty::<u8>().name("index").type_name("u8"))
                    .field(|f| f.ty::<[u8; 4]>().name("error").type_name("[u8; 4]")),
            )
    }
}

macro_rules! named_enum {
    ($type:ident, $($variant:literal),*) => {
        #[derive(Debug)]
        struct $type;

        impl TypeInfo for $type {
            type Identity = Self;

            fn type_info() -> Type {
                let mut index = 0_u8;
                let variants = Variants::new();
                $(
                    let variants = variants.variant($variant, |v| v.index(index));
                    index = index.saturating_add(1);
                )*
                let _ = index;
                Type::builder()
                    .path(Path::from_segments_unchecked(["sp_runtime", stringify!($type)]))
                    .variant(variants)
            }
        }
    };
}

named_enum!(
    TokenError,
    "FundsUnavailable",
    "OnlyProvider",
    "BelowMinimum",
    "CannotCreate",
    "UnknownAsset",
    "Frozen",
    "Unsupported",
    "CannotCreateHold",
    "NotExpendable",
    "Blocked"
);
named_enum!(ArithmeticError, "Underflow", "Overflow", "DivisionByZero");
named_enum!(TransactionalError, "LimitReached", "NoLayer");

// All variants clients may look up by name, whether or not this chain produces them.
impl TypeInfo for DispatchError {
    type Identity = Self;

    fn type_info() -> Type {
        let variants = Variants::new()
            .variant("Other", |v| v.index(0))
            .variant("CannotLookup", |v| v.index(1))
            .variant("BadOrigin", |v| v.index(2))
            .variant("Module", |v| {
                v.index(3).fields(
                    Fields::unnamed().field(|f| f.ty::<ModuleError>().type_name("ModuleError")),
                )
            })
            .variant("ConsumerRemaining", |v| v.index(4))
            .variant("NoProviders", |v| v.index(5))
            .variant("TooManyConsumers", |v| v.index(6))
            .variant("Token", |v| {
                v.index(7).fields(
                    Fields::unnamed().field(|f| f.ty::<TokenError>().type_name("TokenError")),
                )
            })
            .variant("Arithmetic", |v| {
                v.index(8).fields(
                    Fields::unnamed()
                        .field(|f| f.ty::<ArithmeticError>().type_name("ArithmeticError")),
                )
            })
            .variant("Transactional", |v| {
                v.index(9).fields(
                    Fields::unnamed()
                        .field(|f| f.ty::<TransactionalError>().type_name("TransactionalError")),
                )
            })
            .variant("Exhausted", |v| v.index(10))
            .variant("Corruption", |v| v.index(11))
            .variant("Unavailable", |v| v.index(12))
            .variant("RootNotAllowed", |v| v.index(13));
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_runtime", "DispatchError"]))
            .variant(variants)
    }
}

/// Declare the errors of a pallet: one variant per rule, with its public index and code, its
/// values, and its sentence.
///
/// ```
/// althing_frame::pallet_errors! {
///     /// Why a transfer is refused.
///     pub enum Error in pallet 9 {
///         /// The sender holds less than the transfer needs.
///         1 "EXA-101" TooPoor { needed: u128, free: u128 } => "needs {needed}, {free} is free";
///         /// The same account on both sides.
///         2 "EXA-102" ToSelf => "sender and beneficiary are one account";
///     }
/// }
/// use althing_frame::PalletError;
/// assert_eq!(Error::TooPoor { needed: 2, free: 1 }.code(), "EXA-101");
/// ```
///
/// Clients see the variants without their values, since an error on the wire has four bytes; the
/// values travel in the dry run and in receipts. The first line of a variant's documentation in
/// the metadata is its code.
#[macro_export]
macro_rules! pallet_errors {
    (
        $(#[$outer:meta])*
        pub enum $type:ident in pallet $pallet:tt {
            $(
                $(#[doc = $doc:literal])+
                $index:literal $code:literal $variant:ident
                $({ $($field:ident : $field_type:ty),* $(,)? })? => $message:literal;
            )*
        }
    ) => {
        $(#[$outer])*
        #[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
        pub enum $type {
            $(
                $(#[doc = $doc])+
                #[error($message)]
                $variant $({ $(
                    #[doc = stringify!($field)]
                    $field: $field_type,
                )* })?,
            )*
        }

        impl $crate::PalletError for $type {
            const PALLET: u8 = $pallet;

            fn index(&self) -> u8 {
                match self {
                    $( Self::$variant { .. } => $index, )*
                }
            }

            fn code(&self) -> &'static str {
                match self {
                    $( Self::$variant { .. } => $code, )*
                }
            }

            fn name(&self) -> &'static str {
                match self {
                    $( Self::$variant { .. } => stringify!($variant), )*
                }
            }

            fn values(&self) -> Vec<(&'static str, String)> {
                match self {
                    $(
                        Self::$variant $({ $($field),* })? => vec![
                            $($( (stringify!($field), $field.to_string()), )*)?
                        ],
                    )*
                }
            }
        }

        impl $crate::scale_info::TypeInfo for $type {
            type Identity = Self;

            fn type_info() -> $crate::scale_info::Type {
                let variants = $crate::scale_info::build::Variants::new()
                    $( .variant(stringify!($variant), |v| {
                        v.index($index).docs_always(&[$code, $($doc),+])
                    }) )*;
                $crate::scale_info::Type::builder()
                    .path($crate::scale_info::Path::new(stringify!($type), module_path!()))
                    .variant(variants)
            }
        }
    };
}
