//! Who acts: account ids and the address forms an extrinsic may carry.

use parity_scale_codec::{Compact, Decode, DecodeWithMemTracking, Encode};
use scale_info::{Path, Type, TypeInfo, build::Fields};

use crate::{BoundedBytes, Hash256, KeyHandle, blake2_256, to_ss58};

/// A member's identity: fixed at creation, independent of the keys that later control it.
#[derive(
    Clone, Copy, Decode, DecodeWithMemTracking, Encode, Eq, Hash, Ord, PartialEq, PartialOrd,
)]
pub struct AccountId(pub [u8; 32]);

impl AccountId {
    /// The account whose initial policy is one key (AC1): BLAKE2b-256 of `althing:account:v1`, the
    /// policy (0 ++ handle) and the salt (`specs/formats.md`, F2).
    pub fn from_key(handle: KeyHandle, salt: [u8; 32]) -> Self {
        let preimage = (b"althing:account:v1", 0_u8, handle, salt).encode();
        Self(blake2_256(&preimage).0)
    }

    /// An account that no key controls and that belongs to a pallet, such as the treasury.
    pub fn of_pallet(name: &str) -> Self {
        let preimage = (b"althing:pallet:v1", name).encode();
        Self(blake2_256(&preimage).0)
    }
}

impl core::fmt::Debug for AccountId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", Hash256(self.0))
    }
}

impl core::fmt::Display for AccountId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&to_ss58(self, 42))
    }
}

impl AsRef<[u8]> for AccountId {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<[u8; 32]> for AccountId {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

// Clients find the address type by this path.
impl TypeInfo for AccountId {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_core", "crypto", "AccountId32"]))
            .composite(Fields::unnamed().field(|f| f.ty::<[u8; 32]>().type_name("[u8; 32]")))
    }
}

/// The address forms wallets may encode. Only [`MultiAddress::Id`] is accepted from a signer.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq)]
pub enum MultiAddress {
    /// An account id.
    #[codec(index = 0)]
    Id(AccountId),
    /// An account index; this chain has none.
    #[codec(index = 1)]
    Index(Compact<()>),
    /// Raw bytes; this chain has none.
    #[codec(index = 2)]
    Raw(BoundedBytes<64>),
    /// A 32-byte address; this chain has none.
    #[codec(index = 3)]
    Address32([u8; 32]),
    /// A 20-byte address; this chain has none.
    #[codec(index = 4)]
    Address20([u8; 20]),
}

impl MultiAddress {
    /// The account, if the address names one directly.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Id(account) => Some(*account),
            Self::Index(_) | Self::Raw(_) | Self::Address32(_) | Self::Address20(_) => None,
        }
    }
}

impl From<AccountId> for MultiAddress {
    fn from(account: AccountId) -> Self {
        Self::Id(account)
    }
}

// Wallets recognise the address enum by this path and these parameters.
impl TypeInfo for MultiAddress {
    type Identity = Self;

    fn type_info() -> Type {
        use scale_info::{MetaType, TypeParameter, build::Variants};
        let parameters = [
            TypeParameter::new("AccountId", Some(MetaType::new::<AccountId>())),
            TypeParameter::new("AccountIndex", Some(MetaType::new::<()>())),
        ];
        let variants = Variants::new()
            .variant("Id", |v| v.index(0).fields(Fields::unnamed().field(|f| f.ty::<AccountId>())))
            .variant("Index", |v| {
                v.index(1).fields(Fields::unnamed().field(|f| f.ty::<Compact<()>>()))
            })
            .variant("Raw", |v| v.index(2).fields(Fields::unnamed().field(|f| f.ty::<Vec<u8>>())))
            .variant("Address32", |v| {
                v.index(3).fields(Fields::unnamed().field(|f| f.ty::<[u8; 32]>()))
            })
            .variant("Address20", |v| {
                v.index(4).fields(Fields::unnamed().field(|f| f.ty::<[u8; 20]>()))
            });
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_runtime", "multiaddress", "MultiAddress"]))
            .type_params(parameters)
            .variant(variants)
    }
}
