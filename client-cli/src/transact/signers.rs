//! Which keys sign a transaction that is written to a file and that the keys of this wallet do not
//! reach (`specs/wallet.md`, W54).
//!
//! What is signed names all signers, so they are chosen before the first one signs, wherever their
//! secrets are. A key whose weight is enough signs alone; otherwise owners are added in the order of
//! the policy until the threshold is reached, and none that is not needed. Keys that are asked for must
//! be such a choice too: signatures that the chain would refuse are not collected.

use althing_crypto::{KeyHandle, signing::SigningScheme};
use althing_primitives::SchemeId;

use super::{Need, Sender, SignKey};
use crate::{
    chain::policy::{Policy, PolicyKey},
    context::Context,
    key::scheme_with_id,
    offline::OfflineError,
    output::CliError,
};

const UNKNOWN_SCHEME: &str =
    "a scheme of its keys is not known here; althing crypto learn fetches it";

/// The first key of an account that no key of this wallet belongs to.
pub(super) fn first_key(
    name: &str,
    policy: Option<&Policy>,
) -> Result<(&'static dyn SigningScheme, KeyHandle), CliError> {
    let unknown = |reason| OfflineError::Signers { name: name.to_owned(), reason };
    let key = policy.and_then(|policy| policy.keys.first());
    let key = key.ok_or_else(|| unknown("the chain keeps no key of it; name it by its key"))?;
    let scheme = scheme_with_id(SchemeId(key.scheme)).ok_or_else(|| unknown(UNKNOWN_SCHEME))?;
    Ok((scheme, key.handle))
}

/// The keys that were asked for by the beginnings of their handles, if transactions go to files.
pub(super) fn asked(context: &Context) -> Result<Option<Vec<String>>, OfflineError> {
    let asked = &context.global.signers;
    match context.writes_file() {
        true => Ok(Some(asked.clone())),
        false if asked.is_empty() => Ok(None),
        false => Err(OfflineError::SignersOnline),
    }
}

/// The keys that sign for `sender` in block `now`, wherever they are: those asked for, or the least
/// that are enough.
pub(super) fn across(
    sender: &Sender,
    policy: &Policy,
    (asked, need): (&[String], Need),
    now: u32,
) -> Result<Vec<SignKey>, CliError> {
    let unknown = |reason| OfflineError::Signers { name: sender.name.clone(), reason };
    let live: Vec<_> = policy.keys.iter().filter(|key| key.is_live(now)).collect();
    let chosen = if asked.is_empty() {
        let least = least(&live, policy.threshold, sender.handle);
        least.ok_or_else(|| unknown("its keys do not reach its threshold"))?
    } else {
        let chosen = named(&live, asked).map_err(unknown)?;
        ensure_enough(&sender.name, (&live, policy.threshold), &chosen, need)?;
        chosen
    };
    let signers = chosen.into_iter().map(|key| {
        let scheme = scheme_with_id(SchemeId(key.scheme));
        let scheme = scheme.ok_or_else(|| unknown(UNKNOWN_SCHEME))?;
        Ok(SignKey { scheme, handle: key.handle, kept: true })
    });
    signers.collect()
}

/// The keys whose handles begin with these texts, in the order of the policy.
fn named<'a>(keys: &[&'a PolicyKey], asked: &[String]) -> Result<Vec<&'a PolicyKey>, &'static str> {
    let begins = |key: &PolicyKey, text: &str| {
        let text = text.to_ascii_lowercase();
        const_hex::encode(key.handle.0.0).starts_with(text.strip_prefix("0x").unwrap_or(&text))
    };
    for text in asked {
        match keys.iter().filter(|key| begins(key, text)).count() {
            0 => return Err("no key of its policy has a handle that begins as asked"),
            1 => {}
            _ => return Err("several handles begin as asked: write more of it"),
        }
    }
    let chosen = keys.iter().copied().filter(|key| asked.iter().any(|text| begins(key, text)));
    Ok(chosen.collect())
}

/// Refuse keys that were asked for and do not sign `need` together: what they sign would be of no use.
fn ensure_enough(
    name: &str,
    (live, threshold): (&[&PolicyKey], u16),
    chosen: &[&PolicyKey],
    need: Need,
) -> Result<(), OfflineError> {
    let refused = |reason| Err(OfflineError::Signers { name: name.to_owned(), reason });
    if let [one] = chosen
        && !one.is_owner()
    {
        return if need.met_by(one) {
            Ok(())
        } else {
            refused("the key asked for has no right to sign this")
        };
    }
    if chosen.iter().any(|key| !key.is_owner()) {
        return refused("a key with fewer rights than an owner's signs alone or not at all");
    }
    let weight: u32 = chosen.iter().map(|key| u32::from(key.weight)).sum();
    if weight < u32::from(threshold) {
        let left_out = live.iter().filter(|key| {
            key.is_owner() && !chosen.iter().any(|chosen| chosen.handle == key.handle)
        });
        let others = left_out.map(|key| {
            let scheme = scheme_with_id(SchemeId(key.scheme));
            let scheme = scheme.map_or_else(|| key.scheme.to_string(), |s| s.name().to_owned());
            let handle = const_hex::encode_prefixed(key.handle.0.0);
            format!("{scheme} {handle} (weight {})", key.weight)
        });
        let (name, others) = (name.to_owned(), others.collect());
        return Err(OfflineError::TooLight { name, weight, threshold, others });
    }
    let spare = weight.saturating_sub(threshold.into());
    if chosen.iter().any(|key| u32::from(key.weight) <= spare) {
        return refused("one of the keys asked for is not needed, and the chain takes no more");
    }
    Ok(())
}

