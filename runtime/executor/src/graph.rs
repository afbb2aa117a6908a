//! The order in which transactions must run, from the rows they declare.
//!
//! Two transactions conflict if they touch one row and neither both read nor both add; bounded
//! additions count as additions as long as the sum covers them (`ledger.rs`), else as writes. Each
//! row sees a sequence of *groups*: neighbours that commute. A transaction waits for the whole
//! group before its own. Where that group has several members a *gate* stands between, a node
//! without work, so that edges grow with the number of accesses and not with its square.
//!
//! Everything is in flat arrays: rows are numbers, members of a group are a list threaded through
//! the accesses, edges are counted and sorted once at the end.

use althing_frame::{Access, Declared, Escrow, Mode};

use crate::RowUse;
use crate::ledger::Ledger;
use crate::places::Places;

/// No node, no row, no access.
const NONE: u32 = u32::MAX;
/// Rows that this many transactions of a segment touch get a place of their own for reading or
/// adding without a lock.
const HOT_MIN: u32 = 16;

/// A dependency graph over the tasks of a segment and the gates between them.
#[derive(Debug)]
pub(crate) struct Graph {
    /// How many tasks there are; nodes from here on are gates.
    pub(crate) tasks: u32,
    /// For each node, how many nodes it waits for.
    pub(crate) waits_for: Vec<u32>,
    /// The tasks that wait for nothing, in block order.
    pub(crate) free: Vec<u32>,
    /// Where each node's part of `targets` begins, and where the last one ends.
    offsets: Vec<u32>,
    targets: Vec<u32>,
    /// Length of the longest chain of tasks that must run one after another.
    pub(crate) critical_path: u32,
    /// How many tasks wait for at least one other.
    pub(crate) conflicts: u32,
    /// How many distinct rows the tasks declare.
    pub(crate) rows: usize,
    /// The rows that several tasks touch, in order of first appearance.
    pub(crate) busy: Vec<BusyRow>,
    /// The rows that very many tasks read or add to.
    pub(crate) hot: Vec<Hot>,
    /// Bounded accesses that their sums cover, and the others.
    pub(crate) covered: u32,
    pub(crate) uncovered: u32,
}

/// A row that several tasks touch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct BusyRow {
    pub(crate) row: u32,
    pub(crate) tasks: u32,
    /// How many groups follow one another on it.
    pub(crate) groups: u32,
    pub(crate) mode: RowUse,
}

/// A row that very many tasks read or add to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Hot {
    pub(crate) row: u32,
    /// Nobody changes it: one copy serves all readers.
    pub(crate) is_read_only: bool,
}

impl Graph {
    /// Build the graph of tasks with these access sets, in block order, whose rows have `places`.
    /// `base` gives the value of a sum as it stands before the first task. Places of covered sums
    /// and of hot rows are marked.
    pub(crate) fn build(
        accesses: &[&Access],
        places: &mut Places,
        base: impl Fn(u32) -> Option<u128>,
    ) -> Self {
        let mut builder = Builder::new(accesses.len(), places);
        for (task, access) in (0_u32..).zip(accesses) {
            builder.add(task, access.rows(), places.of_mut(task as usize), &base);
        }
        builder.finish(places)
    }

    /// Whether a node is a gate.
    pub(crate) fn is_gate(&self, node: u32) -> bool {
        node >= self.tasks
    }

    /// The nodes that wait for this one.
    pub(crate) fn successors(&self, node: u32) -> &[u32] {
        let node = node as usize;
        let bounds = self.offsets.get(node).zip(self.offsets.get(node.saturating_add(1)));
        bounds
            .and_then(|(start, end)| self.targets.get(*start as usize..*end as usize))
            .unwrap_or(&[])
    }

    /// Whether several workers could finish much earlier than one: a fifth at least, below which
    /// the hand-over of rows between processors eats up the gain.
    pub(crate) fn is_wide(&self) -> bool {
        u64::from(self.critical_path).saturating_mul(5) < u64::from(self.tasks).saturating_mul(4)
    }
}

/// One row while the graph is built.
#[derive(Clone, Copy, Debug)]
struct Row {
    number: u32,
    /// Mode of the current group.
    mode: Mode,
    /// The current group's last access, the head of the list of its members.
    last: u32,
    members: u32,
    /// Longest chain that ends with a member of the current group.
    depth: u32,
    /// What the members wait for, and the longest chain that ends there.
    before: u32,
    before_depth: u32,
    tasks: u32,
    groups: u32,
    /// Which modes were declared, as bits.
    uses: u8,
    ledger: u32,
}

