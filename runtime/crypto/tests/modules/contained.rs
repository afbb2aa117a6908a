//! Modules that are let in and then misbehave: the verdict is *invalid*, and nothing else happens.

use althing_crypto::{
    Backend as _, GateError, Module, ModuleError, ModuleFacts, gate,
    module::{Outcome, Part, Run},
};

use crate::toy::{
    ABI, BUFFER, FACTS, MEMORY, VERIFY, compile, run, sign, toy, vector, vector_list, vectors, wat,
    with_verify,
};

const FOREVER: &str = "(loop $l (br $l)) (i32.const 1)";

#[test]
fn an_endless_loop_in_verify_uses_up_the_fuel() {
    let ran = run(&with_verify(FOREVER));
    assert_eq!(ran.verdict, Outcome::OutOfFuel);
    assert_eq!(ran.fuel, FACTS.fuel_max);
}

#[test]
fn code_without_loops_that_runs_past_the_cap_is_invalid() {
    let straight = |steps: usize| {
        let body = "(drop (i32.add (i32.const 1) (i32.const 2)))".repeat(steps) + "(i32.const 1)";
        let code = with_verify(&body);
        let signature = sign(b"key1", b"aye");
        let run = |fuel_max| {
            let facts = ModuleFacts { fuel_max, ..FACTS };
            Module::compile(&code, facts).unwrap().run(b"key1", b"aye", &signature)
        };
        let needed = run(FACTS.fuel_max).fuel;
        (run(needed), run(needed - 1), needed)
    };
    for steps in [1, 1_000] {
        let (enough, short, needed) = straight(steps);
        assert_eq!(enough, Run { verdict: Outcome::Valid, fuel: needed });
        assert_eq!(short, Run { verdict: Outcome::OutOfFuel, fuel: needed - 1 });
    }
}

