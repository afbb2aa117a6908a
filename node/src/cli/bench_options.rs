//! The command line of `bench`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::options::VerifierName;
use crate::bench::Workload;

/// What to measure.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct BenchOptions {
    /// The workload; `bench list` says what each of them is.
    #[arg(required = true)]
    pub(super) workload: Option<Workload>,
    #[command(flatten)]
    pub(super) block: BlockOptions,
    #[command(subcommand)]
    pub(super) tool: Option<BenchTool>,
}

/// Blocks to run, and how.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct BlockOptions {
    /// Members; the fewer, the more conflicts.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=10_000_000))]
    pub(super) accounts: Option<u64>,
    /// Transactions in a block [default: 10000].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(super) transactions: Option<u64>,
    /// Blocks that are measured, after two to warm up.
    #[arg(long, visible_alias = "blocks", value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(super) runs: u64,
    /// The scheme that signs.
    #[arg(long, value_name = "NAME", default_value = "ml-dsa-44")]
    pub(super) scheme: String,
    /// What checks signatures: canonical is slower and shares no code with fast.
    #[arg(long, value_enum, default_value_t = VerifierName::Fast)]
    pub(super) verifier: VerifierName,
    /// Take signatures for verified: transactions carry zeros of the same length.
    #[arg(long)]
    pub(super) no_signatures: bool,
    /// Commit each block to a store; it counts when it is durable.
    #[arg(long)]
    pub(super) persist: bool,
    /// Workers of the parallel figures; one for each core by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_024))]
    pub(super) workers: Option<u64>,
    /// Accounts in the state beside those of the workload.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) rows: u64,
    /// What chance begins with; the same seed gives the same blocks.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,
    /// dao-treasury: let the pot run dry in the middle of the block.
    #[arg(long)]
    pub(super) dry: bool,
    /// dao-mix: make every 1000th an exclusive call.
    #[arg(long)]
    pub(super) barrier: bool,
    /// bstm-rw: rows that a transaction reads, the written ones included.
    #[arg(long, value_name = "N", default_value_t = 8,
          value_parser = clap::value_parser!(u64).range(0..=crate::bench::ROWS_MAX as u64))]
    pub(super) reads: u64,
    /// bstm-rw: rows that it writes.
    #[arg(long, value_name = "N", default_value_t = 5,
          value_parser = clap::value_parser!(u64).range(0..=crate::bench::ROWS_MAX as u64))]
    pub(super) writes: u64,
    /// Keep the chain's limits of a block: what does not fit is left out.
    #[arg(long)]
    pub(super) limits: bool,
    #[command(flatten)]
    pub(super) place: Scratchpad,
    /// Print one JSON document and nothing else.
    #[arg(long)]
    pub(super) json: bool,
}

/// Where files of a measurement go.
#[derive(Args, Clone, Debug)]
pub(super) struct Scratchpad {
    /// Where stores and other files go while they are needed; the folder for temporary files by
    /// default. Choose one on the disk that is to be measured.
    #[arg(long, value_name = "FOLDER")]
    pub(super) folder: Option<PathBuf>,
}

impl Scratchpad {
    /// The folder.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(std::env::temp_dir)
    }
}

/// Everything but one workload.
#[derive(Debug, Subcommand)]
pub(super) enum BenchTool {
    /// Say what each workload is.
    List,
    /// Run everything that the page of results needs, and keep a document of each in a folder.
    All(AllOptions),
    /// Draw throughput by workers, by conflict and by rows in the state.
    Plot(PlotOptions),
    /// Print the tables of the page of results from the documents in a folder.
    Report {
        /// The folder that `bench all` wrote.
        folder: PathBuf,
    },
    /// Import a state of many accounts into a new store, restart from it, prove rows of it.
    State(StateOptions),
    /// A part of `bench state`, in a process of its own.
    #[command(hide = true)]
    StateStep(StateStepOptions),
    /// Ask a node over 100 WebSocket connections: rows, then transactions.
    Rpc(RpcOptions),
    /// How long a development chain takes to start, and a vote to get into a block.
    Latency(LatencyOptions),
    /// Verify signatures in batches.
    Verify(VerifyOptions),
    /// Every signature scheme and KEM beside Ed25519: keys, signing, verifying, sizes.
    Crypto(CryptoOptions),
}

