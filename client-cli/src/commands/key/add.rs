//! `althing key add`: a key that may only vote, send a little, or act for a time, so that a machine of
//! every day never holds an owner key.

use std::path::PathBuf;

use althing_primitives::{Balance, row_prefix};
use serde_json::{Value, json};

use super::{
    Sealing,
    change::{Subject, open, say_when},
    scheme::{Learning, scheme_for},
    secret_file::SecretFile,
};
use crate::{
    amount,
    chain::{Bytes, Chain, policy::Scopes},
    context::Context,
    draft::DraftKey,
    duration,
    key::Key,
    keystore::Status,
    output::{CliError, Reply, Warning, codes},
    transact::{Intent, Outcome, prepare},
    wording,
};

/// How many blocks tell how long one takes.
const MEASURED_BLOCKS: u32 = 100;

/// What a key with fewer rights may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Scope {
    /// Cast ballots and take them back.
    Vote,
    /// Send tokens, up to a limit in each transaction.
    Transfer,
    /// Vote and make everyday calls, for a time.
    Session,
}

/// Arguments of `key add`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing key add carol --scope vote --export laptop.secret.json
  althing key add carol --scope vote,transfer --limit 50
  althing key add carol --scope session --expires 8h --scheme ml-dsa-44

With --export the secret goes to the file and is not kept here. On the other machine:
  althing key import carol --secret-file laptop.secret.json"
)]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
    /// What it may do; several with commas
    #[arg(long, value_enum, value_delimiter = ',', required = true, value_name = "SCOPE")]
    scope: Vec<Scope>,
    /// The most it sends in one transaction; for --scope transfer
    #[arg(long, value_name = "AMOUNT")]
    limit: Option<String>,
    /// For how long it signs: a number of blocks, or a time such as 8h or 30d
    #[arg(long, value_name = "BLOCKS|TIME")]
    expires: Option<String>,
    /// Signature scheme
    #[arg(long, default_value = "ml-dsa-44", value_name = "NAME")]
    scheme: String,
    /// File to create with the secret in the clear, for another machine
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    #[command(flatten)]
    sealing: Sealing,
}

/// Add it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let (scopes, limit) = rights(arguments)?;
    let scheme = scheme_for(&arguments.scheme, &Learning::default(), context)?;
    let (mut subject, policy) = Subject::enrolled(&arguments.name, context)?;
    let name = subject.name.clone();
    let expires = match &arguments.expires {
        Some(text) => Some(end(&mut subject.chain, text)?),
        None => None,
    };
    let key = Key::without_words(scheme)?;
    let mut draft = subject.draft()?;
    draft.keys.push(DraftKey { scopes, limit, expires, ..DraftKey::owner(&key) });
    let call = subject.call(&draft, &[&key])?;
    let handle = key.handle().0.to_string();
    let mut effects = vec![("new key", format!("{} {}", scheme.name(), wording::short(&handle)))];
    effects.extend(effects_of(arguments, (scopes, limit, expires)));
    effects.push(subject.when());
    let what = format!("add a key to {name} that may {}", wording::scopes(scopes));
    let Subject { chain, sender, .. } = &mut subject;
    let account = sender.account;
    let ready = prepare(context, chain, sender.clone(), Intent { call, what, effects })?;
    let mut data = json!({
        "name": name,
        "scheme": scheme.name(),
        "handle": handle,
        "scopes": wording::scopes(scopes),
        "limit": amount::to_json(limit),
        "expires": expires,
        "keys": policy.keys.len() + 1,
    });
    if context.global.dry_run {
        return Outcome::Tried(ready).reply(chain, data, "");
    }
    ready.confirm(context)?;
    let mut file = subject.file()?;
    let password = context.ask.password(&mut context.out, name.as_str())?;
    let current = open(&file, ready.signers(), &password)?;
    // The secret is somewhere before the chain knows the key.
    if let Some(path) = &arguments.export {
        let address = subject.chain.address(&account);
        SecretFile::of(name.as_str(), &address, &key).write(path)?;
        data["file"] = path.display().to_string().into();
    } else {
        file.add(&key, Status::Next, &password, arguments.sealing.kdf)?;
        subject.keystore.replace(&file)?;
    }
    let outcome = ready.send_with(&current, context, &mut subject.chain)?;
    let effective_at = subject.settle(&mut file, &draft, &outcome)?;
    let mut reply = outcome.reply(&mut subject.chain, data, handle)?;
    say_when(&mut reply, name.as_str(), effective_at);
    if let Some(path) = &arguments.export {
        let path = path.display();
        let message = format!("{path} holds the secret of the new key in the clear");
        reply.warnings.push(Warning::new(codes::KEY_WARN_CLEAR, message));
        reply = reply.hint(format!("There: althing key import {name} --secret-file {path}"));
    }
    Ok(reply)
}

