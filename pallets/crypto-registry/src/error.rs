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
                stay active that are not broken, two of two are needed";
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
        /// The low ids are for schemes that the program brings along.
        12 "CRY-112" ReservedId { scheme: SchemeId, minimum: u16 }
            => "a scheme that is voted in has an id of {minimum} or more, not {scheme}";
        /// The name is not one that people can type and tell apart.
        13 "CRY-113" BadName { name: String }
            => "`{name}` is no name for a scheme: lower-case letters, digits, and . + - after the \
                first";
        /// Another scheme has the name.
        14 "CRY-114" NameTaken { name: String, by: SchemeId }
            => "scheme {by} is called {name} already";
        /// A size or the fuel cap is zero or too large.
        15 "CRY-115" OutOfBounds { what: &'static str, found: u64, maximum: u64 }
            => "{what} is {found}, it must be 1 to {maximum}";
        /// Each module takes memory on every node.
        16 "CRY-116" TooManyModules { maximum: u32 }
            => "{maximum} schemes with modules have not retired yet, there cannot be more";
        /// The known answers are none, or not enough of them.
        17 "CRY-117" BadVectors { reason: String } => "the test vectors are refused: {reason}";
        /// Trying the module would hold up the chain.
        18 "CRY-118" GateTooHeavy { weight: u64, maximum: u64 }
            => "compiling and trying the module may take {weight} picoseconds, {maximum} are \
                allowed: shorten the code, lower the fuel cap or take fewer vectors";
        /// The code breaks a rule for modules.
        19 "CRY-119" BadModule { reason: String } => "the module is refused: {reason}";
        /// The module does not give a known answer.
        20 "CRY-120" GateFailed { vector: u32, reason: String }
            => "the module fails its gate at vector {vector}: {reason}";
        /// Nothing makes a broken scheme whole again.
        21 "CRY-121" Broken { scheme: SchemeId, since: BlockNumber }
            => "scheme {scheme} was shown to be broken in block {since}: it can only be frozen \
                and retired";
        /// The retirement is decided and waits for members to leave.
        22 "CRY-122" AlreadyRetiring { scheme: SchemeId, since: BlockNumber }
            => "scheme {scheme} retires once enough weight has left it, as decided in block {since}";
        /// There is no retirement to call off.
        23 "CRY-123" NotRetiring { scheme: SchemeId } => "scheme {scheme} is not about to retire";
    }
}
