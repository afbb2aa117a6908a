//! What members ask of this pallet.

use althing_frame::{Access, DispatchError, Fault, Origin, Rows, Tx};
use althing_primitives::{Hash256, Weight};
use pallet_system::limits::rows_weight;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::Bytes;
use crate::store::{note, note_access, unnote, unnote_access};

/// Picoseconds to hash and store one byte.
const PICOSECONDS_PER_BYTE: u64 = 3_000;

/// What members ask of this pallet.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Have the chain keep the bytes of a call, for a deposit.
    #[codec(index = 0)]
    Note {
        /// The call.
        bytes: Bytes,
    },
    /// Take bytes back that no referendum relies on, and with them the deposit.
    #[codec(index = 1)]
    Unnote {
        /// BLAKE2b-256 of the bytes.
        hash: Hash256,
    },
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let call = match self {
            Self::Note { .. } => "note",
            Self::Unnote { .. } => "unnote",
        };
        (crate::NAME, call)
    }

    fn access(&self, origin: &Origin, _: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        // A call that dispatch refuses for its origin touches no row.
        let Ok(who) = origin.signed() else { return Ok(()) };
        match self {
            Self::Note { bytes } => note_access(access, &who, bytes),
            Self::Unnote { hash } => unnote_access(access, &who, hash),
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Note { bytes } => {
                let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                let storing = len.saturating_mul(PICOSECONDS_PER_BYTE);
                rows_weight(2, 3).saturating_add(Weight { ref_time: storing, proof_size: 0 })
            }
            Self::Unnote { .. } => rows_weight(3, 3),
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        let who = origin.signed()?;
        match self {
            Self::Note { bytes } => note(tx, who, bytes),
            Self::Unnote { hash } => unnote(tx, who, *hash),
        }
    }
}
