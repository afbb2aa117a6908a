//! `althing propose crypto`: change which cryptography is in use.

use scale_value::{Composite, Value};
use serde_json::json;

use super::{Asking, Question, submit};
use crate::{
    chain::{Chain, replies::Scheme},
    context::Context,
    near::nearest,
    output::{CliError, Reply, codes},
};

mod add;

/// Which step to take.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Let a scheme be used for everything
    #[command(
        after_help = "Examples:\n  althing --account alice propose crypto activate --scheme fn-dsa-512 --title \"Shorter signatures\"
  althing --account alice --dry-run propose crypto activate --scheme ml-dsa-44 --title Test"
    )]
    Activate(Step),
    /// Let a proposed scheme be used by accounts that hold little
    #[command(
        after_help = "Examples:\n  althing --account alice propose crypto trial --scheme fn-dsa-512 --title \"Try it\"
  althing --account alice --dry-run propose crypto trial --scheme fn-dsa-512 --title Test"
    )]
    Trial(Step),
    /// Take no new keys of a scheme
    #[command(
        after_help = "Examples:\n  althing --account alice propose crypto deprecate --scheme sphincs+-sha2-128s-r3 --title \"Leave SPHINCS+ r3\"
  althing --account alice propose crypto deprecate --scheme ml-dsa-44 --sunset 100000 --title \"Larger keys\""
    )]
    Deprecate(Deprecation),
    /// End the use of a scheme for ever
    #[command(
        after_help = "Examples:\n  althing --account alice propose crypto retire --scheme sphincs+-sha2-128s-r3 --title \"End it\"
  althing --account alice --dry-run propose crypto retire --scheme ml-dsa-44 --title Test"
    )]
    Retire(Step),
    /// Suspend a scheme at once
    #[command(
        after_help = "Examples:\n  althing --account alice propose crypto freeze --scheme ml-dsa-44 --blocks 1000 --title \"Attack known\"
  althing --account alice --dry-run propose crypto freeze --scheme ml-dsa-44 --blocks 10 --title Test"
    )]
    Freeze(Freeze),
    /// Enter a scheme of the program that the registry does not have
    #[command(
        after_help = "Examples:\n  althing --account alice propose crypto propose --scheme fn-dsa-512 --title \"Enter it\"
  althing --account alice --dry-run propose crypto propose --scheme 5 --title Test"
    )]
    Propose(Step),
    /// Let a scheme live on whose retirement was postponed
    #[command(
        after_help = "Examples:\n  althing --account alice propose crypto call-off-retirement --scheme ml-dsa-44 --title \"Keep it\"
  althing --account alice --dry-run propose crypto call-off-retirement --scheme 2 --title Test"
    )]
    CallOffRetirement(Step),
    /// Add a scheme that no program knows, as a module
    Add(Box<add::Arguments>),
}

/// A step that needs nothing but the scheme.
#[derive(Debug, clap::Args)]
pub struct Step {
    /// Name or number of the scheme
    #[arg(long, value_name = "NAME")]
    scheme: String,
    #[command(flatten)]
    asking: Asking,
}

/// Arguments of `propose crypto deprecate`.
#[derive(Debug, clap::Args)]
pub struct Deprecation {
    #[command(flatten)]
    step: Step,
    /// After how many blocks its keys sign nothing but rotations; without it, that stays open
    #[arg(long, value_name = "BLOCKS")]
    sunset: Option<u32>,
}

/// Arguments of `propose crypto freeze`.
#[derive(Debug, clap::Args)]
pub struct Freeze {
    #[command(flatten)]
    step: Step,
    /// For how many blocks
    #[arg(long, value_name = "BLOCKS")]
    blocks: u32,
}

/// Submit it.
pub(super) fn run(command: &Command, context: &mut Context) -> Result<Reply, CliError> {
    let mut extra = Vec::new();
    let (name, track, step) = match command {
        Command::Activate(step) => ("activate", "crypto-upgrade", step),
        Command::Trial(step) => ("trial", "crypto-upgrade", step),
        Command::Retire(step) => ("retire", "crypto-sunset", step),
        Command::Propose(step) => ("propose", "crypto-upgrade", step),
        Command::CallOffRetirement(step) => ("call_off_retirement", "crypto-sunset", step),
        Command::Add(arguments) => return add::run(arguments, context),
        Command::Deprecate(Deprecation { step, sunset }) => {
            let sunset = match sunset {
                Some(blocks) => Value::unnamed_variant("Some", [Value::u128((*blocks).into())]),
                None => Value::unnamed_variant("None", []),
            };
            extra.push(("sunset_after", sunset));
            ("deprecate", "crypto-sunset", step)
        }
        Command::Freeze(Freeze { step, blocks }) => {
            extra.push(("blocks", Value::u128((*blocks).into())));
            ("freeze", "crypto-emergency", step)
        }
    };
    let mut chain = context.chain()?;
    let scheme = match command {
        Command::Propose(_) => newcomer(&step.scheme)?,
        _ => scheme(&mut chain, &step.scheme)?,
    };
    let mut fields = vec![("scheme", Value::u128(scheme.id.into()))];
    fields.extend(extra);
    let metadata = chain.metadata()?;
    let call = metadata.encode_fields("CryptoRegistry", name, Composite::named(fields))?;
    let what = format!("{name} {} (scheme {}, {} now)", scheme.name, scheme.id, scheme.state);
    let data = json!({ "scheme": scheme.name, "scheme_id": scheme.id, "step": name });
    let track = track.to_owned();
    submit(Question { asking: &step.asking, track, call, what, data }, context, &mut chain)
}

/// A scheme of the program by its name or number; the chain has no record of it yet.
fn newcomer(text: &str) -> Result<Scheme, CliError> {
    let wanted = text.to_ascii_lowercase();
    let mut known = althing_crypto::schemes().iter();
    let found = known.find(|scheme| scheme.name() == wanted || scheme.id().0.to_string() == wanted);
    let scheme = found.ok_or_else(|| {
        CliError::from(crate::key::KeyError::UnknownScheme { name: text.to_owned() }).nothing_sent()
    })?;
    let sizes = scheme.sizes();
    let bytes = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
    Ok(Scheme {
        id: scheme.id().0,
        name: scheme.name().to_owned(),
        kind: "signature".to_owned(),
        family: format!("{:?}", scheme.family()).to_lowercase(),
        state: "not in the registry".to_owned(),
        since: 0,
        sunset_at: None,
        frozen_until: None,
        public_bytes: bytes(sizes.public),
        signature_bytes: bytes(sizes.signature),
    })
}

/// The chain's scheme of this name or number, signature or key encapsulation.
fn scheme(chain: &mut Chain, text: &str) -> Result<Scheme, CliError> {
    let schemes: Vec<Scheme> = chain.read("crypto_schemes", &[])?;
    let wanted = text.to_ascii_lowercase();
    let near = nearest(&wanted, schemes.iter().map(|scheme| scheme.name.as_str()));
    let fix: Vec<_> = match near {
        Some(near) => vec![format!("--scheme {near}")],
        None => schemes.iter().map(|scheme| format!("--scheme {}", scheme.name)).collect(),
    };
    schemes
        .into_iter()
        .find(|scheme| scheme.name == wanted || scheme.id.to_string() == wanted)
        .ok_or_else(|| {
            let message = format!("the chain's registry has no scheme {text:?}");
            CliError::new(codes::KEY_UNKNOWN_SCHEME, message)
                .detail("scheme", text)
                .fix(fix)
                .nothing_sent()
        })
}
