//! Who calls whom (VM5): no function may reach itself, and what the longest chain of calls keeps
//! is bounded.
//!
//! Where a stack ends differs between processors, for their code keeps more or less on it. A
//! module that finds the end would be valid on one and invalid on another. Without recursion the
//! depth is known before the module runs, and no module finds the end.

use std::collections::BTreeSet;

use wasmparser::FuncType;

use super::ModuleError;

/// What one function calls.
#[derive(Default)]
pub(super) struct Body {
    /// Functions by index, ascending.
    pub(super) calls: Vec<u32>,
    /// Types of calls through the table, ascending.
    pub(super) indirect: Vec<u32>,
    /// What a call of it keeps.
    pub(super) slots: u64,
}

/// The calls of a module. There are no imports, so index 0 is the first body.
#[derive(Default)]
pub(super) struct Calls {
    pub(super) types: Vec<FuncType>,
    /// The type of each function.
    pub(super) functions: Vec<u32>,
    pub(super) bodies: Vec<Body>,
    pub(super) in_table: BTreeSet<u32>,
}

#[derive(Clone, Copy)]
enum Visit {
    Not,
    Open,
    /// What it and those it calls keep at most.
    Done(u64),
}

/// A node on the path that is being looked at, and whom it calls that was not looked at yet.
struct Step {
    node: usize,
    targets: Vec<usize>,
    own: u64,
    below: u64,
}

impl Calls {
    /// What the longest chain of calls keeps, in values of 8 bytes.
    pub(super) fn stack_slots(&self) -> Result<u64, ModuleError> {
        let graph = Graph::of(self);
        let mut visits = vec![Visit::Not; graph.nodes()];
        let mut longest = 0;
        for start in 0..self.bodies.len() {
            longest = graph.longest(start, &mut visits)?.max(longest);
        }
        Ok(longest)
    }

    /// The type of a function.
    pub(super) fn type_of(&self, function: u32) -> Option<&FuncType> {
        self.types.get(index(*self.functions.get(index(function))?))
    }
}

/// Functions first; then one node for each type, which stands for the table: a call through the
/// table may reach every function in it that has the type.
struct Graph<'a> {
    calls: &'a Calls,
    /// For each type the first one that is equal to it.
    first_equal: Vec<usize>,
    /// For each type that is the first of its equals, the functions in the table.
    of_type: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    fn of(calls: &'a Calls) -> Self {
        let first = |ty| calls.types.iter().position(|other| other == ty).unwrap_or(0);
        let first_equal: Vec<usize> = calls.types.iter().map(first).collect();
        let mut of_type = vec![Vec::new(); calls.types.len()];
        for function in &calls.in_table {
            let function = index(*function);
            let ty = calls.functions.get(function).and_then(|ty| first_equal.get(index(*ty)));
            if let Some(same) = ty.and_then(|ty| of_type.get_mut(*ty)) {
                same.push(function);
            }
        }
        Self { calls, first_equal, of_type }
    }

    fn nodes(&self) -> usize {
        self.calls.bodies.len().saturating_add(self.of_type.len())
    }

    fn step(&self, node: usize) -> Step {
        let functions = self.calls.bodies.len();
        let Some(body) = self.calls.bodies.get(node) else {
            let ty = node.saturating_sub(functions);
            let targets = self.of_type.get(ty).cloned().unwrap_or_default();
            return Step { node, targets, own: 0, below: 0 };
        };
        let through = |ty: &u32| self.first_equal.get(index(*ty)).copied();
        let through = body.indirect.iter().filter_map(through);
        let through = through.map(|ty| functions.saturating_add(ty));
        let targets = body.calls.iter().map(|function| index(*function)).chain(through).collect();
        Step { node, targets, own: body.slots, below: 0 }
    }

    /// Depth first, with a path of our own and not the thread's stack: the module chooses the
    /// depth. Every node is opened once, so time is linear in the number of calls.
    fn longest(&self, start: usize, visits: &mut [Visit]) -> Result<u64, ModuleError> {
        let mut caller = Step { node: start, targets: vec![start], own: 0, below: 0 };
        let mut path: Vec<Step> = Vec::new();
        loop {
            let step = path.last_mut().unwrap_or(&mut caller);
            if let Some(node) = step.targets.pop() {
                // The validator has seen that every index is a function's.
                let Some(visit) = visits.get_mut(node) else { continue };
                match *visit {
                    Visit::Done(slots) => step.below = step.below.max(slots),
                    Visit::Open => {
                        return Err(ModuleError::Recursion { function: self.name(node) });
                    }
                    Visit::Not => {
                        *visit = Visit::Open;
                        path.push(self.step(node));
                    }
                }
                continue;
            }
            let Some(step) = path.pop() else { return Ok(caller.below) };
            let whole = step.own.saturating_add(step.below);
            if let Some(visit) = visits.get_mut(step.node) {
                *visit = Visit::Done(whole);
            }
            let above = path.last_mut().unwrap_or(&mut caller);
            above.below = above.below.max(whole);
        }
    }

    /// A function on the circle that `node` is on.
    fn name(&self, node: usize) -> u32 {
        let ty = node.saturating_sub(self.calls.bodies.len());
        let in_table = || self.of_type.get(ty).and_then(|same| same.first()).copied();
        let is_function = node < self.calls.bodies.len();
        let function = if is_function { Some(node) } else { in_table() };
        function.and_then(|function| u32::try_from(function).ok()).unwrap_or(u32::MAX)
    }
}

fn index(index: u32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}
