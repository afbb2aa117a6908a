//! `althing vote`: answer a referendum.

use althing_primitives::Balance;
use scale_value::{Composite, Value};
use serde_json::json;

use crate::{
    amount,
    chain::{Chain, replies::Referendum},
    context::Context,
    output::{CliError, Reply, Warning, codes},
    transact::{Intent, Quote, Sender, perform_quoted, quote},
};

/// What `all` leaves besides the cost of the ballot: an account without it could not pay to
/// change its ballot, nor to unlock its tokens.
const RESERVE: Balance = 1_000_000_000_000;

/// What to answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum Choice {
    /// For.
    #[value(alias = "yes")]
    Aye,
    /// Against.
    #[value(alias = "no")]
    Nay,
    /// Neither, but have it decided.
    Abstain,
}

impl Choice {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Aye => "aye",
            Self::Nay => "nay",
            Self::Abstain => "abstain",
        }
    }
}

/// Arguments of `vote`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice vote 7 aye --weight 1000
  althing --account bob vote 7 nay --weight all --conviction 3
  althing --account carol vote 7 abstain --weight 500")]
pub struct Arguments {
    /// Number of the referendum
    #[arg(value_name = "INDEX")]
    index: u32,
    /// aye, nay or abstain; yes and no mean the same
    #[arg(value_enum, value_name = "CHOICE")]
    choice: Choice,
    /// How many tokens stand behind it, or all: everything but fee, key deposit and 1 ALT
    #[arg(long, value_name = "N")]
    weight: String,
    /// 0 counts a tenth and locks nothing; 1 to 6 count that many times and lock ever longer
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=6), value_name = "0..6")]
    conviction: u8,
}

/// Cast the ballot.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    let all = arguments.weight.eq_ignore_ascii_case("all");
    let mut weight = if all { 1 } else { amount::parse(&arguments.weight)? };
    let mut chain = context.chain()?;
    let referendum = find(&mut chain, arguments.index)?;
    let sender = Sender::find(context, &mut chain)?;
    if all && chain.is_recorded() {
        let message = "what everything is depends on the fee, which only a node knows";
        return Err(CliError::new(codes::OFFLINE_NEEDS_NODE, message).nothing_sent());
    }
    if all {
        // Fee and deposit are gone before the ballot is counted; the weight does not change them.
        let one = encode(&mut chain, arguments, 1)?;
        let kept = quote(&mut chain, &sender, &one)?.cost().saturating_add(RESERVE);
        weight = sender.on_chain.free.0.saturating_sub(kept);
        if weight == 0 {
            return Err(nothing_to_lock(&sender, kept));
        }
    }
    let call = encode(&mut chain, arguments, weight)?;
    let choice = arguments.choice.as_str();
    let what = format!(
        "vote {} on referendum {} \"{}\"",
        choice.to_uppercase(),
        arguments.index,
        referendum.title
    );
    let quote = quote(&mut chain, &sender, &call)?;
    let left = left(&sender, &quote, weight);
    let mut effects = effects(arguments, weight);
    if all || left < RESERVE {
        effects.push(("left", left_words(left)));
    }
    let intent = Intent { call, what, effects };
    let outcome = perform_quoted(context, &mut chain, sender, intent, quote)?;
    let after = find(&mut chain, arguments.index).map_err(|error| outcome.then(error))?;
    let data = json!({
        "referendum": arguments.index,
        "choice": choice,
        "weight": amount::to_json(weight),
        "conviction": arguments.conviction,
        "tally": super::referendum::tally_json(&after),
        "passing": after.passing,
    });
    let line = format!(
        "referendum {}: {} aye, {} nay",
        arguments.index,
        amount::to_text(after.tally.ayes.0),
        amount::to_text(after.tally.nays.0)
    );
    let next = format!("Next: althing referendum watch {}", arguments.index);
    let mut reply = outcome.reply(&mut chain, data, line)?.hint(next);
    reply.warnings.extend(stranded(left));
    Ok(reply)
}

