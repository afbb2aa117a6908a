//! `export-blocks` and `import-blocks`: a chain without a running node.

use std::io::Write;
use std::sync::Arc;

use althing_crypto::{Backends, Verifier};
use althing_runtime::AlthingRuntime;

use super::CliError;
use super::options::{ExportOptions, ImportOptions, Place};
use crate::blocks_file;
use crate::chain::{Chain, ChainConfig};
use crate::service::{Threads, executor, open_store, stored_spec, verifier};
use crate::spec::ChainSpec;
use crate::store::Store;

/// Write all blocks to a file.
pub(super) fn export(options: &ExportOptions) -> Result<(), CliError> {
    let ExportOptions { blocks: options, force } = options;
    let chain = open(&options.place, verifier(Backends::Fast))?;
    let last = blocks_file::export_file(&chain, &options.file, *force)?;
    report(&format!("wrote blocks 1 to {last}, head {}", chain.head().hash))
}

/// Execute all blocks of a file.
pub(super) fn import(options: &ImportOptions) -> Result<(), CliError> {
    let ImportOptions { blocks: options, checks } = options;
    let chain = open(&options.place, checks.verifier())?;
    let before = chain.head().number;
    blocks_file::import_file(&chain, &options.file)?;
    let head = chain.head();
    let (new, root) = (head.number.saturating_sub(before), head.header.state_root);
    report(&format!("{new} new blocks, head #{} {}, state root {root}", head.number, head.hash))
}

/// The store at a place and the spec of its chain: the one given, or the one it began with.
pub(super) fn place(place: &Place) -> Result<(ChainSpec, Arc<dyn Store>), CliError> {
    // The spec is read first, so that a wrong path leaves no folder behind.
    let given = place.chain.as_deref().map(ChainSpec::read).transpose()?;
    let no_chain = || CliError::NoChain { path: place.base_path.clone() };
    if given.is_none() && !place.base_path.exists() {
        return Err(no_chain());
    }
    let store = open_store(Some(&place.base_path))?;
    let spec = match given {
        Some(spec) => spec,
        None => stored_spec(store.as_ref())?.ok_or_else(no_chain)?,
    };
    Ok((spec, store))
}

fn open(at: &Place, verifier: Verifier) -> Result<Arc<Chain>, CliError> {
    let (spec, store) = place(at)?;
    let (executor, _) = executor(Arc::new(AlthingRuntime::new()), Threads::Cores)?;
    let executor = executor.with_verifier(verifier);
    let chain = Chain::open(ChainConfig { spec, executor, store });
    Ok(chain.map_err(crate::service::NodeError::from)?)
}

fn report(line: &str) -> Result<(), CliError> {
    writeln!(std::io::stderr(), "{line}")
        .map_err(|source| CliError::System { action: "print the result", source })
}
