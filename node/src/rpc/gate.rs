//! Room for methods that work for long: so many at once, so much that waits, and no more than a
//! share of it for one connection.
//!
//! A call that finds no room is refused at once, with an error that says so, instead of growing a
//! queue. A request's room is measured by its length: what waits lies in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::failure::Failure;

/// How much room there is for calls that run or wait, in units of [`UNIT_BYTES`] or a call.
const ROOM: usize = 1024;
/// How much of it one connection may take.
const ROOM_OF_ONE: usize = 256;
/// So many bytes of a request count as much as a further short call.
const UNIT_BYTES: usize = 64 * 1024;

/// See the module.
#[derive(Debug)]
pub(super) struct Gate {
    running: Arc<Semaphore>,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_connection: BTreeMap<usize, usize>,
}

/// The right to run. Dropping it makes room.
#[derive(Debug)]
pub(super) struct Pass {
    _running: OwnedSemaphorePermit,
    _place: Place,
}

#[derive(Debug)]
struct Place {
    taken: Arc<Mutex<Taken>>,
    connection: usize,
    room: usize,
}

impl Gate {
    /// A gate through which as many calls go at once as there are cores, and at least two.
    pub(super) fn new() -> Self {
        Self::of(available_parallelism().map_or(2, |cores| cores.get().max(2)))
    }

    fn of(width: usize) -> Self {
        Self { running: Arc::new(Semaphore::new(width)), taken: Arc::default() }
    }

    /// Wait for a turn, if there is room to wait. `connection` asks with so many bytes.
    pub(super) async fn enter(&self, connection: usize, bytes: usize) -> Result<Pass, Failure> {
        let place = self.place(connection, bytes)?;
        let running = Arc::clone(&self.running).acquire_owned().await;
        // Nobody closes the semaphore.
        let running = running.map_err(|error| Failure::internal(&error))?;
        Ok(Pass { _running: running, _place: place })
    }

    fn place(&self, connection: usize, bytes: usize) -> Result<Place, Failure> {
        let room = bytes.div_euclid(UNIT_BYTES).saturating_add(1);
        let mut taken = lock(&self.taken);
        let own = taken.by_connection.get(&connection).copied().unwrap_or(0);
        if own.saturating_add(room) > ROOM_OF_ONE || taken.all.saturating_add(room) > ROOM {
            return Err(Failure::busy(own, taken.all));
        }
        taken.all = taken.all.saturating_add(room);
        taken.by_connection.insert(connection, own.saturating_add(room));
        Ok(Place { taken: Arc::clone(&self.taken), connection, room })
    }
}

fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        taken.all = taken.all.saturating_sub(self.room);
        let left = taken.by_connection.get(&self.connection).copied().unwrap_or(0);
        match left.saturating_sub(self.room) {
            0 => taken.by_connection.remove(&self.connection),
            left => taken.by_connection.insert(self.connection, left),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_has_its_share_and_no_more() {
        let gate = Gate::of(2);
        let places: Vec<_> = (0..ROOM_OF_ONE).map(|_| gate.place(1, 100).unwrap()).collect();
        assert!(gate.place(1, 100).is_err());
        let other = gate.place(2, 100).unwrap();
        drop(places);
        assert!(gate.place(1, 100).is_ok());
        drop(other);
        let taken = lock(&gate.taken);
        assert_eq!((taken.all, taken.by_connection.len()), (0, 0));
    }

    #[test]
    fn all_connections_together_have_a_limit() {
        let gate = Gate::of(2);
        let places = |connection| (0..ROOM_OF_ONE).map(move |_| (connection, 0));
        let full: Vec<_> = (0..4).flat_map(places).map(|(who, _)| gate.place(who, 0)).collect();
        assert!(full.iter().all(Result::is_ok));
        assert!(gate.place(9, 0).is_err());
    }

    #[test]
    fn long_requests_take_more_room() {
        let gate = Gate::of(2);
        let long = 5 * 1024 * 1024;
        let places: Vec<_> = std::iter::from_fn(|| gate.place(1, long).ok()).take(100).collect();
        assert_eq!(places.len(), 3);
    }

    #[tokio::test]
    async fn who_waits_has_a_turn_once_another_is_done() {
        let gate = Arc::new(Gate::of(1));
        let first = gate.enter(1, 0).await.unwrap();
        let waiting = Arc::clone(&gate);
        let second = tokio::spawn(async move { waiting.enter(1, 0).await.is_ok() });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(first);
        assert!(second.await.unwrap());
    }
}
