//! `althing annex reveal`: let everyone read an annex.
//!
//! The call carries the content key, so even asking a node what the call would do gives it away. It
//! is made after the member has agreed, and never for a dry run or a file.

use althing_crypto::seal::{CONTENT_KEY_BYTES, OpenError};
use scale_value::Value;
use serde_json::json;

use super::{find, purpose};
use crate::{
    chain::Chain,
    context::Context,
    encryption::Holder,
    output::{Body, CliError, Reply, codes},
    transact::{Intent, Sender, perform, prepare},
};

/// The chain's refusal of a key that the annex does not commit to (E9).
const WRONG_KEY: &str = "ENC-117";

/// Arguments of `annex reveal`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice annex reveal 7
  althing --account alice --yes --json annex reveal 7")]
pub struct Arguments {
    /// Number of the referendum
    #[arg(value_name = "INDEX")]
    index: u32,
}

/// Reveal it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    if context.global.unsigned.is_some() {
        let message =
            "an annex is not revealed through a file: whoever carries it could read the annex";
        return Err(CliError::new(codes::SEAL_NOT_TO_FILE, message).nothing_sent());
    }
    let referendum = arguments.index;
    let mut chain = context.chain()?;
    let (_, envelope) = find(&mut chain, referendum)?;
    let holder = Holder::of(envelope.header(), context, &chain)?;
    let sender = Sender::find(context, &mut chain)?;
    let own = holder.unlock(context)?;
    let opener = own.opener(holder.account)?;
    let key = envelope.content_key(&opener, chain.genesis()?, purpose(referendum))?;
    if !envelope.is_content_key(&key) {
        return Err(OpenError::Damaged.into());
    }
    let what = format!("reveal the annex of referendum {referendum}");
    try_without_the_key(context, &mut chain, &sender, (referendum, &what))?;
    let data = json!({ "referendum": referendum, "dry_run": context.global.dry_run });
    if context.global.dry_run {
        let facts = vec![
            ("annex", format!("the key here opens the annex of referendum {referendum}")),
            ("sent", "nothing: a node that is asked about the key has the key".to_owned()),
        ];
        return Ok(Reply::new(data, Body::Facts(facts)).on(chain.tag()));
    }
    let question = format!("Let everyone read the annex of referendum {referendum}?");
    context.ask.confirm(&mut context.out, &question).map_err(CliError::nothing_sent)?;
    let call = encode(&mut chain, referendum, &key)?;
    let effects =
        vec![("then", "everyone can read the annex, and nobody can take that back".to_owned())];
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    outcome.reply(&mut chain, data, referendum.to_string())
}

/// Everything that may stand against it, found out with a key that opens nothing: the chain looks at
/// the key last.
fn try_without_the_key(
    context: &mut Context,
    chain: &mut Chain,
    sender: &Sender,
    (referendum, what): (u32, &str),
) -> Result<(), CliError> {
    let call = encode(chain, referendum, &[0; CONTENT_KEY_BYTES])?;
    let intent = Intent { call, what: what.to_owned(), effects: Vec::new() };
    match prepare(context, chain, sender.clone(), intent) {
        Err(error) if error.code != WRONG_KEY => Err(error),
        Err(_) | Ok(_) => Ok(()),
    }
}

fn encode(
    chain: &mut Chain,
    referendum: u32,
    key: &[u8; CONTENT_KEY_BYTES],
) -> Result<Vec<u8>, CliError> {
    let fields = [("referendum", Value::u128(referendum.into())), ("key", Value::from_bytes(key))];
    Ok(chain.metadata()?.encode_call("Encryption", "reveal", fields)?)
}
