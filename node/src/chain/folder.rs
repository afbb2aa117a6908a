//! Fold the changes of old blocks into pages, throw old signatures away and let go of old states, in
//! the background.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use althing_primitives::{BlockNumber, Extrinsic};
use parity_scale_codec::Encode;

use super::history::History;
use super::pruned::PrunedBody;
use super::{ChainError, Head, RECENT};

/// Blocks that gather before folding is worth its writes.
const STRIDE: BlockNumber = 64;
/// Blocks that are pruned in one batch at most.
const PRUNED_BLOCKS: BlockNumber = 64;
/// Bytes of whole bodies that are pruned in one batch, about.
const PRUNED_BYTES: usize = 16 * 1024 * 1024;

/// Old states that wait to be let go; with more of them, whoever brings one does it.
const GONE: usize = 64;

/// A thread that follows the head at a distance. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    heads: Option<SyncSender<BlockNumber>>,
    gone: SyncSender<Arc<Head>>,
    /// How many blocks keep their signatures; all of them if none is said.
    witnesses: Arc<AtomicU32>,
    thread: Option<JoinHandle<()>>,
}

impl Folder {
    /// Fold what `history` stands on; `failed` is called if that does not work, and nothing is
    /// folded afterwards.
    pub(crate) fn start(
        history: History,
        failed: impl FnOnce(ChainError) + Send + 'static,
    ) -> Result<Self, std::io::Error> {
        let (sender, receiver) = sync_channel(1);
        let (gone, going) = sync_channel(GONE);
        let witnesses = Arc::new(AtomicU32::new(BlockNumber::MAX));
        let kept = Arc::clone(&witnesses);
        let thread = std::thread::Builder::new().name("fold".into()).spawn(move || {
            if let Err(error) = follow(&history, (&receiver, &going), &kept) {
                failed(error);
            }
        })?;
        Ok(Self { heads: Some(sender), gone, witnesses, thread: Some(thread) })
    }

    /// Keep the signatures of so many blocks from the next head on.
    pub(crate) fn prune(&self, blocks: BlockNumber) {
        self.witnesses.store(blocks, Ordering::Release);
    }

    /// The head is now at `number`, and another one too old for anyone to ask for its state.
    pub(crate) fn advance(&self, number: BlockNumber, gone: Option<Arc<Head>>) {
        // If there is no room for it, it is dropped right here.
        drop(gone.map(|gone| self.gone.try_send(gone)));
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

fn follow(
    history: &History,
    (heads, going): (&Receiver<BlockNumber>, &Receiver<Arc<Head>>),
    witnesses: &AtomicU32,
) -> Result<(), ChainError> {
    while let Ok(head) = heads.recv() {
        going.try_iter().for_each(drop);
        let up_to = head.saturating_sub(RECENT);
        if up_to >= STRIDE.saturating_add(history.0.folded_to()) {
            history.0.fold(up_to)?;
        }
        let kept = witnesses.load(Ordering::Acquire);
        prune(history, head.saturating_sub(kept).min(history.0.folded_to()))?;
    }
    Ok(())
}

/// Prune the bodies of all blocks up to this one.
fn prune(history: &History, up_to: BlockNumber) -> Result<(), ChainError> {
    loop {
        let first = history.0.pruned_to().saturating_add(1);
        let last = up_to.min(first.saturating_add(PRUNED_BLOCKS));
        let mut bodies = Vec::new();
        let mut bytes: usize = 0;
        for number in first..=last {
            let (body, whole) = pruned(history, number)?;
            bodies.push((number, body));
            bytes = bytes.saturating_add(whole);
            if bytes >= PRUNED_BYTES {
                break;
            }
        }
        if bodies.is_empty() {
            return Ok(());
        }
        history.0.prune(bodies)?;
    }
}

/// What is kept of a block's body, checked against its header, and how long the whole one is.
fn pruned(history: &History, number: BlockNumber) -> Result<(Vec<u8>, usize), ChainError> {
    let block = history.block(number)?.ok_or(ChainError::Unknown { at: number.into() })?;
    let bytes = block.extrinsics.iter().map(Vec::len).fold(0, usize::saturating_add);
    let decode = |bytes: Vec<u8>| {
        Extrinsic::decode(bytes).map_err(|_| ChainError::Undecodable { what: "body", number })
    };
    let extrinsics = block.extrinsics.into_iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    let body = PrunedBody::of(&extrinsics);
    body.check(&block.header)?;
    Ok((body.encode(), bytes))
}
