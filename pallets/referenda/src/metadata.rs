//! What clients are told of this pallet.

use althing_frame::{PalletMetadata, constant};
use scale_info::meta_type;

use crate::{
    COUNT, Call, Error, Event, OPEN, OPEN_MAX, OPEN_RESERVED, REFERENDA, TRACKS, UNDECIDING_TIMEOUT,
};

/// The pallet's metadata.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: crate::NAME,
        index: crate::INDEX,
        storage: vec![
            REFERENDA.entry_optional("All referenda there ever were, by number."),
            COUNT.entry("How many referenda there ever were: the number of the next one."),
            OPEN.entry("The referenda that have not ended, by number."),
            TRACKS.entry_optional("What each track takes."),
            UNDECIDING_TIMEOUT
                .entry("Blocks after which a referendum without decision deposit ends."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![
            constant("MaxOpen", &OPEN_MAX, "How many referenda can be open at a time."),
            constant("ReservedOpen", &OPEN_RESERVED, "How many each track can always have open."),
        ],
        docs: "Questions to the members, and what becomes of them.",
    }
}
