//! `althing recovery ask`: new keys for an account that lost its own, and a request for its friends.
//!
//! Nothing is sent: the account cannot sign. The new key file is for the old account, so that it signs
//! as soon as the friends have decided.

use std::path::PathBuf;

use serde_json::json;

use super::request::{Request, must_be_free};
use crate::{
    commands::key::{
        DEFAULT_SCHEME, Sealing, account_json, free_name,
        made::{Source, make, schemes},
        must_be_writable,
    },
    context::Context,
    draft::{Draft, DraftKey},
    keystore::{AccountFile, Status},
    output::{Body, CliError, Reply, codes},
    people,
};

/// Arguments of `recovery ask`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing recovery ask 5Grw... --name carol2 --out carol.recovery.json
  althing recovery ask carol --name carol2 --scheme ml-dsa-65+slh-dsa-sha2-128s --out r.json"
)]
pub struct Arguments {
    /// Address of the account that lost its keys
    #[arg(value_name = "ACCOUNT")]
    whose: String,
    /// What to call its new keys here
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Signature scheme of the new key; several with + between them sign together
    #[arg(long, default_value = DEFAULT_SCHEME, value_name = "NAME[+NAME]")]
    scheme: String,
    /// File to create, for the friends; it holds no secret
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    sealing: Sealing,
}

/// Make them.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let (name, hides) = free_name(context, &arguments.name)?;
    let schemes = schemes(&arguments.scheme, context)?;
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let account = people::resolve(&chain, &keystore, &arguments.whose)?.account();
    let policy = chain.policy(&account)?;
    let policy = policy.filter(|policy| policy.recovery.is_some()).ok_or_else(|| {
        let message = format!("{} has named no friends who may recover it", arguments.whose);
        CliError::new(codes::KEY_NO_FRIENDS, message).nothing_sent()
    })?;
    must_be_free(&arguments.out)?;
    if context.global.dry_run {
        let data = json!({ "name": name, "account": chain.address(&account), "dry_run": true });
        return Ok(Reply::new(data, Body::Nothing).hint("nothing was written (--dry-run)"));
    }
    must_be_writable(&keystore)?;
    let password = context.ask.new_password(&mut context.out)?;
    let made = make(&schemes, Source::New, (true, None), context)?;
    let draft = Draft {
        keys: made.keys.iter().map(DraftKey::owner).collect(),
        threshold: u16::try_from(made.keys.len()).unwrap_or(u16::MAX),
        next: made.reserve.as_ref().map(crate::reserve::Reserve::commitment),
        recovery: policy.recovery.clone(),
    };
    let whose = (&account, policy.rotation_nonce);
    let proofs = draft.proofs(&mut chain, whose, &made.all())?;
    let bytes = draft.bytes(&mut chain)?;
    let request = Request::new(&chain, whose, bytes, proofs);
    let shown = made.hand_over(context)?;
    let mut file = AccountFile::new(&name, account);
    made.keep(&mut file, Status::Current, (&password, arguments.sealing.kdf))?;
    // The keys are safe before anyone is asked to trust them.
    let kept = keystore.create(&file)?;
    if let Err(error) = request.write(&arguments.out) {
        // Without the request the keys are of no use, and the name is wanted for the next try.
        let _ = std::fs::remove_file(kept);
        return Err(error);
    }

    let hash = request.hash().to_string();
    let mut data = account_json(&file);
    data["draft_hash"] = hash.clone().into();
    data["file"] = arguments.out.display().to_string().into();
    let mut reply = Reply::new(data, Body::Text(hash)).on(chain.tag());
    reply.warnings.extend(hides);
    reply.warnings.extend(made.warnings());
    reply.warnings.extend(shown);
    let path = arguments.out.display();
    Ok(reply
        .hint("Give the file to a friend, and tell all friends the hash above: by voice is best.")
        .hint(format!("A friend: althing --account FRIEND recovery propose {path}")))
}
