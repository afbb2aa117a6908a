//! Measure one workload: set the stage, run its blocks in all modes by turns, compare, sum up.

use std::path::PathBuf;

use althing_crypto::Backends;
use althing_executor::{Executed, Explanation};

use super::draft::{Draft, Size, Twist};
use super::durable;
use super::error::BenchError;
use super::figures::{Figures, PhaseFigures, Phases};
use super::machine::Machine;
use super::measure::{Took, float, median, micros, ratio};
use super::members::{Witness, scheme_name};
use super::progress::Progress;
use super::roomy::Limits;
use super::run::{self, Input, Mode, Ran, Runner};
use super::scratch;
use super::stage::Stage;
use super::workload::Workload;

/// Transactions in a block unless another number is asked for.
pub(crate) const TRANSACTIONS: usize = 10_000;
/// Blocks of the workload that has several sizes.
const TINY: [usize; 3] = [1, 8, 64];
/// Blocks run before the measurement, in every mode.
pub(crate) const WARM_UPS: usize = 2;
/// A sample of short blocks runs them again until so many transactions have run.
const SAMPLE_MIN: usize = 2_000;

/// When a block counts as done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// When its root is known.
    Executed,
    /// When it is durable in a store in this folder.
    Durable(PathBuf),
}

/// What is to be measured.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) workload: Workload,
    pub(crate) accounts: Option<usize>,
    pub(crate) transactions: Option<usize>,
    pub(crate) runs: usize,
    pub(crate) witness: Witness,
    pub(crate) backends: Backends,
    pub(crate) end: End,
    pub(crate) workers: usize,
    pub(crate) rows: u64,
    pub(crate) seed: u64,
    pub(crate) twist: Twist,
    pub(crate) limits: Limits,
}

/// What all blocks of one mode took, and how the last one ran.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    pub(crate) took: Vec<Took>,
    pub(crate) explanations: Vec<Explanation>,
}

/// What the reference says of a block.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) transactions: usize,
    pub(crate) block_bytes: usize,
    pub(crate) changed_rows: usize,
    pub(crate) failed_calls: usize,
}

impl Facts {
    pub(crate) fn of(block: &Executed) -> Self {
        Self {
            transactions: run::signed_bytes(block).len(),
            block_bytes: run::block_bytes(block).len(),
            changed_rows: block.changes.len(),
            failed_calls: block.receipts.iter().filter(|one| one.outcome.is_err()).count(),
        }
    }
}

/// Measure a workload.
pub(crate) fn measure(case: &Case) -> Result<Figures, BenchError> {
    case.check()?;
    if case.workload == Workload::Tiny && case.transactions.is_none() {
        let part = |transactions: usize| measure_one(case, transactions);
        let parts = TINY.into_iter().map(part).collect::<Result<Vec<_>, _>>()?;
        return Figures::worst_of(parts).ok_or(BenchError::Empty);
    }
    measure_one(case, case.transactions.unwrap_or(TRANSACTIONS))
}

fn measure_one(case: &Case, transactions: usize) -> Result<Figures, BenchError> {
    let machine = Machine::here();
    let runner = Runner::new(case.workers, case.limits, case.backends)?;
    let blocks = match case.end {
        End::Executed => 1,
        End::Durable(_) => case.runs.saturating_add(WARM_UPS),
    };
    let (accounts, seed, twist) = (case.accounts, case.seed, case.twist);
    let draft = Draft::of(case.workload, &Size { accounts, transactions, blocks, seed, twist });
    let stage =
        runner.workers().install(|| Stage::set(&draft, (case.witness, twist), case.rows))?;
    let (facts, samples) = match &case.end {
        End::Executed => executed(case, &runner, &stage)?,
        End::Durable(folder) => durable::measure(case, &runner, (&stage, folder))?,
    };
    let figures = sum_up(&facts, &samples);
    Ok(Figures {
        workload: case.workload.name().to_owned(),
        variant: case.variant(&draft, transactions),
        accounts: draft.accounts,
        runs: case.runs,
        workers: case.workers,
        signed: match case.witness {
            Witness::Signed(scheme) => Some(scheme_name(scheme)),
            Witness::Assumed(_) => None,
        },
        persisted: case.end != End::Executed,
        verifier: verifier_name(case.backends).to_owned(),
        rows: case.rows,
        limits_lifted: case.limits == Limits::Lifted,
        seed,
        machine,
        ..figures
    })
}

impl Case {
    /// Refuse what would be left out in silence.
    fn check(&self) -> Result<(), BenchError> {
        let usual = Twist::default();
        let Twist { dry, barrier, reads, writes } = self.twist;
        let is = |workload| self.workload == workload;
        let is_assumed = matches!(self.witness, Witness::Assumed(_));
        let wrong = [
            (dry && !is(Workload::DaoTreasury), "--dry", "; it is for dao-treasury"),
            (barrier && !is(Workload::DaoMix), "--barrier", "; it is for dao-mix"),
            (reads != usual.reads && !is(Workload::BstmRw), "--reads", "; it is for bstm-rw"),
            (writes != usual.writes && !is(Workload::BstmRw), "--writes", "; it is for bstm-rw"),
        ];
        if let Some((_, option, hint)) = wrong.into_iter().find(|(is_wrong, ..)| *is_wrong) {
            return Err(BenchError::Option { option, with: self.workload.to_string(), hint });
        }
        if is_assumed && self.backends != Backends::Fast {
            let (option, with) = ("--verifier", "--no-signatures".to_owned());
            return Err(BenchError::Option { option, with, hint: ": nothing is verified" });
        }
        match &self.end {
            End::Durable(folder) => scratch::check(folder),
            End::Executed => Ok(()),
        }
    }

