//! `althing version`: what this program is, and which formats it reads and writes.

use serde_json::json;

use crate::{
    keystore,
    output::{Body, Reply, SCHEMA},
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Arguments of `version`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing version\n  althing version --full")]
pub struct Arguments {
    /// Formats and schemes too
    #[arg(long)]
    full: bool,
}

/// Print it.
pub fn run(arguments: &Arguments) -> Reply {
    let reply = reply();
    if !arguments.full {
        return reply;
    }
    let facts = Body::Facts(vec![
        ("althing", VERSION.to_owned()),
        ("output", SCHEMA.to_owned()),
        ("key files", keystore::FORMAT.to_owned()),
        ("schemes", scheme_names().join(" ")),
    ]);
    Reply { body: facts, ..reply }
}

/// The answer of `--version`.
pub fn reply() -> Reply {
    let data = json!({
        "version": VERSION,
        "schema": SCHEMA,
        "key_format": keystore::FORMAT,
        "schemes": scheme_names(),
    });
    Reply::new(data, Body::Text(format!("althing {VERSION}")))
}

fn scheme_names() -> Vec<&'static str> {
    althing_crypto::schemes().iter().map(|scheme| scheme.name()).collect()
}
