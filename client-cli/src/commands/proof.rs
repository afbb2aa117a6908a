//! `althing proof`: fetch a proof about one row, checked before it is shown.

use std::{
    fs::File,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{block::find, explain::PINNED};
use crate::{
    chain::{Bytes, Chain, Metadata, Render, Row},
    context::Context,
    keystore::Keystore,
    output::{Body, CliError, Reply, codes},
    people::{self, GENERIC_PREFIX, People},
    proof::{Block, ChainName, HeaderJson, ProofFile, Proved, Trust},
    wording,
};

/// Arguments of `proof`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice proof --out alice.json
  althing proof voting.tallies 3 --at 1042
  althing --json proof 0x26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9")]
pub struct Arguments {
    /// Row as pallet.item, or its whole key as 0x-hex; without it, the balance of --account
    #[arg(value_name = "ROW")]
    row: Option<String>,
    /// Keys of the row: a name or address, a number, 0x-hex
    #[arg(value_name = "KEY")]
    keys: Vec<String>,
    /// Height or hash of the block after which the state is meant; without it, the newest
    #[arg(long, value_name = "BLOCK")]
    at: Option<String>,
    /// Write the proof to this new file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What `althing_readProof` answers.
#[derive(serde::Deserialize)]
struct Answer {
    proof: Vec<Bytes>,
}

/// Fetch it, check it, keep it.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let key = key(arguments, context, &mut chain, &keystore)?;
    let at = find(&mut chain, arguments.at.as_deref())?;
    let file = fetch(&mut chain, key, &at)?;
    // What a node says is checked like what a stranger's file says.
    let proved = file.verify(&Trust::Nothing)?;
    let people = People::of(&mut chain, &keystore)?;
    let metadata = chain.metadata()?;
    let shown = Shown::on(&file, &chain.render(&metadata), &people);
    let mut facts = shown.facts(&proved);
    let mut data = shown.data(&file, &proved);
    if let Some(path) = &arguments.out {
        write(path, &file)?;
        facts.push(("written to", path.display().to_string()));
    }
    data["file"] = serde_json::to_value(&file).unwrap_or_default();
    let reply = Reply::new(data, Body::Facts(facts)).on(chain.tag());
    Ok(match &arguments.out {
        Some(path) => {
            reply.hint(format!("anyone can check it: althing verify-proof {}", path.display()))
        }
        None => reply.hint("add --out FILE to keep the proof"),
    })
}

fn key(
    arguments: &Arguments,
    context: &Context,
    chain: &mut Chain,
    keystore: &Keystore,
) -> Result<Vec<u8>, CliError> {
    let wrong = |message: String| CliError::new(codes::META_UNKNOWN, message);
    let metadata = chain.metadata()?;
    let mut resolve = |text: &str| people::resolve(chain, keystore, text).map(|who| who.account());
    let Some(row) = &arguments.row else {
        let missing = "name a row, or an account with --account NAME";
        let account = context.global.account.clone();
        let account = account.ok_or_else(|| CliError::new(codes::NO_ACCOUNT, missing))?;
        return Ok(metadata.row_key(("System", "Account"), &[account], &mut resolve)?);
    };
    if let Some(digits) = row.strip_prefix("0x") {
        if !arguments.keys.is_empty() {
            return Err(wrong("a whole key is not followed by others".to_owned()));
        }
        return const_hex::decode(digits).map_err(|error| {
            CliError::new(codes::BAD_HEX, format!("the key is not 0x-hex: {error}"))
        });
    }
    let item = row.split_once('.').ok_or_else(|| {
        wrong(format!("{row:?} is neither pallet.item nor 0x-hex"))
            .fix(["write it as system.account ADDRESS, or as the whole key in 0x-hex"])
    })?;
    Ok(metadata.row_key(item, &arguments.keys, &mut resolve)?)
}

/// Header, value and proof of one block's state.
fn fetch(chain: &mut Chain, key: Vec<u8>, at: &str) -> Result<ProofFile, CliError> {
    let header: Option<HeaderJson> = chain.read("chain_getHeader", &[json!(at)])?;
    let unknown = || CliError::new(codes::UNKNOWN_BLOCK, format!("there is no block {at}"));
    let header = header.ok_or_else(unknown)?;
    let words = const_hex::encode_prefixed(&key);
    let value: Option<Bytes> = chain.read("state_getStorage", &[json!(words), json!(at)])?;
    let answer: Answer = chain.read("althing_readProof", &[json!([words]), json!(at)])?;
    let proof = answer.proof.into_iter().next().unwrap_or_default();
    let parsed = header.to_header()?;
    let (number, hash) = (parsed.number, parsed.hash());
    if const_hex::encode_prefixed(hash.0) != at.to_lowercase() {
        let message = format!("the node gave the header of block {hash} for block {at}");
        return Err(CliError::new(codes::PROOF_HEADER, message));
    }
    let info = chain.info();
    let name = ChainName { id: info.chain.clone(), genesis: info.genesis.clone() };
    let block = Block { number, hash, header };
    Ok(ProofFile::new((name, block), key, value.map(|value| value.0), proof.0))
}

/// A file that is there already may be worth more than this one.
fn write(path: &Path, file: &ProofFile) -> Result<(), CliError> {
    let failed = |error: std::io::Error| {
        let message = format!("cannot write {}: {error}", path.display());
        CliError::new(codes::CANNOT_WRITE_OUTPUT, message)
    };
    let text = serde_json::to_string_pretty(file).map_err(|error| failed(error.into()))?;
    let mut out = File::create_new(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(path),
        _ => failed(error),
    })?;
    out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(failed)
}

