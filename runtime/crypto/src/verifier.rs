//! Verification with a choice of backends, kept keys, and a cross-check in production.
//!
//! A fast backend is other code than the canonical one and must give the same verdicts (C7). The
//! tests of this crate show it on known answers and on spoilt bytes; what they cannot show is a
//! processor, a compiler or an input that nobody thought of. So a [`Verifier`] can hand every so
//! many signatures to the canonical backend as well and compare. Which ones depends on the bytes
//! of the signature alone: nothing is drawn, and a block that finds a [`Disagreement`] finds it
//! again. Whoever makes a signature can choose one that is not compared, so the comparison finds
//! faults, not attacks; against those there is the verifier with canonical backends.
//!
//! # Invariants
//!
//! - V1: backends, kept keys and cross-checks change how long a verdict takes, never the verdict.
//! - V2: a disagreement is no verdict: the whole batch is given up.
//! - V3: cheap refusals first: scheme, sizes, then the signature.

use core::num::NonZeroU32;
use std::sync::Arc;

use althing_primitives::{KeyHandle, SchemeId};
use rayon::prelude::*;
use xxhash_rust::xxh64::xxh64;

use crate::{
    KeyCache,
    backend::Backend,
    batch::{Check, Verdict, VerifyError},
    scheme::Scheme,
};

/// Batches up to this size are done by the caller itself: waking workers would cost more time
/// than it saves when the pool is busy with other batches.
const SERIAL_MAX: usize = 2;

/// Which backends decide.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Backends {
    /// The canonical one of every scheme.
    #[default]
    Canonical,
    /// The fast one where a scheme has one, else the canonical one.
    Fast,
}

/// The canonical and the fast backend of a scheme gave different verdicts on one signature. One
/// of them is wrong, or the machine is: nothing may be decided on either.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "the backends of scheme {scheme} disagree on a signature under key {}: valid is {canonical} \
     to the canonical one, {} to the fast one",
    .key.0,
    !.canonical
)]
pub struct Disagreement {
    /// The scheme.
    pub scheme: SchemeId,
    /// The handle of the public key.
    pub key: KeyHandle,
    /// What the canonical backend said.
    pub canonical: bool,
}

/// Checks signatures. The default one uses the canonical backends alone.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    backends: Backends,
    one_in: Option<NonZeroU32>,
    keys: Option<Arc<KeyCache>>,
    #[cfg(all(feature = "faulty-backend", debug_assertions))]
    fault: Option<SchemeId>,
}

impl Verifier {
    /// A verifier with these backends that keeps no keys and compares nothing.
    #[must_use]
    pub const fn new(backends: Backends) -> Self {
        Self {
            backends,
            one_in: None,
            keys: None,
            #[cfg(all(feature = "faulty-backend", debug_assertions))]
            fault: None,
        }
    }

    /// Let the canonical backend check one in so many signatures of fast ones as well.
    #[must_use]
    pub fn cross_checking(self, one_in: NonZeroU32) -> Self {
        Self { one_in: Some(one_in), ..self }
    }

    /// Keep decoded keys in `keys`. A cache belongs to verifiers with equal backends.
    #[must_use]
    pub fn with_keys(self, keys: Arc<KeyCache>) -> Self {
        Self { keys: Some(keys), ..self }
    }

    /// For tests of those who use a verifier: the fast backend of `scheme` refuses everything.
    #[cfg(all(feature = "faulty-backend", debug_assertions))]
    #[doc(hidden)]
    #[must_use]
    pub fn with_fault(self, scheme: SchemeId) -> Self {
        Self { fault: Some(scheme), ..self }
    }

    /// The backends that decide.
    #[must_use]
    pub const fn backends(&self) -> Backends {
        self.backends
    }

    /// Check one signature: the scheme first, then the sizes, then the signature itself.
    pub fn verify(&self, check: &Check<'_>) -> Result<Verdict, Disagreement> {
        match check.sized() {
            Ok(scheme) => {
                let valid = self.decide(scheme, check)?;
                Ok(if valid { Ok(()) } else { Err(VerifyError::Invalid) })
            }
            Err(refused) => Ok(Err(refused)),
        }
    }

