//! Every order of steps gives the rows of one worker: small generated graphs under a virtual
//! scheduler, 100,000 interleavings of them.

#![allow(clippy::arithmetic_side_effects, reason = "the numbers of these tests are small")]

use std::sync::{Mutex, MutexGuard, PoisonError};

use althing_frame::{Access, Escrow, Mode, RowKey};

use super::{Dice, mix, run as run_virtually};
use crate::graph::Graph;
use crate::parallel::run_in_order;
use crate::places::{Place, Places};
use crate::schedule::Tasks;

const GRAPHS: u64 = 2_000;
const ORDERS: u64 = 50;
const MAX: u128 = 60;

/// What a task does to one row.
#[derive(Clone, Copy, Debug)]
struct Touch {
    row: usize,
    mode: Mode,
    /// What it adds, takes or gives.
    amount: u128,
    takes: bool,
}

type Program = Vec<Touch>;

fn key(row: usize) -> RowKey {
    row.to_be_bytes().to_vec().into()
}

fn access(program: &Program) -> Access {
    let mut access = Access::new();
    for touch in program {
        let (takes, gives) = if touch.takes { (touch.amount, 0) } else { (0, touch.amount) };
        match touch.mode {
            Mode::Read => access.read(key(touch.row)),
            Mode::Add => access.add(key(touch.row)),
            Mode::Write => access.write(key(touch.row)),
            Mode::Bounded => access.bounded(key(touch.row), Escrow { takes, gives, max: MAX }),
        };
    }
    access
}

/// A few tasks over a few rows, among them crowds that add to one row.
fn programs(dice: &mut Dice) -> Vec<Program> {
    let rows = dice.roll(4) + 1;
    let tasks = dice.roll(9) + 2;
    // Some graphs are mostly sums, others mostly writes.
    let modes = [
        [Mode::Read, Mode::Add, Mode::Bounded, Mode::Write],
        [Mode::Add, Mode::Add, Mode::Bounded, Mode::Read],
        [Mode::Bounded, Mode::Bounded, Mode::Bounded, Mode::Add],
    ][dice.roll(3)];
    let touch = |row: usize, dice: &mut Dice| Touch {
        row,
        mode: modes[dice.roll(4)],
        amount: dice.roll(12) as u128,
        takes: dice.roll(3) > 0,
    };
    let program = |dice: &mut Dice| {
        (0..rows)
            .filter(|_| dice.roll(2) == 0)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|row| touch(row, dice))
            .collect()
    };
    (0..tasks).map(|_| program(dice)).collect()
}

fn places(programs: &[Program]) -> Places {
    let mut places = Places::with_capacity(programs.len(), 0);
    for program in programs {
        for touch in program {
            places.push(u32::try_from(touch.row).unwrap());
        }
        places.end();
    }
    places
}

fn first_values(dice: &mut Dice) -> Vec<u128> {
    (0..4).map(|_| dice.roll(40) as u128).collect()
}

/// What a task has still to commit.
#[derive(Clone, Copy, Debug)]
enum Effect {
    Set(usize, u128),
    Add(usize, u128),
}

/// Rows, tasks in flight, and what went wrong.
#[derive(Debug)]
struct World<'a> {
    programs: &'a [Program],
    /// Which tasks a bounded sum covers, by their places; none for the reference.
    places: Option<&'a Places>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    rows: Vec<u128>,
    /// What each worker added to each row and nobody has folded in.
    sums: Vec<Vec<u128>>,
    flying: Vec<u32>,
    runs: Vec<u32>,
    outcomes: Vec<u64>,
    clashes: usize,
}

