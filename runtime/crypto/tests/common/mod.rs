//! What the test files share.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::{
    num::NonZeroU32,
    sync::{Arc, LazyLock},
};

use althing_crypto::{
    Backends, Check, KeyCache, Scheme, SchemeId, Verifier, scheme, schemes,
    signing::{Entropy, EntropyError, dev_sphincs_r3, signing_scheme},
};

/// Bytes that are the same in every run.
pub(crate) struct Counting(pub(crate) u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for byte in bytes {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
        Ok(())
    }
}

/// A valid signature, owned so that tests can spoil it.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) scheme: SchemeId,
    pub(crate) public: Vec<u8>,
    pub(crate) message: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl Signed {
    fn new(scheme: &dyn Scheme) -> Self {
        let id = scheme.id();
        let signing = signing_scheme(id).expect("every scheme signs");
        let pair = if id == SchemeId::SPHINCS_R3 {
            dev_sphincs_r3()
        } else {
            signing.generate(&mut Counting(3)).expect("counting never fails")
        };
        let message = b"althing:message:v1 aye".to_vec();
        let signature = signing.sign(&pair.secret, &message).expect("a fresh key signs");
        Self { scheme: id, public: pair.public, message, signature }
    }

    pub(crate) fn check(&self) -> Check<'_> {
        Check {
            scheme: self.scheme,
            public: &self.public,
            message: &self.message,
            signature: &self.signature,
        }
    }
}

/// One valid signature per scheme, in the order of the table. Hash-based signing is slow, so a
/// test binary does it once.
pub(crate) static SIGNED: LazyLock<Vec<Signed>> =
    LazyLock::new(|| schemes().iter().map(|scheme| Signed::new(*scheme)).collect());

/// Decode hex from a vector file.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    const_hex::decode(text).expect("vector files hold hex")
}

/// Every way there is to check a signature, apart from `Check::verify`.
static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| {
    let keys = || Arc::new(KeyCache::new(1 << 22));
    vec![
        Verifier::new(Backends::Canonical).with_keys(keys()),
        Verifier::new(Backends::Fast),
        Verifier::new(Backends::Fast).with_keys(keys()).cross_checking(NonZeroU32::MIN),
    ]
});

/// Whether `check` passes, on which all backends, with and without prepared keys, must agree (C7).
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
        let batch = backend.verify_batch(&[*check, *check]);
        assert_eq!(batch, [verdict.is_ok(); 2], "scheme {}", check.scheme);
        if backend.prepares() {
            let key = backend.prepare(check.public);
            same("a key", key.is_some_and(|key| key.verify(check.message, check.signature)));
        }
    }
    verdict.is_ok()
}