    /// Check every signature, on all workers of the current rayon pool. Verdicts come in input
    /// order; one refusal does not stop the others.
    pub fn verify_all(&self, checks: &[Check<'_>]) -> Result<Vec<Verdict>, Disagreement> {
        if checks.len() <= SERIAL_MAX {
            return checks.iter().map(|check| self.verify(check)).collect();
        }
        let lanes = |check: &Check<'_>| self.lanes(check).is_some();
        if !checks.iter().any(lanes) {
            return checks.par_iter().map(|check| self.verify(check)).collect();
        }
        let (mut together, alone): (Vec<_>, Vec<_>) =
            (0..).zip(checks).partition(|(_, check)| lanes(check));
        together.sort_by_key(|(_, check)| check.scheme);
        let placed = |(at, check): &(usize, &Check<'_>)| Ok((*at, self.verify(check)?));
        let (together, alone) = rayon::join(
            || self.verify_together(&together),
            || alone.par_iter().map(placed).collect::<Result<Vec<_>, Disagreement>>(),
        );
        let (mut together, alone) = (together?, alone?);
        together.extend(alone);
        together.sort_unstable_by_key(|(at, _)| *at);
        Ok(together.into_iter().map(|(_, verdict)| verdict).collect())
    }

    /// The same, where code that was voted in decides on some: beside each check stands the code, if
    /// its scheme is not built in. Whoever names it has held the sizes against the registry.
    pub fn verify_mixed(
        &self,
        checks: &[(Check<'_>, Option<&dyn Backend>)],
    ) -> Result<Vec<Verdict>, Disagreement> {
        let built_in: Vec<Check<'_>> =
            checks.iter().filter(|(_, code)| code.is_none()).map(|(check, _)| *check).collect();
        if built_in.len() == checks.len() {
            return self.verify_all(&built_in);
        }
        let mut built_in = self.verify_all(&built_in)?.into_iter();
        let voted_in = checks.par_iter().map(|(check, code)| {
            code.map(|code| code.verify(check.public, check.message, check.signature))
        });
        let voted_in: Vec<Option<bool>> = voted_in.collect();
        let verdict = |valid: Option<bool>| match valid {
            Some(true) => Ok(()),
            Some(false) => Err(VerifyError::Invalid),
            // One verdict for each check without code, in order.
            None => built_in.next().unwrap_or(Err(VerifyError::Invalid)),
        };
        Ok(voted_in.into_iter().map(verdict).collect())
    }

    /// Check signatures, sorted by scheme, whose backends take several at a time.
    fn verify_together(
        &self,
        checks: &[(usize, &Check<'_>)],
    ) -> Result<Vec<(usize, Verdict)>, Disagreement> {
        let workers = rayon::current_num_threads();
        let mut batches = Vec::new();
        for same in checks.chunk_by(|(_, one), (_, next)| one.scheme == next.scheme) {
            let Some((scheme, lanes)) = same.first().and_then(|(_, one)| self.lanes(one)) else {
                continue;
            };
            // Few signatures are better shared among the workers than put into full lanes.
            let size = same.len().div_ceil(workers.max(1)).clamp(1, lanes);
            batches.extend(same.chunks(size).map(|batch| (scheme, batch)));
        }
        let verdicts: Vec<Vec<_>> = batches
            .into_par_iter()
            .map(|(scheme, batch)| self.verify_batch(scheme, batch))
            .collect::<Result<_, _>>()?;
        Ok(verdicts.into_iter().flatten().collect())
    }

    fn verify_batch(
        &self,
        scheme: &dyn Scheme,
        batch: &[(usize, &Check<'_>)],
    ) -> Result<Vec<(usize, Verdict)>, Disagreement> {
        let checks: Vec<Check<'_>> = batch.iter().map(|(_, check)| **check).collect();
        let backend = self.fast(scheme).unwrap_or(scheme.canonical());
        let valid = backend.verify_batch(&checks);
        let verdict = |((at, check), valid): (&(usize, &Check<'_>), bool)| {
            let valid = self.compared(scheme, check, valid)?;
            Ok((*at, if valid { Ok(()) } else { Err(VerifyError::Invalid) }))
        };
        batch.iter().zip(valid).map(verdict).collect()
    }

    /// The scheme of a check that is best done together with others, and with how many.
    fn lanes(&self, check: &Check<'_>) -> Option<(&'static dyn Scheme, usize)> {
        if self.backends == Backends::Canonical {
            return None;
        }
        let scheme = check.sized().ok()?;
        let lanes = scheme.fast()?.lanes();
        (lanes > 1).then_some((scheme, lanes))
    }

    fn fast<'a>(&self, scheme: &'a dyn Scheme) -> Option<&'a dyn Backend> {
        #[cfg(all(feature = "faulty-backend", debug_assertions))]
        if self.backends == Backends::Fast && self.fault == Some(scheme.id()) {
            return Some(&Never);
        }
        match self.backends {
            Backends::Canonical => None,
            Backends::Fast => scheme.fast(),
        }
    }

    fn decide(&self, scheme: &dyn Scheme, check: &Check<'_>) -> Result<bool, Disagreement> {
        match self.fast(scheme) {
            Some(fast) => self.compared(scheme, check, self.ask(fast, check)),
            None => Ok(self.ask(scheme.canonical(), check)),
        }
    }

    /// What a fast backend said, once the canonical one has been asked too if it is to be.
    fn compared(
        &self,
        scheme: &dyn Scheme,
        check: &Check<'_>,
        valid: bool,
    ) -> Result<bool, Disagreement> {
        if self.compares(check.signature) {
            let canonical = scheme.canonical().verify(check.public, check.message, check.signature);
            if canonical != valid {
                let key = KeyHandle::of(check.scheme, check.public);
                return Err(Disagreement { scheme: check.scheme, key, canonical });
            }
        }
        Ok(valid)
    }

    fn ask(&self, backend: &dyn Backend, check: &Check<'_>) -> bool {
        let &Check { scheme, public, message, signature } = check;
        let Some(keys) = self.keys.as_deref().filter(|_| backend.prepares()) else {
            return backend.verify(public, message, signature);
        };
        if let Some(key) = keys.get(scheme, public) {
            return key.verify(message, signature);
        }
        let Some(key) = backend.prepare(public) else { return false };
        let valid = key.verify(message, signature);
        // Whoever cannot sign cannot push out the keys of those who can.
        if valid {
            keys.insert(scheme, public, key);
        }
        valid
    }

    fn compares(&self, signature: &[u8]) -> bool {
        let one_in = self.one_in.map(|one_in| u64::from(one_in.get()));
        one_in.and_then(|one_in| xxh64(signature, 0).checked_rem(one_in)) == Some(0)
    }
}

/// A fast backend that is wrong about every valid signature.
#[cfg(all(feature = "faulty-backend", debug_assertions))]
struct Never;

#[cfg(all(feature = "faulty-backend", debug_assertions))]
impl Backend for Never {
    fn verify(&self, _: &[u8], _: &[u8], _: &[u8]) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use althing_primitives::Family;

    use super::*;
    use crate::scheme::Sizes;

    /// A scheme whose fast backend accepts everything and whose canonical one accepts what has an
    /// even first byte.
    struct Torn;
    struct Always;

    impl Backend for Torn {
        fn verify(&self, _: &[u8], _: &[u8], signature: &[u8]) -> bool {
            signature.first().is_some_and(|first| first % 2 == 0)
        }
    }

    impl Backend for Always {
        fn verify(&self, _: &[u8], _: &[u8], _: &[u8]) -> bool {
            true
        }
    }

    impl Scheme for Torn {
        fn id(&self) -> SchemeId {
            SchemeId(31)
        }
        fn name(&self) -> &'static str {
            "torn"
        }
        fn family(&self) -> Family {
            Family::Code
        }
        fn sizes(&self) -> Sizes {
            Sizes { public: 0, signature: 1, secret: 0, seed: None }
        }
        fn canonical(&self) -> &dyn Backend {
            self
        }
        fn fast(&self) -> Option<&dyn Backend> {
            Some(&Always)
        }
        fn verify_weight(&self) -> u64 {
            0
        }
    }

    fn decide(verifier: &Verifier, first: u8) -> Result<bool, Disagreement> {
        let check = Check { scheme: Torn.id(), public: &[], message: &[], signature: &[first] };
        verifier.decide(&Torn, &check)
    }

    #[test]
    fn a_disagreement_is_found_and_says_who_said_what() {
        let verifier = Verifier::new(Backends::Fast).cross_checking(NonZeroU32::MIN);
        assert_eq!(decide(&verifier, 2), Ok(true));
        let found = decide(&verifier, 3).unwrap_err();
        let key = KeyHandle::of(Torn.id(), &[]);
        assert_eq!(found, Disagreement { scheme: Torn.id(), key, canonical: false });
        let said = "valid is false to the canonical one, true to the fast one";
        assert!(found.to_string().ends_with(said), "{found}");
    }

    #[test]
    fn the_canonical_verifier_asks_no_fast_backend() {
        for verifier in [Verifier::default(), Verifier::default().cross_checking(NonZeroU32::MIN)] {
            assert_eq!((decide(&verifier, 2), decide(&verifier, 3)), (Ok(true), Ok(false)));
        }
    }

    #[test]
    fn code_that_was_voted_in_decides_on_its_own_checks_alone() {
        let check = |scheme, signature| Check { scheme, public: &[], message: &[], signature };
        let unknown = SchemeId(30);
        let mixed: [(Check<'_>, Option<&dyn Backend>); 3] = [
            (check(SchemeId(256), &[2]), Some(&Torn)),
            (check(unknown, &[2]), None),
            (check(SchemeId(256), &[3]), Some(&Torn)),
        ];
        let verdicts = Verifier::new(Backends::Fast).verify_mixed(&mixed);
        let expected = [
            Ok(()),
            Err(VerifyError::UnknownScheme { scheme: unknown }),
            Err(VerifyError::Invalid),
        ];
        assert_eq!(verdicts, Ok(expected.to_vec()));
    }

    #[test]
    fn one_in_so_many_signatures_is_compared_and_always_the_same_ones() {
        let verifier = Verifier::new(Backends::Fast).cross_checking(NonZeroU32::new(8).unwrap());
        let compared = || -> Vec<u32> {
            (0..8_000).filter(|number: &u32| verifier.compares(&number.to_le_bytes())).collect()
        };
        let first = compared();
        assert!((900..1_100).contains(&first.len()), "{}", first.len());
        assert_eq!(first, compared());
        assert!(!Verifier::new(Backends::Fast).compares(&[1]));
    }
}
