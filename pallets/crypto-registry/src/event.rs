//! What happened to a scheme.

use althing_primitives::{Balance, BlockNumber, Hash256, SchemeId};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::SchemeState;

/// What happened to a scheme. An event carries the registry's new epoch if there is one.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// The scheme may be used for everything.
    #[codec(index = 0)]
    Activated {
        /// The scheme.
        scheme: SchemeId,
        /// The state before.
        from: SchemeState,
        /// The new epoch.
        epoch: u32,
    },
    /// The scheme may be used by accounts that hold little.
    #[codec(index = 1)]
    TrialStarted {
        /// The scheme.
        scheme: SchemeId,
        /// The new epoch.
        epoch: u32,
    },
    /// The scheme takes no new keys.
    #[codec(index = 2)]
    Deprecated {
        /// The scheme.
        scheme: SchemeId,
        /// When ordinary calls end, if that is decided.
        sunset_at: Option<BlockNumber>,
        /// The new epoch.
        epoch: u32,
    },
    /// The scheme may not be used any more.
    #[codec(index = 3)]
    Retired {
        /// The scheme.
        scheme: SchemeId,
        /// The new epoch.
        epoch: u32,
    },
    /// The scheme is suspended.
    #[codec(index = 4)]
    Frozen {
        /// The scheme.
        scheme: SchemeId,
        /// The first block in which the freeze no longer holds; [`NEVER`](crate::NEVER) if the
        /// scheme is broken.
        until: BlockNumber,
        /// The new epoch.
        epoch: u32,
    },
    /// The chain knows a new scheme; it may not be used yet.
    #[codec(index = 5)]
    Proposed {
        /// The scheme.
        scheme: SchemeId,
        /// The new epoch.
        epoch: u32,
    },
    /// A freeze ran out.
    #[codec(index = 6)]
    Thawed {
        /// The scheme.
        scheme: SchemeId,
        /// The state it returned to.
        to: SchemeState,
        /// The new epoch.
        epoch: u32,
    },
    /// A proof came in that the scheme is broken.
    #[codec(index = 7)]
    Broken {
        /// The scheme.
        scheme: SchemeId,
        /// [`NEVER`](crate::NEVER) if it is frozen, for it stays so; none if that would leave too
        /// few schemes.
        frozen_until: Option<BlockNumber>,
        /// The new epoch.
        epoch: u32,
    },
    /// A scheme was voted in with its verifier. It is on trial.
    #[codec(index = 8)]
    ModuleAdded {
        /// The scheme.
        scheme: SchemeId,
        /// BLAKE2b-256 of the verifier.
        code: Hash256,
        /// The new epoch.
        epoch: u32,
    },
    /// The scheme retires once enough weight has left it.
    #[codec(index = 9)]
    RetirementAsked {
        /// The scheme.
        scheme: SchemeId,
    },
    /// Too much weight is still on the scheme.
    #[codec(index = 10)]
    RetirementPostponed {
        /// The scheme.
        scheme: SchemeId,
        /// Weight of the accounts that need the scheme, in the smallest unit.
        on: Balance,
        /// Weight of all accounts that have keys.
        all: Balance,
        /// When it is counted again.
        next_at: BlockNumber,
    },
    /// A referendum took the retirement back.
    #[codec(index = 11)]
    RetirementCalledOff {
        /// The scheme.
        scheme: SchemeId,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
