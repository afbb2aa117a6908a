//! What clients are told of this pallet.

use althing_frame::{Constant, EventRecordType, PalletMetadata, StorageEntry, constant};
use althing_primitives::RuntimeVersion;
use scale_info::{TypeInfo, meta_type};

use crate::{
    ACCOUNT, BLOCK_HASH, BLOCK_HASH_COUNT, Call, DIGEST, EVENT_COUNT, Error, Event, NUMBER,
    PARENT_HASH, limits,
};

/// The pallet's metadata in a runtime whose outer event is `E`.
pub fn metadata<E: TypeInfo + 'static>(
    version: &RuntimeVersion,
    ss58_prefix: u16,
) -> PalletMetadata {
    PalletMetadata {
        name: crate::NAME,
        index: crate::INDEX,
        storage: storage::<E>(),
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: constants(version, ss58_prefix),
        docs: "Accounts, block numbers and hashes, and the record of events.",
    }
}

fn storage<E: TypeInfo + 'static>() -> Vec<StorageEntry> {
    let events = StorageEntry {
        name: "Events",
        has_default: true,
        hashers: Vec::new(),
        key: None,
        value: meta_type::<Vec<EventRecordType<E>>>(),
        default: vec![0],
        docs: "The block's events.",
    };
    vec![
        ACCOUNT.entry("Nonce and funds of every account."),
        BLOCK_HASH.entry("Hashes of recent blocks, and of genesis."),
        NUMBER.entry("Height of the block."),
        PARENT_HASH.entry("Hash of the block before."),
        DIGEST.entry("What the runtime adds to the header."),
        events,
        EVENT_COUNT.entry("How many events the block had."),
    ]
}

fn constants(version: &RuntimeVersion, ss58_prefix: u16) -> Vec<Constant> {
    vec![
        constant("BlockWeights", &limits::block_weights(), "How much a block may weigh."),
        constant("BlockLength", &limits::block_length(), "How long a block may be, in bytes."),
        constant("BlockHashCount", &BLOCK_HASH_COUNT, "How many block hashes stay."),
        constant("DbWeight", &limits::DB_WEIGHT, "What a row costs to touch, in picoseconds."),
        constant("Version", version, "Names and numbers of the runtime."),
        constant("SS58Prefix", &ss58_prefix, "Prefix of addresses as text."),
    ]
}
