//! `althing key rotate`: put a new key in the place of the current one, or several that sign together.
//! The address stays.
//!
//! The old keys authorise, each new one proves that it works, and the account is committed to the
//! reserve of the new words in the same transaction. The new keys are on the disk before anything is
//! sent, so no crash loses them; they become the current ones when the change is in force.

use serde_json::json;

use super::{
    Sealing,
    change::{Subject, open, say_when},
    made::{Made, Source, make, schemes},
    must_be_writable,
    way_out::Registry,
};
use crate::{
    chain::policy::Scopes,
    context::Context,
    draft::{Draft, DraftKey},
    keystore::{AccountFile, Status},
    output::{CliError, Reply, Warning, codes},
    transact::{Intent, Outcome, prepare},
    wording,
};

/// Arguments of `key rotate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key rotate carol --to-scheme ml-dsa-65
  althing key rotate carol --to-scheme ml-dsa-65+slh-dsa-sha2-128s
  althing key rotate carol --to-scheme ml-dsa-87
  althing --json --yes key rotate bot --to-scheme slh-dsa-sha2-128s
  althing key rotate carol --to-scheme ml-dsa-44 --from-words < words.txt

With two schemes both keys must sign everything, so that the account is safe while either scheme is.
The wallet does that by itself; both keys come from the same words.")]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
    /// Signature scheme of the new key; several with + between them sign together; one that the
    /// program does not know is learned from the chain
    #[arg(long, value_name = "NAME[+NAME]")]
    to_scheme: String,
    /// Make the new key from the words you have, read from standard input, instead of new ones
    #[arg(long)]
    from_words: bool,
    /// Which key of the words
    #[arg(long, default_value_t = 0, value_name = "N", requires = "from_words")]
    index: u32,
    /// Leave the reserve key as it is, instead of committing to the one of the new words
    #[arg(long)]
    no_pre_rotation: bool,
    #[command(flatten)]
    sealing: Sealing,
}

/// Fixes that name a scheme name it after the flag that this command has.
fn to_scheme(mut error: CliError) -> CliError {
    for fix in &mut error.fix {
        if let Some(scheme) = fix.strip_prefix("--scheme ") {
            *fix = format!("--to-scheme {scheme}");
        }
    }
    error
}

/// Rotate.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let schemes = schemes(&arguments.to_scheme, context).map_err(to_scheme)?;
    let mut subject = Subject::find(&arguments.name, context)?;
    subject.must_rotate()?;
    let name = subject.name.clone();
    if subject.policy.is_none() && takes_any_first(&mut subject)? {
        let message = format!("{name} has no key on the chain yet, so there is none to replace");
        return Err(CliError::new(codes::KEY_NOT_ENROLLED, message)
            .fix([format!("althing --account {name} send {name} 1")])
            .nothing_sent());
    }
    let mut file = subject.file()?;
    let alone = !subject.has_other_owners(&file);
    let source = if arguments.from_words { Source::Typed(arguments.index) } else { Source::New };
    let with_reserve = alone && !arguments.no_pre_rotation;
    let made = make(&schemes, source, (with_reserve, Some(&file)), context)?;
    refuse_used(arguments, &file, &made)?;
    let draft = draft(&mut subject, &file, &made)?;
    let call = subject.call(&draft, &made.all())?;
    let old = owners_of(&subject);
    let intent = Intent {
        call,
        what: format!("rotate the key of {name} from {old} to {}", made.schemes()),
        effects: effects(&subject, &made, &old),
    };
    let Subject { chain, sender, .. } = &mut subject;
    let account = sender.account;
    let ready = prepare(context, chain, sender.clone(), intent)?;
    let mut data = json!({ "name": name, "from_scheme": old, "to_scheme": made.schemes() });
    if context.global.dry_run {
        return Outcome::Tried(ready).reply(chain, data, "");
    }
    ready.confirm(context)?;
    must_be_writable(&subject.keystore)?;
    let password = context.ask.password(&mut context.out, name.as_str())?;
    let current = open(&file, ready.signers(), &password)?;
    let shown = made.hand_over(context)?;
    made.keep(&mut file, Status::Next, (&password, arguments.sealing.kdf))?;
    subject.keystore.replace(&file)?;

    let outcome = ready.send_with(&current, context, &mut subject.chain)?;
    let effective_at = subject.settle(&mut file, &draft, &outcome)?;
    let address = subject.chain.address(&account);
    data["address"] = address.clone().into();
    data["handle"] = made.keys[0].handle().0.to_string().into();
    data["handles"] = made.keys.iter().map(|key| key.handle().0.to_string()).collect();
    data["restorable_from_words"] = made.has_words().into();
    data["commitment"] =
        json!(made.reserve.as_ref().map(|reserve| reserve.commitment().to_string()));
    let mut reply = outcome.reply(&mut subject.chain, data, address)?;
    say_when(&mut reply, name.as_str(), effective_at);
    reply.warnings.extend(made.warnings());
    if matches!(outcome, Outcome::Sent(..)) {
        let message = "the rotation is on its way; the new key signs once it is in a block";
        reply.warnings.push(Warning::new(codes::KEY_WARN_PENDING, message));
    }
    reply.warnings.extend(shown);
    Ok(reply.hint(then(&outcome, (name.as_str(), effective_at), made.has_words())))
}

