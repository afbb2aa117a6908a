//! The facade: a connection to a chain that was checked to be the one meant.

use std::{path::PathBuf, rc::Rc, time::Duration};

use althing_primitives::{AccountId, Hash256, from_ss58, row_prefix, to_ss58};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    Bytes, ChainError, DecodedEvent, Feed, Metadata, Render,
    kept::KeptMetadata,
    link::Link,
    remembered,
    replies::{self, Head, Info, Referendum},
    source::{Recorded, Source},
    wire::{HashHex, parse_hash},
};
use crate::output::ChainTag;

/// How to connect.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the node is.
    pub url: String,
    /// How long to wait for one thing.
    pub patience: Duration,
    /// The only genesis that will do, 0x-hex.
    pub genesis: Option<String>,
    /// Where this program keeps its files.
    pub home: PathBuf,
}

/// A connection to a chain that was checked to be the one meant (N1).
pub struct Chain {
    pub(super) link: Source,
    info: Info,
    home: PathBuf,
    metadata: Option<Rc<Metadata>>,
    /// Transactions that were written to files and not sent: each takes a nonce.
    pub(super) written: u32,
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chain").field("info", &self.info).finish_non_exhaustive()
    }
}

impl Chain {
    /// Connect and check which chain it is.
    pub fn connect(options: &Options) -> Result<Self, ChainError> {
        let mut link = Link::open(&options.url, options.patience)?;
        let info: Info = link.read("althing_info", &[])?;
        remembered::check(&options.home, link.url(), &info, options.genesis.as_deref())?;
        let link = Source::Node(link);
        Ok(Self { link, info, home: options.home.clone(), metadata: None, written: 0 })
    }

    /// A chain as a file of answers tells it, if it is the one meant. Nothing is asked of a node.
    pub fn recorded(
        answers: Recorded,
        home: PathBuf,
        genesis: Option<&str>,
    ) -> Result<Self, ChainError> {
        let mut link = Source::Recorded(answers);
        let info: Info = link.read("althing_info", &[])?;
        match genesis {
            Some(pinned) if !pinned.eq_ignore_ascii_case(&info.genesis) => {
                Err(ChainError::WrongGenesis {
                    url: "the facts file".to_owned(),
                    expected: pinned.to_owned(),
                    found: info.genesis,
                    kept_in: None,
                })
            }
            _ => Ok(Self { link, info, home, metadata: None, written: 0 }),
        }
    }

    /// No node is asked: calls are neither tried nor priced, and nothing is sent.
    pub fn is_recorded(&self) -> bool {
        self.link.is_recorded()
    }

    /// How many transactions were written to files.
    pub fn written(&self) -> u32 {
        self.written
    }

    /// A transaction was written to a file: the next one takes the next nonce.
    pub fn count_written(&mut self) {
        self.written = self.written.saturating_add(1);
    }

    /// What the chain said of itself when it was connected to.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// Which chain answered, for the envelope.
    pub fn tag(&self) -> ChainTag {
        ChainTag {
            id: self.info.chain.clone(),
            genesis: self.info.genesis.clone(),
            block: self.info.head.number,
        }
    }

    /// Ask for something that can be asked again.
    pub fn read<T: DeserializeOwned>(
        &mut self,
        method: &'static str,
        params: &[Value],
    ) -> Result<T, ChainError> {
        self.link.read(method, params)
    }

    /// The best block now.
    pub fn head(&mut self) -> Result<Head, ChainError> {
        let info: Info = self.link.read("althing_info", &[])?;
        self.info.head = info.head;
        Ok(self.info.head.clone())
    }

    /// An account.
    pub fn account(&mut self, who: &AccountId) -> Result<replies::Account, ChainError> {
        let address = self.address(who);
        self.read("accounts_account", &[json!(address)])
    }

    /// A referendum, if there is one of this number.
    pub fn referendum(&mut self, index: u32) -> Result<Option<Referendum>, ChainError> {
        self.read("gov_referendum", &[json!(index)])
    }

    /// What came of every extrinsic of a block.
    pub fn receipts(&mut self, block: &str) -> Result<Vec<replies::Receipt>, ChainError> {
        let receipts: Option<_> = self.read("althing_blockReceipts", &[json!(block)])?;
        Ok(receipts.unwrap_or_default())
    }

    /// Hash of the block at a height, if it was reached.
    pub fn block_hash(&mut self, number: u32) -> Result<Option<String>, ChainError> {
        self.read("chain_getBlockHash", &[json!(number)])
    }

