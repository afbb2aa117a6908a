//! Get answers from a person, or refuse when there is none.
//!
//! A question is asked only when standard input is a terminal and `--json` is absent. `--yes`
//! answers confirmations and nothing else: a value that is missing stays missing.

use std::{
    fmt,
    io::{self, BufRead as _, Read as _},
};

use zeroize::Zeroizing;

use crate::{
    environment,
    keystore::Password,
    output::{CliError, Output, codes},
};

/// Whom to ask, and how.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Someone is there and wants to be asked.
    pub possible: bool,
    /// Standard input is not a terminal, so it may hold a value.
    pub piped: bool,
    /// Confirmations are given in advance.
    pub yes: bool,
}

impl Ask {
    /// Ask for consent; the default is no. `Err` when declined or when nobody can be asked.
    pub fn confirm(self, out: &mut Output, question: &str) -> Result<(), CliError> {
        if self.yes {
            return Ok(());
        }
        if !self.possible {
            return Err(nobody("a confirmation is needed", "--yes"));
        }
        match self.line(out, &format!("{question} [y/N] "))?.trim().to_lowercase().as_str() {
            "y" | "yes" | "aye" => Ok(()),
            _ => Err(CliError::new(codes::DECLINED, "not confirmed")),
        }
    }

    /// The password of an existing key.
    pub fn password(self, out: &mut Output, name: &str) -> Result<Password, CliError> {
        if let Some(text) = environment::password() {
            return Ok(Password::new(text)?);
        }
        self.hidden(out, &format!("Password of {name}: "))
    }

    /// A password for a new key, typed twice.
    pub fn new_password(self, out: &mut Output) -> Result<Password, CliError> {
        if let Some(text) = environment::password() {
            return Ok(Password::new(text)?);
        }
        let first = self.hidden_text(out, "Password: ")?;
        let second = self.hidden_text(out, "Again: ")?;
        if *first != *second {
            let message = "the two passwords are not the same";
            return Err(CliError::new(codes::KEY_PASSWORDS_DIFFER, message));
        }
        Ok(Password::new(first)?)
    }

    /// A value from standard input: all of it when piped, a line when typed.
    pub fn input(
        self,
        out: &mut Output,
        prompt: &str,
        max: u64,
    ) -> Result<Zeroizing<String>, CliError> {
        match (self.piped, self.possible) {
            (true, _) => text_of(io::stdin().lock(), max),
            (false, true) => self.line(out, prompt),
            (false, false) => {
                let message = "standard input must hold a value, and nobody can be asked";
                let fix = ["pipe it in: command | althing ..."];
                Err(CliError::new(codes::NOBODY_TO_ASK, message).fix(fix))
            }
        }
    }

    /// One line, typed visibly.
    pub fn line(self, out: &mut Output, prompt: &str) -> Result<Zeroizing<String>, CliError> {
        out.prompt(prompt);
        let mut line = Zeroizing::new(String::new());
        io::stdin().lock().take(4096).read_line(&mut line).map_err(unreadable)?;
        Ok(line)
    }

    fn hidden(self, out: &mut Output, prompt: &str) -> Result<Password, CliError> {
        Ok(Password::new(self.hidden_text(out, prompt)?)?)
    }

    fn hidden_text(self, out: &mut Output, prompt: &str) -> Result<Zeroizing<String>, CliError> {
        if !self.possible {
            return Err(nobody("a password is needed", "ALTHING_PASSWORD"));
        }
        out.prompt(prompt);
        rpassword::read_password().map(Zeroizing::new).map_err(unreadable)
    }
}

fn text_of(reader: impl io::Read, max: u64) -> Result<Zeroizing<String>, CliError> {
    let mut text = Zeroizing::new(String::new());
    reader.take(max.saturating_add(1)).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > max {
        let message = format!("input is longer than {max} bytes");
        return Err(CliError::new(codes::INPUT_TOO_LONG, message).detail("max", max));
    }
    Ok(text)
}

/// The refusal for a value that is missing where nobody can be asked.
pub fn nobody(what: &str, instead: &str) -> CliError {
    let message = format!("{what} and nobody can be asked");
    let fix = if instead.starts_with('-') {
        format!("add {instead}")
    } else {
        format!("set {instead}, or run it in a terminal without --json")
    };
    CliError::new(codes::NOBODY_TO_ASK, message).fix([fix])
}

fn unreadable(error: impl fmt::Display) -> CliError {
    CliError::new(codes::CANNOT_READ_INPUT, format!("cannot read the input: {error}"))
}
