//! Every region of keys and signatures spoilt, lengths off by one, contexts and prefixes that are
//! not ours, the two hash-based schemes for each other, keys of nothing.

use althing_crypto::{Check, SchemeId, schemes, signing::signing_scheme};
use fips204::traits::{KeyGen as _, Signer as _};
use fips205::traits::{KeyGen as _, Signer as _};

use crate::{
    samples::{SIGNED, Signed, signed},
    verdicts::{agreed, independent},
};

/// A part of a signature or key with a meaning of its own: name, first byte, bytes.
type Region = (String, usize, usize);

fn regions(parts: impl IntoIterator<Item = (String, usize)>) -> Vec<Region> {
    let mut start = 0;
    let mut place = |(name, length): (String, usize)| {
        let region = (name, start, length);
        start += length;
        region
    };
    parts.into_iter().map(&mut place).collect()
}

/// The regions of a signature with the SHA2-128s parameters, of either standard.
pub(crate) fn hash_based() -> Vec<Region> {
    const NODE: usize = 16;
    let mut parts = vec![("randomizer".to_owned(), NODE)];
    for tree in 0..14 {
        parts.push((format!("FORS tree {tree}, secret"), NODE));
        parts.push((format!("FORS tree {tree}, path"), 12 * NODE));
    }
    for layer in 0..7 {
        parts.push((format!("layer {layer}, chains"), 35 * NODE));
        parts.push((format!("layer {layer}, path"), 9 * NODE));
    }
    regions(parts)
}

fn signature_regions(id: SchemeId) -> Vec<Region> {
    let named = |parts: &[(&str, usize)]| {
        regions(parts.iter().map(|(name, length)| ((*name).to_owned(), *length)))
    };
    match id {
        SchemeId::ML_DSA_44 => {
            named(&[("challenge", 32), ("response", 4 * 576), ("hints", 80), ("hint ends", 4)])
        }
        SchemeId::ML_DSA_65 => {
            named(&[("challenge", 48), ("response", 5 * 640), ("hints", 55), ("hint ends", 6)])
        }
        SchemeId::FN_DSA_512 => named(&[("header", 1), ("nonce", 40), ("polynomial", 625)]),
        _ => hash_based(),
    }
}

fn public_regions(id: SchemeId) -> Vec<Region> {
    let parts = match id {
        SchemeId::FN_DSA_512 => vec![("header", 1), ("polynomial", 896)],
        SchemeId::ML_DSA_44 => vec![("matrix seed", 32), ("t1", 1280)],
        SchemeId::ML_DSA_65 => vec![("matrix seed", 32), ("t1", 1920)],
        _ => vec![("public seed", 16), ("root", 16)],
    };
    regions(parts.into_iter().map(|(name, length)| (name.to_owned(), length)))
}

#[test]
fn regions_cover_keys_and_signatures() {
    for scheme in schemes() {
        let total = |regions: Vec<Region>| regions.iter().map(|region| region.2).sum::<usize>();
        assert_eq!(total(signature_regions(scheme.id())), scheme.sizes().signature);
        assert_eq!(total(public_regions(scheme.id())), scheme.sizes().public);
    }
}

fn spoil(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut spoilt = bytes.to_vec();
    spoilt[at] ^= 1 << (at % 8);
    spoilt
}

#[test]
fn a_spoilt_region_is_refused_by_all() {
    for one in SIGNED.iter() {
        for (name, start, length) in signature_regions(one.scheme) {
            for at in [start, start + length / 2, start + length - 1] {
                let signature = &spoil(&one.signature, at);
                assert!(!agreed(&Check { signature, ..one.check() }), "{} {name}", one.scheme);
            }
        }
        for (name, start, length) in public_regions(one.scheme) {
            for at in [start, start + length / 2, start + length - 1] {
                let public = &spoil(&one.public, at);
                assert!(!agreed(&Check { public, ..one.check() }), "{} {name}", one.scheme);
            }
        }
    }
}

#[test]
fn lengths_off_by_one_are_refused_by_all() {
    for one in SIGNED.iter() {
        let shorter = |bytes: &[u8]| bytes[..bytes.len() - 1].to_vec();
        let later = |bytes: &[u8]| bytes[1..].to_vec();
        let longer = |bytes: &[u8]| [bytes, &[0][..]].concat();
        for change in [shorter, later, longer] {
            assert!(!agreed(&Check { public: &change(&one.public), ..one.check() }));
            assert!(!agreed(&Check { message: &change(&one.message), ..one.check() }));
            assert!(!agreed(&Check { signature: &change(&one.signature), ..one.check() }));
        }
    }
}

const MESSAGE: &[u8] = b"althing:message:v1 aye";

