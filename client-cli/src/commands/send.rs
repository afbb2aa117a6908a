//! `althing send`: pay someone.

use scale_value::Value;
use serde_json::json;

use crate::{
    amount,
    context::Context,
    output::{CliError, Reply},
    people,
    transact::{Intent, Sender, perform},
};

/// Arguments of `send`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice send bob 12.5
  althing --account alice --yes --json send 5Grw... 3k\n  althing --account old send new all")]
pub struct Arguments {
    /// Who is paid: name or address
    #[arg(value_name = "TO")]
    to: String,
    /// How much: 12000, 12_000, 12k, 1.5 or all
    #[arg(value_name = "AMOUNT")]
    amount: String,
    /// Let the sending account end if little is left in it
    #[arg(long)]
    allow_death: bool,
}

/// Send it.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    let everything = arguments.amount.eq_ignore_ascii_case("all");
    let amount = if everything { 0 } else { amount::parse(&arguments.amount)? };
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let to = people::resolve(&chain, &keystore, &arguments.to)?;
    let sender = Sender::find(context, &mut chain)?;
    let metadata = chain.metadata()?;
    let dest = Value::unnamed_variant("Id", [Value::from_bytes(to.account().0)]);
    let (call, sum) = if everything {
        let fields = [("dest", dest), ("keep_alive", Value::bool(!arguments.allow_death))];
        (metadata.encode_call("Balances", "transfer_all", fields)?, "everything".to_owned())
    } else {
        let name =
            if arguments.allow_death { "transfer_allow_death" } else { "transfer_keep_alive" };
        let fields = [("dest", dest), ("value", Value::u128(amount))];
        (metadata.encode_call("Balances", name, fields)?, amount::to_text_with_unit(amount))
    };

    let before = sender.on_chain.free.0;
    let mut effects = vec![("to", people::show(&chain, &to))];
    if !everything {
        let after = before.saturating_sub(amount);
        let (before, after) = (amount::to_text(before), amount::to_text_with_unit(after));
        effects.push(("balance", format!("{before} -> {after}, less the fee")));
    }
    let what = format!("send {sum} to {}", to.name().unwrap_or(&arguments.to));
    let from = sender.name.clone();
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    let moved = outcome.placed().and_then(|placed| {
        let transfer = placed.events.iter().find(|event| event.is("Balances", "Transfer"))?;
        transfer.number("amount")
    });
    let data = json!({
        "from": from,
        "to": chain.address(&to.account()),
        "amount": amount::to_json(moved.unwrap_or(amount)),
    });
    let hash = outcome.json(&mut chain)?["hash"].as_str().unwrap_or_default().to_owned();
    outcome.reply(&mut chain, data, hash)
}
