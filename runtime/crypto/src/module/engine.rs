//! The engine: wasmtime with everything off that a verifier does not need.
//!
//! Every setting here either bounds what a module can take, or removes a way in which two machines
//! could come to two verdicts. Code is compiled by one thread: the caller may be a worker of a
//! pool, which must not wait for others.

use std::sync::LazyLock;

use wasmtime::{Config, Engine, Instance, Memory, OptLevel, Store, Trap, WasmParams, WasmResults};

use super::{
    ModuleError, Outcome,
    limits::{MEMORY_PAGES_MAX, STACK_BYTES},
};

/// What is there to be run, and what it may use.
pub(super) struct Running {
    store: Store<()>,
    instance: Instance,
    fuel: u64,
}

/// The engine of this process. A value without state that anybody can see: it holds settings and
/// the addresses of compiled code.
fn engine() -> Result<&'static Engine, ModuleError> {
    static ENGINE: LazyLock<Result<Engine, Box<str>>> =
        LazyLock::new(|| Engine::new(&config()).map_err(|error| text(&error)));
    ENGINE.as_ref().map_err(|reason| ModuleError::Engine { reason: reason.clone() })
}

fn config() -> Config {
    let mut config = Config::new();
    // A second belt: the static rules have refused all of this already.
    config.wasm_simd(false).wasm_relaxed_simd(false).wasm_multi_value(false);
    config.wasm_multi_memory(false).wasm_memory64(false).wasm_tail_call(false);
    config.wasm_extended_const(false);
    // Loops end, and end at the same instruction everywhere.
    config.consume_fuel(true);
    config.max_wasm_stack(STACK_BYTES);
    // Bounds are checked by code and not by page faults: no signal handlers in somebody else's
    // process, and no reservation of gigabytes of addresses for each verification.
    config.signals_based_traps(false).memory_guard_size(0).guard_before_linear_memory(false);
    config.memory_reservation(MEMORY_PAGES_MAX.saturating_mul(65536)).memory_may_move(false);
    config.memory_reservation_for_growth(0).memory_init_cow(false);
    // A trap is a verdict here, nobody reads where it was.
    config.wasm_backtrace(false).native_unwind_info(false).generate_address_map(false);
    config.cranelift_opt_level(OptLevel::Speed);
    config
}

/// Compile code that the static rules let pass.
pub(super) fn compile(code: &[u8]) -> Result<wasmtime::Module, ModuleError> {
    compile_on(engine()?, code)
}

/// Two things can fail: the compiler, which is the module's fault and the same everywhere; and
/// making its code executable, which some machines forbid and others have no memory for. The
/// library does both in one step, so after a failure the compiler is asked alone.
fn compile_on(engine: &Engine, code: &[u8]) -> Result<wasmtime::Module, ModuleError> {
    wasmtime::Module::from_binary(engine, code).map_err(|error| {
        match engine.precompile_module(code) {
            Ok(_) => ModuleError::Engine { reason: text(&error) },
            Err(refused) => ModuleError::Compile { reason: text(&refused) },
        }
    })
}

fn text(error: &wasmtime::Error) -> Box<str> {
    format!("{error:#}").into()
}

impl Running {
    /// A fresh instance with this much fuel. It cannot fail for a reason that lies in the module:
    /// it imports nothing, starts nothing, and its segments lie within its memory and table. So a
    /// failure means that the machine has no memory left, which must never become a verdict: the
    /// process ends as for any other allocation that failed.
    pub(super) fn start(module: &wasmtime::Module, fuel: u64) -> Self {
        let mut store = Store::new(module.engine(), ());
        let fuelled = store.set_fuel(fuel);
        match (Instance::new(&mut store, module, &[]), fuelled) {
            (Ok(instance), Ok(())) => Self { store, instance, fuel },
            (Err(_), _) | (_, Err(_)) => {
                std::alloc::handle_alloc_error(std::alloc::Layout::new::<[u8; 1 << 22]>())
            }
        }
    }

    /// Fuel used until now.
    pub(super) fn fuel(&self) -> u64 {
        self.fuel.saturating_sub(self.store.get_fuel().unwrap_or(0))
    }

    /// Call an export.
    pub(super) fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        name: &str,
        parameters: P,
    ) -> Result<R, Outcome> {
        let function = self.instance.get_typed_func::<P, R>(&mut self.store, name);
        let called = function.and_then(|function| function.call(&mut self.store, parameters));
        called.map_err(|error| match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => Outcome::OutOfFuel,
            Some(_) | None => Outcome::Trapped,
        })
    }

    /// Ask the module where it wants `parts`, one after the other, with room for `least` bytes, and
    /// put them there.
    pub(super) fn put(&mut self, parts: &[&[u8]], least: usize) -> Result<usize, Outcome> {
        let length = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        let length = length.max(least);
        let wanted = u32::try_from(length).map_err(|_| Outcome::Invalid)?;
        let start: u32 = self.call::<i32, i32>("buffer", wanted.cast_signed())?.cast_unsigned();
        let at = usize::try_from(start).map_err(|_| Outcome::BadBuffer(start))?;
        let mut place = self.place(at, length).ok_or(Outcome::BadBuffer(start))?;
        for part in parts {
            let (here, rest) =
                place.split_at_mut_checked(part.len()).ok_or(Outcome::BadBuffer(start))?;
            here.copy_from_slice(part);
            place = rest;
        }
        Ok(at)
    }

    /// `length` bytes of the module's memory from `at` on, if it has them.
    pub(super) fn place(&mut self, at: usize, length: usize) -> Option<&mut [u8]> {
        let memory = self.memory()?;
        memory.data_mut(&mut self.store).get_mut(at..)?.get_mut(..length)
    }

    fn memory(&mut self) -> Option<Memory> {
        self.instance.get_memory(&mut self.store, "memory")
    }
}

#[cfg(feature = "signing")]
impl Running {
    /// Wipe all memory of the module: it held secrets.
    pub(super) fn wipe(&mut self) {
        if let Some(memory) = self.memory() {
            zeroize::Zeroize::zeroize(memory.data_mut(&mut self.store));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_cannot_load_what_it_compiled_is_not_the_modules_fault() {
        // Code for another system compiles here and cannot be run here.
        let elsewhere = format!("{}-unknown-freebsd", std::env::consts::ARCH);
        let engine = Engine::new(config().target(&elsewhere).unwrap()).unwrap();
        let code = wat::parse_str("(module (memory (export \"memory\") 1))").unwrap();
        let refused = compile_on(&engine, &code).unwrap_err();
        assert!(matches!(refused, ModuleError::Engine { .. }), "{refused}");
        let refused = compile_on(&engine, b"no module").unwrap_err();
        assert!(matches!(refused, ModuleError::Compile { .. }), "{refused}");
    }
}
