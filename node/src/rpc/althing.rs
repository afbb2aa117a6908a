//! `althing_*`: what this kind of chain has beyond others: its own description, dry runs, receipts.

use althing_frame::{DispatchError, Origin, Runtime};
use parity_scale_codec::Encode;
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::author::{block_receipts, chain_error};
use super::context::Context;
use super::error::RpcError;
use super::methods::{Answer, Methods};
use super::state::KEYS_MAX;
use super::wire::hex;

/// Register the family.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.quick(&["althing_info"], |context, _| Ok(info(context)))?;
    methods.slow(&["althing_dryRun"], dry_run)?;
    methods.slow(&["althing_readProof"], read_proof)?;
    methods.slow(&["althing_blockReceipts"], block_receipts)
}

fn info(context: &Context) -> Value {
    let (spec, head) = (context.chain.spec(), context.chain.head());
    json!({
        "chain": spec.id,
        "name": spec.name,
        "genesis": hex(context.chain.genesis()),
        "development": context.is_development(),
        "gov": spec.governance,
        "specVersion": context.runtime.version().spec_version,
        "prefix": spec.properties.ss58_format,
        "token": {
            "symbol": spec.properties.token_symbol,
            "decimals": spec.properties.token_decimals,
        },
        "head": { "number": head.number, "hash": hex(head.hash), "stateRoot": hex(head.header.state_root) },
    })
}

fn dry_run(context: &Context, arguments: &mut Arguments) -> Answer {
    let who = arguments.account()?;
    let call = arguments.bytes("call")?;
    let head = context.head_at(arguments.at()?)?;
    let run = context.runtime.dry_run(&context.parent(&head), Origin::Signed(who), &call);
    let events: Vec<String> = run.events.iter().map(hex).collect();
    Ok(json!({
        "ok": run.outcome.is_ok(),
        "fee": run.fee.to_string(),
        "deposit": run.deposit.to_string(),
        "error": run.outcome.err().map(|error| refusal(context, &call, &error)),
        "events": events,
    }))
}

/// Not `state_getReadProof`: clients would take what that answers for another kind of tree.
fn read_proof(context: &Context, arguments: &mut Arguments) -> Answer {
    let keys = arguments.list::<KEYS_MAX>("keys")?;
    let head = context.head_at(arguments.at()?)?;
    let proof: Vec<String> = keys.iter().map(|key| hex(head.state.prove(key).encode())).collect();
    Ok(json!({ "at": hex(head.hash), "root": hex(head.header.state_root), "proof": proof }))
}

fn refusal(context: &Context, call: &[u8], error: &DispatchError) -> Value {
    let (pallet, _) = context.runtime.decode_call(call).map_or(("", ""), |call| call.name());
    let (name, values) = match error.refusal() {
        Some(refusal) => (refusal.name, refusal.values.as_slice()),
        None => ("", &[][..]),
    };
    let values: Vec<(String, String)> =
        values.iter().map(|(field, value)| ((*field).to_owned(), value.clone())).collect();
    chain_error((pallet, name), (error.code(), &error.to_string()), &values)
}
