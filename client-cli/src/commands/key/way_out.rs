//! The way out of the states of an account's schemes: the one place that names it.

use althing_crypto::{SchemeId, signing::DevMember};

use super::remove::scheme_of;
use crate::{
    chain::{
        Chain,
        policy::{Policy, PolicyKey},
        replies::Scheme,
    },
    environment,
    key::scheme_with_id,
    keystore::{AccountFile, KeyName, Keystore},
    output::CliError,
    reserve::RESERVE_SCHEME,
    wording,
};

/// Schemes to move to, best first.
pub(super) const PREFERRED: [&str; 3] = ["ml-dsa-65", "slh-dsa-sha2-128s", "ml-dsa-44"];
/// The chain's code for a scheme whose state forbids what was asked of it.
pub(crate) const SCHEME_STATE: &str = "TX-111";
/// How the members are asked for a new key.
const RESCUE: &str = "althing propose call accounts.rescue --help";

/// The state of all schemes at a block.
pub(crate) struct Registry {
    pub(super) schemes: Vec<Scheme>,
    pub(super) now: u32,
}

impl Registry {
    /// What the chain says now.
    pub(crate) fn read(chain: &mut Chain) -> Result<Self, CliError> {
        let schemes = chain.read("crypto_schemes", &[])?;
        Ok(Self { schemes, now: chain.info().head.number })
    }

    fn scheme(&self, id: u16) -> Option<&Scheme> {
        self.schemes.iter().find(|scheme| scheme.id == id)
    }

    fn name(&self, id: u16) -> String {
        let known = || scheme_with_id(SchemeId(id)).map(|scheme| scheme.name().to_owned());
        let name = self.scheme(id).map(|scheme| scheme.name.clone()).or_else(known);
        name.unwrap_or_else(|| format!("scheme {id}"))
    }

    /// The state of a scheme; `broken` if it was proved to be and is in use for want of others.
    pub(crate) fn state(&self, id: u16) -> &str {
        self.scheme(id).map_or("unknown", |scheme| match (&*scheme.state, scheme.broken) {
            ("active", Some(_)) => "broken",
            (state, _) => state,
        })
    }

    pub(super) fn is_broken(&self, id: u16) -> bool {
        self.scheme(id).is_some_and(|scheme| scheme.broken.is_some())
    }

    /// Whether accounts may begin with a key of the scheme.
    pub(super) fn takes_new_keys(&self, id: u16) -> bool {
        matches!(self.state(id), "active" | "broken" | "trial" | "unknown")
    }

    /// Whether keys of the scheme may still change who controls their account.
    pub(super) fn rotates(&self, id: u16) -> bool {
        !matches!(self.state(id), "proposed" | "frozen" | "retired")
    }

    /// The best active scheme that is not among `kept`.
    pub(super) fn instead(&self, kept: &[String]) -> Option<&'static str> {
        PREFERRED.into_iter().find(|name| {
            let active = |scheme: &Scheme| {
                scheme.name == *name && scheme.state == "active" && scheme.broken.is_none()
            };
            self.schemes.iter().any(active) && !kept.iter().any(|one| one == name)
        })
    }

    pub(super) fn end(&self, id: u16) -> Option<u32> {
        let scheme = self.scheme(id)?;
        scheme.frozen_until.or(scheme.sunset_at)
    }

    /// When the present state of a scheme ends, in words.
    pub(super) fn until(&self, id: u16) -> String {
        if self.state(id) == "frozen" && self.is_broken(id) {
            return " until it is retired, for it was proved to be broken".to_owned();
        }
        self.end(id).map_or(String::new(), |block| {
            let left = wording::count(block.saturating_sub(self.now));
            format!(" until block {} (in {left} blocks)", wording::count(block))
        })
    }
}

/// An account, as far as this wallet and the chain know it.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) name: &'a str,
    /// Its key file; dev members and addresses have none.
    pub(crate) file: Option<&'a AccountFile>,
    /// None if it never signed.
    pub(crate) policy: Option<&'a Policy>,
}

/// What helps, in words and as a command.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct WayOut {
    pub(crate) words: String,
    pub(crate) command: String,
}

