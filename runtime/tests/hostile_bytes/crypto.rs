//! Signatures and ciphertexts.

use std::sync::LazyLock;

use althing_crypto::seal::{Envelope, Opener, SealPurpose, SealRecipient, Sealing};
use althing_crypto::signing::{DEV_MEMBERS, OsEntropy, random_kem, signing_scheme};
use althing_crypto::{Check, Secret, kems, schemes};

use crate::check::{CALL_BASE, DECODER_BASE, bounded, survives};
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

#[test]
fn hostile_envelopes_are_refused_or_stay_closed() {
    let genesis = althing_primitives::Hash256([9; 32]);
    let alice = &DEV_MEMBERS[0];
    let account = alice.account().unwrap();
    let pair = alice.encryption_key_pair().unwrap();
    let id = althing_crypto::signing::DevMember::ENCRYPTION_KEM;
    let sealing = Sealing {
        genesis,
        purpose: SealPurpose::File,
        sender: account,
        authors: &[],
        recipients: &[SealRecipient { account, kem: id, public: &pair.public }],
    };
    let whole = sealing.seal(MESSAGE, &mut OsEntropy).unwrap().to_bytes();
    let opener = Opener { account, kem: id, public: &pair.public, secret: &pair.secret };
    let mut taken = 0;
    survives("envelope", cases(), &mut |_| whole.clone(), &mut |bytes| {
        let Ok(envelope) = bounded(DECODER_BASE, bytes, || Envelope::from_bytes(bytes)) else {
            return;
        };
        taken += 1;
        assert_eq!(envelope.to_bytes(), bytes);
        let read = envelope.open(&opener, genesis, SealPurpose::File);
        assert_eq!(read.is_ok(), bytes == whole);
        assert!(!envelope.is_content_key(&[0; 32]));
    });
    assert!(taken > cases() / 8, "{taken} decoded");
}
