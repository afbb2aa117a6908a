//! The registry's word on a KEM, as this pallet's refusals.

use althing_frame::{DispatchError, Tx};
use althing_primitives::SchemeId;
use pallet_crypto_registry::{KemRefusal, KemUse, SchemeRecord, may_kem};

use crate::Error;

/// The record of `scheme` if this block may use it for `wanted` (E2, E6).
pub(crate) fn usable(
    tx: &Tx<'_>,
    scheme: SchemeId,
    wanted: KemUse,
) -> Result<SchemeRecord, DispatchError> {
    may_kem(tx, scheme, wanted, tx.block().number).map_err(|refusal| match refusal {
        KemRefusal::Unknown => Error::UnknownKem { scheme }.into(),
        KemRefusal::State { state, refused } => {
            let name = althing_crypto::kem(scheme).map_or("unknown", |known| known.name());
            let (name, state) = (name.to_owned(), state.name());
            Error::KemState { scheme, name, state, refused }.into()
        }
        KemRefusal::Fault(fault) => fault.into(),
    })
}