/// `own` alone if that is enough, else `own` and owners in order until the threshold is reached.
fn least<'a>(keys: &[&'a PolicyKey], threshold: u16, own: KeyHandle) -> Option<Vec<&'a PolicyKey>> {
    let first = keys.iter().copied().find(|key| key.handle == own)?;
    if first.weight >= threshold || !first.is_owner() {
        return Some(vec![first]);
    }
    let mut chosen = vec![first];
    let sum = |keys: &[&PolicyKey]| -> u32 { keys.iter().map(|key| u32::from(key.weight)).sum() };
    let threshold = u32::from(threshold);
    for key in keys.iter().copied().filter(|key| key.handle != own && key.is_owner()) {
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
    let at = |key: &PolicyKey| keys.iter().position(|one| one.handle == key.handle);
    chosen.sort_by_key(|key| at(key));
    Some(chosen)
}

#[cfg(test)]
mod tests {
    use althing_primitives::Hash256;

    use super::*;
    use crate::chain::policy::Scopes;

    fn keys(weights: &[u16]) -> Vec<PolicyKey> {
        let keys = (1_u8..).zip(weights).map(|(byte, weight)| PolicyKey {
            scheme: 2,
            handle: own(byte),
            weight: *weight,
            scopes: Scopes::OWNER,
            limit: 0,
            expires: None,
        });
        keys.collect()
    }

    fn own(byte: u8) -> KeyHandle {
        KeyHandle(Hash256([byte; 32]))
    }

    fn handles(keys: Option<Vec<&PolicyKey>>) -> Vec<u8> {
        keys.unwrap_or_default().iter().map(|key| key.handle.0.0[0]).collect()
    }

    fn least_of(threshold: u16, weights: &[u16], own_byte: u8) -> Vec<u8> {
        let keys = keys(weights);
        handles(least(&keys.iter().collect::<Vec<_>>(), threshold, own(own_byte)))
    }

    #[test]
    fn a_key_that_is_enough_signs_alone() {
        assert_eq!(least_of(1, &[1, 1], 2), [2]);
        assert_eq!(least_of(1, &[1, 1], 9), [0; 0]);
    }

    #[test]
    fn the_least_owners_are_added_and_stand_in_the_order_of_the_policy() {
        assert_eq!(least_of(2, &[1, 1, 1], 3), [1, 3]);
        assert_eq!(least_of(3, &[1, 2, 1], 3), [2, 3]);
        assert_eq!(least_of(4, &[1, 1], 1), [0; 0]);
    }

    #[test]
    fn signers_that_are_asked_for_are_found_by_the_beginning_of_their_handles() {
        let keys = keys(&[1, 1, 1]);
        let keys: Vec<_> = keys.iter().collect();
        let asked = ["0x03".to_owned(), "01".to_owned()];
        assert_eq!(handles(named(&keys, &asked).ok()), [1, 3]);
        assert!(named(&keys, &["0xff".to_owned()]).is_err());
        assert!(named(&keys, &["0".to_owned()]).is_err());
    }

    #[test]
    fn signers_that_do_not_reach_the_threshold_are_refused_and_those_missing_are_named() {
        let keys = keys(&[1, 1, 1]);
        let keys: Vec<_> = keys.iter().collect();
        let check = |chosen: &[&PolicyKey]| ensure_enough("zoe", (&keys, 2), chosen, Need::Vote);
        assert!(check(&keys[..2]).is_ok());
        assert!(matches!(check(&keys), Err(OfflineError::Signers { .. })));
        let refused = check(&keys[1..2]).unwrap_err();
        let OfflineError::TooLight { weight: 1, threshold: 2, others, .. } = &refused else {
            panic!("{refused}");
        };
        assert_eq!(others.len(), 2);
        assert!(others[0].contains("0101"), "{others:?}");
    }

    #[test]
    fn a_key_with_fewer_rights_signs_alone_and_only_what_it_may() {
        let mut keys = keys(&[1, 1]);
        keys[1].scopes = Scopes::VOTE;
        let keys: Vec<_> = keys.iter().collect();
        let check = |chosen: &[&PolicyKey], need| ensure_enough("zoe", (&keys, 1), chosen, need);
        assert!(check(&keys[1..], Need::Vote).is_ok());
        assert!(check(&keys[1..], Need::Owners).is_err());
        assert!(check(&keys, Need::Vote).is_err());
    }
}
