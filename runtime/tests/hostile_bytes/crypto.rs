//! Signatures and ciphertexts.

use std::sync::LazyLock;

use althing_crypto::signing::{DEV_MEMBERS, OsEntropy, random_kem, signing_scheme};
use althing_crypto::{Check, Secret, kems, schemes};

use crate::check::{CALL_BASE, bounded, survives};
use crate::generator::cases;

const MESSAGE: &[u8] = b"althing:message:v1 aye";

struct Signed {
    scheme: &'static dyn althing_crypto::Scheme,
    public: Vec<u8>,
    signature: Vec<u8>,
}

/// A valid signature under every scheme.
static SIGNED: LazyLock<Vec<Signed>> = LazyLock::new(|| {
    let one = |scheme: &&'static dyn althing_crypto::Scheme| {
        let holds = |member: &&althing_crypto::signing::DevMember| member.scheme == scheme.id();
        let signing = signing_scheme(scheme.id()).unwrap();
        // No member of development chains holds a key on trial.
        let pair = match DEV_MEMBERS.iter().find(holds) {
            Some(member) => member.key_pair().unwrap(),
            None => signing.generate_from_seed(&[7; 32]).unwrap(),
        };
        let signature = signing.sign(&pair.secret, MESSAGE).unwrap();
        Signed { scheme: *scheme, public: pair.public, signature }
    };
    schemes().iter().map(one).collect()
});

#[test]
fn hostile_signatures_are_refused_by_every_scheme() {
    for Signed { scheme, public, signature } in SIGNED.iter() {
        let name = scheme.name();
        survives(name, cases() / 8, &mut |_| signature.clone(), &mut |bytes| {
            let valid = bounded(CALL_BASE, bytes, || scheme.verify(public, MESSAGE, bytes));
            assert_eq!(valid, bytes == signature);
        });
    }
}

#[test]
fn hostile_public_keys_are_refused_by_every_scheme() {
    for Signed { scheme, public, signature } in SIGNED.iter() {
        let name = format!("key of {}", scheme.name());
        survives(&name, cases() / 8, &mut |_| public.clone(), &mut |bytes| {
            let valid = bounded(CALL_BASE, bytes, || scheme.verify(bytes, MESSAGE, signature));
            assert_eq!(valid, bytes == public);
            let check =
                Check { scheme: scheme.id(), public: bytes, message: MESSAGE, signature: bytes };
            assert!(bounded(CALL_BASE, bytes, || check.verify()).is_err());
        });
    }
}

#[test]
fn hostile_ciphertexts_and_secrets_open_nothing_and_harm_nothing() {
    for kem in kems() {
        let random = random_kem(kem.id()).unwrap();
        let pair = random.generate(&mut OsEntropy).unwrap();
        let made = random.encapsulate(&pair.public, &mut OsEntropy).unwrap();
        let name = format!("ciphertext of {}", kem.name());
        survives(&name, cases() / 8, &mut |_| made.ciphertext.clone(), &mut |bytes| {
            let opened = bounded(CALL_BASE, bytes, || kem.decapsulate(&pair.secret, bytes));
            let same = opened.is_ok_and(|secret| secret.expose() == made.shared.expose());
            assert_eq!(same, bytes == made.ciphertext);
        });
        let name = format!("secret of {}", kem.name());
        let sample = pair.secret.expose().to_vec();
        survives(&name, cases() / 8, &mut |_| sample.clone(), &mut |bytes| {
            let secret = Secret::new(bytes.to_vec());
            let _ = bounded(CALL_BASE, bytes, || kem.decapsulate(&secret, &made.ciphertext));
            let _ = bounded(CALL_BASE, bytes, || kem.encapsulate_from_coins(bytes, &[7; 32]));
        });
    }
}
