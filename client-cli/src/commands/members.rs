//! `althing members`: the members of a development chain.

use serde_json::json;

use crate::{
    amount,
    chain::replies::DevMember,
    context::Context,
    output::{Body, CliError, Reply, codes},
};

/// Arguments of `members`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing members\n  althing --json members")]
pub struct Arguments {}

/// Show them.
pub fn run(_: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let mut chain = context.chain()?;
    if !chain.info().development {
        let message = format!("{} is no development chain and keeps no list", chain.info().chain);
        return Err(CliError::new(codes::NET_NOT_DEV, message).fix(["althing key list"]));
    }
    let members: Vec<DevMember> = chain.read("dev_members", &[])?;
    let balance = |member: &DevMember| amount::parse(&member.balance).unwrap_or_default();
    let rows = members.iter().map(|member| {
        vec![
            member.name.clone(),
            member.address.clone(),
            member.scheme.clone(),
            amount::to_text_with_unit(balance(member)),
        ]
    });
    let columns = vec!["name", "address", "scheme", "balance"];
    let body = Body::Table { columns, rows: rows.collect() };
    let list = members.iter().map(|member| {
        json!({
            "name": member.name,
            "address": member.address,
            "scheme": member.scheme,
            "balance": amount::to_json(balance(member)),
        })
    });
    let data = json!({ "members": list.collect::<Vec<_>>() });
    let reply = Reply::new(data, body).on(chain.tag());
    Ok(reply.hint("Their keys are public: everyone can sign for them. Development chains only."))
}