impl<'a> World<'a> {
    fn new(programs: &'a [Program], places: Option<&'a Places>, rows: &[u128]) -> Self {
        let state = State {
            rows: rows.to_vec(),
            sums: vec![vec![0; rows.len()]; 4],
            runs: vec![0; programs.len()],
            outcomes: vec![0; programs.len()],
            ..State::default()
        };
        Self { programs, places, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mode(&self, task: u32, at: usize) -> Mode {
        let mode = self.programs[task as usize][at].mode;
        let covered =
            self.places.is_some_and(|places| Places::is_covered(places.of(task as usize)[at]));
        match mode {
            Mode::Bounded if covered => Mode::Add,
            Mode::Bounded => Mode::Write,
            Mode::Read | Mode::Add | Mode::Write => mode,
        }
    }

    fn clash(&self, one: u32, other: u32) -> bool {
        let (first, second) = (&self.programs[one as usize], &self.programs[other as usize]);
        first.iter().enumerate().any(|(at, touch)| {
            let shared = second.iter().position(|other| other.row == touch.row);
            shared.is_some_and(|there| self.mode(one, at).conflicts(self.mode(other, there)))
        })
    }

    fn end(self) -> State {
        let mut state = self.state.into_inner().unwrap();
        for row in 0..state.rows.len() {
            state.fold(row);
        }
        state
    }
}

impl State {
    fn fold(&mut self, row: usize) -> u128 {
        for sums in &mut self.sums {
            self.rows[row] = self.rows[row].wrapping_add(std::mem::take(&mut sums[row]));
        }
        self.rows[row]
    }
}

impl Tasks for World<'_> {
    type Done = Vec<Effect>;

    fn transact(&self, _: usize, task: u32) -> Vec<Effect> {
        let mut state = self.state();
        let clashes = state.flying.iter().filter(|other| self.clash(task, **other)).count();
        state.clashes += clashes;
        state.flying.push(task);
        state.runs[task as usize] += 1;
        let mut seen = u64::from(task);
        let mut effects = Vec::new();
        for (at, touch) in self.programs[task as usize].iter().enumerate() {
            let row = touch.row;
            match (touch.mode, self.mode(task, at)) {
                (Mode::Read, _) => seen = mix(seen ^ state.fold(row) as u64),
                (Mode::Write, _) => {
                    seen = mix(seen ^ state.fold(row) as u64);
                    effects.push(Effect::Set(row, u128::from(seen % 40)));
                }
                (Mode::Add, _) => effects.push(Effect::Add(row, touch.amount)),
                (Mode::Bounded, mode) => {
                    let amount =
                        if touch.takes { touch.amount.wrapping_neg() } else { touch.amount };
                    let fits = mode == Mode::Add || {
                        let value = state.fold(row);
                        if touch.takes {
                            touch.amount <= value
                        } else {
                            value + touch.amount <= MAX
                        }
                    };
                    seen = mix(seen ^ u64::from(fits));
                    effects.extend(fits.then_some(Effect::Add(row, amount)));
                }
            }
        }
        state.outcomes[task as usize] = seen;
        effects
    }

    fn commit(&self, worker: usize, _: u32, (effects, at): (&mut Vec<Effect>, usize)) -> bool {
        let mut state = self.state();
        match effects.get(at) {
            None => return false,
            Some(Effect::Set(row, value)) => {
                state.fold(*row);
                state.rows[*row] = *value;
            }
            Some(Effect::Add(row, amount)) => {
                let sum = &mut state.sums[worker][*row];
                *sum = sum.wrapping_add(*amount);
            }
        }
        true
    }

    fn finish(&self, task: u32, _: Vec<Effect>) {
        self.state().flying.retain(|other| *other != task);
    }
}

#[test]
fn every_interleaving_gives_the_rows_and_outcomes_of_one_worker() {
    let (mut covered, mut gates, mut waiting) = (0, 0, 0);
    for number in 0..GRAPHS {
        let mut dice = Dice::new(number);
        let programs = programs(&mut dice);
        let rows = first_values(&mut dice);
        let accesses: Vec<Access> = programs.iter().map(access).collect();
        let mut places = places(&programs);
        let borrowed: Vec<&Access> = accesses.iter().collect();
        let graph = Graph::build(&borrowed, &mut places, |row| rows.get(row as usize).copied());
        let reference = World::new(&programs, None, &rows);
        run_in_order(programs.len(), &reference);
        let reference = reference.end();
        covered += graph.covered;
        gates += graph.waits_for.len() - programs.len();
        waiting += graph.conflicts;
        for order in 0..ORDERS {
            let world = World::new(&programs, Some(&places), &rows);
            let seed = number * ORDERS + order;
            let workers = 2 + (seed % 3) as usize;
            let shares = run_virtually(&graph, &world, (workers, seed));
            let end = world.end();
            let what = format!("seed {seed} of graph {number}: {programs:?}");
            assert_eq!(shares.iter().sum::<usize>(), programs.len(), "{what}");
            assert_eq!(end.clashes, 0, "{what}");
            assert!(end.runs.iter().all(|runs| *runs == 1), "{what}");
            assert_eq!(
                (&end.rows, &end.outcomes),
                (&reference.rows, &reference.outcomes),
                "{what}"
            );
        }
    }
    assert!(covered > 1_000 && gates > 500 && waiting > 2_000, "{covered} {gates} {waiting}");
}

#[test]
fn a_missing_edge_would_be_found() {
    let touch = Touch { row: 0, mode: Mode::Write, amount: 0, takes: false };
    let programs = vec![vec![touch]; 6];
    let nothing = Access::new();
    let mut places = places(&vec![Vec::new(); 6]);
    let graph = Graph::build(&[&nothing; 6], &mut places, |_| None);
    let clashes = |seed| {
        let world = World::new(&programs, None, &[0; 4]);
        run_virtually(&graph, &world, (3, seed));
        world.end().clashes
    };
    assert!((0..100).filter(|seed| clashes(*seed) > 0).count() > 50);
}

fn graph(programs: &[Program], base: u128) -> (Graph, Places) {
    let accesses: Vec<Access> = programs.iter().map(access).collect();
    let mut places = places(programs);
    let borrowed: Vec<&Access> = accesses.iter().collect();
    let graph = Graph::build(&borrowed, &mut places, |_| Some(base));
    (graph, places)
}

fn touch(row: usize, mode: Mode) -> Touch {
    Touch { row, mode, amount: 1, takes: true }
}

#[test]
fn additions_to_one_row_do_not_wait_for_each_other() {
    let (graph, _) = graph(&vec![vec![touch(1, Mode::Add)]; 100], 0);
    assert_eq!((graph.critical_path, graph.conflicts, graph.free.len()), (1, 0, 100));
    assert!(graph.is_wide());
}

#[test]
fn writes_to_one_row_form_a_chain_that_is_not_worth_several_workers() {
    let (graph, _) = graph(&vec![vec![touch(1, Mode::Write)]; 100], 0);
    assert_eq!((graph.critical_path, graph.conflicts, graph.free.len()), (100, 99, 1));
    assert!(!graph.is_wide());
}

#[test]
fn many_readers_after_many_adders_share_one_gate() {
    let mut programs = vec![vec![touch(1, Mode::Add)]; 50];
    programs.extend(vec![vec![touch(1, Mode::Read)]; 50]);
    let (graph, _) = graph(&programs, 0);
    assert_eq!(graph.waits_for.len(), 101, "one gate");
    assert_eq!(graph.waits_for[100], 50);
    assert_eq!(graph.successors(100).len(), 50);
    assert_eq!(graph.critical_path, 2);
}

#[test]
fn two_rows_shared_with_one_task_are_one_edge() {
    let program = vec![touch(0, Mode::Write), touch(1, Mode::Write)];
    let (graph, _) = graph(&vec![program; 3], 0);
    assert_eq!(graph.waits_for, [0, 1, 1]);
}

#[test]
fn a_sum_covers_its_first_tasks_and_the_others_run_in_order() {
    let (graph, places) = graph(&vec![vec![touch(2, Mode::Bounded)]; 10], 6);
    assert_eq!((graph.covered, graph.uncovered), (6, 4));
    let covered = (0..10).map(|task| Places::is_covered(places.of(task)[0]));
    assert_eq!(covered.collect::<Vec<_>>(), [vec![true; 6], vec![false; 4]].concat());
    assert_eq!(graph.critical_path, 5, "six beside each other, then one after another");
}

#[test]
fn nobody_is_covered_once_a_task_may_set_see_or_add_to_the_sum() {
    for mode in [Mode::Write, Mode::Read, Mode::Add] {
        let mut programs = vec![vec![touch(0, Mode::Bounded)]; 2];
        programs.push(vec![touch(0, mode)]);
        programs.extend(vec![vec![touch(0, Mode::Bounded)]; 2]);
        let (graph, _) = graph(&programs, 50);
        assert_eq!((graph.covered, graph.uncovered), (2, 2), "{mode:?}");
    }
}

#[test]
fn rows_that_a_crowd_reads_or_adds_to_are_hot() {
    let crowd = vec![vec![touch(0, Mode::Read), touch(1, Mode::Add), touch(2, Mode::Write)]; 20];
    let (graph, places) = graph(&crowd, 0);
    let hot: Vec<_> = graph.hot.iter().map(|hot| (hot.row, hot.is_read_only)).collect();
    assert_eq!(hot, [(0, true), (1, false)]);
    let found = places.of(7).iter().map(|word| Places::place(*word));
    assert_eq!(found.collect::<Vec<_>>(), [Place::Hot(0), Place::Hot(1), Place::Row(2)]);
    let busy: Vec<_> = graph.busy.iter().map(|row| (row.row, row.tasks, row.groups)).collect();
    assert_eq!(busy, [(0, 20, 1), (1, 20, 1), (2, 20, 20)]);
}
