//! Tell other programs where the node answers.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::CliError;
use crate::service::RunningNode;
use crate::spec::Member;

/// What the file holds. Other programs read it: fields are only ever added.
#[derive(Debug, Serialize)]
struct Config<'a> {
    url: String,
    http: String,
    chain: &'a str,
    genesis: String,
    members: &'a [Member],
}

/// Write the file, all at once: whoever finds it finds it whole.
pub(super) fn write(path: &Path, node: &RunningNode) -> Result<(), CliError> {
    let address = super::banner::reachable(node.rpc_address());
    let spec = node.chain.spec();
    let config = Config {
        url: format!("ws://{address}"),
        http: format!("http://{address}"),
        chain: &spec.id,
        genesis: node.chain.genesis().to_string(),
        members: &spec.members,
    };
    let file = |action| move |source| CliError::File { action, path: path.to_path_buf(), source };
    // Strings and numbers only: the form cannot fail.
    let json = serde_json::to_vec_pretty(&config).unwrap_or_default();
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    fs::write(&temporary, json).map_err(file("write"))?;
    fs::rename(&temporary, path).map_err(file("write"))
}
