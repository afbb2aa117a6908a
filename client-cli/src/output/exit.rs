//! Exit codes: the part of the answer a script reads first.

use std::process::ExitCode;

/// How a run ended. The numbers are public and never change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// Done.
    Done,
    /// Refused by the chain, or failed.
    Refused,
    /// The command line or its input was wrong.
    Usage,
    /// No node could be reached.
    NoNode,
    /// Timed out waiting.
    TimedOut,
    /// An answer was needed and nobody could be asked.
    NobodyToAsk,
    /// A simulation or a check found FAIL.
    CheckFailed,
    /// The node serves another chain than the one meant.
    WrongChain,
}

impl Exit {
    /// The process exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::NoNode => 3,
            Self::TimedOut => 4,
            Self::NobodyToAsk => 5,
            Self::CheckFailed => 6,
            Self::WrongChain => 7,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
