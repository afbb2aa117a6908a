//! Which keys sign a call: the fewest owners of this wallet that reach the threshold of the account's
//! policy, or one key with fewer rights if it may sign this much (`specs/wallet.md`, W34).

use althing_crypto::{KeyHandle, SchemeId, signing::SigningScheme};
use althing_primitives::{Balance, JointPart, SIGNERS_MAX, Signature, SignerKey};
use scale_value::Composite;

use crate::{
    account,
    chain::{
        Chain, DecodedCall,
        policy::{Policy, PolicyKey, Scopes, number_in},
        replies::Scheme,
    },
    context::Context,
    key::{Key, scheme_with_id},
    keystore::{AccountFile, KeyName},
    output::{CliError, codes},
    wording,
};

use super::{Sender, signers};

/// A key that is to sign.
#[derive(Clone, Copy)]
pub struct SignKey {
    /// Its scheme.
    pub scheme: &'static dyn SigningScheme,
    /// Its short name.
    pub handle: KeyHandle,
    /// The chain keeps the public key, so it need not travel.
    pub kept: bool,
}

impl std::fmt::Debug for SignKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SignKey").field(&self.scheme.name()).field(&self.handle).finish()
    }
}

impl SignKey {
    /// The key as a transaction names it.
    pub fn signer(&self) -> SignerKey {
        SignerKey { scheme: self.scheme.id(), handle: self.handle }
    }
}

/// What a call takes of the keys that sign it (`specs/accounts.md`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Need {
    /// The owners alone.
    Owners,
    /// A ballot.
    Vote,
    /// To send so much away.
    Transfer(Balance),
    /// Anything else.
    Everyday,
}

impl Need {
    /// What this call takes.
    pub fn of(call: &DecodedCall) -> Self {
        let amount = |field: &str| match &call.fields {
            Composite::Named(fields) => {
                let found = fields.iter().find(|(name, _)| name == field);
                found.and_then(|(_, value)| number_in(value)).unwrap_or(Balance::MAX)
            }
            Composite::Unnamed(_) => Balance::MAX,
        };
        match (call.pallet.as_str(), call.call.as_str()) {
            ("Accounts", _) | ("Encryption", "publish" | "withdraw") => Self::Owners,
            ("Voting", _) => Self::Vote,
            ("Balances", _) => Self::Transfer(amount("value")),
            ("Treasury", "deposit") => Self::Transfer(amount("amount")),
            _ => Self::Everyday,
        }
    }

    /// Whether a key with fewer rights than an owner's signs this alone.
    pub(super) fn met_by(self, key: &PolicyKey) -> bool {
        let may = |scope| key.scopes.contain(scope);
        match self {
            Self::Owners => false,
            Self::Vote => may(Scopes::VOTE) || may(Scopes::SESSION),
            Self::Transfer(amount) => may(Scopes::TRANSFER) && amount <= key.limit,
            Self::Everyday => may(Scopes::SESSION),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Owners => "do what takes the account's owners".to_owned(),
            Self::Vote => "vote".to_owned(),
            Self::Transfer(Balance::MAX) => "send everything".to_owned(),
            Self::Transfer(amount) => {
                format!("send {}", crate::amount::to_text_with_unit(amount))
            }
            Self::Everyday => "do this".to_owned(),
        }
    }
}

/// The keys of an account: those of its policy, and which of them this wallet holds.
#[derive(Clone, Debug)]
pub struct Ring {
    policy: Policy,
    held: Vec<Held>,
}

/// A key of the policy whose secret is here.
#[derive(Clone, Debug)]
struct Held {
    key: PolicyKey,
    sign: SignKey,
    /// The state of its scheme lets it sign.
    usable: bool,
}

impl Ring {
    /// The keys of `policy` that `file` holds.
    pub(super) fn of_file(policy: Policy, file: &AccountFile, states: &States<'_>) -> Self {
        let scheme = |handle| {
            // A key whose modules are not here signs no more than one that is not here.
            file.entry(handle)?.key_scheme().ok()
        };
        Self::of(policy, scheme, states)
    }

