//! `althing key policy`: who controls an account, in plain words.

use althing_primitives::AccountId;
use serde_json::{Value, json};

use super::remove::scheme_of;
use crate::{
    account::Who,
    amount,
    chain::{
        Chain,
        policy::{PendingChange, Policy, PolicyKey, ProposedRecovery},
    },
    commands::recovery::families::{Families, ONE_MORE},
    context::Context,
    draft::describe,
    output::{Body, CliError, Reply},
    people::{self, People},
    wording,
};

/// Arguments of `key policy`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing key policy carol\n  althing --json key policy 5Grw..."
)]
pub struct Arguments {
    /// Name or address of the account
    #[arg(value_name = "NAME")]
    name: String,
}

/// Show it.
pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let who = people::resolve(&chain, &keystore, &arguments.name)?;
    let account = who.account();
    let policy = chain.policy(&account)?;
    let pending = chain.pending_change(&account)?;
    let recoveries = chain.recoveries(&account)?;
    let families = Families::of(&mut chain, &account)?;
    let people = People::of(&mut chain, &keystore)?;
    let view = View { chain: &chain, people: &people, who: &who };
    let data = view.data(&account, policy.as_ref(), (pending.as_ref(), &recoveries, &families));
    let facts = view.facts(policy.as_ref(), (pending.as_ref(), &recoveries, &families));
    Ok(Reply::new(data, Body::Facts(facts)).on(chain.tag()))
}

struct View<'a> {
    chain: &'a Chain,
    people: &'a People,
    who: &'a Who,
}

type Waiting<'a> = (Option<&'a PendingChange>, &'a [ProposedRecovery], &'a Families);

impl View<'_> {
    fn name(&self, account: &AccountId) -> String {
        self.people.call(&self.chain.address(account))
    }

    /// Whether the secret of a key is in this wallet.
    fn is_here(&self, key: &PolicyKey) -> bool {
        matches!(self.who, Who::Kept(file) if file.entry(key.handle).is_some())
    }

    fn reserve(&self, policy: &Policy) -> String {
        let Some(next) = policy.next else {
            return "none: if the scheme falls, the account cannot move by itself".to_owned();
        };
        let ours = matches!(self.who, Who::Kept(file)
            if file.keys().iter().any(|entry| entry.commitment() == Some(next)));
        let next = wording::short(&next.to_string());
        let here = if ours { "this wallet has its key" } else { "its key is not in this wallet" };
        format!("committed, {next}; {here}")
    }

    fn facts(
        &self,
        policy: Option<&Policy>,
        (pending, recoveries, families): Waiting<'_>,
    ) -> Vec<(&'static str, String)> {
        let mut facts = vec![("account", people::show(self.chain, self.who))];
        let Some(policy) = policy else {
            facts.push(("policy", "none yet: the first transaction enters its key".to_owned()));
            return facts;
        };
        let now = self.chain.info().head.number;
        let weights = policy.keys.iter().filter(|key| key.is_owner()).map(|key| key.weight);
        facts.push(("signs", signs(policy.threshold, &weights.collect::<Vec<_>>())));
        for key in &policy.keys {
            let here = if self.is_here(key) { " (here)" } else { "" };
            let label = if key.is_owner() { "owner" } else { "limited" };
            facts.push((label, format!("{}{here}", describe(key, &scheme_of(key), now))));
        }
        facts.push(("reserve", self.reserve(policy)));
        facts.push((
            "recovery",
            match &policy.recovery {
                Some(recovery) => {
                    let names: Vec<_> = recovery.friends.iter().map(|one| self.name(one)).collect();
                    let (needed, names) = (recovery.threshold, names.join(", "));
                    format!("{needed} of {names}; changes wait, and they may object")
                }
                None => "no friends: changes take effect at once".to_owned(),
            },
        ));
        if let Some(pending) = pending {
            let (author, block) =
                (self.name(&pending.author), wording::count(pending.effective_at));
            let objections = pending.objections;
            let text = format!("a change by {author} takes effect at block {block}");
            facts.push(("waiting", format!("{text}; {objections} object")));
        }
        for recovery in recoveries {
            let (who, approvals) = (self.name(&recovery.proposer), recovery.approvals);
            let text = format!("proposed by {who}, {approvals} approve: {}", recovery.draft_hash);
            facts.push(("recovering", text));
            if policy.recovery.as_ref().is_some_and(|them| families.are_lacking(recovery, them)) {
                facts.push(("lacking", ONE_MORE.to_owned()));
            }
        }
        facts.push(("changed", times(policy.rotation_nonce)));
        facts
    }

    fn data(
        &self,
        account: &AccountId,
        policy: Option<&Policy>,
        (pending, recoveries, families): Waiting<'_>,
    ) -> Value {
        let address = |account: &AccountId| self.people.json(&self.chain.address(account));
        let key = |key: &PolicyKey| {
            json!({
                "scheme": scheme_of(key),
                "handle": const_hex::encode_prefixed(key.handle.0.0),
                "weight": key.weight,
                "owner": key.is_owner(),
                "scopes": wording::scopes(key.scopes),
                "limit": amount::to_json(key.limit),
                "expires": key.expires,
                "here": self.is_here(key),
            })
        };
        json!({
            "name": self.who.name(),
            "address": self.chain.address(account),
            "policy": policy.map(|policy| json!({
                "keys": policy.keys.iter().map(key).collect::<Vec<_>>(),
                "threshold": policy.threshold,
                "next": policy.next.map(|next| next.to_string()),
                "recovery": policy.recovery.as_ref().map(|recovery| json!({
                    "friends": recovery.friends.iter().map(address).collect::<Vec<_>>(),
                    "threshold": recovery.threshold,
                })),
                "rotation_nonce": policy.rotation_nonce,
            })),
            "pending": pending.map(|pending| json!({
                "author": address(&pending.author),
                "effective_at": pending.effective_at,
                "objections": pending.objections,
            })),
            "recoveries": recoveries.iter().map(|recovery| json!({
                "proposer": address(&recovery.proposer),
                "draft_hash": recovery.draft_hash.to_string(),
                "approvals": recovery.approvals,
                "families": families.behind(&recovery.draft_hash),
            })).collect::<Vec<_>>(),
        })
    }
}

/// How many owners must sign, in words.
fn signs(threshold: u16, weights: &[u16]) -> String {
    let all: u32 = weights.iter().map(|weight| u32::from(*weight)).sum();
    let equal = weights.iter().all(|weight| *weight == 1);
    match (weights.len(), u32::from(threshold)) {
        (1, _) => "its owner key, alone".to_owned(),
        (_, needed) if needed == all => "all owner keys together".to_owned(),
        (_, 1) if equal => "any owner key, alone".to_owned(),
        (count, needed) if equal => format!("{needed} of {count} owner keys together"),
        (_, needed) => format!("owner keys that count {needed} together, of {all}"),
    }
}

fn times(changes: u32) -> String {
    match changes {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        more => format!("{} times", wording::count(more)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_signs_is_said_in_words() {
        assert_eq!(signs(1, &[1]), "its owner key, alone");
        assert_eq!(signs(2, &[1, 1]), "all owner keys together");
        assert_eq!(signs(1, &[1, 1]), "any owner key, alone");
        assert_eq!(signs(2, &[1, 1, 1]), "2 of 3 owner keys together");
        assert_eq!(signs(2, &[2, 1]), "owner keys that count 2 together, of 3");
        assert_eq!([times(0), times(1), times(2)], ["never", "once", "2 times"]);
    }
}
