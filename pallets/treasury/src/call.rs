//! What members and referenda ask of this pallet.

use althing_frame::{Access, Authority, DispatchError, Fault, Origin, Rows, Track, Tx};
use althing_primitives::{AccountId, Balance, Weight};
use pallet_system::limits::rows_weight;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::deposit::{deposit, deposit_access};
use crate::payout::{payout, payout_access};
use crate::spend::{Order, spend, void};
use crate::{Memo, SPENDERS, SpendId};

/// What members and referenda ask of this pallet.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Pay someone from the common funds. For referenda on tracks that spend.
    #[codec(index = 0)]
    Spend {
        /// Who is paid.
        beneficiary: AccountId,
        /// How much, in the smallest unit.
        #[codec(compact)]
        amount: Balance,
        /// What for; may be empty.
        memo: Memo,
    },
    /// Pay a spend that waited for funds. For anyone.
    #[codec(index = 1)]
    Payout {
        /// Which spend.
        #[codec(compact)]
        spend: SpendId,
    },
    /// Take back the approval of a spend that waits. For referenda on the treasurer's track.
    #[codec(index = 2)]
    Void {
        /// Which spend.
        #[codec(compact)]
        spend: SpendId,
    },
    /// Give to the common funds. Deposits do not wait for each other, as transfers to the pot's
    /// account do.
    #[codec(index = 3)]
    Deposit {
        /// How much, in the smallest unit.
        #[codec(compact)]
        amount: Balance,
    },
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let call = match self {
            Self::Spend { .. } => "spend",
            Self::Payout { .. } => "payout",
            Self::Void { .. } => "void",
            Self::Deposit { .. } => "deposit",
        };
        (crate::NAME, call)
    }

    fn access(&self, origin: &Origin, parent: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        match (self, origin) {
            // Referenda are enacted in the lifecycle phase; elsewhere these would run alone,
            // since the id of a spend is known only at its turn.
            (Self::Spend { .. } | Self::Void { .. }, Origin::Track(_)) => access.make_exclusive(),
            (Self::Payout { spend }, Origin::Signed(_)) => payout_access(access, parent, *spend)?,
            (Self::Deposit { .. }, Origin::Signed(from)) => deposit_access(access, from),
            // Dispatch refuses these for their origin, before it looks at a row.
            (Self::Spend { .. } | Self::Void { .. }, Origin::None | Origin::Signed(_))
            | (Self::Payout { .. } | Self::Deposit { .. }, Origin::None | Origin::Track(_)) => {}
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Spend { .. } => rows_weight(6, 7),
            Self::Payout { .. } => rows_weight(4, 3),
            Self::Void { .. } => rows_weight(2, 2),
            Self::Deposit { .. } => rows_weight(1, 3),
        }
    }

    fn authority(&self) -> Authority {
        match self {
            Self::Deposit { amount } => Authority::Transfer(*amount),
            Self::Spend { .. } | Self::Payout { .. } | Self::Void { .. } => Authority::Everyday,
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        match self {
            Self::Spend { beneficiary, amount, memo } => {
                let track = origin.track(&SPENDERS)?;
                let (beneficiary, amount) = (*beneficiary, *amount);
                spend(tx, track, Order { beneficiary, amount, memo: memo.clone() })
            }
            Self::Payout { spend } => {
                origin.signed()?;
                payout(tx, *spend)
            }
            Self::Void { spend } => {
                origin.track(&[Track::Treasurer])?;
                void(tx, *spend)
            }
            Self::Deposit { amount } => deposit(tx, origin.signed()?, *amount),
        }
    }
}
