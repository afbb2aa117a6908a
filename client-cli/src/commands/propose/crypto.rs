//! `althing propose crypto`: change which cryptography is in use.

use scale_value::{Composite, Value};
use serde_json::json;

use super::{Asking, Question, submit};
use crate::{
    chain::{Chain, replies::Scheme},
    context::Context,
    near::nearest,
    output::{CliError, Reply, Warning, codes},
    wording,
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
    #[arg(long, value_name = "BLOCKS", value_parser = clap::value_parser!(u32).range(1..))]
    sunset: Option<u32>,
}

/// Arguments of `propose crypto freeze`.
#[derive(Debug, clap::Args)]
pub struct Freeze {
    #[command(flatten)]
    step: Step,
    /// For how many blocks; one that was proved broken stays frozen until it is retired
    #[arg(long, value_name = "BLOCKS", value_parser = clap::value_parser!(u32).range(1..))]
    blocks: u32,
}

/// Submit it.
pub(super) fn run(command: &Command, context: &mut Context) -> Result<Reply, CliError> {
    let (mut extra, mut numbers) = (Vec::new(), String::new());
    let (name, track, step) = match command {
        Command::Activate(step) => ("activate", "crypto-upgrade", step),
        Command::Trial(step) => ("trial", "crypto-upgrade", step),
        Command::Retire(step) => ("retire", "crypto-sunset", step),
        Command::Propose(step) => ("propose", "crypto-upgrade", step),
        Command::CallOffRetirement(step) => ("call_off_retirement", "crypto-sunset", step),
        Command::Add(arguments) => return add::run(arguments, context),
        Command::Deprecate(Deprecation { step, sunset }) => {
            numbers = match sunset {
                Some(blocks) => format!(
                    ", with a sunset {} blocks after enactment: from then on its keys sign nothing but changes of keys",
                    wording::count(*blocks)
                ),
                None => ", without a sunset".to_owned(),
            };
            let sunset = match sunset {
                Some(blocks) => Value::unnamed_variant("Some", [Value::u128((*blocks).into())]),
                None => Value::unnamed_variant("None", []),
            };
            extra.push(("sunset_after", sunset));
            ("deprecate", "crypto-sunset", step)
        }
        Command::Freeze(Freeze { step, blocks }) => {
            numbers = format!(", for {} blocks", wording::count(*blocks));
            extra.push(("blocks", Value::u128((*blocks).into())));
            ("freeze", "crypto-emergency", step)
        }
    };
    let mut chain = context.chain()?;
    let scheme = match command {
        Command::Propose(_) => newcomer(&mut chain, &step.scheme)?,
        _ => scheme(&mut chain, &step.scheme)?,
    };
    let obstacle = impossible(name, &scheme, numbers_given(command)).map(|why| {
        let message = format!("{name} {}: the chain would refuse this today: {why}. It fails if that is still so when it is enacted, and asking costs deposits and fees", scheme.name);
        Warning::new(codes::PROPOSE_WARN_IMPOSSIBLE, message)
    });
    if let Some(warning) = obstacle.as_ref().filter(|_| context.ask.possible && !context.ask.yes) {
        // Before the question, not only after it.
        context.out.notice(&format!("warning[{}]: {}", warning.code, warning.message));
    }
    let mut fields = vec![("scheme", Value::u128(scheme.id.into()))];
    fields.extend(extra);
    let metadata = chain.metadata()?;
    let call = metadata.encode_fields("CryptoRegistry", name, Composite::named(fields))?;
    let what =
        format!("{name} {} (scheme {}, {} now){numbers}", scheme.name, scheme.id, scheme.state);
    let data = json!({ "scheme": scheme.name, "scheme_id": scheme.id, "step": name });
    let track = track.to_owned();
    let question = Question { asking: &step.asking, track, call, what, data };
    let reply = submit(question, context, &mut chain)?;
    Ok(match obstacle {
        Some(warning) => reply.warn(warning),
        None => reply,
    })
}

/// Whether the step carries what changes a scheme that is deprecated already.
const fn numbers_given(command: &Command) -> bool {
    matches!(command, Command::Deprecate(Deprecation { sunset: Some(_), .. }))
}

