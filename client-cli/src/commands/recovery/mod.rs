//! `althing recovery`: friends who give an account new keys when its own are lost, and who object to
//! changes that its owner did not want.
//!
//! Who lost the keys makes new ones with `ask`, which writes a request without secrets. One friend
//! proposes it, others approve it by its hash, and after a delay it takes effect, unless the owner's
//! old keys cancel it or enough friends object.

mod ask;
pub(crate) mod families;
mod friends;
mod propose;
pub mod request;
mod set;

use crate::{
    context::Context,
    output::{CliError, Reply},
};

/// What can be done about recovery.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Name the friends who may recover an account, or nobody
    Set(set::Arguments),
    /// Make new keys for an account that lost its own, and a request for its friends
    Ask(ask::Arguments),
    /// As a friend, propose the new keys that a request asks for
    Propose(propose::Arguments),
    /// As a friend, approve a recovery that another friend proposed
    Approve(friends::ApproveArguments),
    /// As a friend, object to the change of an account's keys that waits
    Object(friends::ObjectArguments),
    /// As a friend, take back the recovery you proposed, and its deposit
    Withdraw(friends::WithdrawArguments),
    /// As the owner, stop all recoveries of your account
    Cancel(friends::CancelArguments),
}

/// Run one of them.
pub fn run(command: &Command, context: &mut Context) -> Result<Reply, CliError> {
    match command {
        Command::Set(arguments) => set::run(arguments, context),
        Command::Ask(arguments) => ask::run(arguments, context),
        Command::Propose(arguments) => propose::run(arguments, context),
        Command::Approve(arguments) => friends::approve(arguments, context),
        Command::Object(arguments) => friends::object(arguments, context),
        Command::Withdraw(arguments) => friends::withdraw(arguments, context),
        Command::Cancel(arguments) => friends::cancel(arguments, context),
    }
}
