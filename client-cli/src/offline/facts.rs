//! What a node answered, as a file for a machine that can ask none (W50, W51).

use std::path::Path;

use althing_primitives::blake2_256;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OfflineError, read_file};
use crate::{chain::Recorded, time};

/// Name and version of the form.
pub const FACTS_FORMAT: &str = "althing-facts/1";
/// For how many blocks signatures are valid when nothing else is said: three hours and a half.
pub const LIFETIME_DEFAULT: u32 = 2048;
/// The longest: the chain keeps the hashes of this many blocks, and a signature names one of them.
pub const LIFETIME_MAX: u32 = 4096;
/// Metadata is the largest part, about half a megabyte in hex.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// One answer.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What was asked.
    pub method: String,
    /// With which parameters.
    pub params: Vec<Value>,
    /// What the node said.
    pub answer: Value,
}

/// Answers of a node, and when they were given.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FactsFile {
    format: String,
    /// When it was written, RFC 3339 UTC.
    pub taken: String,
    /// For how many blocks signatures made with it are valid.
    pub lifetime: u32,
    /// The answers.
    pub answers: Vec<Answer>,
    hash: String,
}

#[derive(Deserialize)]
struct Head {
    format: String,
}

impl FactsFile {
    /// A file of these answers.
    pub fn new(lifetime: u32, answers: Vec<Answer>) -> Self {
        let (format, taken) = (FACTS_FORMAT.to_owned(), time::now());
        let mut facts = Self { format, taken, lifetime, answers, hash: String::new() };
        facts.hash = facts.computed_hash();
        facts
    }

    /// Its text.
    pub fn text(&self) -> Result<String, OfflineError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| {
            OfflineError::Unreadable { file: "the facts".to_owned(), reason: error.to_string() }
        })?;
        Ok(text + "\n")
    }

    /// Read a file.
    pub fn read(path: &Path) -> Result<Self, OfflineError> {
        Self::parse(&path.display().to_string(), &read_file(path, BYTES_MAX)?)
    }

    /// Read the text of the file called `name`.
    pub fn parse(name: &str, text: &str) -> Result<Self, OfflineError> {
        let file = || name.to_owned();
        let unreadable = |error: serde_json::Error| OfflineError::Unreadable {
            file: file(),
            reason: error.to_string(),
        };
        let Head { format: found } = serde_json::from_str(text).map_err(unreadable)?;
        if found != FACTS_FORMAT {
            return Err(OfflineError::Format { file: file(), found, expected: FACTS_FORMAT });
        }
        let facts: Self = serde_json::from_str(text).map_err(unreadable)?;
        let found = facts.computed_hash();
        if found != facts.hash {
            let named = facts.hash;
            return Err(OfflineError::Altered { file: file(), found, named });
        }
        let field = |field, reason| Err(OfflineError::Field { file: file(), field, reason });
        if !(4..=LIFETIME_MAX).contains(&facts.lifetime) || !facts.lifetime.is_power_of_two() {
            return field("lifetime", "is not a power of two from 4 to 4096");
        }
        let mut asked: Vec<_> = facts
            .answers
            .iter()
            .map(|answer| (&answer.method, Value::from(answer.params.clone()).to_string()))
            .collect();
        asked.sort();
        if asked.windows(2).any(|pair| pair[0] == pair[1]) {
            return field("answers", "holds two answers to one question");
        }
        Ok(facts)
    }

    /// Answers for a chain that asks no node.
    pub fn recorded(self, path: &Path) -> Recorded {
        let answers = self.answers.into_iter();
        let answers = answers.map(|answer| (answer.method, answer.params, answer.answer));
        Recorded::new(path, self.lifetime, answers)
    }

    /// BLAKE2b-256 of the file without its hash, as JSON without white space and with the names of
    /// every object in order. It finds accidents; whoever alters a file can compute it too.
    fn computed_hash(&self) -> String {
        let content = serde_json::json!({
            "format": self.format,
            "taken": self.taken,
            "lifetime": self.lifetime,
            "answers": self.answers,
        });
        blake2_256(content.to_string().as_bytes()).to_string()
    }
}
