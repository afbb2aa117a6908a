//! The primary result of a command, before anyone decides how to show it.

use serde_json::{Value, json};

use super::Warning;

/// Which chain answered. Absent for commands that ask none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChainTag {
    /// Name of the chain.
    pub id: String,
    /// Hash of its first block, 0x-hex.
    pub genesis: String,
    /// Height at which the answer holds.
    pub block: u32,
}

impl ChainTag {
    pub(super) fn to_json(&self) -> Value {
        json!({ "id": self.id, "genesis": self.genesis, "block": self.block })
    }
}

/// The text form of a result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Body {
    /// Nothing on standard output.
    Nothing,
    /// Text as it is, usually one value.
    Text(String),
    /// One record per line: aligned under its header on a terminal, tab-separated elsewhere.
    Table {
        /// Header, shown on a terminal only.
        columns: Vec<&'static str>,
        /// Records, each as long as `columns`.
        rows: Vec<Vec<String>>,
    },
    /// One fact per line: label and value, aligned on a terminal, tab-separated elsewhere.
    Facts(Vec<(&'static str, String)>),
}

/// What a command answers.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The result for programs.
    pub data: Value,
    /// The result for people.
    pub body: Body,
    /// The chain that answered.
    pub chain: Option<ChainTag>,
    /// Things worth knowing.
    pub warnings: Vec<Warning>,
    /// What to do next, on standard error, silenced by `--quiet`.
    pub hints: Vec<String>,
}

impl Reply {
    /// A result in both forms.
    pub fn new(data: Value, body: Body) -> Self {
        Self { data, body, chain: None, warnings: Vec::new(), hints: Vec::new() }
    }

    /// Name the chain that answered.
    pub fn on(mut self, chain: ChainTag) -> Self {
        self.chain = Some(chain);
        self
    }

    /// Add a warning.
    pub fn warn(mut self, warning: Warning) -> Self {
        self.warnings.push(warning);
        self
    }

    /// Add a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl Body {
    /// The lines of standard output; `wide` when a person looks at a terminal.
    pub(super) fn lines(&self, wide: bool) -> Vec<String> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Text(text) => text.lines().map(str::to_owned).collect(),
            Self::Facts(facts) => {
                let rows = facts.iter().map(|(label, value)| vec![(*label).into(), value.clone()]);
                render(rows.collect(), wide)
            }
            Self::Table { columns, rows } if wide => {
                let header = columns.iter().map(|name| (*name).to_owned()).collect();
                render(std::iter::once(header).chain(rows.iter().cloned()).collect(), true)
            }
            Self::Table { rows, .. } => render(rows.clone(), false),
        }
    }
}

fn render(rows: Vec<Vec<String>>, wide: bool) -> Vec<String> {
    if !wide {
        return rows.into_iter().map(|row| row.join("\t")).collect();
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell: &String| cell.chars().count())
            .max()
    };
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("   ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Body {
        Body::Table {
            columns: vec!["name", "scheme"],
            rows: vec![vec!["alice".into(), "ml-dsa-65".into()]],
        }
    }

    #[test]
    fn a_table_is_tab_separated_and_without_header_when_piped() {
        assert_eq!(table().lines(false), ["alice\tml-dsa-65"]);
    }

    #[test]
    fn a_table_is_aligned_under_its_header_on_a_terminal() {
        assert_eq!(table().lines(true), ["name    scheme", "alice   ml-dsa-65"]);
    }
}
