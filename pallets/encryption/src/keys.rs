//! Publishing and withdrawing an encryption key (E1 to E3).

use althing_crypto::KemError;
use althing_frame::{Access, DispatchError, Tx};
use althing_primitives::{AccountId, BoundedBytes, KeyHandle, PUBLIC_KEY_BYTES_MAX, SchemeId};
use pallet_crypto_registry::{KemUse, may_access};

use crate::{EncryptionKey, Error, Event, KEYS, kems, key_deposit};

type Public = BoundedBytes<PUBLIC_KEY_BYTES_MAX>;

/// Declare the rows of [`publish`].
pub(crate) fn publish_access(access: &mut Access, who: &AccountId, kem: SchemeId) {
    withdraw_access(access, who);
    may_access(access, kem);
}

/// Publish a key in the place of an earlier one, whose deposit comes back first: it may pay for the
/// new one.
pub(crate) fn publish(
    tx: &mut Tx<'_>,
    who: AccountId,
    kem: SchemeId,
    public: &Public,
) -> Result<(), DispatchError> {
    check_key(tx, kem, public)?;
    if let Some(earlier) = KEYS.get(tx, &who)? {
        pallet_balances::unreserve(tx, &who, earlier.deposit)?;
    }
    // The type bounds the length.
    let deposit = key_deposit(u32::try_from(public.len()).unwrap_or(Public::MAX));
    pallet_balances::reserve(tx, &who, deposit)?;
    let since = tx.block().number;
    KEYS.put(tx, &who, &EncryptionKey { kem, public: public.clone(), since, deposit })?;
    let key = KeyHandle::of(kem, public);
    tx.emit(&Event::KeyPublished { who, kem, key, deposit });
    Ok(())
}

fn check_key(tx: &Tx<'_>, scheme: SchemeId, public: &Public) -> Result<(), DispatchError> {
    kems::usable(tx, scheme, KemUse::Enrol)?;
    let known = althing_crypto::kem(scheme).ok_or(Error::UnknownKem { scheme })?;
    match known.check_public(public) {
        Ok(()) => Ok(()),
        Err(KemError::Size { expected, found }) => {
            let wide = |length| u64::try_from(length).unwrap_or(u64::MAX);
            let (expected, found) = (wide(expected), wide(found));
            Err(Error::KeySize { scheme, expected, found }.into())
        }
        Err(KemError::PublicKey | KemError::NotDeterministic { .. }) => {
            Err(Error::KeyNotCanonical { scheme }.into())
        }
    }
}

/// Declare the rows of [`withdraw`].
pub(crate) fn withdraw_access(access: &mut Access, who: &AccountId) {
    access.write(KEYS.key(who));
    pallet_balances::reserve_access(access, who);
}

/// Forget the key, whatever its KEM has become. What was sealed to it still opens.
pub(crate) fn withdraw(tx: &mut Tx<'_>, who: AccountId) -> Result<(), DispatchError> {
    let EncryptionKey { deposit, .. } = KEYS.get(tx, &who)?.ok_or(Error::NoKey { who })?;
    pallet_balances::unreserve(tx, &who, deposit)?;
    KEYS.remove(tx, &who)?;
    tx.emit(&Event::KeyWithdrawn { who, deposit });
    Ok(())
}