#[test]
fn an_endless_loop_in_buffer_uses_up_the_fuel() {
    let buffer = format!(r#"(func (export "buffer") (param i32) (result i32) {FOREVER})"#);
    assert_eq!(run(&wat(&[MEMORY, ABI, &buffer, VERIFY])).verdict, Outcome::OutOfFuel);
}

#[test]
fn an_endless_loop_in_althing_abi_is_refused() {
    let abi = format!(r#"(func (export "althing_abi") (result i32) {FOREVER})"#);
    let refused = Module::compile(&wat(&[MEMORY, &abi, BUFFER, VERIFY]), FACTS).unwrap_err();
    let (name, outcome) = ("althing_abi", Outcome::OutOfFuel);
    assert_eq!(refused, ModuleError::NoAnswer { name, outcome });
}

#[test]
fn another_version_of_the_interface_is_refused() {
    let abi = ABI.replace("i32.const 1", "i32.const 2");
    let refused = Module::compile(&wat(&[MEMORY, &abi, BUFFER, VERIFY]), FACTS).unwrap_err();
    assert_eq!(refused, ModuleError::Abi { name: "althing_abi", expected: 1, found: 2 });
}

#[test]
fn traps_are_invalid() {
    for body in [
        "unreachable",
        "(i32.div_u (i32.const 1) (i32.const 0))",
        "(i32.div_s (i32.const -2147483648) (i32.const -1))",
        "(i32.load (i32.const -4))",
        "(i32.store (i32.const 65533) (i32.const 0)) (i32.const 1)",
        "(drop (i64.load offset=4294967295 (i32.const 1))) (i32.const 1)",
    ] {
        let ran = run(&with_verify(body));
        assert_eq!(ran.verdict, Outcome::Trapped, "{body}");
        assert!(!compile(&with_verify(body)).verify(b"key1", b"aye", &sign(b"key1", b"aye")));
    }
    let empty_table = "(table 4 funcref) (type $t (func (result i32)))";
    let verify = r#"(func (export "verify") (param i32 i32 i32) (result i32)
        (call_indirect (type $t) (i32.const 3)))"#;
    let code = wat(&[empty_table, MEMORY, ABI, BUFFER, verify]);
    assert_eq!(run(&code).verdict, Outcome::Trapped);
}

#[test]
fn every_answer_but_one_is_invalid() {
    for (answer, outcome) in [
        (1, Outcome::Valid),
        (0, Outcome::Invalid),
        (2, Outcome::BadAnswer(2)),
        (-1, Outcome::BadAnswer(-1)),
        (i32::MIN, Outcome::BadAnswer(i32::MIN)),
    ] {
        let code = with_verify(&format!("(i32.const {answer})"));
        assert_eq!(run(&code).verdict, outcome);
        let valid = compile(&code).verify(b"key1", b"aye", &sign(b"key1", b"aye"));
        assert_eq!(valid, answer == 1);
    }
}

#[test]
fn a_buffer_outside_the_memory_is_invalid() {
    // Key, message and signature have 15 bytes.
    for (start, inside) in
        [(65536_i32 - 15, true), (65536 - 14, false), (65536, false), (-1, false)]
    {
        let buffer = BUFFER.replace("1024", &start.to_string());
        let verify = r#"(func (export "verify") (param i32 i32 i32) (result i32) (i32.const 1))"#;
        let ran = run(&wat(&[MEMORY, ABI, &buffer, verify]));
        let outside = Outcome::BadBuffer(start.cast_unsigned());
        assert_eq!(ran.verdict, if inside { Outcome::Valid } else { outside });
    }
}

#[test]
fn a_module_that_counts_its_calls_never_gets_beyond_the_first() {
    let counting = r#"
    (global $calls (mut i32) (i32.const 0))
    (func (export "verify") (param i32 i32 i32) (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
      (i32.and
        (i32.eq (global.get $calls) (i32.const 1))
        (i32.eq (i32.load (i32.const 0)) (i32.const 1))))"#;
    let verifier = compile(&wat(&[MEMORY, ABI, BUFFER, counting]));
    let first = verifier.run(b"key1", b"aye", &[0; 8]);
    assert_eq!(first.verdict, Outcome::Valid);
    for _ in 0..5 {
        assert_eq!(verifier.run(b"key1", b"aye", &[0; 8]), first);
    }
}

#[test]
fn the_deepest_calls_that_are_allowed_do_not_meet_the_end_of_the_stack() {
    // Every function keeps many values over its call: a chain as long as the rule allows.
    let values = 100;
    let load = |at: usize| format!("(local.set {at} (i64.load offset={} (local.get 0)))", at * 8);
    let loads: String = (1..=values).map(load).collect();
    let sum = (1..=values).fold("(i64.const 0)".to_owned(), |sum, at| {
        format!("(i64.add (i64.mul {sum} (i64.const 3)) (local.get {at}))")
    });
    let locals = "(local ".to_owned() + &"i64 ".repeat(values) + ")";
    let function = |at: usize, depth: usize| {
        let call = if at + 1 < depth {
            format!("(call $f{} (local.get 0))", at + 1)
        } else {
            "(i64.const 0)".to_owned()
        };
        format!("(func $f{at} (param i32) (result i64) {locals} {loads} (i64.add {call} {sum}))")
    };
    let code = |depth: usize| {
        let functions: String = (0..depth).map(|at| function(at, depth)).collect();
        let verify = r#"(func (export "verify") (param i32 i32 i32) (result i32)
            (drop (call $f0 (i32.const 0))) (i32.const 1))"#;
        wat(&[MEMORY, ABI, BUFFER, verify, &functions])
    };
    let deepest =
        (1..200).step_by(8).take_while(|depth| Module::examine(&code(*depth)).is_ok()).last();
    let deepest = deepest.unwrap();
    assert!((20..150).contains(&deepest), "{deepest}");
    // On a thread with the smallest stack we use anywhere.
    let code = code(deepest);
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    let ran = thread.spawn(move || run(&code).verdict).unwrap().join().unwrap();
    assert_eq!(ran, Outcome::Valid);
}

#[test]
fn a_module_wrong_at_the_last_vector_does_not_pass() {
    let mut list = vector_list();
    let wrong_one = u32::try_from(list.len()).unwrap();
    list.push(vector(b"key3", b"last", &sign(b"key3", b"last"), false));
    let vectors = althing_crypto::Vectors::new(list).unwrap();
    let found = Outcome::Valid;
    let wrong = GateError::Mismatch { index: wrong_one, expected: false, found };
    assert_eq!(gate(&compile(&toy()), &vectors), Err(wrong));
}

#[test]
fn a_module_that_always_says_yes_or_no_does_not_pass() {
    let always =
        |answer: i32| gate(&compile(&with_verify(&format!("(i32.const {answer})"))), &vectors());
    let mismatch = |index, expected, found| Err(GateError::Mismatch { index, expected, found });
    assert_eq!(always(1), mismatch(4, false, Outcome::Valid));
    assert_eq!(always(0), mismatch(0, true, Outcome::Invalid));
    assert_eq!(always(2), mismatch(0, true, Outcome::BadAnswer(2)));
}

#[test]
fn a_module_that_ignores_a_part_does_not_pass_even_with_weak_vectors() {
    // It looks at the first byte of the signature alone, which the vectors' negatives spoil.
    let lazy = |part: Part| {
        let middle = match part {
            Part::Public => "(i32.eq (i32.load8_u (i32.const 1026)) (i32.const 0x79))",
            Part::Message | Part::Signature => "(i32.const 1)",
        };
        let rest = match part {
            Part::Signature => "(i32.const 1)".to_owned(),
            Part::Public | Part::Message => "(i32.eqz (i32.load8_u (i32.add (i32.const 1028)
                   (i32.add (local.get 1) (i32.const 4)))))"
                .to_owned(),
        };
        let first = "(i32.eqz (i32.load8_u (i32.add (i32.const 1028) (local.get 1))))";
        with_verify(&format!("(i32.and (i32.and {middle} {rest}) {first})"))
    };
    let weak = |public: &[u8], message: &[u8], valid: bool| {
        let mut signature = [0; 8];
        signature[0] = u8::from(!valid);
        vector(public, message, &signature, valid)
    };
    let messages = [&b"a"[..], b"bb", b"ccc"];
    let list = messages.iter().map(|message| weak(b"key1", message, true));
    let list = list.chain([weak(b"key2", b"d", true)]);
    let list = list.chain(messages.iter().map(|message| weak(b"key1", message, false)));
    let vectors = althing_crypto::Vectors::new(list.collect()).unwrap();
    for (spoilt, part) in [
        (Part::Signature, Part::Signature),
        (Part::Message, Part::Message),
        (Part::Public, Part::Message),
    ] {
        let refused = gate(&compile(&lazy(spoilt)), &vectors);
        assert_eq!(refused, Err(GateError::Flipped { index: 0, part, found: Outcome::Valid }));
    }
}

