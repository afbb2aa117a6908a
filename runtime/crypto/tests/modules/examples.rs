//! The two schemes that are shipped as modules, natively by two implementations each, and the known
//! answers made of both.

use althing_crypto::{Vectors, module::Vector};
use fips204::{
    ml_dsa_87,
    traits::{KeyGen as _, SerDes as _, Signer as _, Verifier as _},
};
use fips205::{
    slh_dsa_sha2_192s,
    traits::{SerDes as _, Signer as _, Verifier as _},
};
use ml_dsa::{B32, Keypair as _, MlDsa87};
use slh_dsa::Sha2_192s;

use crate::toy::vector;

/// Public key and secret of a seed.
pub(crate) type Generate = fn(&[u8]) -> (Vec<u8>, Vec<u8>);
/// A signature by a secret, over a message, with randomness.
pub(crate) type Sign = fn(&[u8], &[u8], &[u8]) -> Vec<u8>;
/// The same, with a context.
type SignWithin = fn(&[u8], &[u8], &[u8], context: &[u8]) -> Vec<u8>;
/// Two verdicts on a key, a message and a signature.
type Verify = fn(&[u8], &[u8], &[u8]) -> [bool; 2];

/// A scheme with a module, by two implementations that share no code.
pub(crate) struct Example {
    pub(crate) name: &'static str,
    pub(crate) family: &'static str,
    pub(crate) sizes: (u32, u32),
    pub(crate) seed: usize,
    /// RustCrypto: public key and secret of a seed, and a signature.
    pub(crate) generate: Generate,
    pub(crate) sign: Sign,
    /// The other one.
    sign_other: SignWithin,
    /// Both verdicts, which must agree.
    verify: Verify,
    /// Signatures that are no encodings, made of a good one.
    malformed: fn(&[u8]) -> Vec<Vec<u8>>,
    /// How many valid vectors are made.
    valid: u8,
}

pub(crate) const EXAMPLES: [Example; 2] = [
    Example {
        name: "ml-dsa-87",
        family: "lattice",
        sizes: (2592, 4627),
        seed: 32,
        generate: |seed| {
            let key = lattice(seed);
            (key.verifying_key().encode().to_vec(), seed.to_vec())
        },
        sign: |secret, message, randomness| {
            let randomness = B32::try_from(randomness).unwrap();
            let key = lattice(secret);
            key.expanded_key().sign_internal(&[&[0, 0], message], &randomness).encode().to_vec()
        },
        sign_other: |secret, message, randomness, context| {
            let (_, key) = ml_dsa_87::KG::keygen_from_seed(secret.try_into().unwrap());
            let randomness = randomness.try_into().unwrap();
            key.try_sign_with_seed(randomness, message, context).unwrap().to_vec()
        },
        verify: |public, message, signature| {
            let ours = ml_dsa::Signature::<MlDsa87>::try_from(signature).is_ok_and(|signature| {
                let public = public.try_into().unwrap();
                ml_dsa::VerifyingKey::<MlDsa87>::decode(public).verify_with_context(
                    message,
                    &[],
                    &signature,
                )
            });
            let other = ml_dsa_87::PublicKey::try_from_bytes(public.try_into().unwrap());
            [ours, other.unwrap().verify(message, signature.try_into().unwrap(), &[])]
        },
        malformed: |good| {
            // The last 83 bytes are the places of the hints and how many each polynomial has.
            let hints = good.len() - 83;
            let count = usize::from(good[hints + 75]);
            assert!(count >= 2, "the first polynomial of this signature has two hints");
            let mut swapped = good.to_vec();
            swapped.swap(hints, hints + 1);
            let mut repeated = good.to_vec();
            repeated[hints + 1] = repeated[hints];
            let mut padded = good.to_vec();
            let used = usize::from(good[hints + 82]);
            padded[hints + used] = 1;
            // The first coefficient at its bound: 2^19, where 2^19 - 120 is the first too large.
            let mut large = good.to_vec();
            large[64..66].fill(0);
            large[66] &= 0xf0;
            vec![swapped, repeated, padded, large]
        },
        valid: 5,
    },
    Example {
        name: "slh-dsa-sha2-192s",
        family: "hash",
        sizes: (48, 16224),
        seed: 72,
        generate: |seed| {
            let key = hashes(seed);
            (key.as_ref().to_bytes().to_vec(), key.to_bytes().to_vec())
        },
        sign: |secret, message, randomness| {
            let key = slh_dsa::SigningKey::<Sha2_192s>::try_from(secret).unwrap();
            let signed = key.try_sign_with_context(message, &[], Some(randomness));
            signed.unwrap().to_bytes().to_vec()
        },
        sign_other: |secret, message, _, context| {
            let key = slh_dsa_sha2_192s::PrivateKey::try_from_bytes(secret.try_into().unwrap());
            key.unwrap().try_sign(message, context, false).unwrap().to_vec()
        },
        verify: |public, message, signature| {
            let ours =
                slh_dsa::Signature::<Sha2_192s>::try_from(signature).is_ok_and(|signature| {
                    let public = slh_dsa::VerifyingKey::<Sha2_192s>::try_from(public).unwrap();
                    public.try_verify_with_context(message, &[], &signature).is_ok()
                });
            let other = slh_dsa_sha2_192s::PublicKey::try_from_bytes(public.try_into().unwrap());
            [ours, other.unwrap().verify(message, signature.try_into().unwrap(), &[])]
        },
        malformed: |_| Vec::new(),
        valid: 4,
    },
];

