//! `althing key remove`: take a key away from an account.

use serde_json::json;

use super::change::{Subject, effective_at, say_when};
use crate::{
    chain::policy::{Policy, PolicyKey},
    context::Context,
    key::scheme_with_id,
    output::{CliError, Reply, codes},
    transact::{Intent, perform},
    wording,
};

/// Arguments of `key remove`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key remove carol 0x5f3a
  althing key remove carol ml-dsa-44")]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
    /// The key: the beginning of its handle, or its scheme if only one key has it
    #[arg(value_name = "KEY")]
    key: String,
}

/// Take it away.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let (mut subject, policy) = Subject::enrolled(&arguments.name, context)?;
    let name = subject.name.clone();
    let key = find(&policy, &arguments.key, name.as_str())?.clone();
    let handle = const_hex::encode_prefixed(key.handle.0.0);
    let fields = [("handle", scale_value::Value::from_bytes(key.handle.0.0))];
    let call = subject.chain.metadata()?.encode_call("Accounts", "remove_key", fields)?;
    let effects = vec![
        ("key", format!("{} {}", scheme_of(&key), wording::short(&handle))),
        ("rights", wording::scopes(key.scopes)),
        ("then", "it signs nothing more, and its deposit is returned".to_owned()),
        subject.when(),
    ];
    let what = format!("take a key away from {name}");
    let Subject { chain, sender, .. } = &mut subject;
    let outcome = perform(context, chain, sender.clone(), Intent { call, what, effects })?;
    let data = json!({ "name": name, "scheme": scheme_of(&key), "handle": handle });
    let mut reply = outcome.reply(chain, data, handle)?;
    say_when(&mut reply, name.as_str(), effective_at(&outcome));
    Ok(reply)
}

/// The one key that `text` means.
fn find<'a>(policy: &'a Policy, text: &str, name: &str) -> Result<&'a PolicyKey, CliError> {
    let wanted = text.to_ascii_lowercase();
    let means = |key: &&PolicyKey| {
        let handle = const_hex::encode_prefixed(key.handle.0.0);
        (wanted.len() > 2 && handle.starts_with(&wanted)) || scheme_of(key) == wanted
    };
    let mut found = policy.keys.iter().filter(means);
    match (found.next(), found.next()) {
        (Some(key), None) => Ok(key),
        (first, _) => {
            let count = if first.is_some() { "several keys" } else { "no key" };
            let message = format!("{name} has {count} that {text:?} could mean");
            let all = policy.keys.iter().map(|key| {
                format!("{} {}", scheme_of(key), const_hex::encode_prefixed(key.handle.0.0))
            });
            Err(CliError::new(codes::KEY_NO_SUCH, message)
                .detail("keys", all.collect::<Vec<_>>())
                .nothing_sent())
        }
    }
}

/// The name of a key's scheme, or its number where this program does not know it.
pub(crate) fn scheme_of(key: &PolicyKey) -> String {
    let scheme = scheme_with_id(althing_crypto::SchemeId(key.scheme));
    scheme.map_or_else(|| format!("scheme {}", key.scheme), |scheme| scheme.name().to_owned())
}