/// What has become of the old key, and what to do now.
fn then(outcome: &Outcome, (name, waits): (&str, Option<u32>), has_words: bool) -> String {
    let check = format!("Check the new words: althing key check {name} --words");
    let what = match outcome {
        Outcome::Written(..) => {
            "Nothing was sent: the old key signs until this file is sent and in a block. Keep the \
             words of both."
        }
        _ if waits.is_some() => return "The old key signs until then. Keep its words.".to_owned(),
        Outcome::Placed(..) => "The old key is dead.",
        Outcome::Sent(..) | Outcome::Tried(..) => {
            "The old key signs until it is in a block. Keep the words of both."
        }
    };
    if has_words { format!("{what} {check}") } else { what.to_owned() }
}

/// Whether the chain takes any transaction as the account's first one, which enrols its key. Else a
/// rotation is the one thing it may begin with, as for an account that holds more than a trial allows.
fn takes_any_first(subject: &mut Subject) -> Result<bool, CliError> {
    let id = subject.sender.scheme.id().0;
    let registry = Registry::read(&mut subject.chain)?;
    Ok(matches!(registry.state(id), "active" | "unknown"))
}

fn refuse_used(arguments: &Arguments, file: &AccountFile, made: &Made) -> Result<(), CliError> {
    let Arguments { name, to_scheme, .. } = arguments;
    if made.keys.iter().all(|key| file.entry(key.handle()).is_none()) {
        return Ok(());
    }
    let message = format!("{name} had this key before; a key that was replaced stays so");
    let command = format!("althing key rotate {name} --to-scheme {to_scheme}");
    Err(CliError::new(codes::KEY_USED, message)
        .fix([format!("{command} --from-words --index 1"), command])
        .nothing_sent())
}

/// The policy after the rotation. Where others control the account too, one key takes the place of
/// the one that is here, and the rest is left to be agreed with them.
fn draft(subject: &mut Subject, file: &AccountFile, made: &Made) -> Result<Draft, CliError> {
    let mut draft = subject.draft()?;
    if !subject.has_other_owners(file) {
        draft.put_owners(&made.all());
        if let Some(reserve) = &made.reserve {
            draft.next = Some(reserve.commitment());
        }
        return Ok(draft);
    }
    let mut mine = draft
        .keys
        .iter_mut()
        .filter(|key| key.scopes.contain(Scopes::OWNER) && file.entry(key.handle()).is_some());
    if let (Some(key), None, [new]) = (mine.next(), mine.next(), &made.keys[..]) {
        let DraftKey { scheme, public, .. } = DraftKey::owner(new);
        *key = DraftKey { scheme, public, ..key.clone() };
        return Ok(draft);
    }
    let name = &subject.name;
    let message = format!("others control {name} too: here one key can be replaced by one key");
    Err(CliError::new(codes::KEY_OTHER_OWNERS, message)
        .fix([format!("althing key policy {name}")])
        .nothing_sent())
}

/// The schemes of the account's owner keys.
fn owners_of(subject: &Subject) -> String {
    let Some(policy) = &subject.policy else { return subject.sender.scheme.name().to_owned() };
    let owners = policy.keys.iter().filter(|key| key.is_owner());
    let names = owners.map(|key| {
        let scheme = crate::key::scheme_with_id(althing_crypto::SchemeId(key.scheme));
        scheme.map_or_else(|| format!("scheme {}", key.scheme), |one| one.name().to_owned())
    });
    names.collect::<Vec<_>>().join("+")
}

fn effects(subject: &Subject, made: &Made, old: &str) -> Vec<(&'static str, String)> {
    let key = |scheme: &str, handle: String| format!("{scheme} {}", wording::short(&handle));
    let handle = subject.sender.handle.0.to_string();
    let mut effects = vec![("old key", key(old, handle))];
    for new in &made.keys {
        effects.push(("new key", key(new.scheme().name(), new.handle().0.to_string())));
    }
    if made.keys.len() > 1 {
        effects
            .push(("together", "all new keys must sign, from then on and for everything".into()));
    }
    if made.reserve.is_some() {
        effects
            .push(("reserve", "the account is committed to the one of the new words".to_owned()));
    }
    effects.push(("stays", "address, balance, locks, ballots and proposals".to_owned()));
    effects.push(("then", "the old key is dead for good".to_owned()));
    effects.push(subject.when());
    effects
}
