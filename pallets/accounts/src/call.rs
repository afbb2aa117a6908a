//! What members can change about their keys.

use althing_frame::{Access, Authority, DispatchError, Fault, Origin, Rows, Tx};
use althing_primitives::{
    AccountId, BlockNumber, BoundedBytes, KeyHandle, PUBLIC_KEY_BYTES_MAX, SIGNATURE_BYTES_MAX,
    SchemeId, Weight,
};
use pallet_crypto_registry::{IDS, LIMITS, may_access};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::{KEYS, POLICIES, changes, possession::NewKey};

/// What members can change about their keys.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Put a new key in the place of one of the policy, at once. Works for as long as a scheme of
    /// the policy lets its keys rotate.
    #[codec(index = 0)]
    Rotate {
        /// The key that goes.
        replace: KeyHandle,
        /// The scheme of the new key.
        scheme: SchemeId,
        /// The new public key.
        public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
        /// The new key's signature over its proof of possession.
        proof: BoundedBytes<SIGNATURE_BYTES_MAX>,
    },
    /// Add a key that may sign like the others.
    #[codec(index = 1)]
    AddKey {
        /// The scheme.
        scheme: SchemeId,
        /// The public key.
        public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
        /// The new key's signature over its proof of possession.
        proof: BoundedBytes<SIGNATURE_BYTES_MAX>,
        /// The first block in which it may no longer sign.
        expires: Option<BlockNumber>,
    },
    /// Take a key away. One that controls the account alone and for good must stay.
    #[codec(index = 2)]
    RemoveKey {
        /// The key that goes.
        handle: KeyHandle,
    },
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let name = match self {
            Self::Rotate { .. } => "rotate",
            Self::AddKey { .. } => "add_key",
            Self::RemoveKey { .. } => "remove_key",
        };
        (crate::NAME, name)
    }

    fn access(&self, origin: &Origin, parent: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        let Ok(account) = origin.signed() else {
            return Ok(());
        };
        access.write(POLICIES.key(&account));
        pallet_balances::reserve_access(access, &account);
        match self {
            Self::Rotate { replace, scheme, public, .. } => {
                access.write(KEYS.key(&account, replace));
                enrol_access(access, &account, *scheme, public);
            }
            Self::AddKey { scheme, public, .. } => enrol_access(access, &account, *scheme, public),
            Self::RemoveKey { handle } => {
                access.write(KEYS.key(&account, handle));
                // The schemes of the keys that stay: an earlier transaction may have added any.
                for scheme in IDS.get_or_default(parent)?.iter() {
                    may_access(access, *scheme);
                }
            }
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Rotate { scheme, .. } | Self::AddKey { scheme, .. } => {
                let verify = althing_crypto::scheme(*scheme).map_or(0, |s| s.verify_weight());
                Weight::from_micros(60, 24 * 1024)
                    .saturating_add(Weight { ref_time: verify, proof_size: 0 })
            }
            Self::RemoveKey { .. } => Weight::from_micros(60, 32 * 1024),
        }
    }

    fn authority(&self) -> Authority {
        Authority::Policy
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        let account = origin.signed()?;
        match self {
            Self::Rotate { replace, scheme, public, proof } => {
                changes::rotate(tx, &account, *replace, NewKey { scheme: *scheme, public, proof })
            }
            Self::AddKey { scheme, public, proof, expires } => {
                changes::add_key(tx, &account, NewKey { scheme: *scheme, public, proof }, *expires)
            }
            Self::RemoveKey { handle } => changes::remove_key(tx, &account, *handle),
        }
    }
}

fn enrol_access(access: &mut Access, account: &AccountId, scheme: SchemeId, public: &[u8]) {
    access.write(KEYS.key(account, &KeyHandle::of(scheme, public)));
    may_access(access, scheme);
    access.read(LIMITS.key());
}
