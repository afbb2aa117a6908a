//! Rows of the state: what a key means, and what a value says.
//!
//! A row's key begins with hashes of its pallet's and its item's names, so the item is certain once
//! the names are known. The keys of a map follow, each behind a hash of itself; a key whose hash is
//! not its own names no row, however well it decodes.

use std::collections::BTreeMap;

use althing_primitives::{Blake2_128Concat, Identity, KeyHasher as _, Twox64Concat, row_prefix};
use frame_metadata::v14::{StorageEntryType, StorageHasher};
use scale_info::{TypeDef, form::PortableForm};
use scale_value::Value;

use super::{
    ArgumentError, Metadata, MetadataError, Resolver, metadata::plain, values::decode_value,
};
use crate::near::nearest;

/// The items of storage by the first bytes of their keys.
pub(super) type Items = BTreeMap<[u8; 32], Item>;

/// An item of storage.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pallet: String,
    name: String,
    hashers: Vec<StorageHasher>,
    /// Type of the key, a tuple if there are several; none for a single row.
    key: Option<u32>,
    value: u32,
}

impl Item {
    /// What metadata of any version says of an item.
    pub(super) fn new(pallet: &str, name: &str, kind: &StorageEntryType<PortableForm>) -> Self {
        let (hashers, key, value) = match kind {
            StorageEntryType::Plain(value) => (Vec::new(), None, value.id),
            StorageEntryType::Map { hashers, key, value } => {
                (hashers.clone(), Some(key.id), value.id)
            }
        };
        Self { pallet: pallet.to_owned(), name: name.to_owned(), hashers, key, value }
    }

    /// Where its rows are.
    pub(super) fn prefix(&self) -> [u8; 32] {
        row_prefix(&self.pallet, &self.name)
    }
}

/// The items that metadata describes.
macro_rules! items {
    ($metadata:expr) => {
        $metadata
            .pallets
            .iter()
            .filter_map(|pallet| pallet.storage.as_ref())
            .flat_map(|storage| storage.entries.iter().map(move |entry| (storage, entry)))
            .map(|(storage, entry)| {
                let item = $crate::chain::rows::Item::new(&storage.prefix, &entry.name, &entry.ty);
                (item.prefix(), item)
            })
            .collect::<$crate::chain::rows::Items>()
    };
}
pub(super) use items;

/// A row as the metadata names it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The pallet.
    pub pallet: String,
    /// The item.
    pub item: String,
    /// The keys of a map, in order.
    pub keys: Vec<Value<u32>>,
    value: u32,
}

impl Row {
    /// `Pallet.Item`.
    pub fn title(&self) -> String {
        format!("{}.{}", self.pallet, self.item)
    }

    /// What a number among its keys counts.
    pub(super) fn noun(&self) -> Option<&'static str> {
        Some(match (self.pallet.as_str(), self.item.as_str()) {
            ("Voting" | "Referenda", _)
            | ("Encryption", "Annexes" | "Revealed")
            | ("Scheduler", "Results") => "referendum",
            ("Scheduler", "Agenda") | ("System", "BlockHash") => "block",
            ("Scheduler", "Places") => "task",
            ("CryptoRegistry", _) => "scheme",
            ("Treasury", "Pending") => "spend",
            _ => return None,
        })
    }
}

impl Metadata {
    /// What the row under a key is called, if it is a row of the chain's pallets.
    pub fn row(&self, key: &[u8]) -> Option<Row> {
        let (prefix, rest) = key.split_first_chunk::<32>()?;
        let item = self.items().get(prefix)?;
        let types = self.key_types(item)?;
        let mut rest = rest;
        let mut keys = Vec::new();
        for (hasher, id) in item.hashers.iter().zip(types) {
            let (found, after) = self.map_key(hasher, id, rest)?;
            keys.push(found);
            rest = after;
        }
        let (pallet, item, value) = (item.pallet.clone(), item.name.clone(), item.value);
        rest.is_empty().then_some(Row { pallet, item, keys, value })
    }

