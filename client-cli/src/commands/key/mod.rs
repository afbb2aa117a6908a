//! `althing key`: make, list and move the keys of this wallet, and change who controls an account.
//! Making, moving and showing keys needs no node.

mod add;
mod cancel;
pub(crate) mod change;
mod check;
mod commit_next;
mod encryption;
mod escape;
mod export;
mod health;
mod import;
mod list;
pub(crate) mod made;
mod new;
mod policy;
mod remove;
mod rotate;
mod scheme;
pub mod secret_file;
mod show;
pub(crate) mod way_out;

use althing_crypto::signing::SigningScheme;
use serde_json::{Value, json};

use crate::{
    context::Context,
    key::{Key, SecretKind},
    keystore::{
        AccountFile, Hardness, KeyEntry, KeyName, Keystore, KeystoreError, Status, create_private,
        create_private_folder,
    },
    output::{CliError, Reply, Warning, codes},
};

pub(crate) use new::DEFAULT_SCHEME;
pub(crate) use remove::scheme_of;

/// What can be done with keys.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a key and the account it controls
    New(new::Arguments),
    /// List the accounts of this wallet; no password needed
    List(list::Arguments),
    /// Take over a key from 24 words or a secret file
    Import(import::Arguments),
    /// Write the secret of an account's current key
    Export(export::Arguments),
    /// Show an account and all its keys; no password needed
    Show(show::Arguments),
    /// Put a new key, or two that sign together, in the place of the current one; the address stays
    Rotate(rotate::Arguments),
    /// Add a key that may only vote, send a little, or act for a time
    Add(add::Arguments),
    /// Take a key away from an account
    Remove(remove::Arguments),
    /// Show who controls an account, in plain words
    Policy(policy::Arguments),
    /// Commit an account to its reserve key, for when its scheme falls
    CommitNext(commit_next::Arguments),
    /// Move an account to its reserve key, even if its scheme is frozen or retired
    Escape(escape::Arguments),
    /// Stop a change of keys that waits
    Cancel(cancel::Arguments),
    /// Check the keys of this wallet against the chain, or words against the keys
    Check(check::Arguments),
    /// Keys that others seal files and annexes to
    #[command(subcommand)]
    Encryption(encryption::Command),
}

/// Run one of them.
pub fn run(command: Command, context: &mut Context) -> Result<Reply, CliError> {
    match command {
        Command::New(arguments) => new::run(&arguments, context),
        Command::List(_) => list::run(context),
        Command::Import(arguments) => import::run(&arguments, context),
        Command::Export(arguments) => export::run(&arguments, context),
        Command::Show(arguments) => show::run(&arguments, context),
        Command::Rotate(arguments) => rotate::run(&arguments, context),
        Command::Add(arguments) => add::run(&arguments, context),
        Command::Remove(arguments) => remove::run(&arguments, context),
        Command::Policy(arguments) => policy::run(&arguments, context),
        Command::CommitNext(arguments) => commit_next::run(&arguments, context),
        Command::Escape(arguments) => escape::run(&arguments, context),
        Command::Cancel(arguments) => cancel::run(&arguments, context),
        Command::Check(arguments) => check::run(&arguments, context),
        Command::Encryption(command) => encryption::run(&command, context),
    }
}

/// Flags of commands that write a secret.
#[derive(Debug, clap::Args)]
pub(crate) struct Sealing {
    /// How hard guessing the password is made; light is for tests
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    pub(crate) kdf: Hardness,
}

/// A name that is free, with a warning when it hides a dev member.
pub(crate) fn free_name(
    context: &Context,
    text: &str,
) -> Result<(KeyName, Option<Warning>), CliError> {
    let name = KeyName::new(text)?;
    if context.keystore()?.contains(&name) {
        return Err(crate::keystore::KeystoreError::Exists { name: name.to_string() }.into());
    }
    let hides = althing_crypto::signing::DevMember::named(text).map(|_| {
        let message = format!("{text} now means this key, not the dev member of that name");
        Warning::new(codes::KEY_WARN_DEV_NAME, message)
    });
    Ok((name, hides))
}

/// Refuse before words are shown whose keys could not be kept.
pub(crate) fn must_be_writable(keystore: &Keystore) -> Result<(), CliError> {
    let folder = keystore.folder();
    let path = folder.join(format!(".{}.draft", std::process::id()));
    let tried = create_private_folder(folder)
        .and_then(|()| create_private(&path))
        .and_then(|_| std::fs::remove_file(&path));
    tried.map_err(|source| KeystoreError::Io { action: "create", path, source }.into())
}

/// Warn of a scheme whose state keeps accounts from beginning with a key of it. Keys are made
/// without a node too: then nobody knows.
pub(crate) fn state_warning(scheme: &dyn SigningScheme, context: &Context) -> Option<Warning> {
    let registry = way_out::Registry::read(&mut context.chain().ok()?).ok()?;
    let (id, name) = (scheme.id().0, scheme.name());
    let state = registry.state(id);
    let message = match state {
        "active" | "trial" | "unknown" => return None,
        "broken" => format!("{name} was proved to be broken: take another scheme"),
        "proposed" => format!("{name} is not in use yet: an account of this key can do nothing"),
        "deprecated" => format!(
            "{name} is deprecated: all that an account of this key can do is to change to another \
             key. Take another scheme"
        ),
        _ => format!(
            "{name} is {state}: an account of this key can do nothing, and what is sent to it may \
             be lost. Take another scheme"
        ),
    };
    Some(Warning::new(codes::KEY_WARN_SCHEME, message))
}

/// Why no words restore the key, if none do.
pub(crate) fn words_warning(key: &Key) -> Option<Warning> {
    let scheme = key.scheme().name();
    (key.material().kind == SecretKind::Expanded).then(|| {
        let message = format!("keys of {scheme} have no seed: no words restore this one");
        Warning::new(codes::KEY_WARN_NO_WORDS, message)
    })
}

/// The account as programs see it.
pub(crate) fn account_json(file: &AccountFile) -> Value {
    json!({
        "name": file.name(),
        "address": file.address(),
        "account_id": const_hex::encode_prefixed(file.account().0),
        "created": file.created(),
        "keys": file.keys().iter().map(key_json).collect::<Vec<_>>(),
    })
}

fn key_json(entry: &KeyEntry) -> Value {
    json!({
        "scheme": entry.scheme,
        "handle": entry.handle,
        "status": entry.status.as_str(),
        "commitment": entry.commitment().map(|hash| hash.to_string()),
        "path": entry.path,
        "created": entry.created,
        "public_key": entry.public_key,
    })
}

/// Scheme and handle of the current key, or of the first one if none is current.
fn main_key(file: &AccountFile) -> Option<&KeyEntry> {
    let current = file.keys().iter().find(|entry| entry.status == Status::Current);
    current.or_else(|| file.keys().first())
}
