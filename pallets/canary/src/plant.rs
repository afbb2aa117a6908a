//! Planting keys of reduced strength (CAN3).

use althing_frame::{Access, DispatchError, Tx};
use althing_primitives::SchemeId;
use pallet_crypto_registry::SCHEMES;

use crate::report::signature_scheme;
use crate::{Canary, Error, Event, FALLEN, REDUCED, Reduced};

/// Declare the rows of [`plant`].
pub(crate) fn access(access: &mut Access, scheme: SchemeId) {
    access.read(SCHEMES.key(&scheme)).write(REDUCED.key(&scheme));
    access.write(FALLEN.key(&scheme, &Canary::Reduced));
}

/// Let `public` be the key of reduced strength. One that stands unbroken stays: replacing it by a
/// weaker one would be a way to freeze a healthy scheme.
pub(crate) fn plant(
    tx: &mut Tx<'_>,
    scheme: SchemeId,
    public: &[u8],
    bits: u16,
) -> Result<(), DispatchError> {
    let record = signature_scheme(tx, scheme)?;
    let (expected, found) = (record.public_bytes, public.len() as u64);
    if u64::from(expected) != found {
        return Err(Error::KeySize { scheme, expected: expected.into(), found }.into());
    }
    if let Some(standing) = REDUCED.get(tx, &scheme)?
        && FALLEN.get(tx, &scheme, &Canary::Reduced)?.is_none()
    {
        return Err(Error::Stands { scheme, since: standing.since }.into());
    }
    let size = Error::KeySize { scheme, expected: expected.into(), found };
    let public = public.to_vec().try_into().map_err(|_| size)?;
    let since = tx.block().number;
    REDUCED.put(tx, &scheme, &Reduced { public, bits, since })?;
    FALLEN.remove(tx, &scheme, &Canary::Reduced)?;
    tx.emit(&Event::Planted { scheme, bits });
    Ok(())
}
