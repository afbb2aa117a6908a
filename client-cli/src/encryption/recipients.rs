//! Who can be sealed to: published keys, and whether their KEMs take new seals.

use althing_crypto::seal::SealRecipient;
use althing_primitives::AccountId;

use crate::{
    chain::{Chain, PublishedKey, replies::Scheme},
    keystore::Keystore,
    output::{CliError, Warning, codes},
    people::{self, People},
};

/// Accounts with the keys that the chain keeps of them.
#[derive(Debug, Default)]
pub struct Recipients {
    list: Vec<(AccountId, PublishedKey)>,
    /// Names or addresses, in the same order.
    pub names: Vec<String>,
    /// What is worth knowing of them.
    pub warnings: Vec<Warning>,
}

impl Recipients {
    /// The recipients as the library takes them.
    pub fn as_sealed(&self) -> Vec<SealRecipient<'_>> {
        let recipient = |(account, key): &'_ (AccountId, PublishedKey)| (*account, key.kem);
        self.list
            .iter()
            .map(|one| {
                let ((account, kem), public) = (recipient(one), &*one.1.public);
                SealRecipient { account, kem, public }
            })
            .collect()
    }

    /// Add an account unless it is a recipient already.
    pub fn add(
        &mut self,
        chain: &mut Chain,
        account: AccountId,
        name: &str,
    ) -> Result<(), CliError> {
        if self.list.iter().any(|(known, _)| *known == account) {
            return Ok(());
        }
        let key = chain.encryption_key(&account)?.ok_or_else(|| no_key(name))?;
        self.warnings.extend(check_kem(chain, &key, name)?);
        self.list.push((account, key));
        self.names.push(name.to_owned());
        Ok(())
    }
}

/// The members that `texts` name. `council` means its members.
pub fn members(
    chain: &mut Chain,
    keystore: &Keystore,
    texts: &[String],
) -> Result<Recipients, CliError> {
    let mut recipients = Recipients::default();
    for text in texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        if text == "council" {
            add_council(&mut recipients, chain, keystore)?;
            continue;
        }
        let who = people::resolve(chain, keystore, text)?;
        recipients.add(chain, who.account(), who.name().unwrap_or(text))?;
    }
    if recipients.list.is_empty() {
        return Err(CliError::new(codes::SEAL_RECIPIENTS, "no recipient is named"));
    }
    Ok(recipients)
}

/// The members of the council.
pub fn council(chain: &mut Chain, keystore: &Keystore) -> Result<Recipients, CliError> {
    let mut recipients = Recipients::default();
    add_council(&mut recipients, chain, keystore)?;
    Ok(recipients)
}

/// Those of the council who can be sealed to. One of them without a key does not keep the others
/// from reading a report; that nobody could is refused.
fn add_council(
    recipients: &mut Recipients,
    chain: &mut Chain,
    keystore: &Keystore,
) -> Result<(), CliError> {
    let people = People::of(chain, keystore)?;
    let (mut reached, mut reasons) = (0, Vec::new());
    for account in chain.council()? {
        let address = chain.address(&account);
        let name = people.name(&account).unwrap_or(&address).to_owned();
        match recipients.add(chain, account, &name) {
            Ok(()) => reached += 1,
            Err(error) if is_about_the_member(&error) => {
                let message = format!("{name} is on the council and cannot read this: {error}");
                recipients.warnings.push(Warning::new(codes::SEAL_WARN_LEFT_OUT, message));
                reasons.extend(error.fix);
            }
            Err(error) => return Err(error),
        }
    }
    if reached > 0 {
        return Ok(());
    }
    let message = if reasons.is_empty() {
        "this chain has no council"
    } else {
        "nobody on the council has a key that can be sealed to"
    };
    Err(CliError::new(codes::SEAL_NO_COUNCIL, message).fix(reasons))
}

fn is_about_the_member(error: &CliError) -> bool {
    [codes::SEAL_NO_KEY.code, codes::SEAL_KEM_STATE.code].contains(&&*error.code)
}

fn no_key(name: &str) -> CliError {
    let message = format!("{name} has published no encryption key");
    CliError::new(codes::SEAL_NO_KEY, message).detail("recipient", name).fix([format!(
        "{name} runs: althing key encryption new {name} && althing --account {name} key encryption publish"
    )])
}

/// Refuse a KEM that takes no new seals; warn of one on its way out. The chain asks the same of an
/// annex; a file never meets the chain.
fn check_kem(
    chain: &mut Chain,
    key: &PublishedKey,
    name: &str,
) -> Result<Option<Warning>, CliError> {
    let schemes: Vec<Scheme> = chain.read("crypto_schemes", &[])?;
    let scheme = schemes.into_iter().find(|scheme| scheme.id == key.kem.0);
    let (kem, state) = match &scheme {
        Some(scheme) => (scheme.name.clone(), scheme.state.clone()),
        None => (key.kem.to_string(), "unknown".to_owned()),
    };
    let head = chain.head()?.number;
    let is_over = scheme.is_some_and(|scheme| scheme.sunset_at.is_some_and(|end| end <= head));
    let refusal = |why: String| {
        let message = format!("the encryption key of {name} is one of {kem}, which {why}");
        Err(CliError::new(codes::SEAL_KEM_STATE, message)
            .detail("recipient", name)
            .detail("kem", kem.clone())
            .detail("state", state.clone())
            .fix([format!("{name} publishes a key of another kem: althing key encryption new {name} --kem NAME")]))
    };
    match state.as_str() {
        "deprecated" if is_over => refusal("is past its sunset".to_owned()),
        "trial" | "active" => Ok(None),
        "deprecated" => {
            let message =
                format!("the encryption key of {name} is one of {kem}, which is deprecated");
            Ok(Some(Warning::new(codes::SEAL_WARN_DEPRECATED, message)))
        }
        _ => refusal(format!("is {state} and takes no new seals")),
    }
}
