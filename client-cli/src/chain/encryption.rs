//! Encryption keys, the council and annexes, as the chain's rows hold them.

use althing_primitives::{AccountId, SchemeId};
use scale_value::{Composite, Value, ValueDef};
use serde_json::json;

use super::{Bytes, Chain, ChainError, MetadataError};
use crate::output::CliError;

const PALLET: &str = "Encryption";

/// A key that anyone can seal to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublishedKey {
    /// The KEM.
    pub kem: SchemeId,
    /// The public key.
    pub public: Vec<u8>,
    /// Block of publication.
    pub since: u32,
    /// What is set aside for it, in the smallest unit.
    pub deposit: u128,
}

/// A sealed annex.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AnnexRow {
    /// Who attached it.
    pub who: AccountId,
    /// In which block.
    pub at: u32,
    /// The envelope.
    pub bytes: Vec<u8>,
    /// What is set aside for it, in the smallest unit.
    pub deposit: u128,
}

impl Chain {
    /// The encryption key that `who` has published.
    pub fn encryption_key(&mut self, who: &AccountId) -> Result<Option<PublishedKey>, CliError> {
        let Some(row) = self.encryption_row("Keys", &[self.address(who)])? else { return Ok(None) };
        let read = || {
            Some(PublishedKey {
                kem: SchemeId(number(field(&row, "kem")?)?.try_into().ok()?),
                public: bytes(field(&row, "public")?)?,
                since: number(field(&row, "since")?)?.try_into().ok()?,
                deposit: number(field(&row, "deposit")?)?,
            })
        };
        read().map(Some).ok_or_else(|| misread("Keys"))
    }

    /// Who reads sealed annexes before the public does.
    pub fn council(&mut self) -> Result<Vec<AccountId>, CliError> {
        let Some(row) = self.encryption_row("Council", &[])? else { return Ok(Vec::new()) };
        let members = items(&row).and_then(|members| members.map(account).collect());
        members.ok_or_else(|| misread("Council"))
    }

    /// The annex of a referendum.
    pub fn annex(&mut self, referendum: u32) -> Result<Option<AnnexRow>, CliError> {
        let key = [referendum.to_string()];
        let Some(row) = self.encryption_row("Annexes", &key)? else { return Ok(None) };
        let read = || {
            Some(AnnexRow {
                who: account(field(&row, "who")?)?,
                at: number(field(&row, "at")?)?.try_into().ok()?,
                bytes: bytes(field(&row, "bytes")?)?,
                deposit: number(field(&row, "deposit")?)?,
            })
        };
        read().map(Some).ok_or_else(|| misread("Annexes"))
    }

    /// The content key of an annex that everyone may read.
    pub fn revealed(&mut self, referendum: u32) -> Result<Option<[u8; 32]>, CliError> {
        let key = [referendum.to_string()];
        let Some(row) = self.encryption_row("Revealed", &key)? else { return Ok(None) };
        let key = bytes(&row).and_then(|key| key.try_into().ok());
        key.map(Some).ok_or_else(|| misread("Revealed"))
    }

    /// A row by the chain's own description.
    fn encryption_row(
        &mut self,
        item: &str,
        keys: &[String],
    ) -> Result<Option<Value<u32>>, CliError> {
        let metadata = self.metadata()?;
        // Keys are addresses and numbers; no other name has to be understood.
        let mut resolve = |text: &str| super::account_of(text).map_err(CliError::from);
        let key = metadata.row_key((PALLET, item), keys, &mut resolve)?;
        let words = const_hex::encode_prefixed(&key);
        let found: Option<Bytes> = self.read("state_getStorage", &[json!(words)])?;
        let Some(Bytes(value)) = found else { return Ok(None) };
        let row = metadata.row(&key);
        let value = row.and_then(|row| metadata.row_value(&row, &value));
        value.map(Some).ok_or_else(|| misread(item))
    }
}

fn misread(item: &str) -> CliError {
    let reason = format!("a row of {PALLET}.{item} has another shape than this program reads");
    ChainError::from(MetadataError::Unreadable { what: "a row", reason }).into()
}

fn field<'a>(value: &'a Value<u32>, name: &str) -> Option<&'a Value<u32>> {
    let ValueDef::Composite(Composite::Named(fields)) = &value.value else { return None };
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

/// The number, whatever newtypes are around it.
fn number(value: &Value<u32>) -> Option<u128> {
    match &value.value {
        ValueDef::Composite(inner) if inner.len() == 1 => number(inner.values().next()?),
        _ => value.as_u128(),
    }
}

fn account(value: &Value<u32>) -> Option<AccountId> {
    bytes(value)?.try_into().ok().map(AccountId)
}

/// The bytes of a list or array of them, whatever newtypes are around it.
fn bytes(value: &Value<u32>) -> Option<Vec<u8>> {
    let ValueDef::Composite(list) = &value.value else { return None };
    if let (1, Some(Value { value: ValueDef::Composite(_), .. })) =
        (list.len(), list.values().next())
    {
        return bytes(list.values().next()?);
    }
    list.values().map(|byte| byte.as_u128()?.try_into().ok()).collect()
}

/// The items of a list, whatever newtypes are around it: accounts are lists of bytes themselves,
/// so a single item is told from a newtype by what it holds.
fn items(value: &Value<u32>) -> Option<impl Iterator<Item = &Value<u32>>> {
    let ValueDef::Composite(list) = &value.value else { return None };
    Some(list.values())
}
