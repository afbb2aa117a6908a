//! A scheme that somebody wants to propose: its files, and whether they would pass the gate.

use std::path::{Path, PathBuf};

use althing_crypto::{
    GateReport, Module, ModuleFacts, Vectors, gate,
    module::{
        compile_weight,
        limits::{FUEL_MAX, VECTORS_BYTES_MAX},
        weight_at_most,
    },
};
use althing_primitives::{Hash256, blake2_256};
use serde::Deserialize;

use super::{
    ModuleScheme, ModulesError, SchemeFacts,
    library::{MODULE_BYTES_MAX, RECORD_FORMAT, family, read},
};
use crate::keystore::HexArray;

/// The largest fuel cap that the registry takes (`specs/crypto-registry.md`, CR14).
pub(crate) const REGISTRY_FUEL_MAX: u64 = 50_000_000;
/// The most that compiling and trying a module may take, in picoseconds (CR15).
const GATE_WEIGHT_MAX: u64 = 10_000_000_000_000;
/// The longest name of a scheme (CR14).
const NAME_BYTES_MAX: usize = 64;
const MANIFEST_BYTES_MAX: u64 = 64 * 1024;

/// What the authors of a module say of its scheme. Whatever else their file holds is left alone.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Manifest {
    /// The name.
    pub name: Option<String>,
    /// The assumption it rests on.
    pub family: Option<String>,
    /// Exact bytes of a public key.
    #[serde(alias = "public_bytes")]
    pub public: Option<u32>,
    /// Exact bytes of a signature.
    #[serde(alias = "signature_bytes")]
    pub signature: Option<u32>,
    /// Fuel that one verification may use.
    pub fuel_max: Option<u64>,
    /// The verifier that is meant.
    pub verifier: Option<NamedFile>,
    /// The known answers that are meant.
    pub vectors: Option<NamedFile>,
    /// The signer that is meant.
    pub signer: Option<NamedFile>,
}

/// A file that a manifest names.
#[derive(Clone, Debug, Deserialize)]
pub struct NamedFile {
    /// BLAKE2b-256 of its bytes.
    #[serde(rename = "blake2b_256")]
    pub hash: HexArray<32>,
}

impl Manifest {
    /// Read a manifest.
    pub fn read(path: &Path) -> Result<Self, ModulesError> {
        serde_json::from_slice(&read(path, MANIFEST_BYTES_MAX)?).map_err(|error| {
            let path = path.display().to_string();
            ModulesError::Record { path, reason: error.to_string() }
        })
    }

    /// The manifest beside a module: `NAME.json` beside `NAME.wasm` or `NAME-verifier.wasm`.
    pub fn beside(module: &Path) -> Option<PathBuf> {
        let stem = module.file_stem()?.to_str()?;
        let name = stem.strip_suffix("-verifier").unwrap_or(stem);
        let place = module.with_file_name(format!("{name}.json"));
        place.is_file().then_some(place)
    }

    /// Refuse files other than those that the manifest names.
    pub fn check_files(&self, candidate: &Candidate) -> Result<(), ModulesError> {
        let named = [
            ("module", &self.verifier, Some(&candidate.verifier)),
            ("vectors", &self.vectors, Some(&candidate.vectors)),
            ("signer", &self.signer, candidate.signer.as_ref()),
        ];
        for (flag, named, bytes) in named {
            if let (Some(named), Some(bytes)) = (named, bytes) {
                let found = blake2_256(bytes);
                if found.0 != named.hash.0 {
                    let (expected, found) = (Hash256(named.hash.0).to_string(), found.to_string());
                    return Err(ModulesError::OtherFile { flag, expected, found });
                }
            }
        }
        Ok(())
    }

    /// All facts of a scheme with number `id`, or the name of one that is missing.
    pub fn facts(&self, id: u16) -> Result<SchemeFacts, ModulesError> {
        let missing =
            |field| ModulesError::Fact { field, reason: "is neither given nor in a manifest" };
        let facts = SchemeFacts {
            format: RECORD_FORMAT.to_owned(),
            id,
            name: self.name.clone().ok_or_else(|| missing("name"))?,
            family: self.family.clone().ok_or_else(|| missing("family"))?.to_ascii_lowercase(),
            public_bytes: self.public.ok_or_else(|| missing("public"))?,
            signature_bytes: self.signature.ok_or_else(|| missing("signature"))?,
            fuel_max: self.fuel_max.ok_or_else(|| missing("fuel-max"))?,
            verifier: HexArray([0; 32]),
            signer: HexArray([0; 32]),
            genesis: None,
        };
        let wrong = |field, reason| Err(ModulesError::Fact { field, reason });
        if family(&facts.family).is_none() {
            return wrong("family", "is neither lattice, hash nor code");
        }
        if !is_name(&facts.name) {
            let reason =
                "has not 1 to 64 of the characters a-z 0-9 . + -, the first one a letter or digit";
            return wrong("name", reason);
        }
        if facts.fuel_max == 0 || facts.fuel_max > FUEL_MAX {
            return wrong("fuel-max", "is 0 or more than any scheme may have");
        }
        Ok(facts)
    }
}

