//! What became of an extrinsic, in the form that is kept on disk.

use althing_executor::Receipt;
use althing_frame::DispatchError;
use althing_primitives::{Balance, Hash256, Weight};
use parity_scale_codec::{Compact, Decode, DecodeAll, Encode};

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

/// A receipt on disk: the names of calls are the same again and again, so they stand before the
/// receipts, once each.
#[derive(Decode)]
struct Packed {
    hash: Hash256,
    #[codec(compact)]
    name: u32,
    weight: Weight,
    #[codec(compact)]
    fee: Balance,
    outcome: Result<(), Failure>,
    events: Vec<Vec<u8>>,
}

/// Receipts as they lie on disk.
pub(crate) fn pack(receipts: &[StoredReceipt]) -> Vec<u8> {
    let mut names: Vec<(&str, &str)> = Vec::new();
    let mut packed = Vec::new();
    for one in receipts {
        let name = (one.pallet.as_str(), one.call.as_str());
        // There are as many names as kinds of calls: few, and the last one is met most often.
        let known = names.iter().rposition(|known| *known == name);
        let place = known.unwrap_or_else(|| {
            names.push(name);
            names.len().saturating_sub(1)
        });
        one.hash.encode_to(&mut packed);
        Compact(place as u32).encode_to(&mut packed);
        one.weight.encode_to(&mut packed);
        Compact(one.fee).encode_to(&mut packed);
        one.outcome.encode_to(&mut packed);
        one.events.encode_to(&mut packed);
    }
    let mut bytes = Vec::with_capacity(packed.len().saturating_add(64 * names.len()));
    names.encode_to(&mut bytes);
    Compact(receipts.len() as u32).encode_to(&mut bytes);
    bytes.extend_from_slice(&packed);
    bytes
}

/// Read what [`pack`] wrote; `None` if it did not write this.
pub(crate) fn unpack(mut bytes: &[u8]) -> Option<Vec<StoredReceipt>> {
    let names = Vec::<(String, String)>::decode(&mut bytes).ok()?;
    let packed = Vec::<Packed>::decode_all(&mut bytes).ok()?;
    let unpack = |one: Packed| {
        let (pallet, call) = names.get(one.name as usize)?.clone();
        let Packed { hash, weight, fee, outcome, events, .. } = one;
        Some(StoredReceipt { hash, pallet, call, weight, fee, outcome, events })
    };
    packed.into_iter().map(unpack).collect()
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
