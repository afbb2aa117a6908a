//! The functions a module must export (VM4).

use wasmparser::ValType;

use super::Kind;

/// An exported function: name, parameters, result; all of them 32-bit integers.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) parameters: usize,
    /// Its form, for messages.
    pub(super) form: &'static str,
}

const fn function(name: &'static str, parameters: usize, form: &'static str) -> Function {
    Function { name, parameters, form }
}

static VERIFIER: [Function; 3] = [
    function("althing_abi", 0, "a function () -> i32"),
    function("buffer", 1, "a function (i32) -> i32"),
    function("verify", 3, "a function (i32, i32, i32) -> i32"),
];

static SIGNER: [Function; 9] = [
    function("althing_signer_abi", 0, "a function () -> i32"),
    function("buffer", 1, "a function (i32) -> i32"),
    function("seed_len", 0, "a function () -> i32"),
    function("public_len", 0, "a function () -> i32"),
    function("secret_len", 0, "a function () -> i32"),
    function("signature_len", 0, "a function () -> i32"),
    function("randomness_len", 0, "a function () -> i32"),
    function("generate", 1, "a function (i32) -> i32"),
    function("sign", 3, "a function (i32, i32, i32) -> i32"),
];

/// What a module of this kind must export besides `memory`.
pub(super) fn functions(kind: Kind) -> &'static [Function] {
    match kind {
        Kind::Verifier => &VERIFIER,
        Kind::Signer => &SIGNER,
    }
}

impl Function {
    pub(super) fn fits(&self, ty: &wasmparser::FuncType) -> bool {
        ty.params().len() == self.parameters
            && ty.params().iter().all(|param| *param == ValType::I32)
            && ty.results() == [ValType::I32]
    }
}
