//! What a good module does: verdicts, sizes, fuel, the gate, the cache.

use std::sync::Arc;

use althing_crypto::{
    Module, ModuleError, ModuleFacts, gate, module,
    module::{Outcome, Run},
};
use althing_primitives::blake2_256;

use crate::toy::{FACTS, compile, run, sign, toy, vectors};

#[test]
fn a_valid_signature_is_valid_and_a_spoilt_one_is_not() {
    let verifier = compile(&toy());
    let mut signature = sign(b"key1", b"aye");
    assert_eq!(verifier.run(b"key1", b"aye", &signature).verdict, Outcome::Valid);
    signature[7] ^= 1;
    assert_eq!(verifier.run(b"key1", b"aye", &signature).verdict, Outcome::Invalid);
}

#[test]
fn other_sizes_are_refused_without_running() {
    let verifier = compile(&toy());
    let signature = sign(b"key1", b"aye");
    for (public, signature) in [(&b"key"[..], &signature[..]), (b"key1", &signature[1..])] {
        let refused = Run { verdict: Outcome::Invalid, fuel: 0 };
        assert_eq!(verifier.run(public, b"aye", signature), refused);
    }
    let long = vec![0; althing_crypto::module::limits::MESSAGE_BYTES_MAX + 1];
    assert_eq!(verifier.run(b"key1", &long, &sign(b"key1", &long)).fuel, 0);
}

#[test]
fn the_toy_passes_its_gate() {
    let report = gate(&compile(&toy()), &vectors()).unwrap();
    assert_eq!((report.positive, report.negative, report.flipped), (4, 4, 12));
    assert!(0 < report.fuel_min && report.fuel_min <= report.fuel_max);
    assert_eq!(vectors().runs(), 20);
}

#[test]
fn a_run_takes_the_same_fuel_every_time() {
    let first = run(&toy());
    assert!(first.fuel > 0);
    for _ in 0..3 {
        assert_eq!(run(&toy()), first);
    }
}

#[test]
fn a_module_is_compiled_once_and_asked_for_by_hash() {
    let code = toy();
    let hash = blake2_256(&code);
    let facts = ModuleFacts { fuel_max: 77_777, ..FACTS };
    let missing = module(&hash, facts, || None).unwrap_err();
    assert_eq!(missing, ModuleError::Missing { hash });
    let other = module(&hash, facts, || Some(vec![1, 2, 3])).unwrap_err();
    assert_eq!(other, ModuleError::Hash { expected: hash, found: blake2_256(&[1, 2, 3]) });
    let first = module(&hash, facts, || Some(code.clone())).unwrap();
    let second = module(&hash, facts, || panic!("it is kept")).unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    let cheaper = ModuleFacts { fuel_max: 10, ..facts };
    let third = module(&hash, cheaper, || Some(code)).unwrap();
    assert_eq!(third.facts(), cheaper);
    assert_eq!(third.run(b"key1", b"aye", &sign(b"key1", b"aye")).verdict, Outcome::OutOfFuel);
}

#[test]
fn workers_that_want_one_module_all_get_it() {
    let code = toy();
    let hash = blake2_256(&code);
    let facts = ModuleFacts { fuel_max: 88_888, ..FACTS };
    let verdicts: Vec<bool> = {
        use rayon::prelude::*;
        let verify = |_| {
            let verifier = module(&hash, facts, || Some(code.clone())).unwrap();
            let valid = Outcome::Valid;
            verifier.run(b"key1", b"aye", &sign(b"key1", b"aye")).verdict == valid
        };
        (0..200).into_par_iter().map(verify).collect()
    };
    assert!(verdicts.into_iter().all(|valid| valid));
}

#[test]
fn facts_outside_the_bounds_are_refused() {
    let refused = |facts| Module::compile(&toy(), facts).unwrap_err();
    for (facts, what) in [
        (ModuleFacts { public: 0, ..FACTS }, "the size of public keys"),
        (ModuleFacts { public: 8193, ..FACTS }, "the size of public keys"),
        (ModuleFacts { signature: 0, ..FACTS }, "the size of signatures"),
        (ModuleFacts { signature: 65537, ..FACTS }, "the size of signatures"),
        (ModuleFacts { fuel_max: 0, ..FACTS }, "the fuel cap"),
        (ModuleFacts { fuel_max: 200_000_001, ..FACTS }, "the fuel cap"),
    ] {
        let ModuleError::Facts { what: found, .. } = refused(facts) else { panic!("{what}") };
        assert_eq!(found, what);
    }
}
