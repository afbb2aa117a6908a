//! `althing key escape`: move an account to its reserve key.
//!
//! The reserve alone signs, whatever the state of the other keys' schemes; they are forgotten. The
//! account is committed to the next reserve in the same transaction. That one is on the disk before
//! anything is sent.

use scale_value::Value;
use serde_json::json;

use super::{
    Sealing,
    change::{Subject, open},
    way_out::Registry,
};
use crate::{
    context::Context,
    keystore::{AccountFile, KeyEntry, KeyName},
    output::{CliError, Reply, codes},
    transact::{Intent, Outcome, SignKey, commitment_value, prepare},
    wording,
};

/// Arguments of `key escape`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key escape carol
  althing --dry-run key escape carol

Use it when the scheme of the present key is frozen, retired or broken: `althing key check` says so.
The reserve key becomes the only one, at once. Words restore it: althing key import --help.")]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    sealing: Sealing,
}

/// Escape.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let (mut subject, policy) = Subject::enrolled(&arguments.name, context)?;
    let name = subject.name.clone();
    let mut file = subject.file()?;
    let entry = committed(&file, policy.next, &name)?.clone();
    // The next commitment comes from the secret, so the password is needed to show the screen.
    let password = context.ask.password(&mut context.out, name.as_str())?;
    let reserve = file.open_reserve(&entry, &password)?;
    let following = reserve.following()?;
    let fields = [
        ("salt", Value::from_bytes(reserve.salt)),
        ("next", commitment_value(Some(following.commitment()))),
    ];
    let call = subject.chain.metadata()?.encode_call("Accounts", "escape", fields)?;
    let key = SignKey { scheme: reserve.key.scheme(), handle: reserve.key.handle(), kept: false };
    subject.sender.fixed = Some(vec![key]);
    let intent = Intent {
        call,
        what: format!("move {name} to its reserve key"),
        effects: effects(subject.sender.scheme.name(), &subject, &key),
    };
    let (account, old) = (subject.sender.account, subject.sender.scheme.name());
    let Subject { chain, sender, .. } = &mut subject;
    let ready = prepare(context, chain, sender.clone(), intent)?;
    let data = json!({
        "name": name,
        "address": chain.address(&account),
        "from_scheme": old,
        "to_scheme": key.scheme.name(),
        "handle": key.handle.0.to_string(),
        "commitment": following.commitment().to_string(),
    });
    if context.global.dry_run {
        return Outcome::Tried(ready).reply(chain, data, "");
    }
    ready.confirm(context)?;
    if file.entry(following.key.handle()).is_none() {
        file.add_reserve(&following, &password, arguments.sealing.kdf)?;
        subject.keystore.replace(&file)?;
    }
    let keys = open(&file, ready.signers(), &password)?;
    let outcome = ready.send_with(&keys, context, &mut subject.chain)?;
    if outcome.placed().is_some() && file.agree(&[key.handle], &[]) {
        subject.keystore.replace(&file).map_err(|error| outcome.then(error.into()))?;
    }
    let address = subject.chain.address(&account);
    let reply = outcome.reply(&mut subject.chain, data, address)?;
    if outcome.placed().is_none() {
        return Ok(reply);
    }
    let registry = Registry::read(&mut subject.chain).ok();
    let reserve = [key.scheme.name().to_owned()];
    let Some(to) = registry.and_then(|registry| registry.instead(&reserve)) else {
        return Ok(reply);
    };
    Ok(reply.hint(format!("Everyday keys are smaller: althing key rotate {name} --to-scheme {to}")))
}

/// The reserve to which the chain knows the account to be committed.
fn committed<'a>(
    file: &'a AccountFile,
    next: Option<althing_primitives::Hash256>,
    name: &KeyName,
) -> Result<&'a KeyEntry, CliError> {
    let found = file.keys().iter().find(|entry| next.is_some() && entry.commitment() == next);
    found.ok_or_else(|| {
        let message = match next {
            None => format!("{name} is committed to no reserve key"),
            Some(next) => {
                let next = wording::short(&next.to_string());
                format!("{name} is committed to {next}, of which this wallet has no key")
            }
        };
        CliError::new(codes::KEY_NO_RESERVE, message).nothing_sent()
    })
}

fn effects(old: &str, subject: &Subject, key: &SignKey) -> Vec<(&'static str, String)> {
    let handle = wording::short(&key.handle.0.to_string());
    let mut effects = vec![
        ("new key", format!("{} {handle}, alone", key.scheme.name())),
        ("old keys", format!("{old} and all others are forgotten, whatever their schemes' states")),
        ("reserve", "the account is committed to the next one".to_owned()),
        ("stays", "address, balance, locks, ballots and proposals".to_owned()),
        ("effect", "at once".to_owned()),
    ];
    if subject.policy.as_ref().is_some_and(|policy| policy.recovery.is_some()) {
        effects.push(("friends", "stay; changes that wait are void".to_owned()));
    }
    effects
}
