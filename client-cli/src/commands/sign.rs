//! `althing sign`: show what a transaction file means, and sign it.
//!
//! No node is asked. What is shown is computed from the bytes that are signed; how the call reads
//! comes from the metadata in the file, unless this machine keeps another one of the same rules.

use std::path::PathBuf;

use serde_json::json;

use crate::{
    account::Who,
    chain::{KeptMetadata, Metadata, Render},
    context::Context,
    environment,
    offline::{OfflineError, TransactionFile, write_new, write_over},
    output::{Body, CliError, Reply, codes},
    transact::sign_with_kept,
    wording,
};

/// Arguments of `sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account cold sign tx.json
  althing --account cold --yes --json sign tx.json --out signed.json
  althing --dry-run sign tx.json")]
pub struct Arguments {
    /// The transaction file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// File to create; without it the signature is added to FILE
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Sign it.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let name = arguments.file.display().to_string();
    let mut file = TransactionFile::read(&arguments.file)?;
    refuse_other_chain(&file, &name, context)?;
    let facts = describe(&file, &name)?;
    let shown = Body::Facts(facts.clone());
    if context.global.dry_run {
        let data = data(&file, None, &facts);
        return Ok(Reply::new(data, shown).hint("nothing was signed (--dry-run)"));
    }

    let account = context.account_name()?.to_owned();
    let who = Who::named(&context.keystore()?, &account)?;
    if let (Some(member), false) = (who.dev_member(), file.development) {
        let message = format!("{} is a member of development chains only", member.name);
        return Err(CliError::new(codes::NET_NOT_DEV, message).nothing_sent());
    }
    for (label, value) in &facts {
        if context.ask.possible && !context.ask.yes {
            context.out.notice(&format!("  {label:9}   {value}"));
        }
    }
    context.ask.confirm(&mut context.out, &format!("Sign as {account}?"))?;
    let before = file.missing();
    sign_with_kept(&mut file, &account, context)?;
    if file.missing() == before {
        let wanted = before;
        return Err(OfflineError::NotASigner { file: name, name: account, wanted }.into());
    }
    let text = file.text()?;
    let path = arguments.out.as_ref().unwrap_or(&arguments.file);
    match &arguments.out {
        Some(path) => write_new(path, &text)?,
        None => write_over(path, &text)?,
    }
    let place = path.display().to_string();
    let hint = if file.missing().is_empty() {
        format!("Next, where a node is: althing tx-send {place}")
    } else {
        format!("Still to sign: {}", file.missing().join(", "))
    };
    let data = data(&file, Some(&place), &facts);
    Ok(Reply::new(data, Body::Text(place)).hint(hint))
}

/// Refuse a file for another chain than the one that `--genesis` names.
fn refuse_other_chain(
    file: &TransactionFile,
    name: &str,
    context: &Context,
) -> Result<(), OfflineError> {
    let made_for = const_hex::encode_prefixed(file.genesis.0);
    match &context.global.genesis {
        Some(here) if !here.eq_ignore_ascii_case(&made_for) => {
            let (file, here) = (name.to_owned(), here.clone());
            Err(OfflineError::OtherChain { file, made_for, here })
        }
        _ => Ok(()),
    }
}

/// The metadata by which the call is read: that of the file, if this machine knows no other one.
fn metadata(file: &TransactionFile) -> Result<Metadata, CliError> {
    let metadata = Metadata::decode(&file.metadata.0)?;
    if !file.development {
        let genesis = const_hex::encode_prefixed(file.genesis.0);
        KeptMetadata::of(&environment::home()?, &genesis, file.spec_version)
            .keep(&file.metadata.0)?;
    }
    Ok(metadata)
}

/// What the file means, computed from the bytes that are signed.
pub(super) fn describe(
    file: &TransactionFile,
    name: &str,
) -> Result<Vec<(&'static str, String)>, CliError> {
    let metadata = metadata(file)?;
    let call = metadata.decode_call(&file.call.0)?;
    let what = Render { metadata: &metadata, prefix: file.prefix }.call_text(&call);
    let terms = file.terms(name)?;
    let genesis = const_hex::encode_prefixed(file.genesis.0);
    let mut facts = vec![
        ("what", what),
        ("from", file.account.clone()),
        ("nonce", file.nonce.to_string()),
        ("valid", format!("until block {}", wording::count(terms.valid_until))),
        ("chain", format!("{} (genesis {genesis})", file.chain)),
        ("rules", format!("{}, schemes {}, keys {}", file.spec_version, file.epoch, file.policy)),
        ("hash", file.hash().to_owned()),
    ];
    for signer in &file.signers {
        let state = if signer.signature.is_some() { "signed" } else { "to sign" };
        let scheme = scheme_name(signer.scheme);
        let handle = const_hex::encode_prefixed(signer.handle.0);
        facts.push((state, format!("{scheme} {handle}")));
    }
    Ok(facts)
}

fn scheme_name(id: u16) -> String {
    let scheme = crate::key::scheme_with_id(althing_primitives::SchemeId(id));
    scheme.map_or_else(|| format!("scheme {id}"), |scheme| scheme.name().to_owned())
}

fn data(
    file: &TransactionFile,
    place: Option<&str>,
    facts: &[(&'static str, String)],
) -> serde_json::Value {
    let what = facts.iter().find(|(label, _)| *label == "what").map(|(_, text)| text.clone());
    json!({
        "file": place,
        "file_hash": file.hash(),
        "call": const_hex::encode_prefixed(&file.call.0),
        "what": what,
        "from": file.account,
        "nonce": file.nonce,
        "genesis": const_hex::encode_prefixed(file.genesis.0),
        "missing": file.missing(),
    })
}