/// What can be spent once the ballot is cast. Locks overlap: the largest one counts.
fn left(sender: &Sender, quote: &Quote, weight: Balance) -> Balance {
    let held = weight.max(sender.on_chain.frozen.0);
    sender.on_chain.free.0.saturating_sub(quote.cost()).saturating_sub(held)
}

fn left_words(left: Balance) -> String {
    let tokens = amount::to_text_with_unit(left);
    if left < RESERVE {
        format!("{tokens} to spend, perhaps too little to vote again or unlock")
    } else {
        format!("{tokens} to spend, for later fees")
    }
}

fn stranded(left: Balance) -> Option<Warning> {
    let message = format!(
        "the ballot leaves {} to spend, less than {}: later fees may be out of reach",
        amount::to_text_with_unit(left),
        amount::to_text_with_unit(RESERVE)
    );
    (left < RESERVE).then(|| Warning::new(codes::TX_WARN_STRANDED, message))
}

fn nothing_to_lock(sender: &Sender, kept: Balance) -> CliError {
    let has = sender.on_chain.free.0;
    let message = format!(
        "{} has {}; fee, key deposit and the {} that stay free take {}",
        sender.name,
        amount::to_text_with_unit(has),
        amount::to_text_with_unit(RESERVE),
        amount::to_text_with_unit(kept)
    );
    CliError::new(codes::TOO_POOR, message)
        .detail("free", amount::to_json(has))
        .detail("needed", amount::to_json(kept))
        .fix([
            "write the weight as a number".to_owned(),
            format!("althing account {}", sender.name),
        ])
        .nothing_sent()
}

/// The referendum, or a refusal that names those there are.
pub(super) fn find(chain: &mut Chain, index: u32) -> Result<Referendum, CliError> {
    chain.referendum(index)?.ok_or_else(|| {
        CliError::new(codes::UNKNOWN_REFERENDUM, format!("there is no referendum {index}"))
            .detail("referendum", index)
            .nothing_sent()
    })
}

fn encode(chain: &mut Chain, arguments: &Arguments, weight: u128) -> Result<Vec<u8>, CliError> {
    let amount = Value::u128(weight);
    let ballot = match arguments.choice {
        Choice::Aye | Choice::Nay => {
            let conviction = conviction_name(arguments.conviction);
            let fields = Composite::named([
                ("aye", Value::bool(arguments.choice == Choice::Aye)),
                ("balance", amount),
                ("conviction", Value::unnamed_variant(conviction, [])),
            ]);
            Value::variant("Standard", fields)
        }
        Choice::Abstain => {
            let nothing = || Value::u128(0);
            let fields =
                Composite::named([("aye", nothing()), ("nay", nothing()), ("abstain", amount)]);
            Value::variant("SplitAbstain", fields)
        }
    };
    let fields = [("referendum", Value::u128(arguments.index.into())), ("ballot", ballot)];
    Ok(chain.metadata()?.encode_call("Voting", "vote", fields)?)
}

/// The chain's names of the convictions, under which their indices are found.
fn conviction_name(conviction: u8) -> String {
    if conviction == 0 { "None".to_owned() } else { format!("Locked{conviction}x") }
}

fn effects(arguments: &Arguments, weight: u128) -> Vec<(&'static str, String)> {
    let votes = match (arguments.choice, arguments.conviction) {
        (Choice::Abstain, _) => 0,
        (_, 0) => weight / 10,
        (_, times) => weight.saturating_mul(times.into()),
    };
    let tokens = amount::to_text_with_unit(weight);
    let mut effects = vec![("weight", format!("{tokens}, counts {}", amount::to_text(votes)))];
    let lock = match arguments.conviction {
        _ if arguments.choice == Choice::Abstain => "until the referendum ends".to_owned(),
        0 => "until the referendum ends; --conviction 1 counts ten times as much".to_owned(),
        times => {
            let periods = 1_u32 << (times - 1);
            let word = if periods == 1 { "lock period" } else { "lock periods" };
            format!("{periods} {word} after the end if your side wins, else until the end")
        }
    };
    effects.push(("locked", lock));
    effects
}
