//! The rows of the registry.

use althing_frame::{DoubleMap, Map, StorageEntry, Value};
use althing_primitives::{BoundedBytes, BoundedVec, Hash256, SchemeId};

use crate::{Census, Limits, NAME, SchemeRecord, Step};

/// The most schemes the registry holds.
pub const SCHEMES_MAX: u32 = 64;
/// Scheme ids in ascending order.
pub type SchemeIds = BoundedVec<SchemeId, SCHEMES_MAX>;
/// The most bytes of a module.
pub const CODE_BYTES_MAX: u32 = 1024 * 1024;
/// Code of a verifier or signer.
pub type Code = BoundedBytes<CODE_BYTES_MAX>;

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
/// Code of verifiers and signers by its BLAKE2b-256. Never removed: old blocks verify for ever.
pub const MODULES: Map<Hash256, Code> = Map::new(NAME, "Modules");
/// Every change of every scheme, by the epoch that began with it. Never removed.
pub const HISTORY: DoubleMap<SchemeId, u32, Step> = DoubleMap::new(NAME, "History");
/// The schemes that are to retire once enough weight has left them.
pub const RETIRING: Value<SchemeIds> = Value::new(NAME, "Retiring").with_default();
/// How far the count of each of them is.
pub const CENSUSES: Map<SchemeId, Census> = Map::new(NAME, "Censuses");

pub(crate) fn entries() -> Vec<StorageEntry> {
    vec![
        SCHEMES.entry_optional("Every scheme the chain knows, with its state."),
        IDS.entry("The ids of all schemes, ascending."),
        FROZEN.entry("The ids of all frozen schemes, ascending."),
        EPOCH.entry("How often the registry has changed since genesis."),
        LIMITS.entry_optional("The bounds within which referenda change schemes."),
        MODULES.entry_optional("Code of verifiers and signers, by its BLAKE2b-256."),
        HISTORY.entry_optional("What became of each scheme, by the epoch that began with it."),
        RETIRING.entry("The ids of schemes that retire once enough weight has left them."),
        CENSUSES.entry_optional("The weight that is still on a scheme that is to retire."),
    ]
}
