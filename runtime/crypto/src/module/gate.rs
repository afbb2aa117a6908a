//! The gate that a verifier must pass before members may use it (VM11).

use super::{Module, Outcome, Vector, Vectors};

/// What passing the gate took.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GateReport {
    /// Valid vectors, all accepted.
    pub positive: u32,
    /// Invalid vectors, all refused.
    pub negative: u32,
    /// Valid vectors with one bit flipped, all refused.
    pub flipped: u32,
    /// The least fuel a valid vector took.
    pub fuel_min: u64,
    /// The most fuel a run took.
    pub fuel_max: u64,
    /// The fuel of all runs.
    pub fuel_total: u64,
}

/// What a bit was flipped in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// The public key.
    Public,
    /// The message.
    Message,
    /// The signature.
    Signature,
}

/// Why a verifier does not pass. It is the first failure in the order of the vectors.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum GateError {
    /// VM11: a vector with other sizes than the scheme's says nothing about the module, for the
    /// chain refuses those sizes itself.
    #[error(
        "vector {index} has a public key of {public} and a signature of {signature} bytes, not the scheme's sizes"
    )]
    Sizes {
        /// The vector, counted from 0.
        index: u32,
        /// Bytes of its public key.
        public: u32,
        /// Bytes of its signature.
        signature: u32,
    },
    /// VM11: another answer than the known one.
    #[error("vector {index} is {}, the module says: {found}", if *.expected { "valid" } else { "invalid" })]
    Mismatch {
        /// The vector, counted from 0.
        index: u32,
        /// Whether it is valid.
        expected: bool,
        /// What the module made of it.
        found: Outcome,
    },
    /// VM11: the module accepts a valid vector with a flipped bit, or does not refuse it with 0.
    #[error(
        "vector {index} with a bit of its {part} flipped must be refused, the module says: {found}"
    )]
    Flipped {
        /// The vector, counted from 0.
        index: u32,
        /// What the bit is in.
        part: Part,
        /// What the module made of it.
        found: Outcome,
    },
    /// VM11: a run used up the fuel cap.
    #[error("vector {index} used up the fuel cap of {fuel_max}")]
    Fuel {
        /// The vector, counted from 0.
        index: u32,
        /// The cap.
        fuel_max: u64,
    },
}

/// Run `module` over all vectors, and over each valid one with a bit flipped in its signature,
/// message and key. It passes if it answers 1 for the valid ones and 0 for all others: a trap is
/// as good as a refusal later, but here it is a mistake.
pub fn gate(module: &Module, vectors: &Vectors) -> Result<GateReport, GateError> {
    let mut gate = Gate { module, report: GateReport::EMPTY };
    for (index, vector) in (0..).zip(vectors.all()) {
        gate.sizes(index, vector)?;
        gate.vector(index, vector)?;
    }
    for (index, vector) in (0..).zip(vectors.all()).filter(|(_, vector)| vector.valid) {
        gate.flipped(index, vector)?;
    }
    Ok(gate.report)
}

struct Gate<'a> {
    module: &'a Module,
    report: GateReport,
}

impl GateReport {
    const EMPTY: Self = Self {
        positive: 0,
        negative: 0,
        flipped: 0,
        fuel_min: u64::MAX,
        fuel_max: 0,
        fuel_total: 0,
    };
}

impl Gate<'_> {
    fn sizes(&self, index: u32, vector: &Vector) -> Result<(), GateError> {
        let size = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let (public, signature) = (size(&vector.public), size(&vector.signature));
        let facts = self.module.facts();
        if public == facts.public && signature == facts.signature {
            Ok(())
        } else {
            Err(GateError::Sizes { index, public, signature })
        }
    }

    fn vector(&mut self, index: u32, vector: &Vector) -> Result<(), GateError> {
        let (found, fuel) =
            self.run(index, [&vector.public, &vector.message, &vector.signature])?;
        let expected = if vector.valid { Outcome::Valid } else { Outcome::Invalid };
        if found != expected {
            return Err(GateError::Mismatch { index, expected: vector.valid, found });
        }
        let report = &mut self.report;
        if vector.valid {
            report.positive = report.positive.saturating_add(1);
            report.fuel_min = report.fuel_min.min(fuel);
        } else {
            report.negative = report.negative.saturating_add(1);
        }
        Ok(())
    }

    fn flipped(&mut self, index: u32, vector: &Vector) -> Result<(), GateError> {
        let whole: [&[u8]; 3] = [&vector.public, &vector.message, &vector.signature];
        for (at, part) in [(2, Part::Signature), (1, Part::Message), (0, Part::Public)] {
            let mut parts = whole;
            let Some(place) = parts.get_mut(at) else { continue };
            let spoilt = flip(place);
            *place = &spoilt;
            let (found, _) = self.run(index, parts)?;
            if found != Outcome::Invalid {
                return Err(GateError::Flipped { index, part, found });
            }
            self.report.flipped = self.report.flipped.saturating_add(1);
        }
        Ok(())
    }

    fn run(&mut self, index: u32, parts: [&[u8]; 3]) -> Result<(Outcome, u64), GateError> {
        let [public, message, signature] = parts;
        let run = self.module.run(public, message, signature);
        if run.verdict == Outcome::OutOfFuel {
            return Err(GateError::Fuel { index, fuel_max: self.module.facts().fuel_max });
        }
        self.report.fuel_max = self.report.fuel_max.max(run.fuel);
        self.report.fuel_total = self.report.fuel_total.saturating_add(run.fuel);
        Ok((run.verdict, run.fuel))
    }
}

/// `bytes` with the lowest bit of the middle byte flipped; an empty message becomes one zero byte.
fn flip(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() >> 1;
    match bytes.get_mut(middle) {
        Some(byte) => *byte ^= 1,
        None => bytes.push(0),
    }
    bytes
}

impl core::fmt::Display for Part {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Public => "public key",
            Self::Message => "message",
            Self::Signature => "signature",
        })
    }
}
