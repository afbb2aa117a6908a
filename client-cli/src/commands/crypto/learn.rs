//! `althing crypto learn`: fetch a scheme that the members voted in, for use without a node too.

use std::path::PathBuf;

use serde_json::json;

use crate::{
    context::Context,
    environment,
    modules::{self, Library, Source},
    output::{Body, CliError, Reply},
};

/// Arguments of `crypto learn`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing crypto learn ml-dsa-87
  althing crypto learn ml-dsa-87 --signer-module ml-dsa-87-signer.wasm")]
pub(super) struct Arguments {
    /// Name of the scheme in the chain's registry
    #[arg(value_name = "NAME")]
    name: String,
    /// Signer module, if not the one that the chain keeps
    #[arg(long, value_name = "FILE")]
    signer_module: Option<PathBuf>,
}

/// Learn it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let library = Library::at(&environment::home()?);
    let kept = (!context.global.dry_run).then_some(&library);
    let mut chain = context.chain()?;
    let source = arguments.signer_module.as_deref().map_or(Source::Chain, Source::File);
    let scheme = modules::learn(&mut chain, kept, &arguments.name, source)?;
    let sizes = scheme.sizes();
    let note = modules::note_of(scheme);
    let data = json!({
        "scheme": scheme.name(),
        "scheme_id": scheme.id().0,
        "signer": note.map(|note| const_hex::encode_prefixed(note.signer.0)),
        "public_bytes": sizes.public,
        "signature_bytes": sizes.signature,
        "seed_bytes": sizes.seed,
        "dry_run": context.global.dry_run,
    });
    let hint = format!("Next: althing key new NAME --scheme {}", scheme.name());
    Ok(Reply::new(data, Body::Text(scheme.name().to_owned())).on(chain.tag()).hint(hint))
}
