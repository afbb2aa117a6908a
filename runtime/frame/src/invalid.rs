//! Why a transaction may not enter a block at all. Nothing is charged for it.

use althing_primitives::{Balance, BlockNumber, ExtrinsicError, KeyHandle, Nonce, SchemeId};
use parity_scale_codec::{Encode, Output};

use crate::DispatchError;

/// Custom code clients see when the state of a scheme forbids the use asked for.
pub const INVALID_CUSTOM_SCHEME: u8 = 16;

/// Why a transaction is refused before it runs. Encodes as the `TransactionValidityError` that
/// clients know.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Invalid {
    /// The envelope does not decode.
    #[error("undecodable extrinsic: {0}")]
    Envelope(#[from] ExtrinsicError),
    /// The call does not decode under this runtime.
    #[error("the call does not decode under this runtime")]
    Call,
    /// The sender cannot pay.
    #[error("the fee of {needed} exceeds the {available} that {who} can spend")]
    Payment {
        /// Who should pay.
        who: althing_primitives::AccountId,
        /// What the transaction costs, deposits included.
        needed: Balance,
        /// What the account can spend.
        available: Balance,
    },
    /// The nonce is ahead of the account's.
    #[error("nonce {found} is ahead of the account's next nonce {next}")]
    Future {
        /// The nonce in the transaction.
        found: Nonce,
        /// The account's next nonce.
        next: Nonce,
    },
    /// The nonce was used before.
    #[error("nonce {found} was used before, the account's next nonce is {next}")]
    Stale {
        /// The nonce in the transaction.
        found: Nonce,
        /// The account's next nonce.
        next: Nonce,
    },
    /// The transaction's era has passed or names a block this chain does not know.
    #[error("the signature's validity began at block {birth} and ended before block {now}")]
    Expired {
        /// Where its era began.
        birth: BlockNumber,
        /// The block it should enter.
        now: BlockNumber,
    },
    /// The signature does not verify over this call, nonce, era and chain.
    #[error("the signature does not verify under scheme {scheme} for this call, nonce and chain")]
    BadSignature {
        /// The scheme named by the transaction.
        scheme: SchemeId,
    },
    /// One of the classical variants that are never valid.
    #[error("classical signatures are never valid on this chain")]
    ClassicalSignature,
    /// Key or signature have the wrong length for the scheme.
    #[error("scheme {scheme} has {part} of {expected} bytes, found {found}")]
    WitnessSize {
        /// The scheme.
        scheme: SchemeId,
        /// Which part is wrong.
        part: &'static str,
        /// The right length in bytes.
        expected: u64,
        /// The length found.
        found: u64,
    },
    /// No such scheme in the registry.
    #[error("scheme {scheme} is not known to this chain")]
    UnknownScheme {
        /// The scheme named.
        scheme: SchemeId,
    },
    /// The scheme's state forbids the use.
    #[error("scheme {scheme} is {state} and cannot be used for {refused}")]
    SchemeState {
        /// The scheme.
        scheme: SchemeId,
        /// Its state.
        state: &'static str,
        /// What it may not be used for.
        refused: &'static str,
    },
    /// The key does not belong to the account.
    #[error("key {} does not control {who}", handle.0)]
    WrongKey {
        /// The account.
        who: althing_primitives::AccountId,
        /// The key's handle.
        handle: KeyHandle,
    },
    /// The chain keeps no key under this handle.
    #[error("the chain keeps no key under handle {}: send the public key itself", handle.0)]
    UnknownKey {
        /// The handle named.
        handle: KeyHandle,
    },
    /// The block is full.
    #[error("the block has no room for this transaction")]
    Exhausted,
    /// A signed call that only a block author may make, or a bare call that must be signed.
    #[error("this call must {must}")]
    Signing {
        /// What it must be.
        must: &'static str,
    },
    /// The extension `CheckMetadataHash` is on.
    #[error("metadata hash mode {found} is not supported, use 0")]
    MetadataHash {
        /// The mode found.
        found: u8,
    },
    /// The registry of schemes or the sender's policy has changed since this was signed.
    #[error(
        "the registry of schemes (epoch {epoch}) or the sender's policy (change {policy}) is not the \
         one this was signed under: sign it again"
    )]
    Outdated {
        /// The registry's epoch now.
        epoch: u32,
        /// The policy's rotation nonce now.
        policy: u32,
    },
    /// What only a block author may state is wrong. Such a call cannot fail: nobody pays for it.
    #[error("the author's statement is refused: {reason}")]
    Inherent {
        /// Why.
        reason: Box<DispatchError>,
    },
}

