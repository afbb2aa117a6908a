//! `accounts_*`: what a member has, owes and signs with.

use althing_primitives::AccountId;
use pallet_accounts::{KEYS, POLICIES};
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
        "rotationNonce": policy.map_or(0, |policy| policy.rotation_nonce),
        "registryEpoch": pallet_crypto_registry::EPOCH.get_or_default(rows)?,
    }))
}
