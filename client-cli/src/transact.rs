//! From what a command wants to a transaction in a block.
//!
//! One way for all commands: find who signs, try the call on the chain's state, show one screen,
//! ask, sign, send, wait, read what came of it. Nothing is signed here before it was shown.

mod choice;
mod fate;
mod pre_rotation;
mod signers;
mod states;
mod written;

use althing_crypto::{KeyHandle, signing::SigningScheme};
use althing_primitives::{AccountId, Balance, Hash256};
use serde_json::{Map, Value};

use crate::{
    account::Who,
    amount,
    chain::{
        Chain, DecodedEvent, Placed, Terms, Wait,
        policy::Policy,
        replies::{Account, DryRun},
    },
    context::Context,
    key::Key,
    keystore::{AccountFile, Keystore, Status},
    output::{Body, CliError, Reply, Warning, codes},
    people::{self, dev_members_only_on},
    wording,
};

pub use choice::{Need, Ring, SignKey, joint_witness};
pub use fate::deliver;
pub use pre_rotation::{commit_call, commitment_value};
pub use written::Written;
pub(crate) use written::sign_with_kept;

/// What a command wants done.
#[derive(Debug)]
pub struct Intent {
    /// The call.
    pub call: Vec<u8>,
    /// The call in words.
    pub what: String,
    /// What changes, by label.
    pub effects: Vec<(&'static str, String)>,
}

/// Who will sign, as far as it is known without a password.
#[derive(Clone)]
pub struct Sender {
    /// What to call it.
    pub name: String,
    /// The account.
    pub account: AccountId,
    /// Scheme of its current key; of the first one of several.
    pub scheme: &'static dyn SigningScheme,
    /// Short name of that key.
    pub handle: KeyHandle,
    /// Everyone has the key.
    pub is_dev_member: bool,
    /// The account on the chain.
    pub on_chain: Account,
    /// Its keys; none if it never signed.
    pub ring: Option<Ring>,
    /// These keys sign whatever the call is, instead of those that the policy asks for.
    pub fixed: Option<Vec<SignKey>>,
    /// Set if transactions go to files: the keys that were asked for by the beginnings of their
    /// handles, if any were. Such keys need not be in this wallet.
    to_file: Option<Vec<String>>,
    /// What a first use commits the account to.
    reserve: Option<Hash256>,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Sender {
    /// The account named by `--account`, on this chain.
    pub fn find(context: &mut Context, chain: &mut Chain) -> Result<Self, CliError> {
        let name = context.account_name()?.to_owned();
        let to_file = signers::asked(context)?;
        let keystore = context.keystore()?;
        let who = people::resolve(chain, &keystore, &name)?;
        let account = who.account();
        let on_chain = chain.account(&account)?;
        let policy = chain.policy(&account)?;
        let states = |handle: KeyHandle| on_chain.may_sign(handle);
        let (mut reserve, mut can_escape) = (None, false);
        let (scheme, handle, is_dev_member, ring) = match who {
            Who::DevMember(member, _) => {
                let key = Key::of_dev_member(member)?;
                let ring = policy.map(|policy| Ring::of_key(policy, &key, &states));
                (key.scheme(), key.handle(), true, ring)
            }
            Who::Kept(mut file) => {
                catch_up(context, &keystore, &mut file, policy.as_ref())?;
                let entry = file.current()?;
                let committed = policy.as_ref().and_then(|policy| policy.next);
                can_escape = committed.is_some()
                    && file.keys().iter().any(|entry| entry.commitment() == committed);
                reserve = file.reserve().and_then(crate::keystore::KeyEntry::commitment);
                let ring = policy.map(|policy| Ring::of_file(policy, &file, &states));
                (entry.key_scheme()?, entry.key_handle(), false, ring)
            }
            Who::Address(..) if context.global.unsigned.is_some() => {
                let (scheme, handle) = signers::first_key(&name, policy.as_ref())?;
                (scheme, handle, false, policy.map(Ring::of_nobody))
            }
            Who::Address(..) => {
                let message = format!("{name} is an address: its key is not in this keystore");
                return Err(CliError::new(codes::KEY_UNKNOWN, message).nothing_sent());
            }
        };
        let unsigned = context.global.unsigned.is_some();
        if ring.as_ref().is_some_and(Ring::is_empty) && !can_escape && !unsigned {
            let wanted = const_hex::encode_prefixed(handle.0.0);
            return Err(other_keys(&name, &wanted, &on_chain));
        }
        let main = ring.as_ref().and_then(Ring::main);
        let (scheme, handle) = main.map_or((scheme, handle), |key| (key.scheme, key.handle));
        let reserve = reserve.filter(|_| ring.is_none());
        Ok(Self {
            name,
            account,
            scheme,
            handle,
            is_dev_member,
            on_chain,
            ring,
            fixed: None,
            to_file,
            reserve,
        })
    }

    /// The policy of the account; none if it never signed.
    pub fn policy(&self) -> Option<&Policy> {
        self.ring.as_ref().map(Ring::policy)
    }
}

/// A change of keys may have reached its block after the wallet stopped watching, or on another
/// machine: the notes in the key file follow the chain.
fn catch_up(
    context: &mut Context,
    keystore: &Keystore,
    file: &mut AccountFile,
    policy: Option<&Policy>,
) -> Result<(), CliError> {
    let Some(policy) = policy else { return Ok(()) };
    let handles = |owners: bool| -> Vec<KeyHandle> {
        let keys = policy.keys.iter().filter(|key| key.is_owner() == owners);
        keys.map(|key| key.handle).collect()
    };
    let waited = file.keys().iter().any(|entry| {
        entry.status == Status::Next
            && policy.keys.iter().any(|key| key.handle == entry.key_handle())
    });
    if !file.agree(&handles(true), &handles(false)) {
        return Ok(());
    }
    keystore.replace(file)?;
    if waited {
        let name = file.name();
        context.out.hint(&format!("The last change of {name}'s keys is on the chain."));
    }
    Ok(())
}

fn other_keys(name: &str, handle: &str, on_chain: &Account) -> CliError {
    let keys: Vec<_> = on_chain.keys.iter().map(|key| key.handle.clone()).collect();
    let message = format!("the chain does not know the key {handle} of {name}");
    CliError::new(codes::KEY_NOT_ON_CHAIN, message)
        .detail("on_chain", keys)
        .fix([format!("althing account {name}"), format!("althing key show {name}")])
        .nothing_sent()
}

/// What a transaction costs and carries.
#[derive(Debug)]
pub struct Quote {
    /// Terms at the time of asking.
    pub terms: Terms,
    /// What it costs.
    pub fee: Balance,
    /// What first use of the key sets aside.
    pub deposit: Balance,
    /// How many bytes it has.
    pub size: usize,
    /// What would happen; empty if the call is refused.
    pub events: Vec<DecodedEvent>,
    /// The keys that will sign.
    pub signers: Vec<SignKey>,
    /// What committing to the reserve costs, if this is the first use of an account that has one.
    pub pre_rotation: Option<Balance>,
    /// What the node said of it; none where no node is asked.
    tried: Option<DryRun>,
}

impl Quote {
    /// The schemes that sign.
    pub fn schemes(&self) -> String {
        let names: Vec<_> = self.signers.iter().map(|key| key.scheme.name()).collect();
        names.join("+")
    }

