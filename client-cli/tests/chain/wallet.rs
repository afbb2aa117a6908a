//! Run the built wallet against a node of its own.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::TestNode;

/// A wallet and the node it talks to.
pub(crate) struct Member {
    pub(crate) node: TestNode,
}

/// What a run gave.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Member {
    pub(crate) fn new() -> Self {
        Self { node: TestNode::start() }
    }

    /// The same on a chain that is kept on disk.
    pub(crate) fn stored() -> Self {
        Self { node: TestNode::stored() }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_althing"))
            .args(["--url", self.node.url()])
            .args(arguments)
            .env_clear()
            .env("ALTHING_HOME", self.node.home())
            .env("ALTHING_PASSWORD", "secret")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn document(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[&["--json", "--yes"], arguments].concat());
        let last = ran.stdout.lines().last().unwrap_or_default();
        let document: Value = serde_json::from_str(last).unwrap();
        assert_eq!(document["schema"], "althing.cli/1");
        assert_eq!(document["ok"], ran.code == 0, "{document}");
        document
    }

    /// The data of a command that succeeds.
    pub(crate) fn data(&self, arguments: &[&str]) -> Value {
        let mut document = self.document(arguments);
        assert_eq!(document["ok"], true, "{arguments:?}: {document}");
        assert_eq!(document["chain"]["id"], "althing-dev");
        document["data"].take()
    }

    /// The error of a command that is refused.
    pub(crate) fn error(&self, arguments: &[&str]) -> Value {
        let mut document = self.document(arguments);
        assert_eq!(document["ok"], false, "{arguments:?}: {document}");
        document["error"].take()
    }

    /// A new key on a cheap derivation, with tokens from alice.
    pub(crate) fn funded_key(&self, name: &str, scheme: &str, tokens: &str) {
        let made = self.run(&["--yes", "key", "new", name, "--scheme", scheme, "--kdf", "light"]);
        assert_eq!(made.code, 0, "{}", made.stderr);
        self.data(&["--account", "alice", "send", name, tokens]);
    }
}
