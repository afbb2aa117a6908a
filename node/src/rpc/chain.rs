//! `chain_*`: blocks and headers.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::arguments::{Arguments, List, read};
use super::context::Context;
use super::error::RpcError;
use super::failure::Failure;
use super::methods::{Answer, Methods};
use super::wire::{self, hex};

/// How many heights one call may ask for.
const HEIGHTS_MAX: usize = 1000;

/// Register the family.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.slow(&["chain_getBlockHash", "chain_getHead"], block_hash)?;
    methods.slow(&["chain_getHeader"], |context, arguments| {
        let header = match arguments.at()? {
            None => Some(context.chain.head().header.clone()),
            Some(hash) => context.chain.header(hash)?,
        };
        Ok(header.map_or(Value::Null, |header| wire::header(&header)))
    })?;
    methods.slow(&["chain_getBlock"], |context, arguments| {
        let hash = arguments.at()?.unwrap_or(context.chain.head().hash);
        let Some(block) = context.chain.block(hash)? else { return Ok(Value::Null) };
        let extrinsics: Vec<String> = block.extrinsics.iter().map(hex).collect();
        let header = wire::header(&block.header);
        Ok(json!({
            "block": { "header": header, "extrinsics": extrinsics },
            "justifications": null,
        }))
    })?;
    methods.quick(&["chain_getFinalizedHead", "chain_getFinalisedHead"], |context, _| {
        Ok(hex(context.chain.head().hash).into())
    })
}

/// Takes a number, a number in hexadecimal, a list of these, or nothing for the best block.
fn block_hash(context: &Context, arguments: &mut Arguments) -> Answer {
    let Some(text) = arguments.text() else { return Ok(hex(context.chain.head().hash).into()) };
    if text.get().starts_with('[') {
        let heights: List<Box<RawValue>, HEIGHTS_MAX> = read("heights", &text)?;
        return heights.within()?.iter().map(|height| hash_of(context, height)).collect();
    }
    hash_of(context, &text)
}

fn hash_of(context: &Context, height: &RawValue) -> Answer {
    let number = match height.get() {
        "null" => return Ok(hex(context.chain.head().hash).into()),
        text if text.starts_with('"') => {
            let digits: String = read("height", height)?;
            digits.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok())
        }
        _ => Some(read("height", height)?),
    };
    let number = number.ok_or_else(|| Failure::parameters("height is not a number"))?;
    // A height beyond the type is a height that was not reached.
    let Ok(number) = u32::try_from(number) else { return Ok(Value::Null) };
    Ok(context.chain.hash_of(number)?.map_or(Value::Null, |hash| hex(hash).into()))
}
