//! `althing crypto check-module`: everything the chain will ask of a verifier, before anyone spends
//! a deposit on it. Needs no node.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use althing_crypto::{
    GateError, Module, ModuleError, ModuleFacts, Vectors, gate,
    module::{Outcome, Run, SignerModule, limits},
};
use althing_primitives::blake2_256;

use super::{
    inputs,
    report::{Report, SignerReport},
};
use crate::{
    modules::{REGISTRY_FUEL_MAX, one_line, within_limits},
    output::{CliError, Reply, codes},
};

/// Arguments of `crypto check-module`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  althing crypto check-module mine.wasm --vectors mine.json
  althing crypto check-module mine.wasm --vectors mine.json --fuel-max 4000000 --vectors-out mine.vectors
  althing --json crypto check-module mine.wasm --vectors mine.vectors --manifest mine-manifest.json --signer mine-signer.wasm")]
pub(super) struct Arguments {
    /// Verifier module
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Known answers, in SCALE or as a JSON list
    #[arg(long, value_name = "FILE")]
    vectors: PathBuf,
    /// Bytes of a public key; those of the first vector unless given
    #[arg(long, value_name = "N")]
    public: Option<u32>,
    /// Bytes of a signature; those of the first vector unless given
    #[arg(long, value_name = "N")]
    signature: Option<u32>,
    /// Fuel that one verification may use; the most a registry takes unless given
    #[arg(long, value_name = "N")]
    fuel_max: Option<u64>,
    /// Sizes and fuel cap from a file, which must name this module's hash
    #[arg(long, value_name = "FILE", conflicts_with_all = ["public", "signature", "fuel_max"])]
    manifest: Option<PathBuf>,
    /// Signer module of the same scheme: make a key, sign, verify
    #[arg(long, value_name = "FILE")]
    signer: Option<PathBuf>,
    /// Write the vectors in SCALE, as a proposal carries them
    #[arg(long, value_name = "FILE")]
    vectors_out: Option<PathBuf>,
}

/// Check it.
pub(super) fn run(arguments: &Arguments) -> Result<Reply, CliError> {
    let code = inputs::read(&arguments.file, limits::CODE_BYTES_MAX)?;
    let hash = hex_hash(&code);
    let vectors = inputs::vectors(&arguments.vectors)?;
    let signer = match &arguments.signer {
        Some(path) => Some((path, inputs::read(path, limits::CODE_BYTES_MAX)?)),
        None => None,
    };
    let signer_hash = signer.as_ref().map(|(_, code)| hex_hash(code));
    let facts = facts(arguments, &vectors, &hash, signer_hash.as_deref())?;

    let name = arguments.file.display().to_string();
    within_limits(&name, code.len(), (&vectors, facts.fuel_max))?;
    let refused = |error: ModuleError| refusal(&arguments.file, &code, &error);
    let started = Instant::now();
    Module::examine(&code).map_err(refused)?;
    let examine = started.elapsed();
    let started = Instant::now();
    let module = Module::compile(&code, facts).map_err(refused)?;
    let compile = started.elapsed();

    let (runs, median) = run_all(&module, &vectors);
    let report = gate(&module, &vectors).map_err(|error| failed(&error, &module, &vectors))?;
    let signer = match &signer {
        Some((path, code)) => Some(round_trip(path, code, &module)?),
        None => None,
    };
    if let Some(path) = &arguments.vectors_out {
        inputs::write_new(path, &vectors.encode())?;
    }
    let report = Report {
        module: &module,
        hash,
        examine,
        compile,
        verify: median,
        runs,
        gate: report,
        signer,
        vectors_hash: hex_hash(&vectors.encode()),
        vectors_bytes: vectors.encode().len(),
    };
    Ok(report.reply())
}

pub(super) fn hex_hash(bytes: &[u8]) -> String {
    const_hex::encode_prefixed(blake2_256(bytes).0)
}

/// What the registry's record will say, as far as it is known.
fn facts(
    arguments: &Arguments,
    vectors: &Vectors,
    hash: &str,
    signer: Option<&str>,
) -> Result<ModuleFacts, CliError> {
    if let Some(path) = &arguments.manifest {
        let manifest = inputs::manifest(path, hash, signer)?;
        let (public, signature) = (manifest.public, manifest.signature);
        return Ok(ModuleFacts { public, signature, fuel_max: manifest.fuel_max });
    }
    let size = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let first = vectors.all().first();
    let of_first = |given: Option<u32>, size: Option<u32>| given.or(size).unwrap_or(0);
    Ok(ModuleFacts {
        public: of_first(arguments.public, first.map(|vector| size(&vector.public))),
        signature: of_first(arguments.signature, first.map(|vector| size(&vector.signature))),
        fuel_max: arguments.fuel_max.unwrap_or(REGISTRY_FUEL_MAX),
    })
}

