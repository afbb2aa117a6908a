//! `althing crypto` alone: the schemes of the chain.

use althing_crypto::SchemeId;
use serde_json::{Value, json};

use crate::{
    chain::replies::{Retiring, Scheme, Weights},
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
            state(scheme),
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
            "broken": scheme.broken,
            "retiring": scheme.retiring.as_ref().map(retiring),
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

fn state(scheme: &Scheme) -> String {
    let broken = if scheme.broken.is_some() { ", BROKEN" } else { "" };
    let retiring = if scheme.retiring.is_some() { ", RETIRING" } else { "" };
    scheme.state.to_uppercase() + broken + retiring
}

fn retiring(retiring: &Retiring) -> Value {
    let weights = |found: Weights| json!({ "all": found.all.0.to_string(), "on": found.on.0.to_string(), "share": found.share() });
    json!({
        "asked_at": retiring.asked_at,
        "next_at": retiring.next_at,
        "counting": retiring.counting,
        "so_far": weights(retiring.so_far),
        "last": retiring.last.map(weights),
    })
}

/// How far a retirement that waits has come.
fn progress(retiring: &Retiring) -> String {
    let last = match retiring.last {
        Some(last) => format!("last count {} % still on it", last.share()),
        None => "not counted yet".to_owned(),
    };
    if retiring.counting {
        return format!("{last}, counting now");
    }
    format!("{last}, next at block {}", wording::count(retiring.next_at))
}

fn end(scheme: &Scheme) -> String {
    if let Some(retiring) = &scheme.retiring {
        return progress(retiring);
    }
    if scheme.state == "frozen" && scheme.frozen_until.is_none() {
        return "retired".to_owned();
    }
    let end = scheme.frozen_until.or(scheme.sunset_at);
    end.map_or("-".to_owned(), |block| format!("block {}", wording::count(block)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(retiring: &Value) -> Scheme {
        serde_json::from_value(json!({
            "id": 1, "name": "old", "kind": "signature", "family": "hash", "state": "deprecated",
            "since": 3, "sunsetAt": 40, "frozenUntil": null, "publicBytes": 32,
            "signatureBytes": 64, "retiring": retiring,
        }))
        .unwrap()
    }

    #[test]
    fn a_retirement_that_waits_is_shown_with_its_last_count() {
        let none = scheme(&Value::Null);
        assert_eq!((state(&none), end(&none)), ("DEPRECATED".to_owned(), "block 40".to_owned()));
        let mut waits = json!({
            "askedAt": 50, "nextAt": 1200, "counting": false, "soFar": { "all": "0", "on": "0" },
            "last": { "all": "300", "on": "121" },
        });
        let shown = scheme(&waits);
        assert_eq!(state(&shown), "DEPRECATED, RETIRING");
        assert_eq!(end(&shown), "last count 40.3 % still on it, next at block 1,200");
        assert_eq!(retiring(&shown.retiring.unwrap())["last"]["share"], "40.3");
        waits["last"] = Value::Null;
        assert_eq!(end(&scheme(&waits)), "not counted yet, next at block 1,200");
        waits["counting"] = true.into();
        assert_eq!(end(&scheme(&waits)), "not counted yet, counting now");
    }
}
