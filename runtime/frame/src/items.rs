//! Typed rows: what a pallet declares and uses.

mod bounded;

use core::marker::PhantomData;

use althing_primitives::{KeyHasher, Twox64Concat, row_prefix};
use parity_scale_codec::{Decode, DecodeAll, Encode, Output};
use scale_info::TypeInfo;

use crate::rows::Scratch;
use crate::{Fault, IterRows, LaneSum, Lanes, RowKey, RowValue, Rows, StorageEntry, Tx};

pub use bounded::BoundedSum;

/// Types an item holds, without holding any of them.
type Holds<T> = PhantomData<fn() -> T>;

/// One row.
#[derive(Debug)]
pub struct Value<V> {
    at: Place,
    types: Holds<V>,
}

/// A row for each key.
#[derive(Debug)]
pub struct Map<K, V, H = Twox64Concat> {
    at: Place,
    types: Holds<(K, V, H)>,
}

/// A row for each pair of keys; those of one first key can be listed.
#[derive(Debug)]
pub struct DoubleMap<K1, K2, V, H1 = Twox64Concat, H2 = Twox64Concat> {
    at: Place,
    types: Holds<(K1, K2, V, H1, H2)>,
}

/// A sum in one row: calls that only add to it do not conflict.
#[derive(Debug)]
pub struct Sum<V> {
    at: Place,
    types: Holds<V>,
}

/// A sum for each key.
#[derive(Debug)]
pub struct SumMap<K, V, H = Twox64Concat> {
    at: Place,
    types: Holds<(K, V, H)>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    item: &'static str,
    prefix: [u8; 32],
    /// Whether clients read an absent row as the type's default.
    has_default: bool,
}

impl Place {
    const fn new(pallet: &str, item: &'static str, has_default: bool) -> Self {
        Self { item, prefix: row_prefix(pallet, item), has_default }
    }

    fn single(&self) -> RowKey {
        RowKey::new(&self.prefix)
    }

    fn begin(&self) -> Scratch {
        let mut bytes = Scratch::new();
        bytes.write(&self.prefix);
        bytes
    }

    fn key<K: Encode + ?Sized, H: KeyHasher>(&self, key: &K) -> RowKey {
        let mut bytes = self.begin();
        append::<K, H>(key, &mut bytes);
        RowKey::new(bytes.bytes())
    }

