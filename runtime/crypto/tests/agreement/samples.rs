//! Valid signatures to begin with, the same in every run where the scheme lets them be.

#![allow(dead_code, reason = "whoever includes this file uses a part of it")]

use std::sync::LazyLock;

use althing_crypto::{
    Check, Scheme, SchemeId, schemes,
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

/// The signature of this scheme among them, to spoil.
pub(crate) fn signed(id: SchemeId) -> Signed {
    SIGNED.iter().find(|signed| signed.scheme == id).expect("every scheme is there").clone()
}

/// Decode hex from a vector file.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    const_hex::decode(text).expect("vector files hold hex")
}
