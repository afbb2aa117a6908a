//! What every command is given: the global flags, the keystore, someone to ask, somewhere to write.

use crate::{
    ask::Ask,
    chain::{Chain, Options},
    cli::Global,
    environment::{self, Terminals},
    keystore::Keystore,
    offline::FactsFile,
    output::{CliError, Output, codes},
};

/// The surroundings of one command.
#[derive(Debug)]
pub struct Context {
    /// Global flags as given.
    pub global: Global,
    /// Where everything is written.
    pub out: Output,
    /// Whom to ask.
    pub ask: Ask,
    /// Standard error is a terminal: what is written there is not kept.
    pub fleeting: bool,
}

impl Context {
    /// The surroundings that flags and terminals make.
    pub fn new(global: Global, out: Output, terminals: Terminals) -> Self {
        let ask = Ask {
            possible: terminals.stdin && !global.json,
            piped: !terminals.stdin,
            yes: global.yes,
        };
        Self { global, out, ask, fleeting: terminals.stderr }
    }

    /// The keystore of this user.
    pub fn keystore(&self) -> Result<Keystore, CliError> {
        Ok(Keystore::at(&environment::home()?))
    }

    /// The account named by `--account`, which commands that sign need.
    pub fn account_name(&self) -> Result<&str, CliError> {
        let missing = "this command signs, and no account is named";
        self.global.account.as_deref().ok_or_else(|| CliError::new(codes::NO_ACCOUNT, missing))
    }

    /// Transactions go to a file and not to the chain.
    pub fn writes_file(&self) -> bool {
        let global = &self.global;
        global.offline.is_some() || global.unsigned.is_some() || global.signed.is_some()
    }

    /// The chain that the flags mean: a node, or what a file tells of one.
    pub fn chain(&self) -> Result<Chain, CliError> {
        if let Some(path) = &self.global.offline {
            let answers = FactsFile::read(path)?.recorded(path);
            let genesis = self.global.genesis.as_deref();
            return Ok(Chain::recorded(answers, environment::home()?, genesis)?);
        }
        Ok(Chain::connect(&Options {
            url: self.global.url.clone(),
            patience: self.global.timeout,
            genesis: self.global.genesis.clone(),
            home: environment::home()?,
        })?)
    }
}
