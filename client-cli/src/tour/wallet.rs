//! This very program, run as a member would run it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::Surprise;

/// The password of every key of the tour; they guard nothing.
const PASSWORD: &str = "a password for the tour";

/// Runs commands in a home of its own.
#[derive(Debug)]
pub(super) struct Wallet {
    program: PathBuf,
    home: PathBuf,
    url: String,
}

impl Wallet {
    /// This program with `home` as its home, talking to the node at `url`.
    pub(super) fn new(home: &Path, url: &str) -> Result<Self, Surprise> {
        let program = std::env::current_exe()
            .map_err(|source| Surprise::Io { action: "find this program", source })?;
        Ok(Self { program, home: home.to_owned(), url: url.to_owned() })
    }

    /// Talk to another node from now on.
    pub(super) fn talk_to(&mut self, url: &str) {
        url.clone_into(&mut self.url);
    }

    /// The `data` of a command that must succeed.
    pub(super) fn data(&self, arguments: &[&str]) -> Result<Value, Surprise> {
        let mut document = self.document(arguments)?;
        if document["ok"] == true {
            return Ok(document["data"].take());
        }
        let error = document["error"].take();
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let message = format!("{} {}", text("code"), text("message"));
        Err(Surprise::Refused { command: line(arguments), message, error })
    }

    /// The error of a command that must be refused.
    pub(super) fn refusal(&self, arguments: &[&str]) -> Result<Value, Surprise> {
        let mut document = self.document(arguments)?;
        if document["ok"] == true {
            return Err(Surprise::NotRefused { command: line(arguments) });
        }
        Ok(document["error"].take())
    }

    /// The last line of standard output, which is the envelope.
    fn document(&self, arguments: &[&str]) -> Result<Value, Surprise> {
        let output = Command::new(&self.program)
            .args(["--json", "--yes", "--url", &self.url])
            .args(arguments)
            .env_remove("ALTHING_ACCOUNT")
            .env_remove("ALTHING_URL")
            .env("ALTHING_HOME", &self.home)
            .env("ALTHING_PASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .output()
            .map_err(|source| Surprise::Io { action: "run this program", source })?;
        let answer = String::from_utf8_lossy(&output.stdout);
        let last = answer.lines().last().unwrap_or_default();
        let document: Option<Value> = serde_json::from_str(last).ok();
        document.filter(|document| document["ok"].is_boolean()).ok_or_else(|| {
            let errors = String::from_utf8_lossy(&output.stderr);
            Surprise::NoDocument { command: line(arguments), answer: format!("{answer}{errors}") }
        })
    }
}

/// A command as one would type it.
pub(super) fn line(arguments: &[&str]) -> String {
    let quoted = arguments
        .iter()
        .map(|word| if word.contains(' ') { format!("\"{word}\"") } else { (*word).to_owned() });
    std::iter::once("althing".to_owned()).chain(quoted).collect::<Vec<_>>().join(" ")
}
