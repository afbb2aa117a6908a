//! `althing crypto`: which cryptography is in use.

mod learn;

use serde_json::{Value, json};

use crate::{
    chain::replies::Scheme,
    context::Context,
    output::{Body, CliError, Reply},
    wording,
};

/// Arguments of `crypto`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing crypto\n  althing --json crypto")]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

/// What else can be done about cryptography.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Learn a scheme that the members voted in, so that keys of it work here
    Learn(learn::Arguments),
}

/// Show it.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    if let Some(Command::Learn(arguments)) = &arguments.command {
        return learn::run(arguments, context);
    }
    let mut chain = context.chain()?;
    let schemes: Vec<Scheme> = chain.read("crypto_schemes", &[])?;
    let epoch: Value = chain.read("crypto_epoch", &[])?;
    let rows = schemes.iter().map(|scheme| {
        vec![
            scheme.id.to_string(),
            scheme.name.clone(),
            scheme.kind.clone(),
            scheme.family.clone(),
            scheme.state.to_uppercase(),
            scheme.since.to_string(),
            end(scheme),
            format!("{}/{}", scheme.public_bytes, scheme.signature_bytes),
        ]
    });
    let columns = vec!["id", "scheme", "kind", "family", "state", "since", "until", "bytes"];
    let body = Body::Table { columns, rows: rows.collect() };
    let list = schemes.iter().map(|scheme| {
        json!({
            "id": scheme.id,
            "name": scheme.name,
            "kind": scheme.kind,
            "family": scheme.family,
            "state": scheme.state,
            "since": scheme.since,
            "sunset_at": scheme.sunset_at,
            "frozen_until": scheme.frozen_until,
            "public_bytes": scheme.public_bytes,
            "signature_bytes": scheme.signature_bytes,
        })
    });
    let data = json!({ "epoch": epoch, "schemes": list.collect::<Vec<_>>() });
    Ok(Reply::new(data, body).on(chain.tag()))
}

fn end(scheme: &Scheme) -> String {
    let end = scheme.frozen_until.or(scheme.sunset_at);
    end.map_or("-".to_owned(), |block| format!("block {}", wording::count(block)))
}
