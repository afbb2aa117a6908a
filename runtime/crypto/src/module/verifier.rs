//! A compiled verifier and what one run of it comes to.

use althing_primitives::{Hash256, blake2_256};

use super::{
    Kind, ModuleError, Shape,
    engine::{self, Running},
    examine::examine,
    limits::{
        ABI, FUEL_MAX, MESSAGE_BYTES_MAX, NUMBER_FUEL, PUBLIC_BYTES_MAX,
        SIGNATURE_BYTES_MAX_OF_MODULES,
    },
    price,
};
use crate::backend::Backend;

/// What the registry's record says about a verifier (VM7).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ModuleFacts {
    /// Exact bytes of a public key.
    pub public: u32,
    /// Exact bytes of a signature.
    pub signature: u32,
    /// Fuel that one verification may use.
    pub fuel_max: u64,
}

/// How a run ended (VM8). Everything but [`Outcome::Valid`] means that the signature is invalid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The module answered 1.
    Valid,
    /// The module answered 0, or the input has sizes that no valid one has.
    Invalid,
    /// The module trapped.
    Trapped,
    /// The fuel was used up.
    OutOfFuel,
    /// The module answered something else than 0 or 1.
    BadAnswer(i32),
    /// The place the module named for its input does not lie in its memory.
    BadBuffer(u32),
}

/// How a run ended and what it took.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Run {
    /// How it ended.
    pub verdict: Outcome,
    /// Fuel used. After a trap it may be too low by what the last function used.
    pub fuel: u64,
}

/// A compiled verifier with the facts of its scheme. Share it as an `Arc`; it has no state.
pub struct Module {
    hash: Hash256,
    facts: ModuleFacts,
    shape: Shape,
    code: wasmtime::Module,
}

impl ModuleFacts {
    /// VM7: whether a scheme may have these.
    pub fn check(&self) -> Result<(), ModuleError> {
        let checks = [
            ("the size of public keys", self.public.into(), PUBLIC_BYTES_MAX.into()),
            (
                "the size of signatures",
                self.signature.into(),
                SIGNATURE_BYTES_MAX_OF_MODULES.into(),
            ),
            ("the fuel cap", self.fuel_max, FUEL_MAX),
        ];
        let outside = checks.into_iter().find(|(_, found, max)| *found == 0 || found > max);
        outside.map_or(Ok(()), |(what, found, max)| {
            Err(ModuleError::Facts { what, found, min: 1, max })
        })
    }
}

impl Module {
    /// Apply the static rules (VM2 to VM5) to any bytes. Linear in their number; nothing is
    /// compiled or run.
    pub fn examine(code: &[u8]) -> Result<Shape, ModuleError> {
        examine(code, Kind::Verifier)
    }

    /// Examine and compile a verifier, and ask it for its version. The answer depends on the
    /// arguments alone.
    pub fn compile(code: &[u8], facts: ModuleFacts) -> Result<Self, ModuleError> {
        facts.check()?;
        let shape = Self::examine(code)?;
        let compiled = engine::compile(code)?;
        ask(&compiled, "althing_abi", Some(ABI))?;
        Ok(Self { hash: blake2_256(code), facts, shape, code: compiled })
    }

    /// BLAKE2b-256 of the code.
    #[must_use]
    pub const fn hash(&self) -> Hash256 {
        self.hash
    }

    /// The facts it was compiled with.
    #[must_use]
    pub const fn facts(&self) -> ModuleFacts {
        self.facts
    }

    /// What the static rules found.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Bytes of processor code it was compiled to: what it takes while it is kept.
    #[must_use]
    pub fn compiled_bytes(&self) -> usize {
        self.code.text().len()
    }

    /// Reference time of one verification, in picoseconds (VM9): the whole fuel cap, and the
    /// memory.
    #[must_use]
    pub fn weight(&self) -> u64 {
        price::weight(self.facts.fuel_max, self.shape.memory_pages)
    }

    /// Verify once, in a fresh instance (VM8).
    #[must_use]
    pub fn run(&self, public: &[u8], message: &[u8], signature: &[u8]) -> Run {
        let fitting = fits(public, self.facts.public) && fits(signature, self.facts.signature);
        if !fitting || message.len() > MESSAGE_BYTES_MAX {
            return Run { verdict: Outcome::Invalid, fuel: 0 };
        }
        // The engine looks at the fuel where functions and rounds of loops begin, and lets code run
        // to the next such place. One unit more shows whether the cap was passed.
        let cap = self.facts.fuel_max;
        let mut running = Running::start(&self.code, cap.saturating_add(1));
        let parts = [public, message, signature];
        let verdict = running.put(&parts, 0).and_then(|_| {
            // All three fit in 32 bits: their sum did.
            let lengths = parts.map(|part| i32::try_from(part.len()).unwrap_or(i32::MAX));
            running.call::<(i32, i32, i32), i32>("verify", lengths.into())
        });
        let fuel = running.fuel();
        let verdict = match verdict {
            Ok(_) if fuel > cap => Outcome::OutOfFuel,
            Ok(1) => Outcome::Valid,
            Ok(0) => Outcome::Invalid,
            Ok(other) => Outcome::BadAnswer(other),
            Err(outcome) => outcome,
        };
        Run { verdict, fuel: fuel.min(cap) }
    }
}

fn fits(bytes: &[u8], exact: u32) -> bool {
    u32::try_from(bytes.len()) == Ok(exact)
}

/// VM6: the number that an export without parameters names; `expected`, if given.
pub(super) fn ask(
    code: &wasmtime::Module,
    name: &'static str,
    expected: Option<u32>,
) -> Result<u32, ModuleError> {
    let answer = Running::start(code, NUMBER_FUEL).call::<(), i32>(name, ());
    let found = answer.map_err(|outcome| ModuleError::NoAnswer { name, outcome })?.cast_unsigned();
    match expected {
        Some(expected) if expected != found => Err(ModuleError::Abi { name, expected, found }),
        Some(_) | None => Ok(found),
    }
}

impl Backend for Module {
    fn verify(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        self.run(public, message, signature).verdict == Outcome::Valid
    }
}

impl core::fmt::Display for Outcome {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Valid => f.write_str("valid"),
            Self::Invalid => f.write_str("invalid"),
            Self::Trapped => f.write_str("it trapped"),
            Self::OutOfFuel => f.write_str("it used up its fuel"),
            Self::BadAnswer(answer) => write!(f, "it answered {answer}"),
            Self::BadBuffer(start) => {
                write!(f, "it wants its input at {start:#x}, which is not in its memory")
            }
        }
    }
}

impl core::fmt::Debug for Module {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut module = f.debug_struct("Module");
        module.field("hash", &self.hash).field("facts", &self.facts).finish_non_exhaustive()
    }
}
