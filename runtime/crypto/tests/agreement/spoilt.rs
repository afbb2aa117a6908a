//! Random spoiling: of everything, and of those parts on which implementations have disagreed.

use althing_crypto::SchemeId;
use proptest::prelude::*;

use crate::{
    samples::{Signed, signed},
    verdicts::agreed,
};

/// What becomes of a signature's bytes.
#[derive(Clone, Debug)]
enum Spoil {
    Flip(prop::sample::Index, u8),
    Fill(prop::sample::Index, usize, u8),
    Swap(prop::sample::Index, prop::sample::Index),
    Cut(prop::sample::Index),
    Grow(Vec<u8>),
}

impl Spoil {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let len = bytes.len();
        if len == 0 {
            return;
        }
        match self {
            Self::Flip(at, bit) => bytes[at.index(len)] ^= 1 << (bit % 8),
            Self::Fill(at, run, value) => {
                let start = at.index(len);
                let end = (start + run).min(len);
                bytes[start..end].fill(*value);
            }
            Self::Swap(one, other) => bytes.swap(one.index(len), other.index(len)),
            Self::Cut(at) => bytes.truncate(at.index(len)),
            Self::Grow(more) => bytes.extend(more),
        }
    }
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        4 => (index(), any::<u8>()).prop_map(|(at, bit)| Spoil::Flip(at, bit)),
        3 => (index(), 1..40_usize, prop_oneof![Just(0), Just(0xff), any::<u8>()])
            .prop_map(|(at, run, value)| Spoil::Fill(at, run, value)),
        2 => (index(), index()).prop_map(|(one, other)| Spoil::Swap(one, other)),
        1 => index().prop_map(Spoil::Cut),
        1 => prop::collection::vec(any::<u8>(), 1..4).prop_map(Spoil::Grow),
    ]
}

fn spoilt(ids: &'static [SchemeId]) -> impl Strategy<Value = Signed> {
    let spoils = prop::collection::vec((0..3_u8, spoil()), 0..4);
    (prop::sample::select(ids), spoils).prop_map(|(id, spoils)| {
        let mut signed = signed(id);
        for (part, spoil) in spoils {
            match part {
                0 => spoil.apply(&mut signed.public),
                1 => spoil.apply(&mut signed.message),
                _ => spoil.apply(&mut signed.signature),
            }
        }
        signed
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn all_agree_on_spoilt_lattice_signatures(
        signed in spoilt(&[SchemeId::ML_DSA_44, SchemeId::ML_DSA_65, SchemeId::FN_DSA_512]),
    ) {
        agreed(&signed.check());
    }

    /// Random bytes that get past the first checks of an FN-DSA decoder.
    #[test]
    fn all_agree_on_random_fn_dsa_signatures(
        packed in prop::collection::vec(any::<u8>(), 625), nonce in any::<[u8; 32]>(),
    ) {
        let mut signed = signed(SchemeId::FN_DSA_512);
        signed.signature[1..33].copy_from_slice(&nonce);
        signed.signature[41..].copy_from_slice(&packed);
        agreed(&signed.check());
        // Small coefficients only, so that the norm decides and not the decoder: sign and low
        // bits of nothing, then the end mark.
        let small: Vec<u8> = packed.iter().map(|byte| byte & 0x03).collect();
        signed.signature[41..].copy_from_slice(&small);
        agreed(&signed.check());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn all_agree_on_spoilt_hash_based_signatures(
        signed in spoilt(&[SchemeId::SPHINCS_R3, SchemeId::SLH_DSA_128S]),
    ) {
        agreed(&signed.check());
    }
}

/// The hint section at the end of an ML-DSA signature: `omega` positions, then `k` ends.
fn hint_bytes(id: SchemeId) -> usize {
    if id == SchemeId::ML_DSA_44 { 80 + 4 } else { 55 + 6 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]

    /// The decoder's hint rules are where implementations have disagreed before.
    #[test]
    fn ml_dsa_verdicts_agree_on_spoilt_hints(
        id in prop_oneof![Just(SchemeId::ML_DSA_44), Just(SchemeId::ML_DSA_65)],
        from_end in 1..84_usize, value in any::<u8>(), swap in any::<bool>(),
    ) {
        let mut signed = signed(id);
        let len = signed.signature.len();
        let at = len - from_end.min(hint_bytes(id));
        if swap && at + 1 < len {
            signed.signature.swap(at, at + 1);
        } else {
            signed.signature[at] = value;
        }
        agreed(&signed.check());
    }

    /// Extreme values of the response vector test the norm bound.
    #[test]
    fn ml_dsa_verdicts_agree_on_spoilt_bytes(
        id in prop_oneof![Just(SchemeId::ML_DSA_44), Just(SchemeId::ML_DSA_65)],
        at in any::<prop::sample::Index>(), value in prop_oneof![Just(0), Just(0xff), any::<u8>()],
        run in 1..6_usize, in_public in any::<bool>(),
    ) {
        let mut signed = signed(id);
        let bytes = if in_public { &mut signed.public } else { &mut signed.signature };
        let start = at.index(bytes.len());
        let end = (start + run).min(bytes.len());
        bytes[start..end].fill(value);
        agreed(&signed.check());
    }
}
