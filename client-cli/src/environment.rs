//! What the process was started with: the only reader of environment variables and terminals.

use std::{
    env,
    ffi::OsString,
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use zeroize::Zeroizing;

use crate::output::{CliError, codes};

/// Inputs that are neither arguments nor files.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about the process")]
pub struct Terminals {
    /// Someone can be asked.
    pub stdin: bool,
    /// Someone reads the result.
    pub stdout: bool,
    /// Someone reads hints and errors.
    pub stderr: bool,
    /// `NO_COLOR` is set.
    pub no_color: bool,
}

impl Terminals {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self {
            stdin: io::stdin().is_terminal(),
            stdout: io::stdout().is_terminal(),
            stderr: io::stderr().is_terminal(),
            no_color: env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
        }
    }
}

/// `ALTHING_HOME`, or `~/.config/althing`.
pub fn home() -> Result<PathBuf, CliError> {
    let set = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty());
    let missing = || CliError::new(codes::NO_HOME, "neither ALTHING_HOME nor HOME is set");
    match set("ALTHING_HOME") {
        Some(home) => Ok(home.into()),
        None => Ok(PathBuf::from(set("HOME").ok_or_else(missing)?).join(".config/althing")),
    }
}

/// `ALTHING_PASSWORD`, if it is set and text.
pub fn password() -> Option<Zeroizing<String>> {
    env::var("ALTHING_PASSWORD").ok().map(Zeroizing::new)
}
