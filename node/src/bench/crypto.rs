//! Every scheme and every KEM by itself, with Ed25519 in the same run: what members, validators and
//! disks pay for each.
//!
//! One thread, and the time that it runs on a processor, which other programs disturb least. Every
//! figure is the median of several samples, and a sample repeats its work for at least [`SAMPLE`],
//! so that the clock does not show. Work takes turns: each sample of all schemes comes before the
//! next sample of any.

use std::cell::RefCell;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use althing_crypto::signing::{
    KeyPair, OsEntropy, RandomKem, Signer, SigningScheme, random_kem, signing_scheme,
};
use althing_crypto::{Backend, Check, KemKeyPair, SchemeId, kems, schemes};
use aws_lc_rs::kem::{DecapsulationKey, EncapsulationKey, ML_KEM_768};
use aws_lc_rs::signature::{
    ED25519, Ed25519KeyPair, KeyPair as _, ML_DSA_87, ML_DSA_87_SIGNING, PqdsaKeyPair,
    UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};

use super::error::BenchError;
use super::machine::Machine;
use super::measure::{float, micros, processor_time, timed};
use super::module::of_module;

/// The least time of a sample: the system counts in steps of a few milliseconds.
const SAMPLE: Duration = Duration::from_millis(25);
/// As many bytes as a signed call with its extensions.
pub(super) const MESSAGE: [u8; 150] = [7; 150];

/// One signature scheme. Times in microseconds of a processor; none where there is no such code.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct SchemeFigures {
    pub(crate) scheme: String,
    pub(crate) family: String,
    pub(crate) public_bytes: usize,
    pub(crate) signature_bytes: usize,
    pub(crate) generate_us: f64,
    /// With the secret expanded before.
    pub(crate) sign_us: f64,
    /// By code of the program itself; none for schemes that are modules.
    pub(crate) verify_canonical_us: Option<f64>,
    pub(crate) verify_fast_us: Option<f64>,
    /// Each signature of a batch, by the backend that decides in nodes.
    pub(crate) verify_batch_us: Option<f64>,
    /// With the public key decoded before.
    pub(crate) verify_prepared_us: Option<f64>,
    /// In the sandbox, an instance of its own each time; none for code of the program itself.
    pub(crate) verify_module_us: Option<f64>,
    /// What that takes of the fuel cap.
    pub(crate) fuel: Option<u64>,
}

/// One KEM. Times in microseconds of a processor.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct KemFigures {
    pub(crate) kem: String,
    pub(crate) public_bytes: usize,
    pub(crate) ciphertext_bytes: usize,
    pub(crate) generate_us: f64,
    pub(crate) encapsulate_us: f64,
    pub(crate) decapsulate_us: f64,
}

/// The whole table.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct CryptoFigures {
    pub(crate) schemes: Vec<SchemeFigures>,
    pub(crate) kems: Vec<KemFigures>,
    /// Signatures in a batch.
    pub(crate) batch: usize,
    /// Samples of each figure.
    pub(crate) runs: usize,
    pub(crate) machine: Machine,
}

/// Measure everything, so many times, and with it the schemes of these manifests.
pub(crate) fn measure(
    (batch, runs): (usize, usize),
    manifests: &[PathBuf],
) -> Result<CryptoFigures, BenchError> {
    let machine = Machine::here();
    let mut subjects = vec![ed25519()?];
    for scheme in schemes() {
        subjects.push(of_scheme(scheme.id(), batch)?);
    }
    for manifest in manifests {
        subjects.push(of_module(manifest)?);
    }
    subjects.push(ml_dsa_87_of_aws_lc()?);
    let mut kem_subjects = Vec::new();
    for kem in kems() {
        kem_subjects.push(of_kem(kem.id())?);
    }
    kem_subjects.push(of_aws_lc()?);

    let all = || subjects.iter().chain(&kem_subjects).flat_map(|subject| &subject.works);
    let mut samples: Vec<Vec<f64>> = all().map(|_| Vec::new()).collect();
    for _ in 0..runs.max(1) {
        for (work, samples) in all().zip(&mut samples) {
            samples.push(sample(work)?);
        }
    }
    let mut medians = samples.into_iter().map(middle);
    let schemes = subjects.iter().map(|subject| subject.scheme(&mut medians)).collect();
    let kems = kem_subjects.iter().map(|subject| subject.kem(&mut medians)).collect();
    Ok(CryptoFigures { schemes, kems, batch, runs, machine })
}

