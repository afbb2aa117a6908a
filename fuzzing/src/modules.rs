//! Verifiers and known answers from strangers: examined, and if the rules let them pass, compiled
//! and run.

use althing_crypto::{
    Module, ModuleFacts, Secret, Vectors,
    module::{SignerModule, Vector},
};

/// The sizes of the seed, and fuel that is soon used up.
const FACTS: ModuleFacts = ModuleFacts { public: 4, signature: 8, fuel_max: 20_000 };
/// Longer modules are examined only: a compiler takes its time.
const COMPILED_BYTES_MAX: usize = 1024;

/// Bytes are a verifier. Whoever passes the static rules compiles or is refused, and a run ends
/// within its fuel, the same way twice.
pub fn verifier_module(bytes: &[u8]) {
    let examined = Module::examine(bytes);
    if bytes.len() > COMPILED_BYTES_MAX {
        return;
    }
    match (Module::compile(bytes, FACTS), examined) {
        (Ok(module), Ok(shape)) => {
            assert_eq!(*module.shape(), shape);
            let run = module.run(b"key1", b"aye", &[0x5a; 8]);
            assert_eq!(module.run(b"key1", b"aye", &[0x5a; 8]), run);
            assert!(run.fuel <= FACTS.fuel_max);
        }
        (Ok(_), Err(refused)) => panic!("compiled, though {refused}"),
        // What only shows when it is asked for its version, and the rules' own refusals.
        (Err(_), _) => {}
    }
}

/// A verifier that adds up key and message, with a memory, a table, a loop and data.
#[must_use]
pub fn verifier_modules() -> Vec<Vec<u8>> {
    let sum = r#"(module
      (memory (export "memory") 1) (table 1 funcref) (global $g (mut i32) (i32.const 7))
      (func (export "althing_abi") (result i32) (i32.const 1))
      (func $buffer (export "buffer") (param i32) (result i32) (i32.const 1024))
      (func (export "verify") (param $pk i32) (param $msg i32) (param $sig i32) (result i32)
        (local $at i32) (local $sum i64)
        (local.set $at (call $buffer (local.get $sig)))
        (loop $next
          (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31))
            (i64.load8_u (local.get $at))))
          (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1)))
            (i32.add (i32.const 1024) (i32.add (local.get $pk) (local.get $msg))))))
        (global.set $g (i32.const 1))
        (i64.eq (local.get $sum) (i64.load (local.get $at))))
      (elem (i32.const 0) $buffer) (data (i32.const 16) "althing"))"#;
    let least = r#"(module (memory (export "memory") 1)
      (func (export "althing_abi") (result i32) (i32.const 1))
      (func (export "buffer") (param i32) (result i32) (i32.const 0))
      (func (export "verify") (param i32 i32 i32) (result i32) (i32.const 1)))"#;
    [sum, least].map(|text| wat::parse_str(text).unwrap()).to_vec()
}

/// Bytes are a signer: the static rules come to a verdict. Whoever passes them compiles or is
/// refused, and what cannot run for long answers the same way twice.
pub fn signer_module(bytes: &[u8]) {
    let examined = SignerModule::examine(bytes);
    if let Ok(shape) = &examined {
        assert_eq!(usize::try_from(shape.code_bytes), Ok(bytes.len()));
        assert!(shape.exports.iter().any(|name| name == "sign"));
    }
    if bytes.len() > COMPILED_BYTES_MAX {
        return;
    }
    match (SignerModule::compile(bytes), examined) {
        (Ok(module), Ok(shape)) => {
            assert_eq!(*module.shape(), shape);
            if is_straight(bytes) {
                run(&module);
            }
        }
        (Ok(_), Err(refused)) => panic!("compiled, though {refused}"),
        (Err(_), _) => {}
    }
}

/// Whether a valid module has no loop and no call. A signer may use fuel for ten seconds, and spoilt
/// ones would; one like this ends at its end.
fn is_straight(code: &[u8]) -> bool {
    use wasmparser::{Operator, Parser, Payload};
    let bodies = Parser::new(0).parse_all(code).filter_map(|payload| match payload {
        Ok(Payload::CodeSectionEntry(body)) => Some(body),
        _ => None,
    });
    let operators = bodies.flat_map(|body| body.get_operators_reader().unwrap());
    operators.map(Result::unwrap).all(|operator| {
        !matches!(
            operator,
            Operator::Loop { .. } | Operator::Call { .. } | Operator::CallIndirect { .. }
        )
    })
}

/// Make a key and sign, if the module does.
fn run(module: &SignerModule) {
    let sizes = module.sizes();
    let of = |length: u32| vec![7; length as usize];
    let generate = || module.generate(&of(sizes.seed)).map(|keys| (keys.public, keys.secret));
    let shown = |(public, secret): (Vec<u8>, Secret)| (public, secret.expose().to_vec());
    let keys = generate().map(shown);
    assert_eq!(generate().map(shown), keys);
    if let Ok((public, secret)) = &keys {
        assert_eq!((public.len(), secret.len()), (sizes.public as usize, sizes.secret as usize));
    }
    let sign = || module.sign(&Secret::new(of(sizes.secret)), b"aye", &of(sizes.randomness));
    let signature = sign();
    assert_eq!(sign(), signature);
    if let Ok(bytes) = signature {
        assert_eq!(bytes.len(), sizes.signature as usize);
    }
}

/// A signer whose functions do nothing.
#[must_use]
pub fn signer_modules() -> Vec<Vec<u8>> {
    let number = |name: &str, number: u32| {
        format!(r#"(func (export "{name}") (result i32) (i32.const {number}))"#)
    };
    let numbers = [
        ("althing_signer_abi", 1),
        ("seed_len", 32),
        ("public_len", 4),
        ("secret_len", 4),
        ("signature_len", 8),
        ("randomness_len", 0),
    ];
    let text = format!(
        r#"(module (memory (export "memory") 1) {}
          (func (export "buffer") (param i32) (result i32) (i32.const 1024))
          (func (export "generate") (param i32) (result i32) (i32.const 1))
          (func (export "sign") (param i32 i32 i32) (result i32) (i32.const 1)))"#,
        numbers.map(|(name, value)| number(name, value)).concat()
    );
    let seed = wat::parse_str(text).unwrap();
    let module = SignerModule::compile(&seed).unwrap();
    assert!(is_straight(&seed) && module.generate(&[1; 32]).is_ok());
    vec![seed]
}

/// Bytes are known answers: what is read is written again as it was.
pub fn vectors(bytes: &[u8]) {
    if let Ok(vectors) = Vectors::decode(bytes) {
        assert_eq!(vectors.encode(), bytes);
        assert_eq!(Vectors::new(vectors.all().to_vec()), Ok(vectors));
    }
}

/// As few as may be.
#[must_use]
pub fn vectors_of_schemes() -> Vec<Vec<u8>> {
    let vector = |number: u8, valid| Vector {
        public: vec![number % 2; 4].try_into().unwrap(),
        message: vec![number].try_into().unwrap(),
        signature: vec![number; 8].try_into().unwrap(),
        valid,
    };
    let all = (0..8).map(|number| vector(number, number < 4)).collect();
    vec![Vectors::new(all).unwrap().encode()]
}
