//! `althing crypto canaries`: the keys that nobody holds, and what a finder has to sign under one.

use std::collections::BTreeSet;

use althing_crypto::{SchemeId, canary_message};
use althing_primitives::{AccountId, Hash256};
use serde_json::{Value, json};

use crate::{
    amount,
    chain::{
        Chain,
        replies::{Canaries, CanaryKey},
    },
    context::Context,
    output::{Body, CliError, Reply, codes},
    people::{self, People},
    wording,
};

/// Arguments of `crypto canaries`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing crypto canaries
  althing --account me --json crypto canaries ml-dsa-44   # with the key, and what to sign")]
pub(super) struct Arguments {
    /// Those of this scheme only
    #[arg(value_name = "SCHEME")]
    scheme: Option<String>,
}

/// The canaries of a scheme, or of all.
pub(super) fn find(chain: &mut Chain, scheme: Option<&str>) -> Result<Canaries, CliError> {
    let mut found: Canaries = chain.read("crypto_canaries", &[])?;
    let Some(name) = scheme else { return Ok(found) };
    let known: BTreeSet<String> = found.canaries.iter().map(|one| one.name.clone()).collect();
    found.canaries.retain(|one| one.name == name);
    if found.canaries.is_empty() {
        let message = format!("the chain's registry has no signature scheme {name:?}");
        let fix = known.iter().map(|name| format!("althing crypto canaries {name}"));
        return Err(CliError::new(codes::KEY_UNKNOWN_SCHEME, message)
            .detail("scheme", name)
            .fix(fix.collect::<Vec<_>>())
            .nothing_sent());
    }
    Ok(found)
}

/// Show them. With an account, also what that account would have to sign.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let found = find(&mut chain, arguments.scheme.as_deref())?;
    let finder = match context.global.account.clone() {
        Some(name) => Some(people::resolve(&chain, &keystore, &name)?.account()),
        None => None,
    };
    let people = People::of(&mut chain, &keystore)?;
    let rows = found.canaries.iter().map(|one| {
        let state = one.fallen.as_ref().map_or("stands".to_owned(), |fall| {
            let (block, finder) = (wording::count(fall.at), people.call(&fall.finder));
            let paid = amount::to_text_with_unit(fall.paid.0);
            format!("fell in block {block}: {finder} was paid {paid}")
        });
        vec![one.name.clone(), kind(one), state]
    });
    let body = Body::Table { columns: vec!["scheme", "canary", "state"], rows: rows.collect() };
    let genesis = chain.genesis()?;
    let list: Vec<Value> = found.canaries.iter().map(|one| shown(one, &genesis, finder)).collect();
    let data = json!({ "reward": amount::to_json(found.reward.0), "canaries": list });
    let reward = amount::to_text_with_unit(found.reward.0);
    let hint =
        format!("Whoever can sign under one is paid {reward}: althing crypto report-break --help");
    Ok(Reply::new(data, body).on(chain.tag()).hint(hint))
}

fn kind(one: &CanaryKey) -> String {
    one.bits.map_or(one.canary.clone(), |bits| format!("{}, {bits} bits", one.canary))
}

fn shown(one: &CanaryKey, genesis: &Hash256, finder: Option<AccountId>) -> Value {
    let message = finder.map(|finder| {
        let scheme = SchemeId(one.scheme);
        let message = canary_message(genesis, scheme, u8::from(one.canary == "reduced"), &finder);
        const_hex::encode_prefixed(message)
    });
    let fallen = one.fallen.as_ref().map(|fall| {
        json!({ "at": fall.at, "finder": fall.finder, "paid": amount::to_json(fall.paid.0) })
    });
    json!({
        "scheme": one.name,
        "scheme_id": one.scheme,
        "canary": one.canary,
        "bits": one.bits,
        "public": const_hex::encode_prefixed(&one.public.0),
        "message": message,
        "fallen": fallen,
    })
}
