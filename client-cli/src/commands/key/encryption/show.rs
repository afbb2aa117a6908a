//! `althing key encryption show`: the encryption keys of an account.

use althing_crypto::KeyHandle;
use serde_json::json;

use super::own_keys;
use crate::{
    amount,
    context::Context,
    output::{Body, CliError, Reply},
    people, wording,
};

/// Arguments of `key encryption show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account carol key encryption show
  althing --account carol --json key encryption show")]
pub struct Arguments {}

/// Show them. No password is needed.
pub(super) fn run(context: &mut Context) -> Result<Reply, CliError> {
    let name = context.account_name()?.to_owned();
    let mut chain = context.chain()?;
    let who = people::resolve(&chain, &context.keystore()?, &name)?;
    let own = if who.name().is_some() { own_keys(context, &chain, &name)? } else { Vec::new() };
    let published = chain.encryption_key(&who.account())?;

    let mut facts = vec![("account", people::show(&chain, &who))];
    let mut data = json!({ "name": name, "published": null });
    if let Some(key) = &published {
        let handle = KeyHandle::of(key.kem, &key.public);
        let kem = althing_crypto::kem(key.kem).map_or("unknown", |kem| kem.name());
        let is_held = own.iter().any(|own| own.handle() == handle);
        let held = if is_held { "its secret is in this wallet" } else { "not in this wallet" };
        let since = wording::count(key.since);
        facts.push(("published", format!("{kem} {} since block {since}; {held}", handle.0)));
        facts.push(("deposit", amount::to_text_with_unit(key.deposit)));
        data["published"] = json!({
            "kem": kem,
            "handle": handle.0.to_string(),
            "public_key": const_hex::encode_prefixed(&key.public),
            "since": key.since,
            "deposit": amount::to_json(key.deposit),
            "in_this_wallet": is_held,
        });
    } else {
        facts.push(("published", "nothing: nobody can seal to this account".to_owned()));
    }
    for key in &own {
        let (kem, handle) = (&key.kem_name, key.handle().0);
        facts.push(("in this wallet", format!("{kem} {handle} ({})", key.origin())));
    }
    data["keys"] = own.iter().map(super::OwnKey::json).collect();
    let reply = Reply::new(data, Body::Facts(facts)).on(chain.tag());
    Ok(match (published, own.is_empty()) {
        (None, true) => reply.hint(format!("Next: althing key encryption new {name}")),
        (None, false) => {
            reply.hint(format!("Next: althing --account {name} key encryption publish"))
        }
        (Some(_), _) => reply,
    })
}
