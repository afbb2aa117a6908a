//! `state_*`: rows, metadata, runtime functions.

use althing_frame::Runtime;
use althing_primitives::blake2_256;
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::failure::Failure;
use super::methods::{Answer, Asked, Methods};
use super::wire::{self, hex};
use crate::chain::Head;

/// How many keys one page may hold.
const PAGE_MAX: u64 = 1000;
/// How many keys one query may name.
pub(super) const KEYS_MAX: usize = 1000;

/// Errors repeat the name of a function that does not exist, but not any text.
const NAME_BYTES_MAX: usize = 128;

/// Register the family.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.slow(&["state_getRuntimeVersion", "chain_getRuntimeVersion"], runtime_version)?;
    methods.slow(&["state_getMetadata"], |context, arguments| {
        context.head_at(arguments.at()?)?;
        Ok(context.metadata().into())
    })?;
    methods.slow(&["state_call", "state_callAt"], runtime_call)?;
    methods.rows(&["state_getStorage", "state_getStorageAt"], one_key, |_, head, key| {
        Ok(head.state.get(&key).map(hex))
    })?;
    methods.rows(
        &["state_getStorageHash", "state_getStorageHashAt"],
        one_key,
        |_, head, key| Ok(head.state.get(&key).map(|value| hex(blake2_256(value)))),
    )?;
    methods.rows(
        &["state_getStorageSize", "state_getStorageSizeAt"],
        one_key,
        |_, head, key| Ok(head.state.get(&key).map(|value| value.len())),
    )?;
    methods.slow(&["state_getKeysPaged", "state_getKeysPagedAt"], keys_paged)?;
    methods.slow(&["state_queryStorageAt"], |context, arguments| {
        let keys = arguments.list::<KEYS_MAX>("keys")?;
        let head = context.head_at(arguments.at()?)?;
        Ok(json!([change_set(&head, &keys)?]))
    })
}

/// Values of `keys` after a block, in the order asked.
pub(super) fn change_set(head: &Head, keys: &[Vec<u8>]) -> Answer {
    // The same long value may be asked for a thousand times.
    let value = |key: &Vec<u8>| head.state.get(key);
    wire::fit(keys.iter().map(|key| key.len() + value(key).map_or(0, |value| value.len())))?;
    let changes: Vec<Value> =
        keys.iter().map(|key| json!([hex(key), value(key).map(hex)])).collect();
    Ok(json!({ "block": hex(head.hash), "changes": changes }))
}

fn runtime_version(context: &Context, arguments: &mut Arguments) -> Answer {
    // Asked of the parent of any block, also of one whose rows are gone: all have one runtime.
    if let Some(hash) = arguments.at()?
        && context.chain.number_of(hash)?.is_none()
    {
        return Err(Failure::client(&format_args!("no block {hash} here")));
    }
    Ok(wire::version(&context.runtime.version()))
}

fn runtime_call(context: &Context, arguments: &mut Arguments) -> Answer {
    let name: String = arguments.required("function")?;
    let input = arguments.bytes("arguments")?;
    let head = context.head_at(arguments.at()?)?;
    if name.len() > NAME_BYTES_MAX {
        return Err(Failure::client(&"no runtime function has so long a name"));
    }
    let output = context.runtime.call_api(&context.parent(&head), &name, &input);
    output.map(|bytes| hex(bytes).into()).map_err(|error| Failure::client(&error))
}

fn one_key(arguments: &mut Arguments) -> Asked<Vec<u8>> {
    Ok((arguments.bytes("key")?, arguments.at()?))
}

fn keys_paged(context: &Context, arguments: &mut Arguments) -> Answer {
    let prefix = arguments.optional_bytes("prefix")?.unwrap_or_default();
    let count: u64 = arguments.required("count")?;
    let after = arguments.optional_bytes("start key")?;
    let head = context.head_at(arguments.at()?)?;
    if count > PAGE_MAX {
        return Err(Failure::too_many(count, PAGE_MAX));
    }
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let keys = head.state.range(&prefix, after.as_deref(), count);
    Ok(keys.map(|(key, _)| Value::from(hex(key))).collect())
}
