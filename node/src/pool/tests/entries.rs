//! Entries made up for tests.

use std::sync::Arc;

use althing_frame::{CallClass, Mode};
use althing_primitives::{
    AccountId, Balance, BlockNumber, Circumstances, Era, Extra, Extrinsic, Nonce, Signature,
    SignedPart, Weight,
};
use althing_runtime::priority;

use crate::pool::entry::{Basis, Entry};
use crate::pool::standing::Standing;
use crate::pool::touches::{Touch, Touches};

/// What every entry weighs here.
pub(crate) const WEIGHT: Weight = Weight { ref_time: 100, proof_size: 0 };

/// What tests say of an entry; the rest follows.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) class: CallClass,
    pub(crate) sender: u64,
    pub(crate) nonce: Nonce,
    pub(crate) tip: Balance,
    pub(crate) since: (BlockNumber, u64),
    pub(crate) touches: Touches,
    /// Bytes of the call.
    pub(crate) call: usize,
}

impl Draft {
    pub(crate) fn new(sender: u64, nonce: Nonce, age: u64) -> Self {
        let touches = Touches::default();
        Self { class: CallClass::Normal, sender, nonce, tip: 0, since: (1, age), touches, call: 1 }
    }

    pub(crate) fn finish(self) -> Arc<Entry> {
        let Self { class, sender, nonce, tip, since, touches, call } = self;
        let account = account(sender);
        let extra = Extra { era: Era::Immortal, nonce, tip, metadata_hash_mode: 0 };
        let part = SignedPart { account, signature: Signature::Ed25519([0; 64]), extra };
        let extrinsic = Extrinsic::signed(part, &vec![0; call]);
        let size = (WEIGHT, extrinsic.bytes().len());
        Arc::new(Entry {
            under: Circumstances::default(),
            hash: extrinsic.hash(),
            sender: account,
            nonce,
            tip,
            weight: WEIGHT,
            is_operational: class == CallClass::Operational,
            dies_at: u32::MAX,
            since,
            standing: Standing::new(priority(class, tip, size), since.0, since.1),
            touches,
            basis: Basis::new(Box::default(), since.0),
            extrinsic,
        })
    }
}

/// The account of a sender.
pub(crate) fn account(sender: u64) -> AccountId {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&sender.to_le_bytes());
    AccountId(id)
}

/// One of its own sender that uses these rows.
pub(crate) fn touching(number: u64, rows: &[(u64, Mode)], is_exclusive: bool) -> Arc<Entry> {
    let rows = rows.iter().map(|(row, mode)| Touch { row: *row, mode: *mode }).collect();
    Draft { touches: Touches { rows, is_exclusive }, ..Draft::new(number, 0, number) }.finish()
}

/// One of its own sender that writes one row.
pub(crate) fn writing(number: u64, row: u64) -> Arc<Entry> {
    touching(number, &[(row, Mode::Write)], false)
}
