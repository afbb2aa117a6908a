//! Run the built wallet in a home of its own, without a terminal and without a network.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;

/// A wallet home that disappears with the test.
pub(crate) struct Wallet {
    home: tempfile::TempDir,
}

/// What a run gave.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Wallet {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// A wallet with these keys on a cheap derivation.
    pub(crate) fn with(keys: &[(&str, &str)]) -> Self {
        let wallet = Self::new();
        for (name, scheme) in keys {
            let ran = wallet.run(&["key", "new", name, "--scheme", scheme, "--kdf", "light"]);
            assert_eq!(ran.code, 0, "{}", ran.stderr);
        }
        wallet
    }

    pub(crate) fn key_file(&self, name: &str) -> PathBuf {
        self.home.path().join(format!("keys/{name}.json"))
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "", Some("secret"))
    }

    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &str, password: Option<&str>) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_althing"));
        command.args(arguments).env_clear().env("ALTHING_HOME", self.home.path());
        if let Some(password) = password {
            command.env("ALTHING_PASSWORD", password);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that reads nothing may have ended already; that is its right.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The document of a `--json` run, which must be the only thing on standard output.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[&["--json"], arguments].concat()).document()
    }
}

impl Ran {
    pub(crate) fn document(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{}", self.stdout);
        let document: Value = serde_json::from_str(&self.stdout).unwrap();
        assert_eq!(document["schema"], "althing.cli/1");
        assert_eq!(document["ok"], self.code == 0, "{document}");
        document
    }
}

/// The 24 words among the lines that `key new` shows.
pub(crate) fn words_in(stderr: &str) -> Vec<String> {
    let rows = stderr.lines().filter(|line| line.starts_with("  "));
    let tokens: Vec<_> = rows.flat_map(str::split_whitespace).collect();
    let numbered = |n: usize| {
        let wanted = n.to_string();
        let pair = tokens.windows(2).find(|pair| pair[0] == wanted && pair[1].len() >= 3);
        pair.map(|pair| pair[1].to_owned())
    };
    (1..=24).filter_map(numbered).collect()
}
