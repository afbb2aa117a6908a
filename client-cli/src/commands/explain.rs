//! `althing explain`: what an error code means, offline.

use serde_json::{Value, json};

use crate::{
    chain::Metadata,
    near::nearest,
    output::{
        Body, CliError, Exit, Reply,
        codes::{self, CodeInfo, Remedy},
        node_codes::{self, NODE_CODES, NodeCode},
    },
};

/// The rules as they were when this program was made: codes keep their meaning for ever.
pub(in crate::commands) const PINNED: &[u8] =
    include_bytes!("../../../specs/vectors/metadata-v14.scale");

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing explain KEY-304\n  althing explain VOT-103\n  althing explain --json"
)]
pub struct Arguments {
    /// Code from an error message; without it, all codes
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

/// Explain one code, or list all.
pub fn run(arguments: &Arguments) -> Result<Reply, CliError> {
    match &arguments.code {
        Some(code) => one(code),
        None => Ok(all()),
    }
}

fn one(code: &str) -> Result<Reply, CliError> {
    if codes::find(code).is_none()
        && let Some((rule, meaning)) = Metadata::decode(PINNED)?.explain(code)
    {
        return Ok(of_chain(&code.to_uppercase(), &rule, &meaning));
    }
    if let Some(info) = node_codes::find(code) {
        return Ok(of_node(info));
    }
    let info = codes::find(code).ok_or_else(|| {
        let known = codes::ALL.iter().map(|info| info.code);
        let known = known.chain(NODE_CODES.iter().map(|info| info.code));
        let near = nearest(&code.to_uppercase(), known);
        let fix =
            near.map_or("althing explain".to_owned(), |near| format!("althing explain {near}"));
        let message = format!("{code:?} is not a code of this program");
        CliError::new(codes::UNKNOWN_CODE, message).detail("code", code).fix([fix])
    })?;
    let facts = vec![
        ("code", info.code.to_owned()),
        ("means", info.meaning.to_owned()),
        ("fix", remedy(info)),
        ("exit", info.exit.code().to_string()),
    ];
    Ok(Reply::new(entry(info), Body::Facts(facts)))
}

/// A code that a node answers with.
fn of_node(info: &NodeCode) -> Reply {
    let exit = Exit::Refused.code();
    let facts = vec![
        ("code", info.code.to_owned()),
        ("means", info.meaning.to_owned()),
        ("fix", info.fix.to_owned()),
        ("exit", exit.to_string()),
    ];
    let data = json!({ "code": info.code, "meaning": info.meaning, "fix": info.fix, "exit": exit });
    Reply::new(data, Body::Facts(facts)).hint("a refusal by the node: its message has the values")
}

/// A code that the chain's rules answer with.
fn of_chain(code: &str, rule: &str, meaning: &str) -> Reply {
    let exit = Exit::Refused.code();
    let facts = vec![
        ("code", code.to_owned()),
        ("rule", rule.to_owned()),
        ("means", meaning.to_owned()),
        ("exit", exit.to_string()),
    ];
    let data = json!({ "code": code, "rule": rule, "meaning": meaning, "exit": exit });
    Reply::new(data, Body::Facts(facts)).hint("a refusal by the chain: its message has the values")
}

fn all() -> Reply {
    let rows = codes::ALL.iter().map(|info| {
        vec![info.code.to_owned(), info.exit.code().to_string(), info.meaning.to_owned()]
    });
    let body = Body::Table { columns: vec!["code", "exit", "means"], rows: rows.collect() };
    Reply::new(json!({ "codes": codes::ALL.iter().map(entry).collect::<Vec<_>>() }), body)
}

fn entry(info: &CodeInfo) -> Value {
    json!({
        "code": info.code,
        "exit": info.exit.code(),
        "meaning": info.meaning,
        "fix": remedy(info),
    })
}

fn remedy(info: &CodeInfo) -> String {
    match info.remedy {
        Remedy::Do(text) => text.to_owned(),
        Remedy::None(reason) => format!("none: {reason}"),
    }
}
