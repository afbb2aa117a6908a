//! `althing key export`: write the secret of an account's current key, in the clear.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::secret_file::SecretFile;
use crate::{
    ask::nobody,
    context::Context,
    keystore::{KeyName, KeystoreError},
    output::{Body, CliError, Reply, codes},
};

/// Arguments of `key export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key export carol --out carol.secret.json
  ALTHING_PASSWORD=... althing --yes key export carol --out carol.secret.json")]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
    /// File to create, readable by you only; without it the secret goes to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Write it. The password is always asked for, whatever else is unlocked.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let file = context.keystore()?.load(&KeyName::new(&arguments.name)?)?;
    let entry = file.current()?;
    confirm_name(file.name(), context)?;
    let password = context.ask.password(&mut context.out, file.name())?;
    let key = file.open(entry, &password)?;
    let secret = SecretFile::of(file.name(), file.address(), &key);

    let Some(path) = &arguments.out else {
        let text = secret.text()?;
        let data: Value = serde_json::from_str(&text).map_err(|source| {
            let path = PathBuf::from("standard output");
            KeystoreError::NotJson { path, source }
        })?;
        return Ok(Reply::new(data, Body::Text(text.to_string())));
    };
    secret.write(path)?;
    let shown = path.display().to_string();
    let data = json!({ "name": file.name(), "scheme": entry.scheme, "file": shown });
    Ok(Reply::new(data, Body::Text(shown))
        .hint("Whoever reads this file owns the account. Keep it off this machine."))
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
