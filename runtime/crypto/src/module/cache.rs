//! Compiled modules, kept for the whole process.
//!
//! Compiling is a pure function of code and facts, so nobody can see from a verdict whether a
//! module was kept (M5). It is the one global of this crate: a module is needed by the pool, by
//! authors, by imports and by calls, on any thread, and compiling takes a thousand verifications.
//!
//! Whoever comes first for a module compiles it; whoever comes meanwhile waits for that one. This
//! is the only place where a worker may wait for another, and it cannot be a deadlock: the one who
//! compiles holds no other lock, calls nothing of ours, starts no tasks and waits for nobody. The
//! code is fetched before, under no lock at all.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use althing_primitives::{Hash256, blake2_256};

use super::{Module, ModuleError, ModuleFacts};

/// Modules kept: as many as the registry may have records.
const KEPT: usize = 64;

type Compiled = OnceLock<Result<Arc<Module>, ModuleError>>;

struct Entry {
    key: (Hash256, ModuleFacts),
    compiled: Arc<Compiled>,
    /// When it was last asked for, counted in questions.
    used: u64,
}

struct Kept {
    entries: Vec<Entry>,
    questions: u64,
}

static KEPT_MODULES: Mutex<Kept> = Mutex::new(Kept { entries: Vec::new(), questions: 0 });

impl Kept {
    fn find(&mut self, key: &(Hash256, ModuleFacts)) -> Option<Arc<Compiled>> {
        self.questions = self.questions.saturating_add(1);
        let entry = self.entries.iter_mut().find(|entry| entry.key == *key)?;
        entry.used = self.questions;
        Some(Arc::clone(&entry.compiled))
    }

    fn enter(&mut self, key: (Hash256, ModuleFacts)) -> Arc<Compiled> {
        if let Some(other) = self.find(&key) {
            return other;
        }
        while self.entries.len() >= KEPT {
            let oldest = self.entries.iter().enumerate().min_by_key(|(_, entry)| entry.used);
            let Some((at, _)) = oldest else { break };
            self.entries.swap_remove(at);
        }
        let compiled = Arc::default();
        self.entries.push(Entry { key, compiled: Arc::clone(&compiled), used: self.questions });
        compiled
    }
}

/// The verifier with this code and these facts, compiled once per process while it is in use.
///
/// `code` is asked only if the module is not kept; what it gives must hash to `code_hash`. The
/// answer is a function of the arguments and of the code behind the hash.
pub fn module(
    code_hash: &Hash256,
    facts: ModuleFacts,
    code: impl FnOnce() -> Option<Vec<u8>>,
) -> Result<Arc<Module>, ModuleError> {
    let key = (*code_hash, facts);
    // A thread that panicked under the lock left counters at worst.
    let lock = || KEPT_MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    let found = lock().find(&key);
    if let Some(done) = found.as_ref().and_then(|found| found.get()) {
        return done.clone();
    }
    let code = code().ok_or(ModuleError::Missing { hash: *code_hash })?;
    let found_hash = blake2_256(&code);
    if found_hash != *code_hash {
        return Err(ModuleError::Hash { expected: *code_hash, found: found_hash });
    }
    let compiled = match found {
        Some(found) => found,
        None => lock().enter(key),
    };
    compiled.get_or_init(|| Module::compile(&code, facts).map(Arc::new)).clone()
}
