//! `dev` and `run`: one node until it is told to stop.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use althing_runtime::AlthingRuntime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::options::{DevOptions, NodeOptions, RunOptions};
use super::{CliError, banner, blocks, config_out, journal};
use crate::pool::Limits;
use crate::rpc::RpcConfig;
use crate::service::{self, NodeConfig, RunningNode, open_store, stored_spec};
use crate::spec::ChainSpec;
use crate::store::Store;

/// Start a development chain.
pub(super) fn dev(options: &DevOptions) -> Result<(), CliError> {
    let started = Instant::now();
    let mut spec = ChainSpec::dev(options.gov.into())?;
    let path = options.base_path.as_deref();
    let store = open_store(path)?;
    // A chain that was begun by another version of the program goes on as it began.
    if let Some(stored) = stored_spec(store.as_ref())?
        && (stored.chain_type, &stored.governance) == (spec.chain_type, &spec.governance)
    {
        spec = stored;
    }
    serve(&options.node, (spec, store, path), started)
}

/// Run a node of the chain that a spec or the folder describes.
pub(super) fn run(options: &RunOptions) -> Result<(), CliError> {
    let started = Instant::now();
    let (spec, store) = blocks::place(&options.place)?;
    serve(&options.node, (spec, store, Some(&options.place.base_path)), started)
}

fn serve(
    options: &NodeOptions,
    (spec, store, path): (ChainSpec, Arc<dyn Store>, Option<&Path>),
    started: Instant,
) -> Result<(), CliError> {
    let config = NodeConfig {
        spec,
        runtime: Arc::new(AlthingRuntime::new()),
        store,
        threads: options.workers,
        verifier: options.checks.verifier(),
        seal: options.seal,
        pool: Limits::default(),
        rpc: RpcConfig { host: options.host, port: options.port },
    };
    let system = |action| move |source| CliError::System { action, source };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(system("start the node's threads"))?;
    runtime.block_on(async {
        let handle = system("listen to signals");
        let mut signals = Signals::new().map_err(handle)?;
        let node = service::start(config).await?;
        if let Some(blocks) = options.prune_witnesses.0 {
            node.chain.prune_witnesses(blocks);
        }
        let state = path
            .map_or("memory (nothing is kept; use --base-path DIR)".to_owned(), |path| {
                path.display().to_string()
            });
        // The file comes first: whoever waits for the banner finds it written.
        let written = options.config_out.as_deref().map(|path| config_out::write(path, &node));
        let journal = (!options.quiet).then(|| {
            banner::print(&node, options, (&state, started.elapsed()));
            tokio::spawn(journal::follow(node.chain.subscribe()))
        });
        // A node that cannot say where it is still has to end in order.
        let outcome = match written {
            Some(Err(error)) => stop_after(node, Err(error)).await,
            Some(Ok(())) | None => until_told(node, &mut signals).await,
        };
        if let Some(journal) = journal {
            journal.abort();
        }
        outcome
    })
}

async fn until_told(mut node: RunningNode, signals: &mut Signals) -> Result<(), CliError> {
    let outcome = tokio::select! {
        () = signals.received() => Ok(()),
        failure = node.failed() => Err(failure.into()),
    };
    stop_after(node, outcome).await
}

/// Stop the node; the first thing that went wrong is what counts.
async fn stop_after(node: RunningNode, outcome: Result<(), CliError>) -> Result<(), CliError> {
    let stopped = node.stop().await;
    outcome.and(stopped.map_err(CliError::from))
}

/// Ctrl-C, or what a supervisor sends.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
