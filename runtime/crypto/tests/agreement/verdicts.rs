//! Everybody who can be asked, and the demand that they agree.
//!
//! Signatures: canonical and fast backends, prepared keys, batches with full lanes, verifiers that
//! keep keys and compare; `fips204` for schemes 2 and 3, `fips205` for scheme 4. Schemes 1 and 5
//! have no independent implementation that could be asked: scheme 1 has one backend, scheme 5 two
//! halves of one library, of which one is vector code.
//!
//! KEMs: `ml-kem`, `fips203`, `aws-lc-rs`, and the code of KEM 32, which opens the same ciphertexts
//! (C9) and is asked with the expanded form of the same key.

use std::{
    num::NonZeroU32,
    sync::{Arc, LazyLock},
};

use althing_crypto::{
    Backends, Check, Kem, KemError, KeyCache, SchemeId, Secret, Verifier, kem, scheme,
};
use aws_lc_rs::kem as aws_lc;
use fips203::{
    ml_kem_768 as fips,
    traits::{Decaps as _, Encaps as _, KeyGen as _, SerDes as _},
};
use fips204::traits::{SerDes as _, Verifier as _};
use fips205::traits::{SerDes as _, Verifier as _};

/// Every way there is to check a signature, apart from `Check::verify`.
static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| {
    let keys = || Arc::new(KeyCache::new(1 << 22));
    vec![
        Verifier::new(Backends::Canonical).with_keys(keys()),
        Verifier::new(Backends::Fast),
        Verifier::new(Backends::Fast).with_keys(keys()).cross_checking(NonZeroU32::MIN),
    ]
});

/// Whether `check` passes, on which everybody must agree.
pub(crate) fn agreed(check: &Check<'_>) -> bool {
    let verdict = check.verify();
    let same = |who: &str, valid: bool| {
        let [public, message, signature] =
            [check.public, check.message, check.signature].map(const_hex::encode);
        assert!(
            valid == verdict.is_ok(),
            "scheme {}: {who} says {valid}, canonical {verdict:?}: {public} {message} {signature}",
            check.scheme
        );
    };
    for verifier in VERIFIERS.iter() {
        let found = verifier.verify(check).expect("backends agree");
        same("a verifier", found.is_ok());
        assert_eq!(found, verdict, "one reason to refuse");
    }
    // The backends themselves, which also have to refuse what has another size.
    let scheme = scheme(check.scheme).expect("checks name built-in schemes");
    for backend in [Some(scheme.canonical()), scheme.fast()].into_iter().flatten() {
        same("a backend", backend.verify(check.public, check.message, check.signature));
        // All lanes full, and a batch that begins anew.
        let many = if backend.lanes() > 1 { backend.lanes() + 1 } else { 2 };
        for valid in backend.verify_batch(&vec![*check; many]) {
            same("a batch", valid);
        }
        if backend.prepares() {
            let key = backend.prepare(check.public);
            same("a key", key.is_some_and(|key| key.verify(check.message, check.signature)));
        }
    }
    if let Some(valid) = independent(check, &[]) {
        same("the independent implementation", valid);
    }
    verdict.is_ok()
}

/// The verdict of an implementation that shares no code with our backends, under a context; none
/// if the scheme has no such implementation. Other lengths are invalid, as they are to us.
pub(crate) fn independent(check: &Check<'_>, context: &[u8]) -> Option<bool> {
    macro_rules! verdict {
        ($set:path) => {{
            use $set as set;
            let (Ok(public), Ok(signature)) = (check.public.try_into(), check.signature.try_into())
            else {
                return Some(false);
            };
            set::PublicKey::try_from_bytes(public)
                .is_ok_and(|public| public.verify(check.message, &signature, context))
        }};
    }
    Some(match check.scheme {
        SchemeId::ML_DSA_44 => verdict!(fips204::ml_dsa_44),
        SchemeId::ML_DSA_65 => verdict!(fips204::ml_dsa_65),
        SchemeId::SLH_DSA_128S => verdict!(fips205::slh_dsa_sha2_128s),
        _ => return None,
    })
}

/// An ML-KEM-768 key pair in all its forms, on which everybody agrees.
pub(crate) struct KemKeys {
    /// `d || z`.
    pub(crate) seed: Secret,
    /// The encapsulation key.
    pub(crate) public: Vec<u8>,
    /// The decapsulation key as FIPS 203 encodes it: for those who take no seeds.
    pub(crate) expanded: Secret,
}

