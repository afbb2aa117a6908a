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
        Self::with(tempfile::tempdir().unwrap(), &[])
    }

    /// The same, kept on disk.
    pub(crate) fn stored() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let chain = folder.path().join("chain").display().to_string();
        Self::with(folder, &["--base-path", &chain])
    }

    fn with(folder: tempfile::TempDir, more: &[&str]) -> Self {
        let config = folder.path().join("node.json");
        let child = Command::new(program())
            .args(["dev", "--port", "0", "--gov", "fast", "--quiet"])
            .args(more)
            .arg("--config-out")
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

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Kill it, write its blocks to `file`, and let a new node execute them from genesis on with the
    /// canonical backends. What that says of its head.
    pub(crate) fn stop_and_replay(&mut self, file: &Path) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let chain = self.folder.path().join("chain");
        let plain = || Command::new(program());
        let spec = self.folder.path().join("spec.json");
        let printed = plain().args(["build-spec", "--dev"]).output().unwrap();
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        fs::write(&spec, printed.stdout).unwrap();
        let mut export = plain();
        export.arg("export-blocks").arg("--base-path").arg(&chain).arg(file);
        assert!(export.status().unwrap().success());
        let mut import = plain();
        import.arg("import-blocks").arg("--base-path").arg(self.folder.path().join("again"));
        import.arg("--chain").arg(&spec).args(["--verifier", "canonical"]).arg(file);
        let imported = import.output().unwrap();
        let said = String::from_utf8(imported.stderr).unwrap();
        assert!(imported.status.success(), "{said}");
        said
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
