//! What lies in a node's folder, read without the program.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use althing_node::blocks_file;
use althing_node::chain::{Chain, ChainConfig};
use althing_node::service::{Threads, executor, open_store, stored_spec};
use althing_runtime::AlthingRuntime;

/// The chain in a folder that no node is using. Opening it compares the rows of all recent heights
/// with their headers.
pub fn open(base_path: &Path) -> Arc<Chain> {
    let store = open_store(Some(base_path)).unwrap();
    let spec = stored_spec(store.as_ref()).unwrap().unwrap();
    let (executor, _) = executor(Arc::new(AlthingRuntime::new()), Threads::Cores).unwrap();
    Chain::open(ChainConfig { spec, executor, store }).unwrap()
}

/// Execute the blocks of `chain` that `witness` has not seen, signatures verified. A witness that
/// has seen another block at some height does not accept what follows. Without a witness there is
/// a new one, at genesis, in memory.
pub fn replay(chain: &Chain, witness: Option<Arc<Chain>>) -> Arc<Chain> {
    let witness = witness.unwrap_or_else(|| {
        let (executor, _) = executor(Arc::new(AlthingRuntime::new()), Threads::Serial).unwrap();
        let (spec, store) = (chain.spec().clone(), open_store(None).unwrap());
        Chain::open(ChainConfig { spec, executor, store }).unwrap()
    });
    let mut blocks = Vec::new();
    blocks_file::export(chain, &mut blocks).unwrap();
    blocks_file::import(&witness, &mut &blocks[..]).unwrap();
    witness
}

/// A copy of a folder as it lies there.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
