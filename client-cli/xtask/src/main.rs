//! Build both programs in release, then run the tour: what `cargo tour` means.
//!
//! Cargo's aliases cannot name two packages, hence this. Arguments go to `althing tour`.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Why the tour did not start.
#[derive(Debug, thiserror::Error)]
enum LaunchError {
    #[error("cannot start {program}: {source}")]
    Start { program: String, source: std::io::Error },
    #[error("the programs do not build")]
    Build,
    #[error("cannot tell where this program lies: {0}")]
    Place(std::io::Error),
}

fn main() -> ExitCode {
    match launch() {
        Ok(code) => code,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "this launcher has no output contract")]
            {
                eprintln!("error: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn launch() -> Result<ExitCode, LaunchError> {
    let mut arguments = std::env::args_os().skip(1);
    let command = arguments.next().unwrap_or_else(|| "tour".into());
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = status(Command::new(&cargo).args([
        "build",
        "--release",
        "--package",
        "althing-node",
        "--package",
        "althing",
    ]))?;
    if !built.success() {
        return Err(LaunchError::Build);
    }
    let outcome = status(Command::new(program()?).arg(command).args(arguments))?;
    Ok(outcome
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, Into::into))
}

/// The wallet lies beside this program's folder, whatever the target folder is called.
fn program() -> Result<PathBuf, LaunchError> {
    let own = std::env::current_exe().map_err(LaunchError::Place)?;
    let target = own.ancestors().nth(2).map(PathBuf::from).unwrap_or_default();
    Ok(target.join("release").join(format!("althing{}", std::env::consts::EXE_SUFFIX)))
}

fn status(command: &mut Command) -> Result<std::process::ExitStatus, LaunchError> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.status().map_err(|source| LaunchError::Start { program, source })
}
