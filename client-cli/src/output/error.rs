//! What a person or a script is told when a command cannot be done.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{
    Exit,
    codes::{CodeInfo, Remedy},
    node_codes,
};

/// What became of money when the command stopped.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Sent {
    /// Money was never concerned.
    #[default]
    NotConcerned,
    /// Nothing was sent, spent or locked.
    Nothing,
    /// The transaction is on its way or in a block; `details` say where.
    Yes,
}

/// A refusal, ready to be shown: the values, the reason, and the command that fixes it.
///
/// Modules return their own typed errors; those convert into this at the edge.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct CliError {
    /// Public code, ours (`output::codes`) or the chain's.
    pub code: Cow<'static, str>,
    /// How the run ends.
    pub exit: Exit,
    /// What is wrong, with the values.
    pub message: String,
    /// The same values for programs.
    pub details: Map<String, Value>,
    /// Commands that can be pasted.
    pub fix: Vec<String>,
    /// Why there is no fix, when there is none.
    pub no_fix: Option<&'static str>,
    /// What became of money.
    pub sent: Sent,
}

impl CliError {
    /// An error with a code of ours. The code's general remedy holds until [`CliError::fix`] gives
    /// a better one.
    pub fn new(info: CodeInfo, message: impl Into<String>) -> Self {
        let (fix, no_fix) = match info.remedy {
            Remedy::Do(text) => (vec![text.to_owned()], None),
            Remedy::None(reason) => (Vec::new(), Some(reason)),
        };
        Self {
            code: Cow::Borrowed(info.code),
            exit: info.exit,
            message: message.into(),
            details: Map::new(),
            fix,
            no_fix,
            sent: Sent::NotConcerned,
        }
    }

    /// An error the chain or its node answered with, under the code given there. What helps
    /// against a node's code in general holds until [`CliError::fix`] gives something better.
    pub fn from_chain(code: impl Into<String>, message: impl Into<String>) -> Self {
        let code = code.into();
        let known = node_codes::find(&code).map(|info| info.fix);
        let no_fix = known.and_then(|fix| fix.strip_prefix("none: "));
        let fix = known.filter(|_| no_fix.is_none()).map(str::to_owned);
        Self {
            code: Cow::Owned(code),
            exit: Exit::Refused,
            message: message.into(),
            details: Map::new(),
            fix: fix.into_iter().collect(),
            no_fix: no_fix.or(Some("the chain gave its reason above")),
            sent: Sent::NotConcerned,
        }
    }

    /// Add a fact.
    pub fn detail(mut self, label: &str, value: impl Into<Value>) -> Self {
        self.details.insert(label.to_owned(), value.into());
        self
    }

    /// Replace the general remedy by commands for this very case.
    pub fn fix(mut self, commands: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.fix = commands.into_iter().map(Into::into).collect();
        self
    }

    /// Say that nothing was sent, spent or locked.
    pub fn nothing_sent(mut self) -> Self {
        self.sent = Sent::Nothing;
        self
    }

    /// Say that a transaction is on its way or in a block, whatever was said before.
    pub fn was_sent(mut self) -> Self {
        self.sent = Sent::Yes;
        self
    }

    /// The `error` member of the envelope.
    pub(super) fn to_json(&self) -> Value {
        let mut details = self.details.clone();
        match self.sent {
            Sent::NotConcerned => {}
            Sent::Nothing => drop(details.insert("nothing_sent".to_owned(), Value::Bool(true))),
            Sent::Yes => drop(details.insert("sent".to_owned(), Value::Bool(true))),
        }
        json!({
            "code": self.code,
            "message": self.message,
            "details": details,
            "fix": self.fix,
        })
    }

    /// The lines below the first one: facts, then the fix, then what became of money.
    pub(super) fn text_lines(&self) -> Vec<String> {
        let fix = match (self.fix.is_empty(), self.no_fix) {
            (false, _) => self.fix.join("\n"),
            (true, Some(reason)) => format!("none: {reason}"),
            (true, None) => "none".to_owned(),
        };
        let facts = self.details.iter().filter(|(_, value)| is_plain(value));
        let facts = facts.map(|(label, value)| (label.as_str(), plain(value)));
        let facts: Vec<_> = facts.chain([("fix", fix)]).collect();
        let width = facts.iter().map(|(label, _)| label.len()).max().unwrap_or(0);

        let mut lines = Vec::new();
        for (label, value) in &facts {
            for (row, part) in value.lines().enumerate() {
                let shown = if row == 0 { *label } else { "" };
                lines.push(format!("  {shown:width$}   {part}"));
            }
        }
        match self.sent {
            Sent::NotConcerned => {}
            Sent::Nothing => lines.push("  nothing was sent".to_owned()),
            Sent::Yes => lines.push("  the transaction was sent".to_owned()),
        }
        lines
    }
}

/// Something worth knowing that never stops a script.
#[derive(Clone, Debug)]
pub struct Warning {
    /// Public code.
    pub code: &'static str,
    /// What to know, with the values.
    pub message: String,
    /// What helps.
    pub fix: Vec<String>,
}

impl Warning {
    /// A warning with a code of ours.
    pub fn new(info: CodeInfo, message: impl Into<String>) -> Self {
        let fix = match info.remedy {
            Remedy::Do(text) => vec![text.to_owned()],
            Remedy::None(_) => Vec::new(),
        };
        Self { code: info.code, message: message.into(), fix }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({ "code": self.code, "message": self.message, "fix": self.fix })
    }
}

/// Whether a person can read a value on a line; records are for programs.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.iter().any(|item| item.is_array() || item.is_object()),
        other => !other.is_object(),
    }
}

/// A value as a person reads it: text without quotes, lists without brackets.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::codes;

    #[test]
    fn facts_come_before_the_fix_and_money_comes_last() {
        let error = CliError::new(codes::KEY_UNKNOWN, "no key")
            .detail("looked_in", "/tmp/keys")
            .fix(["althing key list", "althing key new alice"])
            .nothing_sent();
        assert_eq!(
            error.text_lines(),
            [
                "  looked_in   /tmp/keys",
                "  fix         althing key list",
                "              althing key new alice",
                "  nothing was sent",
            ]
        );
    }

    #[test]
    fn records_are_for_programs() {
        let error = CliError::new(codes::KEY_UNWELL, "unwell")
            .detail("accounts", vec![json!({ "name": "me" })])
            .detail("keys", json!({ "a": 1 }))
            .detail("missing", vec!["0x01", "0x02"]);
        let lines = error.text_lines().join("\n");
        assert!(!lines.contains(['{', '[']) && lines.contains("0x01, 0x02"), "{lines}");
        assert_eq!(error.to_json()["details"]["accounts"][0]["name"], "me");
    }

    #[test]
    fn a_nodes_refusal_has_the_fix_of_its_code() {
        let error = CliError::from_chain("RPC-103", "how block 3 ran is not known");
        assert_eq!(error.fix, ["ask for one of its last 256 blocks"]);
        let error = CliError::from_chain("TX-115", "refused");
        assert!(error.fix.is_empty() && error.no_fix.unwrap().starts_with("such a call"));
        let error = CliError::from_chain("VOT-103", "refused");
        assert_eq!((error.fix.len(), error.no_fix), (0, Some("the chain gave its reason above")));
    }

    #[test]
    fn an_error_without_a_fix_says_so() {
        let error = CliError::new(codes::DECLINED, "not done");
        let lines = error.text_lines();
        assert!(lines.iter().any(|line| line.contains("none: it was your decision")));
    }
}
