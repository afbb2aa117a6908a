//! The two canaries of a scheme, and what a finder signs under them (CAN1 to CAN4).

use althing_crypto::{canary_key, canary_message};
use althing_frame::{Fault, Rows};
use althing_primitives::{AccountId, Hash256, SchemeId};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::REDUCED;

/// Which of a scheme's canaries.
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
pub enum Canary {
    /// The key that follows from the chain's genesis by a hash: nobody has ever held its secret.
    #[codec(index = 0)]
    Derived,
    /// The key of reduced strength: its secret was drawn from a small space and thrown away.
    #[codec(index = 1)]
    Reduced,
}

impl Canary {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Derived, Self::Reduced];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Derived => "derived",
            Self::Reduced => "reduced",
        }
    }
}

/// The public key of the derived canary of `scheme`, which has keys of `public_bytes` (CAN2).
pub fn derived_key(genesis: &Hash256, scheme: SchemeId, public_bytes: u32) -> Vec<u8> {
    canary_key(genesis, scheme, public_bytes as usize)
}

/// The public key of a canary of `scheme`; none if it has no key of reduced strength.
pub(crate) fn key<R: Rows + ?Sized>(
    rows: &R,
    genesis: &Hash256,
    (scheme, public_bytes): (SchemeId, u32),
    canary: Canary,
) -> Result<Option<Vec<u8>>, Fault> {
    match canary {
        Canary::Derived => Ok(Some(derived_key(genesis, scheme, public_bytes))),
        Canary::Reduced => {
            Ok(REDUCED.get(rows, &scheme)?.map(|reduced| reduced.public.into_inner()))
        }
    }
}

/// What a finder signs under a canary's key (CAN4).
pub fn report_message(
    genesis: &Hash256,
    scheme: SchemeId,
    canary: Canary,
    finder: &AccountId,
) -> Vec<u8> {
    let number = match canary {
        Canary::Derived => 0,
        Canary::Reduced => 1,
    };
    canary_message(genesis, scheme, number, finder)
}