#[test]
fn vectors_of_other_sizes_and_a_cap_too_low_do_not_pass() {
    let mut list = vector_list();
    list[5] = vector(b"key", b"aye", &[0; 8], false);
    let vectors_short = althing_crypto::Vectors::new(list).unwrap();
    let refused = GateError::Sizes { index: 5, public: 3, signature: 8 };
    assert_eq!(gate(&compile(&toy()), &vectors_short), Err(refused));
    let fuel_max = 100;
    let facts = althing_crypto::ModuleFacts { fuel_max, ..FACTS };
    let hungry = Module::compile(&toy(), facts).unwrap();
    assert_eq!(gate(&hungry, &vectors()), Err(GateError::Fuel { index: 1, fuel_max }));
}

#[test]
fn a_trap_where_a_refusal_is_due_does_not_pass() {
    let trapping = VERIFY.replace(
        "(i64.eq (local.get $sum) (i64.load (local.get $end)))",
        "(if (i64.ne (local.get $sum) (i64.load (local.get $end))) (then unreachable)) (i32.const 1)",
    );
    let found = Outcome::Trapped;
    let refused = GateError::Mismatch { index: 4, expected: false, found };
    assert_eq!(gate(&compile(&wat(&[MEMORY, ABI, BUFFER, &trapping])), &vectors()), Err(refused));
}
