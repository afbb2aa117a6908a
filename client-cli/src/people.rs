//! Which accounts the words of a command mean on this chain, and what to call the accounts of an
//! answer.

use std::collections::BTreeMap;

use althing_primitives::{AccountId, from_ss58};
use serde_json::{Value, json};

use crate::{
    account::Who,
    chain::{Chain, replies::DevMember},
    keystore::Keystore,
    output::{CliError, codes},
};

/// Prefix of addresses that belong to no network in particular.
pub const GENERIC_PREFIX: u16 = 42;

/// The account that `text` names on this chain.
pub fn resolve(chain: &Chain, keystore: &Keystore, text: &str) -> Result<Who, CliError> {
    let who = Who::named(keystore, text)?;
    let info = chain.info();
    match &who {
        Who::DevMember(member, _) => dev_members_only_on(chain, member.name)?,
        Who::Address(_, prefix) if *prefix != info.prefix && *prefix != GENERIC_PREFIX => {
            let message = format!(
                "{text} carries prefix {prefix}, addresses of {} carry {}",
                info.chain, info.prefix
            );
            return Err(CliError::new(codes::OTHER_NETWORK, message)
                .detail("address", text)
                .nothing_sent());
        }
        Who::Address(..) | Who::Kept(_) => {}
    }
    Ok(who)
}

/// Refuse a dev member's name anywhere but on a development chain: everyone has the key.
pub fn dev_members_only_on(chain: &Chain, name: &str) -> Result<(), CliError> {
    let info = chain.info();
    if info.development {
        return Ok(());
    }
    let message = format!(
        "{name} is a member of development chains, whose keys are public; {} is no such chain",
        info.chain
    );
    let fix = format!("althing key new {name}");
    let refusal = CliError::new(codes::NET_NOT_DEV, message).detail("account", name);
    Err(refusal.fix([fix]).nothing_sent())
}

/// Names of accounts: those of the keystore, and the dev members' where there are any.
#[derive(Clone, Debug, Default)]
pub struct People(BTreeMap<[u8; 32], String>);

impl People {
    /// Everyone who has a name.
    pub fn of(chain: &mut Chain, keystore: &Keystore) -> Result<Self, CliError> {
        let mut names = BTreeMap::new();
        if chain.info().development {
            let members: Vec<DevMember> = chain.read("dev_members", &[])?;
            for member in members {
                if let Ok((account, _)) = from_ss58(&member.address) {
                    names.insert(account.0, member.name);
                }
            }
        }
        for (name, file) in keystore.list()? {
            if let Ok(file) = file {
                names.insert(file.account().0, name);
            }
        }
        Ok(Self(names))
    }

    /// The name of an account.
    pub fn name(&self, account: &AccountId) -> Option<&str> {
        self.0.get(&account.0).map(String::as_str)
    }

    /// The name of an address.
    pub fn name_of(&self, address: &str) -> Option<&str> {
        let (account, _) = from_ss58(address).ok()?;
        self.name(&account)
    }

    /// An address for people, with its name in front if it has one.
    pub fn show(&self, address: &str) -> String {
        match self.name_of(address) {
            Some(name) => format!("{name} ({address})"),
            None => address.to_owned(),
        }
    }

    /// The shortest thing to call an address.
    pub fn call(&self, address: &str) -> String {
        self.name_of(address).map_or_else(|| crate::wording::short(address), str::to_owned)
    }

    /// An address for programs.
    pub fn json(&self, address: &str) -> Value {
        json!({ "address": address, "name": self.name_of(address) })
    }
}

/// The address of `who` on this chain, with the name it was given.
pub fn show(chain: &Chain, who: &Who) -> String {
    let address = chain.address(&who.account());
    match who.name() {
        Some(name) => format!("{name} ({address})"),
        None => address,
    }
}
