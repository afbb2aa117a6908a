//! What referenda can ask of the registry.

use althing_frame::{Access, Concern, DispatchError, Fault, Origin, Rows, Track, Tx};
use althing_primitives::{BlockNumber, SchemeId, Weight};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::{EPOCH, FROZEN, IDS, LIMITS, SCHEMES, transitions};

/// What referenda can ask of the registry. The root track may make every call.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Let a scheme be used for everything. Track `crypto-upgrade`.
    #[codec(index = 0)]
    Activate {
        /// The scheme.
        scheme: SchemeId,
    },
    /// Let a proposed scheme be used by accounts that hold little. Track `crypto-upgrade`.
    #[codec(index = 1)]
    Trial {
        /// The scheme.
        scheme: SchemeId,
    },
    /// Take no new keys of a scheme. Track `crypto-sunset`.
    #[codec(index = 2)]
    Deprecate {
        /// The scheme.
        scheme: SchemeId,
        /// After how many blocks ordinary calls end too; none leaves that open.
        sunset_after: Option<BlockNumber>,
    },
    /// End the use of a scheme for ever. Track `crypto-sunset`.
    #[codec(index = 3)]
    Retire {
        /// The scheme.
        scheme: SchemeId,
    },
    /// Suspend a scheme, or extend its first suspension. Track `crypto-emergency`.
    #[codec(index = 4)]
    Freeze {
        /// The scheme.
        scheme: SchemeId,
        /// For how many blocks from now.
        blocks: BlockNumber,
    },
    /// Enter a scheme that the program can check. Track `crypto-upgrade`.
    #[codec(index = 5)]
    Propose {
        /// The scheme.
        scheme: SchemeId,
    },
}

impl Call {
    pub(crate) const fn scheme(&self) -> SchemeId {
        match self {
            Self::Activate { scheme }
            | Self::Trial { scheme }
            | Self::Deprecate { scheme, .. }
            | Self::Retire { scheme }
            | Self::Freeze { scheme, .. }
            | Self::Propose { scheme } => *scheme,
        }
    }

    /// The track whose referenda may make this call (CR10).
    pub const fn track(&self) -> Track {
        match self {
            Self::Activate { .. } | Self::Trial { .. } | Self::Propose { .. } => {
                Track::CryptoUpgrade
            }
            Self::Deprecate { .. } | Self::Retire { .. } => Track::CryptoSunset,
            Self::Freeze { .. } => Track::CryptoEmergency,
        }
    }
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let name = match self {
            Self::Activate { .. } => "activate",
            Self::Trial { .. } => "trial",
            Self::Deprecate { .. } => "deprecate",
            Self::Retire { .. } => "retire",
            Self::Freeze { .. } => "freeze",
            Self::Propose { .. } => "propose",
        };
        (crate::NAME, name)
    }

    fn access(&self, origin: &Origin, parent: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        if origin.track(&[self.track()]).is_err() {
            return Ok(());
        }
        for other in IDS.get_or_default(parent)?.iter() {
            access.read(SCHEMES.key(other));
        }
        access.write(SCHEMES.key(&self.scheme()));
        access.write(IDS.key()).write(FROZEN.key()).write(EPOCH.key()).read(LIMITS.key());
        Ok(())
    }

    fn weight(&self) -> Weight {
        // Every record is read for the diversity of what is left.
        Weight::from_micros(120, 16 * 1024)
    }

    fn concern(&self) -> Concern {
        self.affects()
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        origin.track(&[self.track()])?;
        match *self {
            Self::Activate { scheme } => transitions::activate(tx, scheme),
            Self::Trial { scheme } => transitions::trial(tx, scheme),
            Self::Deprecate { scheme, sunset_after } => {
                transitions::deprecate(tx, scheme, sunset_after)
            }
            Self::Retire { scheme } => transitions::retire(tx, scheme),
            Self::Freeze { scheme, blocks } => transitions::freeze(tx, scheme, blocks),
            Self::Propose { scheme } => transitions::propose(tx, scheme),
        }
    }
}