    fn fee_text(&self) -> String {
        match self.tried {
            Some(_) => amount::to_text_with_unit(self.fee),
            None => "not known without a node; tx-send shows it".to_owned(),
        }
    }

    /// Fee and deposit.
    pub fn cost(&self) -> Balance {
        self.fee.saturating_add(self.deposit)
    }
}

/// Try `call` on the chain's state and ask what it costs `sender`.
pub fn quote(chain: &mut Chain, sender: &Sender, call: &[u8]) -> Result<Quote, CliError> {
    let signers = sender.signers_of(chain, call)?;
    let terms = chain.terms(sender.account)?;
    let extrinsic = terms.extrinsic(choice::blank_witness(&signers)?, call);
    if chain.is_recorded() {
        let (size, events) = (extrinsic.bytes().len(), Vec::new());
        let (fee, deposit, pre_rotation, tried) = (0, 0, None, None);
        return Ok(Quote { terms, fee, deposit, size, events, signers, pre_rotation, tried });
    }
    let fee = chain.fee_of(&extrinsic)?;
    let first = signers.first().map_or(sender.scheme, |key| key.scheme);
    let tried = chain.dry_run(&sender.account, first.id(), call)?;
    let pre_rotation = pre_rotation::price(chain, sender, call)?;
    let metadata = chain.metadata()?;
    let decoded = tried.events.iter().filter_map(|event| metadata.decode_event(&event.0).ok());
    let events = decoded.collect();
    let size = extrinsic.bytes().len();
    let deposit = tried.deposit.0;
    let tried = Some(tried);
    Ok(Quote { terms, fee, deposit, size, events, signers, pre_rotation, tried })
}

/// A transaction that was tried, shown and confirmed, but not signed.
#[derive(Debug)]
pub struct Ready {
    intent: Intent,
    sender: Sender,
    quote: Quote,
    facts: Vec<(&'static str, String)>,
    /// What came of committing to the reserve after a first use.
    pre_rotation: Option<Result<Placed, Warning>>,
}

/// How far a transaction went.
#[derive(Debug)]
pub enum Outcome {
    /// It was only tried.
    Tried(Ready),
    /// The node took it.
    Sent(Ready, String),
    /// It is in a block and took effect.
    Placed(Ready, Box<Placed>),
    /// It was written to a file.
    Written(Ready, Box<Written>),
}

/// Try, show and confirm, sign, send and wait.
pub fn perform(
    context: &mut Context,
    chain: &mut Chain,
    sender: Sender,
    intent: Intent,
) -> Result<Outcome, CliError> {
    let quote = quote(chain, &sender, &intent.call)?;
    perform_quoted(context, chain, sender, intent, quote)
}

/// The same with a call that was tried already.
pub fn perform_quoted(
    context: &mut Context,
    chain: &mut Chain,
    sender: Sender,
    intent: Intent,
    quote: Quote,
) -> Result<Outcome, CliError> {
    let ready = show(context, chain, sender, intent, quote)?;
    if context.global.dry_run {
        return Ok(Outcome::Tried(ready));
    }
    ready.confirm(context)?;
    ready.send(context, chain)
}

/// Try the call on the chain's state, ask what it costs and show it.
pub fn prepare(
    context: &mut Context,
    chain: &mut Chain,
    sender: Sender,
    intent: Intent,
) -> Result<Ready, CliError> {
    let quote = quote(chain, &sender, &intent.call)?;
    show(context, chain, sender, intent, quote)
}

fn show(
    context: &mut Context,
    chain: &mut Chain,
    sender: Sender,
    intent: Intent,
    quote: Quote,
) -> Result<Ready, CliError> {
    states::ensure_may_sign(chain, &sender, (&quote, &intent.call))?;
    // The chain takes the cost before it tries the call: who cannot pay it is told so first. The node
    // knows which calls locked funds may pay (F15).
    let spendable = sender.on_chain.spendable.0;
    let payable = quote.tried.as_ref().and_then(|tried| tried.payable);
    if !payable.unwrap_or(spendable >= quote.cost()) {
        return Err(too_poor(&sender, quote.cost()));
    }
    if let Some(refusal) = quote.tried.as_ref().and_then(|tried| tried.error.as_ref()) {
        return Err(refusal.to_error(&sender.name).nothing_sent());
    }
    if quote.tried.as_ref().is_some_and(|tried| !tried.ok) {
        let message = "the chain refuses the call without a reason";
        return Err(CliError::new(codes::NET_BAD_ANSWER, message).nothing_sent());
    }
    let facts = screen(chain, &sender, &intent, &quote);
    if sender.is_dev_member {
        dev_members_only_on(chain, &sender.name)?;
    }
    for line in lines("You are about to sign", &facts) {
        // Whoever is asked must see it; a script that said --yes may silence it.
        if context.ask.possible && !context.ask.yes {
            context.out.notice(&line);
        } else if !context.global.dry_run && !context.global.json {
            context.out.hint(&line);
        }
    }
    Ok(Ready { intent, sender, quote, facts, pre_rotation: None })
}

fn too_poor(sender: &Sender, needed: Balance) -> CliError {
    let has = sender.on_chain.spendable.0;
    let message = format!(
        "{} can spend {}, fee and key deposit take {}",
        sender.name,
        amount::to_text_with_unit(has),
        amount::to_text_with_unit(needed)
    );
    CliError::new(codes::TOO_POOR, message)
        .detail("spendable", amount::to_json(has))
        .detail("needed", amount::to_json(needed))
        .fix([format!("send some tokens to {} first", sender.name)])
        .nothing_sent()
}

fn screen(
    chain: &Chain,
    sender: &Sender,
    intent: &Intent,
    quote: &Quote,
) -> Vec<(&'static str, String)> {
    let each = quote.signers.iter().map(|key| {
        let sizes = key.scheme.sizes();
        let signature = format!("signature {}", wording::size(sizes.signature));
        let public = || format!("{signature}, public key {}", wording::size(sizes.public));
        if key.kept { signature } else { public() }
    });
    let carried = each.collect::<Vec<_>>().join(", ");
    let mut facts = vec![
        ("what", intent.what.clone()),
        ("from", format!("{} ({})", sender.name, chain.address(&sender.account))),
    ];
    facts.extend(intent.effects.iter().cloned());
    facts.push(("fee", quote.fee_text()));
    if quote.deposit > 0 {
        let deposit = amount::to_text_with_unit(quote.deposit);
        facts.push(("deposit", format!("{deposit} for keeping the key, at its first use")));
    }
    if let Some(fee) = quote.pre_rotation {
        facts.extend(pre_rotation::facts(fee));
    }
    facts.push(("size", format!("{} ({carried})", wording::size(quote.size))));
    facts.push(("scheme", quote.schemes()));
    let until = wording::count(quote.terms.valid_until);
    let now = wording::count(chain.info().head.number);
    facts.push(("valid", format!("until block {until} (now {now})")));
    let info = chain.info();
    facts.push(("chain", format!("{} (genesis {})", info.chain, wording::short(&info.genesis))));
    facts
}

fn lines(title: &str, facts: &[(&'static str, String)]) -> Vec<String> {
    let width = facts.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let shown = facts.iter().map(|(label, value)| format!("  {label:width$}   {value}"));
    std::iter::once(title.to_owned()).chain(shown).collect()
}

impl Ready {
    /// Ask for consent.
    pub fn confirm(&self, context: &mut Context) -> Result<(), CliError> {
        if context.global.unsigned.is_some() {
            return Ok(());
        }
        let then = if context.writes_file() { "write it to a file" } else { "send" };
        let question = format!("Sign as {} and {then}?", self.sender.name);
        context.ask.confirm(&mut context.out, &question).map_err(CliError::nothing_sent)
    }

    /// Unlock the keys, sign, send and wait.
    pub fn send(self, context: &mut Context, chain: &mut Chain) -> Result<Outcome, CliError> {
        if context.writes_file() {
            return self.write(None, context, chain);
        }
        let keys = choice::unlock(context, &self.sender, &self.quote.signers)
            .map_err(CliError::nothing_sent)?;
        self.send_with(&keys, context, chain)
    }

    /// The keys that will sign.
    pub fn signers(&self) -> &[SignKey] {
        &self.quote.signers
    }

    /// Sign with keys that are unlocked already, [those](Self::signers) that were chosen; send and
    /// wait.
    pub fn send_with(
        mut self,
        keys: &[Key],
        context: &mut Context,
        chain: &mut Chain,
    ) -> Result<Outcome, CliError> {
        if context.writes_file() {
            return self.write(Some(keys), context, chain);
        }
        // The person may have taken a while: nonce and era are those of now.
        let terms = chain.terms(self.sender.account)?;
        let signers = &self.quote.signers;
        let named: Vec<_> = signers.iter().map(SignKey::signer).collect();
        let statement = terms.statement(&named, &self.intent.call);
        let witness = choice::sign(signers, keys, &statement)?;
        let extrinsic = terms.extrinsic(witness, &self.intent.call);
        let wait = context.global.wait;
        if wait == Wait::None {
            return match chain.send(&extrinsic) {
                Ok(hash) => {
                    self.pre_rotation = self.quote.pre_rotation.map(|_| {
                        Err(pre_rotation::later(
                            &self.sender.name,
                            "its first one is not in a block",
                        ))
                    });
                    Ok(Outcome::Sent(self, hash))
                }
                Err(error) => Err(self.not_taken(error, &extrinsic, chain)),
            };
        }
        let block = match chain.send_and_watch(&extrinsic, wait) {
            Ok(block) => block,
            Err(error) => return Err(self.not_taken(error, &extrinsic, chain)),
        };
        let hash = extrinsic.hash();
        let placed =
            chain.placed(hash, &block).map_err(|error| fate::unread(hash, &block, error))?;
        let block = wording::count(placed.number);
        if let Some(refusal) = &placed.receipt.error {
            return Err(fate::failed(&placed, refusal.to_error(&self.sender.name)));
        }
        let word = if wait == Wait::Final { "final in" } else { "in" };
        if !context.global.json {
            context.out.hint(&format!("  {word} block {block}"));
        }
        if self.quote.pre_rotation.is_some() {
            self.pre_rotation = pre_rotation::commit(context, chain, &self.sender, keys);
        }
        Ok(Outcome::Placed(self, Box::new(placed)))
    }
}

impl Outcome {
    /// The transaction in a block, if it is in one.
    pub fn placed(&self) -> Option<&Placed> {
        match self {
            Self::Placed(_, placed) => Some(placed),
            Self::Tried(_) | Self::Sent(..) | Self::Written(..) => None,
        }
    }

    /// `error` happened after this: it does not undo what was sent.
    pub fn then(&self, error: CliError) -> CliError {
        let hash = match self {
            Self::Tried(_) | Self::Written(..) => return error,
            Self::Sent(_, hash) => hash,
            Self::Placed(_, placed) => &placed.hash,
        };
        fate::sent_as(hash, error)
    }

    /// The transaction for programs.
    pub fn json(&self, chain: &mut Chain) -> Result<Value, CliError> {
        let (Self::Tried(ready)
        | Self::Sent(ready, _)
        | Self::Placed(ready, _)
        | Self::Written(ready, _)) = self;
        let mut data = Map::new();
        data.insert("from".into(), chain.address(&ready.sender.account).into());
        data.insert("scheme".into(), ready.quote.schemes().into());
        data.insert("size".into(), ready.quote.size.into());
        match self {
            Self::Tried(ready) => {
                data.insert("fee".into(), amount::to_json(ready.quote.fee).into());
                data.insert("deposit".into(), amount::to_json(ready.quote.deposit).into());
                data.insert("valid_until".into(), ready.quote.terms.valid_until.into());
                let metadata = chain.metadata()?;
                let render = chain.render(&metadata);
                let events = ready.quote.events.iter().map(|event| render.event_json(event));
                data.insert("events".into(), events.collect());
            }
            Self::Written(_, written) => data.extend(written.json()),
            Self::Sent(ready, hash) => {
                data.insert("fee".into(), amount::to_json(ready.quote.fee).into());
                data.insert("hash".into(), hash.as_str().into());
            }
            Self::Placed(_, placed) => {
                let metadata = chain.metadata()?;
                let render = chain.render(&metadata);
                let events = placed.events.iter().map(|event| render.event_json(event));
                data.insert("fee".into(), amount::to_json(placed.receipt.fee.0).into());
                data.insert("hash".into(), placed.hash.as_str().into());
                data.insert("block".into(), placed.number.into());
                data.insert("block_hash".into(), placed.block.as_str().into());
                data.insert("events".into(), events.collect());
            }
        }
        Ok(Value::Object(data))
    }

    /// The answer of a command that sent this: its own `data` with the transaction added, and
    /// `value` as the one value of text mode.
    pub fn reply(
        &self,
        chain: &mut Chain,
        mut data: Value,
        value: impl Into<String>,
    ) -> Result<Reply, CliError> {
        data["transaction"] = self.json(chain).map_err(|error| self.then(error))?;
        let (Self::Tried(ready)
        | Self::Sent(ready, _)
        | Self::Placed(ready, _)
        | Self::Written(ready, _)) = self;
        if ready.quote.pre_rotation.is_some() {
            data["pre_rotation"] = pre_rotation::json(&ready.quote, ready.pre_rotation.as_ref());
        }
        data["dry_run"] = matches!(self, Self::Tried(_)).into();
        let body = match self {
            Self::Tried(ready) => Body::Facts(ready.facts.clone()),
            Self::Sent(..) | Self::Placed(..) => Body::Text(value.into()),
            Self::Written(_, written) => written.body(),
        };
        chain.head().map_err(|error| self.then(error.into()))?;
        let mut reply = Reply::new(data, body).on(chain.tag());
        reply.warnings.extend(ready.pre_rotation.iter().filter_map(|done| done.clone().err()));
        if let Self::Written(_, written) = self {
            reply = reply.hint(written.hint());
        }
        if let Self::Tried(ready) = self {
            reply = reply.hint(if ready.quote.tried.is_some() {
                "it would succeed; nothing was sent (--dry-run)"
            } else {
                "no node was asked, so nobody knows whether it would succeed (--offline, --dry-run)"
            });
        }
        Ok(reply)
    }
}
