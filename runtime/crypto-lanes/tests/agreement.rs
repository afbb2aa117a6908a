//! The lanes give the verdicts of `slh-dsa`, in batches of every size, whole and spoilt.

use std::sync::LazyLock;

use althing_crypto_lanes::{Lanes, PUBLIC, SIGNATURE, Signed};
use proptest::prelude::*;
use slh_dsa::{Sha2_128s, Signature, SigningKey, VerifyingKey};

#[derive(Clone, Debug)]
struct Owned {
    public: [u8; PUBLIC],
    message: Vec<u8>,
    signature: Box<[u8; SIGNATURE]>,
}

impl Owned {
    fn signed(&self) -> Signed<'_> {
        Signed { public: &self.public, message: &self.message, signature: &self.signature }
    }

    /// The verdict of the library.
    fn expected(&self) -> bool {
        let public = VerifyingKey::<Sha2_128s>::try_from(self.public.as_slice());
        let signature = Signature::<Sha2_128s>::try_from(self.signature.as_slice());
        let (Ok(public), Ok(signature)) = (public, signature) else { return false };
        public.try_verify_with_context(&self.message, &[], &signature).is_ok()
    }
}

/// Signatures of different keys over messages of different lengths. Signing is slow.
static SIGNED: LazyLock<Vec<Owned>> = LazyLock::new(|| {
    let one = |(number, length): (u8, usize)| {
        let parts = [number, number ^ 0x55, number ^ 0xaa].map(|byte| [byte; 16]);
        let key = SigningKey::<Sha2_128s>::slh_keygen_internal(&parts[0], &parts[1], &parts[2]);
        let message = vec![number; length];
        let signature = key.try_sign_with_context(&message, &[], None).expect("a key signs");
        Owned {
            public: key.as_ref().to_bytes().as_slice().try_into().expect("32 bytes"),
            message,
            signature: signature.to_bytes().to_vec().try_into().expect("the size of all"),
        }
    };
    (0..).zip([0, 1, 14, 55, 64, 150, 1_000]).map(one).collect()
});

/// Without AVX-512 there is nothing to compare.
fn lanes() -> Option<Lanes> {
    Lanes::detect()
}

fn compare(lanes: Lanes, batch: &[Owned]) {
    let signed: Vec<_> = batch.iter().map(Owned::signed).collect();
    let found = lanes.verify_slh_dsa_sha2_128s(&signed);
    let expected: Vec<_> = batch.iter().map(Owned::expected).collect();
    assert_eq!(found, expected);
}

#[test]
fn batches_of_every_size_give_each_signature_its_own_verdict() {
    let Some(lanes) = lanes() else { return };
    assert!(lanes.verify_slh_dsa_sha2_128s(&[]).is_empty());
    let whole = SIGNED.iter().cloned();
    let torn = SIGNED.iter().map(|one| Owned { message: b"nay".to_vec(), ..one.clone() });
    let mixed: Vec<_> =
        whole.zip(torn).flat_map(|(whole, torn)| [whole.clone(), whole, torn]).collect();
    let mixed: Vec<_> = mixed.iter().cycle().take(37).cloned().collect();
    for count in (1..=mixed.len()).filter(|count| count % 5 < 3) {
        compare(lanes, &mixed[..count]);
    }
    let signed: Vec<_> = mixed.iter().map(Owned::signed).collect();
    let valid = lanes.verify_slh_dsa_sha2_128s(&signed);
    assert!((0..37).all(|at| valid[at] == (at % 3 != 2)));
}

#[test]
fn a_flipped_bit_in_any_node_is_refused() {
    let Some(lanes) = lanes() else { return };
    let one = &SIGNED[3];
    let spoilt: Vec<Owned> = (0..SIGNATURE)
        .step_by(16)
        .map(|at| {
            let mut spoilt = one.clone();
            spoilt.signature[at + at / 16 % 16] ^= 1 << (at / 16 % 8);
            spoilt
        })
        .collect();
    let signed: Vec<_> = spoilt.iter().map(Owned::signed).collect();
    assert!(lanes.verify_slh_dsa_sha2_128s(&signed).iter().all(|valid| !valid));
    for at in 0..PUBLIC {
        let mut spoilt = one.clone();
        spoilt.public[at] ^= 0x10;
        compare(lanes, &[one.clone(), spoilt]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    /// Random nodes make chains of other lengths, leaves and paths of other places.
    #[test]
    fn lanes_agree_with_the_library_on_spoilt_batches(
        spoils in prop::collection::vec(
            (0..7_usize, any::<prop::sample::Index>(), any::<[u8; 16]>(), 0..4_u8), 1..40,
        ),
    ) {
        let Some(lanes) = lanes() else { return Ok(()) };
        let batch: Vec<Owned> = spoils
            .into_iter()
            .map(|(which, at, bytes, kind)| {
                let mut one = SIGNED[which].clone();
                match kind {
                    0 => {}
                    1 => {
                        let at = at.index(SIGNATURE - 16);
                        one.signature[at..at + 16].copy_from_slice(&bytes);
                    }
                    2 => one.public[at.index(16)..][..16].copy_from_slice(&bytes),
                    _ => one.message.extend(bytes),
                }
                one
            })
            .collect();
        compare(lanes, &batch);
    }

    #[test]
    fn lanes_agree_with_the_library_on_random_bytes(
        public in any::<[u8; 32]>(), message in prop::collection::vec(any::<u8>(), 0..300), seed in any::<u64>(),
    ) {
        let Some(lanes) = lanes() else { return Ok(()) };
        let mut state = seed;
        let signature: Vec<u8> = (0..SIGNATURE)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            })
            .collect();
        let signature = signature.try_into().expect("that many");
        compare(lanes, &[Owned { public, message, signature }]);
    }
}
