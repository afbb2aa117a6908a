//! Why a file of facts or a transaction file is refused.

use crate::{
    chain::MetadataError,
    key::KeyError,
    output::{CliError, codes},
};

/// Why a file of facts or a transaction file is refused.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError {
    /// Not JSON of the form.
    #[error("{file} cannot be understood: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the reader met.
        reason: String,
    },
    /// Another format.
    #[error("{file} has format {found:?}, this program reads {expected:?}")]
    Format {
        /// The file.
        file: String,
        /// The format it names.
        found: String,
        /// The one that is read.
        expected: &'static str,
    },
    /// The content does not have the hash that the file names.
    #[error("{file} was altered: its content has hash {found}, it names {named}")]
    Altered {
        /// The file.
        file: String,
        /// Hash of the content.
        found: String,
        /// Hash in the file.
        named: String,
    },
    /// Two fields contradict each other, or one is outside its bounds.
    #[error("{file}: {field} {reason}")]
    Field {
        /// The file.
        file: String,
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Made for another chain.
    #[error("{file} is for the chain with genesis {made_for}, not for {here}")]
    OtherChain {
        /// The file.
        file: String,
        /// Genesis in the file.
        made_for: String,
        /// Genesis of the chain meant.
        here: String,
    },
    /// Its last block has passed.
    #[error("{file} was valid until block {until}, the chain stands at {now}")]
    Expired {
        /// The file.
        file: String,
        /// The last block.
        until: u32,
        /// The chain's height.
        now: u32,
    },
    /// Rules, registry, keys or history changed since it was made.
    #[error("{file} was made under {what} {made}, which is {now} now")]
    OtherRules {
        /// The file.
        file: String,
        /// What changed.
        what: &'static str,
        /// Its value in the file.
        made: String,
        /// Its value now.
        now: String,
    },
    /// The account's next transaction is another one.
    #[error("{file} is transaction {nonce} of the account, whose next one is {next}")]
    Nonce {
        /// The file.
        file: String,
        /// The nonce in the file.
        nonce: u32,
        /// The next one.
        next: u32,
    },
    /// Signatures are missing.
    #[error("{file} lacks the signature of {}", missing.join(" and of "))]
    Incomplete {
        /// The file.
        file: String,
        /// Handles of the keys that have not signed.
        missing: Vec<String>,
    },
    /// A signature is not one over this transaction.
    #[error("{file}: the signature of {handle} is not valid")]
    BadSignature {
        /// The file.
        file: String,
        /// Handle of the key.
        handle: String,
    },
    /// The wallet has no key that the file wants.
    #[error("{name} has no key that signs {file}; it wants {}", wanted.join(" or "))]
    NotASigner {
        /// The file.
        file: String,
        /// Name of the account.
        name: String,
        /// Handles of the keys that have not signed.
        wanted: Vec<String>,
    },
    /// Nobody can say which keys sign.
    #[error("which keys of {name} sign is not known: {reason}")]
    Signers {
        /// The account.
        name: String,
        /// Why.
        reason: &'static str,
    },
    /// Keys were chosen for a transaction that goes to no file.
    #[error(
        "--signers chooses the keys of a transaction that is written to a file; this one is signed and sent here"
    )]
    SignersOnline,
    /// The keys chosen do not weigh enough.
    #[error(
        "the keys that --signers names weigh {weight}, {name} signs with {threshold}{}",
        more(others)
    )]
    TooLight {
        /// The account.
        name: String,
        /// What they weigh together.
        weight: u32,
        /// What is needed.
        threshold: u16,
        /// Scheme, handle and weight of the owners that were left out.
        others: Vec<String>,
    },
    /// The metadata does not describe the call.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The key was refused.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The file could not be read or written.
    #[error("cannot {action} {file}: {reason}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        file: String,
        /// The operating system's reason.
        reason: String,
    },
}

fn more(others: &[String]) -> String {
    match others {
        [] => String::new(),
        others => format!("; not named: {}", others.join(", ")),
    }
}

impl From<OfflineError> for CliError {
    fn from(error: OfflineError) -> Self {
        use OfflineError as E;

        let message = error.to_string();
        let of = |info, file: &str| Self::new(info, message.clone()).detail("file", file);
        let error = match error {
            E::Unreadable { file, .. } => of(codes::OFFLINE_FILE, &file),
            E::Format { file, found, expected } => of(codes::OFFLINE_FORMAT, &file)
                .detail("found", found)
                .detail("supported", expected),
            E::Altered { file, found, named } => {
                of(codes::OFFLINE_ALTERED, &file).detail("found", found).detail("named", named)
            }
            E::Field { file, field, .. } => {
                of(codes::OFFLINE_ALTERED, &file).detail("field", field)
            }
            E::OtherChain { file, made_for, here } => of(codes::OFFLINE_OTHER_CHAIN, &file)
                .detail("made_for", made_for)
                .detail("here", here),
            E::Expired { file, until, now } => {
                of(codes::OFFLINE_EXPIRED, &file).detail("valid_until", until).detail("now", now)
            }
            E::OtherRules { file, what, made, now } => of(codes::OFFLINE_RULES, &file)
                .detail("changed", what)
                .detail("made", made)
                .detail("now", now),
            E::Nonce { file, nonce, next } => {
                let fix =
                    if nonce < next { "make it again" } else { "send the earlier ones first" };
                of(codes::OFFLINE_NONCE, &file)
                    .detail("nonce", nonce)
                    .detail("next", next)
                    .fix([fix])
            }
            E::Incomplete { file, missing } => of(codes::OFFLINE_INCOMPLETE, &file)
                .fix([format!("althing --account NAME sign {file}")])
                .detail("missing", missing),
            E::BadSignature { file, handle } => {
                of(codes::OFFLINE_SIGNATURE, &file).detail("handle", handle)
            }
            E::NotASigner { file, wanted, .. } => {
                of(codes::OFFLINE_NOT_A_SIGNER, &file).detail("wanted", wanted)
            }
            E::Signers { name, .. } => {
                Self::new(codes::OFFLINE_SIGNERS, message).detail("account", name)
            }
            E::SignersOnline => Self::new(codes::OFFLINE_SIGNERS, message).fix([
                "leave --signers out: the wallet signs with the keys it holds",
                "or add --unsigned FILE or --signed FILE to write the transaction to a file",
            ]),
            E::TooLight { name, others, .. } => {
                let policy = format!("althing key policy {name}");
                let fix = if others.is_empty() {
                    policy
                } else {
                    format!("leave --signers out, or add one of the missing keys to it; {policy}")
                };
                Self::new(codes::OFFLINE_SIGNERS, message)
                    .detail("account", name)
                    .detail("missing", others)
                    .fix([fix])
            }
            E::Io { action: "read", file, .. } => of(codes::CANNOT_READ_INPUT, &file),
            E::Io { file, .. } => of(codes::CANNOT_WRITE_OUTPUT, &file),
            E::Metadata(error) => error.into(),
            E::Key(error) => error.into(),
        };
        error.nothing_sent()
    }
}