    /// What differs from the workload's usual form.
    fn variant(&self, draft: &Draft, transactions: usize) -> String {
        let mut words = Vec::new();
        if self.accounts.is_some() {
            words.push(format!("{} accounts", draft.accounts));
        }
        let again = draft.votes_again(self.workload, transactions);
        if again > 0 {
            words.push(format!("{again} votes of a block replace an earlier one of it"));
        }
        if self.workload == Workload::BstmRw {
            words.push(format!("{} reads, {} writes", self.twist.reads, self.twist.writes));
        }
        if self.twist.dry {
            words.push("running dry".to_owned());
        }
        if self.twist.barrier {
            words.push("with barriers".to_owned());
        }
        if self.workload == Workload::Tiny {
            words.extend(self.transactions.map(|count| format!("blocks of {count}")));
        }
        if self.rows > 0 {
            words.push(format!("{} rows more", self.rows));
        }
        words.join(", ")
    }
}

fn verifier_name(backends: Backends) -> &'static str {
    match backends {
        Backends::Canonical => "canonical",
        Backends::Fast => "fast",
    }
}

/// One block, again and again, in all modes by turns.
fn executed(
    case: &Case,
    runner: &Runner,
    stage: &Stage,
) -> Result<(Facts, [Samples; 3]), BenchError> {
    let offered = stage.blocks.first().ok_or(BenchError::Empty)?;
    let parent = stage.parent();
    let reference = runner.author(&parent, offered)?;
    let facts = Facts::of(&reference);
    if facts.transactions == 0 {
        return Err(BenchError::Empty);
    }
    let expected = run::hash_of(&reference);
    let (proven, bytes) = (run::signed_bytes(&reference), run::block_bytes(&reference));
    drop(reference);
    let input = match case.witness {
        Witness::Assumed(_) => Input::Proven(&proven),
        Witness::Signed(_) => Input::Block(&bytes),
    };
    let rounds = case.runs.saturating_add(WARM_UPS);
    let again = SAMPLE_MIN.div_ceil(facts.transactions).max(1);
    let progress = Progress::new(format!("running {}", case.workload), rounds.saturating_mul(3));
    let mut samples = [const { Samples { took: Vec::new(), explanations: Vec::new() } }; 3];
    for round in 0..rounds {
        for (mode, samples) in Mode::ALL.into_iter().zip(&mut samples) {
            let mut all = Took::default();
            let mut last = None;
            for _ in 0..again {
                let Ran { executed, took } = runner.run(mode, &parent, input)?;
                let found = run::hash_of(&executed);
                if found != expected {
                    return Err(BenchError::Roots { mode: mode.name(), found, expected });
                }
                all = Took {
                    wall: all.wall.saturating_add(took.wall),
                    cpu: all.cpu.saturating_add(took.cpu),
                };
                last = Some(executed.explanation);
            }
            if round >= WARM_UPS {
                samples.took.push(all.part(again));
                samples.explanations.extend(last);
            }
            progress.advance(1);
        }
    }
    Ok((facts, samples))
}

fn sum_up(facts: &Facts, samples: &[Samples; 3]) -> Figures {
    let count = float(facts.transactions);
    let each = |samples: &Samples| {
        let middle = median(&samples.took);
        (micros(middle.wall) / count, micros(middle.cpu) / count)
    };
    let [serial, one, parallel] = samples;
    let [(serial_us, serial_cpu), (one_us, one_cpu), (parallel_us, parallel_cpu)] =
        [each(serial), each(one), each(parallel)];
    let last = parallel.explanations.last().cloned().unwrap_or_default();
    let mut shares: Vec<_> = parallel.explanations.iter().map(run::serial_share).collect();
    shares.sort_unstable_by(f64::total_cmp);
    Figures {
        transactions: facts.transactions,
        block_bytes: facts.block_bytes,
        changed_rows: facts.changed_rows,
        failed_calls: facts.failed_calls,
        serial_us_per_tx: serial_us,
        one_worker_us_per_tx: one_us,
        parallel_us_per_tx: parallel_us,
        one_worker_overhead: ratio(one_us, serial_us),
        speedup: ratio(serial_us, parallel_us),
        tps: ratio(1e6, parallel_us),
        serial_tps: ratio(1e6, serial_us),
        conflicts: last.conflicts,
        serial_share: shares.get(shares.len() / 2).copied().unwrap_or_default(),
        critical_path: last.critical_path,
        // A difference has ended the measurement before.
        roots_match: true,
        cpu: PhaseFigures {
            serial_us_per_tx: serial_cpu,
            one_worker_us_per_tx: one_cpu,
            parallel_us_per_tx: parallel_cpu,
        },
        phases: phases(samples, count),
        ..Figures::default()
    }
}

/// The median of each phase, in each mode.
fn phases(
    samples: &[Samples; 3],
    transactions: f64,
) -> std::collections::BTreeMap<String, PhaseFigures> {
    let all = samples
        .each_ref()
        .map(|samples| samples.explanations.iter().map(run::phases).collect::<Vec<Phases>>());
    let names = all.iter().flatten().next().map(|first| first.keys().cloned().collect::<Vec<_>>());
    let middle = |runs: &[Phases], name: &str| {
        let mut times: Vec<_> = runs.iter().filter_map(|run| run.get(name).copied()).collect();
        times.sort_unstable();
        let time = times.get(times.len() / 2).copied().unwrap_or_default();
        micros(std::time::Duration::from_nanos(time)) / transactions
    };
    let [serial, one, parallel] = &all;
    let figures = |name: String| {
        let figures = PhaseFigures {
            serial_us_per_tx: middle(serial, &name),
            one_worker_us_per_tx: middle(one, &name),
            parallel_us_per_tx: middle(parallel, &name),
        };
        (name, figures)
    };
    names.unwrap_or_default().into_iter().map(figures).collect()
}
