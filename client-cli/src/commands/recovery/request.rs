//! The file by which someone who lost the keys asks friends for new ones. It holds no secret: the
//! draft of the new policy, and the proofs of the new keys.

use std::{fs, path::Path};

use althing_primitives::{AccountId, Hash256, blake2_256, from_ss58};
use serde::{Deserialize, Serialize};

use crate::{
    chain::Chain,
    keystore::Hex,
    output::{CliError, codes},
};

const FORMAT: &str = "althing-recovery/1";
/// Eight of the largest proofs, twice in hex, and some.
const BYTES_MAX: u64 = 2 << 20;

/// Refuse a place where no file can be created, before anything is made that the file is for.
pub(super) fn must_be_free(path: &Path) -> Result<(), CliError> {
    let created = fs::OpenOptions::new().write(true).create_new(true).open(path);
    created.and_then(|_| fs::remove_file(path)).map_err(|error| cannot_write(path, &error))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> CliError {
    let reason = match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            "it exists already, and files are never overwritten".to_owned()
        }
        _ => error.to_string(),
    };
    let message = format!("cannot write {}: {reason}", path.display());
    CliError::new(codes::CANNOT_WRITE_OUTPUT, message).nothing_sent()
}

/// A request.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    format: String,
    /// Hash of the chain's first block, 0x-hex.
    genesis: String,
    /// Address of the account.
    account: String,
    /// How often its policy had changed: the proofs are for this state.
    pub(super) rotation_nonce: u32,
    /// The new policy in SCALE.
    pub(super) draft: Hex,
    /// One for each key that the present policy lacks.
    pub(super) proofs: Vec<Hex>,
}

impl Request {
    pub(super) fn new(
        chain: &Chain,
        (account, rotation_nonce): (&AccountId, u32),
        draft: Vec<u8>,
        proofs: Vec<Vec<u8>>,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            genesis: chain.info().genesis.clone(),
            account: chain.address(account),
            rotation_nonce,
            draft: Hex(draft),
            proofs: proofs.into_iter().map(Hex).collect(),
        }
    }

    /// The name by which friends approve it.
    pub fn hash(&self) -> Hash256 {
        blake2_256(&self.draft.0)
    }

    /// Write a new file; none is left if that fails.
    pub(super) fn write(&self, path: &Path) -> Result<(), CliError> {
        use std::io::Write as _;
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| CliError::new(codes::BUG, error.to_string()))?;
        let created = fs::OpenOptions::new().write(true).create_new(true).open(path);
        let mut file = created.map_err(|error| cannot_write(path, &error))?;
        writeln!(file, "{text}").and_then(|()| file.sync_all()).map_err(|error| {
            // The first failure is the one worth telling.
            let _ = fs::remove_file(path);
            cannot_write(path, &error)
        })
    }

    /// Read a file, which must be for the chain that is asked.
    pub(super) fn read(path: &Path, chain: &Chain) -> Result<Self, CliError> {
        let refuse = |reason: String| refused(path, &reason);
        let bytes = fs::metadata(path).map_err(|error| refuse(error.to_string()))?.len();
        if bytes > BYTES_MAX {
            return Err(refuse(format!("{bytes} bytes, a request has at most {BYTES_MAX}")));
        }
        let text = fs::read(path).map_err(|error| refuse(error.to_string()))?;
        let request = Self::parse(path, &text)?;
        if request.genesis != chain.info().genesis {
            let message = format!("{} is for another chain: {}", path.display(), request.genesis);
            return Err(CliError::new(codes::NET_WRONG_CHAIN, message).nothing_sent());
        }
        Ok(request)
    }

    /// Read the text of the file at `path`, whatever chain it is for.
    pub fn parse(path: &Path, text: &[u8]) -> Result<Self, CliError> {
        let request: Self =
            serde_json::from_slice(text).map_err(|error| refused(path, &error.to_string()))?;
        if request.format != FORMAT {
            let found = &request.format;
            let reason = format!("format is {found:?}, this program reads {FORMAT:?}");
            return Err(refused(path, &reason));
        }
        Ok(request)
    }

    /// The account that asks.
    pub fn account(&self) -> Result<AccountId, CliError> {
        let found = from_ss58(&self.account).map(|(account, _)| account);
        found.map_err(|error| CliError::new(codes::BAD_ADDRESS, error.to_string()))
    }
}

fn refused(path: &Path, reason: &str) -> CliError {
    CliError::new(codes::RECOVERY_FILE, format!("{}: {reason}", path.display())).nothing_sent()
}