fn lattice(seed: &[u8]) -> ml_dsa::SigningKey<MlDsa87> {
    ml_dsa::SigningKey::from_seed(&B32::try_from(seed).unwrap())
}

fn hashes(seed: &[u8]) -> slh_dsa::SigningKey<Sha2_192s> {
    slh_dsa::SigningKey::slh_keygen_internal(&seed[..24], &seed[24..48], &seed[48..])
}

impl Example {
    pub(crate) fn seed_of(&self, number: u8) -> Vec<u8> {
        (0..self.seed).map(|at| number ^ u8::try_from(at).unwrap()).collect()
    }

    /// The verdict of both implementations.
    pub(crate) fn valid(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let [ours, other] = (self.verify)(public, message, signature);
        assert_eq!(ours, other, "{}: the implementations disagree", self.name);
        ours
    }

    /// The known answers that are shipped: valid ones, signed in turn by one implementation and the
    /// other, then everything a verifier may get wrong.
    pub(crate) fn vectors(&self) -> Vectors {
        let messages = [&b"aye"[..], b"", b"althing:tx:v1", &[0x5a; 64], &[0xc3; 300]];
        let mut made: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = Vec::new();
        for (number, message) in (0..self.valid).zip(messages) {
            let (public, secret) = (self.generate)(&self.seed_of(number));
            let randomness = &self.seed_of(100)[..self.seed.min(32) / 8 * 8][..self.randomness()];
            let signature = if number % 2 == 0 {
                (self.sign)(&secret, message, randomness)
            } else {
                (self.sign_other)(&secret, message, randomness, &[])
            };
            made.push((public, message.to_vec(), signature));
        }
        let (_, secret) = (self.generate)(&self.seed_of(0));
        let other_context =
            (self.sign_other)(&secret, b"aye", &self.seed_of(100)[..self.randomness()], b"x");
        let (public, message, signature) = made[0].clone();
        let flipped = |at: usize, bit: u8| {
            let mut signature = signature.clone();
            signature[at] ^= bit;
            signature
        };
        let last = signature.len() - 1;
        let mut spoilt =
            vec![flipped(0, 1), flipped(last, 128), other_context, vec![0; signature.len()]];
        spoilt.extend((self.malformed)(&signature));
        let mut bad: Vec<_> = spoilt
            .into_iter()
            .map(|signature| (public.clone(), message.clone(), signature))
            .collect();
        bad.push((public.clone(), b"nay".to_vec(), signature.clone()));
        bad.push((public, b"aye\0".to_vec(), signature.clone()));
        bad.push((made[1].0.clone(), message, signature));

        let known = |valid| {
            move |parts: &(Vec<u8>, Vec<u8>, Vec<u8>)| -> Vector {
                let (public, message, signature) = parts;
                assert_eq!(self.valid(public, message, signature), valid, "{}", self.name);
                vector(public, message, signature, valid)
            }
        };
        let all = made.iter().map(known(true)).chain(bad.iter().map(known(false)));
        Vectors::new(all.collect()).unwrap()
    }

    pub(crate) fn randomness(&self) -> usize {
        if self.seed == 32 { 32 } else { self.seed / 3 }
    }
}
