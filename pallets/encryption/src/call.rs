//! What can be asked of this pallet: by members, and about the council by referenda.

use althing_frame::{Access, Authority, DispatchError, Fault, Origin, Rows, Track, Tx};
use althing_primitives::{BoundedBytes, PUBLIC_KEY_BYTES_MAX, SchemeId, Weight};
use pallet_system::limits::rows_weight;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{ANNEX_BYTES_MAX, AnnexBytes, COUNCIL, ContentKey, Council, annexes, council, keys};

/// Picoseconds to read, decode, hash and store one byte of an annex.
const PICOSECONDS_PER_BYTE: u64 = 6_000;
/// Picoseconds to decode and hash a public key.
const KEY_PICOSECONDS: u64 = 60_000_000;

/// What can be asked.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Publish the key that others seal to, in the place of an earlier one, for a deposit.
    #[codec(index = 0)]
    Publish {
        /// The KEM.
        kem: SchemeId,
        /// The public key.
        public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
    },
    /// Take the key back, and with it the deposit. What was sealed to it still opens.
    #[codec(index = 1)]
    Withdraw {},
    /// Say who reads sealed annexes first. Track `general-admin`, or `root`.
    #[codec(index = 2)]
    SetCouncil {
        /// All of them, each once.
        members: Council,
    },
    /// Keep what the council should read of a referendum before the public does. Only for its
    /// proposer, once, for a deposit.
    #[codec(index = 3)]
    Attach {
        /// The referendum.
        #[codec(compact)]
        referendum: u32,
        /// The envelope.
        sealed: AnnexBytes,
    },
    /// Take back the annex of a referendum that has ended, and with it the deposit.
    #[codec(index = 4)]
    Detach {
        /// The referendum.
        #[codec(compact)]
        referendum: u32,
    },
    /// Let everyone read an annex. For its proposer, and for the council once the referendum has
    /// ended.
    #[codec(index = 5)]
    Reveal {
        /// The referendum.
        #[codec(compact)]
        referendum: u32,
        /// The content key.
        key: ContentKey,
    },
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let call = match self {
            Self::Publish { .. } => "publish",
            Self::Withdraw {} => "withdraw",
            Self::SetCouncil { .. } => "set_council",
            Self::Attach { .. } => "attach",
            Self::Detach { .. } => "detach",
            Self::Reveal { .. } => "reveal",
        };
        (crate::NAME, call)
    }

    fn access(&self, origin: &Origin, _: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        if let Self::SetCouncil { .. } = self {
            if origin.track(&[Track::GeneralAdmin]).is_ok() {
                access.write(COUNCIL.key());
            }
            return Ok(());
        }
        // A call that dispatch refuses for its origin touches no row.
        let Ok(who) = origin.signed() else { return Ok(()) };
        match self {
            Self::Publish { kem, .. } => keys::publish_access(access, &who, *kem),
            Self::Withdraw {} => keys::withdraw_access(access, &who),
            Self::SetCouncil { .. } => {}
            Self::Attach { referendum, sealed } => {
                annexes::attach_access(access, &who, *referendum, sealed);
            }
            Self::Detach { referendum } => annexes::detach_access(access, &who, *referendum),
            Self::Reveal { referendum, .. } => annexes::reveal_access(access, *referendum),
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        let more = |picoseconds| Weight { ref_time: picoseconds, proof_size: 0 };
        let bytes = |count: u64| more(count.saturating_mul(PICOSECONDS_PER_BYTE));
        match self {
            Self::Publish { .. } => rows_weight(3, 2).saturating_add(more(KEY_PICOSECONDS)),
            Self::Withdraw {} => rows_weight(2, 2),
            Self::SetCouncil { .. } => rows_weight(0, 1),
            Self::Attach { sealed, .. } => {
                // Two KEMs at most differ in practice; the rows of 32 cost little more.
                let length = u64::try_from(sealed.len()).unwrap_or(u64::MAX);
                rows_weight(36, 2).saturating_add(bytes(length))
            }
            Self::Detach { .. } | Self::Reveal { .. } => {
                rows_weight(4, 3).saturating_add(bytes(ANNEX_BYTES_MAX.into()))
            }
        }
    }

    fn authority(&self) -> Authority {
        match self {
            // What is sealed to the key is readable for as long as its secret is kept: whoever
            // replaces it reads the account's mail, long after a session has ended.
            Self::Publish { .. } | Self::Withdraw {} => Authority::Owners,
            Self::SetCouncil { .. }
            | Self::Attach { .. }
            | Self::Detach { .. }
            | Self::Reveal { .. } => Authority::Everyday,
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        match self {
            Self::Publish { kem, public } => keys::publish(tx, origin.signed()?, *kem, public),
            Self::Withdraw {} => keys::withdraw(tx, origin.signed()?),
            Self::SetCouncil { members } => {
                origin.track(&[Track::GeneralAdmin])?;
                council::set(tx, members)
            }
            Self::Attach { referendum, sealed } => {
                annexes::attach(tx, origin.signed()?, *referendum, sealed)
            }
            Self::Detach { referendum } => annexes::detach(tx, origin.signed()?, *referendum),
            Self::Reveal { referendum, key } => {
                annexes::reveal(tx, origin.signed()?, *referendum, *key)
            }
        }
    }
}
