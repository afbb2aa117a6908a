//! What members and referenda ask of this pallet.

use althing_frame::{Access, Concern, DispatchError, Fault, Origin, Rows, Track, Tx};
use althing_primitives::{
    BoundedBytes, PUBLIC_KEY_BYTES_MAX, SIGNATURE_BYTES_MAX, SchemeId, Weight,
};
use pallet_crypto_registry::MODULE_VERIFY_WEIGHT_MAX;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{Canary, plant, report};

/// What members and referenda ask of this pallet.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Prove that a scheme is broken: a signature under one of its canaries. For anyone.
    #[codec(index = 0)]
    Report {
        /// The scheme.
        scheme: SchemeId,
        /// Which canary.
        canary: Canary,
        /// The signature over the message that names the sender.
        signature: BoundedBytes<SIGNATURE_BYTES_MAX>,
    },
    /// Plant a key of reduced strength, or replace the one that fell. For referenda on the track
    /// of upgrades.
    #[codec(index = 1)]
    Plant {
        /// The scheme.
        scheme: SchemeId,
        /// The public key; its secret must have been thrown away.
        public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
        /// The binary logarithm of the work that finds the secret.
        bits: u16,
    },
}

/// The track that plants canaries.
pub(crate) const PLANTS: Track = Track::CryptoUpgrade;

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let name = match self {
            Self::Report { .. } => "report",
            Self::Plant { .. } => "plant",
        };
        (crate::NAME, name)
    }

    fn access(&self, origin: &Origin, parent: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        match self {
            Self::Report { scheme, canary, .. } => report::access(access, parent, *scheme, *canary),
            Self::Plant { scheme, .. } => {
                if origin.track(&[PLANTS]).is_ok() {
                    plant::access(access, *scheme);
                }
                Ok(())
            }
        }
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Report { scheme, .. } => {
                let known = althing_crypto::scheme(*scheme);
                let verify = known.map_or(MODULE_VERIFY_WEIGHT_MAX, |known| known.verify_weight());
                Weight::from_micros(60, 24 * 1024)
                    .saturating_add(Weight { ref_time: verify, proof_size: 0 })
            }
            Self::Plant { .. } => Weight::from_micros(60, 24 * 1024),
        }
    }

    fn concern(&self) -> Concern {
        match self {
            // A key whose secret somebody kept breaks its scheme for ever, whenever they like.
            Self::Plant { scheme, .. } => Concern::Schemes(vec![*scheme]),
            Self::Report { .. } => Concern::Nothing,
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        match self {
            Self::Report { scheme, canary, signature } => {
                report::report(tx, origin.signed()?, (*scheme, *canary), signature)
            }
            Self::Plant { scheme, public, bits } => {
                origin.track(&[PLANTS])?;
                plant::plant(tx, *scheme, public, *bits)
            }
        }
    }
}
