//! Check signatures in batches: what arrives while one is being checked is the next one.

use std::sync::Arc;

use althing_executor::{invalid_witness, witness_checks};
use althing_frame::WitnessCheck;
use althing_primitives::Extrinsic;
use rayon::ThreadPool;
use tokio::sync::{mpsc, oneshot};

use super::PoolError;
use crate::chain::Chain;

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
    verdict: oneshot::Sender<Result<(), PoolError>>,
}

/// Hands signatures to the batches.
#[derive(Clone, Debug)]
pub(crate) struct Verifier(mpsc::Sender<Job>);

/// Makes the batches.
#[derive(Debug)]
pub(crate) struct VerifierDriver {
    jobs: mpsc::Receiver<Job>,
    chain: Arc<Chain>,
    workers: Option<Arc<ThreadPool>>,
}

impl Verifier {
    /// A verifier on `workers`, or on rayon's own if there are none, that checks as `chain` does.
    pub(crate) fn new(
        chain: Arc<Chain>,
        workers: Option<Arc<ThreadPool>>,
    ) -> (Self, VerifierDriver) {
        let (sender, jobs) = mpsc::channel(WAITING);
        (Self(sender), VerifierDriver { jobs, chain, workers })
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
        answer.await.map_err(|_| PoolError::Stopping)?
    }
}

impl VerifierDriver {
    /// Check batch after batch until every [`Verifier`] is gone.
    pub(crate) async fn run(&mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.jobs.recv_many(&mut batch, BATCH).await > 0 {
            let mut jobs = core::mem::take(&mut batch);
            jobs.retain(|job| !job.verdict.is_closed());
            let (chain, workers) = (Arc::clone(&self.chain), self.workers.clone());
            let work = tokio::task::spawn_blocking(move || match workers {
                Some(workers) => workers.install(|| answer(&chain, jobs)),
                None => answer(&chain, jobs),
            });
            // Backends do not panic; if one did, its submitters hear that the node stops.
            let _ = work.await;
        }
    }
}

fn answer(chain: &Chain, jobs: Vec<Job>) {
    let mut checks = Vec::with_capacity(jobs.len());
    let mut counts = Vec::with_capacity(jobs.len());
    for job in &jobs {
        let part = job.extrinsic.signed_part();
        let of = part.map_or_else(Vec::new, |part| witness_checks(&job.witness, &part.signature));
        counts.push(of.len());
        checks.extend(of);
    }
    let schemes: Vec<_> = checks.iter().map(|(check, _)| check.scheme).collect();
    // A send fails only if the submitter is gone.
    match chain.verifier().verify_mixed(&checks) {
        Ok(verdicts) => {
            let mut verdicts = schemes.into_iter().zip(verdicts);
            for (job, count) in jobs.into_iter().zip(counts) {
                // Every signature of a transaction must be right; the first wrong one is named.
                let of: Vec<_> = verdicts.by_ref().take(count).collect();
                let verdict = of.into_iter().try_for_each(|(scheme, one)| {
                    one.map_err(|error| PoolError::from(invalid_witness(scheme, &error)))
                });
                let _ = job.verdict.send(verdict);
            }
        }
        // Nobody's signature is refused over it: the node stops, and says why to all who wait.
        Err(disagreement) => {
            let halted = Arc::new(chain.halt_over(disagreement));
            for job in jobs {
                let _ = job.verdict.send(Err(Arc::clone(&halted).into()));
            }
        }
    }
}
