//! `althing key encryption new`: make an encryption key, from the account's words where the KEM
//! takes seeds.

use althing_crypto::{Kem, signing::DevMember};
use serde_json::json;

use super::{super::new::WORDS_BYTES_MAX, of_dev_member};
use crate::{
    context::Context,
    derive::Words,
    encryption::{DEFAULT_KEM, EncryptionFile, EncryptionKey, EncryptionStore, kem_named},
    environment,
    key::Key,
    keystore::{AccountFile, Hardness, KeyName},
    output::{Body, CliError, Reply, Warning, codes},
};

/// Arguments of `key encryption new`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key encryption new carol
  althing --json key encryption new carol --index 1 < words.txt
  althing key encryption new bot --random
  althing key encryption new old --kem kyber-768-r3")]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
    /// Key encapsulation scheme
    #[arg(long, default_value = DEFAULT_KEM, value_name = "NAME")]
    kem: String,
    /// Which key of the words, which are read from standard input
    #[arg(long, default_value_t = 0, value_name = "N", conflicts_with = "random")]
    index: u32,
    /// A key that no words restore
    #[arg(long)]
    random: bool,
    /// How hard guessing the password is made; light is for tests
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    kdf: Hardness,
}

/// Make it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let kem = kem_named(&arguments.kem)?;
    let name = KeyName::new(&arguments.name)?;
    let keystore = context.keystore()?;
    if let (false, Some(member)) = (keystore.contains(&name), DevMember::named(&arguments.name)) {
        return dev_member(member, kem);
    }
    let account = keystore.load(&name)?;
    let (key, warning) = make(arguments, kem, &account, context)?;
    let handle = key.handle()?.0.to_string();
    let mut data = json!({
        "name": name,
        "kem": kem.name(),
        "handle": handle,
        "path": key.path,
        "restorable_from_words": key.path.is_some(),
        "public_knowledge": false,
    });
    if context.global.dry_run {
        data["dry_run"] = true.into();
        return Ok(Reply::new(data, Body::Nothing).hint("nothing was written (--dry-run)"));
    }
    let password = context.ask.password(&mut context.out, name.as_str())?;
    // One password for all of an account's secrets: the one that opens its key.
    account.open(account.current()?, &password)?;
    let store = EncryptionStore::at(&environment::home()?);
    let file = store.load(&name)?;
    let mut file = file.unwrap_or_else(|| EncryptionFile::new(&name, account.account()));
    file.add(&key, &password, arguments.kdf)?;
    data["file"] = store.save(&file)?.display().to_string().into();
    let mut reply = Reply::new(data, Body::Text(handle));
    reply.warnings.extend(warning);
    let next = format!("Next: althing --account {name} key encryption publish");
    Ok(reply.hint(next))
}

fn dev_member(member: &DevMember, kem: &dyn Kem) -> Result<Reply, CliError> {
    let key = of_dev_member(&EncryptionKey::of_dev_member(member)?)?;
    if key.kem != kem.id() {
        let message = format!("dev members have one encryption key, under {}", key.kem_name);
        return Err(CliError::new(codes::KEY_UNKNOWN_SCHEME, message)
            .fix([format!("althing key encryption new {}", member.name)]));
    }
    let mut data = key.json();
    data["name"] = member.name.into();
    let message = format!("the encryption key of {} is part of this program", member.name);
    let next = format!("Next: althing --account {} key encryption publish", member.name);
    Ok(Reply::new(data, Body::Text(key.handle().0.to_string()))
        .warn(Warning::new(codes::KEY_WARN_DEV_KEY, message))
        .hint(next))
}

/// From the account's words, or random where there are none or none are wanted.
fn make(
    arguments: &Arguments,
    kem: &'static dyn Kem,
    account: &AccountFile,
    context: &mut Context,
) -> Result<(EncryptionKey, Option<Warning>), CliError> {
    let why = if kem.sizes().seed.is_none() {
        Some(format!("keys of {} have no seed: no words restore this one", kem.name()))
    } else if !account.keys().iter().any(|entry| entry.path.is_some()) {
        Some(format!("{} has no words, so none restore this key", account.name()))
    } else if arguments.random {
        Some("a random key was asked for: no words restore it".to_owned())
    } else {
        None
    };
    if let Some(why) = why {
        let fix = format!("keep a copy of encryption/{}.json and its password", account.name());
        let mut warning = Warning::new(codes::KEY_WARN_NO_WORDS, why);
        warning.fix = vec![fix];
        return Ok((EncryptionKey::random(kem)?, Some(warning)));
    }
    let prompt = format!("Words of {}: ", account.name());
    let text = context.ask.input(&mut context.out, &prompt, WORDS_BYTES_MAX)?;
    let words = Words::parse(&text)?;
    if !restore_a_key(&words, account)? {
        let message = format!("these are not the words of {}", account.name());
        return Err(CliError::new(codes::KEY_CHECK_FAILED, message));
    }
    Ok((EncryptionKey::from_words(kem, &words, arguments.index)?, None))
}

/// Whether the words make one of the account's keys: a key from other words would be lost with them.
fn restore_a_key(words: &Words, account: &AccountFile) -> Result<bool, CliError> {
    for entry in account.keys() {
        let index = entry.path.as_deref().and_then(|path| path.rsplit('/').next());
        let Some(index) = index.and_then(|index| index.parse().ok()) else { continue };
        let key = Key::from_words(entry.key_scheme()?, words, index)?;
        if key.public() == entry.public_key.0 {
            return Ok(true);
        }
    }
    Ok(false)
}
