//! What a developer waits for: the start of a development chain, and a vote on its way into a
//! block. The chain is a process of its own and seals at once.

use std::path::Path;
use std::time::{Duration, Instant};

use althing_crypto::signing::{DevMember, Signer, signing_scheme};
use althing_frame::Track;
use althing_primitives::{
    AccountId, Circumstances, Era, Extra, Extrinsic, Hash256, Implicit, KeyHandle, Nonce,
    Signature, SignedPart, SignerKey, TOKEN, signing_payload, statement,
};
use althing_runtime::{RuntimeCall, SPEC_VERSION, TRANSACTION_VERSION};
use pallet_preimage::Proposal;
use pallet_referenda::{DecisionDeposit, Enactment};
use pallet_voting::{Ballot, Conviction};
use parity_scale_codec::Encode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::BenchError;
use super::machine::Machine;
use super::measure::micros;
use super::process::NodeProcess;
use super::progress::Progress;
use super::scratch::Scratch;
use super::socket::Socket;

/// Who asks, and who votes by turns: all with keys of ML-DSA-44.
const ASKER: &str = "bob";
const VOTERS: [&str; 3] = ["frank", "heidi", "judy"];
const METHOD: &str = "author_submitAndWatchExtrinsic";

/// What was waited for.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct LatencyFigures {
    /// Starts that were measured.
    pub(crate) starts: usize,
    /// From the start of the program to its banner, in the middle case.
    pub(crate) ready_ms: f64,
    /// Votes that were measured.
    pub(crate) votes: usize,
    /// Whether the chain was kept on disk.
    pub(crate) persisted: bool,
    /// From sending a signed vote to the news that a block holds it: the middle case,
    pub(crate) vote_ms: f64,
    /// one of twenty is slower than this,
    pub(crate) vote_p95_ms: f64,
    /// and the slowest.
    pub(crate) vote_max_ms: f64,
    /// The machine.
    pub(crate) machine: Machine,
}

/// Measure so many starts and votes; files go into `folder`, and the chain too if it is `kept`.
pub(crate) fn measure(
    (starts, votes): (usize, usize),
    folder: &Path,
    kept: bool,
) -> Result<LatencyFigures, BenchError> {
    let machine = Machine::here();
    let mut ready = Vec::new();
    let progress = Progress::new("starting chains", starts);
    for _ in 0..starts.max(1) {
        let files = Scratch::new(folder)?;
        ready.push(start(&files, kept)?.ready);
        progress.advance(1);
    }
    drop(progress);
    let files = Scratch::new(folder)?;
    let node = start(&files, kept)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(BenchError::io("start", "threads"))?;
    let mut waits = runtime.block_on(vote(&node, votes))?;
    ready.sort_unstable();
    waits.sort_unstable();
    let milliseconds = |sorted: &[Duration], percent: usize| {
        let at = sorted.len().saturating_sub(1).saturating_mul(percent) / 100;
        micros(sorted.get(at).copied().unwrap_or_default()) / 1e3
    };
    Ok(LatencyFigures {
        starts: ready.len(),
        ready_ms: milliseconds(&ready, 50),
        votes: waits.len(),
        persisted: kept,
        vote_ms: milliseconds(&waits, 50),
        vote_p95_ms: milliseconds(&waits, 95),
        vote_max_ms: milliseconds(&waits, 100),
        machine,
    })
}

fn start(files: &Scratch, kept: bool) -> Result<NodeProcess, BenchError> {
    // Referenda of the fast kind would be decided while votes are still being measured.
    let mut arguments = vec!["dev".into(), "--gov".into(), "main".into()];
    if kept {
        arguments.extend(["--base-path".into(), files.path().join("chain").into_os_string()]);
    }
    NodeProcess::start(&arguments, files.path())
}

/// A member of the development chain.
struct Voter {
    account: AccountId,
    signer: Box<dyn Signer>,
    nonce: Nonce,
}

impl Voter {
    fn named(name: &'static str) -> Result<Self, BenchError> {
        let unknown =
            || BenchError::Process { process: "chain", what: format!("has no member {name}") };
        let member = DevMember::named(name).ok_or_else(unknown)?;
        let scheme = member.scheme;
        let signing = signing_scheme(scheme).ok_or(BenchError::NoSigner { scheme })?;
        let signer = signing.signer(&member.key_pair()?.secret)?;
        Ok(Self { account: member.account()?, signer, nonce: 0 })
    }

