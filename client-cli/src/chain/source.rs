//! Where answers come from: a node, or a file of answers that a node gave earlier.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    ChainError,
    link::{Feed, Link},
};

/// For how many blocks a signature is valid when it is sent at once.
const LIFETIME_BLOCKS: u32 = 64;

/// Where answers come from.
pub(super) enum Source {
    /// A node.
    Node(Link),
    /// A file.
    Recorded(Recorded),
}

/// Answers that a node gave earlier (`specs/wallet.md`, W51).
#[derive(Debug)]
pub struct Recorded {
    path: PathBuf,
    answers: BTreeMap<String, Value>,
    lifetime: u32,
}

impl Recorded {
    /// The answers of a file, for signatures that are valid for `lifetime` blocks.
    pub fn new(
        path: &Path,
        lifetime: u32,
        answers: impl IntoIterator<Item = (String, Vec<Value>, Value)>,
    ) -> Self {
        let answers = answers
            .into_iter()
            .map(|(method, params, answer)| (question(&method, &params), answer))
            .collect();
        Self { path: path.to_owned(), answers, lifetime }
    }

    fn read<T: DeserializeOwned>(&self, method: &str, params: &[Value]) -> Result<T, ChainError> {
        let missing = || ChainError::NotRecorded {
            method: method.to_owned(),
            params: Value::from(params.to_vec()).to_string(),
            path: self.path.clone(),
        };
        let answer = self.answers.get(&question(method, params)).ok_or_else(missing)?;
        serde_json::from_value(answer.clone()).map_err(|error| ChainError::BadAnswer {
            method: method.to_owned(),
            reason: error.to_string(),
        })
    }
}

/// A question as text: the method and its parameters.
fn question(method: &str, params: &[Value]) -> String {
    format!("{method} {}", Value::from(params.to_vec()))
}

impl Source {
    /// Ask for something that can be asked again.
    pub(super) fn read<T: DeserializeOwned>(
        &mut self,
        method: &'static str,
        params: &[Value],
    ) -> Result<T, ChainError> {
        match self {
            Self::Node(link) => link.read(method, params),
            Self::Recorded(recorded) => recorded.read(method, params),
        }
    }

    /// The node, for what no file can answer.
    pub(super) fn node(&self, method: &'static str) -> Result<&Link, ChainError> {
        match self {
            Self::Node(link) => Ok(link),
            Self::Recorded(recorded) => Err(ChainError::NotRecorded {
                method: method.to_owned(),
                params: String::new(),
                path: recorded.path.clone(),
            }),
        }
    }

    /// The next item of a subscription.
    pub(super) fn next(
        &self,
        feed: &mut Feed,
        patience: Option<Duration>,
    ) -> Result<Value, ChainError> {
        self.node("a subscription")?.next(feed, patience)
    }

    /// How long to wait for one thing; a file does not let anybody wait.
    pub(super) fn patience(&self) -> Duration {
        match self {
            Self::Node(link) => link.patience(),
            Self::Recorded(_) => Duration::ZERO,
        }
    }

    /// No node is asked.
    pub(super) fn is_recorded(&self) -> bool {
        matches!(self, Self::Recorded(_))
    }

    /// For how many blocks signatures are valid.
    pub(super) fn lifetime(&self) -> u32 {
        match self {
            Self::Node(_) => LIFETIME_BLOCKS,
            Self::Recorded(recorded) => recorded.lifetime,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_recorded_question_is_answered_and_another_names_itself() {
        let answers = [("gov_referendum".to_owned(), vec![json!(7)], json!({"index": 7}))];
        let recorded = Recorded::new(Path::new("facts.json"), 64, answers);
        let answer: Value = recorded.read("gov_referendum", &[json!(7)]).unwrap();
        assert_eq!(answer["index"], 7);
        let refused = recorded.read::<Value>("gov_referendum", &[json!(8)]).unwrap_err();
        let names = matches!(&refused, ChainError::NotRecorded { method, params, .. }
            if method == "gov_referendum" && params == "[8]");
        assert!(names, "{refused}");
    }

    #[test]
    fn what_only_a_node_can_do_is_refused_by_a_file() {
        let source = Source::Recorded(Recorded::new(Path::new("f"), 64, []));
        assert!(source.node("author_submitExtrinsic").is_err());
        assert!(source.is_recorded());
    }
}
