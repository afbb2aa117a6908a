//! Prices in the form clients ask for them. They know these types by their paths.

use althing_primitives::{Balance, Weight};
use pallet_system::DispatchClass;
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

/// The parts of a fee.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub struct InclusionFee {
    /// What every extrinsic costs.
    pub base_fee: Balance,
    /// What its bytes cost.
    pub len_fee: Balance,
    /// What its weight costs.
    pub adjusted_weight_fee: Balance,
}

impl InclusionFee {
    /// All parts together.
    pub const fn total(&self) -> Balance {
        // The parts are far from the limit: bytes and weight have 64 bits each.
        self.base_fee.saturating_add(self.len_fee).saturating_add(self.adjusted_weight_fee)
    }
}

/// The fee in its parts, and the tip.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub struct FeeDetails {
    /// The parts; none for an inherent.
    pub inclusion_fee: Option<InclusionFee>,
    /// What the sender adds.
    pub tip: Balance,
}

/// What an extrinsic weighs and costs.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub struct RuntimeDispatchInfo {
    /// Its weight, signature included.
    pub weight: Weight,
    /// Its share of the block.
    pub class: DispatchClass,
    /// Its fee without tip.
    pub partial_fee: Balance,
}
