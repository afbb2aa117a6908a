//! `althing key import`: take over a key from its words or its secret file.

use std::path::PathBuf;

use althing_primitives::{AccountId, from_ss58};
use serde_json::json;

use super::{
    Sealing, account_json, free_name,
    new::WORDS_BYTES_MAX,
    scheme::{Learning, scheme_for},
    secret_file::SecretFile,
    words_warning,
};
use crate::{
    context::Context,
    derive::Words,
    key::Key,
    keystore::{AccountFile, KeyName, Status},
    output::{Body, CliError, Reply, codes},
};

/// Arguments of `key import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key import carol --scheme ml-dsa-65 < words.txt
  althing key import dave --secret-file dave.secret.json
  althing key import carol2 --scheme ml-dsa-65 --index 1 --address 5Grw... < words.txt")]
pub struct Arguments {
    /// What to call it: 1 to 32 of the characters a-z 0-9 - _
    #[arg(value_name = "NAME")]
    name: String,
    /// Signature scheme; a secret file names its own
    #[arg(long, value_name = "NAME")]
    scheme: Option<String>,
    /// Which key of the words
    #[arg(long, default_value_t = 0, value_name = "N")]
    index: u32,
    /// A file that `key export` wrote, instead of words on standard input
    #[arg(long, value_name = "FILE", conflicts_with = "index")]
    secret_file: Option<PathBuf>,
    /// Account that the key controls, if it is not the one the key creates
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    #[command(flatten)]
    sealing: Sealing,
}

/// Take it over.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let (name, hides) = free_name(context, &arguments.name)?;
    let (key, account) = if let Some(path) = &arguments.secret_file {
        from_file(SecretFile::read(path)?, arguments)?
    } else {
        let key = from_words(arguments, context)?;
        let account = key.account();
        (key, account)
    };
    let account = match &arguments.address {
        Some(text) => parse_address(text)?,
        None => account,
    };

    let (file, path) = keep(&name, &key, account, arguments, context)?;
    let mut data = account_json(&file);
    data["scheme"] = key.scheme().name().into();
    data["handle"] = key.handle().0.to_string().into();
    data["file"] = json!(path.map(|path| path.display().to_string()));
    let mut reply = Reply::new(data, Body::Text(file.address().to_owned()));
    reply.warnings.extend([hides, words_warning(&key)].into_iter().flatten());
    Ok(reply)
}

fn keep(
    name: &KeyName,
    key: &Key,
    account: AccountId,
    arguments: &Arguments,
    context: &mut Context,
) -> Result<(AccountFile, Option<PathBuf>), CliError> {
    let password = context.ask.new_password(&mut context.out)?;
    let mut file = AccountFile::new(name, account);
    file.add(key, Status::Current, &password, arguments.sealing.kdf)?;
    if context.global.dry_run {
        context.out.hint("nothing was written (--dry-run)");
        return Ok((file, None));
    }
    let path = context.keystore()?.create(&file)?;
    Ok((file, Some(path)))
}

fn from_words(arguments: &Arguments, context: &mut Context) -> Result<Key, CliError> {
    let name = arguments.scheme.as_deref().unwrap_or(super::new::DEFAULT_SCHEME);
    let scheme = scheme_for(name, &Learning::default(), context)?;
    if scheme.sizes().seed.is_none() {
        let error = crate::derive::DeriveError::NoSeed { scheme: scheme.name() };
        return Err(error.into());
    }
    let text = context.ask.input(&mut context.out, "The 24 words: ", WORDS_BYTES_MAX)?;
    Ok(Key::from_words(scheme, &Words::parse(&text)?, arguments.index)?)
}

fn from_file(secret: SecretFile, arguments: &Arguments) -> Result<(Key, AccountId), CliError> {
    if let Some(asked) = &arguments.scheme
        && !asked.eq_ignore_ascii_case(&secret.scheme)
    {
        let found = &secret.scheme;
        let message = format!("the secret file is for {found}, not for {asked}");
        return Err(
            CliError::new(codes::KEY_BAD_SECRET, message).fix([format!("--scheme {found}")])
        );
    }
    let account = parse_address(&secret.address)?;
    Ok((secret.key()?, account))
}

fn parse_address(text: &str) -> Result<AccountId, CliError> {
    let (account, _) = from_ss58(text).map_err(|error| {
        CliError::new(codes::BAD_ADDRESS, format!("{text:?} is not an address: {error}"))
    })?;
    Ok(account)
}
