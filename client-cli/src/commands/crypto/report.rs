//! What `check-module` found, for people and for programs.

use std::time::Duration;

use althing_crypto::{
    GateReport, Module,
    module::{Run, SignerSizes},
};
use serde_json::{Value, json};

use crate::{
    modules::REGISTRY_FUEL_MAX,
    output::{Body, Reply},
    wording,
};

/// A verifier that passed.
pub(super) struct Report<'a> {
    pub(super) module: &'a Module,
    pub(super) hash: String,
    pub(super) examine: Duration,
    pub(super) compile: Duration,
    pub(super) verify: Duration,
    /// Every vector: whether it is valid, and its run.
    pub(super) runs: Vec<(bool, Run)>,
    pub(super) gate: GateReport,
    pub(super) signer: Option<SignerReport>,
    pub(super) vectors_hash: String,
    pub(super) vectors_bytes: usize,
}

/// A signer that fits.
pub(super) struct SignerReport {
    pub(super) hash: String,
    pub(super) bytes: usize,
    pub(super) sizes: SignerSizes,
    pub(super) generate: Duration,
    pub(super) sign: Duration,
}

/// Least, middle and most.
struct Spread([u64; 3]);

impl Spread {
    fn of(mut values: Vec<u64>) -> Self {
        values.sort_unstable();
        let middle = values.get(values.len() / 2).copied();
        let ends = (values.first().copied(), values.last().copied());
        Self([ends.0, middle, ends.1].map(|value| value.unwrap_or(0)))
    }

    fn text(&self) -> String {
        let [least, middle, most] = self.0.map(wording::count);
        format!("{least} / {middle} / {most}")
    }

    fn json(&self) -> Value {
        let [min, median, max] = self.0;
        json!({ "min": min, "median": median, "max": max })
    }
}

impl Report<'_> {
    fn fuel(&self, valid: bool) -> Spread {
        let of_class = self.runs.iter().filter(|(class, _)| *class == valid);
        Spread::of(of_class.map(|(_, run)| run.fuel).collect())
    }

    /// Twice what the costliest run took, in steps of 100,000, or what a registry takes at most.
    fn suggested(&self) -> u64 {
        let twice = self.gate.fuel_max.saturating_mul(2).div_ceil(100_000);
        twice.saturating_mul(100_000).min(REGISTRY_FUEL_MAX)
    }

    pub(super) fn reply(&self) -> Reply {
        let reply = Reply::new(self.data(), Body::Facts(self.facts()));
        let (suggested, cap) = (self.suggested(), self.module.facts().fuel_max);
        if cap < suggested {
            let suggested = wording::count(suggested);
            return reply.hint(format!("the cap is close to what runs take; {suggested} is safe"));
        }
        reply
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let (shape, facts, gate) = (self.module.shape(), self.module.facts(), self.gate);
        let us = |picoseconds: u64| wording::count(picoseconds / 1_000_000);
        let mut lines = vec![
            ("verdict", "passes every check a chain makes".to_owned()),
            ("hash", self.hash.clone()),
            ("bytes", wording::count(shape.code_bytes)),
            ("imports", "none".to_owned()),
            ("exports", shape.exports.join(", ")),
            ("memory", format!("{} KiB", wording::count(shape.memory_pages.saturating_mul(64)))),
            ("functions", wording::count(shape.functions)),
            ("compiled in", format!("{} ms", (self.examine + self.compile).as_millis())),
            ("public key", format!("{} bytes", wording::count(facts.public))),
            ("signature", format!("{} bytes", wording::count(facts.signature))),
            (
                "vectors",
                format!(
                    "{}, {} bytes",
                    self.vectors_hash,
                    wording::count(self.vectors_bytes as u64)
                ),
            ),
            ("valid", format!("{} accepted", gate.positive)),
            ("invalid", format!("{} refused", gate.negative)),
            ("bit flipped", format!("{} refused", gate.flipped)),
            ("fuel, valid", format!("{} (least / middle / most)", self.fuel(true).text())),
            ("fuel, invalid", format!("{} (least / middle / most)", self.fuel(false).text())),
            ("verify", format!("{} us here", wording::count(self.verify.as_micros() as u64))),
            ("fuel cap", wording::count(facts.fuel_max)),
            (
                "charged",
                format!("{} us of reference time under this cap", us(self.module.weight())),
            ),
            ("suggested cap", wording::count(self.suggested())),
        ];
        if let Some(signer) = &self.signer {
            let (generate, sign) = (signer.generate.as_millis(), signer.sign.as_millis());
            let size = wording::count(signer.bytes as u64);
            lines.push(("signer", format!("{}, {size} bytes", signer.hash)));
            lines.push(("round trip", format!("key {generate} ms, signature {sign} ms, verified")));
        }
        lines
    }

    fn data(&self) -> Value {
        let (shape, facts, gate) = (self.module.shape(), self.module.facts(), self.gate);
        let us = |time: Duration| time.as_micros() as u64;
        let signer = self.signer.as_ref().map(|signer| {
            json!({
                "hash": signer.hash,
                "bytes": signer.bytes,
                "seed": signer.sizes.seed,
                "secret": signer.sizes.secret,
                "randomness": signer.sizes.randomness,
                "generate_us": us(signer.generate),
                "sign_us": us(signer.sign),
                "round_trip": true,
            })
        });
        json!({
            "hash": self.hash,
            "bytes": shape.code_bytes,
            "imports": [],
            "exports": shape.exports,
            "memory_pages": shape.memory_pages,
            "functions": shape.functions,
            "instructions": shape.instructions,
            "compiled_bytes": self.module.compiled_bytes(),
            "examine_us": us(self.examine),
            "compile_us": us(self.compile),
            "verify_us": us(self.verify),
            "public": facts.public,
            "signature": facts.signature,
            "fuel_max": facts.fuel_max,
            "weight_ps": self.module.weight(),
            "fuel_max_suggested": self.suggested(),
            "fuel": { "valid": self.fuel(true).json(), "invalid": self.fuel(false).json() },
            "vectors": {
                "hash": self.vectors_hash,
                "bytes": self.vectors_bytes,
                "valid_accepted": gate.positive,
                "invalid_refused": gate.negative,
                "flipped_refused": gate.flipped,
            },
            "signer": signer,
        })
    }
}
