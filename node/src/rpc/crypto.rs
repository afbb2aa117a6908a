//! `crypto_*`: the registry of schemes.

use pallet_crypto_registry::{EPOCH, SCHEMES, SchemeKind};
use serde_json::{Value, json};

use super::error::RpcError;
use super::methods::Methods;

/// Register the family.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.slow(&["crypto_schemes"], |context, arguments| {
        let head = context.head_at(arguments.at()?)?;
        let mut schemes = SCHEMES.list(&head.state)?;
        schemes.sort_by_key(|(id, _)| *id);
        let show = |(id, record): &(
            althing_primitives::SchemeId,
            pallet_crypto_registry::SchemeRecord,
        )| {
            let kind = match record.kind {
                SchemeKind::Signature => "signature",
                SchemeKind::Kem => "kem",
            };
            json!({
                "id": id.0,
                "name": record.name(),
                "kind": kind,
                "family": format!("{:?}", record.family).to_lowercase(),
                "state": record.state_at(head.number).name(),
                "since": record.since,
                "sunsetAt": record.sunset_at,
                "frozenUntil": record.frozen.map(|freeze| freeze.until),
                "publicBytes": record.public_bytes,
                "signatureBytes": record.signature_bytes,
            })
        };
        Ok(schemes.iter().map(show).collect::<Value>())
    })?;
    methods.slow(&["crypto_epoch"], |context, arguments| {
        let head = context.head_at(arguments.at()?)?;
        Ok(EPOCH.get_or_default(&head.state)?.into())
    })
}
