//! Schemes that members vote in: verifier and signer as Wasm modules, in the sandbox that runs them
//! on a chain.
//!
//! A manifest names the files, which lie beside it: what `runtime/crypto/modules/artifacts` holds
//! for the shipped examples.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use althing_crypto::module::{Outcome, SignerModule};
use althing_crypto::signing::{Entropy as _, KeyPair, OsEntropy};
use althing_crypto::{Module, ModuleFacts};
use serde::Deserialize;

use super::crypto::{Column, MESSAGE, Subject};
use super::error::BenchError;

#[derive(Deserialize)]
struct Manifest {
    name: String,
    family: String,
    public: u32,
    signature: u32,
    fuel_max: u64,
    verifier: Part,
    signer: Part,
}

#[derive(Deserialize)]
struct Part {
    file: PathBuf,
}

/// Everything that is measured of the scheme in this manifest.
pub(super) fn of_module(path: &Path) -> Result<Subject, BenchError> {
    let manifest = fs::read(path).map_err(BenchError::io("read", path))?;
    let manifest: Manifest = serde_json::from_slice(&manifest)
        .map_err(|source| BenchError::Manifest { path: path.to_owned(), source })?;
    let code = |part: &Part| {
        let path = path.with_file_name(&part.file);
        fs::read(&path).map_err(BenchError::io("read", path))
    };
    let Manifest { public, signature, fuel_max, .. } = manifest;
    let facts = ModuleFacts { public, signature, fuel_max };
    let verifier = Module::compile(&code(&manifest.verifier)?, facts)?;
    let signer = Arc::new(SignerModule::compile(&code(&manifest.signer)?)?);

    let seed = random(signer.sizes().seed)?;
    let KeyPair { public, secret } = signer.generate(&seed)?;
    let coins = random(signer.sizes().randomness)?;
    let signature = signer.sign(&secret, &MESSAGE, &coins)?;
    let run = verifier.run(&public, &MESSAGE, &signature);
    valid(run.verdict)?;

    let mut subject = Subject::new(&manifest.name, &manifest.family, &public, &signature);
    subject.fuel = Some(run.fuel);
    let maker = Arc::clone(&signer);
    subject.add(Column::Generate, 1, move || {
        black_box(maker.generate(&seed)?);
        Ok(())
    });
    subject.add(Column::Sign, 1, move || {
        black_box(signer.sign(&secret, &MESSAGE, &coins)?);
        Ok(())
    });
    subject.add(Column::Module, 1, move || {
        valid(verifier.run(black_box(&public), &MESSAGE, &signature).verdict)
    });
    Ok(subject)
}

fn random(length: u32) -> Result<Vec<u8>, BenchError> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    OsEntropy.fill(&mut bytes)?;
    Ok(bytes)
}

fn valid(verdict: Outcome) -> Result<(), BenchError> {
    if verdict == Outcome::Valid { Ok(()) } else { Err(BenchError::Bytes) }
}
