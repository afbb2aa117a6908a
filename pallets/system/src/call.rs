//! Remarks: bytes that the chain keeps in its blocks and nowhere else.

use althing_frame::{Access, DispatchError, Fault, Origin, Rows, Tx};
use althing_primitives::{BoundedBytes, Weight, blake2_256};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::Event;

/// The longest remark, in bytes.
pub const REMARK_BYTES_MAX: u32 = 1024 * 1024;

/// Picoseconds to hash one byte of a remark.
const PICOSECONDS_PER_BYTE: u64 = 1_500;

/// What anyone can ask of this pallet.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Put bytes into a block. Accounts and referenda may.
    #[codec(index = 0)]
    Remark {
        /// The bytes.
        remark: BoundedBytes<REMARK_BYTES_MAX>,
    },
    /// Put bytes into a block and their hash into its events.
    #[codec(index = 7)]
    RemarkWithEvent {
        /// The bytes.
        remark: BoundedBytes<REMARK_BYTES_MAX>,
    },
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        match self {
            Self::Remark { .. } => (crate::NAME, "remark"),
            Self::RemarkWithEvent { .. } => (crate::NAME, "remark_with_event"),
        }
    }

    fn access(&self, _: &Origin, _: &dyn Rows, _: &mut Access) -> Result<(), Fault> {
        match self {
            Self::Remark { .. } | Self::RemarkWithEvent { .. } => Ok(()),
        }
    }

    fn weight(&self) -> Weight {
        let bytes = match self {
            Self::Remark { .. } => 0,
            Self::RemarkWithEvent { remark } => u64::try_from(remark.len()).unwrap_or(u64::MAX),
        };
        let hashing =
            Weight { ref_time: bytes.saturating_mul(PICOSECONDS_PER_BYTE), proof_size: 0 };
        Weight::from_micros(1, 0).saturating_add(hashing)
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        match self {
            Self::Remark { .. } => match origin {
                Origin::Signed(_) | Origin::Track(_) => Ok(()),
                Origin::None => Err(DispatchError::BadOrigin),
            },
            Self::RemarkWithEvent { remark } => {
                let sender = origin.signed()?;
                tx.emit(&Event::Remarked { sender, hash: blake2_256(remark) });
                Ok(())
            }
        }
    }
}
