//! Check signatures in batches: what arrives while one is being checked is the next one.

use std::sync::Arc;

use althing_crypto::{Check, verify_all};
use althing_executor::invalid_witness;
use althing_frame::{Invalid, WitnessCheck};
use althing_primitives::Extrinsic;
use rayon::ThreadPool;
use tokio::sync::{mpsc, oneshot};

use super::PoolError;

/// Signatures in one batch at most: some milliseconds of work, so that a later one does not wait
/// long.
const BATCH: usize = 256;
/// Signatures that may wait. More submitters than this wait for room.
const WAITING: usize = 1_024;

/// A signature to check.
#[derive(Debug)]
struct Job {
    witness: WitnessCheck,
    extrinsic: Extrinsic,
    verdict: oneshot::Sender<Result<(), Invalid>>,
}

/// Hands signatures to the batches.
#[derive(Clone, Debug)]
pub(crate) struct Verifier(mpsc::Sender<Job>);

/// Makes the batches.
#[derive(Debug)]
pub(crate) struct VerifierDriver {
    jobs: mpsc::Receiver<Job>,
    workers: Option<Arc<ThreadPool>>,
}

impl Verifier {
    /// A verifier on `workers`, or on rayon's own if there are none.
    pub(crate) fn new(workers: Option<Arc<ThreadPool>>) -> (Self, VerifierDriver) {
        let (sender, jobs) = mpsc::channel(WAITING);
        (Self(sender), VerifierDriver { jobs, workers })
    }

    /// Whether the signature of `extrinsic` verifies.
    pub(crate) async fn verify(
        &self,
        witness: WitnessCheck,
        extrinsic: Extrinsic,
    ) -> Result<(), PoolError> {
        let (verdict, answer) = oneshot::channel();
        let job = Job { witness, extrinsic, verdict };
        self.0.send(job).await.map_err(|_| PoolError::Stopping)?;
        Ok(answer.await.map_err(|_| PoolError::Stopping)??)
    }
}

impl VerifierDriver {
    /// Check batch after batch until every [`Verifier`] is gone.
    pub(crate) async fn run(&mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.jobs.recv_many(&mut batch, BATCH).await > 0 {
            let mut jobs = core::mem::take(&mut batch);
            jobs.retain(|job| !job.verdict.is_closed());
            let workers = self.workers.clone();
            let work = tokio::task::spawn_blocking(move || match workers {
                Some(workers) => workers.install(|| answer(jobs)),
                None => answer(jobs),
            });
            // Backends do not panic; if one did, its submitters hear that the node stops.
            let _ = work.await;
        }
    }
}

fn answer(jobs: Vec<Job>) {
    let checks: Vec<Check<'_>> = jobs
        .iter()
        .map(|job| Check {
            scheme: job.witness.scheme,
            public: &job.witness.public,
            message: &job.witness.payload,
            signature: job.extrinsic.signed_part().map_or(&[], |part| part.signature.signature()),
        })
        .collect();
    let verdicts = verify_all(&checks);
    for (job, verdict) in jobs.into_iter().zip(verdicts) {
        let scheme = job.witness.scheme;
        // An error means that the submitter is gone.
        let _ = job.verdict.send(verdict.map_err(|error| invalid_witness(scheme, &error)));
    }
}
