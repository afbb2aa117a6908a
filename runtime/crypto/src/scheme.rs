//! The signature scheme trait and the table of built-in schemes.

use althing_primitives::{Family, SchemeId};
use ml_dsa::{MlDsa44, MlDsa65};

use crate::{
    backend::Backend,
    signatures::{FnDsa512, MlDsa, SlhDsa128s, SphincsR3},
};

/// Exact lengths of a signature scheme, in bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sizes {
    /// The public key.
    pub public: usize,
    /// A signature. There are no variable-length signatures.
    pub signature: usize,
    /// The secret as `signing` takes it.
    pub secret: usize,
    /// The seed that a key pair can be derived from; `None` if the backend cannot.
    pub seed: Option<usize>,
}

/// A signature scheme the chain can be taught by vote.
///
/// Implementations are pure: same bytes in, same verdict out, on every machine. They never panic
/// on hostile input and never allocate more than their fixed sizes.
pub trait Scheme: Send + Sync {
    /// The registry's number, part of every key handle. Never reused.
    fn id(&self) -> SchemeId;
    /// The name people and files use.
    fn name(&self) -> &'static str;
    /// The assumption it rests on.
    fn family(&self) -> Family;
    /// Exact lengths.
    fn sizes(&self) -> Sizes;
    /// The code whose verdicts are the scheme's by definition.
    fn canonical(&self) -> &dyn Backend;
    /// Faster code with the same verdicts (C7), if this build has any.
    fn fast(&self) -> Option<&dyn Backend> {
        None
    }
    /// Whether `signature` over `message` was made with the secret of `public`, by the canonical
    /// backend. Lengths other than those of [`Scheme::sizes`] are refused. The context string,
    /// where a scheme has one, is empty.
    fn verify(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        self.canonical().verify(public, message, signature)
    }
    /// Reference time of one verification of a short message, in picoseconds (C10). Hashing a long
    /// message is paid by the length fee. It is the canonical backend's: a node may use no other.
    fn verify_weight(&self) -> u64;
}

static SPHINCS_R3: SphincsR3 = SphincsR3;
static ML_DSA_44: MlDsa<MlDsa44> = MlDsa::NEW;
static ML_DSA_65: MlDsa<MlDsa65> = MlDsa::NEW;
static SLH_DSA_128S: SlhDsa128s = SlhDsa128s;
static FN_DSA_512: FnDsa512 = FnDsa512;

static SCHEMES: [&dyn Scheme; 5] =
    [&SPHINCS_R3, &ML_DSA_44, &ML_DSA_65, &SLH_DSA_128S, &FN_DSA_512];

/// Every built-in signature scheme, by ascending id.
#[must_use]
pub fn schemes() -> &'static [&'static dyn Scheme] {
    &SCHEMES
}

/// The built-in signature scheme `id`.
#[must_use]
pub fn scheme(id: SchemeId) -> Option<&'static dyn Scheme> {
    SCHEMES.into_iter().find(|scheme| scheme.id() == id)
}

/// The built-in signature scheme called exactly `name`.
#[must_use]
pub fn scheme_by_name(name: &str) -> Option<&'static dyn Scheme> {
    SCHEMES.into_iter().find(|scheme| scheme.name() == name)
}

/// The same table for those who hold secrets.
#[cfg(feature = "signing")]
pub(crate) static SIGNING: [&dyn crate::signing::SigningScheme; 5] =
    [&SPHINCS_R3, &ML_DSA_44, &ML_DSA_65, &SLH_DSA_128S, &FN_DSA_512];
