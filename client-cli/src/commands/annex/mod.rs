//! `althing annex`: what the council reads of a referendum before the public does.

mod attach;
mod council;
mod detach;
mod read;
mod reveal;

use althing_crypto::seal::{Envelope, SealPurpose};

use crate::{
    chain::{AnnexRow, Chain},
    context::Context,
    output::{CliError, Reply, codes},
};

/// What can be done with annexes.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Seal a file to the council and attach it to a referendum of yours
    Attach(attach::Arguments),
    /// Read an annex that is sealed to you, or that was revealed
    Read(read::Arguments),
    /// Let everyone read an annex, for ever
    Reveal(reveal::Arguments),
    /// Take the annex of a referendum that has ended off the chain, and its deposit back
    Detach(detach::Arguments),
    /// Show who reads annexes first, and whether they can be sealed to
    Council(council::Arguments),
}

/// Run one of them.
pub fn run(command: &Command, context: &mut Context) -> Result<Reply, CliError> {
    match command {
        Command::Attach(arguments) => attach::run(arguments, context),
        Command::Read(arguments) => read::run(arguments, context),
        Command::Reveal(arguments) => reveal::run(arguments, context),
        Command::Detach(arguments) => detach::run(arguments, context),
        Command::Council(_) => council::run(context),
    }
}

/// The annex of a referendum, and the envelope in it.
fn find(chain: &mut Chain, referendum: u32) -> Result<(AnnexRow, Envelope), CliError> {
    super::vote::find(chain, referendum)?;
    let annex = chain.annex(referendum)?.ok_or_else(|| {
        let message = format!("referendum {referendum} has no annex");
        CliError::new(codes::SEAL_NO_ANNEX, message)
            .detail("referendum", referendum)
            .fix([format!("althing referendum show {referendum}")])
            .nothing_sent()
    })?;
    let envelope = Envelope::from_bytes(&annex.bytes)?;
    Ok((annex, envelope))
}

fn purpose(referendum: u32) -> SealPurpose {
    SealPurpose::Annex { referendum }
}
