//! `althing tx-send`: send a transaction file that all its keys have signed.
//!
//! The file was made earlier and elsewhere, so everything that may have changed since is asked for
//! first: chain, rules, keys, nonce, height. Only then the call is tried, priced and sent.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::sign::describe;
use crate::{
    amount,
    chain::{Chain, Placed, Wait, replies::Versions},
    context::Context,
    offline::{OfflineError, TransactionFile},
    output::{Body, CliError, Reply, codes},
    transact::deliver,
    wording,
};

/// Arguments of `tx-send`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing tx-send signed.json
  althing --yes --json --wait final tx-send signed.json
  althing --dry-run tx-send signed.json")]
pub struct Arguments {
    /// The transaction file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Send it.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let name = arguments.file.display().to_string();
    let file = TransactionFile::read(&arguments.file)?;
    if context.global.offline.is_some() {
        let message = "sending needs a node: leave --offline away";
        return Err(CliError::new(codes::USAGE, message).nothing_sent());
    }
    let mut chain = context.chain()?;
    still_good(&file, &name, &mut chain)?;
    let extrinsic = file.extrinsic(&name)?;
    let terms = file.terms(&name)?;

    let scheme = file.keys().first().map_or(0, |key| key.scheme.0);
    let scheme = althing_primitives::SchemeId(scheme);
    let fee = chain.fee_of(&extrinsic).map_err(|error| CliError::from(error).nothing_sent())?;
    let tried = chain.dry_run(&terms.account, scheme, &file.call.0)?;
    if let Some(refusal) = &tried.error {
        return Err(refusal.to_error(&file.account).nothing_sent());
    }
    let mut facts = describe(&file, &name)?;
    facts.push(("fee", amount::to_text_with_unit(fee)));
    facts.push(("deposit", amount::to_text_with_unit(tried.deposit.0)));
    for (label, value) in &facts {
        if context.ask.possible && !context.ask.yes {
            context.out.notice(&format!("  {label:9}   {value}"));
        }
    }
    let mut data = json!({
        "file": name,
        "file_hash": file.hash(),
        "from": file.account,
        "nonce": file.nonce,
        "fee": amount::to_json(fee),
        "dry_run": context.global.dry_run,
    });
    if context.global.dry_run {
        let reply = Reply::new(data, Body::Facts(facts)).on(chain.tag());
        return Ok(reply.hint("it would succeed; nothing was sent (--dry-run)"));
    }
    context.ask.confirm(&mut context.out, "Send it?").map_err(CliError::nothing_sent)?;
    let wait = context.global.wait;
    let placed = deliver(&extrinsic, &file.account, wait, &mut chain)?;
    let hash = const_hex::encode_prefixed(extrinsic.hash().0);
    data["transaction"] = json!({ "hash": hash, "size": extrinsic.bytes().len() });
    if let Some(placed) = placed {
        report(&placed, &mut data["transaction"], context, &mut chain)?;
    }
    Ok(Reply::new(data, Body::Text(hash)).on(chain.tag()))
}

/// Add what came of it in its block.
fn report(
    placed: &Placed,
    data: &mut Value,
    context: &mut Context,
    chain: &mut Chain,
) -> Result<(), CliError> {
    let metadata = chain.metadata().map_err(|error| CliError::from(error).was_sent())?;
    let render = chain.render(&metadata);
    let events = placed.events.iter().map(|event| render.event_json(event));
    data["events"] = events.collect::<Vec<Value>>().into();
    data["fee"] = amount::to_json(placed.receipt.fee.0).into();
    data["block"] = placed.number.into();
    data["block_hash"] = placed.block.as_str().into();
    if !context.global.json {
        let word = if context.global.wait == Wait::Final { "final in" } else { "in" };
        context.out.hint(&format!("  {word} block {}", wording::count(placed.number)));
    }
    Ok(())
}

/// Refuse a file for which the chain is not, or is no longer, what it was made for (F4).
fn still_good(file: &TransactionFile, name: &str, chain: &mut Chain) -> Result<(), CliError> {
    let terms = file.terms(name)?;
    let named = || name.to_owned();
    let here = chain.genesis()?;
    if here != terms.implicit.genesis {
        let (made_for, here) = (terms.implicit.genesis.to_string(), here.to_string());
        return Err(OfflineError::OtherChain { file: named(), made_for, here }.into());
    }
    let missing = file.missing();
    if !missing.is_empty() {
        return Err(OfflineError::Incomplete { file: named(), missing }.into());
    }
    let now = chain.head()?.number;
    if now >= terms.valid_until {
        let until = terms.valid_until;
        return Err(OfflineError::Expired { file: named(), until, now }.into());
    }
    let birth = chain.block_hash(file.birth.number)?.unwrap_or_default();
    let made = terms.implicit.birth.to_string();
    let versions: Versions = chain.read("state_getRuntimeVersion", &[])?;
    let account = chain.account(&terms.account)?;
    let circumstances = account.circumstances();
    let (signed, number) = (terms.circumstances, |number: u32| number.to_string());
    for (what, made, now) in [
        ("block hash", made, birth),
        ("rules", number(file.spec_version), number(versions.spec_version)),
        (
            "transaction format",
            number(file.transaction_version),
            number(versions.transaction_version),
        ),
        ("registry epoch", number(signed.epoch), number(circumstances.epoch)),
        ("keys", number(signed.policy), number(circumstances.policy)),
    ] {
        if !made.eq_ignore_ascii_case(&now) {
            return Err(OfflineError::OtherRules { file: named(), what, made, now }.into());
        }
    }
    if account.next_nonce != file.nonce {
        let (nonce, next) = (file.nonce, account.next_nonce);
        return Err(OfflineError::Nonce { file: named(), nonce, next }.into());
    }
    Ok(())
}
