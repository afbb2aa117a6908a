//! Why the registry stays as it is.

use althing_primitives::{BlockNumber, SchemeId};

use crate::SchemeState;

althing_frame::pallet_errors! {
    /// Why the registry stays as it is.
    pub enum Error in pallet 5 {
        /// The registry has no such scheme.
        1 "CRY-101" UnknownScheme { scheme: SchemeId } => "the registry has no scheme {scheme}";
        /// The registry has the scheme already.
        2 "CRY-102" KnownScheme { scheme: SchemeId, state: SchemeState }
            => "the registry has scheme {scheme} already: it is {state}";
        /// This version of the program cannot check the scheme.
        3 "CRY-103" NoVerifier { scheme: SchemeId }
            => "this version of the chain has no code for scheme {scheme}";
        /// The life of a scheme has no such step.
        4 "CRY-104" NoSuchStep { scheme: SchemeId, from: SchemeState, to: SchemeState }
            => "scheme {scheme} is {from} and cannot become {to} from there";
        /// Too few active signature schemes would be left.
        5 "CRY-105" TooFewLeft { scheme: SchemeId, schemes: u32, families: u32 }
            => "without scheme {scheme} only {schemes} signature schemes of {families} families \
                stay active, two of two are needed";
        /// The sunset leaves members too little time.
        6 "CRY-106" SunsetTooSoon { after: BlockNumber, minimum: BlockNumber }
            => "a sunset after {after} blocks leaves too little time, {minimum} are the minimum";
        /// Members still have time to leave the scheme.
        7 "CRY-107" GraceNotOver { scheme: SchemeId, until: BlockNumber, now: BlockNumber }
            => "members may leave scheme {scheme} until block {until}, now is {now}";
        /// A freeze of no blocks, or of too many.
        8 "CRY-108" FreezeLength { blocks: BlockNumber, maximum: BlockNumber }
            => "a freeze lasts 1 to {maximum} blocks, not {blocks}";
        /// A freeze is extended once at most.
        9 "CRY-109" FreezeRenewed { scheme: SchemeId, until: BlockNumber }
            => "the freeze of scheme {scheme} was extended once already, it ends at block {until}";
        /// The last freeze of the scheme ran out too recently.
        10 "CRY-110" FreezeTooSoon { scheme: SchemeId, not_before: BlockNumber, now: BlockNumber }
            => "scheme {scheme} cannot be frozen again before block {not_before}, now is {now}";
        /// The registry holds as many schemes as it can.
        11 "CRY-111" Full { maximum: u32 } => "the registry holds {maximum} schemes already";
    }
}
