//! This very program as a running node, for measurements from outside.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use althing_primitives::Hash256;
use serde::Deserialize;

use super::error::BenchError;
use super::measure::processor_time_of;
use super::scratch::Scratch;

/// What the banner of a node that answers says in its first line.
const READY: &str = "ready in";

/// A node of its own process. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct NodeProcess {
    child: Child,
    /// Where it answers.
    pub(crate) address: SocketAddr,
    /// The hash of its block 0.
    pub(crate) genesis: Hash256,
    /// From its start to the line that says it is ready.
    pub(crate) ready: Duration,
    _files: Scratch,
}

/// The part of the file that a node writes about itself.
#[derive(Deserialize)]
struct Config {
    url: String,
    genesis: String,
}

impl NodeProcess {
    /// Start a node with these arguments and wait until it is ready; its files go into `folder`.
    pub(crate) fn start(
        arguments: &[impl AsRef<OsStr>],
        folder: &Path,
    ) -> Result<Self, BenchError> {
        let files = Scratch::new(folder)?;
        let config = files.path().join("config.json");
        let program = std::env::current_exe().map_err(BenchError::io("find", "this program"))?;
        let started = Instant::now();
        let mut child = Command::new(&program)
            .args(arguments)
            .args(["--port", "0", "--config-out"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(BenchError::io("start", &program))?;
        let outcome = listen(&mut child).and_then(|()| {
            let ready = started.elapsed();
            Ok((ready, read_config(&config)?))
        });
        match outcome {
            Ok((ready, (address, genesis))) => {
                Ok(Self { child, address, genesis, ready, _files: files })
            }
            Err(error) => {
                end(&mut child);
                Err(error)
            }
        }
    }

    /// For how long it has run on processors.
    pub(crate) fn processor_time(&self) -> Duration {
        processor_time_of(&self.child.id().to_string())
    }
}

impl Drop for NodeProcess {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// It may have ended already.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Read what the node says until it is ready; a thread reads on, so that it never has to wait.
fn listen(child: &mut Child) -> Result<(), BenchError> {
    let ended = |said: String| BenchError::Process {
        process: "node",
        what: format!("ended before it was ready: {said}"),
    };
    let errors = child.stderr.take().ok_or_else(|| ended("it has no standard error".to_owned()))?;
    let mut lines = BufReader::new(errors).lines();
    let mut said = Vec::new();
    loop {
        match lines.next() {
            Some(Ok(line)) if line.contains(READY) => break,
            Some(Ok(line)) => said.push(line),
            Some(Err(_)) | None => return Err(ended(said.join("; "))),
        }
    }
    // It ends with the node, whose standard error it reads.
    std::thread::spawn(move || lines.for_each(drop));
    Ok(())
}

fn read_config(path: &Path) -> Result<(SocketAddr, Hash256), BenchError> {
    let text = fs::read(path).map_err(BenchError::io("read", path))?;
    let config: Config = serde_json::from_slice(&text)
        .map_err(|source| BenchError::Malformed { path: path.to_path_buf(), source })?;
    let wrong = |what: &str| BenchError::Process {
        process: "node",
        what: format!("says of itself {what}, which means nothing"),
    };
    let address = config.url.trim_start_matches("ws://").parse();
    let address = address.map_err(|_| wrong(&config.url))?;
    let genesis = const_hex::decode_to_array(&config.genesis);
    Ok((address, Hash256(genesis.map_err(|_| wrong(&config.genesis))?)))
}
