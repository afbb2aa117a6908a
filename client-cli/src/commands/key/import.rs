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
use crate::reserve::{Reserve, ReserveRoot};
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
  althing key import carol2 --scheme ml-dsa-65 --index 1 --address 5Grw... < words.txt
  althing key import carol3 --escaped 1 --address 5Grw... < words.txt

Words restore the reserve key too. After an escape it is the account's key: say with --escaped how
often the account escaped, and which account it is.")]
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
    /// How often the account escaped: then the reserve key signs for it
    #[arg(long, value_name = "N", requires = "address", conflicts_with_all = ["scheme", "index"],
          value_parser = clap::value_parser!(u32).range(1..))]
    escaped: Option<u32>,
    /// A file that `key export` wrote, instead of words on standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["index", "escaped"])]
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
    let restored = match (&arguments.secret_file, arguments.escaped) {
        (Some(path), _) => from_file(SecretFile::read(path)?, arguments)?,
        (None, Some(escapes)) => escaped(escapes, context)?,
        (None, None) => from_words(arguments, context)?,
    };
    let key = &restored.key;
    let account = restored.account;
    let account = match &arguments.address {
        Some(text) => parse_address(text)?,
        None => account,
    };

    let (file, path) = keep(&name, (&restored, account), arguments, context)?;
    let mut data = account_json(&file);
    data["scheme"] = key.scheme().name().into();
    data["handle"] = key.handle().0.to_string().into();
    data["file"] = json!(path.map(|path| path.display().to_string()));
    let mut reply = Reply::new(data, Body::Text(file.address().to_owned()));
    reply.warnings.extend([hides, words_warning(key)].into_iter().flatten());
    Ok(reply)
}

/// What an import brings.
struct Restored {
    key: Key,
    account: AccountId,
    /// The key was itself made as a reserve.
    was_reserve: Option<Reserve>,
    reserve: Option<Reserve>,
}

fn keep(
    name: &KeyName,
    (restored, account): (&Restored, AccountId),
    arguments: &Arguments,
    context: &mut Context,
) -> Result<(AccountFile, Option<PathBuf>), CliError> {
    let password = context.ask.new_password(&mut context.out)?;
    let mut file = AccountFile::new(name, account);
    let hardness = arguments.sealing.kdf;
    match &restored.was_reserve {
        Some(reserve) => {
            file.add_reserve(reserve, &password, hardness)?;
            file.mark(restored.key.handle(), Status::Current)?;
        }
        None => file.add(&restored.key, Status::Current, &password, hardness)?,
    }
    if let Some(reserve) = &restored.reserve {
        file.add_reserve(reserve, &password, hardness)?;
    }
    if context.global.dry_run {
        context.out.hint("nothing was written (--dry-run)");
        return Ok((file, None));
    }
    let path = context.keystore()?.create(&file)?;
    Ok((file, Some(path)))
}

fn from_words(arguments: &Arguments, context: &mut Context) -> Result<Restored, CliError> {
    let name = arguments.scheme.as_deref().unwrap_or(super::new::DEFAULT_SCHEME);
    let scheme = scheme_for(name, &Learning::default(), context)?;
    if scheme.sizes().seed.is_none() {
        let error = crate::derive::DeriveError::NoSeed { scheme: scheme.name() };
        return Err(error.into());
    }
    let words = read(context)?;
    let key = Key::from_words(scheme, &words, arguments.index)?;
    let account = key.account();
    let reserve = Some(ReserveRoot::from_words(&words)?.reserve(0)?);
    Ok(Restored { key, account, was_reserve: None, reserve })
}

/// The reserve that an account of these words escaped to, and the one after it.
fn escaped(escapes: u32, context: &mut Context) -> Result<Restored, CliError> {
    let root = ReserveRoot::from_words(&read(context)?)?;
    let used = root.reserve(escapes.saturating_sub(1))?;
    let reserve = Some(used.following()?);
    let key = root.reserve(used.index)?.key;
    Ok(Restored { account: key.account(), key, was_reserve: Some(used), reserve })
}

fn read(context: &mut Context) -> Result<Words, CliError> {
    let text = context.ask.input(&mut context.out, "The 24 words: ", WORDS_BYTES_MAX)?;
    Ok(Words::parse(&text)?)
}

fn from_file(secret: SecretFile, arguments: &Arguments) -> Result<Restored, CliError> {
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
    let key = secret.key()?;
    Ok(Restored { key, account, was_reserve: None, reserve: None })
}

fn parse_address(text: &str) -> Result<AccountId, CliError> {
    let (account, _) = from_ss58(text).map_err(|error| {
        CliError::new(codes::BAD_ADDRESS, format!("{text:?} is not an address: {error}"))
    })?;
    Ok(account)
}
