//! What the system tells the world: outcomes, accounts that begin or end, remarks.

use althing_frame::{CallClass, DispatchError};
use althing_primitives::{AccountId, Hash256, Weight};
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

use crate::{DispatchEventInfo, Pays};

/// What happened.
#[derive(Clone, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// The extrinsic's call took effect.
    #[codec(index = 0)]
    ExtrinsicSuccess {
        /// What it cost.
        dispatch_info: DispatchEventInfo,
    },
    /// The extrinsic's call was refused: only fee and nonce have changed.
    #[codec(index = 1)]
    ExtrinsicFailed {
        /// Why.
        dispatch_error: DispatchError,
        /// What it cost.
        dispatch_info: DispatchEventInfo,
    },
    /// The chain runs another runtime from the next block on.
    #[codec(index = 2)]
    CodeUpdated,
    /// An account received its first funds.
    #[codec(index = 3)]
    NewAccount {
        /// Which.
        account: AccountId,
    },
    /// An account has no funds any more.
    #[codec(index = 4)]
    KilledAccount {
        /// Which.
        account: AccountId,
    },
    /// Someone made a remark.
    #[codec(index = 5)]
    Remarked {
        /// Who.
        sender: AccountId,
        /// BLAKE2b-256 of the remark.
        hash: Hash256,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}

/// The event that says how an extrinsic ended: the last of its events, always.
pub fn outcome(weight: Weight, class: CallClass, result: &Result<(), DispatchError>) -> Event {
    let pays_fee = match class {
        CallClass::Normal | CallClass::Operational => Pays::Yes,
        CallClass::Mandatory => Pays::No,
    };
    let dispatch_info = DispatchEventInfo { weight, class: class.into(), pays_fee };
    match result {
        Ok(()) => Event::ExtrinsicSuccess { dispatch_info },
        Err(error) => Event::ExtrinsicFailed { dispatch_error: error.clone(), dispatch_info },
    }
}
