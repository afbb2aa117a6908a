//! Why a module is refused.

use althing_primitives::Hash256;

use super::Outcome;

/// Why a module is refused. Apart from [`ModuleError::Missing`] and [`ModuleError::Engine`] the
/// answer depends on the code and the facts alone.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ModuleError {
    /// VM3: longer than any module may be.
    #[error("module has {found} bytes, at most {max} are allowed")]
    Size {
        /// What was given.
        found: usize,
        /// What is allowed.
        max: usize,
    },
    /// VM1: not the code that was asked for.
    #[error("code hashes to {found}, the record says {expected}")]
    Hash {
        /// What the record says.
        expected: Hash256,
        /// What the code hashes to.
        found: Hash256,
    },
    /// VM1: nobody has the code.
    #[error("no code with hash {hash} is known")]
    Missing {
        /// What was asked for.
        hash: Hash256,
    },
    /// VM7: sizes or a fuel cap no scheme may have.
    #[error("{what} is {found}, from {min} to {max} is allowed")]
    Facts {
        /// Which fact.
        what: &'static str,
        /// What was given.
        found: u64,
        /// The least allowed.
        min: u64,
        /// The most allowed.
        max: u64,
    },
    /// VM2: not a module in WebAssembly 1.0 with sign extension and without floats.
    #[error("not a module of the allowed kind, at byte {offset}: {reason}")]
    Invalid {
        /// Where.
        offset: usize,
        /// What the validator says.
        reason: Box<str>,
    },
    /// VM2: an instruction or section that is refused although it is valid.
    #[error("{what} is not allowed, at byte {offset}")]
    Refused {
        /// What.
        what: &'static str,
        /// Where.
        offset: usize,
    },
    /// VM2: a module may use nothing but itself.
    #[error("module imports {module}.{name}, a verifier may import nothing")]
    Import {
        /// From where.
        module: Box<str>,
        /// What.
        name: Box<str>,
    },
    /// VM3: too much of something.
    #[error("module has {found} {what}, at most {max} are allowed")]
    Limit {
        /// Of what.
        what: &'static str,
        /// How many.
        found: u64,
        /// How many are allowed.
        max: u64,
    },
    /// VM4: an export is missing.
    #[error("module does not export `{name}`")]
    NoExport {
        /// Its name.
        name: &'static str,
    },
    /// VM4: an export is there and is something else.
    #[error("export `{name}` must be {expected}")]
    BadExport {
        /// Its name.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// VM5: a function may reach itself, so nothing bounds the stack.
    #[error("function {function} can call itself, directly or through others or a table")]
    Recursion {
        /// Its index.
        function: u32,
    },
    /// VM3: a segment does not fit in what it initializes, or its place is not a constant.
    #[error("{what} segment {index} does not lie within the module's {what}")]
    Segment {
        /// Of memory or of the table.
        what: &'static str,
        /// Its index.
        index: u32,
    },
    /// The compiler refused: its own limits are reached.
    #[error("module cannot be compiled: {reason}")]
    Compile {
        /// What it says.
        reason: Box<str>,
    },
    /// VM6: the module speaks another version of the interface.
    #[error("`{name}` must answer {expected}, it answered {found}")]
    Abi {
        /// Which function.
        name: &'static str,
        /// What it must say.
        expected: u32,
        /// What it says.
        found: u32,
    },
    /// VM6: a function that names a number did not return.
    #[error("`{name}` did not return: {outcome}")]
    NoAnswer {
        /// Which function.
        name: &'static str,
        /// What it did instead.
        outcome: Outcome,
    },
    /// This machine cannot run modules.
    #[error("modules do not run on this machine: {reason}")]
    Engine {
        /// Why.
        reason: Box<str>,
    },
}
