//! What members ask of this pallet: transfers.

use althing_frame::{Access, Authority, DispatchError, Fault, Origin, Rows, Tx};
use althing_primitives::{AccountId, Balance, MultiAddress, Weight};
use pallet_system::limits::rows_weight;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{Error, Existence, transfer, transfer_access, transfer_all};

/// What members ask of this pallet.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Transfer funds. The sender's account may end.
    #[codec(index = 0)]
    TransferAllowDeath {
        /// The beneficiary.
        dest: MultiAddress,
        /// How much, in the smallest unit.
        #[codec(compact)]
        value: Balance,
    },
    /// Transfer funds and keep the existential deposit.
    #[codec(index = 3)]
    TransferKeepAlive {
        /// The beneficiary.
        dest: MultiAddress,
        /// How much, in the smallest unit.
        #[codec(compact)]
        value: Balance,
    },
    /// Transfer all that can be spent.
    #[codec(index = 4)]
    TransferAll {
        /// The beneficiary.
        dest: MultiAddress,
        /// Whether the existential deposit stays.
        keep_alive: bool,
    },
}

impl Call {
    fn beneficiary(&self) -> Result<AccountId, Error> {
        let (Self::TransferAllowDeath { dest, .. }
        | Self::TransferKeepAlive { dest, .. }
        | Self::TransferAll { dest, .. }) = self;
        dest.account().ok_or(Error::AddressForm)
    }
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let call = match self {
            Self::TransferAllowDeath { .. } => "transfer_allow_death",
            Self::TransferKeepAlive { .. } => "transfer_keep_alive",
            Self::TransferAll { .. } => "transfer_all",
        };
        (crate::NAME, call)
    }

    fn access(&self, origin: &Origin, _: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        // A call that dispatch refuses before it looks at a row needs none.
        if let (Ok(from), Ok(to)) = (origin.signed(), self.beneficiary()) {
            transfer_access(access, &from, &to);
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        rows_weight(2, 3)
    }

    fn authority(&self) -> Authority {
        match self {
            Self::TransferAllowDeath { value, .. } | Self::TransferKeepAlive { value, .. } => {
                Authority::Transfer(*value)
            }
            Self::TransferAll { .. } => Authority::Transfer(Balance::MAX),
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        let from = origin.signed()?;
        let to = self.beneficiary()?;
        match self {
            Self::TransferAllowDeath { value, .. } => {
                transfer(tx, &from, &to, *value, Existence::AllowDeath)
            }
            Self::TransferKeepAlive { value, .. } => {
                transfer(tx, &from, &to, *value, Existence::KeepAlive)
            }
            Self::TransferAll { keep_alive, .. } => {
                let existence =
                    if *keep_alive { Existence::KeepAlive } else { Existence::AllowDeath };
                transfer_all(tx, &from, &to, existence).map(|_| ())
            }
        }
    }
}
