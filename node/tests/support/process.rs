//! The program as a process.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use althing_primitives::Hash256;
use serde_json::Value;
use tempfile::TempDir;

use super::Rpc;

/// How long anything may take before the test fails. Generous: builds run beside tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// The file a node writes about itself.
const CONFIG: &str = "config.json";

/// A running node. Dropping it kills it.
pub struct Node {
    process: Child,
    files: TempDir,
    /// What it wrote about itself with `--config-out`.
    pub config: Value,
}

/// How a command ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Node {
    /// Start the program with these arguments on a free port, and wait until it answers.
    pub fn start(arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Self {
        let mut node = Self::spawn(arguments);
        let config = node.files().join(CONFIG);
        wait_until("the node answers", || {
            let ended = node.process.try_wait().unwrap();
            assert!(ended.is_none(), "the node ended by itself, {ended:?}:\n{}", node.log());
            config.exists()
        });
        // The file appears whole.
        node.config = serde_json::from_slice(&fs::read(&config).unwrap()).unwrap();
        node
    }

    /// Start the program and wait for nothing.
    pub fn spawn(arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Self {
        let files = TempDir::new().unwrap();
        let log = File::create(files.path().join("log")).unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_althing-node"))
            .args(arguments)
            .args(["--port", "0", "--config-out"])
            .arg(files.path().join(CONFIG))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { process, files, config: Value::Null }
    }

    /// A development chain in memory, with further arguments.
    pub fn dev<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Self {
        Self::start(["dev"].into_iter().chain(arguments))
    }

    /// A client on a connection of its own.
    pub async fn connect(&self) -> Rpc {
        Rpc::connect(self.text("url")).await
    }

    /// A text of the file it wrote about itself.
    pub fn text(&self, field: &str) -> &str {
        self.config[field].as_str().unwrap()
    }

    /// The hash of block 0.
    pub fn genesis(&self) -> Hash256 {
        Hash256(const_hex::decode_to_array(self.text("genesis")).unwrap())
    }

    /// What it said on standard error so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.files.path().join("log")).unwrap()
    }

    /// The folder of the file it wrote about itself, and of its log.
    pub fn files(&self) -> PathBuf {
        self.files.path().to_path_buf()
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Press Ctrl-C and wait for the end; returns what it said, too.
    pub fn interrupt(self) -> (ExitStatus, String) {
        self.signal("INT")
    }

    /// Send a signal by name and wait for the end.
    pub fn signal(self, name: &str) -> (ExitStatus, String) {
        // The shell knows `kill` on every system.
        let line = format!("kill -{name} {}", self.id());
        assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success());
        self.ended()
    }

    /// Wait until it ends by itself; returns what it said, too.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let mut status = None;
        wait_until("the node has ended", || {
            status = self.process.try_wait().unwrap();
            status.is_some()
        });
        (status.unwrap(), self.log())
    }

    /// Ctrl-C, and all was well.
    pub fn stop(self) {
        let (status, log) = self.interrupt();
        assert!(status.success(), "{status}:\n{log}");
    }

    /// `kill -9`. The process is gone when this returns.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Run the program with arguments that let it end by itself.
pub fn command(arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Outcome {
    let output = Command::new(env!("CARGO_BIN_EXE_althing-node"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Outcome {
        code: output.status.code(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Outcome {
    /// It did what was asked.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    /// It refused, and its words hold each of `needles`.
    #[track_caller]
    pub fn refused(self, needles: &[&str]) -> Self {
        assert_eq!(self.code, Some(1), "{}", self.stderr);
        for needle in needles {
            assert!(self.stderr.contains(needle), "{needle:?} is not in:\n{}", self.stderr);
        }
        self
    }
}

/// Look again and again, where nothing can be waited for.
#[track_caller]
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < PATIENCE, "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
