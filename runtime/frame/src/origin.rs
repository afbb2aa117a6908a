//! Who stands behind a call.

use althing_primitives::AccountId;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::DispatchError;

/// A class of referenda; a call it enacts runs with its power (`specs/governance.md`).
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    Ord,
    PartialEq,
    PartialOrd,
    TypeInfo,
)]
pub enum Track {
    /// Every power.
    #[codec(index = 0)]
    Root,
    /// Spends any amount from the treasury.
    #[codec(index = 1)]
    Treasurer,
    /// Spends up to the large cap.
    #[codec(index = 2)]
    BigSpender,
    /// Spends up to the middle cap.
    #[codec(index = 3)]
    MediumSpender,
    /// Spends up to the small cap.
    #[codec(index = 4)]
    SmallSpender,
    /// Pays tips.
    #[codec(index = 5)]
    SmallTipper,
    /// Cancels referenda.
    #[codec(index = 6)]
    Canceller,
    /// Housekeeping.
    #[codec(index = 7)]
    GeneralAdmin,
    /// Adds and activates schemes: slow.
    #[codec(index = 8)]
    CryptoUpgrade,
    /// Deprecates and retires schemes.
    #[codec(index = 9)]
    CryptoSunset,
    /// Freezes schemes: fast, and can only take power away.
    #[codec(index = 10)]
    CryptoEmergency,
}

impl Track {
    /// All tracks, by index.
    pub const ALL: [Self; 11] = [
        Self::Root,
        Self::Treasurer,
        Self::BigSpender,
        Self::MediumSpender,
        Self::SmallSpender,
        Self::SmallTipper,
        Self::Canceller,
        Self::GeneralAdmin,
        Self::CryptoUpgrade,
        Self::CryptoSunset,
        Self::CryptoEmergency,
    ];

    /// The name members type and read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Treasurer => "treasurer",
            Self::BigSpender => "big-spender",
            Self::MediumSpender => "medium-spender",
            Self::SmallSpender => "small-spender",
            Self::SmallTipper => "small-tipper",
            Self::Canceller => "canceller",
            Self::GeneralAdmin => "general-admin",
            Self::CryptoUpgrade => "crypto-upgrade",
            Self::CryptoSunset => "crypto-sunset",
            Self::CryptoEmergency => "crypto-emergency",
        }
    }

    /// Whether its referenda decide about cryptography, whatever they propose.
    pub const fn is_cryptographic(self) -> bool {
        matches!(self, Self::CryptoUpgrade | Self::CryptoSunset | Self::CryptoEmergency)
    }

    /// Whether its referenda must stand without the ayes of any one scheme (G90).
    pub const fn is_critical(self) -> bool {
        matches!(self, Self::Root) || self.is_cryptographic()
    }
}

/// Who stands behind a call. Pallets see this, never a signature (A6).
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Origin {
    /// Nobody: an inherent.
    #[codec(index = 0)]
    None,
    /// An account, by a valid witness.
    #[codec(index = 1)]
    Signed(AccountId),
    /// The members, by a confirmed referendum on this track.
    #[codec(index = 2)]
    Track(Track),
}

impl Origin {
    /// The account, or `BadOrigin`.
    pub fn signed(&self) -> Result<AccountId, DispatchError> {
        match self {
            Self::Signed(account) => Ok(*account),
            Self::None | Self::Track(_) => Err(DispatchError::BadOrigin),
        }
    }

    /// The track if it is one of `allowed` or [`Track::Root`], or `BadOrigin`.
    pub fn track(&self, allowed: &[Track]) -> Result<Track, DispatchError> {
        match self {
            Self::Track(track) if *track == Track::Root || allowed.contains(track) => Ok(*track),
            Self::None | Self::Signed(_) | Self::Track(_) => Err(DispatchError::BadOrigin),
        }
    }

    /// Nothing, if the call is an inherent, or `BadOrigin`.
    pub fn inherent(&self) -> Result<(), DispatchError> {
        match self {
            Self::None => Ok(()),
            Self::Signed(_) | Self::Track(_) => Err(DispatchError::BadOrigin),
        }
    }
}
