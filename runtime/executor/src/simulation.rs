//! A virtual scheduler: workers that are not threads, whose steps follow one another in an order
//! drawn from a seed.
//!
//! It drives the very steps that threads take, so each seed is one interleaving that threads could
//! show, found again at will.

#[cfg(test)]
mod exploration;

use crate::graph::Graph;
use crate::schedule::{Schedule, Tasks, Worker};

/// The golden ratio as a fraction of 2^64: steps through all numbers.
pub(crate) const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Spread neighbouring numbers apart (SplitMix64).
pub(crate) fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Numbers drawn from a seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// A number below `sides`; 0 if there are none.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(GOLDEN);
        (mix(self.0) as usize).checked_rem(sides).unwrap_or(0)
    }
}

/// Run all tasks on virtual workers. Gives the number of tasks that each ran.
pub(crate) fn run<T: Tasks>(graph: &Graph, tasks: &T, (workers, seed): (usize, u64)) -> Vec<usize> {
    let mut dice = Dice::new(seed);
    let schedule = Schedule::new(graph, dice.roll(3).saturating_add(1));
    let mut workers: Vec<Worker<T::Done>> =
        (0..workers).map(|index| Worker::new(index, Vec::new())).collect();
    // Ready nodes that no worker has, as threads leave them to each other.
    let mut pool: Vec<u32> = Vec::new();
    loop {
        let at = dice.roll(workers.len());
        let Some(worker) = workers.get_mut(at) else { break };
        if worker.is_idle() && !pool.is_empty() && dice.roll(2) == 0 {
            worker.hand(pool.swap_remove(dice.roll(pool.len())));
        }
        if worker.step(&schedule, tasks) {
            pool.append(&mut worker.spare);
        } else if pool.is_empty() && workers.iter().all(Worker::rests) {
            break;
        }
    }
    workers.into_iter().map(|worker| worker.tasks).collect()
}
