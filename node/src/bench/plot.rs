//! The plots of `specs/benchmarks.md`: throughput by workers, by conflict, by rows in the state.

use std::fs;
use std::path::{Path, PathBuf};

use althing_crypto::Backends;

use super::case::{Case, End, measure};
use super::error::BenchError;
use super::figures::Figures;
use super::measure::ratio;
use super::members::Witness;
use super::suite::CONFLICTS;
use super::svg::{Line, Plot};
use super::text;
use super::workload::Workload;

/// Rows in the state beside those of the workload.
const ROWS: [u64; 4] = [0, 100_000, 1_000_000, 10_000_000];

/// Which states are plotted: those with at most so many rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// The largest state.
    pub(crate) rows_max: u64,
}

/// Draw all plots into `folder`, measuring what they need; the measurements are kept beside them.
pub(crate) fn draw(base: &Case, folder: &Path, extent: Extent) -> Result<Vec<PathBuf>, BenchError> {
    fs::create_dir_all(folder).map_err(BenchError::io("create", folder))?;
    let assumed = Case {
        witness: Witness::Assumed(base.witness.scheme()),
        end: End::Executed,
        // There is nothing to verify.
        backends: Backends::Fast,
        ..base.clone()
    };
    let plots = [
        ("by-workers", by_workers(&assumed, folder)?),
        ("by-conflict", by_conflict(&assumed, folder)?),
        ("by-rows", by_rows(&assumed, folder, extent)?),
    ];
    let mut written = Vec::new();
    for (name, plot) in plots {
        let path = folder.join(format!("{name}.svg"));
        fs::write(&path, plot.to_svg()).map_err(BenchError::io("write", &path))?;
        written.push(path);
    }
    Ok(written)
}

/// The figures of a case: those that lie in the folder, or new ones, which then lie there.
fn figures(case: &Case, folder: &Path, name: &str) -> Result<Figures, BenchError> {
    let path = folder.join(format!("plot-{name}.json"));
    if let Ok(text) = fs::read(&path) {
        return serde_json::from_slice(&text)
            .map_err(|source| BenchError::Malformed { path, source });
    }
    let figures = measure(case)?;
    // Text and numbers only: the form cannot fail.
    let json = serde_json::to_vec_pretty(&figures).unwrap_or_default();
    fs::write(&path, json).map_err(BenchError::io("write", &path))?;
    Ok(figures)
}

fn executed_per_second(figures: &Figures) -> f64 {
    ratio(
        1e6,
        figures.phase("execute").parallel_us_per_tx + figures.phase("graph").parallel_us_per_tx,
    )
}

fn by_workers(base: &Case, folder: &Path) -> Result<Plot, BenchError> {
    // Powers of two, and the number asked for.
    let mut counts: Vec<usize> = std::iter::successors(Some(1), |count| Some(count * 2))
        .take_while(|count| *count < base.workers)
        .collect();
    counts.push(base.workers);
    let kinds = [Workload::Disjoint, Workload::DaoVote1, Workload::DaoVote100, Workload::Chain];
    let mut lines = Vec::new();
    for workload in kinds {
        let mut values = Vec::new();
        for workers in &counts {
            let case = Case { workload, workers: *workers, ..base.clone() };
            let figures = figures(&case, folder, &format!("{workload}-{workers}-workers"))?;
            if values.is_empty() {
                values.push(Some(figures.serial_tps));
            }
            values.push(Some(figures.tps));
        }
        lines.push(Line { name: workload.name().to_owned(), values });
    }
    let places = std::iter::once("serial".to_owned()).chain(counts.iter().map(usize::to_string));
    Ok(Plot {
        title: "Whole blocks, signatures verified before".to_owned(),
        across: "workers".to_owned(),
        up: "transactions a second".to_owned(),
        places: places.collect(),
        lines,
    })
}

fn by_conflict(base: &Case, folder: &Path) -> Result<Plot, BenchError> {
    let (mut serial, mut parallel, mut execution) = (Vec::new(), Vec::new(), Vec::new());
    for accounts in CONFLICTS {
        let workload = Workload::BstmP2p;
        let case = Case { workload, accounts: Some(accounts), ..base.clone() };
        let figures = figures(&case, folder, &format!("{workload}-{accounts}-accounts"))?;
        serial.push(Some(figures.serial_tps));
        parallel.push(Some(figures.tps));
        execution.push(Some(executed_per_second(&figures)));
    }
    let line = |name: &str, values| Line { name: name.to_owned(), values };
    Ok(Plot {
        title: "Transfers between random accounts (bstm-p2p)".to_owned(),
        across: "accounts: the fewer, the more conflicts".to_owned(),
        up: "transactions a second".to_owned(),
        places: CONFLICTS.iter().map(usize::to_string).collect(),
        lines: vec![
            line("serial block", serial),
            line(&format!("block, {}", text::workers(base.workers)), parallel),
            line("execution alone", execution),
        ],
    })
}

fn by_rows(base: &Case, folder: &Path, extent: Extent) -> Result<Plot, BenchError> {
    let sizes: Vec<u64> = ROWS.into_iter().filter(|rows| *rows <= extent.rows_max).collect();
    let (mut serial, mut parallel) = (Vec::new(), Vec::new());
    for rows in &sizes {
        let workload = Workload::Disjoint;
        let case = Case { workload, rows: *rows, ..base.clone() };
        let figures = figures(&case, folder, &format!("{workload}-{rows}-rows"))?;
        serial.push(Some(figures.serial_tps));
        parallel.push(Some(figures.tps));
    }
    let place = |rows: &u64| match rows {
        0 => "none".to_owned(),
        1_000_000.. => format!("{} M", rows / 1_000_000),
        _ => format!("{} k", rows / 1_000),
    };
    Ok(Plot {
        title: "Disjoint transfers over a growing state".to_owned(),
        across: "rows in the state beside those of the workload".to_owned(),
        up: "transactions a second".to_owned(),
        places: sizes.iter().map(place).collect(),
        lines: vec![
            Line { name: "serial".to_owned(), values: serial },
            Line { name: text::workers(base.workers), values: parallel },
        ],
    })
}
