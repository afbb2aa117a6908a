//! The RPC server under load: 100 WebSocket connections on loopback that read rows, then hand in
//! transactions. The node is a process of its own; the clients are this one.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::ThreadPoolBuilder;
use serde::{Deserialize, Serialize};

use super::draft::{Draft, Size, Twist};
use super::error::BenchError;
use super::machine::Machine;
use super::measure::{float, micros, ratio};
use super::members::{Witness, scheme_name};
use super::process::NodeProcess;
use super::scratch::Scratch;
use super::socket::Socket;
use super::stage::Stage;
use super::workload::Workload;

/// What the server was asked and how fast it answered.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct RpcFigures {
    /// Connections at a time.
    pub(crate) connections: usize,
    /// Questions of each connection that wait for an answer.
    pub(crate) in_flight: usize,
    /// Rows that were read with `state_getStorage`.
    pub(crate) reads: usize,
    /// Reads a second.
    pub(crate) reads_per_second: f64,
    /// Processor time of the node for each read.
    pub(crate) node_cpu_us_per_read: f64,
    /// Transactions handed in with `author_submitExtrinsic`.
    pub(crate) submits: usize,
    /// Of these, refused ones.
    pub(crate) refused: usize,
    /// Accepted transactions a second.
    pub(crate) submits_per_second: f64,
    /// Processor time of the node for each transaction.
    pub(crate) node_cpu_us_per_submit: f64,
    /// The scheme that signed them.
    pub(crate) signed: String,
    /// The machine.
    pub(crate) machine: Machine,
}

/// How hard the server is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Connections at a time.
    pub(crate) connections: usize,
    /// Questions of each connection that wait for an answer.
    pub(crate) in_flight: usize,
    /// For how long rows are read.
    pub(crate) reading: Duration,
    /// Transactions to hand in; not more than the pool holds.
    pub(crate) submits: usize,
    /// What signs them.
    pub(crate) witness: Witness,
}

/// Measure a node whose files are in `folder`.
pub(crate) fn measure(load: Load, folder: &Path) -> Result<RpcFigures, BenchError> {
    let machine = Machine::here();
    let size = Size {
        accounts: None,
        transactions: load.submits,
        blocks: 1,
        seed: 1,
        twist: Twist::default(),
    };
    let draft = Draft::of(Workload::Disjoint, &size);
    let pool = ThreadPoolBuilder::new().build()?;
    let stage = pool.install(|| Stage::set(&draft, (load.witness, Twist::default()), 0))?;
    drop(pool);
    let files = Scratch::new(folder)?;
    let spec = write_spec(&stage, files.path())?;
    let base = files.path().join("node");
    let arguments = [
        "run".as_ref(),
        "--seal".as_ref(),
        "manual".as_ref(),
        "--chain".as_ref(),
        spec.as_os_str(),
    ];
    let arguments: Vec<_> =
        arguments.into_iter().chain(["--base-path".as_ref(), base.as_os_str()]).collect();
    let node = NodeProcess::start(&arguments, files.path())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(BenchError::io("start", "threads"))?;
    let reads = runtime.block_on(read_rows(&node, &load, &stage))?;
    let submits = runtime.block_on(submit(&node, &load, &stage))?;
    let accepted = submits.count.saturating_sub(submits.errors);
    Ok(RpcFigures {
        connections: load.connections,
        in_flight: load.in_flight,
        reads: reads.count,
        reads_per_second: ratio(float(reads.count), reads.wall.as_secs_f64()),
        node_cpu_us_per_read: ratio(micros(reads.node_cpu), float(reads.count)),
        submits: submits.count,
        refused: submits.errors,
        submits_per_second: ratio(float(accepted), submits.wall.as_secs_f64()),
        node_cpu_us_per_submit: ratio(micros(submits.node_cpu), float(submits.count)),
        signed: scheme_name(load.witness.scheme()),
        machine,
    })
}

/// A chain spec with the rows of a stage.
fn write_spec(stage: &Stage, folder: &Path) -> Result<std::path::PathBuf, BenchError> {
    let path = folder.join("spec.json");
    // Text and numbers only: the form cannot fail.
    let json = stage.spec().to_json().unwrap_or_default();
    std::fs::write(&path, json).map_err(BenchError::io("write", &path))?;
    Ok(path)
}

/// What all connections together got.
struct Answers {
    count: usize,
    errors: usize,
    wall: Duration,
    node_cpu: Duration,
}

/// Questions of one connection, and until when they are asked.
struct Questions {
    texts: Vec<String>,
    /// Begin again at the end of the texts until then.
    until: Option<Instant>,
    in_flight: usize,
}

