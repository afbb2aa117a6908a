//! The members of a benchmark's chain: their keys and accounts.

use althing_crypto::signing::{OsEntropy, Signer, SigningScheme, signing_scheme};
use althing_crypto::{Secret, scheme, scheme_by_name, schemes};
use althing_primitives::{AccountId, KeyHandle, SchemeId};
use rayon::prelude::*;

use super::error::BenchError;
use super::progress::Progress;

/// Whether transactions carry signatures that can be verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Witness {
    /// They do, under this scheme, and every run verifies them.
    Signed(SchemeId),
    /// They carry zeros of the length of this scheme's, and count as verified before.
    Assumed(SchemeId),
}

impl Witness {
    /// The scheme of keys and lengths.
    pub(crate) fn scheme(self) -> SchemeId {
        let (Self::Signed(scheme) | Self::Assumed(scheme)) = self;
        scheme
    }
}

/// The scheme with this name.
pub(crate) fn scheme_named(name: &str) -> Result<SchemeId, BenchError> {
    let found = scheme_by_name(name).map(|scheme| scheme.id());
    found.ok_or_else(|| {
        let known: Vec<_> = schemes().iter().map(|scheme| scheme.name()).collect();
        BenchError::Scheme { name: name.to_owned(), known: known.join(", ") }
    })
}

/// The name of a scheme.
pub(crate) fn scheme_name(id: SchemeId) -> String {
    scheme(id).map_or_else(|| id.to_string(), |scheme| scheme.name().to_owned())
}

/// A member who sends something.
#[derive(Debug)]
pub(crate) struct Member {
    /// Whose key it is.
    pub(crate) account: AccountId,
    /// The key's name.
    pub(crate) handle: KeyHandle,
    /// The key.
    pub(crate) public: Vec<u8>,
    secret: Option<Secret>,
}

impl Member {
    /// What signs for the member; nothing if its key is made up.
    pub(crate) fn signer(&self, scheme: SchemeId) -> Result<Option<Box<dyn Signer>>, BenchError> {
        let Some(secret) = &self.secret else { return Ok(None) };
        Ok(Some(signing(scheme)?.signer(secret)?))
    }
}

/// Members with these numbers, on all workers of the current pool.
pub(crate) fn members(numbers: &[usize], witness: Witness) -> Result<Vec<Member>, BenchError> {
    let progress = Progress::new("making keys", numbers.len());
    let make = |number: &usize| {
        let member = member(*number, witness);
        progress.advance(1);
        member
    };
    numbers.par_iter().map(make).collect()
}

/// The account of a member who sends nothing and has no key.
pub(crate) fn silent(number: usize) -> AccountId {
    AccountId::of_pallet(&format!("bench/{number}"))
}

fn signing(id: SchemeId) -> Result<&'static dyn SigningScheme, BenchError> {
    signing_scheme(id).ok_or(BenchError::NoSigner { scheme: id })
}

fn member(number: usize, witness: Witness) -> Result<Member, BenchError> {
    let id = witness.scheme();
    let sizes = scheme(id).ok_or(BenchError::NoSigner { scheme: id })?.sizes();
    let (public, secret) = match witness {
        Witness::Assumed(_) => (noise(number, sizes.public), None),
        Witness::Signed(_) => {
            let scheme = signing(id)?;
            let pair = match sizes.seed {
                Some(bytes) => scheme.generate_from_seed(&noise(number, bytes))?,
                None => scheme.generate(&mut OsEntropy)?,
            };
            (pair.public, Some(pair.secret))
        }
    };
    let handle = KeyHandle::of(id, &public);
    let account = AccountId::from_key(handle, [0; 32]);
    Ok(Member { account, handle, public, secret })
}

/// Bytes that do not repeat and are the same for the same number.
pub(crate) fn noise(number: usize, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"althing:bench").update(&(number as u64).to_le_bytes());
    hasher.finalize_xof().fill(&mut bytes);
    bytes
}
