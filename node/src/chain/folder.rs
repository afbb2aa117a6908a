//! Fold the changes of old blocks into pages, in the background.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use althing_primitives::BlockNumber;

use super::RECENT;
use crate::store::{Store, StoreError};

/// Blocks that gather before folding is worth its writes.
const STRIDE: BlockNumber = 64;

/// A thread that follows the head at a distance. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    heads: Option<SyncSender<BlockNumber>>,
    thread: Option<JoinHandle<()>>,
}

impl Folder {
    /// Fold `store`; `failed` is called if that does not work, and nothing is folded afterwards.
    pub(crate) fn start(
        store: Arc<dyn Store>,
        failed: impl FnOnce(StoreError) + Send + 'static,
    ) -> Result<Self, std::io::Error> {
        let (sender, receiver) = sync_channel(1);
        let thread = std::thread::Builder::new().name("fold".into()).spawn(move || {
            if let Err(error) = follow(store.as_ref(), &receiver) {
                failed(error);
            }
        })?;
        Ok(Self { heads: Some(sender), thread: Some(thread) })
    }

    /// The head is now at `number`.
    pub(crate) fn advance(&self, number: BlockNumber) {
        if let Some(heads) = &self.heads {
            // While the thread is busy it needs no more news: the next block brings some.
            let _ = heads.try_send(number);
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.heads = None;
        if let Some(thread) = self.thread.take() {
            // A panic in there is a bug that ends nothing but folding; the store is sound.
            let _ = thread.join();
        }
    }
}

fn follow(store: &dyn Store, heads: &Receiver<BlockNumber>) -> Result<(), StoreError> {
    let mut folded = 0;
    while let Ok(head) = heads.recv() {
        let up_to = head.saturating_sub(RECENT);
        if up_to >= STRIDE.saturating_add(folded) {
            store.fold(up_to)?;
            folded = up_to;
        }
    }
    Ok(())
}
