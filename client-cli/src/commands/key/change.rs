//! What all changes of an account's policy have in common: whose account it is, what its policy would
//! be, and when it becomes that.

use althing_crypto::signing::DevMember;
use serde_json::Value;

use super::way_out::{Known, Registry};
use crate::{
    chain::{Chain, policy::Policy},
    context::Context,
    draft::Draft,
    key::Key,
    keystore::{AccountFile, KeyName, Keystore, Password},
    output::{CliError, Reply, Warning, codes},
    transact::{Outcome, Sender, SignKey},
    wording,
};

/// An account of this wallet whose policy is to change.
pub(crate) struct Subject {
    pub(crate) name: KeyName,
    pub(crate) keystore: Keystore,
    pub(crate) chain: Chain,
    pub(crate) sender: Sender,
    /// The policy that the chain has; none if the account never signed.
    pub(crate) policy: Option<Policy>,
}

impl Subject {
    /// The account called `name`.
    pub(crate) fn find(text: &str, context: &mut Context) -> Result<Self, CliError> {
        let name = KeyName::new(text)?;
        let keystore = context.keystore()?;
        if !keystore.contains(&name) && DevMember::named(text).is_some() {
            let message = format!(
                "{text} is a dev member: everyone has its key, so it is not changed. Use a key of \
                 your own"
            );
            return Err(CliError::new(codes::KEY_DEV_MEMBER, message).nothing_sent());
        }
        keystore.load(&name)?;
        context.global.account = Some(text.to_owned());
        let mut chain = context.chain()?;
        let sender = Sender::find(context, &mut chain)?;
        let policy = sender.policy().cloned();
        Ok(Self { name, keystore, chain, sender, policy })
    }

    /// The same, which must have signed before.
    pub(crate) fn enrolled(text: &str, context: &mut Context) -> Result<(Self, Policy), CliError> {
        let mut subject = Self::find(text, context)?;
        match subject.policy.clone() {
            Some(policy) => Ok((subject, policy)),
            None => Err(subject.not_enrolled()?),
        }
    }

    /// Refuse what the states of the present keys' schemes forbid, before any key is made for it.
    pub(crate) fn must_rotate(&mut self) -> Result<(), CliError> {
        let file = self.file()?;
        let registry = Registry::read(&mut self.chain)?;
        let policy = self.policy.as_ref();
        let known = Known { name: self.name.as_str(), file: Some(&file), policy };
        known
            .held_up_by(&registry)
            .map_or(Ok(()), |scheme| Err(known.refusal(scheme, &registry).nothing_sent()))
    }

    /// Why an account that never signed cannot do this, and what it begins with.
    fn not_enrolled(&mut self) -> Result<CliError, CliError> {
        let (name, id) = (&self.name, self.sender.scheme.id().0);
        let registry = Registry::read(&mut self.chain)?;
        if !registry.takes_new_keys(id) {
            let file = self.keystore.load(name)?;
            let known = Known { name: name.as_str(), file: Some(&file), policy: None };
            return Ok(known.refusal(id, &registry).nothing_sent());
        }
        let message = format!("{name} has never signed, so the chain knows no policy of it");
        Ok(CliError::new(codes::KEY_NOT_ENROLLED, message)
            .fix([format!("althing --account {name} send {name} 1")])
            .nothing_sent())
    }

    /// Its key file. It may have caught up with the chain while the sender was looked for.
    pub(crate) fn file(&self) -> Result<AccountFile, CliError> {
        Ok(self.keystore.load(&self.name)?)
    }

    /// What it is now, to be changed.
    pub(crate) fn draft(&mut self) -> Result<Draft, CliError> {
        match &self.policy {
            Some(policy) => Draft::of(&mut self.chain, &self.sender.account, policy),
            None => Ok(Draft { keys: Vec::new(), threshold: 1, next: None, recovery: None }),
        }
    }

    /// The call that makes it `draft`. `new` are the keys that are not in its policy.
    pub(crate) fn call(&mut self, draft: &Draft, new: &[&Key]) -> Result<Vec<u8>, CliError> {
        let nonce = self.policy.as_ref().map_or(0, |policy| policy.rotation_nonce);
        draft.call(&mut self.chain, (&self.sender.account, nonce), new)
    }

    /// Whether owners outside this wallet control the account too.
    pub(crate) fn has_other_owners(&self, file: &AccountFile) -> bool {
        let mut owners = self.policy.iter().flat_map(|policy| &policy.keys);
        owners.any(|key| key.is_owner() && file.entry(key.handle).is_none())
    }

    /// What the screen says of when a change takes effect.
    pub(crate) fn when(&self) -> (&'static str, String) {
        let waits = self.policy.as_ref().is_some_and(|policy| policy.recovery.is_some());
        let text = if waits {
            format!(
                "later, since friends may object; stop it with: althing key cancel {}",
                self.name
            )
        } else {
            "at once".to_owned()
        };
        ("effect", text)
    }

    /// Let the key file follow a change that is in a block and took effect at once. `Some` names the
    /// block at which it will, if it waits.
    pub(crate) fn settle(
        &self,
        file: &mut AccountFile,
        draft: &Draft,
        outcome: &Outcome,
    ) -> Result<Option<u32>, CliError> {
        if outcome.placed().is_none() {
            return Ok(None);
        }
        if let Some(block) = effective_at(outcome) {
            return Ok(Some(block));
        }
        let of = |owners: bool| {
            let keys = draft.keys.iter();
            let keys = keys.filter(move |key| {
                key.scopes.contain(crate::chain::policy::Scopes::OWNER) == owners
            });
            keys.map(crate::draft::DraftKey::handle).collect::<Vec<_>>()
        };
        if file.agree(&of(true), &of(false)) {
            self.keystore.replace(file).map_err(|error| outcome.then(error.into()))?;
        }
        Ok(None)
    }
}

/// The keys that `signers` name, unlocked.
pub(crate) fn open(
    file: &AccountFile,
    signers: &[SignKey],
    password: &Password,
) -> Result<Vec<Key>, CliError> {
    let open = |signer: &SignKey| {
        let missing = || {
            let message = format!("key {} is not in this wallet", signer.handle.0);
            CliError::new(codes::KEY_NO_CURRENT, message)
        };
        let entry = file.entry(signer.handle).ok_or_else(missing)?;
        Ok(file.open(entry, password)?)
    };
    signers.iter().map(open).collect()
}

/// The block at which a change takes effect, if it waits.
pub(crate) fn effective_at(outcome: &Outcome) -> Option<u32> {
    let announced = |event: &&crate::chain::DecodedEvent| event.is("Accounts", "ChangeAnnounced");
    let event = outcome.placed()?.events.iter().find(announced)?;
    u32::try_from(event.number("effective_at")?).ok()
}

/// Say in an answer when the change takes effect.
pub(crate) fn say_when(reply: &mut Reply, name: &str, effective_at: Option<u32>) {
    reply.data["effective_at"] = effective_at.map_or(Value::Null, Into::into);
    if let Some(block) = effective_at {
        let block = wording::count(block);
        let message = format!("the change takes effect at block {block}, unless friends object");
        let fix = vec![format!("althing key cancel {name}"), format!("althing key policy {name}")];
        reply.warnings.push(Warning { fix, ..Warning::new(codes::KEY_WARN_WAITS, message) });
    }
}
