//! `althing seal`: seal a file to members, signed by the sender.

use std::{
    fs,
    io::{Read as _, Write as _},
    iter,
    path::{Path, PathBuf},
};

use althing_crypto::{
    SchemeId, Secret,
    seal::{SealPurpose, Sealing},
    signing::{OsEntropy, Signer, SigningError},
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    account,
    chain::Chain,
    context::Context,
    encryption,
    key::Key,
    keystore::{Keystore, create_private},
    output::{Body, CliError, Reply, codes},
    people::dev_members_only_on,
    transact::Sender,
    wording,
};

/// What is added to the name of a file that was sealed.
pub(super) const SUFFIX: &str = ".sealed";

/// Arguments of `seal`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice seal --to bob report.pdf
  althing --account alice seal --to bob,carol report.pdf --out for-two.sealed
  althing --account alice seal --to council report.pdf")]
pub struct Arguments {
    /// Who can open it: names, addresses or council, separated by commas
    #[arg(long, value_name = "MEMBER", value_delimiter = ',', required = true)]
    to: Vec<String>,
    /// File to seal, at most 16 MiB
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// File to create; FILE.sealed when nothing is said
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Seal it.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    let purpose = SealPurpose::File;
    let plain = read(&arguments.file, purpose.content_bytes_max())?;
    let out = arguments.out.clone().unwrap_or_else(|| with_suffix(&arguments.file));
    if out.exists() {
        return Err(exists(&out));
    }
    let mut chain = context.chain()?;
    let keystore = context.keystore()?;
    let recipients = encryption::members(&mut chain, &keystore, &arguments.to)?;
    let sender = Sender::find(context, &mut chain)?;
    if sender.is_dev_member {
        dev_members_only_on(&chain, &sender.name)?;
    }
    if sender.on_chain.keys.is_empty() {
        // Whoever opens the envelope looks for the key that signed it among the sender's.
        let message =
            format!("{} has no key on the chain yet, so it could prove nothing", sender.name);
        let fix = format!("althing --account {0} send {0} 1", sender.name);
        return Err(CliError::new(codes::KEY_NOT_ENROLLED, message).fix([fix]));
    }
    let mut data = json!({
        "from": chain.address(&sender.account),
        "recipients": recipients.names,
        "bytes": plain.expose().len(),
        "file": out.display().to_string(),
        "dry_run": context.global.dry_run,
    });
    let mut facts = vec![
        ("sealed to", recipients.names.join(", ")),
        ("from", sender.name.clone()),
        ("bytes", wording::size(plain.expose().len())),
    ];
    if context.global.dry_run {
        facts.push(("file", format!("{}, not written (--dry-run)", out.display())));
    } else {
        let keys = authors(&sender, &keystore, &mut chain, context)?;
        let keys: Vec<_> = keys.iter().map(KeyAuthor).collect();
        let authors: Vec<_> = keys.iter().map(|key| key as &dyn Signer).collect();
        let sealing = Sealing {
            genesis: chain.genesis()?,
            purpose,
            sender: sender.account,
            authors: &authors,
            recipients: &recipients.as_sealed(),
        };
        let sealed = sealing.seal(plain.expose(), &mut OsEntropy)?.to_bytes();
        write(&out, &sealed)?;
        data["sealed_bytes"] = sealed.len().into();
        facts.push(("file", out.display().to_string()));
    }
    let mut reply = Reply::new(data, Body::Facts(facts)).on(chain.tag());
    reply.warnings.extend(recipients.warnings);
    Ok(reply.hint("Everyone can see from whom it is, to whom, and how long; nobody else what."))
}

/// The keys that speak for the sender: alone or, if it takes several, together.
fn authors(
    sender: &Sender,
    keystore: &Keystore,
    chain: &mut Chain,
    context: &mut Context,
) -> Result<Vec<Key>, CliError> {
    let wanted = sender.authors(chain)?;
    let signer = account::Signer::unlock(keystore, &sender.name, context.ask, &mut context.out)?;
    let mut keys: Vec<Key> = iter::once(signer.key).chain(signer.others).collect();
    let found = wanted.iter().map(|wanted| {
        let at = keys.iter().position(|key| key.handle() == wanted.handle);
        let missing = || {
            let message = format!("key {} is not unlocked here", wanted.handle.0);
            CliError::new(codes::KEY_NO_CURRENT, message)
        };
        at.map(|at| keys.swap_remove(at)).ok_or_else(missing)
    });
    found.collect()
}

/// A key of this wallet as an author. Keys of schemes that were voted in are kept as seeds, and sign
/// by their module; so all sign by the wallet's own way, which verifies what it signed.
struct KeyAuthor<'a>(&'a Key);

impl Signer for KeyAuthor<'_> {
    fn scheme(&self) -> SchemeId {
        self.0.scheme().id()
    }

    fn public(&self) -> &[u8] {
        self.0.public()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        self.0.sign(message).map_err(|_| SigningError::NoSignature { scheme: self.scheme() })
    }
}

fn with_suffix(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(SUFFIX);
    name.into()
}

/// Read a file of at most `max` bytes whose content is nobody's business.
pub(super) fn read(path: &Path, max: u32) -> Result<Secret, CliError> {
    let failed = |error: std::io::Error| {
        let message = format!("cannot read {}: {error}", path.display());
        CliError::new(codes::CANNOT_READ_INPUT, message)
    };
    let mut content = Zeroizing::new(Vec::new());
    let file = fs::File::open(path).map_err(failed)?;
    file.take(u64::from(max) + 1).read_to_end(&mut content).map_err(failed)?;
    if content.len() as u64 > u64::from(max) {
        let message = format!("{} has more than {max} bytes", path.display());
        return Err(CliError::new(codes::INPUT_TOO_LONG, message).detail("max", max));
    }
    Ok(Secret::new(std::mem::take(&mut *content)))
}

/// Write a new file that only its owner may read; one that is there already may be worth more.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let written = create_private(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            return exists(path);
        }
        let message = format!("cannot write {}: {error}", path.display());
        CliError::new(codes::CANNOT_WRITE_OUTPUT, message)
    })
}

/// The refusal for a file that is there already.
pub(super) fn exists(path: &Path) -> CliError {
    let path = path.display().to_string();
    let message = format!("{path} exists already, and files are never overwritten");
    let fix = ["choose another name for --out, or move that file away first"];
    CliError::new(codes::CANNOT_WRITE_OUTPUT, message).detail("file", path).fix(fix)
}