/// C4: what a signature means is in the payload. A context or a prefix is somebody else's
/// signature, though made with the same key.
fn only_the_pure_form(scheme: SchemeId, public: &[u8], sign: &dyn Fn(Form<'_>) -> Vec<u8>) {
    let passes =
        |signature: &[u8], message: &[u8]| agreed(&Check { scheme, public, message, signature });
    assert!(passes(&sign(Form::Pure(b"")), MESSAGE));
    for context in [&b"x"[..], b"althing", &[7; 255]] {
        let signature = sign(Form::Pure(context));
        assert!(!passes(&signature, MESSAGE), "{scheme} takes a context");
        // It is a signature, though: the standard's own interface takes it with its context.
        let check = Check { scheme, public, message: MESSAGE, signature: &signature };
        assert_eq!(independent(&check, context), Some(true));
        // Nor does it help to write the context where the message begins.
        let inside = [context, MESSAGE].concat();
        assert!(!passes(&signature, &inside));
    }
    let hashed = sign(Form::Hashed);
    assert!(!passes(&hashed, MESSAGE), "{scheme} takes a pre-hashed form");
    assert!(!passes(&hashed, &DIGEST));
    // The prefix of the pure form and that of the other, written by the signer.
    let pure = sign(Form::Pure(b""));
    for prefix in [&[0, 0][..], &[1, 0]] {
        assert!(!passes(&pure, &[prefix, MESSAGE].concat()));
    }
    let prefixed = [&[1, 0], &fips204::pre_hash::SHA2_256[..], &DIGEST].concat();
    assert!(!passes(&hashed, &prefixed));
}

/// Stands for a digest of SHA-256: nobody looks at what it is of.
const DIGEST: [u8; 32] = [0xd1; 32];

enum Form<'a> {
    Pure(&'a [u8]),
    Hashed,
}

#[test]
fn contexts_and_pre_hashed_forms_are_refused_by_all() {
    macro_rules! ml_dsa {
        ($set:path, $id:expr) => {{
            use $set as set;
            let secret = set::KG::keygen_from_seed(&[0x51; 32]).1;
            let public = signing_scheme($id).unwrap().generate_from_seed(&[0x51; 32]).unwrap();
            only_the_pure_form($id, &public.public, &|form| {
                let signature = match form {
                    Form::Pure(context) => secret.try_sign_with_seed(&[0; 32], MESSAGE, context),
                    Form::Hashed => {
                        let oid = &fips204::pre_hash::SHA2_256;
                        secret.try_hash_sign_with_seed(&[0; 32], &DIGEST, b"", oid)
                    }
                };
                signature.unwrap().to_vec()
            });
        }};
    }
    ml_dsa!(fips204::ml_dsa_44, SchemeId::ML_DSA_44);
    ml_dsa!(fips204::ml_dsa_65, SchemeId::ML_DSA_65);

    let secret = fips205::slh_dsa_sha2_128s::KG::keygen_from_seed(&[1; 16], &[2; 16], &[3; 16]).1;
    let seed = [[1; 16], [2; 16], [3; 16]].concat();
    let id = SchemeId::SLH_DSA_128S;
    let public = signing_scheme(id).unwrap().generate_from_seed(&seed).unwrap().public;
    only_the_pure_form(id, &public, &|form| {
        let signature = match form {
            Form::Pure(context) => secret.try_sign(MESSAGE, context, false),
            Form::Hashed => secret.try_hash_sign(&DIGEST, b"", &fips205::pre_hash::SHA2_256, false),
        };
        signature.unwrap().to_vec()
    });
}

#[test]
fn sphincs_round_3_and_slh_dsa_do_not_accept_each_other() {
    let (round_3, slh_dsa) = (signed(SchemeId::SPHINCS_R3), signed(SchemeId::SLH_DSA_128S));
    let crossed = |one: &Signed, scheme| agreed(&Check { scheme, ..one.check() });
    assert!(!crossed(&round_3, SchemeId::SLH_DSA_128S));
    assert!(!crossed(&slh_dsa, SchemeId::SPHINCS_R3));

    // Not for want of SLH-DSA's prefix either.
    let wrapped = Signed { message: [&[0, 0], &slh_dsa.message[..]].concat(), ..slh_dsa };
    assert!(!crossed(&wrapped, SchemeId::SPHINCS_R3));
}

/// Keys and signatures of nothing but zeros or ones. The only one that passes anywhere is the key
/// `t1 = 0`, see [`crate::ml_dsa_bounds`], and that not with zeros for a hash.
#[test]
fn keys_and_signatures_of_nothing_are_refused_by_all() {
    for one in SIGNED.iter() {
        for byte in [0, 0xff] {
            let (public, signature) =
                (vec![byte; one.public.len()], vec![byte; one.signature.len()]);
            assert!(!agreed(&Check { public: &public, ..one.check() }));
            assert!(!agreed(&Check { signature: &signature, ..one.check() }));
            let nothing = Check { public: &public, signature: &signature, ..one.check() };
            assert!(!agreed(&nothing));
            assert!(!agreed(&Check { message: b"", ..nothing }));
        }
    }
}
