//! Write answers: the one door through which anything reaches standard output or error.
//!
//! # Contract
//!
//! - O1: standard output holds the primary result and nothing else; everything else goes to
//!   standard error.
//! - O2: with `--json`, standard output holds exactly one document, for success and failure alike;
//!   streams give one object per line.
//! - O3: `--quiet` silences hints and progress, never errors, warnings or words that must be
//!   written down.
//! - O4: colour appears on a terminal only, never when `NO_COLOR` is set, and never carries meaning
//!   alone.
//! - O5: a reader that closes the pipe has seen enough; that is success.

pub mod codes;
mod error;
mod exit;
pub mod node_codes;
mod reply;

use std::io::{self, Write};

pub use error::{CliError, Sent, Warning};
pub use exit::Exit;
pub use reply::{Body, ChainTag, Reply};
use serde_json::{Value, json};

/// Name and version of the envelope. Fields may be added within a version, never changed.
pub const SCHEMA: &str = "althing.cli/1";

/// How answers are to be shown.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four independent switches of the user's")]
pub struct Style {
    /// One JSON document instead of text.
    pub json: bool,
    /// No hints, no progress.
    pub quiet: bool,
    /// Standard output is a terminal: align columns.
    pub wide: bool,
    /// Standard error may be coloured.
    pub colour: bool,
}

/// Standard output and error, and the only code that writes to them.
pub struct Output {
    stdout: Box<dyn Write>,
    stderr: Box<dyn Write>,
    style: Style,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("style", &self.style).finish_non_exhaustive()
    }
}

impl Output {
    /// The process's own streams.
    pub fn of_process(style: Style) -> Self {
        Self::to(Box::new(io::stdout()), Box::new(io::stderr()), style)
    }

    /// Any streams.
    pub fn to(stdout: Box<dyn Write>, stderr: Box<dyn Write>, style: Style) -> Self {
        Self { stdout, stderr, style }
    }

    /// How answers are shown.
    pub fn style(&self) -> Style {
        self.style
    }

    /// Progress or a hint: silenced by `--quiet`.
    pub fn hint(&mut self, text: &str) {
        if !self.style.quiet {
            self.notice(text);
        }
    }

    /// Something the user must see even with `--quiet`, such as words to write down.
    pub fn notice(&mut self, text: &str) {
        self.write_stderr(&format!("{text}\n"));
    }

    /// A question, without an end of line.
    pub fn prompt(&mut self, text: &str) {
        self.write_stderr(text);
    }

    /// One entry of a stream: an object per line with `--json`, else a line of text.
    ///
    /// Returns false when the reader has gone: the stream should end, successfully.
    pub fn record(&mut self, data: &Value, text: &str) -> Result<bool, CliError> {
        let line = if self.style.json { data.to_string() } else { text.to_owned() };
        self.write_stdout(&line)
    }

    /// The result of a check that will fail, for people. Programs find it in the error's details.
    pub fn show(&mut self, body: &Body, warnings: &[Warning]) -> Result<(), CliError> {
        if self.style.json {
            return Ok(());
        }
        for warning in warnings {
            self.warning(warning);
        }
        let text = body.lines(self.style.wide).join("\n");
        if !text.is_empty() {
            self.write_stdout(&text)?;
        }
        Ok(())
    }

    /// Write the answer of `command` and say how the run ended.
    pub fn finish(&mut self, command: &str, outcome: Result<Reply, CliError>) -> Exit {
        match outcome {
            Ok(reply) => self.success(command, &reply),
            Err(error) => self.failure(command, &error),
        }
    }

    fn success(&mut self, command: &str, reply: &Reply) -> Exit {
        let text = if self.style.json {
            let envelope = json!({
                "schema": SCHEMA,
                "ok": true,
                "command": command,
                "chain": reply.chain.as_ref().map(ChainTag::to_json),
                "data": reply.data,
                "warnings": reply.warnings.iter().map(Warning::to_json).collect::<Vec<_>>(),
            });
            envelope.to_string()
        } else {
            for warning in &reply.warnings {
                self.warning(warning);
            }
            reply.body.lines(self.style.wide).join("\n")
        };

        if !text.is_empty()
            && let Err(error) = self.write_stdout(&text)
        {
            self.error_text(&error);
            return error.exit;
        }
        for hint in &reply.hints {
            self.hint(hint);
        }
        Exit::Done
    }

    fn failure(&mut self, command: &str, error: &CliError) -> Exit {
        if !self.style.json {
            self.error_text(error);
            return error.exit;
        }
        let envelope = json!({
            "schema": SCHEMA,
            "ok": false,
            "command": command,
            "error": error.to_json(),
        });
        if let Err(unwritten) = self.write_stdout(&envelope.to_string()) {
            self.error_text(&unwritten);
        }
        error.exit
    }

    fn warning(&mut self, warning: &Warning) {
        let label = self.paint("33", &format!("warning[{}]", warning.code));
        self.notice(&format!("{label}: {}", warning.message));
        for fix in &warning.fix {
            self.notice(&format!("  fix   {fix}"));
        }
    }

    fn error_text(&mut self, error: &CliError) {
        let label = self.paint("31", &format!("error[{}]", error.code));
        self.notice(&format!("{label}: {}", error.message));
        for line in error.text_lines() {
            self.notice(&line);
        }
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.style.colour { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Write a line. False when the reader has closed the pipe.
    fn write_stdout(&mut self, line: &str) -> Result<bool, CliError> {
        let written = writeln!(self.stdout, "{line}").and_then(|()| self.stdout.flush());
        match written {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(CliError::new(
                codes::CANNOT_WRITE_OUTPUT,
                format!("cannot write the result: {error}"),
            )),
        }
    }

    fn write_stderr(&mut self, text: &str) {
        // Nobody is left to be told when standard error is gone, so the result is not used.
        let _ = self.stderr.write_all(text.as_bytes()).and_then(|()| self.stderr.flush());
    }
}

#[cfg(test)]
mod tests;
