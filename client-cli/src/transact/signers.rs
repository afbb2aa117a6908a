//! Which keys sign a transaction that is written to a file (`specs/wallet.md`, W54).
//!
//! What is signed names all signers, so they are chosen before the first one signs. A key whose
//! weight is enough signs alone; otherwise owners are added in the order of the policy until the
//! threshold is reached, and none that is not needed.

use althing_crypto::{KeyHandle, signing::SigningScheme};
use althing_primitives::{Hash256, SchemeId, SignerKey};
use serde::Deserialize;
use serde_json::json;

use super::Sender;
use crate::{
    chain::{Chain, parse_hash, replies::Account},
    key::scheme_with_id,
    offline::{FileSigner, OfflineError},
    output::CliError,
};

/// The owner's right, as a bit of a key's scopes.
const OWNER: u8 = 1;

/// A key of a policy, as far as its part in a signature goes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PolicyKey {
    scheme: u16,
    handle: String,
    public_kept: bool,
    #[serde(default = "one")]
    weight: u16,
    #[serde(default = "owner")]
    scopes: serde_json::Value,
    #[serde(default)]
    expires: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Policy {
    keys: Vec<PolicyKey>,
    /// None before the first use of the account.
    #[serde(default)]
    threshold: Option<u16>,
}

impl Policy {
    fn threshold(&self) -> u16 {
        self.threshold.unwrap_or(1)
    }
}

const fn one() -> u16 {
    1
}

fn owner() -> serde_json::Value {
    json!(OWNER)
}

impl PolicyKey {
    fn signer(&self) -> Option<SignerKey> {
        let handle = KeyHandle(parse_hash(&self.handle)?);
        Some(SignerKey { scheme: SchemeId(self.scheme), handle })
    }

    /// Whether it is an owner: the node names the rights, or gives their bits.
    fn is_owner(&self) -> bool {
        match &self.scopes {
            serde_json::Value::Array(names) => names.iter().any(|name| name == "owner"),
            serde_json::Value::String(name) => name == "owner",
            bits => bits.as_u64().is_none_or(|bits| bits & u64::from(OWNER) != 0),
        }
    }

    fn is_live(&self, now: u32) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

/// The first key of an account that no key of this wallet belongs to.
pub(super) fn first_key(
    name: &str,
    on_chain: &Account,
) -> Result<(&'static dyn SigningScheme, KeyHandle), CliError> {
    let unknown = |reason| OfflineError::Signers { name: name.to_owned(), reason };
    let key = on_chain.keys.first();
    let key = key.ok_or_else(|| unknown("the chain keeps no key of it; name it by its key"))?;
    let scheme = scheme_with_id(SchemeId(key.scheme))
        .ok_or_else(|| unknown("its scheme is not known here: althing crypto learn"))?;
    let handle = parse_hash(&key.handle).map(KeyHandle);
    Ok((scheme, handle.unwrap_or(KeyHandle(Hash256([0; 32])))))
}

impl Sender {
    /// The keys that sign for this sender: those asked for, or the least that are enough.
    pub(super) fn signers(
        &self,
        chain: &mut Chain,
        asked: &[String],
    ) -> Result<Vec<FileSigner>, CliError> {
        let own = SignerKey { scheme: self.scheme.id(), handle: self.handle };
        let address = json!(chain.address(&self.account));
        let mut policy: Policy = chain.read("accounts_account", &[address])?;
        let now = chain.info().head.number;
        policy.keys.retain(|key| key.is_live(now));
        if policy.keys.is_empty() {
            return Ok(vec![FileSigner::new(own, false)]);
        }
        let unknown = |reason| OfflineError::Signers { name: self.name.clone(), reason };
        let chosen = if asked.is_empty() {
            least(&policy, own).ok_or_else(|| unknown("its keys do not reach its threshold"))?
        } else {
            named(&policy, asked).map_err(unknown)?
        };
        let signers = chosen.into_iter().map(|key| {
            let signer = key.signer().ok_or_else(|| unknown("the node names no handle"))?;
            Ok(FileSigner::new(signer, key.public_kept))
        });
        signers.collect()
    }
}

/// The keys whose handles begin with these texts, in the order of the policy.
fn named<'a>(policy: &'a Policy, asked: &[String]) -> Result<Vec<&'a PolicyKey>, &'static str> {
    let begins = |key: &PolicyKey, text: &str| {
        let text = text.to_ascii_lowercase();
        let digits = text.strip_prefix("0x").unwrap_or(&text);
        key.handle.to_ascii_lowercase().trim_start_matches("0x").starts_with(digits)
    };
    for text in asked {
        match policy.keys.iter().filter(|key| begins(key, text)).count() {
            0 => return Err("no key of its policy has a handle that begins as asked"),
            1 => {}
            _ => return Err("several handles begin as asked: write more of it"),
        }
    }
    let chosen = policy.keys.iter().filter(|key| asked.iter().any(|text| begins(key, text)));
    Ok(chosen.collect())
}

