//! `althing key encryption`: keys that others seal files and annexes to.

mod new;
mod publish;
mod show;
mod withdraw;

use althing_crypto::{KeyHandle, SchemeId};
use serde_json::{Value, json};

use crate::{
    account::Who,
    chain::Chain,
    context::Context,
    encryption::{EncryptionKey, EncryptionStore},
    environment,
    keystore::KeyName,
    output::{CliError, Reply, codes},
    people,
};

/// What can be done with encryption keys.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make the key that others will seal to; it stays in this wallet
    New(new::Arguments),
    /// Put the key of an account on the chain, in the place of an earlier one
    Publish(publish::Arguments),
    /// Show the encryption keys of an account: in this wallet and on the chain
    Show(show::Arguments),
    /// Take the key of an account off the chain, and its deposit back
    Withdraw(withdraw::Arguments),
}

/// Run one of them.
pub(super) fn run(command: &Command, context: &mut Context) -> Result<Reply, CliError> {
    match command {
        Command::New(arguments) => new::run(arguments, context),
        Command::Publish(_) => publish::run(context),
        Command::Show(_) => show::run(context),
        Command::Withdraw(_) => withdraw::run(context),
    }
}

/// A key of this wallet, without its secret.
struct OwnKey {
    kem: SchemeId,
    kem_name: String,
    public: Vec<u8>,
    path: Option<String>,
    /// The secret is part of the program.
    is_public_knowledge: bool,
}

impl OwnKey {
    fn handle(&self) -> KeyHandle {
        KeyHandle::of(self.kem, &self.public)
    }

    fn origin(&self) -> &str {
        match &self.path {
            Some(path) => path,
            None if self.is_public_knowledge => "public knowledge, for development chains",
            None => "no words restore it",
        }
    }

    fn json(&self) -> Value {
        json!({
            "kem": self.kem_name,
            "handle": self.handle().0.to_string(),
            "path": self.path,
            "public_knowledge": self.is_public_knowledge,
        })
    }
}

/// All encryption keys that this wallet holds of the account called `name`, oldest first.
fn own_keys(context: &Context, chain: &Chain, name: &str) -> Result<Vec<OwnKey>, CliError> {
    if let Who::DevMember(member, _) = people::resolve(chain, &context.keystore()?, name)? {
        return Ok(vec![of_dev_member(&EncryptionKey::of_dev_member(member)?)?]);
    }
    let store = EncryptionStore::at(&environment::home()?);
    let Some(file) = store.load(&KeyName::new(name)?)? else { return Ok(Vec::new()) };
    let own = file.keys().iter().map(|entry| {
        Ok(OwnKey {
            kem: crate::encryption::kem_named(&entry.kem)?.id(),
            kem_name: entry.kem.clone(),
            public: entry.public_key.0.clone(),
            path: entry.path.clone(),
            is_public_knowledge: false,
        })
    });
    own.collect()
}

fn of_dev_member(key: &EncryptionKey) -> Result<OwnKey, CliError> {
    Ok(OwnKey {
        kem: key.kem()?.id(),
        kem_name: key.kem_name().to_owned(),
        public: key.public.clone(),
        path: None,
        is_public_knowledge: true,
    })
}

/// The key to publish: the last one that was made.
fn latest(context: &Context, chain: &Chain, name: &str) -> Result<OwnKey, CliError> {
    own_keys(context, chain, name)?.pop().ok_or_else(|| {
        let message = format!("{name} has no encryption key in this wallet");
        CliError::new(codes::SEAL_NO_OWN_KEY, message)
            .fix([format!("althing key encryption new {name}")])
            .nothing_sent()
    })
}
