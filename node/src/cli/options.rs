//! The command line.

use core::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use althing_crypto::{Backends, Verifier};
use althing_primitives::BlockNumber;
#[cfg(all(feature = "faulty-backend", debug_assertions))]
use althing_primitives::SchemeId;
use althing_runtime::GovernancePreset;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::bench_options::BenchOptions;
use crate::chain::RECENT;
use crate::service::{self, Threads};
use crate::source::Seal;

/// Run a node of an Althing chain.
#[derive(Debug, Parser)]
#[command(name = "althing-node", version, propagate_version = true)]
pub(super) struct Options {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start a development chain: members with published keys, blocks without votes.
    Dev(DevOptions),
    /// Run a node of the chain that a spec describes.
    Run(RunOptions),
    /// Print a chain spec.
    BuildSpec(SpecOptions),
    /// Write the blocks of a node that is not running to a file.
    ///
    /// The file begins with block 1, as an empty node begins there. A node that has thrown
    /// signatures away with --prune-witnesses cannot export any more: ask one that keeps them all.
    ExportBlocks(ExportOptions),
    /// Execute the blocks in a file and add them to a node that is not running.
    ImportBlocks(ImportOptions),
    /// Measure this node on this machine.
    Bench(BenchOptions),
}

#[derive(Args, Debug)]
pub(super) struct DevOptions {
    #[command(flatten)]
    pub(super) node: NodeOptions,
    /// Where to keep the chain; without it nothing is kept.
    #[arg(long, value_name = "DIR")]
    pub(super) base_path: Option<PathBuf>,
    /// The times of referenda: minutes of blocks, or the real weeks.
    #[arg(long, value_enum, default_value_t = Governance::Fast)]
    pub(super) gov: Governance,
}

#[derive(Args, Debug)]
pub(super) struct RunOptions {
    #[command(flatten)]
    pub(super) node: NodeOptions,
    #[command(flatten)]
    pub(super) place: Place,
}

/// What every running node has.
#[derive(Args, Debug)]
pub(super) struct NodeOptions {
    /// Port of the RPC server, HTTP and WebSocket; 0 takes a free one.
    #[arg(long, default_value_t = 9944)]
    pub(super) port: u16,
    /// Address the RPC server listens on.
    #[arg(long, default_value = "127.0.0.1")]
    pub(super) host: IpAddr,
    /// Write where the node answers to FILE, as JSON, once it does.
    #[arg(long, value_name = "FILE")]
    pub(super) config_out: Option<PathBuf>,
    /// When a development chain makes blocks: instant, manual, or every so many seconds.
    #[arg(long, value_name = "instant|manual|SECONDS", default_value = "instant")]
    pub(super) seal: Seal,
    /// Threads that execute blocks and check signatures, or serial; one for each core by default.
    #[arg(long, value_name = "N|serial", default_value = "cores", hide_default_value = true)]
    pub(super) workers: Threads,
    #[command(flatten)]
    pub(super) checks: VerifierOptions,
    /// Keep the signatures of the last N blocks only, 256 at least; off keeps all of them. What is
    /// thrown away does not come back, and export-blocks needs the signatures of all blocks.
    #[arg(long, value_name = "N|off", default_value = "off")]
    pub(super) prune_witnesses: Witnesses,
    /// Print neither the banner nor a line for each block.
    #[arg(long)]
    pub(super) quiet: bool,
}

