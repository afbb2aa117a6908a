//! The public code of every typed error. The keystore's are beside it (`keystore/error.rs`).

use crate::{
    account::AccountError,
    amount::AmountError,
    derive::DeriveError,
    duration::DurationError,
    key::{KeyError, nearest_scheme},
    output::{CliError, codes},
};

impl From<AmountError> for CliError {
    fn from(error: AmountError) -> Self {
        Self::new(codes::BAD_AMOUNT, error.to_string())
    }
}

impl From<DurationError> for CliError {
    fn from(error: DurationError) -> Self {
        Self::new(codes::BAD_DURATION, error.to_string())
    }
}

impl From<DeriveError> for CliError {
    fn from(error: DeriveError) -> Self {
        let info = match error {
            DeriveError::WordCount { .. }
            | DeriveError::UnknownWord { .. }
            | DeriveError::Checksum => codes::KEY_BAD_WORDS,
            DeriveError::NoSeed { .. } => codes::KEY_NO_SEED,
            DeriveError::SeedTooLong { .. } => codes::BUG,
            DeriveError::NoRandomness => codes::KEY_RANDOM,
        };
        Self::new(info, error.to_string())
    }
}

impl From<KeyError> for CliError {
    fn from(error: KeyError) -> Self {
        let message = error.to_string();
        match error {
            KeyError::UnknownScheme { name } | KeyError::NotForSigning { name } => {
                let error = Self::new(codes::KEY_UNKNOWN_SCHEME, message);
                let known: Vec<_> =
                    althing_crypto::schemes().iter().map(|scheme| scheme.name()).collect();
                let fix = match nearest_scheme(&name) {
                    Some(near) => vec![format!("--scheme {near}")],
                    None => known.iter().map(|scheme| format!("--scheme {scheme}")).collect(),
                };
                error.detail("scheme", name).detail("known", known).fix(fix)
            }
            KeyError::Derive(error) => error.into(),
            KeyError::Module(error) => error.into(),
            KeyError::SelfCheck { scheme } => {
                Self::new(codes::KEY_SELF_CHECK, message).detail("scheme", scheme)
            }
            KeyError::Signing { scheme, .. } | KeyError::TooLarge { scheme } => {
                Self::new(codes::KEY_CRYPTO, message).detail("scheme", scheme)
            }
        }
    }
}

impl From<AccountError> for CliError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Unknown { ref text, ref near, .. } => {
                let refusal = Self::new(codes::BAD_ADDRESS, error.to_string())
                    .detail("account", text.as_str());
                match near {
                    Some(near) => refusal.fix([format!("did you mean {near:?}?")]),
                    None => refusal,
                }
            }
            AccountError::Keystore(error) => error.into(),
            AccountError::Key(error) => error.into(),
        }
    }
}