impl Known<'_> {
    fn is_here(&self, key: &PolicyKey) -> bool {
        self.file.is_some_and(|file| file.entry(key.handle).is_some())
    }

    /// The scheme whose state keeps this wallet from changing the account's keys, if one does.
    pub(crate) fn held_up_by(&self, registry: &Registry) -> Option<u16> {
        let Some(policy) = self.policy else {
            let id = self.file?.current().ok()?.scheme_id().ok()?.0;
            return (!registry.rotates(id)).then_some(id);
        };
        let rotates = |key: &PolicyKey| self.is_here(key) && registry.rotates(key.scheme);
        if !reach(policy, registry.now, &|key| self.is_here(key))
            || reach(policy, registry.now, &rotates)
        {
            return None;
        }
        let held = policy
            .keys
            .iter()
            .find(|key| key.is_owner() && self.is_here(key) && !registry.rotates(key.scheme));
        held.map(|key| key.scheme)
    }

    /// What helps against the state of `scheme`, under which a key of the account is.
    pub(crate) fn way_out(&self, scheme: u16, registry: &Registry) -> WayOut {
        let name = self.name;
        let is = |words: &str, command: String| WayOut { words: words.to_owned(), command };
        let Some(file) = self.file else {
            if DevMember::named(name).is_some() {
                let words = "everyone has the key of a dev member, so it is not replaced: use a \
                             key of your own";
                return is(words, "althing key new mine".to_owned());
            }
            return is("see which keys it has", format!("althing key policy {name}"));
        };
        let rotates = |key: &PolicyKey| registry.rotates(key.scheme);
        let here = |key: &PolicyKey| self.is_here(key) && rotates(key);
        let replace = "put a key of another scheme in its place";
        match self.policy {
            None if registry.rotates(scheme) => {
                let to = registry.instead(&[]).unwrap_or(PREFERRED[0]);
                return is(replace, format!("althing key rotate {name} --to-scheme {to}"));
            }
            Some(policy) if registry.rotates(scheme) || reach(policy, registry.now, &here) => {
                return is(replace, rotation(name, policy, registry));
            }
            Some(policy) if has_reserve(file, policy) && registry.rotates(RESERVE_SCHEME.0) => {
                return is("move to the reserve key", format!("althing key escape {name}"));
            }
            Some(policy) if reach(policy, registry.now, &rotates) => {
                let words = "owners outside this wallet can replace the key";
                return is(words, format!("althing key policy {name}"));
            }
            _ => {}
        }
        let has_friends = self.policy.is_some_and(|policy| policy.recovery.is_some());
        let (words, command) = if has_friends {
            ("its friends can give it new keys", "althing recovery ask --help")
        } else {
            ("only a rescue by referendum gives it a new key", RESCUE)
        };
        let ends = registry.state(scheme) == "frozen"
            && !registry.is_broken(scheme)
            && registry.end(scheme).is_some();
        let words = if ends { format!("wait until then; sooner, {words}") } else { words.into() };
        is(&words, command.to_owned())
    }

    /// The refusal of what the state of `scheme` forbids, with the way out.
    pub(crate) fn refusal(&self, scheme: u16, registry: &Registry) -> CliError {
        let (name, state) = (registry.name(scheme), registry.state(scheme));
        let WayOut { words, command } = self.way_out(scheme, registry);
        let message = format!("{name} is {state}{}: {words}", registry.until(scheme));
        CliError::from_chain(SCHEME_STATE, message)
            .detail("scheme", name)
            .detail("state", state)
            .fix([command])
    }
}

/// The refusal for whoever is called `name`, of what the state of one of `schemes` forbids.
pub(crate) fn refusal(
    chain: &mut Chain,
    (name, policy): (&str, Option<&Policy>),
    schemes: &[u16],
) -> Result<CliError, CliError> {
    let registry = Registry::read(chain)?;
    let keystore = Keystore::at(&environment::home()?);
    let file = KeyName::new(name).ok().and_then(|name| keystore.load(&name).ok());
    let known = Known { name, file: file.as_ref(), policy };
    let unwell = |id: &&u16| registry.state(**id) != "active";
    let worst = schemes.iter().find(|id| !registry.rotates(**id));
    let id = worst.or_else(|| schemes.iter().find(unwell)).or(schemes.first());
    Ok(known.refusal(id.copied().unwrap_or_default(), &registry))
}

/// Whether the live owner keys that `which` picks reach the threshold.
fn reach(policy: &Policy, now: u32, which: &dyn Fn(&PolicyKey) -> bool) -> bool {
    let owners = policy.keys.iter().filter(|key| key.is_owner() && key.is_live(now));
    let weights = owners.filter(|key| which(key)).map(|key| u32::from(key.weight));
    weights.sum::<u32>() >= u32::from(policy.threshold)
}

/// The command that puts active schemes in the place of those that are not.
pub(super) fn rotation(name: &str, policy: &Policy, registry: &Registry) -> String {
    let owners: Vec<_> = policy.keys.iter().filter(|key| key.is_owner()).collect();
    let is_well = |key: &&&PolicyKey| registry.state(key.scheme) == "active";
    let mut to: Vec<String> = owners.iter().filter(is_well).map(|key| scheme_of(key)).collect();
    while to.len() < owners.len() {
        let Some(next) = registry.instead(&to) else { break };
        to.push(next.to_owned());
    }
    if to.is_empty() {
        to.push(PREFERRED[0].to_owned());
    }
    format!("althing key rotate {name} --to-scheme {}", to.join("+"))
}

/// Whether the reserve that the account is committed to is in its key file.
pub(super) fn has_reserve(file: &AccountFile, policy: &Policy) -> bool {
    let committed = |next| file.keys().iter().any(|entry| entry.commitment() == Some(next));
    policy.next.is_some_and(committed)
}
