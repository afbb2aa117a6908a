//! Why no break is proved and no canary planted.

use althing_primitives::{BlockNumber, SchemeId};

althing_frame::pallet_errors! {
    /// Why no break is proved and no canary planted.
    pub enum Error in pallet 12 {
        /// The registry has no such signature scheme.
        1 "CAN-101" UnknownScheme { scheme: SchemeId }
            => "the registry has no signature scheme {scheme}";
        /// The scheme has no such canary.
        2 "CAN-102" NoCanary { scheme: SchemeId, canary: &'static str }
            => "scheme {scheme} has no {canary} canary";
        /// The canary has fallen already: its reward is paid.
        3 "CAN-103" HasFallen { scheme: SchemeId, canary: &'static str, at: BlockNumber }
            => "the {canary} canary of scheme {scheme} fell at block {at} already";
        /// The signature has the wrong length.
        4 "CAN-104" SignatureSize { scheme: SchemeId, expected: u64, found: u64 }
            => "a signature under scheme {scheme} has {expected} bytes, found {found}";
        /// The signature is not one under the canary's key that names the sender.
        5 "CAN-105" NoBreak { scheme: SchemeId, canary: &'static str }
            => "this is no signature under the {canary} canary of scheme {scheme} that names its \
                sender: nothing is proved";
        /// Enough breaks for one block.
        6 "CAN-106" TooManyReports { maximum: u32 }
            => "{maximum} breaks were reported in this block already: send it again";
        /// The key has the wrong length.
        7 "CAN-107" KeySize { scheme: SchemeId, expected: u64, found: u64 }
            => "a public key of scheme {scheme} has {expected} bytes, found {found}";
        /// A key of reduced strength stands unbroken.
        8 "CAN-108" Stands { scheme: SchemeId, since: BlockNumber }
            => "the reduced canary of scheme {scheme} stands since block {since}";
    }
}
