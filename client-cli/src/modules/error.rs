//! Why a learned scheme cannot be used.

use althing_crypto::{GateError, ModuleError, VectorsError, module::SignerError};

use crate::output::{CliError, codes};

/// Why a learned scheme cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ModulesError {
    /// The operating system refused.
    #[error("cannot {action} {path}: {reason}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// With which file.
        path: String,
        /// Its reason.
        reason: String,
    },
    /// A record of facts that cannot be understood.
    #[error("{path} is not a record of a scheme: {reason}")]
    Record {
        /// The file.
        path: String,
        /// What the reader met.
        reason: String,
    },
    /// Bytes that do not have the hash they were recorded under.
    #[error("{what} has hash {found}, expected {expected}")]
    Hash {
        /// Which bytes.
        what: String,
        /// The hash recorded.
        expected: String,
        /// The hash found.
        found: String,
    },
    /// A kept module that is gone, cannot be read or is not what it was.
    #[error("the kept {what} of {name} is no longer what it was: {reason}")]
    Altered {
        /// Signer or verifier.
        what: &'static str,
        /// Name of the scheme.
        name: String,
        /// Where it is kept.
        path: String,
        /// What is wrong with it.
        reason: String,
        /// It was learned from a chain, not from files.
        from_chain: bool,
        /// Number of the scheme.
        id: u16,
    },
    /// A file other than the one that the manifest means.
    #[error(
        "the file given with --{flag} has hash {found}, the manifest means another one: {expected}"
    )]
    OtherFile {
        /// The flag that named the file.
        flag: &'static str,
        /// The hash in the manifest.
        expected: String,
        /// The hash found.
        found: String,
    },
    /// A scheme of this program, which need not be learned.
    #[error("this program knows {name} by itself: there is nothing to learn")]
    BuiltIn {
        /// The name.
        name: String,
    },
    /// A module that the rules refuse.
    #[error("the {what} of {name} is refused: {source}")]
    Refused {
        /// Signer or verifier.
        what: &'static str,
        /// Name of the scheme.
        name: String,
        /// The rule.
        source: ModuleError,
    },
    /// Signer and registry disagree about a length.
    #[error("the signer of {name} makes a {what} of {found} bytes, the registry says {expected}")]
    Size {
        /// Name of the scheme.
        name: String,
        /// Of what.
        what: &'static str,
        /// What the registry says.
        expected: u32,
        /// What the signer says.
        found: u32,
    },
    /// The signer failed.
    #[error("the signer of {name} failed: {source}")]
    Signer {
        /// Name of the scheme.
        name: String,
        /// How.
        source: SignerError,
    },
    /// The verifier refuses what the signer made.
    #[error("the verifier of {name} refuses a signature that its signer made")]
    Misfit {
        /// Name of the scheme.
        name: String,
    },
    /// Two chains call two schemes by one name.
    #[error("several learned schemes are called {name}: {ids:?}")]
    Ambiguous {
        /// The name.
        name: String,
        /// Their numbers.
        ids: Vec<u16>,
    },
    /// The scheme of a key is not in the library.
    #[error("scheme {id}, which a key is of, is not learned here")]
    NotLearned {
        /// Its number.
        id: u16,
    },
    /// The chain has no such scheme.
    #[error("the chain's registry has no signature scheme {name:?}")]
    NotInRegistry {
        /// The name.
        name: String,
    },
    /// The scheme has no modules: a newer program has its code.
    #[error("{name} is no module: a newer version of this program knows it")]
    NoModule {
        /// The name.
        name: String,
    },
    /// The registry keeps no signer, or not its bytes.
    #[error("the chain keeps no {what} of {name}")]
    NotKept {
        /// Signer or verifier.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A fact about a scheme that is missing or wrong.
    #[error("the {field} of the scheme {reason}")]
    Fact {
        /// Which fact.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Known answers that are refused.
    #[error("the vectors of {name} are refused: {source}")]
    Vectors {
        /// Name of the scheme.
        name: String,
        /// The rule.
        source: VectorsError,
    },
    /// The verifier does not give the known answers.
    #[error("the verifier of {name} fails the gate: {source}")]
    Gate {
        /// Name of the scheme.
        name: String,
        /// At which vector, and how.
        source: GateError,
    },
    /// The gate would take the chain longer than it allows.
    #[error("trying {name} takes the chain {found} ms by its prices, at most {max} are allowed")]
    TooHeavy {
        /// Name of the scheme.
        name: String,
        /// How long, in milliseconds.
        found: u64,
        /// How long it may take, in milliseconds.
        max: u64,
    },
    /// The registry's row does not say what is needed.
    #[error("the registry's record of {name} cannot be understood: {field} is missing")]
    Row {
        /// The name.
        name: String,
        /// What is missing.
        field: &'static str,
    },
}

impl From<ModulesError> for CliError {
    fn from(error: ModulesError) -> Self {
        use ModulesError as E;

        let message = one_line(&error.to_string());
        let of = |info| Self::new(info, message.clone());
        match error {
            E::Io { path, .. } => of(codes::HOME_IO).detail("path", path),
            E::Record { path, .. } => of(codes::MODULE_ALTERED).detail("path", path),
            E::Hash { expected, found, .. } => {
                of(codes::MODULE_ALTERED).detail("expected", expected).detail("found", found)
            }
            E::Altered { name, path, from_chain, id, .. } => {
                let from_files = format!(
                    "althing key new NAME --scheme {name} --scheme-id {id} --signer-module FILE --verifier-module FILE"
                );
                let mut fix = vec![format!("althing crypto learn {name}")];
                fix.extend((!from_chain).then_some(from_files));
                of(codes::MODULE_ALTERED).detail("scheme", name).detail("path", path).fix(fix)
            }
            E::OtherFile { flag, expected, found } => of(codes::MODULE_ALTERED)
                .detail("expected", expected)
                .detail("found", found)
                .fix([
                    format!("--{flag} FILE, with the file whose hash the manifest names"),
                    "--manifest FILE, with a manifest that belongs to this file".to_owned(),
                ]),
            E::BuiltIn { name } => {
                let make = format!("althing key new NAME --scheme {name}");
                of(codes::MODULE_NOT_KEPT).detail("scheme", name).fix([make])
            }
            E::Refused { name, .. }
            | E::Size { name, .. }
            | E::Signer { name, .. }
            | E::Misfit { name } => of(codes::MODULE_REFUSED).detail("scheme", name),
            E::Ambiguous { name, ids } => {
                of(codes::MODULE_AMBIGUOUS).detail("scheme", name).detail("ids", ids)
            }
            E::Fact { field, .. } => {
                of(codes::MODULE_FACTS).detail("fact", field).fix([format!("--{field} VALUE")])
            }
            E::TooHeavy { name, found, max } => of(codes::MODULE_GATE)
                .detail("scheme", name)
                .detail("milliseconds", found)
                .detail("maximum", max)
                .fix(["lower --fuel-max, or take fewer vectors"]),
            E::Vectors { name, .. } | E::Gate { name, .. } => {
                of(codes::MODULE_GATE).detail("scheme", name)
            }
            E::NotLearned { id } => of(codes::MODULE_NOT_LEARNED).detail("scheme_id", id),
            E::NotInRegistry { name } => {
                of(codes::KEY_UNKNOWN_SCHEME).detail("scheme", name).fix(["althing crypto"])
            }
            E::NoModule { name } | E::NotKept { name, .. } | E::Row { name, .. } => {
                of(codes::MODULE_NOT_KEPT).detail("scheme", name)
            }
        }
        .nothing_sent()
    }
}

/// A text without line breaks, cut where nobody reads on: some reasons hold all bytes that were met.
pub(crate) fn one_line(text: &str) -> String {
    const LETTERS_MAX: usize = 300;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LETTERS_MAX) {
        Some((end, _)) => format!("{}...", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}