fn exists(path: &Path) -> CliError {
    let path = path.display().to_string();
    let message = format!("{path} exists already, and files are never overwritten");
    let fix = ["choose another name for --out, or move that file away first"];
    CliError::new(codes::CANNOT_WRITE_OUTPUT, message).detail("file", path).fix(fix)
}

/// A proof's row and value as far as they can be named.
pub(super) struct Shown {
    row: String,
    value: Option<String>,
    json: Value,
    decoded: Option<Value>,
}

impl Shown {
    /// Row and value by the chain's own description.
    pub(super) fn on(file: &ProofFile, render: &Render<'_>, people: &People) -> Self {
        let Some(row) = render.metadata.row(&file.key) else { return Self::raw(file) };
        let value = file.value.as_ref().and_then(|bytes| render.metadata.row_value(&row, bytes));
        let named = Self::named(file, render, (&row, people));
        match value {
            Some(value) => Self {
                value: Some(render.value_text(&value)),
                decoded: Some(render.value_json(&value)),
                ..named
            },
            None => named,
        }
    }

    /// Without a chain: the row by the names that this program knows, the value as bytes. Names
    /// are hashed into keys, so they are right whatever the rules of the chain have become.
    pub(super) fn offline(file: &ProofFile) -> Result<Self, CliError> {
        let metadata = Metadata::decode(PINNED)?;
        let render = Render { metadata: &metadata, prefix: GENERIC_PREFIX };
        Ok(match metadata.row(&file.key) {
            Some(row) => Self::named(file, &render, (&row, &People::default())),
            None => Self::raw(file),
        })
    }

    fn named(file: &ProofFile, render: &Render<'_>, (row, people): (&Row, &People)) -> Self {
        let text = render.row_text(row, |address| people.show(address));
        let key = const_hex::encode_prefixed(&file.key);
        let json = json!({ "key": key, "pallet": row.pallet, "item": row.item, "text": text });
        Self { row: text, json, ..Self::raw(file) }
    }

    fn raw(file: &ProofFile) -> Self {
        let key = const_hex::encode_prefixed(&file.key);
        let value = file.value.as_ref().map(const_hex::encode_prefixed);
        let json = json!({ "key": key, "pallet": null, "item": null, "text": null });
        Self { row: format!("the row {key}"), value, json, decoded: None }
    }

    /// What is proved, for people.
    pub(super) fn facts(&self, proved: &Proved) -> Vec<(&'static str, String)> {
        let block = wording::count(proved.header.number);
        let mut facts = match &self.value {
            Some(value) => vec![
                ("proved", format!("{} exists after block {block}", self.row)),
                ("value", value.clone()),
            ],
            None => vec![("proved", format!("{} does not exist after block {block}", self.row))],
        };
        facts.push(("block", format!("{block} {}", const_hex::encode_prefixed(proved.hash.0))));
        facts.push(("state root", const_hex::encode_prefixed(proved.header.state_root.0)));
        facts
    }

    /// What is proved, for programs.
    pub(super) fn data(&self, file: &ProofFile, proved: &Proved) -> Value {
        json!({
            "proved": if file.value.is_some() { "presence" } else { "absence" },
            "row": self.json,
            "value": file.value.as_ref().map(const_hex::encode_prefixed),
            "decoded": self.decoded,
            "block": {
                "number": proved.header.number,
                "hash": const_hex::encode_prefixed(proved.hash.0),
            },
            "state_root": const_hex::encode_prefixed(proved.header.state_root.0),
            "siblings": proved.siblings,
        })
    }
}
