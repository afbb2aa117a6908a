//! A transaction that goes to a file instead of to the chain.

use std::path::{Path, PathBuf};

use althing_primitives::SignerKey;
use serde_json::{Map, Value};

use super::{Outcome, Ready, pre_rotation};
use crate::{
    account::{Who, keys_of},
    chain::Chain,
    context::Context,
    key::Key,
    offline::{FileSigner, TransactionFile, write_new},
    output::{Body, CliError},
};

/// A transaction file, and where it is.
#[derive(Debug)]
pub struct Written {
    file: TransactionFile,
    text: String,
    path: Option<PathBuf>,
}

impl Ready {
    /// Write the transaction; `keys`, or else those of the sender's file, sign what they may.
    pub(super) fn write(
        mut self,
        keys: Option<&[Key]>,
        context: &mut Context,
        chain: &mut Chain,
    ) -> Result<Outcome, CliError> {
        // The person may have taken a while: nonce and era are those of now.
        let terms = chain.terms(self.sender.account)?;
        let signers = self.quote.signers.iter();
        let signers = signers.map(|key| FileSigner::new(key.signer(), key.kept)).collect();
        let metadata = chain.metadata_bytes()?;
        let info = chain.info();
        let named = (info.chain.as_str(), info.development, info.prefix);
        let mut file = TransactionFile::new(named, &terms, &self.intent.call, signers, metadata);
        if context.global.unsigned.is_none() {
            match keys {
                Some(keys) => {
                    for key in keys {
                        file.sign("the transaction", key)?;
                    }
                }
                None => sign_with_kept(&mut file, &self.sender.name, context)?,
            }
        }
        let text = file.text()?;
        let place = context.global.unsigned.as_deref().or(context.global.signed.as_deref());
        let path = place.map(|place| numbered(place, chain.written()));
        if let Some(path) = &path {
            write_new(path, &text)?;
        }
        chain.count_written();
        self.pre_rotation =
            pre_rotation::left_out(chain, &self.sender, &self.intent.call)?.map(Err);
        Ok(Outcome::Written(self, Box::new(Written { file, text, path })))
    }
}

/// Let every key of the account called `name` sign that the file wants.
pub(crate) fn sign_with_kept(
    file: &mut TransactionFile,
    name: &str,
    context: &mut Context,
) -> Result<(), CliError> {
    let keystore = context.keystore()?;
    let who = Who::named(&keystore, name)?;
    let wants = |key: SignerKey| file.wants(key);
    let keys = keys_of(&who, &wants, context.ask, &mut context.out)?;
    for key in &keys {
        file.sign("the transaction", key)?;
    }
    Ok(())
}

/// The second file of one command has a 2 in its name, and so forth.
fn numbered(place: &Path, written: u32) -> PathBuf {
    if written == 0 {
        return place.to_owned();
    }
    let number = written.saturating_add(1);
    let stem = place.file_stem().and_then(|stem| stem.to_str()).unwrap_or("transaction");
    let name = match place.extension().and_then(|end| end.to_str()) {
        Some(end) => format!("{stem}.{number}.{end}"),
        None => format!("{stem}.{number}"),
    };
    place.with_file_name(name)
}

impl Written {
    /// The file for programs.
    pub(super) fn json(&self) -> Map<String, Value> {
        let mut data = Map::new();
        let path = self.path.as_ref().map(|path| path.display().to_string());
        data.insert("file".to_owned(), path.into());
        data.insert("file_hash".to_owned(), self.file.hash().into());
        data.insert("nonce".to_owned(), self.file.nonce.into());
        data.insert("missing".to_owned(), self.file.missing().into());
        if self.path.is_none() {
            let text = serde_json::from_str(&self.text).unwrap_or(Value::Null);
            data.insert("transaction_file".to_owned(), text);
        }
        data
    }

    /// The place of the file, or the file itself if it has none.
    pub(super) fn body(&self) -> Body {
        let path = self.path.as_ref().map(|path| path.display().to_string());
        Body::Text(path.unwrap_or_else(|| self.text.clone()))
    }

    /// What to do with it.
    pub(super) fn hint(&self) -> String {
        let path = self.path.as_ref().map(|path| path.display().to_string());
        let path = path.unwrap_or_else(|| "FILE".to_owned());
        let hash = self.file.hash();
        if self.file.missing().is_empty() {
            return format!("Next, where a node is: althing tx-send {path} ({hash})");
        }
        format!("Next, where the key is: althing --account NAME sign {path} ({hash})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_file_of_one_command_has_a_name_of_its_own() {
        let name = |written| numbered(Path::new("a/tx.json"), written).display().to_string();
        assert_eq!((name(0), name(1)), ("a/tx.json".to_owned(), "a/tx.2.json".to_owned()));
        assert_eq!(numbered(Path::new("tx"), 2), Path::new("tx.3"));
    }
}
