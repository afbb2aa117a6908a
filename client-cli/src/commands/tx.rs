//! `althing tx`: find a transaction among the last blocks.

use serde_json::json;

use super::block::extrinsic_json;
use crate::{
    amount,
    context::Context,
    output::{Body, CliError, Reply, codes},
    people::People,
    wording,
};

/// Arguments of `tx`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing tx 0x5be0...\n  althing --json tx 0x5be0... --back 1000"
)]
pub struct Arguments {
    /// Hash of the transaction
    #[arg(value_name = "HASH")]
    hash: String,
    /// How many of the last blocks to look at
    #[arg(long, default_value_t = 256, value_name = "N")]
    back: u32,
}

/// Find it.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let is_hash = crate::chain::parse_hash(&arguments.hash).is_some();
    if !is_hash {
        let message = format!("{:?} is not the hash of a transaction", arguments.hash);
        return Err(CliError::new(codes::BAD_HEX, message).fix([
            "write it as 0x and 64 hexadecimal digits, as the command that sent it printed it",
        ]));
    }
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let people = People::of(&mut chain, &keystore)?;
    let last = chain.head()?.number;
    let first = last.saturating_sub(arguments.back.saturating_sub(1));
    for number in (first..=last).rev() {
        let Some(block) = chain.block_hash(number)? else { continue };
        let receipts = chain.receipts(&block)?;
        let wanted = |hash: &str| hash.eq_ignore_ascii_case(&arguments.hash);
        let Some(receipt) = receipts.iter().find(|receipt| wanted(&receipt.hash)) else {
            continue;
        };
        let verdict = match &receipt.error {
            None => "took effect".to_owned(),
            Some(error) => {
                let told = error.to_error("");
                format!("FAILED {}: {}", told.code, told.message)
            }
        };
        let facts = vec![
            ("transaction", receipt.hash.clone()),
            ("block", format!("{} {block}", wording::count(number))),
            ("call", format!("{}.{}", receipt.pallet, receipt.call)),
            ("result", verdict),
            ("fee", amount::to_text_with_unit(receipt.fee.0)),
        ];
        let mut data = extrinsic_json(receipt, None, &people);
        data["block"] = json!({ "number": number, "hash": block });
        return Ok(Reply::new(data, Body::Facts(facts)).on(chain.tag()));
    }
    let message = format!("{} is in none of the blocks {first} to {last}", arguments.hash);
    let mut error = CliError::new(codes::UNKNOWN_TX, message)
        .detail("hash", arguments.hash.as_str())
        .detail("first", first)
        .detail("last", last);
    if first == 0 {
        error.fix.clear();
        error.no_fix = Some("these are all blocks of the chain: it is in none of them");
        return Err(error);
    }
    let back = arguments.back.saturating_mul(10).max(10_000);
    Err(error.fix([format!("add --back {back}")]))
}
