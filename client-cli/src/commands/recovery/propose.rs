//! `althing recovery propose`: as a friend, propose the new keys that a request asks for.

use std::path::PathBuf;

use scale_value::{Composite, Value};
use serde_json::json;

use super::request::Request;
use crate::{
    chain::policy::{field, number_in, policy_key, records},
    commands::key::scheme_of,
    context::Context,
    draft::{describe, proofs_value},
    output::{CliError, Reply, codes},
    people::People,
    transact::{Intent, Sender, perform},
};

const CALL: (&str, &str) = ("Accounts", "propose_recovery");

/// Arguments of `recovery propose`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice recovery propose carol.recovery.json
  althing --account alice --dry-run recovery propose carol.recovery.json

Ask the person behind the account for the hash first, in a way that nobody else can fake.")]
pub struct Arguments {
    /// The file that `recovery ask` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Propose.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    let mut chain = context.chain()?;
    let request = Request::read(&arguments.file, &chain)?;
    let account = request.account()?;
    let sender = Sender::find(context, &mut chain)?;
    let policy = chain.policy(&account)?;
    if policy.map(|policy| policy.rotation_nonce) != Some(request.rotation_nonce) {
        let message = "the keys of the account have changed since the request was written";
        return Err(CliError::new(codes::RECOVERY_FILE, message).nothing_sent());
    }
    let metadata = chain.metadata()?;
    let draft = metadata.decode_field(CALL, "draft", &request.draft.0)?;
    let keys: Option<Vec<_>> = field(&draft, "keys")
        .map(records)
        .unwrap_or_default()
        .into_iter()
        .map(policy_key)
        .collect();
    let keys = keys.ok_or_else(|| {
        let message = "the draft is not one that this program understands";
        CliError::new(codes::RECOVERY_FILE, message).nothing_sent()
    })?;
    let proofs: Vec<Vec<u8>> = request.proofs.iter().map(|proof| proof.0.clone()).collect();
    let fields = Composite::named([
        ("account", Value::from_bytes(account.0)),
        ("draft", draft.clone().remove_context()),
        ("proofs", proofs_value(&proofs)),
    ]);
    let call = metadata.encode_fields(CALL.0, CALL.1, fields)?;
    let people = People::of(&mut chain, &context.keystore()?)?;
    let address = chain.address(&account);
    let who = people.show(&address);
    let hash = request.hash().to_string();
    let now = chain.info().head.number;
    let threshold = field(&draft, "threshold").and_then(number_in).unwrap_or_default();
    let mut effects = vec![("account", who.clone())];
    effects.extend(keys.iter().map(|key| ("new key", describe(key, &scheme_of(key), now))));
    effects.push(("signs", format!("with a weight of {threshold}")));
    effects.push(("hash", hash.clone()));
    effects.push(("then", "other friends approve the hash; it takes effect after a delay".into()));
    effects.push(("deposit", "is set aside until you withdraw the proposal or it ends".into()));
    let what = format!("propose new keys for {}", people.call(&address));
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    let data = json!({ "account": people.json(&address), "draft_hash": hash });
    let reply = outcome.reply(&mut chain, data, hash.clone())?;
    Ok(reply
        .hint(format!("Other friends: althing --account NAME recovery approve {address} {hash}")))
}
