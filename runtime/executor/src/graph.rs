//! The order in which transactions must run, from the rows they declare.
//!
//! Two transactions conflict if they touch one row and neither both read nor both add. Each row
//! sees a sequence of *groups*: neighbours that commute. A transaction waits for the whole group
//! before its own. Where that group has several members a *gate* stands between, a node without
//! work, so that edges grow with the number of accesses and not with its square.

use std::collections::BTreeMap;

use althing_frame::{Access, Mode, RowKey};

/// A dependency graph over tasks `0..tasks` and the gates after them.
#[derive(Debug)]
pub(crate) struct Graph {
    /// Number of tasks; nodes from here on are gates.
    pub(crate) tasks: usize,
    /// For each node, the nodes that wait for it.
    pub(crate) successors: Vec<Vec<u32>>,
    /// For each node, how many nodes it waits for.
    pub(crate) waits_for: Vec<u32>,
    /// The distinct rows, in ascending order.
    pub(crate) rows: Vec<RowKey>,
    /// For each task, the positions in `rows` of its access set, in the set's order.
    pub(crate) slots: Vec<Vec<u32>>,
    /// Length of the longest chain of tasks that must run one after another.
    pub(crate) critical_path: u32,
    /// How many tasks wait for at least one other.
    pub(crate) conflicts: u32,
}

#[derive(Default)]
struct Group {
    mode: Option<Mode>,
    members: Vec<u32>,
    /// What the members wait for.
    before: Option<u32>,
}

impl Graph {
    /// Build the graph of tasks with these access sets, in block order.
    pub(crate) fn new(accesses: &[&Access]) -> Self {
        let (rows, slots) = resolve(accesses);
        let mut graph = Self {
            tasks: accesses.len(),
            successors: vec![Vec::new(); accesses.len()],
            waits_for: vec![0; accesses.len()],
            rows,
            slots,
            critical_path: 0,
            conflicts: 0,
        };
        graph.connect(accesses);
        graph.measure();
        graph
    }

    fn connect(&mut self, accesses: &[&Access]) {
        let mut groups: Vec<Group> = Vec::new();
        groups.resize_with(self.rows.len(), Group::default);
        let slots = core::mem::take(&mut self.slots);
        for (task, (access, slots)) in (0_u32..).zip(accesses.iter().zip(&slots)) {
            let mut waits: Vec<u32> = Vec::new();
            for (row, slot) in access.rows().iter().zip(slots) {
                if let Some(group) = groups.get_mut(*slot as usize) {
                    self.join(group, task, row.mode);
                    waits.extend(group.before);
                }
            }
            waits.sort_unstable();
            waits.dedup();
            self.conflicts = self.conflicts.saturating_add(u32::from(!waits.is_empty()));
            for node in waits {
                self.edge(node, task);
            }
        }
        self.slots = slots;
    }

    /// Put `task` into the row's current group, or begin the next one.
    fn join(&mut self, group: &mut Group, task: u32, mode: Mode) {
        // Which transactions a bounded sum covers is not known here.
        let mode = if mode == Mode::Bounded { Mode::Write } else { mode };
        if group.mode.is_some_and(|current| current.conflicts(mode)) {
            group.before = match *group.members.as_slice() {
                [] => None,
                [single] => Some(single),
                _ => Some(self.gate(&group.members)),
            };
            group.members.clear();
        }
        group.mode = Some(mode);
        group.members.push(task);
    }

    fn gate(&mut self, members: &[u32]) -> u32 {
        // A block holds fewer than 2^31 accesses, so node numbers fit.
        let gate = u32::try_from(self.successors.len()).unwrap_or(u32::MAX);
        self.successors.push(Vec::new());
        self.waits_for.push(0);
        for member in members {
            self.edge(*member, gate);
        }
        gate
    }

    fn edge(&mut self, from: u32, to: u32) {
        if let (Some(successors), Some(waits)) =
            (self.successors.get_mut(from as usize), self.waits_for.get_mut(to as usize))
        {
            successors.push(to);
            *waits = waits.saturating_add(1);
        }
    }

    /// Length of the critical path, walking nodes in a topological order.
    fn measure(&mut self) {
        let mut waits = self.waits_for.clone();
        let mut depth = vec![0_u32; waits.len()];
        let mut ready: Vec<usize> =
            waits.iter().enumerate().filter(|(_, waits)| **waits == 0).map(|(n, _)| n).collect();
        while let Some(node) = ready.pop() {
            let own = u32::from(node < self.tasks);
            let reached = depth.get(node).copied().unwrap_or(0).saturating_add(own);
            self.critical_path = self.critical_path.max(reached);
            for next in self.successors.get(node).map_or(&[][..], Vec::as_slice) {
                let next = *next as usize;
                if let (Some(depth), Some(left)) = (depth.get_mut(next), waits.get_mut(next)) {
                    *depth = (*depth).max(reached);
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        ready.push(next);
                    }
                }
            }
        }
    }
}

/// Number the distinct rows in ascending order.
fn resolve(accesses: &[&Access]) -> (Vec<RowKey>, Vec<Vec<u32>>) {
    let mut numbers: BTreeMap<&RowKey, u32> =
        accesses.iter().flat_map(|access| access.rows()).map(|row| (&row.key, 0)).collect();
    for (number, slot) in (0_u32..).zip(numbers.values_mut()) {
        *slot = number;
    }
    let slots = accesses
        .iter()
        .map(|access| {
            access.rows().iter().filter_map(|row| numbers.get(&row.key).copied()).collect()
        })
        .collect();
    (numbers.into_keys().cloned().collect(), slots)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> RowKey {
        RowKey::from(vec![n])
    }

    fn access(modes: &[(u8, Mode)]) -> Access {
        let mut access = Access::new();
        for (row, mode) in modes {
            match mode {
                Mode::Read => access.read(key(*row)),
                Mode::Add => access.add(key(*row)),
                Mode::Write | Mode::Bounded => access.write(key(*row)),
            };
        }
        access
    }

    fn graph(accesses: &[Access]) -> Graph {
        Graph::new(&accesses.iter().collect::<Vec<_>>())
    }

    #[test]
    fn additions_to_one_row_do_not_wait_for_each_other() {
        let graph = graph(&vec![access(&[(1, Mode::Add)]); 100]);
        assert_eq!((graph.critical_path, graph.conflicts), (1, 0));
    }

    #[test]
    fn writes_to_one_row_form_a_chain() {
        let graph = graph(&vec![access(&[(1, Mode::Write)]); 100]);
        assert_eq!((graph.critical_path, graph.conflicts), (100, 99));
    }

    #[test]
    fn many_readers_after_many_adders_share_one_gate() {
        let mut accesses = vec![access(&[(1, Mode::Add)]); 50];
        accesses.extend(vec![access(&[(1, Mode::Read)]); 50]);
        let graph = graph(&accesses);
        let edges: usize = graph.successors.iter().map(Vec::len).sum();
        assert_eq!((graph.critical_path, edges), (2, 100));
    }
}
