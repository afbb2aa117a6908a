//! Schemes that the members voted in after this program was made, learned from the chain.
//!
//! Such a scheme is a pair of Wasm modules (`specs/verifier-modules.md`): the signer makes keys and
//! signatures, the verifier checks them. Both run in a sandbox that imports nothing. Rules:
//! `specs/wallet.md`, W40 to W43; why it is no external command stands there too.
//!
//! # What it owns
//!
//! - [`Library`]: `<home>/modules`, modules under their hashes and a record of facts for each scheme.
//! - [`ModuleScheme`]: a learned scheme, which signs like one of the program's own.
//! - [`Candidate`]: one that somebody wants to propose, and whether it would pass the gate.
//! - [`learn`]: fetch one from a chain; [`from_files`]: take one from local files.
//!
//! # Invariants
//!
//! - M1: a module runs only after its bytes were found to have the hash it was recorded under.
//! - M2: a key is used with the signer it was made with, whatever else is learned later.
//! - M3: nothing in the library is overwritten, but a module that has not the hash it is kept under
//!   gives way to the one that has it.
//!
//! # Failure
//!
//! [`ModulesError`].

mod candidate;
mod error;
mod learn;
mod library;
mod scheme;
#[cfg(test)]
mod tests;

use std::sync::Mutex;

use althing_crypto::signing::SigningScheme;
use althing_primitives::SchemeId;
use serde::{Deserialize, Serialize};

pub(crate) use candidate::REGISTRY_FUEL_MAX;
pub use candidate::{Candidate, Checked, Manifest, NamedFile, within_limits};
pub use error::ModulesError;
pub(crate) use error::one_line;
pub use learn::{Source, from_files, in_registry, learn};
pub use library::{Library, MODULE_BYTES_MAX, RECORD_FORMAT, SchemeFacts};
pub use scheme::ModuleScheme;

use crate::{environment, keystore::HexArray};

/// Which learned scheme a key is of.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ModuleNote {
    /// The registry's number.
    pub scheme_id: u16,
    /// BLAKE2b-256 of the signer.
    pub signer: HexArray<32>,
}

/// Schemes in use. A scheme lives as long as the process, as the program's own do: a run uses one or
/// two, so they are loaded once and never given back.
static LOADED: Mutex<Vec<&'static ModuleScheme>> = Mutex::new(Vec::new());

/// The learned scheme called `name`, if there is one.
pub fn named(name: &str) -> Result<Option<&'static dyn SigningScheme>, ModulesError> {
    let mut found = library().map_or_else(|| Ok(Vec::new()), |library| library.list())?;
    found.retain(|facts| facts.name == name);
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(load(one)?)),
        several => Err(ModulesError::Ambiguous {
            name: name.to_owned(),
            ids: several.iter().map(|facts| facts.id).collect(),
        }),
    }
}

/// The learned scheme with this number; none if two chains gave it to two schemes.
pub fn with_id(id: SchemeId) -> Option<&'static dyn SigningScheme> {
    let mut found = library()?.list().ok()?;
    found.retain(|facts| facts.id == id.0);
    match found.as_slice() {
        [one] => load(one).ok().map(|scheme| scheme as &dyn SigningScheme),
        _ => None,
    }
}

/// The learned scheme that a key was made with (M2).
pub fn noted(note: ModuleNote) -> Result<&'static dyn SigningScheme, ModulesError> {
    let unknown = || ModulesError::NotLearned { id: note.scheme_id };
    let library = library().ok_or_else(unknown)?;
    let found = library.list()?.into_iter().find(|facts| facts.note() == note);
    Ok(load(&found.ok_or_else(unknown)?)?)
}

/// What to write into a key of `scheme`; none for the program's own.
pub fn note_of(scheme: &dyn SigningScheme) -> Option<ModuleNote> {
    let loaded = LOADED.lock().ok()?;
    let own = loaded.iter().find(|one| std::ptr::addr_eq(**one, scheme));
    own.map(|one| one.facts().note())
}

/// Load a scheme, once per process.
fn load(facts: &SchemeFacts) -> Result<&'static ModuleScheme, ModulesError> {
    let same = |one: &&&'static ModuleScheme| one.facts().note() == facts.note();
    if let Ok(loaded) = LOADED.lock()
        && let Some(one) = loaded.iter().find(same)
    {
        return Ok(one);
    }
    let library = library().ok_or(ModulesError::NotLearned { id: facts.id })?;
    let (signer, verifier) = library.code(facts)?;
    Ok(keep_loaded(ModuleScheme::new(facts.clone(), &signer, &verifier)?))
}

fn keep_loaded(scheme: ModuleScheme) -> &'static ModuleScheme {
    let scheme: &'static ModuleScheme = Box::leak(Box::new(scheme));
    if let Ok(mut loaded) = LOADED.lock() {
        loaded.push(scheme);
    }
    scheme
}

/// The library of this user; none if there is no home.
fn library() -> Option<Library> {
    environment::home().ok().map(|home| Library::at(&home))
}