/// A task in a group and the access of the member before it.
#[derive(Clone, Copy, Debug)]
struct Member {
    task: u32,
    previous: u32,
}

#[derive(Debug)]
struct Builder {
    tasks: u32,
    gates: u32,
    /// The place in `rows` of each numbered row.
    local: Vec<u32>,
    rows: Vec<Row>,
    members: Vec<Member>,
    edges: Vec<(u32, u32)>,
    ledgers: Vec<Ledger>,
    /// What the task in hand waits for.
    waits: Vec<u32>,
    critical_path: u32,
    conflicts: u32,
    covered: u32,
    uncovered: u32,
}

impl Builder {
    fn new(tasks: usize, places: &Places) -> Self {
        Self {
            // A block holds fewer than 2^31 transactions.
            tasks: u32::try_from(tasks).unwrap_or(NONE),
            gates: 0,
            local: vec![NONE; places.rows()],
            rows: Vec::with_capacity(places.len()),
            members: Vec::with_capacity(places.len()),
            edges: Vec::new(),
            ledgers: Vec::new(),
            waits: Vec::new(),
            critical_path: 0,
            conflicts: 0,
            covered: 0,
            uncovered: 0,
        }
    }

    fn add(
        &mut self,
        task: u32,
        declared: &[Declared],
        places: &mut [u32],
        base: &impl Fn(u32) -> Option<u128>,
    ) {
        self.waits.clear();
        let mut depth = 0_u32;
        for (declared, place) in declared.iter().zip(places.iter_mut()) {
            let at = self.local_row(Places::row(*place));
            let mode = match (declared.mode, declared.escrow.as_deref()) {
                (Mode::Bounded, Some(escrow)) if self.covers(at, escrow, base) => {
                    *place = Places::covered(*place);
                    self.covered = self.covered.saturating_add(1);
                    Mode::Add
                }
                (Mode::Bounded, _) => {
                    self.uncovered = self.uncovered.saturating_add(1);
                    Mode::Write
                }
                (mode @ (Mode::Read | Mode::Add | Mode::Write), _) => mode,
            };
            depth = depth.max(self.join(at, task, (declared.mode, mode)));
        }
        depth = depth.saturating_add(1);
        for place in places.iter() {
            let at = self.local_row(Places::row(*place));
            if let Some(row) = self.rows.get_mut(at) {
                row.depth = row.depth.max(depth);
            }
        }
        self.critical_path = self.critical_path.max(depth);
        self.conflicts = self.conflicts.saturating_add(u32::from(!self.waits.is_empty()));
        self.edges.extend(self.waits.iter().map(|node| (*node, task)));
    }

    fn local_row(&mut self, number: u32) -> usize {
        match self.local.get_mut(number as usize) {
            Some(local) if *local == NONE => {
                let at = self.rows.len();
                *local = u32::try_from(at).unwrap_or(NONE);
                self.rows.push(Row {
                    number,
                    mode: Mode::Read,
                    last: NONE,
                    members: 0,
                    depth: 0,
                    before: NONE,
                    before_depth: 0,
                    tasks: 0,
                    groups: 0,
                    uses: 0,
                    ledger: NONE,
                });
                at
            }
            Some(local) => *local as usize,
            // Places were made from the numbers counted in `local`.
            None => NONE as usize,
        }
    }

    /// Whether the row's sum covers this task, if nobody before it may see or set the sum or add to
    /// it without bounds.
    fn covers(&mut self, at: usize, escrow: &Escrow, base: &impl Fn(u32) -> Option<u128>) -> bool {
        let Some(row) = self.rows.get_mut(at) else { return false };
        if row.uses & !bit(Mode::Bounded) != 0 {
            return false;
        }
        if row.ledger == NONE {
            row.ledger = u32::try_from(self.ledgers.len()).unwrap_or(NONE);
            self.ledgers.push(Ledger::new(base(row.number)));
        }
        self.ledgers.get_mut(row.ledger as usize).is_some_and(|ledger| ledger.covers(escrow))
    }

    /// Put `task` into the row's current group, or begin the next one. Gives the length of the
    /// longest chain before the group.
    fn join(&mut self, at: usize, task: u32, (declared, mode): (Mode, Mode)) -> u32 {
        let Some(row) = self.rows.get(at) else { return 0 };
        if row.members > 0 && row.mode.conflicts(mode) {
            self.next_group(at);
        }
        let access = u32::try_from(self.members.len()).unwrap_or(NONE);
        let Some(row) = self.rows.get_mut(at) else { return 0 };
        self.members.push(Member { task, previous: row.last });
        row.last = access;
        row.mode = mode;
        row.groups = row.groups.saturating_add(u32::from(row.members == 0));
        row.members = row.members.saturating_add(1);
        row.tasks = row.tasks.saturating_add(1);
        row.uses |= bit(declared);
        if row.before != NONE && !self.waits.contains(&row.before) {
            self.waits.push(row.before);
        }
        row.before_depth
    }