#[derive(Args, Debug)]
pub(super) struct AllOptions {
    #[command(flatten)]
    pub(super) block: BlockOptions,
    /// Where the documents go. One that is there already is not measured again.
    #[arg(long, value_name = "FOLDER", default_value = "bench-results")]
    pub(super) out: PathBuf,
    /// The largest state to measure; 10000000 takes minutes and several GiB of memory.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(super) rows_max: u64,
}

#[derive(Args, Debug)]
pub(super) struct PlotOptions {
    #[command(flatten)]
    pub(super) block: BlockOptions,
    /// Where the plots go, and the figures they show; figures that are there are drawn as they are.
    #[arg(long, value_name = "FOLDER")]
    pub(super) out: PathBuf,
    /// The largest state to measure.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(super) rows_max: u64,
}

#[derive(Args, Debug)]
pub(super) struct StateOptions {
    /// Accounts in the state.
    #[arg(long, value_name = "N", default_value_t = 1_000_000,
          value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub(super) rows: u64,
    /// Workers; one for each core by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_024))]
    pub(super) workers: Option<u64>,
    #[command(flatten)]
    pub(super) place: Scratchpad,
    /// Print one JSON document and nothing else.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args, Debug)]
pub(super) struct StateStepOptions {
    /// import or restart.
    pub(super) step: String,
    #[arg(long)]
    pub(super) rows: u64,
    #[arg(long)]
    pub(super) workers: usize,
    #[arg(long)]
    pub(super) expect: String,
    #[arg(long)]
    pub(super) folder: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct RpcOptions {
    /// Connections at a time; the server takes 100.
    #[arg(long, value_name = "N", default_value_t = 100,
          value_parser = clap::value_parser!(u64).range(1..=100))]
    pub(super) connections: u64,
    /// Questions of each connection that wait for an answer.
    #[arg(long, value_name = "N", default_value_t = 4,
          value_parser = clap::value_parser!(u64).range(1..=64))]
    pub(super) in_flight: u64,
    /// Seconds of reading.
    #[arg(long, value_name = "N", default_value_t = 5,
          value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub(super) seconds: u64,
    /// Transactions to hand in; as many as the pool holds at most.
    #[arg(long, value_name = "N", default_value_t = 8_000,
          value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(super) transactions: u64,
    /// The scheme that signs them.
    #[arg(long, value_name = "NAME", default_value = "ml-dsa-44")]
    pub(super) scheme: String,
    #[command(flatten)]
    pub(super) place: Scratchpad,
    /// Print one JSON document and nothing else.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args, Debug)]
pub(super) struct LatencyOptions {
    /// Starts of a chain.
    #[arg(long, value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub(super) starts: u64,
    /// Votes.
    #[arg(long, value_name = "N", default_value_t = 200,
          value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(super) votes: u64,
    /// Keep the chain on disk instead of in memory.
    #[arg(long)]
    pub(super) persist: bool,
    #[command(flatten)]
    pub(super) place: Scratchpad,
    /// Print one JSON document and nothing else.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args, Debug)]
pub(super) struct VerifyOptions {
    /// The scheme.
    #[arg(long, value_name = "NAME", default_value = "ml-dsa-44")]
    pub(super) scheme: String,
    /// What checks them.
    #[arg(long, value_enum, default_value_t = VerifierName::Fast)]
    pub(super) verifier: VerifierName,
    /// Signatures in a batch.
    #[arg(long, value_name = "N", default_value_t = 512,
          value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(super) signatures: u64,
    /// Workers; one for each core by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_024))]
    pub(super) workers: Option<u64>,
    /// Batches.
    #[arg(long, value_name = "N", default_value_t = 5,
          value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub(super) runs: u64,
    /// Print one JSON document and nothing else.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args, Debug)]
pub(super) struct CryptoOptions {
    /// Signatures in a batch.
    #[arg(long, value_name = "N", default_value_t = 64,
          value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(super) signatures: u64,
    /// Measurements of each figure, of which the median counts.
    #[arg(long, value_name = "N", default_value_t = 9,
          value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub(super) runs: u64,
    /// Measure a scheme that is a module too: its manifest, with the files beside it. Give it once
    /// for each scheme.
    #[arg(long, value_name = "MANIFEST")]
    pub(super) module: Vec<PathBuf>,
    /// Print one JSON document and nothing else.
    #[arg(long)]
    pub(super) json: bool,
}
