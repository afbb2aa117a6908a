//! `althing recovery set`: name the friends who may recover an account.

use serde_json::json;

use crate::{
    chain::policy::Friends,
    commands::key::change::{Subject, effective_at, say_when},
    context::Context,
    output::{CliError, Reply},
    people,
    transact::{Intent, perform},
};

/// Arguments of `recovery set`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing recovery set carol --friends alice,bob,erin --threshold 2
  althing recovery set carol --none

From then on changes of the account's keys wait, so that friends can object to those that a thief
makes. Choose friends whose keys rest on different families of schemes: where more than one friend is
needed, the chain wants approvals from at least two."
)]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
    /// Names or addresses of the friends, with commas
    #[arg(long, value_delimiter = ',', required_unless_present = "none", value_name = "WHO,...")]
    friends: Vec<String>,
    /// How many of them it takes
    #[arg(long, required_unless_present = "none", value_name = "N")]
    threshold: Option<u8>,
    /// Nobody may recover the account
    #[arg(long, conflicts_with_all = ["friends", "threshold"])]
    none: bool,
}

/// Name them.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let (mut subject, _) = Subject::enrolled(&arguments.name, context)?;
    let name = subject.name.clone();
    let mut friends = Vec::new();
    for text in &arguments.friends {
        friends.push(people::resolve(&subject.chain, &subject.keystore, text)?.account());
    }
    let recovery = arguments.threshold.map(|threshold| Friends { friends, threshold });
    let mut draft = subject.draft()?;
    draft.recovery.clone_from(&recovery);
    let call = subject.call(&draft, &[])?;
    let who = arguments.friends.join(", ");
    let (what, effects) = match &recovery {
        Some(recovery) => {
            let effects = vec![
                ("friends", format!("{} of {who}", recovery.threshold)),
                ("may", format!("give {name} new keys together, after a delay")),
                ("then", "changes of its keys wait, and they may object".to_owned()),
                subject.when(),
            ];
            (format!("let {who} recover {name}"), effects)
        }
        None => (format!("let nobody recover {name}"), vec![subject.when()]),
    };
    let addresses: Vec<_> = recovery.iter().flat_map(|recovery| &recovery.friends).collect();
    let addresses: Vec<_> = addresses.into_iter().map(|one| subject.chain.address(one)).collect();
    let data = json!({
        "name": name,
        "friends": addresses,
        "threshold": recovery.as_ref().map(|recovery| recovery.threshold),
    });
    let Subject { chain, sender, .. } = &mut subject;
    let outcome = perform(context, chain, sender.clone(), Intent { call, what, effects })?;
    let mut reply = outcome.reply(chain, data, name.as_str())?;
    say_when(&mut reply, name.as_str(), effective_at(&outcome));
    Ok(reply.hint(format!("Look at it: althing key policy {name}")))
}
