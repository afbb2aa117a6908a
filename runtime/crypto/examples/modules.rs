//! Measure the shipped modules and the worst ones the static rules let pass, for
//! `specs/verifier-modules.md`:
//! `cargo run --release -p althing-crypto --example modules --features modules,signing`.

#![expect(clippy::cast_precision_loss, reason = "figures for people")]
#![expect(clippy::too_many_lines, reason = "a list of cases")]
#![expect(clippy::print_stdout, reason = "a program that prints")]
#![expect(clippy::unwrap_used, reason = "a measurement that fails, fails")]

use std::{hint::black_box, path::Path, time::Duration};

use althing_crypto::{
    Module, ModuleFacts,
    module::{Outcome, SignerModule},
};

fn main() {
    for (name, public, signature) in [("ml-dsa-87", 2592, 4627), ("slh-dsa-sha2-192s", 48, 16224)] {
        shipped(name, public, signature);
    }
    slow_mixes();
    slow_to_compile();
}

const INTERFACE: &str = r#"(func (export "althing_abi") (result i32) (i32.const 1))
(func (export "buffer") (param i32) (result i32) (i32.const 1024))"#;

/// A verifier for keys of 4 and signatures of 8 bytes.
fn hand_made(pages: u32, verify: &str, rest: &str) -> Vec<u8> {
    let text = format!(
        r#"(module (memory (export "memory") {pages}) {INTERFACE} {rest}
        (func (export "verify") (param $a i32) (param $b i32) (param $c i32) (result i32)
            (local $n i32) (local $x i64) (local $at i32) {verify}))"#
    );
    wat::parse_str(text).unwrap()
}

/// Code that is made to take as long as it can for its fuel.
fn slow_mixes() {
    let nest = |count: usize, open: &str, seed: &str, close: &str| {
        open.repeat(count) + seed + &close.repeat(count)
    };
    let forever = |step: String| format!("(loop $l {step} (br $l)) (i32.const 0)");
    let divide = nest(
        200,
        "(i64.add (i64.const 0x7fffffffffff) (i64.div_u ",
        "(local.get $x)",
        " (i64.const 3)))",
    );
    let divide_by = nest(
        200,
        "(i64.div_u (i64.const 0x7fffffffffffffff) (i64.or (i64.const 1) ",
        "(local.get $x)",
        "))",
    );
    let remainder = format!("(local.set $x {divide_by})");
    // A walk over the memory, each step at the address that the last one read: a permutation of
    // cache lines is written first, which takes little of the fuel.
    let walk = |pages: u32| {
        let lines = pages * 1024;
        format!(
            "(loop $fill
               (i32.store (i32.mul (local.get $n) (i32.const 64))
                 (i32.mul (i32.const 64) (i32.and (i32.const {}) (i32.add (i32.const 12345) (i32.mul (i32.const 1664525) (local.get $n))))))
               (br_if $fill (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const {lines}))))
             {}",
            lines - 1,
            forever(format!("(local.set $at {})", nest(400, "(i32.load ", "(local.get $at)", ")"))),
        )
    };
    for (name, pages, body) in [
        ("nothing", 1, "(i32.const 0)".to_owned()),
        ("touch 4 MiB", 64, "(loop $l (i32.store (i32.mul (local.get $n) (i32.const 4096)) (i32.const 1)) (br_if $l (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1024)))) (i32.const 0)".to_owned()),
        ("empty loop", 1, forever(String::new())),
        ("divide by a constant", 1, forever(format!("(local.set $x {divide})"))),
        ("divide", 1, forever(remainder)),
        ("dependent loads, 64 KiB", 1, walk(1)),
        ("dependent loads, 512 KiB", 8, walk(8)),
        ("dependent loads, 4 MiB", 64, walk(64)),
        ("dependent loads, 1 MiB", 16, walk(16)),
    ] {
        let facts = ModuleFacts { public: 4, signature: 8, fuel_max: 10_000_000 };
        let verifier = Module::compile(&hand_made(pages, &body, ""), facts).unwrap();
        let one = || {
            let started = Clock::now();
            let run = verifier.run(&[0; 4], b"aye", &[0; 8]);
            (started.elapsed(), run.fuel)
        };
        let (time, fuel) = (0..9).map(|_| one()).min().unwrap();
        println!("{name}: {time:?} for {fuel} fuel, {:.2} ns each", time.as_nanos() as f64 / fuel.max(1) as f64);
    }
}