    /// End the row's current group: who comes next waits for its only member, or for a gate.
    fn next_group(&mut self, at: usize) {
        let Some(row) = self.rows.get_mut(at) else { return };
        let (mut access, members) = (row.last, row.members);
        row.before_depth = row.depth;
        (row.last, row.members) = (NONE, 0);
        let gate = self.tasks.saturating_add(self.gates);
        if members > 1 {
            row.before = gate;
            self.gates = self.gates.saturating_add(1);
        }
        while let Some(member) = self.members.get(access as usize) {
            if members > 1 {
                self.edges.push((member.task, gate));
            } else {
                row.before = member.task;
            }
            access = member.previous;
        }
    }

    fn finish(self, places: &mut Places) -> Graph {
        let nodes = self.tasks.saturating_add(self.gates) as usize;
        let mut waits_for = vec![0_u32; nodes];
        let mut offsets = vec![0_u32; nodes.saturating_add(1)];
        for (from, to) in &self.edges {
            increment(&mut waits_for, *to);
            increment(&mut offsets, from.saturating_add(1));
        }
        let mut sum = 0_u32;
        for offset in &mut offsets {
            sum = sum.saturating_add(*offset);
            *offset = sum;
        }
        let mut targets = vec![0_u32; self.edges.len()];
        let mut ends = offsets.clone();
        for (from, to) in &self.edges {
            let end = ends.get_mut(*from as usize);
            if let Some(target) = end.and_then(|end| {
                let place = *end;
                *end = end.saturating_add(1);
                targets.get_mut(place as usize)
            }) {
                *target = *to;
            }
        }
        let free = (0_u32..)
            .zip(&waits_for)
            .filter(|(_, waits)| **waits == 0)
            .map(|(node, _)| node)
            .collect();
        let (busy, hot) = self.crowds(places);
        Graph {
            tasks: self.tasks,
            waits_for,
            free,
            offsets,
            targets,
            critical_path: self.critical_path,
            conflicts: self.conflicts,
            rows: self.rows.len(),
            busy,
            hot,
            covered: self.covered,
            uncovered: self.uncovered,
        }
    }

    /// The rows that several tasks touch, and among them the hot ones, whose places are marked.
    fn crowds(&self, places: &mut Places) -> (Vec<BusyRow>, Vec<Hot>) {
        let mut hot = Vec::new();
        let mut local = Vec::new();
        let busy = (0_usize..)
            .zip(&self.rows)
            .filter(|(_, row)| row.tasks > 1)
            .map(|(at, row)| {
                let is_read_only = row.uses == bit(Mode::Read);
                let adds = bit(Mode::Add) | bit(Mode::Bounded);
                if row.tasks >= HOT_MIN && (is_read_only || row.uses & adds != 0) {
                    if local.is_empty() {
                        local = vec![NONE; self.rows.len()];
                    }
                    if let Some(local) = local.get_mut(at) {
                        *local = u32::try_from(hot.len()).unwrap_or(NONE);
                    }
                    hot.push(Hot { row: row.number, is_read_only });
                }
                let (tasks, groups) = (row.tasks, row.groups);
                BusyRow { row: row.number, tasks, groups, mode: use_of(row.uses) }
            })
            .collect();
        if !hot.is_empty() {
            places.mark_hot(|row| {
                let at = self.local.get(row as usize)?;
                local.get(*at as usize).copied().filter(|hot| *hot != NONE)
            });
        }
        (busy, hot)
    }
}

fn increment(counts: &mut [u32], at: u32) {
    if let Some(count) = counts.get_mut(at as usize) {
        *count = count.saturating_add(1);
    }
}

const fn bit(mode: Mode) -> u8 {
    match mode {
        Mode::Read => 1,
        Mode::Add => 2,
        Mode::Bounded => 4,
        Mode::Write => 8,
    }
}

fn use_of(uses: u8) -> RowUse {
    match uses {
        1 => RowUse::Read,
        2 => RowUse::Add,
        4 => RowUse::Bounded,
        8 => RowUse::Write,
        _ => RowUse::Mixed,
    }
}
