//! Signers that do not do their work: each way has its own refusal, and no bytes come out.

use althing_crypto::{
    ModuleError, Secret,
    module::{
        Outcome, SignerError, SignerModule,
        limits::{MESSAGE_BYTES_MAX, SECRET_BYTES_MAX},
    },
};

use crate::toy::wat;

const SEED: u32 = 32;

/// A signer with these bodies of `buffer`, `generate` and `sign`, and secrets of this size.
fn signer_with(secret: u32, buffer: &str, generate: &str, sign: &str) -> Vec<u8> {
    let number = |(name, value): (&str, u32)| {
        format!(r#"(func (export "{name}") (result i32) (i32.const {value}))"#)
    };
    let numbers = [
        ("althing_signer_abi", 1),
        ("seed_len", SEED),
        ("public_len", 4),
        ("secret_len", secret),
        ("signature_len", 8),
        ("randomness_len", 2),
    ];
    let rest = format!(
        r#"(func (export "buffer") (param i32) (result i32) {buffer})
        (func (export "generate") (param i32) (result i32) {generate})
        (func (export "sign") (param i32 i32 i32) (result i32) {sign})"#
    );
    wat(&[r#"(memory (export "memory") 1)"#, &numbers.map(number).concat(), &rest])
}

const AT: &str = "(i32.const 1024)";
const DONE: &str = "(i32.const 1)";

fn signer(buffer: &str, generate: &str, sign: &str) -> SignerModule {
    SignerModule::compile(&signer_with(4, buffer, generate, sign)).unwrap()
}

fn secret() -> Secret {
    Secret::new(vec![7; 4])
}

#[test]
fn a_signer_that_does_its_work_signs() {
    let signer = signer(AT, DONE, DONE);
    let pair = signer.generate(&[1; SEED as usize]).unwrap();
    assert_eq!((pair.public.len(), pair.secret.expose().len()), (4, 4));
    assert_eq!(signer.sign(&secret(), b"aye", &[0; 2]).unwrap().len(), 8);
}

#[test]
fn inputs_of_another_size_are_refused_before_anything_runs() {
    let signer = signer("unreachable", "unreachable", "unreachable");
    let size = |what, expected, found| SignerError::Size { what, expected, found };
    assert_eq!(signer.generate(&[1; 31]).unwrap_err(), size("seed", 32, 31));
    let long = Secret::new(vec![7; 5]);
    assert_eq!(signer.sign(&long, b"aye", &[0; 2]), Err(size("secret", 4, 5)));
    assert_eq!(signer.sign(&secret(), b"aye", &[0; 3]), Err(size("randomness", 2, 3)));
    let found = MESSAGE_BYTES_MAX + 1;
    let refused = SignerError::Message { found, max: MESSAGE_BYTES_MAX };
    assert_eq!(signer.sign(&secret(), &vec![0; found], &[0; 2]), Err(refused));
}

#[test]
fn whatever_else_than_success_it_comes_to_is_a_failure_with_its_name() {
    let failed = |name, outcome| SignerError::Failed { name, outcome };
    for (buffer, body, outcome) in [
        (AT, "(i32.const 0)", Outcome::Invalid),
        (AT, "(i32.const 2)", Outcome::BadAnswer(2)),
        (AT, "unreachable", Outcome::Trapped),
        ("(i32.const 65535)", DONE, Outcome::BadBuffer(65_535)),
        ("(i32.const -1)", DONE, Outcome::BadBuffer(u32::MAX)),
    ] {
        let signer = signer(buffer, body, body);
        let refused = signer.generate(&[1; SEED as usize]).unwrap_err();
        assert_eq!(refused, failed("generate", outcome), "{body}");
        let refused = signer.sign(&secret(), b"aye", &[0; 2]);
        assert_eq!(refused, Err(failed("sign", outcome)), "{body}");
    }
}

#[test]
fn sizes_that_no_scheme_may_have_are_refused() {
    let found = u64::from(SECRET_BYTES_MAX) + 1;
    let code = signer_with(SECRET_BYTES_MAX + 1, AT, DONE, DONE);
    let Err(refused) = SignerModule::compile(&code) else { panic!("it compiled") };
    let (what, max) = ("the size of secrets", SECRET_BYTES_MAX.into());
    assert_eq!(refused, ModuleError::Facts { what, found, min: 1, max });
    let Err(refused) = SignerModule::compile(&signer_with(0, AT, DONE, DONE)) else {
        panic!("it compiled")
    };
    assert_eq!(refused, ModuleError::Facts { what, found: 0, min: 1, max });
}