/// Where a chain is kept, and which one.
#[derive(Args, Debug)]
pub(super) struct Place {
    /// Where the chain is kept.
    #[arg(long, value_name = "DIR")]
    pub(super) base_path: PathBuf,
    /// The chain spec; may be left out if the folder holds a chain already.
    #[arg(long, value_name = "SPEC")]
    pub(super) chain: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct SpecOptions {
    /// A plan to build the spec from: a readable file such as --plan prints.
    #[arg(value_name = "PLAN", conflicts_with = "dev", required_unless_present = "dev")]
    pub(super) from: Option<PathBuf>,
    /// The development chain.
    #[arg(long)]
    pub(super) dev: bool,
    /// The times of referenda of the development chain.
    #[arg(long, value_enum, default_value_t = Governance::Fast, conflicts_with = "from")]
    pub(super) gov: Governance,
    /// Print the plan, which is for people to edit, and not the spec, which holds all rows.
    #[arg(long, conflicts_with = "from")]
    pub(super) plan: bool,
}

#[derive(Args, Debug)]
pub(super) struct BlocksOptions {
    #[command(flatten)]
    pub(super) place: Place,
    /// The file of blocks.
    pub(super) file: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct ExportOptions {
    #[command(flatten)]
    pub(super) blocks: BlocksOptions,
    /// Replace the file if it exists, once the new one is complete.
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Args, Debug)]
pub(super) struct ImportOptions {
    #[command(flatten)]
    pub(super) blocks: BlocksOptions,
    #[command(flatten)]
    pub(super) checks: VerifierOptions,
}

#[derive(Args, Debug)]
pub(super) struct VerifierOptions {
    /// What checks signatures: canonical is slower and shares no code with fast.
    #[arg(long, value_enum, default_value_t = VerifierName::Fast)]
    pub(super) verifier: VerifierName,
    /// Take every signature of the scheme with this id for invalid, wherever the fast backend
    /// decides: a machine or a program at fault. Only builds for tests have this.
    #[cfg(all(feature = "faulty-backend", debug_assertions))]
    #[arg(long, hide = true, value_name = "ID")]
    faulty_backend: Option<u16>,
}

impl VerifierOptions {
    /// What they ask for.
    pub(super) fn verifier(&self) -> Verifier {
        let verifier = service::verifier(self.verifier.into());
        #[cfg(all(feature = "faulty-backend", debug_assertions))]
        if let Some(id) = self.faulty_backend {
            return verifier.with_fault(SchemeId(id));
        }
        verifier
    }
}

/// What checks signatures.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum VerifierName {
    /// The backends that define the schemes.
    Canonical,
    /// Faster ones where there are any, compared with the canonical ones now and then.
    Fast,
}

impl From<VerifierName> for Backends {
    fn from(name: VerifierName) -> Self {
        match name {
            VerifierName::Canonical => Self::Canonical,
            VerifierName::Fast => Self::Fast,
        }
    }
}

/// The times of referenda.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Governance {
    /// Referenda take a few blocks.
    Fast,
    /// Referenda take weeks of six-second blocks.
    Main,
}

impl From<Governance> for GovernancePreset {
    fn from(governance: Governance) -> Self {
        match governance {
            Governance::Fast => Self::Fast,
            Governance::Main => Self::Main,
        }
    }
}

/// Text that names no number of threads.
#[derive(Debug, thiserror::Error)]
#[error("neither serial nor a number of threads from 1 to {THREADS_MAX}")]
pub struct ThreadsError;

/// The most threads that may be asked for.
const THREADS_MAX: usize = 1_024;

impl FromStr for Threads {
    type Err = ThreadsError;

    fn from_str(text: &str) -> Result<Self, ThreadsError> {
        match text {
            "serial" => Ok(Self::Serial),
            "cores" => Ok(Self::Cores),
            count => count
                .parse()
                .ok()
                .filter(|count| (1..=THREADS_MAX).contains(count))
                .map(Self::Count)
                .ok_or(ThreadsError),
        }
    }
}

/// How many blocks keep their signatures; all of them if none is said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Witnesses(pub(super) Option<BlockNumber>);

/// Text that names no number of blocks that may be kept.
#[derive(Debug, thiserror::Error)]
#[error("neither off nor a number of blocks from {RECENT} on")]
pub(super) struct WitnessesError;

impl FromStr for Witnesses {
    type Err = WitnessesError;

    fn from_str(text: &str) -> Result<Self, WitnessesError> {
        if text == "off" {
            return Ok(Self(None));
        }
        let blocks = text.parse().ok().filter(|blocks| *blocks >= RECENT);
        Ok(Self(Some(blocks.ok_or(WitnessesError)?)))
    }
}

impl fmt::Display for Witnesses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(blocks) => blocks.fmt(f),
            None => f.write_str("off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn every_documented_form_is_understood() {
        for line in [
            "dev --port 0 --config-out file --base-path dir --seal 6 --gov main --workers serial --verifier fast",
            "run --chain spec --base-path dir",
            "run --base-path dir --prune-witnesses 256",
            "run --base-path dir --prune-witnesses off",
            "build-spec --dev",
            "build-spec plan.json",
            "export-blocks --base-path dir blocks",
            "export-blocks --base-path dir blocks --force",
            "import-blocks --chain spec --base-path dir blocks --verifier canonical",
            "bench BSTM-p2p --accounts 2 --transactions 64 --runs 1 --no-signatures --json",
            "bench dao-treasury --dry --persist --scheme ml-dsa-65 --workers 3",
            "bench list",
            "bench all --out dir --json",
            "bench plot --out dir",
            "bench state --rows 10",
        ] {
            let words = core::iter::once("althing-node").chain(line.split(' '));
            assert!(Options::try_parse_from(words).is_ok(), "{line}");
        }
        assert!(Options::try_parse_from(["althing-node", "dev", "--workers", "0"]).is_err());
        let few = ["althing-node", "dev", "--prune-witnesses", "255"];
        assert!(Options::try_parse_from(few).is_err());
    }
}