    fn entry(
        &self,
        keys: (&[&'static str], Option<scale_info::MetaType>),
        value: (scale_info::MetaType, Vec<u8>),
        docs: &'static str,
    ) -> StorageEntry {
        StorageEntry {
            name: self.item,
            has_default: self.has_default,
            hashers: keys.0.to_vec(),
            key: keys.1,
            value: value.0,
            default: if self.has_default { value.1 } else { vec![0] },
            docs,
        }
    }
}

/// Append the hashed form of `key`.
fn append<K: Encode + ?Sized, H: KeyHasher>(key: &K, out: &mut Scratch) {
    let mut encoded = Scratch::new();
    key.encode_to(&mut encoded);
    H::append(encoded.bytes(), out);
}

fn read<V: Decode, R: Rows + ?Sized>(rows: &R, key: &RowKey) -> Result<Option<V>, Fault> {
    rows.row(key)?.map(|value| decode(&value, key)).transpose()
}

fn decode<V: Decode>(value: &[u8], key: &RowKey) -> Result<V, Fault> {
    V::decode_all(&mut &value[..]).map_err(|_| Fault::corrupt(key))
}

fn decode_key<K: Decode>(key: &RowKey, skip: usize) -> Result<K, Fault> {
    let corrupt = || Fault::corrupt(key);
    let mut bytes = key.as_bytes().get(skip..).ok_or_else(corrupt)?;
    K::decode_all(&mut bytes).map_err(|_| corrupt())
}

impl<V: Decode + Encode + TypeInfo + 'static> Value<V> {
    /// The row of `item` in `pallet`.
    pub const fn new(pallet: &str, item: &'static str) -> Self {
        Self { at: Place::new(pallet, item, false), types: PhantomData }
    }

    /// Let clients read an absent row as the default.
    pub const fn with_default(mut self) -> Self {
        self.at.has_default = true;
        self
    }

    /// The row's key.
    pub fn key(&self) -> RowKey {
        self.at.single()
    }

    /// The value, if the row exists.
    pub fn get<R: Rows + ?Sized>(&self, rows: &R) -> Result<Option<V>, Fault> {
        read(rows, &self.key())
    }

    /// The value, or the type's default.
    pub fn get_or_default<R: Rows + ?Sized>(&self, rows: &R) -> Result<V, Fault>
    where
        V: Default,
    {
        Ok(self.get(rows)?.unwrap_or_default())
    }

    /// Set the value.
    pub fn put(&self, tx: &mut Tx<'_>, value: &V) -> Result<(), Fault> {
        tx.set_row(self.key(), Some(RowValue::encoding(value)))
    }

    /// Remove the row.
    pub fn remove(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.set_row(self.key(), None)
    }

    /// What metadata says of the item.
    pub fn entry(&self, docs: &'static str) -> StorageEntry
    where
        V: Default,
    {
        let value = (scale_info::meta_type::<V>(), V::default().encode());
        self.at.entry((&[], None), value, docs)
    }

    /// What metadata says of the item, for a type without default.
    pub fn entry_optional(&self, docs: &'static str) -> StorageEntry {
        self.at.entry((&[], None), (scale_info::meta_type::<V>(), vec![0]), docs)
    }
}

impl<K, V, H> Map<K, V, H>
where
    K: Decode + Encode + TypeInfo + 'static,
    V: Decode + Encode + TypeInfo + 'static,
    H: KeyHasher,
{
    /// The rows of `item` in `pallet`.
    pub const fn new(pallet: &str, item: &'static str) -> Self {
        Self { at: Place::new(pallet, item, false), types: PhantomData }
    }

    /// Let clients read an absent row as the default.
    pub const fn with_default(mut self) -> Self {
        self.at.has_default = true;
        self
    }

    /// The key of the row of `key`.
    pub fn key(&self, key: &K) -> RowKey {
        self.at.key::<K, H>(key)
    }

    /// The first bytes of every row's key.
    pub fn prefix(&self) -> [u8; 32] {
        self.at.prefix
    }

    /// The value, if the row exists.
    pub fn get<R: Rows + ?Sized>(&self, rows: &R, key: &K) -> Result<Option<V>, Fault> {
        read(rows, &self.key(key))
    }

    /// The value, or the type's default.
    pub fn get_or_default<R: Rows + ?Sized>(&self, rows: &R, key: &K) -> Result<V, Fault>
    where
        V: Default,
    {
        Ok(self.get(rows, key)?.unwrap_or_default())
    }

    /// Whether the row exists.
    pub fn contains<R: Rows + ?Sized>(&self, rows: &R, key: &K) -> Result<bool, Fault> {
        Ok(rows.row(&self.key(key))?.is_some())
    }

    /// Set the value.
    pub fn put(&self, tx: &mut Tx<'_>, key: &K, value: &V) -> Result<(), Fault> {
        tx.set_row(self.key(key), Some(RowValue::encoding(value)))
    }

    /// Remove the row.
    pub fn remove(&self, tx: &mut Tx<'_>, key: &K) -> Result<(), Fault> {
        tx.set_row(self.key(key), None)
    }

    /// All keys and values, in ascending order of their row keys.
    pub fn list<R: IterRows + ?Sized>(&self, rows: &R) -> Result<Vec<(K, V)>, Fault> {
        let skip = 32_usize.saturating_add(H::HASH_BYTES);
        let pairs = rows.rows_with_prefix(&self.at.prefix);
        pairs.iter().map(|(key, value)| Ok((decode_key(key, skip)?, decode(value, key)?))).collect()
    }

    /// The first `max` keys after `after` in the order of their rows, as the parent's rows say: for
    /// hooks that go through a map over several blocks ([`Rows::keys_after`]).
    pub fn keys_after<R: Rows + ?Sized>(
        &self,
        rows: &R,
        after: Option<&K>,
        max: usize,
    ) -> Result<Vec<K>, Fault> {
        let skip = 32_usize.saturating_add(H::HASH_BYTES);
        let after = after.map(|key| self.key(key));
        let after = after.as_ref().map(RowKey::as_bytes);
        let keys = rows.keys_after(&self.at.prefix, after, max)?;
        keys.iter().map(|key| decode_key(key, skip)).collect()
    }

    /// What metadata says of the item.
    pub fn entry(&self, docs: &'static str) -> StorageEntry
    where
        V: Default,
    {
        let keys: (&[&str], _) = (&[H::NAME], Some(scale_info::meta_type::<K>()));
        self.at.entry(keys, (scale_info::meta_type::<V>(), V::default().encode()), docs)
    }

    /// What metadata says of the item, for a type without default.
    pub fn entry_optional(&self, docs: &'static str) -> StorageEntry {
        let keys: (&[&str], _) = (&[H::NAME], Some(scale_info::meta_type::<K>()));
        self.at.entry(keys, (scale_info::meta_type::<V>(), vec![0]), docs)
    }
}

impl<K1, K2, V, H1, H2> DoubleMap<K1, K2, V, H1, H2>
where
    K1: Decode + Encode + TypeInfo + 'static,
    K2: Decode + Encode + TypeInfo + 'static,
    V: Decode + Encode + TypeInfo + 'static,
    H1: KeyHasher,
    H2: KeyHasher,
{
    /// The rows of `item` in `pallet`.
    pub const fn new(pallet: &str, item: &'static str) -> Self {
        Self { at: Place::new(pallet, item, false), types: PhantomData }
    }

    /// The key of the row of `one` and `two`.
    pub fn key(&self, one: &K1, two: &K2) -> RowKey {
        let mut bytes = self.at.begin();
        append::<K1, H1>(one, &mut bytes);
        append::<K2, H2>(two, &mut bytes);
        RowKey::new(bytes.bytes())
    }

    /// The first bytes of the key of every row of `one`.
    pub fn prefix_of(&self, one: &K1) -> Vec<u8> {
        let mut bytes = self.at.begin();
        append::<K1, H1>(one, &mut bytes);
        bytes.bytes().to_vec()
    }

    /// The first bytes of every row's key.
    pub fn prefix(&self) -> [u8; 32] {
        self.at.prefix
    }

    /// The value, if the row exists.
    pub fn get<R: Rows + ?Sized>(&self, rows: &R, one: &K1, two: &K2) -> Result<Option<V>, Fault> {
        read(rows, &self.key(one, two))
    }

    /// Set the value.
    pub fn put(&self, tx: &mut Tx<'_>, one: &K1, two: &K2, value: &V) -> Result<(), Fault> {
        tx.set_row(self.key(one, two), Some(RowValue::encoding(value)))
    }

    /// Remove the row.
    pub fn remove(&self, tx: &mut Tx<'_>, one: &K1, two: &K2) -> Result<(), Fault> {
        tx.set_row(self.key(one, two), None)
    }

    /// All second keys and values of `one`, in ascending order of their row keys.
    pub fn list_of<R: IterRows + ?Sized>(&self, rows: &R, one: &K1) -> Result<Vec<(K2, V)>, Fault> {
        let prefix = self.prefix_of(one);
        let skip = prefix.len().saturating_add(H2::HASH_BYTES);
        let pairs = rows.rows_with_prefix(&prefix);
        pairs.iter().map(|(key, value)| Ok((decode_key(key, skip)?, decode(value, key)?))).collect()
    }

    /// What metadata says of the item.
    pub fn entry_optional(&self, docs: &'static str) -> StorageEntry {
        let keys: (&[&str], _) = (&[H1::NAME, H2::NAME], Some(scale_info::meta_type::<(K1, K2)>()));
        self.at.entry(keys, (scale_info::meta_type::<V>(), vec![0]), docs)
    }
}

fn lanes<V: LaneSum>(value: &V, key: &RowKey) -> Result<Lanes, Fault> {
    Lanes::of(value).map_err(|_| Fault::corrupt(key))
}

fn put_sum<V: LaneSum>(tx: &mut Tx<'_>, key: RowKey, value: &V) -> Result<(), Fault> {
    let bytes = lanes(value, &key)?.to_bytes();
    tx.set_row(key, bytes)
}

impl<V: LaneSum + TypeInfo + 'static> Sum<V> {
    /// The sum of `item` in `pallet`.
    pub const fn new(pallet: &str, item: &'static str) -> Self {
        Self { at: Place::new(pallet, item, true), types: PhantomData }
    }

    /// The row's key.
    pub fn key(&self) -> RowKey {
        self.at.single()
    }

    /// The sum; all lanes zero if nothing was ever added.
    pub fn get<R: Rows + ?Sized>(&self, rows: &R) -> Result<V, Fault> {
        Ok(read(rows, &self.key())?.unwrap_or_default())
    }

    /// Replace the sum. Orders after all earlier additions.
    pub fn put(&self, tx: &mut Tx<'_>, value: &V) -> Result<(), Fault> {
        put_sum(tx, self.key(), value)
    }

    /// Add `value` without reading the sum.
    pub fn add(&self, tx: &mut Tx<'_>, value: &V) -> Result<(), Fault> {
        let key = self.key();
        let lanes = lanes(value, &key)?;
        tx.add_lanes(key, lanes)
    }

    /// Take `value` away without reading the sum.
    pub fn sub(&self, tx: &mut Tx<'_>, value: &V) -> Result<(), Fault> {
        let key = self.key();
        let lanes = lanes(value, &key)?.negated();
        tx.add_lanes(key, lanes)
    }

    /// What metadata says of the item.
    pub fn entry(&self, docs: &'static str) -> StorageEntry {
        let value = (scale_info::meta_type::<V>(), V::default().encode());
        self.at.entry((&[], None), value, docs)
    }
}

impl<K, V, H> SumMap<K, V, H>
where
    K: Decode + Encode + TypeInfo + 'static,
    V: LaneSum + TypeInfo + 'static,
    H: KeyHasher,
{
    /// The sums of `item` in `pallet`.
    pub const fn new(pallet: &str, item: &'static str) -> Self {
        Self { at: Place::new(pallet, item, true), types: PhantomData }
    }

    /// The key of the row of `key`.
    pub fn key(&self, key: &K) -> RowKey {
        self.at.key::<K, H>(key)
    }

    /// The sum of `key`; all lanes zero if nothing was ever added.
    pub fn get<R: Rows + ?Sized>(&self, rows: &R, key: &K) -> Result<V, Fault> {
        Ok(read(rows, &self.key(key))?.unwrap_or_default())
    }

    /// Replace the sum of `key`. Orders after all earlier additions.
    pub fn put(&self, tx: &mut Tx<'_>, key: &K, value: &V) -> Result<(), Fault> {
        put_sum(tx, self.key(key), value)
    }

    /// Add `value` to the sum of `key` without reading it.
    pub fn add(&self, tx: &mut Tx<'_>, key: &K, value: &V) -> Result<(), Fault> {
        let key = self.key(key);
        let lanes = lanes(value, &key)?;
        tx.add_lanes(key, lanes)
    }

    /// Take `value` away from the sum of `key` without reading it.
    pub fn sub(&self, tx: &mut Tx<'_>, key: &K, value: &V) -> Result<(), Fault> {
        let key = self.key(key);
        let lanes = lanes(value, &key)?.negated();
        tx.add_lanes(key, lanes)
    }

    /// All keys and sums that are not zero, in ascending order of their row keys.
    pub fn list<R: IterRows + ?Sized>(&self, rows: &R) -> Result<Vec<(K, V)>, Fault> {
        let skip = 32_usize.saturating_add(H::HASH_BYTES);
        let pairs = rows.rows_with_prefix(&self.at.prefix);
        pairs.iter().map(|(key, value)| Ok((decode_key(key, skip)?, decode(value, key)?))).collect()
    }

    /// What metadata says of the item.
    pub fn entry(&self, docs: &'static str) -> StorageEntry {
        let keys: (&[&str], _) = (&[H::NAME], Some(scale_info::meta_type::<K>()));
        self.at.entry(keys, (scale_info::meta_type::<V>(), V::default().encode()), docs)
    }
}