fn ml_kem() -> &'static dyn Kem {
    kem(SchemeId::ML_KEM_768).expect("built in")
}

/// The keys of `seed`.
pub(crate) fn kem_keys(seed: &[u8; 64]) -> KemKeys {
    let (d, z) = seed.split_at(32);
    let [d, z]: [[u8; 32]; 2] = [d, z].map(|half| half.try_into().expect("half of 64"));
    let (public, expanded) = fips::KG::keygen_from_seed(d, z);
    let public = public.into_bytes().to_vec();
    let pair = ml_kem().generate_from_seed(seed).expect("64 bytes");
    assert!(pair.public == public, "two public keys of one seed");
    KemKeys { seed: pair.secret, public, expanded: Secret::new(expanded.into_bytes().to_vec()) }
}

/// The secret that everybody finds in `ciphertext`; none if all refuse it for its length.
pub(crate) fn opened(keys: &KemKeys, ciphertext: &[u8]) -> Option<Vec<u8>> {
    let ours = match ml_kem().decapsulate(&keys.seed, ciphertext) {
        Ok(shared) => Some(shared.expose().to_vec()),
        Err(KemError::Size { .. }) => None,
        Err(other) => panic!("{other}"),
    };
    let same = |who: &str, shared: Option<Vec<u8>>| {
        assert!(shared == ours, "{who} opens otherwise: {}", const_hex::encode(ciphertext));
    };
    same("fips203", fips_opened(keys.expanded.expose(), ciphertext));
    same("aws-lc-rs", aws_lc_opened(keys.expanded.expose(), ciphertext));
    let kyber = kem(SchemeId::KYBER_768_R3).expect("built in");
    let theirs = kyber.decapsulate(&keys.expanded, ciphertext).ok();
    same("kem 32", theirs.map(|shared| shared.expose().to_vec()));
    ours
}

/// What `fips203` finds in `ciphertext` under an expanded key; none for another length.
pub(crate) fn fips_opened(expanded: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
    let expanded = expanded.try_into().expect("2400 bytes");
    let expanded = fips::DecapsKey::try_from_bytes(expanded).expect("a key it made");
    let ciphertext = fips::CipherText::try_from_bytes(ciphertext.try_into().ok()?).ok()?;
    Some(expanded.try_decaps(&ciphertext).expect("of this key").into_bytes().to_vec())
}

/// The same by `aws-lc-rs`.
pub(crate) fn aws_lc_opened(expanded: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
    let expanded = aws_lc::DecapsulationKey::new(&aws_lc::ML_KEM_768, expanded);
    let expanded = expanded.expect("2400 bytes");
    Some(expanded.decapsulate(ciphertext.into()).ok()?.as_ref().to_vec())
}

/// The ciphertext and secret that `coins` make for `public`; none if all refuse that key.
pub(crate) fn sealed(public: &[u8], coins: &[u8; 32]) -> Option<(Vec<u8>, Vec<u8>)> {
    let ours = match ml_kem().encapsulate_from_coins(public, coins) {
        Ok(made) => Some((made.ciphertext, made.shared.expose().to_vec())),
        Err(KemError::Size { .. } | KemError::PublicKey) => None,
        Err(other) => panic!("{other}"),
    };
    let theirs = fips_sealed(public, coins);
    assert!(theirs == ours, "fips203 seals otherwise: {}", const_hex::encode(public));
    // This one takes no coins, so only its judgement of the key compares.
    let key = aws_lc::EncapsulationKey::new(&aws_lc::ML_KEM_768, public);
    let taken = key.is_ok_and(|key| key.encapsulate().is_ok());
    assert_eq!(taken, ours.is_some(), "aws-lc-rs on {}", const_hex::encode(public));
    ours
}

fn fips_sealed(public: &[u8], coins: &[u8; 32]) -> Option<(Vec<u8>, Vec<u8>)> {
    let public = fips::EncapsKey::try_from_bytes(public.try_into().ok()?).ok()?;
    let (shared, ciphertext) = public.encaps_from_seed(coins);
    Some((ciphertext.into_bytes().to_vec(), shared.into_bytes().to_vec()))
}
