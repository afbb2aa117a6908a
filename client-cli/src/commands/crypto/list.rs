//! `althing crypto` alone: the schemes of the chain.

use althing_crypto::SchemeId;
use serde_json::{Value, json};

use crate::{
    chain::replies::Scheme,
    context::Context,
    output::{Body, CliError, Reply},
    wording,
};

/// Show it.
pub(super) fn run(context: &mut Context) -> Result<Reply, CliError> {
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
            about(scheme).unwrap_or("-").to_owned(),
        ]
    });
    let columns =
        vec!["id", "scheme", "kind", "family", "state", "since", "until", "bytes", "what it is"];
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
            "about": about(scheme),
        })
    });
    let data = json!({ "epoch": epoch, "schemes": list.collect::<Vec<_>>() });
    Ok(Reply::new(data, body).on(chain.tag()))
}

/// What this program knows of it; schemes that were voted in are not among that.
fn about(scheme: &Scheme) -> Option<&'static str> {
    althing_crypto::about(SchemeId(scheme.id))
}

fn end(scheme: &Scheme) -> String {
    let end = scheme.frozen_until.or(scheme.sunset_at);
    end.map_or("-".to_owned(), |block| format!("block {}", wording::count(block)))
}