/// One thing to repeat; how many operations it is.
struct Work {
    column: Column,
    operations: usize,
    once: Box<dyn Fn() -> Result<(), BenchError>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Column {
    Generate,
    Sign,
    Canonical,
    Fast,
    Batch,
    Prepared,
    Module,
    Encapsulate,
    Decapsulate,
}

/// What is measured under one name.
pub(super) struct Subject {
    name: String,
    family: String,
    public_bytes: usize,
    /// Of a signature or ciphertext.
    sent_bytes: usize,
    /// Of one verification by a module.
    pub(super) fuel: Option<u64>,
    works: Vec<Work>,
}

impl Subject {
    /// Nothing measured yet. `sent` is a signature or ciphertext.
    pub(super) fn new(name: &str, family: &str, public: &[u8], sent: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            family: family.to_owned(),
            public_bytes: public.len(),
            sent_bytes: sent.len(),
            fuel: None,
            works: Vec::new(),
        }
    }

    pub(super) fn add(
        &mut self,
        column: Column,
        operations: usize,
        once: impl Fn() -> Result<(), BenchError> + 'static,
    ) {
        self.works.push(Work { column, operations, once: Box::new(once) });
    }

    /// The medians of its works, which come next.
    fn columns(&self, medians: &mut impl Iterator<Item = f64>) -> Vec<(Column, f64)> {
        self.works.iter().map(|work| work.column).zip(medians).collect()
    }

    fn scheme(&self, medians: &mut impl Iterator<Item = f64>) -> SchemeFigures {
        let columns = self.columns(medians);
        let of = |column| find(&columns, column);
        SchemeFigures {
            scheme: self.name.clone(),
            family: self.family.clone(),
            public_bytes: self.public_bytes,
            signature_bytes: self.sent_bytes,
            generate_us: of(Column::Generate).unwrap_or_default(),
            sign_us: of(Column::Sign).unwrap_or_default(),
            verify_canonical_us: of(Column::Canonical),
            verify_fast_us: of(Column::Fast),
            verify_batch_us: of(Column::Batch),
            verify_prepared_us: of(Column::Prepared),
            verify_module_us: of(Column::Module),
            fuel: self.fuel,
        }
    }

    fn kem(&self, medians: &mut impl Iterator<Item = f64>) -> KemFigures {
        let columns = self.columns(medians);
        let of = |column| find(&columns, column).unwrap_or_default();
        KemFigures {
            kem: self.name.clone(),
            public_bytes: self.public_bytes,
            ciphertext_bytes: self.sent_bytes,
            generate_us: of(Column::Generate),
            encapsulate_us: of(Column::Encapsulate),
            decapsulate_us: of(Column::Decapsulate),
        }
    }
}

fn find(columns: &[(Column, f64)], wanted: Column) -> Option<f64> {
    columns.iter().find(|(column, _)| *column == wanted).map(|(_, median)| *median)
}

/// Microseconds of one operation.
fn sample(work: &Work) -> Result<f64, BenchError> {
    // Systems that do not say how long a thread ran leave the clock on the wall.
    let says = processor_time() > Duration::ZERO;
    let mut repeats = 1_usize;
    loop {
        let (done, took) = timed(|| (0..repeats).try_for_each(|_| (work.once)()));
        done?;
        let spent = if says { took.cpu } else { took.wall };
        if spent >= SAMPLE {
            return Ok(micros(spent) / float(repeats.saturating_mul(work.operations)));
        }
        repeats = repeats.saturating_mul(2);
    }
}

fn middle(mut samples: Vec<f64>) -> f64 {
    samples.sort_unstable_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or_default()
}

/// A verdict that has to be "valid".
fn valid(verdict: bool) -> Result<(), BenchError> {
    if verdict { Ok(()) } else { Err(BenchError::Bytes) }
}

fn of_scheme(id: SchemeId, batch: usize) -> Result<Subject, BenchError> {
    let scheme: &'static dyn SigningScheme =
        signing_scheme(id).ok_or(BenchError::NoSigner { scheme: id })?;
    let KeyPair { public, secret } = scheme.generate(&mut OsEntropy)?;
    let signer = scheme.signer(&secret)?;
    let signature = signer.sign(&MESSAGE)?;
    let family = format!("{:?}", scheme.family()).to_lowercase();
    let mut subject = Subject::new(scheme.name(), &family, &public, &signature);
    subject.add(Column::Generate, 1, move || {
        black_box(scheme.generate(&mut OsEntropy)?);
        Ok(())
    });
    let (canonical, fast) = (scheme.canonical(), scheme.fast());
    verifies(&mut subject, (Column::Canonical, canonical), (&public, &signature));
    if let Some(fast) = fast {
        verifies(&mut subject, (Column::Fast, fast), (&public, &signature));
    }
    let deciding = fast.unwrap_or(canonical);
    if let Some(key) = deciding.prepare(&public) {
        let signature = signature.clone();
        subject.add(Column::Prepared, 1, move || valid(key.verify(&MESSAGE, &signature)));
    }
    batches(&mut subject, (deciding, id), (&*signer, public), batch)?;
    subject.add(Column::Sign, 1, move || {
        black_box(signer.sign(black_box(&MESSAGE))?);
        Ok(())
    });
    Ok(subject)
}

