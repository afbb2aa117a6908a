//! The program `althing`.

use std::process::ExitCode;

fn main() -> ExitCode {
    althing::run_process()
}
