//! `althing key commit-next`: commit an account to its reserve key (`specs/wallet.md`, W32).

use serde_json::json;

use super::{
    Sealing,
    change::{Subject, say_when},
    made::first_unused,
    new::WORDS_BYTES_MAX,
};
use crate::{
    context::Context,
    derive::Words,
    keystore::Password,
    output::{CliError, Reply, Warning, codes},
    transact::{Intent, commit_call, perform},
};

/// Arguments of `key commit-next`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key commit-next carol
  althing key commit-next carol --from-words < words.txt
  althing --dry-run key commit-next carol")]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
    /// Make a new reserve key from the words you have, read from standard input
    #[arg(long)]
    from_words: bool,
    #[command(flatten)]
    sealing: Sealing,
}

/// Commit.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let (mut subject, policy) = Subject::enrolled(&arguments.name, context)?;
    subject.must_rotate()?;
    let name = subject.name.clone();
    let mut file = subject.file()?;
    let kept = file.reserve().and_then(crate::keystore::KeyEntry::commitment);
    let mut warning = None;
    let commitment = if let Some(kept) = kept.filter(|_| !arguments.from_words) {
        kept
    } else {
        let words = words(arguments, context)?;
        let reserve = first_unused(words.as_ref(), Some(&file))?;
        if words.is_none() {
            let message = "the reserve key is random: no words restore it, the key file does";
            warning = Some(Warning::new(codes::KEY_WARN_NO_WORDS, message));
        }
        if !context.global.dry_run {
            let password: Password = context.ask.password(&mut context.out, name.as_str())?;
            // The password must be the one of the other keys.
            file.open(file.current()?, &password)?;
            file.add_reserve(&reserve, &password, arguments.sealing.kdf)?;
            subject.keystore.replace(&file)?;
        }
        reserve.commitment()
    };
    let mut data = json!({ "name": name, "commitment": commitment.to_string() });
    if policy.next == Some(commitment) {
        data["transaction"] = serde_json::Value::Null;
        let body = crate::output::Body::Text(commitment.to_string());
        return Ok(Reply::new(data, body)
            .on(subject.chain.tag())
            .hint("the account is committed to this key already; nothing was sent"));
    }
    let call = commit_call(&mut subject.chain, Some(commitment))?;
    let effects = vec![
        ("commitment", commitment.to_string()),
        ("then", format!("if the scheme falls: althing key escape {name}")),
        subject.when(),
    ];
    let what = format!("commit {name} to its reserve key");
    let Subject { chain, sender, .. } = &mut subject;
    let outcome = perform(context, chain, sender.clone(), Intent { call, what, effects })?;
    let mut reply = outcome.reply(chain, data, commitment.to_string())?;
    say_when(&mut reply, name.as_str(), super::change::effective_at(&outcome));
    reply.warnings.extend(warning);
    Ok(reply)
}

fn words(arguments: &Arguments, context: &mut Context) -> Result<Option<Words>, CliError> {
    if !arguments.from_words {
        return Ok(None);
    }
    let text = context.ask.input(&mut context.out, "Words: ", WORDS_BYTES_MAX)?;
    Ok(Some(Words::parse(&text)?))
}
