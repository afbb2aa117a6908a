//! Measure the shipped modules and the worst ones the static rules let pass, for
//! `specs/verifier-modules.md`: `cargo run --release -p althing-crypto --example modules --features modules,signing`.

#![expect(clippy::print_stdout, reason = "a program that prints")]
#![expect(clippy::unwrap_used, reason = "a measurement that fails, fails")]
#![expect(clippy::disallowed_types, reason = "nothing here is part of a chain")]

use std::{hint::black_box, path::Path, time::Instant};

use althing_crypto::{
    Module, ModuleFacts,
    module::{Outcome, SignerModule},
};

fn main() {
    for (name, public, signature) in [("ml-dsa-87", 2592, 4627), ("slh-dsa-sha2-192s", 48, 16224)] {
        shipped(name, public, signature);
    }
}

fn read(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("modules/artifacts");
    std::fs::read(folder.join(name)).unwrap()
}

fn shipped(name: &str, public: u32, signature: u32) {
    let code = read(&format!("{name}-verifier.wasm"));
    let started = Instant::now();
    let shape = Module::examine(&code).unwrap();
    let examined = started.elapsed();
    println!("{name}: {shape:?}");
    let facts = ModuleFacts { public, signature, fuel_max: 100_000_000 };
    let started = Instant::now();
    let verifier = Module::compile(&code, facts).unwrap();
    println!(
        "{name}: examine {examined:?}, compile {:?}, {} bytes of code",
        started.elapsed(),
        verifier.compiled_bytes()
    );

    let code = read(&format!("{name}-signer.wasm"));
    let started = Instant::now();
    let signer = SignerModule::compile(&code).unwrap();
    println!("{name} signer: compile {:?}, {:?}", started.elapsed(), signer.sizes());
    let sizes = signer.sizes();
    let started = Instant::now();
    let keys = signer.generate(&vec![7; sizes.seed as usize]).unwrap();
    println!("{name} signer: generate {:?}", started.elapsed());
    let started = Instant::now();
    let randomness = vec![0; sizes.randomness as usize];
    let signed = signer.sign(&keys.secret, b"aye", &randomness).unwrap();
    println!("{name} signer: sign {:?}", started.elapsed());

    let first = verifier.run(&keys.public, b"aye", &signed);
    assert_eq!(first.verdict, Outcome::Valid);
    let mut times: Vec<_> = (0..200)
        .map(|_| {
            let started = Instant::now();
            black_box(verifier.run(&keys.public, b"aye", &signed));
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    let median = times[times.len() / 2];
    println!(
        "{name}: verify median {median:?}, min {:?}, max {:?}, fuel {}, {:.3} ns each; weight at twice the fuel {} us",
        times[0],
        times[times.len() - 1],
        first.fuel,
        median.as_nanos() as f64 / first.fuel as f64,
        Module::compile(
            &read(&format!("{name}-verifier.wasm")),
            ModuleFacts { fuel_max: first.fuel * 2, ..facts }
        )
        .unwrap()
        .weight()
            / 1_000_000,
    );
}
