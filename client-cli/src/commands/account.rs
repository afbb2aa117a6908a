//! `althing account`: balances, locks, keys and ballots of an account.

use serde_json::{Value, json};

use crate::{
    account::Who,
    amount,
    chain::{
        Chain,
        replies::{Account, Ballot, Key, MemberBallot},
    },
    context::Context,
    output::{Body, CliError, Reply},
    people, wording,
};

/// Arguments of `account`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing account alice
  althing --json account 5Grw...\n  althing --account carol account")]
pub struct Arguments {
    /// Name or address; without it, the one of --account
    #[arg(value_name = "WHO")]
    who: Option<String>,
}

/// Show it.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let text = match &arguments.who {
        Some(who) => who.clone(),
        None => context.account_name()?.to_owned(),
    };
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let who = people::resolve(&chain, &keystore, &text)?;
    let account = chain.account(&who.account())?;
    let ballots: Vec<MemberBallot> =
        chain.read("gov_ballotsOf", &[json!(chain.address(&who.account()))])?;
    let data = data(&who, &account, &ballots);
    let facts = facts(&chain, &who, &account, &ballots);
    Ok(Reply::new(data, Body::Facts(facts)).on(chain.tag()))
}

fn data(who: &Who, account: &Account, ballots: &[MemberBallot]) -> Value {
    let keys = account.keys.iter().map(|key| {
        json!({
            "scheme": scheme_of(key),
            "scheme_id": key.scheme,
            "handle": key.handle,
            "public_kept": key.public_kept,
        })
    });
    let locks = account
        .locks
        .iter()
        .map(|lock| json!({ "id": lock.id, "amount": amount::to_json(lock.amount.0) }));
    let ballots = ballots.iter().map(
        |entry| json!({ "referendum": entry.referendum, "ballot": ballot_json(&entry.ballot) }),
    );
    json!({
        "name": who.name(),
        "address": account.account,
        "account_id": const_hex::encode_prefixed(who.account().0),
        "nonce": account.nonce,
        "next_nonce": account.next_nonce,
        "free": amount::to_json(account.free.0),
        "reserved": amount::to_json(account.reserved.0),
        "locked": amount::to_json(account.frozen.0),
        "spendable": amount::to_json(account.spendable.0),
        "keys": keys.collect::<Vec<_>>(),
        "locks": locks.collect::<Vec<_>>(),
        "ballots": ballots.collect::<Vec<_>>(),
        "rotation_nonce": account.rotation_nonce,
    })
}

fn facts(
    chain: &Chain,
    who: &Who,
    account: &Account,
    ballots: &[MemberBallot],
) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("account", people::show(chain, who)),
        ("free", amount::to_text_with_unit(account.free.0)),
        ("spendable", amount::to_text_with_unit(account.spendable.0)),
        ("locked", amount::to_text_with_unit(account.frozen.0)),
        ("deposits", amount::to_text_with_unit(account.reserved.0)),
        ("nonce", account.nonce.to_string()),
    ];
    for lock in &account.locks {
        facts.push(("lock", format!("{} {}", lock.id, amount::to_text_with_unit(lock.amount.0))));
    }
    for key in &account.keys {
        facts.push(("key", format!("{} {}", scheme_of(key), wording::short(&key.handle))));
    }
    if account.keys.is_empty() {
        facts.push(("key", "none yet: the first transaction enters it".to_owned()));
    }
    for entry in ballots {
        let number = entry.referendum.map(|number| number.to_string()).unwrap_or_default();
        facts.push(("ballot", format!("referendum {number}: {}", ballot_text(&entry.ballot))));
    }
    facts
}

/// The scheme's name, or its number when the registry has none.
fn scheme_of(key: &Key) -> String {
    key.scheme_name.clone().unwrap_or_else(|| format!("scheme {}", key.scheme))
}

/// A ballot for programs.
pub(super) fn ballot_json(ballot: &Ballot) -> Value {
    match ballot {
        Ballot::Standard { vote, balance, conviction } => json!({
            "choice": vote,
            "weight": amount::to_json(balance.0),
            "conviction": conviction,
        }),
        Ballot::Split { aye, nay } => json!({
            "choice": "split",
            "aye": amount::to_json(aye.0),
            "nay": amount::to_json(nay.0),
        }),
        Ballot::SplitAbstain { aye, nay, abstain } => json!({
            "choice": "abstain",
            "aye": amount::to_json(aye.0),
            "nay": amount::to_json(nay.0),
            "abstain": amount::to_json(abstain.0),
        }),
    }
}

/// A ballot for people.
pub(super) fn ballot_text(ballot: &Ballot) -> String {
    let text = |amount: &crate::chain::Amount| amount::to_text_with_unit(amount.0);
    match ballot {
        Ballot::Standard { vote, balance, conviction } => {
            let conviction = conviction.to_string();
            format!("{vote} with {}, conviction {}", text(balance), conviction.trim_matches('"'))
        }
        Ballot::Split { aye, nay } => format!("aye with {}, nay with {}", text(aye), text(nay)),
        Ballot::SplitAbstain { aye, nay, abstain } if aye.0 == 0 && nay.0 == 0 => {
            format!("abstain with {}", text(abstain))
        }
        Ballot::SplitAbstain { aye, nay, abstain } => format!(
            "aye with {}, nay with {}, abstain with {}",
            text(aye),
            text(nay),
            text(abstain)
        ),
    }
}
