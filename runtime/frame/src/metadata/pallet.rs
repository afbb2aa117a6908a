//! What a pallet says of itself, from the declarations it runs on, before it takes the form of
//! any metadata version.

use parity_scale_codec::Encode;
use scale_info::{MetaType, TypeInfo, meta_type};

/// One storage item.
#[derive(Clone, Debug)]
pub struct StorageEntry {
    /// Its name in the pallet.
    pub name: &'static str,
    /// Whether clients read an absent row as `default`.
    pub has_default: bool,
    /// Name of the hasher of each key; none for a single row.
    pub hashers: Vec<&'static str>,
    /// Type of the key; a tuple when there are several.
    pub key: Option<MetaType>,
    /// Type of the value.
    pub value: MetaType,
    /// SCALE bytes of the default.
    pub default: Vec<u8>,
    /// What it holds.
    pub docs: &'static str,
}

/// A constant that clients may read.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Its name in the pallet.
    pub name: &'static str,
    /// Its type.
    pub ty: MetaType,
    /// SCALE bytes of its value.
    pub value: Vec<u8>,
    /// What it means, with the unit.
    pub docs: &'static str,
}

/// Declare a constant.
pub fn constant<T: Encode + TypeInfo + 'static>(
    name: &'static str,
    value: &T,
    docs: &'static str,
) -> Constant {
    Constant { name, ty: meta_type::<T>(), value: value.encode(), docs }
}

/// All that metadata says of one pallet.
#[derive(Clone, Debug)]
pub struct PalletMetadata {
    /// Its name, also the prefix of its rows.
    pub name: &'static str,
    /// Its index in calls, events and errors.
    pub index: u8,
    /// Its rows.
    pub storage: Vec<StorageEntry>,
    /// Its calls.
    pub calls: Option<MetaType>,
    /// Its events.
    pub events: Option<MetaType>,
    /// Its errors.
    pub errors: Option<MetaType>,
    /// Its constants.
    pub constants: Vec<Constant>,
    /// One sentence.
    pub docs: &'static str,
}
