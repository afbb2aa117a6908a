//! The one call that only the benchmark has: so many rows read, some of them written.
//!
//! The written rows belong to the sender and the receiver in equal parts; they are read first. The
//! rows that are only read are the same for all transactions, like a chain's settings.

use althing_frame::{Access, Call, DispatchError, Fault, Map, Origin, Rows, Tx};
use althing_primitives::Weight;
use pallet_system::limits::rows_weight;
use parity_scale_codec::{Decode, DecodeAll, Encode};

/// First byte of the call: no pallet has this number.
const MARK: u8 = 0xff;
/// The most rows of one call.
pub(crate) const ROWS_MAX: usize = 64;

/// Rows of one party: number of the party, number of the row.
const CELLS: Map<(u32, u8), u128> = Map::new("Bench", "Cells");
/// Rows that everybody reads.
const SETTINGS: Map<u8, u128> = Map::new("Bench", "Settings");

/// Read rows, and add one to some of them.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
pub(crate) struct Touch {
    /// Whose rows are written.
    pub(crate) parties: [u32; 2],
    /// How many rows are read, the written ones included.
    pub(crate) reads: u8,
    /// How many rows are written.
    pub(crate) writes: u8,
}

impl Touch {
    /// The bytes of the call.
    pub(crate) fn call(&self) -> Vec<u8> {
        (MARK, self).encode()
    }

    /// The call in these bytes, if they are one of this kind.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (first, mut rest) = bytes.split_first()?;
        (*first == MARK).then(|| Self::decode_all(&mut rest).ok()).flatten()
    }

    fn cells(&self) -> impl Iterator<Item = (u32, u8)> {
        let [one, other] = self.parties;
        let party = move |at: u8| (if at.is_multiple_of(2) { one } else { other }, at / 2);
        (0..self.writes).map(party)
    }

    fn settings(&self) -> impl Iterator<Item = u8> {
        0..self.reads.saturating_sub(self.writes)
    }
}

impl Call for Touch {
    fn name(&self) -> (&'static str, &'static str) {
        ("Bench", "touch")
    }

    fn access(&self, _: &Origin, _: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        for cell in self.cells() {
            access.write(CELLS.key(&cell));
        }
        for setting in self.settings() {
            access.read(SETTINGS.key(&setting));
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        rows_weight(self.reads.into(), self.writes.into())
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        origin.signed()?;
        let mut sum = 1_u128;
        for setting in self.settings() {
            sum = sum.wrapping_add(SETTINGS.get(tx, &setting)?.unwrap_or_default());
        }
        for cell in self.cells() {
            let before = CELLS.get(tx, &cell)?.unwrap_or_default();
            CELLS.put(tx, &cell, &before.wrapping_add(sum))?;
        }
        Ok(())
    }
}