/// `own` alone if that is enough, else `own` and owners in order until the threshold is reached.
fn least(policy: &Policy, own: SignerKey) -> Option<Vec<&PolicyKey>> {
    let is_own = |key: &PolicyKey| key.signer() == Some(own);
    let first = policy.keys.iter().find(|key| is_own(key))?;
    if first.weight >= policy.threshold() || !first.is_owner() {
        return Some(vec![first]);
    }
    let mut chosen = vec![first];
    let sum = |keys: &[&PolicyKey]| -> u32 { keys.iter().map(|key| u32::from(key.weight)).sum() };
    let threshold = u32::from(policy.threshold());
    for key in policy.keys.iter().filter(|key| !is_own(key) && key.is_owner()) {
        if sum(&chosen) < threshold {
            chosen.push(key);
        }
    }
    if sum(&chosen) < threshold {
        return None;
    }
    // The chain takes no superfluous signature: drop those that a later, heavier one made so.
    for position in (0..chosen.len()).rev() {
        let mut without = chosen.clone();
        without.remove(position);
        if sum(&without) >= threshold {
            chosen = without;
        }
    }
    let at = |key: &PolicyKey| policy.keys.iter().position(|one| one.handle == key.handle);
    chosen.sort_by_key(|key| at(key));
    Some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(threshold: u16, weights: &[u16]) -> Policy {
        let keys = (1_u8..).zip(weights).map(|(byte, weight)| PolicyKey {
            scheme: 2,
            handle: const_hex::encode_prefixed([byte; 32]),
            public_kept: true,
            weight: *weight,
            scopes: owner(),
            expires: None,
        });
        Policy { keys: keys.collect(), threshold: Some(threshold) }
    }

    fn own(byte: u8) -> SignerKey {
        SignerKey { scheme: SchemeId(2), handle: KeyHandle(Hash256([byte; 32])) }
    }

    fn handles(keys: Option<Vec<&PolicyKey>>) -> Vec<String> {
        keys.unwrap_or_default().iter().map(|key| key.handle[2..4].to_owned()).collect()
    }

    #[test]
    fn a_node_that_says_more_or_less_of_a_policy_is_understood() {
        let text = r#"{"threshold": null, "pending": null, "keys": []}"#;
        assert_eq!(serde_json::from_str::<Policy>(text).unwrap().threshold(), 1);
        let key = r#"{"scheme": 2, "handle": "0x01", "publicKept": true"#;
        let owner = |more: &str| {
            let text = format!("{key}{more}}}");
            serde_json::from_str::<PolicyKey>(&text).unwrap().is_owner()
        };
        assert!(
            owner("") && owner(r#", "scopes": ["owner", "vote"]"#) && owner(r#", "scopes": 1"#)
        );
        assert!(!owner(r#", "scopes": ["vote"]"#) && !owner(r#", "scopes": 4"#));
    }

    #[test]
    fn a_key_that_is_enough_signs_alone() {
        assert_eq!(handles(least(&policy(1, &[1, 1]), own(2))), ["02"]);
        assert_eq!(handles(least(&policy(1, &[1, 1]), own(9))), [""; 0]);
    }

    #[test]
    fn the_least_owners_are_added_and_stand_in_the_order_of_the_policy() {
        assert_eq!(handles(least(&policy(2, &[1, 1, 1]), own(3))), ["01", "03"]);
        assert_eq!(handles(least(&policy(3, &[1, 2, 1]), own(3))), ["02", "03"]);
        assert_eq!(handles(least(&policy(4, &[1, 1]), own(1))), [""; 0]);
    }

    #[test]
    fn signers_that_are_asked_for_are_found_by_the_beginning_of_their_handles() {
        let policy = policy(2, &[1, 1, 1]);
        let asked = ["0x03".to_owned(), "01".to_owned()];
        assert_eq!(handles(named(&policy, &asked).ok()), ["01", "03"]);
        assert!(named(&policy, &["0xff".to_owned()]).is_err());
        assert!(named(&policy, &["0".to_owned()]).is_err());
    }
}
