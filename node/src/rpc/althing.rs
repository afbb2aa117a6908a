//! `althing_*`: what this kind of chain has beyond others: its own description, dry runs, receipts.

use althing_frame::{Origin, Runtime};
use althing_primitives::SchemeId;
use parity_scale_codec::Encode;
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::author::{block_receipts, chain_error};
use super::context::Context;
use super::error::RpcError;
use super::methods::{Answer, Methods};
use super::state::KEYS_MAX;
use super::wire::hex;
use crate::chain::Failure as Failed;

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
    // For an account without keys on chain: what it will sign with decides fee and deposit.
    let scheme = arguments.optional("scheme")?.map_or(SchemeId::ML_DSA_65, SchemeId);
    let who = (Origin::Signed(who), scheme);
    let run = context.runtime.dry_run_under(&context.parent(&head), who, &call);
    let events: Vec<String> = run.events.iter().map(hex).collect();
    Ok(json!({
        "ok": run.outcome.is_ok(),
        "fee": run.fee.to_string(),
        "deposit": run.deposit.to_string(),
        "payable": run.payable,
        "error": run.outcome.err().map(|error| chain_error(&Failed::from(&error))),
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
