//! The JSON forms that clients of this kind of chain know.

use althing_primitives::{Header, RuntimeVersion};
use parity_scale_codec::Encode;
use serde_json::{Value, json};

/// Bytes as lower-case hexadecimal with `0x`.
pub(super) fn hex(bytes: impl AsRef<[u8]>) -> String {
    const_hex::encode_prefixed(bytes)
}

/// A header. Re-encoding it gives the bytes that were hashed.
pub(super) fn header(header: &Header) -> Value {
    let logs: Vec<String> = header.digest.logs.iter().map(|item| hex(item.encode())).collect();
    json!({
        "parentHash": hex(header.parent_hash),
        "number": format!("{:#x}", header.number),
        "stateRoot": hex(header.state_root),
        "extrinsicsRoot": hex(header.extrinsics_root),
        "digest": { "logs": logs },
    })
}

/// A runtime's version.
pub(super) fn version(version: &RuntimeVersion) -> Value {
    let apis: Vec<Value> =
        version.apis.iter().map(|(id, version)| json!([hex(id), version])).collect();
    json!({
        "specName": version.spec_name,
        "implName": version.impl_name,
        "authoringVersion": version.authoring_version,
        "specVersion": version.spec_version,
        "implVersion": version.impl_version,
        "apis": apis,
        "transactionVersion": version.transaction_version,
        "systemVersion": version.system_version,
        "stateVersion": version.system_version,
    })
}