    /// What a row holds, if all the bytes are one value of its type.
    pub fn row_value(&self, row: &Row, mut bytes: &[u8]) -> Option<Value<u32>> {
        let value = decode_value(&mut bytes, row.value, self.types()).ok()?;
        bytes.is_empty().then_some(value)
    }

    /// The key of the row of `pallet.item` with these keys, written as texts.
    pub fn row_key(
        &self,
        (pallet, item): (&str, &str),
        texts: &[String],
        resolve: &mut Resolver<'_>,
    ) -> Result<Vec<u8>, ArgumentError> {
        let item = self.item(pallet, item)?;
        let types = self.key_types(item).unwrap_or_default();
        if types.len() != texts.len() {
            return Err(ArgumentError::Metadata(MetadataError::KeyCount {
                item: format!("{}.{}", item.pallet, item.name),
                expected: types.len(),
                given: texts.len(),
            }));
        }
        let title = format!("{}.{}", item.pallet, item.name);
        let mut key = item.prefix().to_vec();
        for ((hasher, id), text) in item.hashers.iter().zip(types).zip(texts) {
            let bytes = self.encode_value_text(("key", id), text, resolve);
            let bytes = bytes.map_err(|error| error.in_key(&title))?;
            key.extend(hashed(hasher, &bytes).unwrap_or(bytes));
        }
        Ok(key)
    }

    fn item(&self, pallet: &str, name: &str) -> Result<&Item, MetadataError> {
        let of_pallet = |item: &&Item| plain(&item.pallet) == plain(pallet);
        let mut known = self.items().values().filter(of_pallet);
        if let Some(found) = known.clone().find(|item| plain(&item.name) == plain(name)) {
            return Ok(found);
        }
        let Some(first) = known.next() else {
            let names = self.items().values().map(|item| item.pallet.as_str());
            let near = nearest(pallet, names).map(str::to_owned);
            return Err(MetadataError::UnknownPallet { pallet: pallet.to_owned(), near });
        };
        let names = std::iter::once(first).chain(known).map(|item| item.name.clone());
        Err(MetadataError::UnknownItem {
            pallet: first.pallet.clone(),
            item: name.to_owned(),
            known: names.collect(),
        })
    }

    /// The type of each key of an item.
    fn key_types(&self, item: &Item) -> Option<Vec<u32>> {
        let Some(key) = item.key else { return Some(Vec::new()) };
        if item.hashers.len() == 1 {
            return Some(vec![key]);
        }
        match &self.types().resolve(key)?.type_def {
            TypeDef::Tuple(parts) if parts.fields.len() == item.hashers.len() => {
                Some(parts.fields.iter().map(|part| part.id).collect())
            }
            _ => None,
        }
    }

    /// The key behind a hash of itself, and what follows it.
    fn map_key<'a>(
        &self,
        hasher: &StorageHasher,
        id: u32,
        bytes: &'a [u8],
    ) -> Option<(Value<u32>, &'a [u8])> {
        let mut rest = bytes.get(hash_bytes(hasher)?..)?;
        let before = rest;
        let value = decode_value(&mut rest, id, self.types()).ok()?;
        let plain = before.get(..before.len().checked_sub(rest.len())?)?;
        let expected = hashed(hasher, plain)?;
        bytes.starts_with(&expected).then_some((value, rest))
    }
}

/// How many bytes of hash stand before a key; none for hashers that do not keep the key.
fn hash_bytes(hasher: &StorageHasher) -> Option<usize> {
    match hasher {
        StorageHasher::Blake2_128Concat => Some(Blake2_128Concat::HASH_BYTES),
        StorageHasher::Twox64Concat => Some(Twox64Concat::HASH_BYTES),
        StorageHasher::Identity => Some(Identity::HASH_BYTES),
        _ => None,
    }
}

/// A key as it stands in a row's key.
fn hashed(hasher: &StorageHasher, key: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    match hasher {
        StorageHasher::Blake2_128Concat => Blake2_128Concat::append(key, &mut bytes),
        StorageHasher::Twox64Concat => Twox64Concat::append(key, &mut bytes),
        StorageHasher::Identity => Identity::append(key, &mut bytes),
        _ => return None,
    }
    Some(bytes)
}
