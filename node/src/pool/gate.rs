//! The way to the verifier: whoever wants a signature checked waits here for its turn.
//!
//! [`Lines`] decides; this wakes those whose turn has come. The lock is held for moments only, and
//! never across an await.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use althing_primitives::AccountId;
use tokio::sync::{Notify, oneshot};

use super::lines::{Grant, Lines, Load, Next, Terms, Turned, Verdict};
use super::{PoolError, Source};

/// Tells whoever waits: go, or go away.
type Waiter = oneshot::Sender<Result<Pass, Turned>>;

/// The way to the verifier.
#[derive(Debug)]
pub(crate) struct Gate {
    lines: Mutex<Lines<Waiter>>,
    began: Instant,
    /// Somebody waits for nothing but time.
    paused: Notify,
}

/// One check under way. Dropping it says that nobody wants to know any more.
#[derive(Debug)]
pub(crate) struct Pass {
    gate: Arc<Gate>,
    grant: Option<Grant>,
}

impl Gate {
    pub(crate) fn new(terms: Terms) -> Arc<Self> {
        let lines = Mutex::new(Lines::new(terms, 0));
        Arc::new(Self { lines, began: Instant::now(), paused: Notify::new() })
    }

    /// Refuse what is certain to be refused, before anything is spent on it.
    pub(crate) fn glance(
        &self,
        source: Source,
        account: Option<&AccountId>,
    ) -> Result<(), PoolError> {
        Ok(self.lock().glance(source, account, self.now_ms())?)
    }

    /// How many bytes wait for their turn.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().bytes()
    }

    /// Wait for the turn of a transaction that names `account`.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        source: Source,
        account: AccountId,
        load: Load,
    ) -> Result<Pass, PoolError> {
        let (waiter, turn) = oneshot::channel();
        let joined = self.lock().join((source, account), (waiter, load), self.now_ms());
        match joined {
            // An error means that the submitter is gone.
            Ok(out) => out.into_iter().for_each(|(other, turned)| drop(other.send(Err(turned)))),
            Err((_, turned)) => return Err(turned.into()),
        }
        self.serve();
        Ok(turn.await.map_err(|_| PoolError::Stopping)??)
    }

    /// Serve those who wait for time to pass. Runs for ever.
    pub(crate) async fn pace(self: &Arc<Self>) {
        loop {
            self.paused.notified().await;
            while let Some(wait) = self.serve() {
                tokio::time::sleep(Duration::from_millis(wait)).await;
            }
        }
    }

    /// Let everybody go whose turn has come. Says when to look again, if only time can help.
    fn serve(self: &Arc<Self>) -> Option<u64> {
        let now = self.now_ms();
        let mut lines = self.lock();
        let wait = loop {
            match lines.next(now) {
                Next::Go(waiter, grant) => {
                    let pass = Pass { gate: Arc::clone(self), grant: Some(grant) };
                    if let Err(Ok(mut pass)) = waiter.send(Ok(pass)) {
                        // It must not drop while the lock is held.
                        pass.grant = None;
                        lines.settle(grant, Verdict::Dropped);
                    }
                }
                // An error means that the submitter is gone.
                Next::Turn(waiter, turned) => drop(waiter.send(Err(turned))),
                Next::Wait(wait) => break wait,
            }
        };
        drop(lines);
        if wait.is_some() {
            self.paused.notify_one();
        }
        wait
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Lines<Waiter>> {
        // A panic while it is held is a bug of the lines; their parts are sound one by one.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    /// Say how the check ended.
    pub(crate) fn settle(mut self, verdict: Verdict) {
        self.end(verdict);
    }

    fn end(&mut self, verdict: Verdict) {
        if let Some(grant) = self.grant.take() {
            self.gate.lock().settle(grant, verdict);
            self.gate.serve();
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.end(Verdict::Dropped);
    }
}

impl From<Turned> for PoolError {
    fn from(turned: Turned) -> Self {
        match turned {
            Turned::Spent { wait_ms } => Self::Throttled { wait_ms },
            Turned::Crowded { bytes } => Self::Crowded { bytes },
        }
    }
}
