//! `althing annex council`: who reads annexes first.

use serde_json::json;

use crate::{
    context::Context,
    output::{Body, CliError, Reply},
    people::People,
};

/// Arguments of `annex council`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing annex council\n  althing --json annex council")]
pub struct Arguments {}

/// Show them.
pub(super) fn run(context: &mut Context) -> Result<Reply, CliError> {
    let mut chain = context.chain()?;
    let people = People::of(&mut chain, &context.keystore()?)?;
    let (mut rows, mut list) = (Vec::new(), Vec::new());
    for account in chain.council()? {
        let address = chain.address(&account);
        let key = chain.encryption_key(&account)?;
        let kem = key.and_then(|key| althing_crypto::kem(key.kem)).map(|kem| kem.name());
        let name = people.name_of(&address).unwrap_or("-").to_owned();
        rows.push(vec![name, address.clone(), kem.unwrap_or("no key").to_owned()]);
        let mut member = people.json(&address);
        member["kem"] = kem.into();
        list.push(member);
    }
    let body = Body::Table { columns: vec!["name", "address", "encryption key"], rows };
    let reply = Reply::new(json!({ "council": list }), body).on(chain.tag());
    Ok(if list.is_empty() { reply.hint("this chain has no council") } else { reply })
}
