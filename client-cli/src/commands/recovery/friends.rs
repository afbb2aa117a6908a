//! What friends and the owner say about a recovery that is proposed, or a change that waits.

use althing_primitives::{AccountId, Hash256};
use scale_value::Value;
use serde_json::json;

use super::families::{Families, ONE_MORE};
use crate::{
    chain::{Chain, parse_hash},
    commands::key::change::effective_at,
    context::Context,
    output::{CliError, Reply, codes},
    people::{self, People},
    transact::{Intent, Outcome, Sender, perform},
    wording,
};

/// Arguments of `recovery approve`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account bob recovery approve 5Grw... 0x5f3a...
  althing --account bob --dry-run recovery approve carol 0x5f3a...

The hash comes from the person behind the account, not from whoever proposed it.")]
pub struct ApproveArguments {
    /// Name or address of the account
    #[arg(value_name = "ACCOUNT")]
    whose: String,
    /// Hash of the draft, which `recovery ask` and `recovery propose` print
    #[arg(value_name = "HASH")]
    hash: String,
}

/// Arguments of `recovery object`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account bob recovery object carol
  althing --account bob --dry-run recovery object 5Grw...")]
pub struct ObjectArguments {
    /// Name or address of the account
    #[arg(value_name = "ACCOUNT")]
    whose: String,
}

/// Arguments of `recovery withdraw`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice recovery withdraw carol
  althing --account alice --dry-run recovery withdraw 5Grw...")]
pub struct WithdrawArguments {
    /// Name or address of the account
    #[arg(value_name = "ACCOUNT")]
    whose: String,
}

/// Arguments of `recovery cancel`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing recovery cancel carol
  althing --json --yes recovery cancel carol")]
pub struct CancelArguments {
    /// Name of your account
    #[arg(value_name = "NAME")]
    name: String,
}

/// Approve.
pub(super) fn approve(
    arguments: &ApproveArguments,
    context: &mut Context,
) -> Result<Reply, CliError> {
    let hash = parse_hash(&arguments.hash).ok_or_else(|| {
        let message = format!("{:?} is no hash", arguments.hash);
        CliError::new(codes::BAD_HEX, message).nothing_sent()
    })?;
    let (mut chain, account) = friend_of(&arguments.whose, context)?;
    let proposed = chain.recoveries(&account)?.into_iter().find(|one| one.draft_hash == hash);
    let people = People::of(&mut chain, &context.keystore()?)?;
    let mut effects = Vec::new();
    if let Some(one) = proposed {
        effects.push(("proposed", format!("by {}", people.show(&chain.address(&one.proposer)))));
        effects.push(("approvals", format!("{} so far", one.approvals)));
    }
    effects.push(("hash", hash.to_string()));
    let what = format!("approve new keys for {}", people.call(&chain.address(&account)));
    let call = ("approve_recovery", what, effects);
    let mut reply = say(context, &mut chain, (&account, Some(hash)), call)?;
    if reply.data["transaction"]["block"].is_null() || !reply.data["effective_at"].is_null() {
        return Ok(reply);
    }
    // It is in a block, whatever becomes of this question.
    let friends = chain.policy(&account).ok().flatten().and_then(|policy| policy.recovery);
    let proposed = chain.recoveries(&account).unwrap_or_default();
    let proposed = proposed.into_iter().find(|one| one.draft_hash == hash);
    let families = Families::of(&mut chain, &account);
    let (Some(friends), Some(one), Ok(families)) = (friends, proposed, families) else {
        return Ok(reply);
    };
    reply.data["approvals"] = one.approvals.into();
    reply.data["families"] = families.behind(&hash).into();
    Ok(reply.hint(if families.are_lacking(&one, &friends) {
        format!("It does not take effect yet: {ONE_MORE}.")
    } else {
        format!("{} of {} friends needed approve.", one.approvals, friends.threshold)
    }))
}

/// Object.
pub(super) fn object(
    arguments: &ObjectArguments,
    context: &mut Context,
) -> Result<Reply, CliError> {
    let (mut chain, account) = friend_of(&arguments.whose, context)?;
    let people = People::of(&mut chain, &context.keystore()?)?;
    let mut effects = Vec::new();
    if let Some(pending) = chain.pending_change(&account)? {
        effects.push(("change", format!("by {}", people.show(&chain.address(&pending.author)))));
        effects.push(("due", format!("at block {}", wording::count(pending.effective_at))));
        effects.push(("objections", format!("{} so far", pending.objections)));
    }
    let what = format!("object to new keys of {}", people.call(&chain.address(&account)));
    say(context, &mut chain, (&account, None), ("object", what, effects))
}

/// Withdraw.
pub(super) fn withdraw(
    arguments: &WithdrawArguments,
    context: &mut Context,
) -> Result<Reply, CliError> {
    let (mut chain, account) = friend_of(&arguments.whose, context)?;
    let what = format!("take back your recovery of {}", arguments.whose);
    let effects = vec![("deposit", "comes back".to_owned())];
    say(context, &mut chain, (&account, None), ("withdraw_recovery", what, effects))
}

/// Cancel.
pub(super) fn cancel(
    arguments: &CancelArguments,
    context: &mut Context,
) -> Result<Reply, CliError> {
    context.global.account = Some(arguments.name.clone());
    let mut chain = context.chain()?;
    let sender = Sender::find(context, &mut chain)?;
    let proposed = chain.recoveries(&sender.account)?;
    let call = chain.metadata()?.encode_call("Accounts", "cancel_recovery", [])?;
    let name = &arguments.name;
    let effects = vec![
        ("stops", format!("{} proposed recoveries", proposed.len())),
        ("stays", "your keys, and your friends".to_owned()),
    ];
    let what = format!("stop all recoveries of {name}");
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    let data = json!({ "name": name, "stopped": proposed.len() });
    outcome.reply(&mut chain, data, "the recoveries are stopped")
}

fn friend_of(text: &str, context: &Context) -> Result<(Chain, AccountId), CliError> {
    context.account_name()?;
    let chain = context.chain()?;
    let account = people::resolve(&chain, &context.keystore()?, text)?.account();
    Ok((chain, account))
}

fn say(
    context: &mut Context,
    chain: &mut Chain,
    (account, hash): (&AccountId, Option<Hash256>),
    (name, what, effects): (&str, String, Vec<(&'static str, String)>),
) -> Result<Reply, CliError> {
    let sender = Sender::find(context, chain)?;
    let mut fields = vec![("account", Value::from_bytes(account.0))];
    fields.extend(hash.map(|hash| ("draft_hash", Value::from_bytes(hash.0))));
    let fields = scale_value::Composite::named(fields);
    let call = chain.metadata()?.encode_fields("Accounts", name, fields)?;
    let outcome: Outcome = perform(context, chain, sender, Intent { call, what, effects })?;
    let address = chain.address(account);
    let at = effective_at(&outcome);
    let stopped = outcome.placed().is_some_and(|placed| {
        placed.events.iter().any(|event| event.is("Accounts", "ChangeCancelled"))
    });
    let data = json!({
        "account": address,
        "draft_hash": hash.map(|hash| hash.to_string()),
        "effective_at": at,
        "stopped": stopped,
    });
    let mut reply = outcome.reply(chain, data, address)?;
    if let Some(block) = at {
        let block = wording::count(block);
        reply = reply.hint(format!("Enough friends agree: it takes effect at block {block}."));
    }
    if stopped {
        reply = reply.hint("Enough friends object: the change takes no effect.");
    }
    Ok(reply)
}
