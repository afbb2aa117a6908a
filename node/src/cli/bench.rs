//! `bench`: measure this node on this machine.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::CliError;
use super::bench_options::{
    AllOptions, BenchOptions, BenchTool, BlockOptions, CryptoOptions, LatencyOptions, PlotOptions,
    RpcOptions, StateOptions, StateStepOptions, VerifyOptions,
};
use crate::bench::case::{Case, End, measure};
use crate::bench::{
    BenchError, Limits, Twist, Witness, Workload, crypto, latency, plot, report, rpc, scheme_named,
    state, suite, text, verify,
};

/// Questions that wait for an answer on each connection, in the suite.
const IN_FLIGHT: usize = 4;

/// Do what was asked.
pub(super) fn run(options: &BenchOptions) -> Result<(), CliError> {
    match (&options.tool, options.workload) {
        (Some(tool), _) => run_tool(tool),
        (None, Some(workload)) => {
            let figures = measure(&case(workload, &options.block)?)?;
            show(options.block.json, &figures, text::describe)
        }
        // The command line does not allow it.
        (None, None) => list(),
    }
}

fn run_tool(tool: &BenchTool) -> Result<(), CliError> {
    match tool {
        BenchTool::List => list(),
        BenchTool::All(options) => all(options),
        BenchTool::Plot(options) => plots(options),
        BenchTool::Report { folder } => print(&report::markdown(folder)?),
        BenchTool::State(options) => measure_state(options),
        BenchTool::StateStep(options) => state_step(options),
        BenchTool::Rpc(options) => measure_rpc(options),
        BenchTool::Latency(options) => measure_latency(options),
        BenchTool::Verify(options) => measure_verify(options),
        BenchTool::Crypto(options) => measure_crypto(options),
    }
}

fn list() -> Result<(), CliError> {
    let line = |workload: Workload| format!("{:<14}{}\n", workload.name(), workload.about());
    print(&Workload::ALL.map(line).concat())
}

/// A number of the command line, which has bounded it.
fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn workers(asked: Option<u64>) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    asked.map_or_else(cores, count)
}

fn case(workload: Workload, options: &BlockOptions) -> Result<Case, CliError> {
    let scheme = scheme_named(&options.scheme)?;
    Ok(Case {
        workload,
        accounts: options.accounts.map(count),
        transactions: options.transactions.map(count),
        runs: count(options.runs),
        witness: if options.no_signatures {
            Witness::Assumed(scheme)
        } else {
            Witness::Signed(scheme)
        },
        backends: options.verifier.into(),
        end: if options.persist { End::Durable(options.place.path()) } else { End::Executed },
        workers: workers(options.workers),
        rows: options.rows,
        seed: options.seed,
        twist: Twist {
            dry: options.dry,
            barrier: options.barrier,
            reads: count(options.reads.max(options.writes)),
            writes: count(options.writes),
        },
        limits: if options.limits { Limits::Kept } else { Limits::Lifted },
    })
}

/// Print figures: for programs, or for people.
fn show<T: Serialize>(
    json: bool,
    figures: &T,
    describe: impl FnOnce(&T) -> String,
) -> Result<(), CliError> {
    if json { print(&to_json(figures)) } else { print(&describe(figures)) }
}

fn to_json(figures: &impl Serialize) -> String {
    // Text and numbers only: the form cannot fail.
    let mut json = serde_json::to_string_pretty(figures).unwrap_or_default();
    json.push('\n');
    json
}

fn print(text: &str) -> Result<(), CliError> {
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(|source| CliError::System { action: "print the result", source })
}

/// A document of the suite: the one that is there, or a new one.
fn keep<T: Serialize>(
    folder: &Path,
    name: &str,
    measure: impl FnOnce() -> Result<T, BenchError>,
) -> Result<(), CliError> {
    let path = folder.join(format!("{name}.json"));
    if path.exists() {
        return Ok(());
    }
    let say = |what: &str| {
        // A closed standard error is no reason to stop.
        let _ = writeln!(std::io::stderr(), "{what} {name}");
    };
    say("measuring");
    let figures = measure()?;
    let write = |source| CliError::File { action: "write", path: path.clone(), source };
    fs::write(&path, to_json(&figures)).map_err(write)
}

