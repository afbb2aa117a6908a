//! `althing block`: one block and what is in it, or how it ran.

mod explain;

use althing_primitives::Extrinsic;
use serde_json::{Value, json};

use crate::{
    amount,
    chain::{Chain, parse_hash, replies::Receipt},
    context::Context,
    output::{Body, CliError, Reply, codes},
    people::People,
    wording,
};

/// Arguments of `block`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing block\n  althing --json block 1042\n  althing block 1042 --explain"
)]
pub struct Arguments {
    /// Height or hash; without it, the newest
    #[arg(value_name = "BLOCK")]
    block: Option<String>,
    /// How the node ran it: what ran side by side, who waited and on which rows, and the time
    #[arg(long)]
    explain: bool,
}

/// Show it.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let hash = find(&mut chain, arguments.block.as_deref())?;
    if arguments.explain {
        let people = People::of(&mut chain, &keystore)?;
        return explain::run(&mut chain, &hash, &people);
    }
    let answer: Value = chain.read("chain_getBlock", &[json!(hash)])?;
    if answer.is_null() {
        return Err(unknown(&hash));
    }
    let header = &answer["block"]["header"];
    let number = chain.block_number(&hash)?;
    let receipts = chain.receipts(&hash)?;
    let people = People::of(&mut chain, &keystore)?;
    let extrinsics: Vec<_> = answer["block"]["extrinsics"].as_array().cloned().unwrap_or_default();
    let (mut list, mut facts) = (Vec::new(), Vec::new());
    for (receipt, bytes) in receipts.iter().zip(&extrinsics) {
        let signer = signer(&chain, bytes);
        facts.push(("extrinsic", line(receipt, signer.as_deref(), &people)));
        list.push(extrinsic_json(receipt, signer.as_deref(), &people));
    }
    let field = |name: &str| header[name].as_str().unwrap_or_default().to_owned();
    let mut shown = vec![
        ("block", wording::count(number)),
        ("hash", hash.clone()),
        ("parent", field("parentHash")),
        ("state root", field("stateRoot")),
    ];
    shown.extend(facts);
    let data = json!({
        "number": number,
        "hash": hash,
        "parent": field("parentHash"),
        "state_root": field("stateRoot"),
        "extrinsics_root": field("extrinsicsRoot"),
        "extrinsics": list,
    });
    Ok(Reply::new(data, Body::Facts(shown)).on(chain.tag()))
}

/// The hash of the block that `text` names, which the node has; without, that of the newest.
pub(in crate::commands) fn find(chain: &mut Chain, text: Option<&str>) -> Result<String, CliError> {
    let Some(text) = text else { return Ok(chain.head()?.hash) };
    match Named::read(text)? {
        Named::Hash(hash) => {
            let header: Value = chain.read("chain_getHeader", &[json!(hash)])?;
            if header.is_null() { Err(unknown(text)) } else { Ok(hash) }
        }
        Named::Height(number) => {
            // No chain gets higher than its heights can tell.
            let hash = u32::try_from(number).ok().map(|number| chain.block_hash(number));
            hash.transpose()?.flatten().ok_or_else(|| unknown(text))
        }
    }
}

/// What text names a block by.
#[derive(Debug, Eq, PartialEq)]
enum Named {
    Hash(String),
    Height(u128),
}

impl Named {
    fn read(text: &str) -> Result<Self, CliError> {
        let found = if text.starts_with("0x") {
            parse_hash(text).map(|hash| Self::Hash(const_hex::encode_prefixed(hash.0)))
        } else {
            let plain = text.trim_start_matches('#').replace(['_', ','], "");
            plain.parse().ok().map(Self::Height)
        };
        let message = format!("{text:?} is neither a height nor a hash");
        found.ok_or_else(|| CliError::new(codes::BAD_BLOCK, message).detail("block", text))
    }
}

fn unknown(text: &str) -> CliError {
    CliError::new(codes::UNKNOWN_BLOCK, format!("there is no block {text}")).detail("block", text)
}

fn signer(chain: &Chain, bytes: &Value) -> Option<String> {
    let bytes = const_hex::decode(bytes.as_str()?).ok()?;
    let extrinsic = Extrinsic::decode(bytes).ok()?;
    extrinsic.signed_part().map(|part| chain.address(&part.account))
}

fn line(receipt: &Receipt, signer: Option<&str>, people: &People) -> String {
    let who = signer.map_or("-".to_owned(), |signer| people.call(signer));
    let verdict = match &receipt.error {
        None => "ok".to_owned(),
        Some(error) => format!("FAILED {}", error.code),
    };
    let fee = amount::to_text_with_unit(receipt.fee.0);
    let hash = wording::short(&receipt.hash);
    format!("{who} {}.{} {verdict}, fee {fee}, {hash}", receipt.pallet, receipt.call)
}

/// An extrinsic and what came of it, for programs.
pub(in crate::commands) fn extrinsic_json(
    receipt: &Receipt,
    signer: Option<&str>,
    people: &People,
) -> Value {
    let error = receipt.error.as_ref().map(
        |error| json!({ "code": error.code, "message": error.message, "details": error.values }),
    );
    json!({
        "hash": receipt.hash,
        "call": format!("{}.{}", receipt.pallet, receipt.call),
        "signer": signer.map(|signer| people.json(signer)),
        "ok": receipt.ok,
        "error": error,
        "fee": amount::to_json(receipt.fee.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_named_by_height_or_hash() {
        let hash = format!("0x{}", "ab".repeat(32));
        assert_eq!(Named::read("#1_042").unwrap(), Named::Height(1042));
        assert_eq!(Named::read("5000000000").unwrap(), Named::Height(5_000_000_000));
        assert_eq!(Named::read(&hash).unwrap(), Named::Hash(hash.clone()));
        assert_eq!(Named::read(&hash.replace('a', "A")).unwrap(), Named::Hash(hash.clone()));
        for wrong in ["foo", "", "-1", "0x12", &hash[2..], &format!("{hash}00")] {
            let error = Named::read(wrong).unwrap_err();
            assert_eq!(error.code, "CLI-043", "{wrong}");
            assert!(error.message.ends_with("is neither a height nor a hash"), "{error}");
        }
    }
}
