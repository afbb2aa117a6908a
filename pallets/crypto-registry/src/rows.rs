//! The rows of the registry.

use althing_frame::{Map, StorageEntry, Value};
use althing_primitives::{BoundedVec, SchemeId};

use crate::{Limits, NAME, SchemeRecord};

/// The most schemes the registry holds.
pub const SCHEMES_MAX: u32 = 64;
/// Scheme ids in ascending order.
pub type SchemeIds = BoundedVec<SchemeId, SCHEMES_MAX>;

/// Every scheme the chain knows.
pub const SCHEMES: Map<SchemeId, SchemeRecord> = Map::new(NAME, "Schemes");
/// The ids of all records.
pub const IDS: Value<SchemeIds> = Value::new(NAME, "Ids").with_default();
/// The ids of all frozen schemes.
pub const FROZEN: Value<SchemeIds> = Value::new(NAME, "Frozen").with_default();
/// How often the registry has changed since genesis.
pub const EPOCH: Value<u32> = Value::new(NAME, "Epoch").with_default();
/// The bounds of changes.
pub const LIMITS: Value<Limits> = Value::new(NAME, "Limits");

pub(crate) fn entries() -> Vec<StorageEntry> {
    vec![
        SCHEMES.entry_optional("Every scheme the chain knows, with its state."),
        IDS.entry("The ids of all schemes, ascending."),
        FROZEN.entry("The ids of all frozen schemes, ascending."),
        EPOCH.entry("How often the registry has changed since genesis."),
        LIMITS.entry_optional("The bounds within which referenda change schemes."),
    ]
}
