//! A real node for tests: its process on a free port, killed when the test ends.
//!
//! The program is the one beside the wallet's. When it is not there, it is built; no test is
//! skipped for want of it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);

/// A running development chain.
pub(crate) struct TestNode {
    child: Child,
    folder: tempfile::TempDir,
    config: Value,
}

impl TestNode {
    /// A chain that seals a block whenever there is a transaction.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("node.json");
        let child = Command::new(program())
            .args(["dev", "--port", "0", "--gov", "fast", "--quiet", "--config-out"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut node = Self { child, folder, config: Value::Null };
        node.config = node.await_config(&config);
        node
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        self.config["url"].as_str().unwrap()
    }

    /// A wallet home that disappears with the node.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn await_config(&mut self, path: &Path) -> Value {
        let begun = Instant::now();
        loop {
            if let Ok(text) = fs::read(path) {
                return serde_json::from_slice(&text).unwrap();
            }
            assert_eq!(self.child.try_wait().unwrap(), None, "the node ended");
            assert!(begun.elapsed() < PATIENCE, "the node did not answer");
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for TestNode {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The node's program, built first if it is not there.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let wallet = Path::new(env!("CARGO_BIN_EXE_althing"));
        let path = wallet.with_file_name(format!("althing-node{}", std::env::consts::EXE_SUFFIX));
        if !path.is_file() {
            build(wallet.parent().unwrap());
        }
        path
    })
}

fn build(folder: &Path) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--package", "althing-node", "--target-dir"]);
    command.arg(folder.parent().unwrap());
    if folder.ends_with("release") {
        command.arg("--release");
    }
    assert!(command.status().unwrap().success(), "althing-node does not build");
}