    /// The keys of `policy` that are this one.
    pub(super) fn of_key(policy: Policy, key: &Key, states: &States<'_>) -> Self {
        Self::of(policy, |handle| (handle == key.handle()).then(|| key.scheme()), states)
    }

    /// The keys of `policy`, none of which is here.
    pub(super) const fn of_nobody(policy: Policy) -> Self {
        Self { policy, held: Vec::new() }
    }

    fn of(
        policy: Policy,
        scheme: impl Fn(KeyHandle) -> Option<&'static dyn SigningScheme>,
        states: &States<'_>,
    ) -> Self {
        let held = policy.keys.iter().filter_map(|key| {
            let sign = SignKey { scheme: scheme(key.handle)?, handle: key.handle, kept: true };
            Some(Held { key: key.clone(), sign, usable: states(key.handle) })
        });
        let held = held.collect();
        Self { policy, held }
    }

    /// Whether there is any key to sign with.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The key that stands for all in messages: the first owner, else the first of any.
    pub(super) fn main(&self) -> Option<SignKey> {
        let owner = self.held.iter().find(|held| held.key.is_owner());
        owner.or_else(|| self.held.first()).map(|held| held.sign)
    }

    /// The keys that sign for `need` in block `now`: in the policy's order, none of them superfluous.
    fn choose(&self, need: Need, now: u32) -> Option<Vec<SignKey>> {
        let live: Vec<&Held> = self.held.iter().filter(|held| held.key.is_live(now)).collect();
        let owners: Vec<&Held> = live.iter().copied().filter(|held| held.key.is_owner()).collect();
        let usable: Vec<&Held> = owners.iter().copied().filter(|held| held.usable).collect();
        let limited = || {
            let able = |held: &&&Held| !held.key.is_owner() && need.met_by(&held.key);
            let found = live.iter().find(|held| able(held) && held.usable);
            found.or_else(|| live.iter().find(able)).map(|held| vec![held.sign])
        };
        // Keys whose scheme does not sign come last: then the chain says why they do not.
        self.fewest(&usable).or_else(limited).or_else(|| self.fewest(&owners))
    }

    /// The smallest set of `owners` that reaches the threshold; the first one of several.
    fn fewest(&self, owners: &[&Held]) -> Option<Vec<SignKey>> {
        let threshold = u32::from(self.policy.threshold);
        let sets = 1_u32..1 << owners.len().min(16);
        let members =
            |set: u32| owners.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1);
        let reaches = |set: &u32| {
            let weights = members(*set).map(|(_, held)| u32::from(held.key.weight));
            set.count_ones() <= SIGNERS_MAX && weights.sum::<u32>() >= threshold
        };
        // Lower bits are earlier keys; reversing them makes the first keys the smallest number.
        let order = |set: &u32| (set.count_ones(), std::cmp::Reverse(set.reverse_bits()));
        let best = sets.filter(reaches).min_by_key(order)?;
        Some(members(best).map(|(_, held)| held.sign).collect())
    }

    /// The owners of this wallet that act for the account together in block `now`.
    fn owners(&self, now: u32) -> Option<Vec<SignKey>> {
        let able = |held: &&Held| held.key.is_owner() && held.usable && held.key.is_live(now);
        self.fewest(&self.held.iter().filter(able).collect::<Vec<_>>())
    }

    /// The owners that are not in this wallet.
    fn missing(&self) -> Vec<String> {
        let absent = self.policy.keys.iter().filter(|key| {
            key.is_owner() && !self.held.iter().any(|held| held.key.handle == key.handle)
        });
        let name = |key: &PolicyKey| {
            let scheme = scheme_with_id(SchemeId(key.scheme));
            let scheme = scheme.map_or_else(|| key.scheme.to_string(), |s| s.name().to_owned());
            format!("{scheme} {}", const_hex::encode_prefixed(key.handle.0.0))
        };
        absent.map(name).collect()
    }
}

