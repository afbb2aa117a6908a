//! `althing propose`: ask the members a question whose answer is a call.

mod call;
mod crypto;
mod treasury_spend;

use althing_primitives::blake2_256;
use scale_value::{Composite, Value};
use serde_json::{Value as Json, json};

use crate::{
    amount,
    chain::{Chain, DecodedEvent, replies::Track},
    context::Context,
    near::nearest,
    output::{CliError, Reply, codes},
    transact::{Intent, Outcome, Sender, perform, perform_quoted, quote},
    wording,
};

/// The longest call that a proposal carries itself; a longer one is noted first.
const INLINE_BYTES_MAX: usize = 128;
const TITLE_BYTES_MAX: usize = 128;

/// What can be asked.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Pay someone from the common funds
    TreasurySpend(treasury_spend::Arguments),
    /// Change which cryptography is in use
    #[command(subcommand)]
    Crypto(crypto::Command),
    /// Any call of the chain
    Call(call::Arguments),
}

/// Flags of every proposal.
#[derive(Debug, clap::Args)]
pub(super) struct Asking {
    /// What people will call it, at most 128 bytes
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// Blocks between approval and enactment, if more than the track's least
    #[arg(long, default_value_t = 0, value_name = "BLOCKS")]
    enact_after: u32,
    /// Leave the decision deposit to someone else
    #[arg(long)]
    deposit_later: bool,
}

/// Run one of them.
pub fn run(command: &Command, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    match command {
        Command::TreasurySpend(arguments) => treasury_spend::run(arguments, context),
        Command::Crypto(command) => crypto::run(command, context),
        Command::Call(arguments) => call::run(arguments, context),
    }
}

/// A call to be decided on.
struct Question<'a> {
    asking: &'a Asking,
    /// Name of the track.
    track: String,
    /// The call.
    call: Vec<u8>,
    /// The call in words.
    what: String,
    /// What the command adds to its answer.
    data: Json,
}

/// Submit it, after noting the call if it is too long to travel inside.
fn submit(
    question: Question<'_>,
    context: &mut Context,
    chain: &mut Chain,
) -> Result<Reply, CliError> {
    let Question { asking, call, what, mut data, .. } = question;
    let title = &asking.title;
    if title.is_empty() || title.len() > TITLE_BYTES_MAX {
        let message =
            format!("the title has {} bytes, it may have 1 to {TITLE_BYTES_MAX}", title.len());
        return Err(CliError::new(codes::BAD_TITLE, message).nothing_sent());
    }
    let track = track_named(chain, &question.track)?;
    let noted =
        if call.len() > INLINE_BYTES_MAX { note(context, chain, &call)? } else { Noted::No };
    if let Noted::Tried(reply) = noted {
        return Ok(*reply);
    }
    let submission = encode(chain, asking, &track, &call)?;
    let what = format!("ask the members \"{title}\": {what}");
    let sender = Sender::find(context, chain)?;
    let quote = quote(chain, &sender, &submission)?;
    let effects = effects(&track, asking, &quote.events);
    let intent = Intent { call: submission, what, effects };
    let outcome = perform_quoted(context, chain, sender, intent, quote)?;
    let index = number(&outcome);
    data["referendum"] = json!(index);
    data["track"] = track.name.as_str().into();
    data["title"] = title.as_str().into();
    data["call"] = const_hex::encode_prefixed(&call).into();
    if let Noted::Yes(transaction) = noted {
        data["preimage_transaction"] = transaction;
    }
    let shown = index.map(|index| index.to_string()).unwrap_or_default();
    let reply = outcome.reply(chain, data, shown.as_str())?;
    Ok(if index.is_some() {
        reply.hint(format!("Next: althing referendum watch {shown}"))
    } else {
        reply
    })
}

fn encode(
    chain: &mut Chain,
    asking: &Asking,
    track: &Track,
    call: &[u8],
) -> Result<Vec<u8>, CliError> {
    let proposal = if call.len() <= INLINE_BYTES_MAX {
        Value::unnamed_variant("Inline", [Value::from_bytes(call)])
    } else {
        let hash = Value::from_bytes(blake2_256(call).0);
        let length = Value::u128(call.len() as u128);
        Value::variant("Preimage", Composite::named([("hash", hash), ("len", length)]))
    };
    let decision = if asking.deposit_later { "Later" } else { "Now" };
    let enactment = Value::unnamed_variant("After", [Value::u128(asking.enact_after.into())]);
    let fields = [
        ("track", Value::unnamed_variant(variant_name(&track.name), [])),
        ("proposal", proposal),
        ("enactment", enactment),
        ("title", Value::from_bytes(asking.title.as_bytes())),
        ("decision", Value::unnamed_variant(decision, [])),
    ];
    Ok(chain.metadata()?.encode_call("Referenda", "submit", fields)?)
}

