//! `althing key rotate`: put a new key in the place of the current one. The address stays.
//!
//! The old key authorises, the new one proves that it works: it signs `specs/accounts.md`'s message
//! of possession. The new key is on the disk before anything is sent, so no crash loses it; it
//! becomes the current one when the rotation is in a block.

use althing_crypto::{Purpose, domain};
use althing_primitives::Hash256;
use parity_scale_codec::Encode as _;
use scale_value::Value;
use serde_json::json;

use super::{
    Sealing,
    new::{WORDS_BYTES_MAX, hand_over},
    scheme::{Learning, scheme_for},
    words_warning,
};
use crate::{
    chain::Chain,
    context::Context,
    derive::Words,
    key::Key,
    keystore::{KeyName, Status},
    output::{CliError, Reply, Warning, codes},
    transact::{Intent, Outcome, Sender, prepare},
    wording,
};

/// Arguments of `key rotate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key rotate carol --to-scheme ml-dsa-65
  althing --json --yes key rotate bot --to-scheme slh-dsa-sha2-128s
  althing key rotate carol --to-scheme ml-dsa-44 --from-words < words.txt")]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
    /// Signature scheme of the new key
    #[arg(long, value_name = "NAME")]
    to_scheme: String,
    /// Make the new key from the words you have, read from standard input, instead of new ones
    #[arg(long)]
    from_words: bool,
    /// Which key of the words
    #[arg(long, default_value_t = 0, value_name = "N", requires = "from_words")]
    index: u32,
    #[command(flatten)]
    sealing: Sealing,
}

/// Rotate.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let name = KeyName::new(&arguments.name)?;
    let keystore = context.keystore()?;
    keystore.load(&name)?;
    context.global.account = Some(arguments.name.clone());
    let mut chain = context.chain()?;
    let sender = Sender::find(context, &mut chain)?;
    if sender.on_chain.keys.is_empty() {
        let message = format!("{name} has no key on the chain yet, so there is none to replace");
        return Err(CliError::new(codes::KEY_NOT_ENROLLED, message)
            .fix([format!("althing --account {name} send {name} 1")])
            .nothing_sent());
    }
    // The file may have caught up with an earlier rotation while the sender was looked for.
    let mut file = keystore.load(&name)?;
    let new = make_key(arguments, context)?;
    if file.keys().iter().any(|entry| entry.handle.0 == new.key.handle().0.0) {
        let message = format!("{name} had this key before; a key that was replaced stays so");
        let command = format!("althing key rotate {name} --to-scheme {}", arguments.to_scheme);
        return Err(CliError::new(codes::KEY_USED, message)
            .fix([format!("{command} --from-words --index 1"), command])
            .nothing_sent());
    }
    let call = encode(&mut chain, &sender, &new.key)?;
    let (old, account) = (sender.scheme.name(), sender.account);
    let intent = Intent {
        call,
        what: format!("rotate the key of {name} from {old} to {}", new.key.scheme().name()),
        effects: effects(&sender, &new.key),
    };
    let ready = prepare(context, &mut chain, sender, intent)?;
    if context.global.dry_run {
        let data =
            json!({ "name": name, "from_scheme": old, "to_scheme": new.key.scheme().name() });
        return Outcome::Tried(ready).reply(&mut chain, data, "");
    }
    ready.confirm(context)?;
    let password = context.ask.password(&mut context.out, name.as_str())?;
    let current = file.open(file.current()?, &password)?;
    let shown = match &new.words {
        Some(words) => hand_over(words, context)?,
        None => Vec::new(),
    };
    file.add(&new.key, Status::Next, &password, arguments.sealing.kdf)?;
    keystore.replace(&file)?;

    let outcome = ready.send_with(&current, context, &mut chain)?;
    let mut pending = None;
    if outcome.placed().is_none() {
        let message = "the rotation is on its way; the new key signs once it is in a block";
        pending = Some(Warning::new(codes::KEY_WARN_PENDING, message));
    } else {
        let promoted = file.promote(new.key.handle()).and_then(|()| keystore.replace(&file));
        promoted.map_err(|error| outcome.then(error.into()))?;
    }
    let data = json!({
        "name": name,
        "address": chain.address(&account),
        "from_scheme": old,
        "to_scheme": new.key.scheme().name(),
        "handle": new.key.handle().0.to_string(),
        "restorable_from_words": new.key.path().is_some(),
    });
    let text = chain.address(&account);
    let mut reply = outcome.reply(&mut chain, data, text)?;
    reply.warnings.extend([words_warning(&new.key), pending].into_iter().flatten());
    reply.warnings.extend(shown);
    Ok(reply.hint(format!("The old key is dead. Check the new words: althing key check {name}")))
}

struct NewKey {
    key: Key,
    /// Words nobody has seen yet.
    words: Option<Words>,
}

fn make_key(arguments: &Arguments, context: &mut Context) -> Result<NewKey, CliError> {
    let scheme = scheme_for(&arguments.to_scheme, &Learning::default(), context)?;
    if arguments.from_words {
        let text = context.ask.input(&mut context.out, "Words: ", WORDS_BYTES_MAX)?;
        let words = Words::parse(&text)?;
        return Ok(NewKey { key: Key::from_words(scheme, &words, arguments.index)?, words: None });
    }
    if scheme.sizes().seed.is_none() {
        return Ok(NewKey { key: Key::random(scheme)?, words: None });
    }
    let words = Words::generate()?;
    Ok(NewKey { key: Key::from_words(scheme, &words, 0)?, words: Some(words) })
}

fn encode(chain: &mut Chain, sender: &Sender, new: &Key) -> Result<Vec<u8>, CliError> {
    let genesis = chain.genesis()?;
    let proof = new.sign(&possession(&genesis, sender, new))?;
    let fields = [
        ("replace", Value::from_bytes(sender.handle.0.0)),
        ("scheme", Value::u128(new.scheme().id().0.into())),
        ("public", Value::from_bytes(new.public())),
        ("proof", Value::from_bytes(proof)),
    ];
    Ok(chain.metadata()?.encode_call("Accounts", "rotate", fields)?)
}

/// The bytes that a new key signs: the domain tag, then genesis, account, its rotation nonce, the
/// scheme and the public key with its length.
fn possession(genesis: &Hash256, sender: &Sender, new: &Key) -> Vec<u8> {
    let mut bytes = domain(Purpose::RotatePop).to_vec();
    let nonce = sender.on_chain.rotation_nonce;
    (genesis, sender.account, nonce, new.scheme().id(), new.public()).encode_to(&mut bytes);
    bytes
}

fn effects(sender: &Sender, new: &Key) -> Vec<(&'static str, String)> {
    let key = |scheme: &str, handle: String| format!("{scheme} {}", wording::short(&handle));
    vec![
        ("old key", key(sender.scheme.name(), sender.handle.0.to_string())),
        ("new key", key(new.scheme().name(), new.handle().0.to_string())),
        ("stays", "address, balance, locks, ballots and proposals".to_owned()),
        ("then", "the old key is dead for good".to_owned()),
    ]
}
