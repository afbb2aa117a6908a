//! The inherent that states the time.

use althing_frame::{Access, CallClass, DispatchError, Fault, Origin, Rows, Tx};
use althing_primitives::{Moment, Weight};
use pallet_system::limits::rows_weight;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{DID_UPDATE, Error, NOW};

/// What an author states.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// State the time of the block.
    #[codec(index = 0)]
    Set {
        /// Milliseconds since the Unix epoch.
        #[codec(compact)]
        now: Moment,
    },
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        match self {
            Self::Set { .. } => (crate::NAME, "set"),
        }
    }

    fn access(&self, _: &Origin, _: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        access.write(NOW.key()).write(DID_UPDATE.key());
        Ok(())
    }

    fn weight(&self) -> Weight {
        rows_weight(2, 2)
    }

    fn class(&self) -> CallClass {
        CallClass::Mandatory
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        origin.inherent()?;
        match self {
            Self::Set { now } => set(tx, *now),
        }
    }
}

fn set(tx: &mut Tx<'_>, now: Moment) -> Result<(), DispatchError> {
    let last = NOW.get_or_default(tx)?;
    if DID_UPDATE.get_or_default(tx)? {
        return Err(Error::Repeated { now: last }.into());
    }
    if now < last {
        return Err(Error::Backwards { now, last }.into());
    }
    let block_time = tx.block().now;
    if now != block_time {
        return Err(Error::Disagrees { now, block_time }.into());
    }
    NOW.put(tx, &now)?;
    DID_UPDATE.put(tx, &true)?;
    Ok(())
}
