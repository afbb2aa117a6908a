//! Whether the keys of an account will go on signing, and the command for each that will not.

use serde_json::{Value, json};

use super::{
    remove::scheme_of,
    way_out::{Known, Registry, WayOut, has_reserve, rotation},
};
use crate::{
    chain::{
        Chain,
        policy::{Policy, PolicyKey},
    },
    context::Context,
    keystore::{AccountFile, KeyName, Status},
    output::{Body, CliError, Reply, Warning, codes},
    people::People,
    reserve::RESERVE_SCHEME,
    wording,
};

/// Something about an account, and what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Finding {
    /// It will not go on like this; else it is worth a look.
    urgent: bool,
    message: String,
    fix: String,
}

/// Check one account, or all of the wallet.
pub(super) fn run(name: Option<&str>, context: &mut Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let mut warnings = Vec::new();
    let mut files = Vec::new();
    match name {
        Some(name) => files.push(keystore.load(&KeyName::new(name)?)?),
        None => {
            for (name, file) in keystore.list()? {
                match file {
                    Ok(file) => files.push(file),
                    Err(error) => {
                        let error = CliError::from(error);
                        let message = format!("{name}: {} ({})", error.message, error.code);
                        warnings.push(Warning::new(codes::KEY_WARN_SKIPPED, message));
                    }
                }
            }
        }
    }
    let mut chain = context.chain()?;
    let registry = Registry::read(&mut chain)?;
    let people = People::of(&mut chain, &keystore)?;
    let (mut rows, mut list, mut urgent) = (Vec::new(), Vec::new(), Vec::new());
    for file in &files {
        let policy = chain.policy(&file.account())?;
        let mut findings = findings(file, policy.as_ref(), &registry);
        findings.extend(waiting(&mut chain, file, &people)?);
        rows.extend(rows_of(file, policy.as_ref(), &registry));
        list.push(account_json(file, policy.as_ref(), &findings, &registry));
        for finding in findings {
            if finding.urgent {
                urgent.push((file.name().to_owned(), finding));
            } else {
                let Finding { message, fix, .. } = finding;
                let message = format!("{}: {message}", file.name());
                let warning = Warning::new(codes::KEY_WARN_UNWELL, message);
                warnings.push(Warning { fix: vec![fix], ..warning });
            }
        }
    }
    let columns = vec!["name", "key", "rights", "scheme is", "until"];
    let body = if rows.is_empty() { Body::Nothing } else { Body::Table { columns, rows } };
    if !urgent.is_empty() {
        context.out.show(&body, &warnings)?;
        return Err(unwell(urgent, list));
    }
    let mut reply = Reply::new(json!({ "accounts": list }), body).on(chain.tag());
    reply.warnings = warnings;
    Ok(reply)
}

fn unwell(urgent: Vec<(String, Finding)>, list: Vec<Value>) -> CliError {
    let said: Vec<_> =
        urgent.iter().map(|(name, one)| format!("{name}: {}", one.message)).collect();
    let mut fix: Vec<String> = Vec::new();
    for (_, finding) in urgent {
        if !fix.contains(&finding.fix) {
            fix.push(finding.fix);
        }
    }
    CliError::new(codes::KEY_UNWELL, said.join("\n")).detail("accounts", list).fix(fix)
}

/// What a file and the chain say of one account.
fn findings(file: &AccountFile, policy: Option<&Policy>, registry: &Registry) -> Vec<Finding> {
    let Some(policy) = policy else { return unused(file, registry).into_iter().collect() };
    let mut findings = Vec::new();
    for key in &policy.keys {
        findings.extend(expiry(file, key, registry));
        findings.extend(scheme(file, policy, key, registry));
    }
    let name = file.name();
    let ours = policy.keys.iter().any(|key| file.entry(key.handle).is_some());
    if !ours {
        findings.push(Finding {
            urgent: true,
            message: "none of its keys is in this wallet".to_owned(),
            fix: format!("althing key policy {name}"),
        });
    }
    let owner = policy.keys.iter().any(|key| key.is_owner() && file.entry(key.handle).is_some());
    if owner {
        findings.extend(reserve(file, policy, registry));
    }
    findings
}

/// A key that has never signed is no key of the chain yet.
fn unused(file: &AccountFile, registry: &Registry) -> Option<Finding> {
    let entry = file.current().ok()?;
    let id = entry.scheme_id().ok()?.0;
    let (name, scheme, state) = (file.name(), &entry.scheme, registry.state(id));
    let message =
        format!("{scheme} is {state}{}, and its key has never signed", registry.until(id));
    let (urgent, message, fix) = match state {
        "active" => return None,
        "trial" => (false, message, format!("althing account {name}")),
        "unknown" => {
            (true, format!("{message}: the chain does not know it"), "althing crypto".into())
        }
        _ => {
            let known = Known { name, file: Some(file), policy: None };
            let WayOut { words, command } = known.way_out(id, registry);
            (true, format!("{message}: {words}"), command)
        }
    };
    Some(Finding { urgent, message, fix })
}

fn expiry(file: &AccountFile, key: &PolicyKey, registry: &Registry) -> Option<Finding> {
    let block = key.expires.filter(|block| *block <= registry.now)?;
    let handle = const_hex::encode_prefixed(&key.handle.0.0[..4]);
    Some(Finding {
        urgent: false,
        message: format!("{} {handle} expired at block {}", scheme_of(key), wording::count(block)),
        fix: format!("althing key remove {} {handle}", file.name()),
    })
}

