//! Which key of this wallet opens an envelope.

use althing_crypto::{
    KeyHandle,
    seal::{Recipient, SealHeader},
    signing::{DEV_MEMBERS, DevMember},
};
use althing_primitives::AccountId;

use super::{EncryptionFile, EncryptionKey, EncryptionStore};
use crate::{
    account::Who,
    chain::Chain,
    context::Context,
    environment,
    keystore::{KeyName, Keystore},
    output::{CliError, codes},
    people,
};

/// A recipient whose key is in this wallet.
#[derive(Debug)]
pub struct Holder {
    /// What to call the account.
    pub name: String,
    /// The account.
    pub account: AccountId,
    key: KeyHandle,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Kept(Box<EncryptionFile>),
    DevMember(&'static DevMember),
}

impl Holder {
    /// The account that `--account` names if it can open the envelope; without the flag the first
    /// account of this wallet that can. Dev members come last, and on development chains only.
    pub fn of(header: &SealHeader, context: &Context, chain: &Chain) -> Result<Self, CliError> {
        let keystore = context.keystore()?;
        let names = match &context.global.account {
            Some(name) => vec![name.clone()],
            None => everyone(&keystore, chain)?,
        };
        for name in &names {
            if let Some(holder) = Self::named(name, header, (&keystore, chain))? {
                return Ok(holder);
            }
        }
        let message = match &context.global.account {
            Some(name) => format!("it is not sealed to a key that this wallet holds of {name}"),
            None => "it is not sealed to a key that this wallet holds".to_owned(),
        };
        let recipients = header.recipients.iter();
        let recipients: Vec<_> = recipients.map(|one| chain.address(&one.account)).collect();
        Err(CliError::new(codes::SEAL_NOT_FOR_YOU, message).detail("recipients", recipients))
    }

    fn named(
        name: &str,
        header: &SealHeader,
        (keystore, chain): (&Keystore, &Chain),
    ) -> Result<Option<Self>, CliError> {
        let who = people::resolve(chain, keystore, name)?;
        let account = who.account();
        let slot = header.recipients.iter().find(|recipient| recipient.account == account);
        let Some(Recipient { key, .. }) = slot else { return Ok(None) };
        let source = match who {
            Who::DevMember(member, _) => {
                let is_its_key = EncryptionKey::of_dev_member(member)?.handle()? == *key;
                is_its_key.then_some(Source::DevMember(member))
            }
            Who::Kept(_) => {
                let store = EncryptionStore::at(&environment::home()?);
                let file = store.load(&KeyName::new(name)?)?;
                let file = file.filter(|file| file.account() == account);
                file.filter(|file| file.key(key).is_some()).map(Box::new).map(Source::Kept)
            }
            Who::Address(..) => None,
        };
        let key = *key;
        Ok(source.map(|source| Self { name: name.to_owned(), account, key, source }))
    }

    /// Unlock the key, asking for the account's password if need be.
    pub fn unlock(&self, context: &mut Context) -> Result<EncryptionKey, CliError> {
        match &self.source {
            Source::DevMember(member) => EncryptionKey::of_dev_member(member),
            Source::Kept(file) => {
                let no_key = || CliError::new(codes::SEAL_NOT_FOR_YOU, "the key is gone");
                let entry = file.key(&self.key).ok_or_else(no_key)?;
                let password = context.ask.password(&mut context.out, &self.name)?;
                file.open(entry, &password)
            }
        }
    }
}

fn everyone(keystore: &Keystore, chain: &Chain) -> Result<Vec<String>, CliError> {
    let kept = keystore.list()?.into_iter().filter(|(_, file)| file.is_ok());
    let mut names: Vec<_> = kept.map(|(name, _)| name).collect();
    if chain.info().development {
        let members = DEV_MEMBERS.iter().map(|member| member.name.to_owned());
        let unkept: Vec<_> = members.filter(|name| !names.contains(name)).collect();
        names.extend(unkept);
    }
    Ok(names)
}