/// Modules at the bounds of the static rules.
fn slow_to_compile() {
    let many =
        |count: usize, part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<String>();
    let fill = |functions: usize, body: String| {
        many(functions, &|at| format!("(func $g{at} (param i32) (result i32) {body})"))
    };
    let locals = "(local ".to_owned() + &"i32 ".repeat(500) + ")";
    let mixed = many(1_900, &|at| {
        let (a, b, c) = (1 + at * 7 % 500, 1 + at * 13 % 500, 1 + at * 29 % 500);
        format!(
            "(local.set {a} (i32.add (local.get {b}) (i32.mul (local.get {c}) (local.get {a}))))"
        )
    });
    let branches = many(1_500, &|at| {
        format!(
            "(if (i32.and (local.get {}) (i32.const {at})) (then (local.set {} (local.get {}))))",
            at % 500,
            1 + at * 3 % 500,
            1 + at * 11 % 500
        )
    });
    let table = |depth: usize| {
        let targets = many(1000, &|at| format!("{} ", at % depth));
        "(block ".repeat(depth)
            + &format!("(br_table {targets} (local.get 0))")
            + &") ".repeat(depth)
    };
    let loops = "(loop (br_if 0 (local.get 0)) ".repeat(250)
        + &many(2_500, &|at| {
            format!(
                "(local.set {} (i32.add (local.get {}) (local.get {})))",
                1 + at % 500,
                1 + at * 7 % 500,
                1 + at * 3 % 500
            )
        })
        + &")".repeat(250);
    let loads = many(2_300, &|at| {
        format!(
            "(local.set {} (i32.load offset={} (local.get {})))",
            1 + at % 500,
            at * 4,
            1 + at * 7 % 500
        )
    });
    for (name, rest) in [
        (
            "4000 small functions",
            many(4000, &|at| {
                format!(
                    "(func $g{at} (param i32) (result i32) (i32.mul (local.get 0) (i32.const {at})))"
                )
            }),
        ),
        (
            "big functions, arithmetic over 500 locals",
            fill(17, format!("{locals} {mixed} (local.get 1)")),
        ),
        (
            "big functions, branches over 500 locals",
            fill(17, format!("{locals} {branches} (local.get 1)")),
        ),
        ("big functions, 250 loops deep", fill(17, format!("{locals} {loops} (local.get 1)"))),
        ("big functions, loads", fill(17, format!("{locals} {loads} (local.get 1)"))),
        (
            "br_table, 4 of 1000 targets in each of 100",
            fill(60, table(200).repeat(4) + "(i32.const 0)"),
        ),
    ] {
        let code = hand_made(1, "(i32.const 0)", &rest);
        let facts = ModuleFacts { public: 4, signature: 8, fuel_max: 1000 };
        let started = Clock::now();
        match Module::compile(&code, facts) {
            Ok(module) => println!(
                "{name}: {} bytes, compiled in {:?} to {} bytes, {:.2} us a byte",
                code.len(),
                started.elapsed(),
                module.compiled_bytes(),
                started.elapsed().as_micros() as f64 / code.len() as f64
            ),
            Err(error) => println!("{name}: {} bytes, {error}", code.len()),
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!(
        "{}",
        status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("peak memory unknown")
    );
}

/// Time that this thread had a processor, so that a busy machine changes little.
struct Clock(Duration);

impl Clock {
    fn now() -> Self {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        Self(Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap()))
    }

    fn elapsed(&self) -> Duration {
        Self::now().0.saturating_sub(self.0)
    }
}

fn read(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("modules/artifacts");
    std::fs::read(folder.join(name)).unwrap()
}

fn shipped(name: &str, public: u32, signature: u32) {
    let code = read(&format!("{name}-verifier.wasm"));
    let started = Clock::now();
    let shape = Module::examine(&code).unwrap();
    let examined = started.elapsed();
    println!("{name}: {shape:?}");
    let facts = ModuleFacts { public, signature, fuel_max: 100_000_000 };
    let started = Clock::now();
    let verifier = Module::compile(&code, facts).unwrap();
    println!(
        "{name}: examine {examined:?}, compile {:?}, {} bytes of code",
        started.elapsed(),
        verifier.compiled_bytes()
    );

    let code = read(&format!("{name}-signer.wasm"));
    let started = Clock::now();
    let signer = SignerModule::compile(&code).unwrap();
    println!("{name} signer: compile {:?}, {:?}", started.elapsed(), signer.sizes());
    let sizes = signer.sizes();
    let started = Clock::now();
    let keys = signer.generate(&vec![7; sizes.seed as usize]).unwrap();
    println!("{name} signer: generate {:?}", started.elapsed());
    let started = Clock::now();
    let randomness = vec![0; sizes.randomness as usize];
    let signature_made = signer.sign(&keys.secret, b"aye", &randomness).unwrap();
    println!("{name} signer: sign {:?}", started.elapsed());

    let first = verifier.run(&keys.public, b"aye", &signature_made);
    assert_eq!(first.verdict, Outcome::Valid);
    let started = Clock::now();
    for _ in 0..200 {
        black_box(verifier.run(&keys.public, b"aye", &signature_made));
    }
    let mean = started.elapsed() / 200;
    let facts = ModuleFacts { fuel_max: first.fuel * 2, ..facts };
    let capped = Module::compile(&read(&format!("{name}-verifier.wasm")), facts).unwrap();
    println!(
        "{name}: verify {mean:?}, fuel {}, {:.3} ns each; weight at twice the fuel {} us",
        first.fuel,
        mean.as_nanos() as f64 / first.fuel as f64,
        capped.weight() / 1_000_000,
    );
}
