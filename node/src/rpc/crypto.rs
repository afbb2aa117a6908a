//! `crypto_*`: the registry of schemes and its canaries.

use althing_primitives::SchemeId;
use pallet_canary::{Canary, FALLEN, Fallen, REDUCED, REWARD, derived_key};
use pallet_crypto_registry::{
    CENSUSES, Census, EPOCH, SCHEMES, SchemeKind, SchemeRecord, Verifier, Weights, history,
};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::failure::Failure;
use super::methods::{Answer, Methods};
use super::wire::hex;
use crate::chain::Head;

/// Register the family.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.slow(&["crypto_schemes"], schemes)?;
    methods.slow(&["crypto_history"], past)?;
    methods.slow(&["crypto_canaries"], canaries)?;
    methods.slow(&["crypto_epoch"], |context, arguments| {
        let head = context.head_at(arguments.at()?)?;
        Ok(EPOCH.get_or_default(&head.state)?.into())
    })
}

fn schemes(context: &Context, arguments: &mut Arguments) -> Answer {
    let head = context.head_at(arguments.at()?)?;
    let mut schemes = SCHEMES.list(&head.state)?;
    schemes.sort_by_key(|(id, _)| *id);
    let shown: Result<Vec<Value>, Failure> =
        schemes.iter().map(|(id, record)| scheme(&head, *id, record)).collect();
    Ok(shown?.into())
}

fn scheme(head: &Head, id: SchemeId, record: &SchemeRecord) -> Answer {
    let kind = match record.kind {
        SchemeKind::Signature => "signature",
        SchemeKind::Kem => "kem",
    };
    let retiring = CENSUSES.get(&head.state, &id)?;
    Ok(json!({
        "id": id.0,
        "name": record.name(),
        "kind": kind,
        "family": format!("{:?}", record.family).to_lowercase(),
        "state": record.state_at(head.number).name(),
        "since": record.since,
        "sunsetAt": record.sunset_at,
        "frozenUntil": record.frozen.and_then(|freeze| freeze.end()),
        "returnsTo": record.frozen.and_then(|freeze| freeze.end().map(|_| freeze.returns_to.name())),
        "broken": record.broken,
        "retiring": retiring.as_ref().map(census),
        "publicBytes": record.public_bytes,
        "signatureBytes": record.signature_bytes,
        "verifier": verifier(&record.verifier),
    }))
}

fn verifier(verifier: &Verifier) -> Value {
    match verifier {
        Verifier::Native => json!({ "type": "native" }),
        Verifier::Module { code, signer, vectors, fuel_max, memory_pages } => json!({
            "type": "module",
            "code": hex(code.0),
            "signer": signer.map(|signer| hex(signer.0)),
            "vectors": hex(vectors.0),
            "fuelMax": fuel_max,
            "memoryPages": memory_pages,
        }),
    }
}

fn census(census: &Census) -> Value {
    let weights =
        |found: Weights| json!({ "all": found.all.to_string(), "on": found.on.to_string() });
    json!({
        "askedAt": census.asked_at,
        "nextAt": census.next_at,
        "counting": census.cursor.is_some(),
        "soFar": weights(census.so_far),
        "last": census.last.map(weights),
    })
}

fn past(context: &Context, arguments: &mut Arguments) -> Answer {
    let scheme = SchemeId(arguments.required("scheme")?);
    let head = context.head_at(arguments.at()?)?;
    let steps = history(&head.state, scheme)?;
    let show = |(epoch, step): &(u32, pallet_crypto_registry::Step)| json!({ "epoch": epoch, "at": step.at, "state": step.state.name() });
    Ok(steps.iter().map(show).collect::<Value>())
}

fn canaries(context: &Context, arguments: &mut Arguments) -> Answer {
    let head = context.head_at(arguments.at()?)?;
    let genesis = context.chain.genesis();
    let mut schemes = SCHEMES.list(&head.state)?;
    schemes.retain(|(_, record)| record.kind == SchemeKind::Signature);
    schemes.sort_by_key(|(id, _)| *id);
    let mut shown = Vec::new();
    for (id, record) in &schemes {
        let derived = derived_key(&genesis, *id, record.public_bytes);
        shown.push(canary((context, &head), (*id, record), Canary::Derived, (&derived, None))?);
        if let Some(reduced) = REDUCED.get(&head.state, id)? {
            let facts = (&*reduced.public, Some((reduced.bits, reduced.since)));
            shown.push(canary((context, &head), (*id, record), Canary::Reduced, facts)?);
        }
    }
    let reward = REWARD.get_or_default(&head.state)?;
    Ok(json!({ "reward": reward.to_string(), "canaries": shown }))
}

fn canary(
    (context, head): (&Context, &Head),
    (id, record): (SchemeId, &SchemeRecord),
    canary: Canary,
    (public, planted): (&[u8], Option<(u16, u32)>),
) -> Answer {
    let fallen = FALLEN.get(&head.state, &id, &canary)?;
    let fall = |Fallen { at, finder, paid }| json!({ "at": at, "finder": context.address(&finder), "paid": paid.to_string() });
    Ok(json!({
        "scheme": id.0,
        "name": record.name(),
        "canary": canary.name(),
        "public": hex(public),
        "bits": planted.map(|(bits, _)| bits),
        "since": planted.map(|(_, since)| since),
        "fallen": fallen.map(fall),
    }))
}
