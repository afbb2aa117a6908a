//! `althing open`: open a file that was sealed to an account of this wallet.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use althing_crypto::{
    KeyHandle, Scheme, SchemeId,
    seal::{ENVELOPE_BYTES_MAX, Envelope, SealHeader, SealPurpose},
};
use serde_json::json;

use super::seal::{SUFFIX, exists, read, write};
use crate::{
    chain::{Chain, replies},
    context::Context,
    encryption::Holder,
    environment,
    key::scheme_with_id,
    modules::{self, Library, Source},
    output::{Body, CliError, Reply, Warning, codes},
    people::People,
    wording,
};

/// Arguments of `open`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing open report.pdf.sealed
  althing --account bob open report.pdf.sealed --out report.pdf
  althing --json open from-a-friend.sealed --unproven")]
pub struct Arguments {
    /// Sealed file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// File to create, readable by you only; FILE without .sealed when nothing is said
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Open it even if nothing proves who sealed it
    #[arg(long)]
    unproven: bool,
}

/// Open it.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let bytes = read(&arguments.file, ENVELOPE_BYTES_MAX)?;
    let envelope = Envelope::from_bytes(bytes.expose())?;
    let out = arguments.out.clone().unwrap_or_else(|| without_suffix(&arguments.file));
    if out.exists() {
        return Err(exists(&out));
    }
    let mut chain = context.chain()?;
    let genesis = chain.genesis()?;
    let header = envelope.header();
    if header.genesis != genesis {
        return Err(althing_crypto::seal::OpenError::OtherChain { found: header.genesis }.into());
    }
    let proof = proof(header, &mut chain, context)?;
    let people = People::of(&mut chain, &context.keystore()?)?;
    let sender = chain.address(&header.sender);
    let warning = match &proof {
        Ok(_) => None,
        Err(why) => {
            let message = format!("it says it is from {}, and {why}", people.show(&sender));
            if !arguments.unproven {
                return Err(CliError::new(codes::SEAL_UNPROVEN, message));
            }
            Some(Warning::new(codes::SEAL_WARN_UNPROVEN, message))
        }
    };
    let holder = Holder::of(header, context, &chain)?;
    let key = holder.unlock(context)?;
    let schemes = |id| scheme_with_id(id).map(|scheme| scheme as &'static dyn Scheme);
    let expected = (genesis, SealPurpose::File);
    let opened = envelope.open_with(&key.opener(holder.account)?, expected, &schemes)?;
    let mut facts = vec![
        ("from", people.show(&sender)),
        ("to", holder.name.clone()),
        ("bytes", wording::size(opened.expose().len())),
    ];
    if context.global.dry_run {
        facts.push(("file", format!("{}, not written (--dry-run)", out.display())));
    } else {
        write(&out, opened.expose())?;
        facts.push(("file", out.display().to_string()));
    }
    let data = json!({
        "from": people.json(&sender),
        "proved_by": proof.ok(),
        "to": holder.name,
        "kem": key.kem_name(),
        "bytes": opened.expose().len(),
        "file": out.display().to_string(),
        "dry_run": context.global.dry_run,
    });
    let mut reply = Reply::new(data, Body::Facts(facts)).on(chain.tag());
    reply.warnings.extend(warning);
    Ok(reply)
}

/// Names of the schemes of the sender's keys that signed the envelope, or why nothing is proved. The
/// signatures themselves are checked when the envelope opens.
///
/// Keys prove who wrote something only if they could as well change who controls the account: owners
/// whose weights reach the threshold together, under schemes that may still sign. One half of keys
/// that sign together, a key for votes or for a time, and a key of a frozen or retired scheme do not.
/// A scheme that was proved broken and stays active, since diversity needs it, is not looked for.
fn proof(
    header: &SealHeader,
    chain: &mut Chain,
    context: &Context,
) -> Result<Result<String, String>, CliError> {
    if header.authors.is_empty() {
        return Ok(Err("nobody signed it".to_owned()));
    }
    let account = chain.account(&header.sender)?;
    let now = chain.info().head.number.saturating_add(1);
    let Some(policy) = chain.policy(&header.sender)? else {
        return Ok(Err("they have no key on the chain".to_owned()));
    };
    let (mut weight, mut names, mut seen) = (0_u32, Vec::new(), BTreeSet::new());
    for author in header.authors.iter() {
        let handle = KeyHandle::of(author.scheme, &author.public);
        let key = policy.keys.iter().find(|key| key.handle == handle);
        let why = match key {
            None => "is none of theirs now",
            Some(key) if !key.is_owner() => "may not speak for them",
            Some(key) if !key.is_live(now) => "has expired",
            Some(_) if !account.may_sign(handle) => "is of a scheme that may no longer sign",
            Some(key) => {
                let Some(name) = known(author.scheme, chain, context)? else {
                    return Ok(Err(format!("scheme {} is not known", author.scheme.0)));
                };
                if seen.insert(handle) {
                    weight = weight.saturating_add(key.weight.into());
                    names.push(name);
                }
                continue;
            }
        };
        return Ok(Err(format!("the key {} that signed it {why}", handle.0)));
    }
    if weight < policy.threshold.into() {
        let (needed, names) = (policy.threshold, names.join(" and "));
        return Ok(Err(format!(
            "{names} alone weighs {weight} of the {needed} that speak for them"
        )));
    }
    Ok(Ok(names.join("+")))
}

/// The name of a scheme that this wallet verifies; one that was voted in is fetched if need be.
fn known(
    id: SchemeId,
    chain: &mut Chain,
    context: &Context,
) -> Result<Option<&'static str>, CliError> {
    if let Some(scheme) = scheme_with_id(id) {
        return Ok(Some(scheme.name()));
    }
    let schemes: Vec<replies::Scheme> = chain.read("crypto_schemes", &[])?;
    let Some(scheme) = schemes.iter().find(|scheme| scheme.id == id.0) else { return Ok(None) };
    let library = Library::at(&environment::home()?);
    let kept = (!context.global.dry_run).then_some(&library);
    Ok(Some(modules::learn(chain, kept, &scheme.name, Source::Chain)?.name()))
}

fn without_suffix(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    match text.strip_suffix(SUFFIX) {
        Some(name) if !name.is_empty() => name.into(),
        _ => format!("{text}.opened").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opened_file_has_its_name_back() {
        let name = |path: &str| without_suffix(Path::new(path)).display().to_string();
        assert_eq!(name("a/report.pdf.sealed"), "a/report.pdf");
        assert_eq!(name("letter"), "letter.opened");
        assert_eq!(name(".sealed"), ".sealed.opened");
    }
}