fn verifies(
    subject: &mut Subject,
    (column, backend): (Column, &'static dyn Backend),
    (public, signature): (&[u8], &[u8]),
) {
    let (public, signature) = (public.to_vec(), signature.to_vec());
    subject.add(column, 1, move || valid(backend.verify(black_box(&public), &MESSAGE, &signature)));
}

/// A batch over messages of their own, so that lanes differ. Slow signers sign sixteen at most.
fn batches(
    subject: &mut Subject,
    (backend, scheme): (&'static dyn Backend, SchemeId),
    (signer, public): (&dyn Signer, Vec<u8>),
    batch: usize,
) -> Result<(), BenchError> {
    let distinct = batch.clamp(1, 16);
    let mut made = Vec::with_capacity(distinct);
    for number in 0..distinct {
        let mut message = MESSAGE;
        message[0] = u8::try_from(number).unwrap_or_default();
        made.push((message, signer.sign(&message)?));
    }
    let batch = batch.max(1);
    let made: Vec<_> = made.iter().cycle().take(batch).cloned().collect();
    let lanes = backend.lanes().max(1);
    subject.add(Column::Batch, batch, move || {
        let checks: Vec<_> = made
            .iter()
            .map(|(message, signature)| Check { scheme, public: &public, message, signature })
            .collect();
        let mut verdicts = checks.chunks(lanes).flat_map(|checks| backend.verify_batch(checks));
        valid(verdicts.all(|verdict| verdict))
    });
    Ok(())
}

fn ed25519() -> Result<Subject, BenchError> {
    let refused = |_| BenchError::Yardstick { name: "ed25519" };
    let pair = Ed25519KeyPair::generate().map_err(refused)?;
    let public = pair.public_key().as_ref().to_vec();
    let signature = pair.sign(&MESSAGE).as_ref().to_vec();
    let mut subject = Subject::new("ed25519 (yardstick)", "curve", &public, &signature);
    subject.add(Column::Generate, 1, move || {
        black_box(Ed25519KeyPair::generate().map_err(refused)?);
        Ok(())
    });
    subject.add(Column::Sign, 1, move || {
        black_box(pair.sign(black_box(&MESSAGE)));
        Ok(())
    });
    // One library, so there is one column; a node has no batches of it.
    for column in [Column::Canonical, Column::Batch] {
        let (public, signature) = (public.clone(), signature.clone());
        subject.add(column, 1, move || {
            let key = UnparsedPublicKey::new(&ED25519, black_box(&public));
            key.verify(&MESSAGE, &signature).map_err(refused)
        });
    }
    Ok(subject)
}

/// ML-DSA-87 by AWS-LC: what the module of that scheme would take as code of the program.
fn ml_dsa_87_of_aws_lc() -> Result<Subject, BenchError> {
    let name = "ml-dsa-87 (aws-lc-rs, yardstick)";
    let refused = |_| BenchError::Yardstick { name };
    let pair = PqdsaKeyPair::generate(&ML_DSA_87_SIGNING).map_err(refused)?;
    let public = pair.public_key().as_ref().to_vec();
    let mut signature = vec![0; ML_DSA_87_SIGNING.signature_len()];
    pair.sign(&MESSAGE, &mut signature).map_err(refused)?;
    let mut subject = Subject::new(name, "lattice", &public, &signature);
    subject.add(Column::Generate, 1, move || {
        black_box(PqdsaKeyPair::generate(&ML_DSA_87_SIGNING).map_err(refused)?);
        Ok(())
    });
    let mut made = signature.clone();
    made.fill(0);
    let made = RefCell::new(made);
    subject.add(Column::Sign, 1, move || {
        pair.sign(black_box(&MESSAGE), &mut made.borrow_mut()).map_err(refused)?;
        Ok(())
    });
    subject.add(Column::Fast, 1, move || {
        let key = UnparsedPublicKey::new(&ML_DSA_87, black_box(&public));
        key.verify(&MESSAGE, &signature).map_err(refused)
    });
    Ok(subject)
}

fn of_kem(id: SchemeId) -> Result<Subject, BenchError> {
    let kem: &'static dyn RandomKem = random_kem(id).ok_or(BenchError::NoSigner { scheme: id })?;
    let KemKeyPair { public, secret } = kem.generate(&mut OsEntropy)?;
    let made = kem.encapsulate(&public, &mut OsEntropy)?;
    let family = format!("{:?}", kem.family()).to_lowercase();
    let mut subject = Subject::new(kem.name(), &family, &public, &made.ciphertext);
    subject.add(Column::Generate, 1, move || {
        black_box(kem.generate(&mut OsEntropy)?);
        Ok(())
    });
    subject.add(Column::Encapsulate, 1, move || {
        black_box(kem.encapsulate(black_box(&public), &mut OsEntropy)?);
        Ok(())
    });
    subject.add(Column::Decapsulate, 1, move || {
        let shared = kem.decapsulate(&secret, black_box(&made.ciphertext))?;
        valid(shared.expose() == made.shared.expose())
    });
    Ok(subject)
}

/// ML-KEM by AWS-LC, which is no backend of ours: C13 of `specs/cryptography.md` says why, and this
/// row what it would save. It draws its own coins and keeps the expanded key.
fn of_aws_lc() -> Result<Subject, BenchError> {
    let name = "ml-kem-768 (aws-lc-rs, yardstick)";
    let refused = || BenchError::Yardstick { name };
    let secret = DecapsulationKey::generate(&ML_KEM_768).map_err(|_| refused())?;
    let public = secret.encapsulation_key().map_err(|_| refused())?;
    let public = public.key_bytes().map_err(|_| refused())?.as_ref().to_vec();
    let key = EncapsulationKey::new(&ML_KEM_768, &public).map_err(|_| refused())?;
    let (ciphertext, shared) = key.encapsulate().map_err(|_| refused())?;
    let ciphertext = ciphertext.as_ref().to_vec();
    let mut subject = Subject::new(name, "lattice", &public, &ciphertext);
    subject.add(Column::Generate, 1, move || {
        black_box(DecapsulationKey::generate(&ML_KEM_768).map_err(|_| refused())?);
        Ok(())
    });
    subject.add(Column::Encapsulate, 1, move || {
        let key = EncapsulationKey::new(&ML_KEM_768, black_box(&public)).map_err(|_| refused())?;
        black_box(key.encapsulate().map_err(|_| refused())?);
        Ok(())
    });
    subject.add(Column::Decapsulate, 1, move || {
        let found = secret.decapsulate(ciphertext[..].into()).map_err(|_| refused())?;
        valid(found.as_ref() == shared.as_ref())
    });
    Ok(subject)
}

/// The tables of `specs/benchmarks.md`.
pub(crate) fn tables(figures: &CryptoFigures) -> String {
    let mut out = format!(
        "| scheme | family | public | signature | new key us | sign us | verify canonical us | \
         verify fast us | verify Wasm us | fuel | key decoded before us | in batches of {} us |\n{}\n",
        figures.batch, "|---|---|---|---|---|---|---|---|---|---|---|---|"
    );
    for one in &figures.schemes {
        let maybe = |us: Option<f64>| us.map_or("-".to_owned(), time);
        let cells = [
            format!("`{}`", one.scheme),
            one.family.clone(),
            one.public_bytes.to_string(),
            one.signature_bytes.to_string(),
            time(one.generate_us),
            time(one.sign_us),
            maybe(one.verify_canonical_us),
            maybe(one.verify_fast_us),
            maybe(one.verify_module_us),
            one.fuel.map_or("-".to_owned(), |fuel| fuel.to_string()),
            maybe(one.verify_prepared_us),
            maybe(one.verify_batch_us),
        ];
        out.extend(["| ", &cells.join(" | "), " |\n"]);
    }
    out.push_str(
        "\n| KEM | public | ciphertext | new key us | encapsulate us | decapsulate us |\n\
         |---|---|---|---|---|---|\n",
    );
    for one in &figures.kems {
        let cells = [
            format!("`{}`", one.kem),
            one.public_bytes.to_string(),
            one.ciphertext_bytes.to_string(),
            time(one.generate_us),
            time(one.encapsulate_us),
            time(one.decapsulate_us),
        ];
        out.extend(["| ", &cells.join(" | "), " |\n"]);
    }
    out
}

/// Three digits or more.
fn time(us: f64) -> String {
    if us < 100.0 { format!("{us:.1}") } else { format!("{us:.0}") }
}

/// The tables with the machine before them.
pub(crate) fn describe(figures: &CryptoFigures) -> String {
    let machine = super::text::machine(&figures.machine);
    let runs = figures.runs;
    format!("{machine}\none thread, processor time, median of {runs}\n\n{}", tables(figures))
}
