//! `althing key cancel`: stop a change of keys that waits.

use serde_json::json;

use super::change::Subject;
use crate::{
    context::Context,
    output::{CliError, Reply, codes},
    people::People,
    transact::{Intent, perform},
    wording,
};

/// Arguments of `key cancel`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing key cancel carol\n  althing --json --yes key cancel carol"
)]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
}

/// Stop it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let (mut subject, _) = Subject::enrolled(&arguments.name, context)?;
    let name = subject.name.clone();
    let account = subject.sender.account;
    let pending = subject.chain.pending_change(&account)?.ok_or_else(|| {
        let message = format!("no change of {name}'s keys waits");
        CliError::new(codes::KEY_NO_CHANGE, message)
            .fix([format!("althing key policy {name}")])
            .nothing_sent()
    })?;
    if pending.author != account {
        let people = People::of(&mut subject.chain, &subject.keystore)?;
        let author = people.show(&subject.chain.address(&pending.author));
        let message = format!("what waits is a recovery of {name} that {author} proposed");
        return Err(CliError::new(codes::KEY_NO_CHANGE, message)
            .fix([format!("althing recovery cancel {name}")])
            .nothing_sent());
    }
    let call = subject.chain.metadata()?.encode_call("Accounts", "cancel_change", [])?;
    let block = wording::count(pending.effective_at);
    let effects = vec![("stops", format!("the change that would take effect at block {block}"))];
    let what = format!("keep the keys of {name} as they are");
    let Subject { chain, sender, .. } = &mut subject;
    let outcome = perform(context, chain, sender.clone(), Intent { call, what, effects })?;
    let data = json!({ "name": name, "effective_at": pending.effective_at });
    outcome.reply(chain, data, "the keys stay as they are")
}
