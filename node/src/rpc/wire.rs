//! The JSON forms that clients of this kind of chain know.

use althing_primitives::{Header, RuntimeVersion};
use parity_scale_codec::Encode;
use serde_json::{Value, json};

use super::failure::Failure;

/// Bytes as lower-case hexadecimal with `0x`.
pub(super) fn hex(bytes: impl AsRef<[u8]>) -> String {
    const_hex::encode_prefixed(bytes)
}

/// The most bytes that one answer shows; in hexadecimal they are twice as many.
const SHOWN_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Refuse to show byte strings of these lengths in one answer if that would be too long.
pub(super) fn fit(lengths: impl IntoIterator<Item = usize>) -> Result<(), Failure> {
    let sum = lengths.into_iter().fold(0_usize, usize::saturating_add);
    if sum > SHOWN_BYTES_MAX { Err(Failure::too_long(SHOWN_BYTES_MAX)) } else { Ok(()) }
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
