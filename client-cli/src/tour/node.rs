//! A node process of one's own.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::Surprise;

const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOG_LINES: usize = 20;

/// A running node; it is killed when dropped (T3).
#[derive(Debug)]
pub(super) struct Node {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Node {
    /// The program beside this one.
    pub(super) fn program() -> Result<PathBuf, Surprise> {
        let own = std::env::current_exe()
            .map_err(|source| Surprise::Io { action: "find this program", source })?;
        let name = format!("althing-node{}", std::env::consts::EXE_SUFFIX);
        let path = own.with_file_name(name);
        if path.is_file() {
            return Ok(path);
        }
        Err(Surprise::NoNode { path: path.display().to_string() })
    }

    /// Start a development chain in `folder`, on a free port, making blocks as `seal` says, and
    /// wait until it answers.
    pub(super) fn start(program: &Path, folder: &Path, seal: &str) -> Result<Self, Surprise> {
        let io = |action| move |source| Surprise::Io { action, source };
        let (config, log) = (folder.join("node.json"), folder.join("node.log"));
        if config.exists() {
            fs::remove_file(&config).map_err(io("forget where the last node answered"))?;
        }
        let output = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(io("open the node's log"))?;
        let errors = output.try_clone().map_err(io("open the node's log"))?;
        let child = Command::new(program)
            .args(["dev", "--port", "0", "--seal", seal, "--gov", "fast"])
            .arg("--base-path")
            .arg(folder.join("chain"))
            .arg("--config-out")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(io("start the node"))?;
        let mut node = Self { child, url: String::new(), log };
        node.url = node.await_config(&config)?;
        Ok(node)
    }

    /// Where it answers.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Its process id.
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`: no warning, nothing written down first.
    pub(super) fn kill(mut self) -> Result<(), Surprise> {
        let io = |source| Surprise::Io { action: "kill the node", source };
        self.child.kill().map_err(io)?;
        self.child.wait().map_err(io)?;
        Ok(())
    }

    /// The node writes the file whole, once it answers.
    fn await_config(&mut self, config: &Path) -> Result<String, Surprise> {
        let begun = Instant::now();
        loop {
            if let Ok(text) = fs::read(config) {
                let answer: Option<Value> = serde_json::from_slice(&text).ok();
                let url = answer.as_ref().and_then(|answer| answer["url"].as_str());
                return url.map(str::to_owned).ok_or_else(|| self.failed("told no address"));
            }
            let ended = self
                .child
                .try_wait()
                .map_err(|source| Surprise::Io { action: "watch the node", source })?;
            if let Some(status) = ended {
                return Err(self.failed(&format!("ended at once ({status})")));
            }
            if begun.elapsed() > PATIENCE {
                return Err(self.failed(&format!("did not answer in {} s", PATIENCE.as_secs())));
            }
            sleep(LOOK_EVERY);
        }
    }

    fn failed(&self, what: &str) -> Surprise {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(LOG_LINES)..].join("\n");
        Surprise::Node { what: what.to_owned(), log: tail }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have been killed already; then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
