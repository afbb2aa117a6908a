//! Why a task is not scheduled, cancelled or retried.

use althing_primitives::BlockNumber;

use crate::TaskId;

althing_frame::pallet_errors! {
    /// Why a task is not scheduled, cancelled or retried.
    pub enum Error in pallet 7 {
        /// All agendas that are searched are full.
        1 "SCH-101" NoRoom { from: BlockNumber, to: BlockNumber }
            => "the agendas of blocks {from} to {to} are full";
        /// The task has ended or never was.
        2 "SCH-102" UnknownTask { task: TaskId } => "no task {task} is waiting";
        /// The task did not fail for a missing preimage, or its time is over.
        3 "SCH-103" NotRetryable { task: TaskId }
            => "task {task} is not among those that wait for their preimage";
    }
}
