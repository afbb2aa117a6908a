//! The shipped modules with bytes changed all over: whatever comes of it, nothing panics or hangs.

use althing_crypto::{
    Module, ModuleFacts, Vectors, VectorsError,
    module::{Outcome, SignerModule},
};

use crate::{
    artifacts::{facts, wasm},
    examples::EXAMPLES,
    toy::{FACTS, sign, toy},
};

/// A generator of numbers that is the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    /// `code` with one to three bytes changed, inserted or removed.
    fn mutate(&mut self, code: &[u8]) -> Vec<u8> {
        let mut code = code.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(code.len());
            let byte = u8::try_from(self.below(256)).unwrap();
            match self.below(4) {
                0 => code[at] ^= 1 << (byte % 8),
                1 => code[at] = byte,
                2 => code.insert(at, byte),
                _ => drop(code.remove(at)),
            }
        }
        code
    }
}

#[test]
fn the_toy_with_changed_bytes_never_panics_and_ends() {
    let (code, mut numbers) = (toy(), Numbers(0x1f2e_3d4c));
    let signature = sign(b"key1", b"aye");
    let (mut examined, mut ran) = (0, 0);
    for _ in 0..3_000 {
        let mutant = numbers.mutate(&code);
        examined += usize::from(Module::examine(&mutant).is_ok());
        let Ok(mutant) = Module::compile(&mutant, FACTS) else { continue };
        let run = mutant.run(b"key1", b"aye", &signature);
        assert_eq!(run, mutant.run(b"key1", b"aye", &signature));
        assert!(run.fuel <= FACTS.fuel_max);
        ran += 1;
    }
    assert!(ran > 100 && examined >= ran, "{examined} {ran}");
}

#[test]
fn the_artifacts_with_changed_bytes_never_panic_and_end() {
    for example in &EXAMPLES {
        let code = wasm(&format!("{}-verifier", example.name));
        let vectors = example.name;
        let facts = ModuleFacts { fuel_max: 2_000_000, ..facts(example) };
        let mut numbers = Numbers(0x9e37_79b9);
        let zeros = (vec![0; facts.public as usize], vec![0; facts.signature as usize]);
        let (mut ran, mut valid) = (0, 0);
        for round in 0..600 {
            let mutant = numbers.mutate(&code);
            // Compiling is the slow part: every tenth that passes the static rules.
            if Module::examine(&mutant).is_err() || round % 10 != 0 {
                continue;
            }
            let Ok(mutant) = Module::compile(&mutant, facts) else { continue };
            let run = mutant.run(&zeros.0, b"aye", &zeros.1);
            ran += 1;
            valid += usize::from(run.verdict == Outcome::Valid);
        }
        assert!(ran > 5, "{vectors}: {ran} mutants ran");
        assert!(valid <= ran / 2, "{vectors}");
    }
}

#[test]
fn a_module_cut_short_anywhere_is_refused() {
    let code = wasm("ml-dsa-87-verifier");
    for end in (0..code.len()).step_by(97) {
        assert!(Module::examine(&code[..end]).is_err(), "{end}");
    }
    // One cut is none: behind the code come names, which a module may do without.
    let whole = (0..toy().len()).filter(|end| Module::examine(&toy()[..*end]).is_ok()).count();
    assert_eq!(whole, 1);
}

#[test]
fn a_signer_with_changed_bytes_never_panics() {
    let (code, mut numbers) = (wasm("slh-dsa-sha2-192s-signer"), Numbers(0x5ca1_ab1e));
    let passed = (0..400).filter(|_| SignerModule::examine(&numbers.mutate(&code)).is_ok()).count();
    assert!(passed > 0);
}

#[test]
fn vectors_with_changed_bytes_never_panic() {
    let (bytes, mut numbers) = (crate::toy::vectors().encode(), Numbers(0xfeed));
    for _ in 0..5_000 {
        match Vectors::decode(&numbers.mutate(&bytes)) {
            Ok(vectors) => assert!(vectors.runs() >= 6),
            Err(error) => assert!(!matches!(error, VectorsError::Size { .. })),
        }
    }
}
