//! `althing verify-proof`: check a proof file. Needs no node and trusts none.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use althing_primitives::Hash256;
use serde_json::json;

use super::proof::Shown;
use crate::{
    chain::parse_hash,
    context::Context,
    output::{Body, CliError, Reply, Warning, codes},
    people::People,
    proof::{HeaderJson, ProofFile, Proved, Trust},
};

/// A preimage is the longest value, about a megabyte, and twice that in hexadecimal.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Arguments of `verify-proof`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing verify-proof alice.json
  althing verify-proof alice.json --block 0x5be0...
  althing --json verify-proof alice.json --header header.json")]
pub struct Arguments {
    /// Proof file, as althing proof --out writes it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// State root you trust
    #[arg(long, value_name = "HASH", conflicts_with_all = ["block", "header"])]
    root: Option<String>,
    /// Hash of the block you trust
    #[arg(long, value_name = "HASH", conflicts_with = "header")]
    block: Option<String>,
    /// Header you trust: a file with what chain_getHeader answered
    #[arg(long, value_name = "FILE")]
    header: Option<PathBuf>,
}

/// Check it.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let name = arguments.file.display().to_string();
    let file = ProofFile::read(&name, &read(&arguments.file)?)?;
    of_chain(&file, context.global.genesis.as_deref())?;
    let trust = trust(arguments)?;
    let proved = file.verify(&trust)?;

    // The verdict stands. A chain only helps to say it in words, and it must be the file's own.
    let named = in_words(&file, context).ok().flatten();
    let has_words = named.is_some();
    let shown = named.map_or_else(|| Shown::offline(&file), Ok)?;
    let mut facts = shown.facts(&proved);
    facts.push(("chain", format!("{}, as the file says", claimed(&file))));
    facts.push(("trust", words(&trust).to_owned()));
    let mut data = shown.data(&file, &proved);
    data["trust"] = trust.name().into();
    data["claimed_chain"] = json!({ "id": file.chain.id, "genesis": file.chain.genesis });
    let url = &context.global.url;
    data["in_words_of"] = has_words.then_some(url.as_str()).into();
    let hint = if has_words {
        format!("the value is in the words of the node at {url}")
    } else {
        "no node of this chain is at hand, so the value is shown as bytes".to_owned()
    };
    let reply = Reply::new(data, Body::Facts(facts)).hint(hint);
    Ok(match trust {
        Trust::Nothing => reply.warn(unvouched(&proved)),
        Trust::Root(_) | Trust::Block(_) | Trust::Header(_) => reply,
    })
}

/// Refuse a file that is about another chain than the one with this genesis.
fn of_chain(file: &ProofFile, genesis: Option<&str>) -> Result<(), CliError> {
    let Some(expected) = genesis else { return Ok(()) };
    let found = file.chain.genesis.as_str();
    if expected.eq_ignore_ascii_case(found) {
        return Ok(());
    }
    let message = format!("the file is about {}, expected genesis {expected}", claimed(file));
    let refusal = CliError::new(codes::PROOF_OTHER_CHAIN, message);
    Err(refusal.detail("expected", expected).detail("found", found))
}

/// The chain that a file names: anyone's words, so nothing in them may steer a terminal.
fn claimed(file: &ProofFile) -> String {
    let (id, genesis) = (file.chain.id.escape_debug(), file.chain.genesis.escape_debug());
    format!("{id} with genesis {genesis}")
}

fn unvouched(proved: &Proved) -> Warning {
    let root = const_hex::encode_prefixed(proved.header.state_root.0);
    let message = format!("nothing vouches for this root: {root} is the file's own word");
    Warning::new(codes::PROOF_WARN_UNTRUSTED, message)
}

/// Row and value as the chain describes them, if a node of the file's own chain answers.
fn in_words(file: &ProofFile, context: &Context) -> Result<Option<Shown>, CliError> {
    let mut chain = context.chain()?;
    if !chain.info().genesis.eq_ignore_ascii_case(&file.chain.genesis) {
        return Ok(None);
    }
    let people = People::of(&mut chain, &context.keystore()?)?;
    let metadata = chain.metadata()?;
    Ok(Some(Shown::on(file, &chain.render(&metadata), &people)))
}

fn trust(arguments: &Arguments) -> Result<Trust, CliError> {
    if let Some(root) = &arguments.root {
        return Ok(Trust::Root(hash(root)?));
    }
    if let Some(block) = &arguments.block {
        return Ok(Trust::Block(hash(block)?));
    }
    let Some(path) = &arguments.header else { return Ok(Trust::Nothing) };
    let header = HeaderJson::read(&path.display().to_string(), &read(path)?)?;
    Ok(Trust::Header(Box::new(header.to_header()?)))
}

fn words(trust: &Trust) -> &'static str {
    match trust {
        Trust::Nothing => "none given: compare the block's hash with one that you trust",
        Trust::Root(_) => "the state root you gave",
        Trust::Block(_) => "the block you gave",
        Trust::Header(_) => "the header you gave",
    }
}

fn hash(text: &str) -> Result<Hash256, CliError> {
    let wrong = || CliError::new(codes::BAD_HEX, format!("{text:?} is not 32 bytes of 0x-hex"));
    parse_hash(text).ok_or_else(wrong)
}

fn read(path: &Path) -> Result<String, CliError> {
    let failed = |error: std::io::Error| {
        let message = format!("cannot read {}: {error}", path.display());
        CliError::new(codes::CANNOT_READ_INPUT, message)
    };
    let mut text = String::new();
    let file = fs::File::open(path).map_err(failed)?;
    file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        let message = format!("{} has more than {FILE_BYTES_MAX} bytes", path.display());
        return Err(CliError::new(codes::INPUT_TOO_LONG, message).detail("max", FILE_BYTES_MAX));
    }
    Ok(text)
}
