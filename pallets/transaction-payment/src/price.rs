//! What an extrinsic costs (`specs/fees.md`, F1 to F5).

use althing_primitives::{Balance, TOKEN, Weight};

use crate::types::{FeeDetails, InclusionFee};

/// What every signed extrinsic costs, in the smallest unit: a thousandth of a token (F2).
pub const BASE_FEE: Balance = TOKEN / 1_000;
/// What a byte of the extrinsic costs, in the smallest unit (F3).
pub const FEE_PER_BYTE: Balance = 1_000_000;
/// What a picosecond of reference time costs, in the smallest unit (F4).
pub const FEE_PER_PICOSECOND: Balance = 1;

/// The fee of a signed extrinsic of `bytes` bytes and this weight, signature included (F1).
pub fn fee(bytes: u64, weight: Weight) -> Balance {
    inclusion_fee(bytes, weight).total()
}

/// The fee in its parts. An inherent costs nothing (F5).
pub fn fee_details(bytes: u64, weight: Weight, tip: Balance, is_signed: bool) -> FeeDetails {
    FeeDetails { inclusion_fee: is_signed.then(|| inclusion_fee(bytes, weight)), tip }
}

fn inclusion_fee(bytes: u64, weight: Weight) -> InclusionFee {
    // 64-bit numbers times constants below 2^32 fit 128 bits, so nothing saturates.
    InclusionFee {
        base_fee: BASE_FEE,
        len_fee: FEE_PER_BYTE.saturating_mul(bytes.into()),
        adjusted_weight_fee: FEE_PER_PICOSECOND.saturating_mul(weight.ref_time.into()),
    }
}