    /// Height of a block.
    pub fn block_number(&mut self, hash: &str) -> Result<u32, ChainError> {
        let header: Value = self.read("chain_getHeader", &[json!(hash)])?;
        height_of(&header).ok_or_else(|| ChainError::BadAnswer {
            method: "chain_getHeader".to_owned(),
            reason: "no number in the header".to_owned(),
        })
    }

    /// What happened in a block.
    pub fn events(&mut self, block: &str) -> Result<Vec<DecodedEvent>, ChainError> {
        let key = const_hex::encode_prefixed(row_prefix("System", "Events"));
        let value: Option<Bytes> = self.read("state_getStorage", &[json!(key), json!(block)])?;
        match value {
            Some(Bytes(bytes)) => Ok(self.metadata()?.decode_events(&bytes)?),
            None => Ok(Vec::new()),
        }
    }

    /// New best blocks, the present one first.
    pub fn heads(&mut self) -> Result<Feed, ChainError> {
        let node = self.link.node("chain_subscribeNewHeads")?;
        node.subscribe("chain_subscribeNewHeads", &[], "chain_unsubscribeNewHeads", "a block")
    }

    /// The height of the next new best block; without `patience` it waits for ever.
    pub fn next_head(
        &self,
        feed: &mut Feed,
        patience: Option<Duration>,
    ) -> Result<u32, ChainError> {
        let header = self.link.next(feed, patience)?;
        height_of(&header).ok_or_else(|| ChainError::BadAnswer {
            method: "chain_newHead".to_owned(),
            reason: "no number in the header".to_owned(),
        })
    }

    /// How long to wait for one thing.
    pub fn patience(&self) -> Duration {
        self.link.patience()
    }

    /// An account as this chain writes it.
    pub fn address(&self, who: &AccountId) -> String {
        to_ss58(who, self.info.prefix)
    }

    /// Genesis as it is signed.
    pub fn genesis(&self) -> Result<Hash256, ChainError> {
        parse_hash(&self.info.genesis).ok_or_else(|| ChainError::BadAnswer {
            method: "althing_info".to_owned(),
            reason: format!("genesis {:?} is no hash", self.info.genesis),
        })
    }

    /// Hash of the block at a height that is known to be reached.
    pub(super) fn hash_at(&mut self, number: u32) -> Result<Hash256, ChainError> {
        let HashHex(hash) = self.read("chain_getBlockHash", &[json!(number)])?;
        Ok(hash)
    }

    /// The chain's own description, fetched at most once per rules.
    pub fn metadata(&mut self) -> Result<Rc<Metadata>, ChainError> {
        if let Some(metadata) = &self.metadata {
            return Ok(Rc::clone(metadata));
        }
        let metadata = Rc::new(self.load_metadata()?);
        self.metadata = Some(Rc::clone(&metadata));
        Ok(metadata)
    }

    /// Something that shows values of this chain.
    pub fn render<'a>(&self, metadata: &'a Metadata) -> Render<'a> {
        Render { metadata, prefix: self.info.prefix }
    }

    /// From the cache, or from the node. Development chains are never cached: their rules change
    /// without a new version while someone works on them.
    fn load_metadata(&mut self) -> Result<Metadata, ChainError> {
        let genesis = self.info.genesis.clone();
        let kept = KeptMetadata::of(&self.home, &genesis, self.info.spec_version);
        if !self.info.development
            && !self.is_recorded()
            && let Some(bytes) = kept.bytes()
        {
            match Metadata::decode(&bytes) {
                Ok(metadata) => return Ok(metadata),
                Err(_) => kept.forget()?,
            }
        }
        let bytes = self.metadata_bytes()?;
        let metadata = Metadata::decode(&bytes)?;
        if !self.info.development {
            kept.keep(&bytes)?;
        }
        Ok(metadata)
    }

    /// The chain's own description as bytes.
    pub fn metadata_bytes(&mut self) -> Result<Vec<u8>, ChainError> {
        let Bytes(bytes) = self.link.read("state_getMetadata", &[])?;
        Ok(bytes)
    }
}

/// The height in a header, which writes it as 0x-hex.
fn height_of(header: &Value) -> Option<u32> {
    let text = header.get("number")?.as_str()?;
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

/// The account of an address that the node wrote.
pub fn account_of(address: &str) -> Result<AccountId, ChainError> {
    let (account, _) = from_ss58(address).map_err(|error| ChainError::BadAnswer {
        method: "an address".to_owned(),
        reason: error.to_string(),
    })?;
    Ok(account)
}
