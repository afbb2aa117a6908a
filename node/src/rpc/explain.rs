//! How a block ran here: which transactions waited for which, on which rows, and where the time
//! went.
//!
//! Kept in memory with the recent blocks, for those that this process has executed. It is about
//! this machine, so no other node tells the same.

use serde_json::json;

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::failure::Failure;
use super::methods::{Answer, Methods};
use super::wire::hex;
use crate::chain::{At, RECENT};

/// Register the method; on development chains under the name of their family too.
pub(super) fn register(methods: &mut Methods, development: bool) -> Result<(), RpcError> {
    let names = ["althing_explainBlock", "dev_explainBlock"];
    methods.slow(if development { &names } else { &names[..1] }, explain_block)
}

/// Takes a height, a hash, or nothing for the best block.
fn explain_block(context: &Context, arguments: &mut Arguments) -> Answer {
    let at = match arguments.place()? {
        Some(at) => at,
        None => At::Hash(context.chain.head().hash),
    };
    let Some(number) = context.chain.number_of(at)? else {
        return Err(Failure::client(&format_args!("no block {at} here")));
    };
    let head = context.chain.recent_head(number.into());
    let explained = head.and_then(|head| Some((head.hash, head.explanation.clone()?)));
    let Some((hash, explanation)) = explained else {
        return Err(Failure::unexplained(number, RECENT));
    };
    Ok(json!({ "number": number, "hash": hex(hash), "explanation": &*explanation }))
}