/// The number that the chain gave the referendum.
fn number(outcome: &Outcome) -> Option<u32> {
    let placed = outcome.placed()?;
    u32::try_from(submitted(&placed.events)?.number("index")?).ok()
}

fn submitted(events: &[DecodedEvent]) -> Option<&DecodedEvent> {
    events.iter().find(|event| event.is("Referenda", "Submitted"))
}

/// What asking takes: it rises with the number of open referenda, so only the chain knows.
fn to_ask(track: &Track, events: &[DecodedEvent]) -> String {
    match submitted(events).and_then(|event| event.number("deposit")) {
        Some(deposit) => amount::to_text_with_unit(deposit),
        None => format!("at least {}", amount::to_text_with_unit(track.submission_deposit.0)),
    }
}

fn effects(track: &Track, asking: &Asking, events: &[DecodedEvent]) -> Vec<(&'static str, String)> {
    let asked = to_ask(track, events);
    let decided = amount::to_text_with_unit(track.decision_deposit.0);
    let decided = if asking.deposit_later {
        format!("{decided} by someone, before it can be decided")
    } else {
        format!("{decided} to have it decided")
    };
    let blocks = |number: u32| wording::count(number);
    vec![
        ("track", track.name.clone()),
        (
            "set aside",
            format!(
                "{asked} to ask, {decided}; returned unless it is killed: althing referendum refund"
            ),
        ),
        (
            "then",
            format!(
                "prepared {} blocks, decided within {}, confirmed {}, enacted {} later",
                blocks(track.prepare_period),
                blocks(track.decision_period),
                blocks(track.confirm_period),
                blocks(track.min_enactment.max(asking.enact_after))
            ),
        ),
    ]
}

enum Noted {
    No,
    Yes(Json),
    Tried(Box<Reply>),
}

/// Have the chain keep a call that is too long to travel inside the proposal.
fn note(context: &mut Context, chain: &mut Chain, call: &[u8]) -> Result<Noted, CliError> {
    let sender = Sender::find(context, chain)?;
    let bytes = [("bytes", Value::from_bytes(call))];
    let encoded = chain.metadata()?.encode_call("Preimage", "note", bytes)?;
    context.out.hint(&format!(
        "This call has {} bytes, more than the {INLINE_BYTES_MAX} a proposal carries: two transactions.",
        call.len()
    ));
    let what = format!("1 of 2: have the chain keep the call ({})", wording::size(call.len()));
    let effects = vec![("then", "2 of 2: ask the members about it".to_owned())];
    let outcome = perform(context, chain, sender, Intent { call: encoded, what, effects });
    let outcome = match outcome {
        Ok(outcome) => outcome,
        // Bytes that the chain keeps already need not be noted again.
        Err(error) if error.code == "PRE-101" => return Ok(Noted::No),
        Err(error) => return Err(error),
    };
    if context.global.dry_run {
        return Ok(Noted::Tried(Box::new(outcome.reply(chain, json!({}), "")?)));
    }
    Ok(Noted::Yes(outcome.json(chain)?))
}

/// The track of this name.
fn track_named(chain: &mut Chain, name: &str) -> Result<Track, CliError> {
    let mut tracks: Vec<Track> = chain.read("gov_tracks", &[])?;
    if let Some(position) = tracks.iter().position(|track| track.name == name) {
        return Ok(tracks.swap_remove(position));
    }
    let near = nearest(name, tracks.iter().map(|track| track.name.as_str()));
    let error = CliError::new(codes::NO_TRACK, format!("there is no track {name:?}"))
        .detail("track", name)
        .nothing_sent();
    Err(match near {
        Some(near) => error.fix([format!("--track {near}")]),
        None => error,
    })
}

/// `big-spender` is the variant `BigSpender` in the metadata.
fn variant_name(track: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    track.split('-').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_have_the_variant_names_of_the_metadata() {
        assert_eq!(variant_name("root"), "Root");
        assert_eq!(variant_name("crypto-sunset"), "CryptoSunset");
    }
}
