//! A scheme small enough to be written by hand: a signature of 8 bytes is valid if it is the sum,
//! modulo 2^64, of 31 times what came before and the next byte, over key and message.

use althing_crypto::{
    Module, ModuleError, ModuleFacts, Vectors,
    module::{Run, Vector},
};

pub(crate) const FACTS: ModuleFacts = ModuleFacts { public: 4, signature: 8, fuel_max: 100_000 };

/// The functions of the toy verifier by name, so that a test can replace one of them.
pub(crate) const ABI: &str = r#"(func (export "althing_abi") (result i32) (i32.const 1))"#;
pub(crate) const BUFFER: &str =
    r#"(func (export "buffer") (param i32) (result i32) (i32.const 1024))"#;
pub(crate) const MEMORY: &str = r#"(memory (export "memory") 1)"#;
pub(crate) const VERIFY: &str = r#"
(func (export "verify") (param $pk i32) (param $msg i32) (param $sig i32) (result i32)
  (local $at i32) (local $end i32) (local $sum i64)
  (local.set $at (i32.const 1024))
  (local.set $end (i32.add (i32.add (local.get $at) (local.get $pk)) (local.get $msg)))
  (loop $next
    (if (i32.lt_u (local.get $at) (local.get $end))
      (then
        (local.set $sum
          (i64.add (i64.mul (local.get $sum) (i64.const 31))
            (i64.load8_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next))))
  (i64.eq (local.get $sum) (i64.load (local.get $end))))"#;

/// A module of these parts.
pub(crate) fn wat(parts: &[&str]) -> Vec<u8> {
    wat::parse_str(format!("(module {})", parts.join("\n"))).unwrap()
}

/// The toy verifier.
pub(crate) fn toy() -> Vec<u8> {
    wat(&[MEMORY, ABI, BUFFER, VERIFY])
}

/// A verifier with this body of `verify`.
pub(crate) fn with_verify(body: &str) -> Vec<u8> {
    let verify = format!(r#"(func (export "verify") (param i32 i32 i32) (result i32) {body})"#);
    wat(&[MEMORY, ABI, BUFFER, &verify])
}

pub(crate) fn sign(public: &[u8], message: &[u8]) -> Vec<u8> {
    let bytes = public.iter().chain(message);
    let step = |sum: u64, byte: &u8| sum.wrapping_mul(31).wrapping_add((*byte).into());
    bytes.fold(0, step).to_le_bytes().to_vec()
}

pub(crate) fn vector(public: &[u8], message: &[u8], signature: &[u8], valid: bool) -> Vector {
    Vector {
        public: public.to_vec().try_into().unwrap(),
        message: message.to_vec().try_into().unwrap(),
        signature: signature.to_vec().try_into().unwrap(),
        valid,
    }
}

/// Four valid vectors under two keys, and four invalid ones.
pub(crate) fn vector_list() -> Vec<Vector> {
    let inputs: [(&[u8; 4], &[u8]); 4] =
        [(b"key1", b""), (b"key2", b"aye"), (b"key1", b"nay"), (b"key2", b"abstain")];
    let good = |(public, message): (&[u8; 4], &[u8])| {
        vector(public, message, &sign(public, message), true)
    };
    let bad = |(public, message): (&[u8; 4], &[u8])| {
        let mut signature = sign(public, message);
        signature[0] ^= 128;
        vector(public, message, &signature, false)
    };
    inputs.into_iter().map(good).chain(inputs.into_iter().map(bad)).collect()
}

pub(crate) fn vectors() -> Vectors {
    Vectors::new(vector_list()).unwrap()
}

pub(crate) fn compile(code: &[u8]) -> Module {
    Module::compile(code, FACTS).unwrap()
}

/// Why the code is refused, by the static rules and by the whole.
pub(crate) fn refusal(code: &[u8]) -> ModuleError {
    let by_rules = Module::examine(code).unwrap_err();
    assert_eq!(Module::compile(code, FACTS).unwrap_err(), by_rules);
    by_rules
}

/// One run over a signature that the toy verifier accepts.
pub(crate) fn run(code: &[u8]) -> Run {
    compile(code).run(b"key1", b"aye", &sign(b"key1", b"aye"))
}
