//! Who answers for what waits, and whether that still counts when its turn comes (AC19).

use althing_frame::{Fault, Rows, Tx};
use althing_primitives::{BlockNumber, BoundedVec, SIGNERS_MAX, SchemeId};
use pallet_crypto_registry::SCHEMES;
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::Families;

/// What somebody signed, for as long as it waits.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Word {
    /// The schemes that answer for it: whoever forged it has broken all of them.
    pub schemes: BoundedVec<SchemeId, SIGNERS_MAX>,
    /// The block in which it was given.
    pub given_at: BlockNumber,
}

impl Word {
    /// Nobody's.
    pub(crate) const fn none() -> Self {
        Self { schemes: BoundedVec::new(), given_at: 0 }
    }

    /// That of this transaction's sender.
    pub(crate) fn of(tx: &Tx<'_>) -> Result<Self, Fault> {
        let many = Fault::Broken { invariant: "AC14: no more schemes answer than sign" };
        let schemes = tx.answering().to_vec().try_into().map_err(|_| many)?;
        Ok(Self { schemes, given_at: tx.block().number })
    }

    /// On which assumptions it rests.
    pub(crate) fn families<R: Rows + ?Sized>(&self, rows: &R) -> Result<Families, Fault> {
        let mut families = Families::NONE;
        for scheme in self.schemes.iter() {
            let record = SCHEMES.get(rows, scheme)?;
            families = record.map_or(families, |record| families.or(Families::of(record.family)));
        }
        Ok(families)
    }

    /// The first of its schemes if all of them were shown to be broken since it was given, so that
    /// it may be forged. One given later, when everybody could know, stands: its friends look at it,
    /// and who is left with such a scheme alone has no other way out of it.
    pub(crate) fn fallen<R: Rows + ?Sized>(&self, rows: &R) -> Result<Option<SchemeId>, Fault> {
        for scheme in self.schemes.iter() {
            let broken = SCHEMES.get(rows, scheme)?.and_then(|record| record.broken);
            if broken.is_none_or(|since| since < self.given_at) {
                return Ok(None);
            }
        }
        Ok(self.schemes.first().copied())
    }
}
