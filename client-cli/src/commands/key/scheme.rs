//! The scheme that a command about keys means: one of the program's own, one that was learned, or
//! one to be learned now.

use std::path::PathBuf;

use althing_crypto::signing::SigningScheme;

use crate::{
    context::Context,
    environment,
    key::{KeyError, scheme_named},
    modules::{self, Library, Manifest, ModulesError, Source},
    output::{CliError, Exit, codes},
};

/// Flags that say where the modules of a scheme come from.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Learning {
    /// Signer module of the scheme, if not the one that the chain keeps
    #[arg(long, value_name = "FILE")]
    signer_module: Option<PathBuf>,
    /// Verifier module, where no chain can be asked for it
    #[arg(long, value_name = "FILE", requires = "signer_module", requires = "scheme_id")]
    verifier_module: Option<PathBuf>,
    /// Number of the scheme, where no chain can be asked for it
    #[arg(long, value_name = "N", requires = "verifier_module")]
    scheme_id: Option<u16>,
    /// Facts about the scheme; without it, NAME.json beside the verifier module
    #[arg(long, value_name = "FILE", requires = "verifier_module")]
    manifest: Option<PathBuf>,
}

/// The scheme called `name`, learned from the chain or from files if need be.
pub(super) fn scheme_for(
    name: &str,
    learning: &Learning,
    context: &Context,
) -> Result<&'static dyn SigningScheme, CliError> {
    let library = Library::at(&environment::home()?);
    let library = (!context.global.dry_run).then_some(&library);
    if let (Some(signer), Some(verifier), Some(id)) =
        (&learning.signer_module, &learning.verifier_module, learning.scheme_id)
    {
        let place = learning.manifest.clone().or_else(|| Manifest::beside(verifier));
        let said = place.map(|path| Manifest::read(&path)).transpose()?.unwrap_or_default();
        let facts = Manifest { name: Some(name.to_ascii_lowercase()), ..said }.facts(id)?;
        return Ok(modules::from_files(library, facts, signer, verifier)?);
    }
    if let Some(signer) = &learning.signer_module {
        return modules::learn(&mut context.chain()?, library, name, Source::File(signer));
    }
    match scheme_named(name) {
        Err(
            doubt @ (KeyError::UnknownScheme { .. }
            | KeyError::Module(ModulesError::Ambiguous { .. })),
        ) => from_chain(name, doubt, library, context),
        known => Ok(known?),
    }
}

/// Ask the chain for a scheme whose name is not known here, or known twice. Without a node, or
/// without such a scheme in its registry, the doubt remains.
fn from_chain(
    name: &str,
    doubt: KeyError,
    library: Option<&Library>,
    context: &Context,
) -> Result<&'static dyn SigningScheme, CliError> {
    let mut chain = match context.chain() {
        Ok(chain) => chain,
        Err(error) if error.exit == Exit::NoNode => {
            let learn = format!("althing crypto learn {name}, once a node of its chain runs");
            let error = CliError::from(doubt);
            let fix = error.fix.clone().into_iter().chain([learn]);
            return Err(error.fix(fix.collect::<Vec<_>>()));
        }
        Err(error) => return Err(error),
    };
    match modules::learn(&mut chain, library, name, Source::Chain) {
        Err(error) if error.code == codes::KEY_UNKNOWN_SCHEME.code => Err(doubt.into()),
        learned => learned,
    }
}