fn all(options: &AllOptions) -> Result<(), CliError> {
    let out = &options.out;
    let create = |source| CliError::File { action: "create", path: out.clone(), source };
    fs::create_dir_all(out).map_err(create)?;
    let base = case(Workload::DaoVote1, &options.block)?;
    for entry in suite::entries(&base) {
        keep(out, &entry.file, || measure(&entry.case))?;
    }
    let (place, workers) = (options.block.place.path(), base.workers);
    for name in suite::SCHEMES {
        // A scheme that this program does not have is not measured.
        let Ok(scheme) = scheme_named(name) else { continue };
        keep(out, &format!("verify-{name}"), || {
            verify::measure((scheme, base.backends), 512, (workers, 5))
        })?;
    }
    if let Ok(scheme) = scheme_named("fn-dsa-512") {
        let end = End::Durable(place.clone());
        let case = Case { witness: Witness::Signed(scheme), end, ..base.clone() };
        keep(out, "durable-fn-dsa-512", || measure(&case))?;
    }
    for rows in [1_000_000, 10_000_000].into_iter().filter(|rows| *rows <= options.rows_max) {
        keep(out, &format!("state-{rows}"), || state::measure(rows, workers, &place))?;
    }
    let load = load(100, base.witness);
    keep(out, "crypto", || crypto::measure((64, 9), &[]))?;
    keep(out, "rpc", || rpc::measure(load, &place))?;
    keep(out, "latency", || latency::measure((10, 200), &place, false))?;
    if options.block.json { collect(out) } else { print(&report::markdown(out)?) }
}

fn load(connections: usize, witness: Witness) -> rpc::Load {
    rpc::Load {
        connections,
        in_flight: IN_FLIGHT,
        reading: Duration::from_secs(5),
        submits: 8_000,
        witness: Witness::Signed(witness.scheme()),
    }
}

/// All documents of a folder as one.
fn collect(folder: &Path) -> Result<(), CliError> {
    let failed = |source| CliError::File { action: "read", path: folder.to_path_buf(), source };
    let mut documents = std::collections::BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|end| end == "json") {
            let text = fs::read(&path).map_err(failed)?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let document: serde_json::Value = serde_json::from_slice(&text)
                .map_err(|source| BenchError::Malformed { path, source })?;
            documents.insert(name, document);
        }
    }
    print(&to_json(&documents))
}

fn plots(options: &PlotOptions) -> Result<(), CliError> {
    let base = case(Workload::DaoVote1, &options.block)?;
    let extent = plot::Extent { rows_max: options.rows_max };
    let written = plot::draw(&base, &options.out, extent)?;
    let lines: Vec<_> = written.iter().map(|path| format!("{}\n", path.display())).collect();
    print(&lines.concat())
}

fn measure_state(options: &StateOptions) -> Result<(), CliError> {
    let workers = workers(options.workers);
    let figures = state::measure(options.rows, workers, &options.place.path())?;
    show(options.json, &figures, state::describe)
}

fn state_step(options: &StateStepOptions) -> Result<(), CliError> {
    let StateStepOptions { rows, workers, expect, folder, .. } = options;
    if options.step == "import" {
        print(&to_json(&state::import(*rows, folder)?))
    } else {
        print(&to_json(&state::restart((*rows, *workers), expect, folder)?))
    }
}

fn measure_rpc(options: &RpcOptions) -> Result<(), CliError> {
    let load = rpc::Load {
        connections: count(options.connections),
        in_flight: count(options.in_flight),
        reading: Duration::from_secs(options.seconds),
        submits: count(options.transactions),
        witness: Witness::Signed(scheme_named(&options.scheme)?),
    };
    show(options.json, &rpc::measure(load, &options.place.path())?, rpc::describe)
}

fn measure_latency(options: &LatencyOptions) -> Result<(), CliError> {
    let counts = (count(options.starts), count(options.votes));
    let figures = latency::measure(counts, &options.place.path(), options.persist)?;
    show(options.json, &figures, latency::describe)
}

fn measure_verify(options: &VerifyOptions) -> Result<(), CliError> {
    let scheme = scheme_named(&options.scheme)?;
    let counts = (workers(options.workers), count(options.runs));
    let scheme = (scheme, options.verifier.into());
    let figures = verify::measure(scheme, count(options.signatures), counts)?;
    show(options.json, &figures, verify::describe)
}

fn measure_crypto(options: &CryptoOptions) -> Result<(), CliError> {
    let figures =
        crypto::measure((count(options.signatures), count(options.runs)), &options.module)?;
    show(options.json, &figures, crypto::describe)
}
