//! The stage on which the steps are played: says, runs, checks and keeps the record.

use std::{path::PathBuf, time::Instant};

use serde_json::{Value, json};

use super::{
    Surprise,
    node::Node,
    steps,
    wallet::{Wallet, line},
};
use crate::{
    context::Context,
    output::{Body, CliError, Reply},
};

/// A step and what was seen in it.
#[derive(Debug, Default)]
struct Record {
    title: String,
    commands: Vec<String>,
    checks: Vec<String>,
    milliseconds: u64,
}

/// The stage.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    context: &'a mut Context,
    /// Where the tour keeps everything.
    pub(super) folder: PathBuf,
    /// The node's program.
    pub(super) program: PathBuf,
    /// The node; none between a kill and a start.
    pub(super) node: Option<Node>,
    wallet: Wallet,
    records: Vec<Record>,
    begun: Instant,
}

/// Play the whole tour.
pub fn run(context: &mut Context) -> Result<Reply, CliError> {
    let folder = tempfile::Builder::new()
        .prefix("althing-tour-")
        .tempdir()
        .map_err(|source| Surprise::Io { action: "make a temporary folder", source })?;
    let begun = Instant::now();
    let mut stage = Stage {
        folder: folder.path().to_owned(),
        program: Node::program()?,
        node: None,
        wallet: Wallet::new(&folder.path().join("home"), "")?,
        records: Vec::new(),
        begun,
        context,
    };
    for (title, step) in steps::ALL {
        stage.begin(title)?;
        let played = step(&mut stage);
        stage.end();
        if let Err(error) = played {
            let number = stage.records.len();
            return Err(error.detail("step", format!("{number} {title}")));
        }
    }
    let milliseconds = elapsed(begun);
    let (steps, checks) = stage.report();
    stage.node = None;
    let seconds = format!("{}.{}", milliseconds / 1000, milliseconds % 1000 / 100);
    let count = steps.len();
    let text =
        format!("\nAll {count} steps and {checks} checks went as they should, in {seconds} s.");
    let data = json!({ "steps": steps, "checks": checks, "milliseconds": milliseconds });
    Ok(Reply::new(data, Body::Text(text))
        .hint("Next: althing-node dev, then in another terminal: althing status"))
}

impl Stage<'_> {
    fn begin(&mut self, title: &str) -> Result<(), CliError> {
        let number = self.records.len() + 1;
        self.begun = Instant::now();
        self.records.push(Record { title: title.to_owned(), ..Record::default() });
        self.show(&format!("\n{number}. {title}"))
    }

    fn end(&mut self) {
        let milliseconds = elapsed(self.begun);
        if let Some(record) = self.records.last_mut() {
            record.milliseconds = milliseconds;
        }
    }

    fn report(&self) -> (Vec<Value>, usize) {
        let steps = self.records.iter().enumerate().map(|(position, record)| {
            json!({
                "step": position + 1,
                "title": record.title,
                "ok": true,
                "commands": record.commands,
                "checks": record.checks,
                "milliseconds": record.milliseconds,
            })
        });
        let checks = self.records.iter().map(|record| record.checks.len()).sum();
        (steps.collect(), checks)
    }

    /// A line of narration. With `--json` the record alone is told, at the end.
    fn show(&mut self, text: &str) -> Result<(), CliError> {
        if !self.context.global.json {
            self.context.out.record(&Value::Null, text)?;
        }
        Ok(())
    }

    /// Explain.
    pub(super) fn say(&mut self, text: &str) -> Result<(), CliError> {
        self.show(&format!("   {text}"))
    }

    /// Use `node` from now on.
    pub(super) fn enter(&mut self, node: Node) {
        self.wallet.talk_to(node.url());
        self.node = Some(node);
    }

    /// Show a command and run it; it must succeed.
    pub(super) fn run(&mut self, arguments: &[&str]) -> Result<Value, CliError> {
        self.tell(arguments)?;
        Ok(self.wallet.data(arguments)?)
    }

    /// Run a command without showing it; it must succeed.
    pub(super) fn ask(&mut self, arguments: &[&str]) -> Result<Value, CliError> {
        Ok(self.wallet.data(arguments)?)
    }

    /// Show a command and run it; it must be refused.
    pub(super) fn refused(&mut self, arguments: &[&str]) -> Result<Value, CliError> {
        self.tell(arguments)?;
        Ok(self.wallet.refusal(arguments)?)
    }

    fn tell(&mut self, arguments: &[&str]) -> Result<(), CliError> {
        let command = line(arguments);
        self.show(&format!("   $ {command}"))?;
        if let Some(record) = self.records.last_mut() {
            record.commands.push(command);
        }
        Ok(())
    }

    /// A fact that must hold.
    pub(super) fn check(
        &mut self,
        what: &str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Result<(), CliError> {
        let (expected, found) = (expected.into(), found.into());
        if expected != found {
            return Err(Surprise::Check { what: what.to_owned(), expected, found }.into());
        }
        self.note(what, &found)
    }

    /// A fact that must hold, where many values are right.
    pub(super) fn check_that(
        &mut self,
        what: &str,
        holds: bool,
        found: impl Into<String>,
    ) -> Result<(), CliError> {
        let found = found.into();
        if !holds {
            let expected = "something else".to_owned();
            return Err(Surprise::Check { what: what.to_owned(), expected, found }.into());
        }
        self.note(what, &found)
    }

    fn note(&mut self, what: &str, found: &str) -> Result<(), CliError> {
        let checked = format!("{what}: {found}");
        self.show(&format!("   ok  {checked}"))?;
        if let Some(record) = self.records.last_mut() {
            record.checks.push(checked);
        }
        Ok(())
    }
}

fn elapsed(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
