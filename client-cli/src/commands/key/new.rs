//! `althing key new`: make a key, show its words once, keep it under a password.

use serde_json::json;

use super::{
    Sealing, account_json, free_name,
    made::{Source, make},
    must_be_writable,
    scheme::{Learning, scheme_for},
    state_warning,
};
use crate::{
    context::Context,
    derive::{WORDS, Words},
    keystore::{AccountFile, Status},
    output::{Body, CliError, Reply, Warning, codes},
};

/// Scheme of a key when nothing else is said.
pub(crate) const DEFAULT_SCHEME: &str = "ml-dsa-65";
/// More than 24 words of any list take.
pub(super) const WORDS_BYTES_MAX: u64 = 4096;
const CHECKED: usize = 3;

/// Arguments of `key new`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key new carol
  althing key new cold --scheme slh-dsa-sha2-128s
  althing key new plain --no-pre-rotation
  althing key new later --scheme ml-dsa-87
  ALTHING_PASSWORD=... althing --json --yes key new bot --scheme ml-dsa-44")]
pub struct Arguments {
    /// What to call it: 1 to 32 of the characters a-z 0-9 - _
    #[arg(value_name = "NAME")]
    name: String,
    /// Signature scheme; one that the program does not know is learned from the chain
    #[arg(long, default_value = DEFAULT_SCHEME, value_name = "NAME")]
    scheme: String,
    /// How many words the backup has; 24 is the only choice
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u8).range(24..=24))]
    words: u8,
    /// Make no reserve key, with which the account could move if the scheme falls
    #[arg(long)]
    no_pre_rotation: bool,
    #[command(flatten)]
    learning: Learning,
    #[command(flatten)]
    sealing: Sealing,
}

/// Make the key.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let (name, hides) = free_name(context, &arguments.name)?;
    let scheme = scheme_for(&arguments.scheme, &arguments.learning, context)?;
    debug_assert_eq!(usize::from(arguments.words), WORDS);
    let unwelcome = state_warning(scheme, context);
    if context.global.dry_run {
        let data = json!({ "name": name, "scheme": scheme.name(), "dry_run": true });
        let mut reply = Reply::new(data, Body::Nothing);
        reply.warnings.extend(hides.into_iter().chain(unwelcome));
        return Ok(reply.hint("nothing was written (--dry-run)"));
    }
    must_be_writable(&context.keystore()?)?;

    let password = context.ask.new_password(&mut context.out)?;
    let made = make(&[scheme], Source::New, (!arguments.no_pre_rotation, None), context)?;
    let shown = made.hand_over(context)?;
    let key = &made.keys[0];
    let mut file = AccountFile::new(&name, key.account());
    made.keep(&mut file, Status::Current, (&password, arguments.sealing.kdf))?;
    let path = context.keystore()?.create(&file)?;

    let mut data = account_json(&file);
    data["scheme"] = scheme.name().into();
    data["handle"] = key.handle().0.to_string().into();
    data["restorable_from_words"] = key.path().is_some().into();
    data["file"] = path.display().to_string().into();
    let mut reply = Reply::new(data, Body::Text(file.address().to_owned()));
    reply.warnings.extend(hides.into_iter().chain(unwelcome));
    reply.warnings.extend(made.warnings());
    reply.warnings.extend(shown);
    if made.reserve.is_some() {
        reply = reply.hint(
            "A reserve key is kept too. After its first transaction the wallet commits the account \
             to it, so that it can move if its scheme falls.",
        );
    }
    Ok(reply.hint(format!("Next: althing account {name}")))
}

/// Show the words and have some of them typed back, where someone can. The words go to standard
/// error even with `--quiet`: this is the only time they are shown.
pub(super) fn hand_over(words: &Words, context: &mut Context) -> Result<Vec<Warning>, CliError> {
    let list: Vec<_> = words.iter().collect();
    let out = &mut context.out;
    out.notice("Write these 24 words on paper. They restore this key under every scheme.");
    for (row, chunk) in list.chunks(6).enumerate() {
        let numbered = chunk.iter().zip(row * 6 + 1..);
        let cells: Vec<_> = numbered.map(|(word, n)| format!("{n:>4} {word:<9}")).collect();
        out.notice(cells.concat().trim_end());
    }
    let mut warnings = Vec::new();
    if !context.fleeting {
        let message = "standard error is no terminal: a log or file holds the words in clear";
        warnings.push(Warning::new(codes::KEY_WARN_LOGGED, message));
    }
    if context.ask.yes || !context.ask.possible {
        let message = "the words were shown, nobody was asked to type them back";
        warnings.push(Warning::new(codes::KEY_WARN_UNCHECKED, message));
        return Ok(warnings);
    }

    let asked = positions()?;
    let names: Vec<_> = asked.iter().map(|index| (index + 1).to_string()).collect();
    let prompt = format!("Type words {} to go on: ", names.join(", "));
    let typed = context.ask.line(out, &prompt)?;
    let wanted = asked.iter().map(|index| list[*index]);
    if !typed.split_whitespace().map(str::to_lowercase).eq(wanted.map(str::to_owned)) {
        let message = "these are not the words; nothing was saved";
        return Err(CliError::new(codes::KEY_WORDS_NOT_CONFIRMED, message));
    }
    Ok(warnings)
}

/// Which words to ask for: different ones each time, in order.
fn positions() -> Result<Vec<usize>, CliError> {
    let mut chosen = std::collections::BTreeSet::new();
    while chosen.len() < CHECKED {
        let mut byte = [0];
        getrandom::fill(&mut byte)
            .map_err(|_| CliError::new(codes::KEY_RANDOM, "no random bytes"))?;
        chosen.insert(usize::from(byte[0]) % WORDS);
    }
    Ok(chosen.into_iter().collect())
}