/// Why the chain would refuse this step in the present state of the scheme
/// (`specs/crypto-registry.md`, CR5). Another referendum may change that before this one is enacted.
fn impossible(step: &str, scheme: &Scheme, with_sunset: bool) -> Option<String> {
    let state = scheme.state.as_str();
    let (broken, listed) = (scheme.broken.is_some(), state != NOT_LISTED);
    let from: &[&str] = match step {
        "propose" if listed => {
            return Some(format!("the registry has it already, {state}"));
        }
        "propose" => return None,
        _ if state == "retired" => {
            return Some("it is retired, and nothing leads out of that".to_owned());
        }
        "trial" | "activate" | "deprecate" if broken => {
            return Some("it was proved to be broken".to_owned());
        }
        "trial" => &["proposed"],
        "activate" => &["trial", "deprecated", "frozen"],
        "deprecate" if with_sunset => &["trial", "active", "deprecated", "frozen"],
        "deprecate" => &["trial", "active", "frozen"],
        "freeze" if broken && state == "frozen" => {
            return Some("it was proved to be broken and stays frozen until it retires".to_owned());
        }
        "freeze" => &["trial", "active", "deprecated", "frozen"],
        "retire" if scheme.retiring.is_some() && !broken => {
            return Some("its retirement is decided already and waits for a count".to_owned());
        }
        "retire" => &["proposed", "deprecated", "frozen"],
        "call_off_retirement" => {
            return scheme.retiring.is_none().then(|| "no retirement of it waits".to_owned());
        }
        _ => return None,
    };
    (!from.contains(&state))
        .then(|| format!("it is {state} now, this step begins at {}", from.join(" or ")))
}

/// What stands for the state of a scheme that the registry does not have.
const NOT_LISTED: &str = "not in the registry";

/// A scheme of the program by its name or number, in its present state if the chain has it already.
fn newcomer(chain: &mut Chain, text: &str) -> Result<Scheme, CliError> {
    let wanted = text.to_ascii_lowercase();
    let mut known = althing_crypto::schemes().iter();
    let found = known.find(|scheme| scheme.name() == wanted || scheme.id().0.to_string() == wanted);
    let scheme = found.ok_or_else(|| {
        CliError::from(crate::key::KeyError::UnknownScheme { name: text.to_owned() }).nothing_sent()
    })?;
    let listed: Vec<Scheme> = chain.read("crypto_schemes", &[])?;
    if let Some(listed) = listed.into_iter().find(|listed| listed.id == scheme.id().0) {
        return Ok(listed);
    }
    let sizes = scheme.sizes();
    let bytes = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
    Ok(Scheme {
        id: scheme.id().0,
        name: scheme.name().to_owned(),
        kind: "signature".to_owned(),
        family: format!("{:?}", scheme.family()).to_lowercase(),
        state: NOT_LISTED.to_owned(),
        since: 0,
        sunset_at: None,
        frozen_until: None,
        broken: None,
        retiring: None,
        public_bytes: bytes(sizes.public),
        signature_bytes: bytes(sizes.signature),
    })
}

/// The chain's scheme of this name or number, signature or key encapsulation.
fn scheme(chain: &mut Chain, text: &str) -> Result<Scheme, CliError> {
    let schemes: Vec<Scheme> = chain.read("crypto_schemes", &[])?;
    let wanted = text.to_ascii_lowercase();
    let near = nearest(&wanted, schemes.iter().map(|scheme| scheme.name.as_str()));
    let living = schemes.iter().filter(|scheme| scheme.state != "retired");
    let fix: Vec<_> = match near {
        Some(near) => vec![format!("--scheme {near}")],
        None => living.map(|scheme| format!("--scheme {}", scheme.name)).collect(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(state: &str, more: &serde_json::Value) -> Scheme {
        let mut scheme = json!({
            "id": 1, "name": "old", "kind": "signature", "family": "hash", "state": state,
            "since": 3, "publicBytes": 32, "signatureBytes": 64,
        });
        for (name, value) in more.as_object().unwrap() {
            scheme[name.as_str()] = value.clone();
        }
        serde_json::from_value(scheme).unwrap()
    }

    #[test]
    fn what_the_present_state_makes_impossible_is_told() {
        let possible =
            |step: &str, state: &str| impossible(step, &scheme(state, &json!({})), false).is_none();
        for (step, state) in [
            ("propose", NOT_LISTED),
            ("trial", "proposed"),
            ("activate", "trial"),
            ("activate", "frozen"),
            ("deprecate", "active"),
            ("freeze", "active"),
            ("retire", "deprecated"),
        ] {
            assert!(possible(step, state), "{step} {state}");
        }
        for (step, state) in [
            ("propose", "active"),
            ("propose", "retired"),
            ("trial", "active"),
            ("activate", "active"),
            ("activate", "retired"),
            ("deprecate", "deprecated"),
            ("freeze", "proposed"),
            ("retire", "retired"),
            ("retire", "active"),
            ("call_off_retirement", "deprecated"),
        ] {
            assert!(!possible(step, state), "{step} {state}");
        }
        assert_eq!(impossible("deprecate", &scheme("deprecated", &json!({})), true), None);
        let broken = scheme("frozen", &json!({ "broken": 7 }));
        for step in ["trial", "activate", "deprecate", "freeze"] {
            assert!(impossible(step, &broken, false).is_some(), "{step}");
        }
        assert_eq!(impossible("retire", &broken, false), None);
    }
}
