//! The activation gate against modules that are not what they say.

use althing_primitives::blake2_256;

use super::toy::{TOY, add_with, code, encoded, funded, note, vector_list, with};
use super::*;

/// Enter a scheme with this code and these vectors.
fn enter(code: &[u8], vectors: &[u8]) -> Result<(), DispatchError> {
    let mut chain = funded();
    note(&mut chain, code);
    if code != vectors {
        note(&mut chain, vectors);
    }
    let call = add_with(TOY, "toy", (blake2_256(code), blake2_256(vectors)));
    enact(&mut chain, call)
}

/// Why code is refused whose vectors are good.
fn refusal(code: &[u8]) -> (&'static str, String) {
    let error = enter(code, &encoded(vector_list())).unwrap_err();
    (error.code(), error.to_string())
}

#[test]
fn a_wrong_answer_at_the_last_vector_is_one_too_many() {
    let mut vectors = vector_list();
    let last = vectors.last_mut().unwrap();
    last.signature = toy::sign(&last.public, &last.message).try_into().unwrap();
    let error = enter(&code(), &encoded(vectors)).unwrap_err();
    assert_eq!(error.code(), "CRY-120");
    assert!(error.refusal().unwrap().values.contains(&("vector", "7".into())), "{error:?}");
}

#[test]
fn a_module_that_accepts_everything_or_nothing_fails() {
    for (answer, vector) in [("1", "4"), ("0", "0"), ("2", "0"), ("-1", "0")] {
        let code = with(&format!("(i32.const {answer})"), "");
        let error = enter(&code, &encoded(vector_list())).unwrap_err();
        let values = &error.refusal().unwrap().values;
        assert!(values.contains(&("vector", vector.into())), "{error:?}");
    }
}

#[test]
fn a_module_that_never_ends_or_traps_fails() {
    let (code, message) = refusal(&with("(loop $on (br $on)) (i32.const 1)", ""));
    assert_eq!(code, "CRY-120", "{message}");
    assert!(message.contains("fuel"), "{message}");
    let (code, message) = refusal(&with("unreachable", ""));
    assert_eq!(code, "CRY-120", "{message}");
}

#[test]
fn a_module_that_breaks_a_static_rule_is_refused_before_it_runs() {
    let import = r#"(import "env" "time" (func (result i32)))"#;
    for code in [
        with("(i32.const 1)", import),
        with("(i32.trunc_f32_s (f32.const 1))", ""),
        with("(i32.const 1)", "(func $a (call $b)) (func $b (call $a))"),
        wat::parse_str("(module (memory 1))").unwrap(),
        b"not wasm".to_vec(),
    ] {
        let (code, message) = refusal(&code);
        assert_eq!(code, "CRY-119", "{message}");
    }
}

#[test]
fn vectors_must_decode_and_be_enough() {
    let code = code();
    for vectors in [vec![0], vec![255; 40], code.clone()] {
        assert_eq!(enter(&code, &vectors).unwrap_err().code(), "CRY-117");
    }
    let mut trailing = encoded(vector_list());
    trailing.push(0);
    assert_eq!(enter(&code, &trailing).unwrap_err().code(), "CRY-117");
}

#[test]
fn vectors_of_other_sizes_say_nothing() {
    let mut vectors = vector_list();
    vectors[2].public = b"key".to_vec().try_into().unwrap();
    let error = enter(&code(), &encoded(vectors)).unwrap_err();
    assert_eq!(error.code(), "CRY-120");
    assert!(error.to_string().contains("vector 2"), "{error}");
}

#[test]
fn a_gate_that_would_hold_up_the_chain_is_refused_unseen() {
    let mut chain = funded();
    let mut vectors = vector_list();
    let more = (0..60_u8).map(|at| {
        let mut vector = vectors[0].clone();
        vector.message = vec![at, 1].try_into().unwrap();
        vector.signature = toy::sign(&vector.public, &vector.message).try_into().unwrap();
        vector
    });
    vectors.extend(more.collect::<Vec<_>>());
    let hashes = (note(&mut chain, &code()), note(&mut chain, &encoded(vectors)));
    let mut call = add_with(TOY, "toy", hashes);
    if let Call::AddModule { fuel_max, .. } = &mut call {
        *fuel_max = crate::MODULE_FUEL_MAX;
    }
    assert_eq!(enact(&mut chain, call).unwrap_err().code(), "CRY-118");
    enact(&mut chain, add_with(TOY, "toy", hashes)).unwrap();
}

#[test]
fn activation_runs_the_gate_again() {
    let mut chain = toy::entered();
    let mut record = record(&chain, TOY);
    // Not enough for any answer: as if the price of fuel had changed under the module.
    if let crate::Verifier::Module { fuel_max, .. } = &mut record.verifier {
        *fuel_max = 1;
    }
    chain.apply_unrestricted(|tx| SCHEMES.put(tx, &TOY, &record)).unwrap();
    let outcome = enact(&mut chain, Call::Activate { scheme: TOY });
    assert_eq!(outcome.unwrap_err().code(), "CRY-120");
}
