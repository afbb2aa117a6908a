//! `build-spec`: chain specs for people and programs.

use std::fs;
use std::io::Write;

use althing_runtime::ChainSpec as Plan;

use super::CliError;
use super::options::SpecOptions;
use crate::spec::{ChainSpec, SpecError};

/// Print a chain spec on standard output.
pub(super) fn build(options: &SpecOptions) -> Result<(), CliError> {
    let plan = match &options.from {
        Some(path) => {
            let read = |source| SpecError::Read { path: path.clone(), source };
            let json = fs::read_to_string(path).map_err(read)?;
            Plan::from_json(&json).map_err(SpecError::from)?
        }
        None => Plan::dev(options.gov.into()).map_err(SpecError::from)?,
    };
    let mut json = if options.plan {
        plan.to_json().map_err(SpecError::from)?.into_bytes()
    } else {
        ChainSpec::build(&plan)?.to_json()?
    };
    json.push(b'\n');
    std::io::stdout()
        .write_all(&json)
        .map_err(|source| CliError::System { action: "print the spec", source })
}
