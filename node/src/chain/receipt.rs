//! What became of an extrinsic, in the form that is kept on disk.

use althing_executor::Receipt;
use althing_frame::DispatchError;
use althing_primitives::{Balance, Hash256, Weight};
use parity_scale_codec::{Decode, Encode};

/// What became of an extrinsic that is in a block. Understandable without the runtime that ran it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct StoredReceipt {
    /// Hash of the extrinsic's bytes.
    pub hash: Hash256,
    /// The pallet called.
    pub pallet: String,
    /// The call.
    pub call: String,
    /// What it weighed, signature included.
    pub weight: Weight,
    /// What it paid without tip, in the smallest unit.
    #[codec(compact)]
    pub fee: Balance,
    /// Whether the call took effect, or the rule that refused it.
    pub outcome: Result<(), Failure>,
    /// Its outer events.
    pub events: Vec<Vec<u8>>,
}

/// The rule that refused a call.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Failure {
    /// Public code, such as `BAL-101`.
    pub code: String,
    /// The sentence.
    pub message: String,
    /// The pallet whose rule it is; empty for the frame's own.
    pub pallet: String,
    /// Name of the rule; empty for the frame's own.
    pub name: String,
    /// The values of the rule, by field name.
    pub values: Vec<(String, String)>,
    /// SCALE bytes of the `DispatchError` that clients know.
    pub error: Vec<u8>,
}

impl From<&DispatchError> for Failure {
    fn from(error: &DispatchError) -> Self {
        let refusal = error.refusal();
        let values = refusal.map_or(&[][..], |refusal| &refusal.values);
        let pallet = refusal.and_then(|refusal| althing_runtime::pallet_name(refusal.pallet));
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            pallet: pallet.unwrap_or_default().to_owned(),
            name: refusal.map_or("", |refusal| refusal.name).to_owned(),
            values: values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            error: error.encode(),
        }
    }
}

impl From<&Receipt> for StoredReceipt {
    fn from(receipt: &Receipt) -> Self {
        Self {
            hash: receipt.hash,
            pallet: receipt.call.0.to_owned(),
            call: receipt.call.1.to_owned(),
            weight: receipt.weight,
            fee: receipt.fee,
            outcome: receipt.outcome.as_ref().copied().map_err(Failure::from),
            events: receipt.events.to_vecs(),
        }
    }
}