async fn read_rows(node: &NodeProcess, load: &Load, stage: &Stage) -> Result<Answers, BenchError> {
    let prefix = pallet_system::ACCOUNT.prefix();
    let keys: Vec<_> =
        stage.state.range(&prefix, None, 10_000).map(|(key, _)| key.to_vec()).collect();
    let until = Instant::now().checked_add(load.reading);
    let questions = |connection: usize| Questions {
        texts: keys
            .iter()
            .skip(connection % 7)
            .step_by(7)
            .map(|key| request("state_getStorage", key))
            .collect(),
        until,
        in_flight: load.in_flight,
    };
    ask_all(node, (0..load.connections).map(questions).collect()).await
}

async fn submit(node: &NodeProcess, load: &Load, stage: &Stage) -> Result<Answers, BenchError> {
    let signed = stage.blocks.first().ok_or(BenchError::Empty)?;
    let questions = |connection: usize| Questions {
        texts: signed
            .iter()
            .skip(connection)
            .step_by(load.connections.max(1))
            .map(|bytes| request("author_submitExtrinsic", bytes))
            .collect(),
        until: None,
        in_flight: load.in_flight,
    };
    ask_all(node, (0..load.connections).map(questions).collect()).await
}

fn request(method: &str, bytes: &[u8]) -> String {
    let bytes = const_hex::encode_prefixed(bytes);
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":["{bytes}"]}}"#)
}

async fn ask_all(node: &NodeProcess, all: Vec<Questions>) -> Result<Answers, BenchError> {
    let mut sockets = Vec::with_capacity(all.len());
    for _ in &all {
        sockets.push(Socket::connect(node.address).await?);
    }
    let (before, started) = (node.processor_time(), Instant::now());
    let tasks: Vec<_> = sockets
        .into_iter()
        .zip(all)
        .map(|(socket, questions)| tokio::spawn(ask(socket, Arc::new(questions))))
        .collect();
    let (mut answers, mut errors) = (0_usize, 0_usize);
    for task in tasks {
        let ended = |_| BenchError::Process { process: "client", what: "panicked".to_owned() };
        let (some, wrong) = task.await.map_err(ended)??;
        answers = answers.saturating_add(some);
        errors = errors.saturating_add(wrong);
    }
    let node_cpu = node.processor_time().saturating_sub(before);
    Ok(Answers { count: answers, errors, wall: started.elapsed(), node_cpu })
}

/// Ask on one connection, so many questions ahead of the answers. Returns answers and errors.
async fn ask(mut socket: Socket, questions: Arc<Questions>) -> Result<(usize, usize), BenchError> {
    let again = questions.until.is_some();
    let open = || questions.until.is_none_or(|until| Instant::now() < until);
    let rounds = if again { usize::MAX } else { 1 };
    let mut texts = (0..rounds).flat_map(|_| &questions.texts);
    let mut waiting = 0_usize;
    for text in texts.by_ref().take(questions.in_flight.max(1)) {
        socket.send(text).await?;
        waiting = waiting.saturating_add(1);
    }
    let (mut answers, mut errors) = (0_usize, 0_usize);
    while waiting > 0 {
        let answer = socket.receive().await?;
        answers = answers.saturating_add(1);
        errors = errors.saturating_add(usize::from(!has_result(&answer)));
        match texts.next().filter(|_| open()) {
            Some(text) => socket.send(text).await?,
            None => waiting = waiting.saturating_sub(1),
        }
    }
    Ok((answers, errors))
}

fn has_result(answer: &[u8]) -> bool {
    const RESULT: &[u8] = b"\"result\"";
    let head = answer.get(..64).unwrap_or(answer);
    head.windows(RESULT.len()).any(|part| part == RESULT)
}

/// The figures as lines.
pub(crate) fn describe(figures: &RpcFigures) -> String {
    let RpcFigures { connections, in_flight, signed, .. } = figures;
    format!(
        "{}\n{connections} WebSocket connections, {in_flight} questions ahead on each, client and \
         node on one machine\n\
         state_getStorage        {:>9.0} reads/s    {:>7.1} us of the node's processor time each\n\
         author_submitExtrinsic  {:>9.0} accepted/s {:>7.1} us of the node's processor time each, \
         {} of {} refused, {signed}\n",
        super::text::machine(&figures.machine),
        figures.reads_per_second,
        figures.node_cpu_us_per_read,
        figures.submits_per_second,
        figures.node_cpu_us_per_submit,
        figures.refused,
        figures.submits,
    )
}
