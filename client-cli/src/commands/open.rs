//! `althing open`: open a file that was sealed to an account of this wallet.

use std::path::{Path, PathBuf};

use althing_crypto::{
    KeyHandle, SchemeId,
    seal::{ENVELOPE_BYTES_MAX, Envelope, SealHeader, SealPurpose},
};
use serde_json::json;

use super::seal::{SUFFIX, exists, read, write};
use crate::{
    chain::Chain,
    context::Context,
    encryption::Holder,
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
    let proof = proof(header, &mut chain)?;
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
    let opened = envelope.open(&key.opener(holder.account)?, genesis, SealPurpose::File)?;
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

/// Name of the scheme of the sender's key that signed the envelope, or why nothing is proved. The
/// signature itself is checked when the envelope opens.
fn proof(header: &SealHeader, chain: &mut Chain) -> Result<Result<&'static str, String>, CliError> {
    let Some(author) = &header.author else { return Ok(Err("nobody signed it".to_owned())) };
    let handle = KeyHandle::of(author.scheme, &author.public).0.to_string();
    let account = chain.account(&header.sender)?;
    let is_one = account.keys.iter().any(|key| key.handle.eq_ignore_ascii_case(&handle));
    let name = |id: SchemeId| althing_crypto::scheme(id).map(|scheme| scheme.name());
    Ok(match name(author.scheme) {
        Some(name) if is_one => Ok(name),
        _ => Err(format!("the key {handle} that signed it is none of theirs now")),
    })
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