/// Whether the scheme of a key signs now.
pub(super) type States<'a> = dyn Fn(KeyHandle) -> bool + 'a;

impl Sender {
    /// The keys that speak for the account itself in something that is no transaction, or why there
    /// are none.
    pub fn authors(&self, chain: &Chain) -> Result<Vec<SignKey>, CliError> {
        let now = chain.info().head.number.saturating_add(1);
        let Some(ring) = &self.ring else {
            return Ok(vec![SignKey { scheme: self.scheme, handle: self.handle, kept: false }]);
        };
        ring.owners(now).ok_or_else(|| refuse(&self.name, ring, Need::Owners, now))
    }

    /// The keys that sign `call`, or why there are none.
    pub fn signers_of(&self, chain: &mut Chain, call: &[u8]) -> Result<Vec<SignKey>, CliError> {
        let signers = self.choose_signers(chain, call)?;
        ensure_known(chain, &signers)?;
        Ok(signers)
    }

    fn choose_signers(&self, chain: &mut Chain, call: &[u8]) -> Result<Vec<SignKey>, CliError> {
        if let Some(fixed) = &self.fixed {
            return Ok(fixed.clone());
        }
        let Some(ring) = &self.ring else {
            // The first use of an account: the key that made it.
            return Ok(vec![SignKey { scheme: self.scheme, handle: self.handle, kept: false }]);
        };
        let need = Need::of(&chain.metadata()?.decode_call(call)?);
        let now = chain.info().head.number.saturating_add(1);
        let here = ring.choose(need, now);
        let Some(asked) = &self.to_file else {
            return here.ok_or_else(|| refuse(&self.name, ring, need, now));
        };
        match here {
            Some(here) if asked.is_empty() => Ok(here),
            _ => signers::across(self, ring.policy(), (asked, need), now),
        }
    }
}

/// Refuse keys of a scheme that was voted in elsewhere: the chain cannot even read what they sign.
fn ensure_known(chain: &mut Chain, signers: &[SignKey]) -> Result<(), CliError> {
    let is_own = |key: &SignKey| althing_crypto::scheme(key.scheme.id()).is_some();
    if signers.iter().all(is_own) {
        return Ok(());
    }
    let schemes: Vec<Scheme> = chain.read("crypto_schemes", &[])?;
    let foreign = signers.iter().find(|key| {
        let (id, name) = (key.scheme.id().0, key.scheme.name());
        !schemes.iter().any(|scheme| scheme.id == id && scheme.name == name)
    });
    match foreign {
        Some(key) => {
            let name = key.scheme.name();
            let message = format!("this chain does not know {name}, which the key is of");
            let refused = CliError::new(codes::KEY_UNKNOWN_SCHEME, message).detail("scheme", name);
            Err(refused.fix(["althing crypto"]).nothing_sent())
        }
        None => Ok(()),
    }
}

fn refuse(name: &str, ring: &Ring, need: Need, now: u32) -> CliError {
    let missing = ring.missing();
    let expired = ring.held.iter().filter(|held| !held.key.is_live(now)).count();
    let policy = format!("althing key policy {name}");
    if missing.is_empty() {
        let message = format!(
            "no keys of {name} that are here may {}: {expired} of {} have expired",
            need.words(),
            ring.held.len()
        );
        return CliError::new(codes::KEY_NOT_ALLOWED, message).fix([policy]).nothing_sent();
    }
    let only_limited = ring.held.iter().all(|held| !held.key.is_owner());
    let (code, message) = if only_limited {
        let message = format!(
            "the key of {name} in this wallet may not {}: its rights are {}",
            need.words(),
            rights(&ring.held)
        );
        (codes::KEY_NOT_ALLOWED, message)
    } else {
        let held = ring.held.iter().filter(|held| held.key.is_owner());
        let weight: u32 = held.map(|held| u32::from(held.key.weight)).sum();
        let message = format!(
            "{name} signs with a weight of {}, the keys in this wallet weigh {weight}",
            ring.policy.threshold
        );
        (codes::KEY_MISSING, message)
    };
    CliError::new(code, message).detail("missing", missing).fix([policy]).nothing_sent()
}

