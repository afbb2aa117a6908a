//! A transaction's way to a block and back.

use althing_primitives::{
    AccountId, Balance, Circumstances, Era, Extra, Extrinsic, Hash256, Implicit, SchemeId,
    Signature, SignedPart, SignerKey, signing_payload, statement,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Amount, Chain, ChainError, DecodedEvent,
    replies::{DryRun, Receipt, Versions},
};

/// What to wait for after sending.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, clap::ValueEnum)]
pub enum Wait {
    /// For the node to accept it.
    None,
    /// For it to be in a block.
    #[default]
    Block,
    /// For that block to be final.
    Final,
}

/// Everything but the signature that makes a call a transaction.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The sender.
    pub account: AccountId,
    /// What travels beside the call.
    pub extra: Extra,
    /// What is signed and does not travel.
    pub implicit: Implicit,
    /// Under which rules it is signed.
    pub circumstances: Circumstances,
    /// The block after whose hash the signature begins to be valid.
    pub birth: u32,
    /// The last block in which it may be included.
    pub valid_until: u32,
}

impl Terms {
    /// The nonce.
    pub fn nonce(&self) -> u32 {
        self.extra.nonce
    }

    /// The bytes that each of `signers` signs for `call`.
    pub fn statement(&self, signers: &[SignerKey], call: &[u8]) -> Vec<u8> {
        let payload = signing_payload(call, &self.extra, &self.implicit);
        statement(&self.account, self.circumstances, signers, &payload)
    }

    /// The transaction.
    pub fn extrinsic(&self, signature: Signature, call: &[u8]) -> Extrinsic {
        let part = SignedPart { account: self.account, signature, extra: self.extra };
        Extrinsic::signed(part, call)
    }
}

/// A transaction in a block.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Hash of the extrinsic, 0x-hex.
    pub hash: String,
    /// Hash of the block.
    pub block: String,
    /// Height of the block.
    pub number: u32,
    /// What came of it.
    pub receipt: Receipt,
    /// What happened because of it.
    pub events: Vec<DecodedEvent>,
}

impl Chain {
    /// The terms of the next transaction of `account`, transactions in the pool counted.
    pub fn terms(&mut self, account: AccountId) -> Result<Terms, ChainError> {
        let versions: Versions = self.read("state_getRuntimeVersion", &[])?;
        let address = self.address(&account);
        let next: u32 = self.read("system_accountNextIndex", &[json!(address)])?;
        let nonce = next.saturating_add(self.written);
        let best = self.head()?.number;
        let era = Era::mortal(self.link.lifetime(), best);
        let birth = era.birth(best);
        let extra = Extra { era, nonce, tip: 0, metadata_hash_mode: 0 };
        let implicit = Implicit {
            spec_version: versions.spec_version,
            transaction_version: versions.transaction_version,
            genesis: self.genesis()?,
            birth: self.hash_at(birth)?,
            metadata_hash: None,
        };
        let valid_until = era.death(best).saturating_sub(1);
        let circumstances = self.account(&account)?.circumstances();
        Ok(Terms { account, extra, implicit, circumstances, birth, valid_until })
    }

    /// What `call` would do if `account` made it now with a key of `scheme`, whose first use has
    /// its price. Nothing is kept.
    pub fn dry_run(
        &mut self,
        account: &AccountId,
        scheme: SchemeId,
        call: &[u8],
    ) -> Result<DryRun, ChainError> {
        let address = json!(self.address(account));
        let call = json!(const_hex::encode_prefixed(call));
        self.read("althing_dryRun", &[address, call, Value::Null, json!(scheme.0)])
    }

