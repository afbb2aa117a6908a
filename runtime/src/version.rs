//! Names and numbers of this runtime.

use althing_primitives::{RuntimeVersion, blake2_64};

/// Changes whenever behaviour or metadata changes; part of what is signed.
pub const SPEC_VERSION: u32 = 100;
/// Changes when the encoding of calls or extensions does; part of what is signed.
pub const TRANSACTION_VERSION: u32 = 1;
/// Prefix of addresses as text.
pub const SS58_PREFIX: u16 = 42;

/// A runtime API that clients may call, with the version whose methods it has.
pub(crate) const APIS: [(&str, u32); 6] = [
    ("Core", 5),
    ("Metadata", 2),
    ("TaggedTransactionQueue", 3),
    ("AccountNonceApi", 1),
    ("TransactionPaymentApi", 4),
    ("AlthingApi", 1),
];

/// Names and numbers of this runtime, as clients ask for them.
pub fn version() -> RuntimeVersion {
    RuntimeVersion {
        spec_name: "althing".into(),
        impl_name: "althing-node".into(),
        authoring_version: 1,
        spec_version: SPEC_VERSION,
        impl_version: 1,
        apis: APIS.iter().map(|(name, version)| (blake2_64(name.as_bytes()), *version)).collect(),
        transaction_version: TRANSACTION_VERSION,
        system_version: 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apis_are_named_by_the_hashes_clients_know() {
        let known = [
            0xdf6a_cb68_9907_609b_u64,
            0x37e3_97fc_7c91_f5e4,
            0xd2bc_9897_eed0_8f15,
            0xbc9d_8990_4f5b_923f,
            0x37c8_bb13_50a9_a2a8,
        ];
        let ours: Vec<u64> =
            version().apis.iter().map(|(id, _)| u64::from_be_bytes(*id)).take(5).collect();
        assert_eq!(ours, known);
    }
}
