//! How a block ran, for people who ask why it took the time it did.

/// Facts about the execution of one block. Not part of consensus: they depend on the machine.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Explanation {
    /// Transactions that ran in segments with several lanes.
    pub parallel: usize,
    /// Transactions that ran one after another.
    pub serial: usize,
    /// Sum of the segments' critical paths: the least number of steps with unlimited workers.
    pub critical_path: usize,
    /// Transactions that had to wait for another one.
    pub conflicts: usize,
    /// How many segments there were.
    pub segments: usize,
}

impl Explanation {
    pub(crate) fn parallel(&mut self, count: usize, critical_path: u32, conflicts: u32) {
        self.segments = self.segments.saturating_add(1);
        self.parallel = self.parallel.saturating_add(count);
        self.critical_path = self.critical_path.saturating_add(critical_path as usize);
        self.conflicts = self.conflicts.saturating_add(conflicts as usize);
    }

    pub(crate) fn serial(&mut self, count: usize) {
        self.segments = self.segments.saturating_add(1);
        self.serial = self.serial.saturating_add(count);
        self.critical_path = self.critical_path.saturating_add(count);
    }
}