    /// What a transaction of these bytes costs, whatever its signature is worth.
    pub fn fee_of(&mut self, extrinsic: &Extrinsic) -> Result<Balance, ChainError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            partial_fee: Amount,
        }

        let bytes = const_hex::encode_prefixed(&**extrinsic.bytes());
        let Answer { partial_fee } = self.read("payment_queryInfo", &[json!(bytes)])?;
        Ok(partial_fee.0)
    }

    /// Send a transaction without waiting for a block.
    pub fn send(&mut self, extrinsic: &Extrinsic) -> Result<String, ChainError> {
        let bytes = const_hex::encode_prefixed(&**extrinsic.bytes());
        // Asked once only: a lost answer does not mean that it did not arrive.
        self.link.node("author_submitExtrinsic")?.ask("author_submitExtrinsic", &[json!(bytes)])
    }

    /// Send a transaction and wait until it is in a block, and final if `wait` says so. The hash of
    /// that block.
    pub fn send_and_watch(
        &mut self,
        extrinsic: &Extrinsic,
        wait: Wait,
    ) -> Result<String, ChainError> {
        let bytes = const_hex::encode_prefixed(&**extrinsic.bytes());
        let mut feed = self.link.node("author_submitAndWatchExtrinsic")?.subscribe(
            "author_submitAndWatchExtrinsic",
            &[json!(bytes)],
            "author_unwatchExtrinsic",
            "the transaction to be in a block",
        )?;
        loop {
            let status = self.link.next(&mut feed, Some(self.link.patience()))?;
            match progress(&status) {
                Progress::Final(block) => return Ok(block),
                Progress::InBlock(block) if wait != Wait::Final => return Ok(block),
                Progress::InBlock(_) | Progress::Waiting => {}
                Progress::NotFinal(block) => {
                    return Err(ChainError::NotFinal { hash: hex(extrinsic.hash()), block });
                }
                Progress::Gone(status) => {
                    return Err(ChainError::Gone { hash: hex(extrinsic.hash()), status });
                }
            }
        }
    }

    /// What came of a transaction in a block.
    pub fn placed(&mut self, hash: Hash256, block: &str) -> Result<Placed, ChainError> {
        let hash = hex(hash);
        let receipts = self.receipts(block)?;
        let position = receipts.iter().position(|receipt| receipt.hash == hash);
        let found = position.and_then(|position| {
            Some((u32::try_from(position).ok()?, receipts.into_iter().nth(position)?))
        });
        let (position, receipt) = found.ok_or_else(|| ChainError::BadAnswer {
            method: "althing_blockReceipts".to_owned(),
            reason: format!("no receipt of {hash} in block {block}"),
        })?;
        let number = self.block_number(block)?;
        let mut events = self.events(block)?;
        events.retain(|event| event.extrinsic == Some(position));
        Ok(Placed { hash, block: block.to_owned(), number, receipt, events })
    }
}

enum Progress {
    Waiting,
    InBlock(String),
    Final(String),
    NotFinal(String),
    Gone(&'static str),
}

/// What the node says of a transaction. `retracted` is not the end: it waits for another block.
fn progress(status: &Value) -> Progress {
    let block = |name: &str| status.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(block) = block("inBlock") {
        return Progress::InBlock(block);
    }
    if let Some(block) = block("finalized") {
        return Progress::Final(block);
    }
    if let Some(block) = block("finalityTimeout") {
        return Progress::NotFinal(block);
    }
    if status.get("usurped").is_some() {
        return Progress::Gone("replaced by another one with the same nonce");
    }
    match status.as_str() {
        Some("dropped") => Progress::Gone("dropped from the pool"),
        Some("invalid") => Progress::Gone("no longer valid"),
        _ => Progress::Waiting,
    }
}

fn hex(hash: Hash256) -> String {
    const_hex::encode_prefixed(hash.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_waiting_progress_or_the_end() {
        for status in
            [json!("ready"), json!("future"), json!({"broadcast": []}), json!({"retracted": "0x1"})]
        {
            assert!(matches!(progress(&status), Progress::Waiting), "{status}");
        }
        assert!(matches!(progress(&json!({"inBlock": "0x1"})), Progress::InBlock(_)));
        assert!(matches!(progress(&json!({"finalized": "0x1"})), Progress::Final(_)));
        for status in [json!("dropped"), json!("invalid"), json!({"usurped": "0x1"})] {
            assert!(matches!(progress(&status), Progress::Gone(_)), "{status}");
        }
        let late = progress(&json!({"finalityTimeout": "0x1"}));
        assert!(matches!(late, Progress::NotFinal(block) if block == "0x1"));
    }
}