    fn sign(&mut self, genesis: Hash256, call: &RuntimeCall) -> Result<Extrinsic, BenchError> {
        let extra = Extra { era: Era::Immortal, nonce: self.nonce, tip: 0, metadata_hash_mode: 0 };
        self.nonce = self.nonce.saturating_add(1);
        let implicit = Implicit {
            spec_version: SPEC_VERSION,
            transaction_version: TRANSACTION_VERSION,
            genesis,
            birth: genesis,
            metadata_hash: None,
        };
        let call = call.encode();
        let scheme = self.signer.scheme();
        let handle = KeyHandle::of(scheme, self.signer.public());
        let payload = signing_payload(&call, &extra, &implicit);
        // Members of genesis, whose policies and registry nobody has changed.
        let under = Circumstances::default();
        let message = statement(&self.account, under, &[SignerKey { scheme, handle }], &payload);
        let signature = self.signer.sign(&message)?;
        let signature = Signature::Handle {
            scheme,
            handle,
            // Every scheme's signatures are far shorter than the bound.
            signature: signature.try_into().unwrap_or_default(),
        };
        Ok(Extrinsic::signed(SignedPart { account: self.account, signature, extra }, &call))
    }
}

async fn vote(node: &NodeProcess, times: usize) -> Result<Vec<Duration>, BenchError> {
    let mut socket = Socket::connect(node.address).await?;
    let asked = Voter::named(ASKER)?.sign(node.genesis, &question())?;
    follow(&mut socket, &asked).await?;
    let mut people = VOTERS.into_iter().map(Voter::named).collect::<Result<Vec<_>, _>>()?;
    let progress = Progress::new("voting", times);
    let mut waits = Vec::with_capacity(times);
    for at in 0..times {
        let count = people.len().max(1);
        let Some(one) = people.get_mut(at % count) else { break };
        let ballot = Ballot::Standard {
            aye: at.is_multiple_of(2),
            balance: TOKEN,
            conviction: Conviction::Locked1x,
        };
        let call = pallet_voting::Call::Vote { referendum: 0, ballot }.into();
        let signed = one.sign(node.genesis, &call)?;
        waits.push(follow(&mut socket, &signed).await?);
        progress.advance(1);
    }
    Ok(waits)
}

/// Hand in a transaction and wait for its end; says how long a block with it took.
async fn follow(socket: &mut Socket, extrinsic: &Extrinsic) -> Result<Duration, BenchError> {
    let bytes = const_hex::encode_prefixed(extrinsic.bytes());
    let request = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{METHOD}","params":["{bytes}"]}}"#);
    let started = Instant::now();
    socket.send(&request).await?;
    let mut included = None;
    loop {
        let message = socket.receive().await?;
        let wrong = || BenchError::Answer {
            method: METHOD,
            answer: String::from_utf8_lossy(&message).into_owned(),
        };
        let answer: Value = serde_json::from_slice(&message).map_err(|_| wrong())?;
        if answer.get("error").is_some() {
            return Err(wrong());
        }
        let Some(status) = answer.pointer("/params/result") else { continue };
        if status.get("inBlock").is_some() || status.get("finalized").is_some() {
            included.get_or_insert_with(|| started.elapsed());
        }
        if status.get("finalized").is_some() {
            return included.ok_or_else(wrong);
        }
        let gone = ["usurped", "dropped", "invalid", "finalityTimeout"];
        if gone.iter().any(|end| status == *end || status.get(end).is_some()) {
            return Err(wrong());
        }
    }
}

fn question() -> RuntimeCall {
    let remark = b"aye?".to_vec().try_into().unwrap_or_default();
    let call: RuntimeCall = pallet_system::Call::Remark { remark }.into();
    pallet_referenda::Call::Submit {
        track: Track::SmallSpender,
        // A few bytes are stated inline.
        proposal: Proposal::Inline(call.encode().try_into().unwrap_or_default()),
        enactment: Enactment::After(0),
        title: b"a question".to_vec().try_into().unwrap_or_default(),
        decision: DecisionDeposit::Now,
    }
    .into()
}

/// The figures as lines.
pub(crate) fn describe(figures: &LatencyFigures) -> String {
    let place = if figures.persisted { "on disk" } else { "in memory" };
    format!(
        "{}\ndevelopment chain {place}, sealing at once\n\
         program started to ready    {:>8.1} ms, middle of {}\n\
         vote sent to vote in block  {:>8.2} ms, middle of {}; 95 % within {:.2} ms, slowest {:.2} ms\n",
        super::text::machine(&figures.machine),
        figures.ready_ms,
        figures.starts,
        figures.vote_ms,
        figures.votes,
        figures.vote_p95_ms,
        figures.vote_max_ms,
    )
}
