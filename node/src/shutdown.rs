//! Tell every task of the node that it is time to end.

use tokio::sync::watch;

/// Held by whoever ends the node; dropping it ends the node too.
#[derive(Debug)]
pub struct Shutdown(watch::Sender<bool>);

/// Held by each task.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Shutdown {
    /// A node that goes on until told otherwise.
    pub fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stop(receiver))
    }

    /// Ask all tasks to end.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Whether the node ends.
    pub fn is_requested(&self) -> bool {
        // A closed channel keeps its last value, so the owner's end has to be looked at as well.
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Wait until the node ends.
    pub async fn requested(&mut self) {
        // An error means that the owner is gone, which ends the node as well.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}