impl Invalid {
    /// Public code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Envelope(_) => "TX-101",
            Self::Call => "TX-102",
            Self::Payment { .. } => "TX-103",
            Self::Future { .. } => "TX-104",
            Self::Stale { .. } => "TX-105",
            Self::Expired { .. } => "TX-106",
            Self::BadSignature { .. } => "TX-107",
            Self::ClassicalSignature => "TX-108",
            Self::WitnessSize { .. } => "TX-109",
            Self::UnknownScheme { .. } => "TX-110",
            Self::SchemeState { .. } => "TX-111",
            Self::WrongKey { .. } => "TX-112",
            Self::UnknownKey { .. } => "TX-113",
            Self::Exhausted => "TX-114",
            Self::Signing { .. } => "TX-115",
            Self::MetadataHash { .. } => "TX-116",
            Self::Inherent { .. } => "TX-117",
            Self::Outdated { .. } => "TX-118",
        }
    }

    /// The values of the rule, by field name.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        let named = |name, value: &dyn core::fmt::Display| (name, value.to_string());
        match self {
            Self::Envelope(_)
            | Self::Call
            | Self::ClassicalSignature
            | Self::Exhausted
            | Self::Signing { .. }
            | Self::Inherent { .. } => Vec::new(),
            Self::Payment { who, needed, available } => {
                vec![named("who", who), named("needed", needed), named("available", available)]
            }
            Self::Future { found, next } | Self::Stale { found, next } => {
                vec![named("found", found), named("next", next)]
            }
            Self::Expired { birth, now } => vec![named("birth", birth), named("now", now)],
            Self::BadSignature { scheme } | Self::UnknownScheme { scheme } => {
                vec![named("scheme", scheme)]
            }
            Self::WitnessSize { scheme, part, expected, found } => vec![
                named("scheme", scheme),
                named("part", part),
                named("expected", expected),
                named("found", found),
            ],
            Self::SchemeState { scheme, state, refused } => {
                vec![named("scheme", scheme), named("state", state), named("refused", refused)]
            }
            Self::WrongKey { who, handle } => vec![named("who", who), named("handle", &handle.0)],
            Self::UnknownKey { handle } => vec![named("handle", &handle.0)],
            Self::MetadataHash { found } => vec![named("found", found)],
            Self::Outdated { epoch, policy } => {
                vec![named("epoch", epoch), named("policy", policy)]
            }
        }
    }

    /// Whether waiting may make it valid.
    pub fn is_future(&self) -> bool {
        matches!(self, Self::Future { .. } | Self::Exhausted)
    }
}

impl Encode for Invalid {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        // 0 is `InvalidTransaction`; the second byte is its variant.
        match self {
            Self::Envelope(_) | Self::Call | Self::Signing { .. } => out.write(&[0, 0]),
            Self::Payment { .. } => out.write(&[0, 1]),
            Self::Future { .. } => out.write(&[0, 2]),
            Self::Stale { .. } => out.write(&[0, 3]),
            Self::BadSignature { .. }
            | Self::ClassicalSignature
            | Self::WitnessSize { .. }
            | Self::MetadataHash { .. } => out.write(&[0, 4]),
            Self::Expired { .. } | Self::Outdated { .. } => out.write(&[0, 5]),
            Self::Exhausted => out.write(&[0, 6]),
            Self::UnknownScheme { .. } | Self::SchemeState { .. } => {
                out.write(&[0, 7, INVALID_CUSTOM_SCHEME]);
            }
            Self::Inherent { .. } => out.write(&[0, 8]),
            Self::WrongKey { .. } | Self::UnknownKey { .. } => out.write(&[0, 10]),
        }
    }
}
