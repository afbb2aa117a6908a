//! What a person means by a name or an address.
//!
//! A name of the keystore comes first, then the dev members, then SS58. The dev members' names are
//! public keys of everyone: a caller that knows the chain refuses them on any chain that is not a
//! development chain ([`Who::dev_member`] says so).

use althing_crypto::signing::{DEV_MEMBERS, DevMember};
use althing_primitives::{AccountId, SignerKey, Ss58Error, from_ss58};

use crate::{
    ask::Ask,
    key::{Key, KeyError},
    keystore::{AccountFile, KeyEntry, KeyName, Keystore, KeystoreError, Status},
    near::nearest,
    output::{CliError, Output},
};

/// Why a text names no account.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Neither a name nor an address.
    #[error("no account is called {text:?}, and it is no address: {address}")]
    Unknown {
        /// The text.
        text: String,
        /// A name that was probably meant.
        near: Option<String>,
        /// Why it is no address.
        address: Ss58Error,
    },
    /// The keystore refused.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// A dev member's key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// An account somebody named.
#[derive(Debug)]
pub enum Who {
    /// An account of the keystore.
    Kept(Box<AccountFile>),
    /// A member of every development chain.
    DevMember(&'static DevMember, AccountId),
    /// An address, with the prefix it was written with.
    Address(AccountId, u16),
}

impl Who {
    /// The account that `text` names.
    pub fn named(keystore: &Keystore, text: &str) -> Result<Self, AccountError> {
        if let Ok(name) = KeyName::new(text)
            && keystore.contains(&name)
        {
            return Ok(Self::Kept(Box::new(keystore.load(&name)?)));
        }
        if let Some(member) = DevMember::named(text) {
            return Ok(Self::DevMember(member, Key::of_dev_member(member)?.account()));
        }
        let (account, prefix) =
            from_ss58(text).map_err(|address| unknown(keystore, text, address))?;
        Ok(Self::Address(account, prefix))
    }

    /// Its id.
    pub fn account(&self) -> AccountId {
        match self {
            Self::Kept(file) => file.account(),
            Self::DevMember(_, account) | Self::Address(account, _) => *account,
        }
    }

    /// What to call it.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Kept(file) => Some(file.name()),
            Self::DevMember(member, _) => Some(member.name),
            Self::Address(..) => None,
        }
    }

    /// Set if the account exists on development chains only.
    pub fn dev_member(&self) -> Option<&'static DevMember> {
        match self {
            Self::DevMember(member, _) => Some(member),
            Self::Kept(_) | Self::Address(..) => None,
        }
    }
}

/// An account that can sign: its id and its unlocked current keys.
#[derive(Debug)]
pub struct Signer {
    /// What to call it.
    pub name: String,
    /// The account.
    pub account: AccountId,
    /// Its current key; the first one of several that sign together.
    pub key: Key,
    /// The others that sign together with it, in order.
    pub others: Vec<Key>,
    /// The key is a dev member's, so everyone has it.
    pub is_dev_member: bool,
}

impl Signer {
    /// Unlock the account called `name`, asking for its password if need be.
    pub fn unlock(
        keystore: &Keystore,
        name: &str,
        ask: Ask,
        out: &mut Output,
    ) -> Result<Self, CliError> {
        if let Some(key) = dev_key(keystore, name)? {
            let (name, account) = (name.to_owned(), key.account());
            return Ok(Self { name, account, key, others: Vec::new(), is_dev_member: true });
        }
        let file = keystore.load(&KeyName::new(name)?)?;
        let entry = file.current()?;
        let password = ask.password(out, name)?;
        let key = file.open(entry, &password)?;
        let together = file.keys().iter().filter(|one| one.status == Status::Current);
        let others = together.filter(|one| one.handle != entry.handle);
        let others = others.map(|one| file.open(one, &password)).collect::<Result<_, _>>()?;
        let (name, account) = (name.to_owned(), file.account());
        Ok(Self { name, account, key, others, is_dev_member: false })
    }
}

/// The key of the dev member called `name`, unless a key of the keystore has that name.
pub(crate) fn dev_key(keystore: &Keystore, name: &str) -> Result<Option<Key>, KeyError> {
    dev_member_unless_kept(keystore, name).map(Key::of_dev_member).transpose()
}

/// The unlocked keys of `who` that are `wanted`; one password opens all of them.
pub fn keys_of(
    who: &Who,
    wanted: &dyn Fn(SignerKey) -> bool,
    ask: Ask,
    out: &mut Output,
) -> Result<Vec<Key>, CliError> {
    match who {
        Who::DevMember(member, _) => {
            let key = Key::of_dev_member(member)?;
            Ok(if wanted(key.signer()) { vec![key] } else { Vec::new() })
        }
        Who::Kept(file) => {
            let is_wanted = |entry: &&KeyEntry| {
                let handle = entry.key_handle();
                entry.scheme_id().is_ok_and(|scheme| wanted(SignerKey { scheme, handle }))
            };
            let entries: Vec<_> = file.keys().iter().filter(is_wanted).collect();
            if entries.is_empty() {
                return Ok(Vec::new());
            }
            let password = ask.password(out, file.name())?;
            let keys = entries.into_iter().map(|entry| file.open(entry, &password));
            Ok(keys.collect::<Result<_, _>>()?)
        }
        Who::Address(..) => Ok(Vec::new()),
    }
}

fn dev_member_unless_kept(keystore: &Keystore, name: &str) -> Option<&'static DevMember> {
    let kept = KeyName::new(name).is_ok_and(|name| keystore.contains(&name));
    if kept { None } else { DevMember::named(name) }
}

fn unknown(keystore: &Keystore, text: &str, address: Ss58Error) -> AccountError {
    let kept = keystore.list().unwrap_or_default();
    let kept = kept.iter().map(|(name, _)| name.as_str());
    let names = kept.chain(DEV_MEMBERS.iter().map(|member| member.name));
    let near = nearest(text, names).map(str::to_owned);
    AccountError::Unknown { text: text.to_owned(), near, address }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_before_dev_members_and_addresses() {
        let home = tempfile::tempdir().unwrap();
        let keystore = Keystore::at(home.path());
        let alice = Who::named(&keystore, "alice").unwrap();
        assert_eq!(alice.dev_member().map(|member| member.name), Some("alice"));

        let address = alice.account().to_string();
        let by_address = Who::named(&keystore, &address).unwrap();
        assert_eq!(by_address.account(), alice.account());
        assert!(by_address.dev_member().is_none());

        let refusal = Who::named(&keystore, "alcie").unwrap_err();
        assert!(
            matches!(refusal, AccountError::Unknown { near: Some(near), .. } if near == "alice")
        );
    }
}
