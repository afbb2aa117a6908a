//! Signatures in batches, by themselves: what verification costs without anything around it.

use althing_crypto::{Backends, Check, Verifier};
use althing_primitives::SchemeId;
use rayon::ThreadPoolBuilder;
use serde::{Deserialize, Serialize};

use super::error::BenchError;
use super::machine::Machine;
use super::measure::{float, median, micros, ratio, timed};
use super::members::{Witness, members, noise, scheme_name};

/// Bytes of a message: as many as a signed call with its extensions.
const MESSAGE: usize = 150;
/// Keys that sign by turns.
const KEYS: usize = 64;

/// One scheme, measured.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct VerifyFigures {
    /// The scheme.
    pub(crate) scheme: String,
    /// Signatures in a batch.
    pub(crate) signatures: usize,
    /// Workers of the parallel figure.
    pub(crate) workers: usize,
    /// Wall time of each signature on one worker.
    pub(crate) one_worker_us: f64,
    /// Wall time of each signature on all workers.
    pub(crate) parallel_us: f64,
    /// Processor time of each signature on one worker.
    pub(crate) cpu_us: f64,
    /// One worker over all.
    pub(crate) speedup: f64,
    /// The machine.
    pub(crate) machine: Machine,
}

/// Measure a scheme: a batch of `signatures` by [`KEYS`] keys, so many times.
pub(crate) fn measure(
    (scheme, backends): (SchemeId, Backends),
    signatures: usize,
    (workers, runs): (usize, usize),
) -> Result<VerifyFigures, BenchError> {
    let machine = Machine::here();
    let many = ThreadPoolBuilder::new().num_threads(workers).build()?;
    let one = ThreadPoolBuilder::new().num_threads(1).build()?;
    let numbers: Vec<_> = (0..KEYS.min(signatures.max(1))).collect();
    let signers = many.install(|| members(&numbers, Witness::Signed(scheme)))?;
    let mut batch = Vec::with_capacity(signatures);
    for (number, member) in signers.iter().cycle().take(signatures).enumerate() {
        let message = noise(number, MESSAGE);
        let signer = member.signer(scheme)?.ok_or(BenchError::NoSigner { scheme })?;
        batch.push((&member.public, signer.sign(&message)?, message));
    }
    let checks: Vec<_> = batch
        .iter()
        .map(|(public, signature, message)| Check { scheme, public, message, signature })
        .collect();
    // No key is kept: every signature pays for its own.
    let verifier = Verifier::new(backends);
    let sample = |pool: &rayon::ThreadPool| {
        let (verdicts, took) = timed(|| pool.install(|| verifier.verify_all(&checks)));
        if verdicts?.iter().all(Result::is_ok) { Ok(took) } else { Err(BenchError::Bytes) }
    };
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for _ in 0..runs.max(1) {
        alone.push(sample(&one)?);
        together.push(sample(&many)?);
    }
    let count = float(signatures.max(1));
    let (alone, together) = (median(&alone), median(&together));
    Ok(VerifyFigures {
        scheme: scheme_name(scheme),
        signatures,
        workers,
        one_worker_us: micros(alone.wall) / count,
        parallel_us: micros(together.wall) / count,
        cpu_us: micros(alone.cpu) / count,
        speedup: ratio(micros(alone.wall), micros(together.wall)),
        machine,
    })
}

/// The figures as a line.
pub(crate) fn describe(figures: &VerifyFigures) -> String {
    let VerifyFigures { scheme, signatures, workers, one_worker_us, parallel_us, .. } = figures;
    let tps = ratio(1e6, *parallel_us);
    format!(
        "{scheme}: batches of {signatures}, one worker {one_worker_us:.1} us each, {} \
         {parallel_us:.1} us each ({tps:.0}/s), speed-up {:.2}\n",
        super::text::workers(*workers),
        figures.speedup
    )
}