fn scheme(
    file: &AccountFile,
    policy: &Policy,
    key: &PolicyKey,
    registry: &Registry,
) -> Option<Finding> {
    let (name, state) = (file.name(), registry.state(key.scheme));
    if state == "active" || !key.is_live(registry.now) {
        return None;
    }
    let handle = const_hex::encode_prefixed(&key.handle.0.0[..4]);
    let what = format!("{} is {state}{}", scheme_of(key), registry.until(key.scheme));
    if state == "trial" {
        let message = format!("{what}: it signs for accounts that hold little, and may be dropped");
        return Some(Finding { urgent: false, message, fix: rotation(name, policy, registry) });
    }
    if !key.is_owner() {
        let fix = format!("althing key remove {name} {handle}");
        return Some(Finding { urgent: true, message: format!("{what}, key {handle}"), fix });
    }
    let known = Known { name, file: Some(file), policy: Some(policy) };
    let WayOut { words, command } = known.way_out(key.scheme, registry);
    Some(Finding { urgent: true, message: format!("{what}: {words}"), fix: command })
}

fn reserve(file: &AccountFile, policy: &Policy, registry: &Registry) -> Option<Finding> {
    let name = file.name();
    let fix = format!("althing key commit-next {name}");
    if policy.next.is_none() {
        let message = "it is committed to no reserve key, and cannot move if its scheme falls";
        return Some(Finding { urgent: false, message: message.to_owned(), fix });
    }
    if !has_reserve(file, policy) {
        let message = "the reserve key it is committed to is not in this wallet".to_owned();
        return Some(Finding { urgent: true, message, fix });
    }
    let state = registry.state(RESERVE_SCHEME.0);
    let message = format!("the scheme of its reserve key is {state}");
    let fix = format!("althing key policy {name}");
    (state != "active").then_some(Finding { urgent: true, message, fix })
}

/// Changes and recoveries that wait: nobody should learn of them too late.
fn waiting(
    chain: &mut Chain,
    file: &AccountFile,
    people: &People,
) -> Result<Vec<Finding>, CliError> {
    let (name, account) = (file.name(), file.account());
    let mut findings = Vec::new();
    if let Some(pending) = chain.pending_change(&account)? {
        let block = wording::count(pending.effective_at);
        let own = pending.author == account;
        let author = people.call(&chain.address(&pending.author));
        let command = if own { "key" } else { "recovery" };
        findings.push(Finding {
            urgent: !own,
            message: format!("a change of its keys by {author} takes effect at block {block}"),
            fix: format!("althing {command} cancel {name}"),
        });
    }
    for recovery in chain.recoveries(&account)? {
        let author = people.call(&chain.address(&recovery.proposer));
        findings.push(Finding {
            urgent: true,
            message: format!("{author} proposes to recover it, {} approve", recovery.approvals),
            fix: format!("althing recovery cancel {name}"),
        });
    }
    Ok(findings)
}

fn rows_of(file: &AccountFile, policy: Option<&Policy>, registry: &Registry) -> Vec<Vec<String>> {
    let name = || file.name().to_owned();
    let Some(policy) = policy else {
        let of = |entry: &crate::keystore::KeyEntry| entry.status == Status::Current;
        let entry = file.keys().iter().find(|entry| of(entry));
        let scheme = entry.map(|entry| entry.scheme.clone()).unwrap_or_default();
        return vec![vec![name(), scheme, "not used yet".to_owned(), "-".into(), "-".into()]];
    };
    let row = |key: &PolicyKey| {
        let handle = wording::short(&const_hex::encode_prefixed(key.handle.0.0));
        let end = key.expires.or_else(|| registry.end(key.scheme));
        vec![
            name(),
            format!("{} {handle}", scheme_of(key)),
            wording::scopes(key.scopes),
            registry.state(key.scheme).to_owned(),
            end.map_or("-".to_owned(), |block| format!("block {}", wording::count(block))),
        ]
    };
    policy.keys.iter().map(row).collect()
}

fn account_json(
    file: &AccountFile,
    policy: Option<&Policy>,
    findings: &[Finding],
    registry: &Registry,
) -> Value {
    let key = |key: &PolicyKey| {
        json!({
            "scheme": scheme_of(key),
            "state": registry.state(key.scheme),
            "until": registry.end(key.scheme),
            "handle": const_hex::encode_prefixed(key.handle.0.0),
            "scopes": wording::scopes(key.scopes),
            "expires": key.expires,
            "here": file.entry(key.handle).is_some(),
        })
    };
    let finding =
        |one: &Finding| json!({ "urgent": one.urgent, "message": one.message, "fix": one.fix });
    json!({
        "name": file.name(),
        "address": file.address(),
        "keys": policy.map(|policy| policy.keys.iter().map(key).collect::<Vec<_>>()),
        "reserve_committed": policy.is_some_and(|policy| policy.next.is_some()),
        "reserve_here": policy.is_some_and(|policy| has_reserve(file, policy)),
        "recovery": policy.is_some_and(|policy| policy.recovery.is_some()),
        "findings": findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests;
