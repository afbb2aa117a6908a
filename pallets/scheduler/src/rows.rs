//! The rows and what they hold.

use althing_frame::{Map, Track, Value};
use althing_primitives::{BlockNumber, BoundedVec};
use pallet_preimage::{Proposal, Relied};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{EnactmentRecord, RETRIES_MAX};

/// Which task. Ids are never used twice.
pub type TaskId = u32;

/// How many tasks an agenda holds (SC2).
pub const AGENDA_TASKS_MAX: u32 = 64;

/// The tasks of one block, oldest first.
pub type Agenda = BoundedVec<Task, AGENDA_TASKS_MAX>;

/// What is to be enacted, by the first block in which it may be.
pub const AGENDA: Map<BlockNumber, Agenda> = Map::new(crate::NAME, "Agenda").with_default();

/// In which agenda a task stands.
pub const PLACES: Map<TaskId, BlockNumber> = Map::new(crate::NAME, "Places");

/// The first block whose agenda may still hold tasks.
pub const NEXT_BLOCK: Value<BlockNumber> = Value::new(crate::NAME, "NextBlock").with_default();

/// The id of the next task.
pub const NEXT_TASK: Value<TaskId> = Value::new(crate::NAME, "NextTask").with_default();

/// The tasks that wait for a retry, oldest first.
pub type Retries = BoundedVec<Retry, RETRIES_MAX>;

/// Tasks whose preimage was missing.
pub const RETRIES: Value<Retries> = Value::new(crate::NAME, "Retries").with_default();

/// How the enactment of a referendum ended.
pub const RESULTS: Map<u32, EnactmentRecord> = Map::new(crate::NAME, "Results");

/// What to enact. A call runs with the power of a track and never as an account: nobody can be
/// made to act by a vote.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct Enactment {
    /// The call.
    pub proposal: Proposal,
    /// The track with whose power it runs.
    pub track: Track,
    /// The referendum that decided it.
    pub referendum: Option<u32>,
    /// The preimages that the call takes from the chain when it runs.
    pub relies_on: Relied,
}

/// An enactment on an agenda.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct Task {
    /// Which task.
    pub id: TaskId,
    /// What it does.
    pub enactment: Enactment,
}

/// A task whose preimage was missing when it was due.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct Retry {
    /// The task.
    pub task: Task,
    /// The last block in which a retry can be asked for.
    pub until: BlockNumber,
    /// Whether somebody has asked.
    pub asked: bool,
}