/// Every vector once, and the time of the middle one.
fn run_all(module: &Module, vectors: &Vectors) -> (Vec<(bool, Run)>, Duration) {
    let mut times = Vec::new();
    let mut runs = Vec::new();
    for vector in vectors.all() {
        let started = Instant::now();
        runs.push((vector.valid, module.run(&vector.public, &vector.message, &vector.signature)));
        times.push(started.elapsed());
    }
    times.sort_unstable();
    (runs, times.get(times.len() / 2).copied().unwrap_or_default())
}

fn refusal(path: &Path, code: &[u8], error: &ModuleError) -> CliError {
    let why = if code.starts_with(b"\0asm") {
        one_line(&error.to_string())
    } else {
        "this is no WebAssembly module in binary form: it does not begin with 00 61 73 6d"
            .to_owned()
    };
    let refused = CliError::new(codes::MOD_REFUSED, format!("{}: {why}", path.display()));
    refused.detail("bytes", code.len()).detail("hash", hex_hash(code))
}

fn failed(error: &GateError, module: &Module, vectors: &Vectors) -> CliError {
    let index = match *error {
        GateError::Sizes { index, .. }
        | GateError::Mismatch { index, .. }
        | GateError::Flipped { index, .. }
        | GateError::Fuel { index, .. } => index,
    };
    let refused = CliError::new(codes::MOD_GATE, error.to_string());
    let refused = refused.detail("vector", index).detail("vectors", vectors.all().len());
    let refused = refused.detail("hash", const_hex::encode_prefixed(module.hash().0));
    if matches!(error, GateError::Fuel { .. }) {
        refused.fix([if module.facts().fuel_max < REGISTRY_FUEL_MAX {
            "leave --fuel-max out: the report then suggests a cap"
        } else {
            "make it do less: no registry takes a higher cap"
        }])
    } else {
        refused
    }
}

/// Make keys, sign, and let the verifier decide.
fn round_trip(path: &Path, code: &[u8], module: &Module) -> Result<SignerReport, CliError> {
    let signer = SignerModule::compile(code).map_err(|error| refusal(path, code, &error))?;
    let wrong =
        |what: String| CliError::new(codes::MOD_SIGNER, format!("{}: {what}", path.display()));
    let (sizes, facts) = (signer.sizes(), module.facts());
    if (sizes.public, sizes.signature) != (facts.public, facts.signature) {
        return Err(wrong(format!(
            "keys have {} and signatures {} bytes, the verifier's {} and {}",
            sizes.public, sizes.signature, facts.public, facts.signature
        )));
    }
    let failed = |error: althing_crypto::module::SignerError| wrong(error.to_string());
    let (mut generate, mut sign) = (Duration::ZERO, Duration::ZERO);
    for number in [1_u8, 2] {
        // Test keys: nobody holds anything under them.
        let seed = vec![number; sizes.seed as usize];
        let started = Instant::now();
        let keys = signer.generate(&seed).map_err(failed)?;
        generate = generate.max(started.elapsed());
        let again = signer.generate(&seed).map_err(failed)?;
        if keys.public != again.public || keys.secret.expose() != again.secret.expose() {
            return Err(wrong("one seed gives two keys, so words could not restore them".into()));
        }
        let message = [b"althing:message:v1".as_slice(), &[number]].concat();
        let randomness = vec![number; sizes.randomness as usize];
        let started = Instant::now();
        let signature = signer.sign(&keys.secret, &message, &randomness).map_err(failed)?;
        sign = sign.max(started.elapsed());
        let verdict = module.run(&keys.public, &message, &signature).verdict;
        if verdict != Outcome::Valid {
            return Err(wrong(format!("the verifier does not accept its signature: {verdict}")));
        }
        if module.run(&keys.public, b"another message", &signature).verdict != Outcome::Invalid {
            return Err(wrong("its signature holds for another message as well".into()));
        }
    }
    let bytes = code.len();
    Ok(SignerReport { hash: hex_hash(code), bytes, sizes, generate, sign })
}