/// Whether a registry takes this as the name of a scheme (CR14).
pub(super) fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let first = name.bytes().next();
    name.len() <= NAME_BYTES_MAX
        && first.is_some_and(is_plain)
        && name.bytes().all(|byte| is_plain(byte) || b".+-".contains(&byte))
}

/// Whether a registry looks at a module at all: its fuel cap (CR14), and what the gate takes by the
/// chain's prices (CR15).
pub fn within_limits(
    name: &str,
    code_bytes: usize,
    (vectors, fuel_max): (&Vectors, u64),
) -> Result<(), ModulesError> {
    if fuel_max > REGISTRY_FUEL_MAX {
        let reason = "is more than the 50,000,000 that the registry takes";
        return Err(ModulesError::Fact { field: "fuel-max", reason });
    }
    let runs = vectors.runs().saturating_mul(weight_at_most(fuel_max));
    let whole = compile_weight(code_bytes).saturating_add(runs);
    if whole > GATE_WEIGHT_MAX {
        let millis = |picoseconds: u64| picoseconds / 1_000_000_000;
        let (found, max) = (millis(whole), millis(GATE_WEIGHT_MAX));
        return Err(ModulesError::TooHeavy { name: name.to_owned(), found, max });
    }
    Ok(())
}

/// The files of a scheme.
#[derive(Debug)]
pub struct Candidate {
    /// What is said of it.
    pub facts: SchemeFacts,
    /// The verifier.
    pub verifier: Vec<u8>,
    /// Known answers.
    pub vectors: Vec<u8>,
    /// The signer, if the chain shall keep one.
    pub signer: Option<Vec<u8>>,
}

/// What the gate said of a candidate.
#[derive(Debug)]
pub struct Checked {
    /// What passing the gate took.
    pub gate: GateReport,
    /// Pages of memory that the verifier may have, 64 KiB each.
    pub memory_pages: u64,
}

impl Candidate {
    /// Read the files.
    pub fn read(
        facts: SchemeFacts,
        verifier: &Path,
        vectors: &Path,
        signer: Option<&Path>,
    ) -> Result<Self, ModulesError> {
        let verifier = read(verifier, MODULE_BYTES_MAX)?;
        let vectors = read(vectors, VECTORS_BYTES_MAX as u64)?;
        let signer = signer.map(|path| read(path, MODULE_BYTES_MAX)).transpose()?;
        let hash = |bytes: &[u8]| HexArray(blake2_256(bytes).0);
        let facts = SchemeFacts {
            verifier: hash(&verifier),
            signer: signer.as_deref().map_or(HexArray([0; 32]), hash),
            ..facts
        };
        Ok(Self { facts, verifier, vectors, signer })
    }

    /// Run the gate as the chain will, and let the signer sign for the verifier.
    pub fn check(&self) -> Result<Checked, ModulesError> {
        let name = || self.facts.name.clone();
        let vectors = Vectors::decode(&self.vectors)
            .map_err(|source| ModulesError::Vectors { name: name(), source })?;
        within_limits(&self.facts.name, self.verifier.len(), (&vectors, self.facts.fuel_max))?;
        let facts = ModuleFacts {
            public: self.facts.public_bytes,
            signature: self.facts.signature_bytes,
            fuel_max: self.facts.fuel_max,
        };
        let refused = |source| ModulesError::Refused { what: "verifier", name: name(), source };
        let module = Module::compile(&self.verifier, facts).map_err(refused)?;
        let gate = gate(&module, &vectors)
            .map_err(|source| ModulesError::Gate { name: name(), source })?;
        if let Some(signer) = &self.signer {
            let scheme = ModuleScheme::new(self.facts.clone(), signer, &self.verifier)?;
            if !scheme.try_out()? {
                return Err(ModulesError::Misfit { name: name() });
            }
        }
        Ok(Checked { gate, memory_pages: module.shape().memory_pages.into() })
    }

    /// What the chain must keep: what it is, its hash, its bytes.
    pub fn blobs(&self) -> Vec<(&'static str, Hash256, &[u8])> {
        let mut blobs = vec![("verifier", &self.verifier[..]), ("vectors", &self.vectors[..])];
        blobs.extend(self.signer.as_deref().map(|signer| ("signer", signer)));
        blobs.into_iter().map(|(what, bytes)| (what, blake2_256(bytes), bytes)).collect()
    }
}