/// What the screen says of the new key's rights and of where its secret goes.
fn effects_of(
    arguments: &Arguments,
    (scopes, limit, expires): (Scopes, Balance, Option<u32>),
) -> Vec<(&'static str, String)> {
    let mut effects = vec![("rights", wording::scopes(scopes))];
    if scopes.contain(Scopes::TRANSFER) {
        effects.push(("limit", format!("{} each time", amount::to_text_with_unit(limit))));
    }
    let until = match expires {
        Some(block) => format!("block {}", wording::count(block)),
        None => format!("it is taken away: althing key remove {}", arguments.name),
    };
    let secret = match &arguments.export {
        Some(path) => format!("goes to {}, in the clear, and is not kept here", path.display()),
        None => "is kept here".to_owned(),
    };
    effects.extend([("until", until), ("secret", secret)]);
    effects
}

/// The rights asked for, if they fit together.
fn rights(arguments: &Arguments) -> Result<(Scopes, Balance), CliError> {
    let bits = arguments.scope.iter().map(|scope| match scope {
        Scope::Vote => Scopes::VOTE.0,
        Scope::Transfer => Scopes::TRANSFER.0,
        Scope::Session => Scopes::SESSION.0,
    });
    let scopes = Scopes(bits.fold(0, |all, bit| all | bit));
    let refuse = |message: &str, fix: &str| {
        Err(CliError::new(codes::KEY_BAD_RIGHTS, message).fix([fix]).nothing_sent())
    };
    if scopes.contain(Scopes::SESSION) && arguments.expires.is_none() {
        return refuse("a session key must expire", "add --expires 8h");
    }
    match (&arguments.limit, scopes.contain(Scopes::TRANSFER)) {
        (Some(limit), true) => Ok((scopes, amount::parse(limit)?)),
        (None, false) => Ok((scopes, 0)),
        (None, true) => refuse("a key that sends tokens needs a limit", "add --limit 50"),
        (Some(_), false) => refuse("only a key that sends tokens has a limit", "leave --limit out"),
    }
}

/// The first block after `text` has passed.
fn end(chain: &mut Chain, text: &str) -> Result<u32, CliError> {
    let now = chain.head()?.number;
    let blocks = if let Ok(blocks) = text.parse::<u32>() {
        blocks
    } else {
        let milliseconds = milliseconds(text)?;
        let each = block_time(chain)?.ok_or_else(|| {
            let message = "how long a block takes cannot be told from this chain's last blocks";
            CliError::new(codes::BAD_DURATION, message)
                .fix(["write --expires as a number of blocks"])
                .nothing_sent()
        })?;
        u32::try_from(milliseconds.div_ceil(each)).unwrap_or(u32::MAX)
    };
    if blocks == 0 {
        let message = "a key that expires at once signs nothing";
        return Err(CliError::new(codes::KEY_BAD_RIGHTS, message).fix(["add --expires 1000"]));
    }
    Ok(now.saturating_add(1).saturating_add(blocks))
}

/// A time in milliseconds; days are written with `d`.
fn milliseconds(text: &str) -> Result<u64, CliError> {
    let hours = text.strip_suffix('d').and_then(|days| days.parse::<u64>().ok());
    let hours = hours.and_then(|days| days.checked_mul(24)).map(|hours| format!("{hours}h"));
    let time = duration::parse(hours.as_deref().unwrap_or(text))?;
    Ok(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// How long the last blocks took on average, in milliseconds.
fn block_time(chain: &mut Chain) -> Result<Option<u64>, CliError> {
    let last = chain.head()?.number;
    let first = last.saturating_sub(MEASURED_BLOCKS).max(1);
    let (Some(from), Some(to)) = (time_of(chain, first)?, time_of(chain, last)?) else {
        return Ok(None);
    };
    let blocks = u64::from(last.saturating_sub(first));
    Ok(to.saturating_sub(from).checked_div(blocks).filter(|each| *each > 0))
}

fn time_of(chain: &mut Chain, block: u32) -> Result<Option<u64>, CliError> {
    let Some(hash) = chain.block_hash(block)? else { return Ok(None) };
    let key = const_hex::encode_prefixed(row_prefix("Timestamp", "Now"));
    let value: Option<Bytes> = chain.read("state_getStorage", &[json!(key), Value::from(hash)])?;
    Ok(value.and_then(|Bytes(bytes)| bytes.try_into().ok()).map(u64::from_le_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_days() {
        assert_eq!(milliseconds("30d").unwrap(), 30 * 24 * 3_600_000);
        assert_eq!(milliseconds("8h").unwrap(), 8 * 3_600_000);
        for text in ["d", "1.5d", "soon", "99999999999999999999d"] {
            assert_eq!(milliseconds(text).unwrap_err().code, "CLI-012", "{text}");
        }
    }
}
