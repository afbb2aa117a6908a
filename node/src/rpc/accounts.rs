//! `accounts_*`: what a member has, owes and signs with.

use althing_executor::State;
use althing_primitives::AccountId;
use pallet_accounts::{CHANGES, KEYS, PENDING, POLICIES, RECOVERIES, Scopes};
use pallet_balances::{Existence, LOCKS};
use pallet_crypto_registry::SCHEMES;
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::methods::{Answer, Asked, Methods};
use super::wire::hex;
use crate::chain::Head;

/// Register the family.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.rows(&["accounts_account"], whose, account)
}

fn whose(arguments: &mut Arguments) -> Asked<AccountId> {
    Ok((arguments.account()?, arguments.at()?))
}

fn account(context: &Context, head: &Head, who: AccountId) -> Answer {
    let rows = &head.state;
    let info = pallet_system::account(rows, &who)?;
    let policy = POLICIES.get(rows, &who)?;
    let mut keys = Vec::new();
    for key in policy.iter().flat_map(|policy| policy.keys.iter()) {
        let scheme = SCHEMES.get(rows, &key.scheme)?;
        keys.push(json!({
            "scheme": key.scheme.0,
            "schemeName": scheme.as_ref().map(|scheme| scheme.name()),
            "schemeState": scheme.map(|scheme| scheme.state_at(head.number).name()),
            "handle": hex(key.handle.0),
            "publicKept": KEYS.get(rows, &who, &key.handle)?.is_some(),
            "weight": key.weight,
            "scopes": scopes(key.scopes),
            "limit": key.limit.to_string(),
            "expires": key.expires,
        }));
    }
    let locks = LOCKS.get_or_default(rows, &who)?;
    let locks: Vec<Value> = locks
        .iter()
        .map(|lock| json!({ "id": String::from_utf8_lossy(&lock.id), "amount": lock.amount.to_string() }))
        .collect();
    Ok(json!({
        "account": context.address(&who),
        "nonce": info.nonce,
        "nextNonce": context.pool.nonce_after(&who, info.nonce),
        "free": info.data.free.to_string(),
        "reserved": info.data.reserved.to_string(),
        "frozen": info.data.frozen.to_string(),
        "spendable": pallet_balances::spendable(rows, &who, Existence::KeepAlive)?.to_string(),
        "keys": keys,
        "locks": locks,
        "threshold": policy.as_ref().map(|policy| policy.threshold),
        "next": policy.as_ref().and_then(|policy| policy.next).map(hex),
        "recovery": policy.as_ref().and_then(|policy| policy.recovery.as_ref()).map(|one| json!({
            "friends": addresses(context, &one.friends),
            "threshold": one.threshold,
        })),
        "pending": pending(context, rows, &who)?,
        "recoveries": recoveries(context, rows, &who)?,
        "rotationNonce": policy.map_or(0, |policy| policy.rotation_nonce),
        "registryEpoch": pallet_crypto_registry::EPOCH.get_or_default(rows)?,
    }))
}

/// The rights of a key by their names.
fn scopes(scopes: Scopes) -> Vec<&'static str> {
    let names = [
        (Scopes::OWNER, "owner"),
        (Scopes::TRANSFER, "transfer"),
        (Scopes::VOTE, "vote"),
        (Scopes::SESSION, "session"),
    ];
    names.into_iter().filter(|(one, _)| scopes.contain(*one)).map(|(_, name)| name).collect()
}

/// The change of the policy that waits, with the keys that will sign when it takes effect.
fn pending(context: &Context, rows: &State, who: &AccountId) -> Answer {
    let Some(pending) = PENDING.get(rows, who)? else { return Ok(Value::Null) };
    let change = CHANGES.get(rows, who, &pending.author)?;
    let policy = change.as_ref().map(|change| &change.policy);
    let keys = policy.into_iter().flat_map(|policy| policy.keys.iter());
    let keys: Vec<_> =
        keys.map(|key| json!({ "scheme": key.scheme.0, "handle": hex(key.handle.0) })).collect();
    Ok(json!({
        "author": context.address(&pending.author),
        "effectiveAt": pending.effective_at,
        "objections": addresses(context, &pending.objections),
        "keys": keys,
        "threshold": policy.map(|policy| policy.threshold),
    }))
}

/// The recoveries that friends have proposed.
fn recoveries(context: &Context, rows: &State, who: &AccountId) -> Answer {
    let proposals = RECOVERIES.get_or_default(rows, who)?;
    let proposals: Vec<_> = proposals
        .iter()
        .map(|proposal| {
            let approvals: Vec<_> = proposal.approvals.iter().map(|one| one.friend).collect();
            json!({
                "proposer": context.address(&proposal.proposer),
                "draftHash": hex(proposal.draft_hash),
                "approvals": addresses(context, &approvals),
                "families": proposal.families(),
            })
        })
        .collect();
    Ok(Value::Array(proposals))
}

fn addresses(context: &Context, accounts: &[AccountId]) -> Vec<String> {
    accounts.iter().map(|account| context.address(account)).collect()
}
