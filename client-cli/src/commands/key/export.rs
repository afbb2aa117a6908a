//! `althing key export`: write the secret of one of an account's keys, in the clear.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::secret_file::SecretFile;
use crate::{
    ask::nobody,
    context::Context,
    keystore::{AccountFile, KeyEntry, KeyName, KeystoreError, Status},
    output::{Body, CliError, Reply, Warning, codes},
};

/// Arguments of `key export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key export carol --out carol.secret.json
  althing key export carol --handle 0x1f2e --out carol.first.secret.json
  ALTHING_PASSWORD=... althing --yes key export carol --out carol.secret.json")]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
    /// Which key, by the beginning of its handle; needed if the account has several
    #[arg(long, value_name = "HANDLE")]
    handle: Option<String>,
    /// File to create, readable by you only; without it the secret goes to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Write it. The password is always asked for, whatever else is unlocked.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let name = KeyName::new(&arguments.name)?;
    let file = keystore.load(&name)?;
    let path = keystore.folder().join(format!("{name}.json"));
    let entry = chosen(&file, arguments, &path)?;
    confirm_name(file.name(), context)?;
    let password = context.ask.password(&mut context.out, file.name())?;
    let key = file.open(entry, &password)?;
    let secret = SecretFile::of(file.name(), file.address(), &key);
    let left_out = left_out(&file, entry, &path);

    let Some(path) = &arguments.out else {
        let text = secret.text()?;
        let data: Value = serde_json::from_str(&text).map_err(|source| {
            let path = PathBuf::from("standard output");
            KeystoreError::NotJson { path, source }
        })?;
        let mut reply = Reply::new(data, Body::Text(text.to_string()));
        reply.warnings.extend(left_out);
        return Ok(reply);
    };
    secret.write(path)?;
    let shown = path.display().to_string();
    let data = json!({
        "name": file.name(),
        "scheme": entry.scheme,
        "handle": entry.handle,
        "file": shown,
    });
    let mut reply = Reply::new(data, Body::Text(shown));
    reply.warnings.extend(left_out);
    let others = signing(&file).filter(|one| one.handle != entry.handle).count();
    Ok(reply.hint(if others > 0 {
        format!(
            "The file holds one key; {others} more of the account stay out of it. Whoever reads it \
             signs with that key. Keep it off this machine."
        )
    } else {
        "Whoever reads this file owns the account. Keep it off this machine.".to_owned()
    }))
}

fn signing(file: &AccountFile) -> impl Iterator<Item = &KeyEntry> {
    file.keys().iter().filter(|entry| entry.status == Status::Current)
}

/// The key that is meant.
fn chosen<'a>(
    file: &'a AccountFile,
    arguments: &Arguments,
    path: &Path,
) -> Result<&'a KeyEntry, CliError> {
    let handle = |entry: &KeyEntry| entry.key_handle().0.to_string();
    let name = file.name();
    let found: Vec<&KeyEntry> = match &arguments.handle {
        Some(wanted) => {
            let wanted = wanted.to_ascii_lowercase();
            let all = file.keys().iter().filter(|entry| entry.status != Status::Reserve);
            all.filter(|entry| wanted.len() > 2 && handle(entry).starts_with(&wanted)).collect()
        }
        None => signing(file).collect(),
    };
    match (&found[..], &arguments.handle) {
        ([one], _) => Ok(one),
        ([], None) => Ok(file.current()?),
        (_, Some(wanted)) => {
            let count = if found.is_empty() { "no key" } else { "several keys" };
            let message = format!("{name} has {count} that {wanted:?} could mean");
            Err(CliError::new(codes::KEY_NO_SUCH, message)
                .fix([format!("althing key show {name}")]))
        }
        (several, None) => {
            let message = format!(
                "{name} has {} keys that sign, and one file holds one key: none alone may be enough. \
                 {} holds all of them under your password; else write each to a file of its own",
                several.len(),
                path.display()
            );
            let command = |entry: &&KeyEntry| {
                let (handle, scheme) = (handle(entry), &entry.scheme);
                let handle = handle.get(..10).unwrap_or(&handle);
                format!("althing key export {name} --handle {handle} --out {name}.{scheme}.json")
            };
            Err(CliError::new(codes::KEY_SEVERAL, message).fix(several.iter().map(command)))
        }
    }
}

/// What restores neither words nor this file.
fn left_out(file: &AccountFile, entry: &KeyEntry, path: &Path) -> Option<Warning> {
    let lost = |one: &&KeyEntry| {
        one.status == Status::Reserve && one.path.is_none() && one.handle != entry.handle
    };
    file.keys().iter().find(lost)?;
    let path = path.display();
    let message = "the reserve key, to which the account moves if its scheme falls, is not in this \
                   file, and no words restore it";
    let fix = vec![format!("keep a copy of {path}, which holds it under your password")];
    Some(Warning { fix, ..Warning::new(codes::KEY_WARN_NO_WORDS, message) })
}

fn confirm_name(name: &str, context: &mut Context) -> Result<(), CliError> {
    let ask = context.ask;
    if ask.yes {
        return Ok(());
    }
    if !ask.possible {
        return Err(nobody("the name must be typed before a secret is shown", "--yes"));
    }
    let typed = ask.line(&mut context.out, "This shows a secret. Type the account's name: ")?;
    if typed.trim() == name {
        return Ok(());
    }
    Err(CliError::new(codes::KEY_NAME_NOT_TYPED, format!("the name typed is not {name:?}")))
}