fn rights(held: &[Held]) -> String {
    let words: Vec<_> = held.iter().map(|held| wording::scopes(held.key.scopes)).collect();
    words.join("; ")
}

/// A witness of the right size that proves nothing, to ask for a price.
pub(super) fn blank_witness(signers: &[SignKey]) -> Result<Signature, CliError> {
    let blanks = signers.iter().map(|key| vec![0; key.scheme.sizes().signature]);
    let public = |key: &SignKey| vec![0; key.scheme.sizes().public];
    witness(signers, blanks.collect(), public)
}

/// The witness of these keys over a statement of theirs.
pub(super) fn sign(
    signers: &[SignKey],
    keys: &[Key],
    statement: &[u8],
) -> Result<Signature, CliError> {
    let signature = |wanted: &SignKey| {
        let key = keys.iter().find(|key| key.handle() == wanted.handle);
        let key = key.ok_or_else(|| {
            let message = format!("key {} is not unlocked here", wanted.handle.0);
            CliError::new(codes::KEY_NO_CURRENT, message).nothing_sent()
        })?;
        Ok(key.sign(statement)?)
    };
    let signatures: Result<Vec<_>, CliError> = signers.iter().map(signature).collect();
    let public = |wanted: &SignKey| {
        let key = keys.iter().find(|key| key.handle() == wanted.handle);
        key.map(|key| key.public().to_vec()).unwrap_or_default()
    };
    witness(signers, signatures?, public)
}

/// The witness of keys that sign together.
pub fn joint_witness(keys: &[&Key], statement: &[u8]) -> Result<Signature, CliError> {
    let sign_key = |key: &&Key| SignKey { scheme: key.scheme(), handle: key.handle(), kept: true };
    let signers: Vec<_> = keys.iter().map(sign_key).collect();
    let signatures: Result<Vec<_>, _> = keys.iter().map(|key| key.sign(statement)).collect();
    witness(&signers, signatures?, |_| Vec::new())
}

fn witness(
    signers: &[SignKey],
    signatures: Vec<Vec<u8>>,
    public: impl Fn(&SignKey) -> Vec<u8>,
) -> Result<Signature, CliError> {
    let too_large = || CliError::new(codes::KEY_CRYPTO, "larger than an extrinsic may carry");
    let mut parts = Vec::with_capacity(signers.len());
    for (key, signature) in signers.iter().zip(signatures) {
        let signature = signature.try_into().map_err(|_| too_large())?;
        let SignerKey { scheme, handle } = key.signer();
        if signers.len() > 1 {
            parts.push(JointPart { scheme, handle, signature });
        } else if key.kept {
            return Ok(Signature::Handle { scheme, handle, signature });
        } else {
            let public = public(key).try_into().map_err(|_| too_large())?;
            return Ok(Signature::Key { scheme, public, signature });
        }
    }
    Ok(Signature::Joint { parts: parts.try_into().map_err(|_| too_large())? })
}

/// Unlock these keys of `name`; the password is asked for once.
pub(super) fn unlock(
    context: &mut Context,
    sender: &Sender,
    signers: &[SignKey],
) -> Result<Vec<Key>, CliError> {
    let keystore = context.keystore()?;
    if let Some(key) = account::dev_key(&keystore, &sender.name)? {
        return Ok(vec![key]);
    }
    let file = keystore.load(&KeyName::new(&sender.name)?)?;
    let password = context.ask.password(&mut context.out, &sender.name)?;
    let open = |signer: &SignKey| {
        let entry = file.entry(signer.handle).ok_or_else(|| {
            let message = format!("{} lost key {}", sender.name, signer.handle.0);
            CliError::new(codes::KEY_NO_CURRENT, message)
        })?;
        Ok(file.open(entry, &password)?)
    };
    signers.iter().map(open).collect()
}

#[cfg(test)]
mod tests;
