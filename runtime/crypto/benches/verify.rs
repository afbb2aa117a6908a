//! Time of one verification per scheme, by each backend and with a prepared key, and of batches on
//! the rayon pool. Ed25519 is here for comparison only.
//!
//! `Scheme::verify_weight` is the canonical number rounded up by a quarter.

use std::{hint::black_box, num::NonZeroU32, sync::Arc};

use althing_crypto::{
    Backend, Backends, Check, KeyCache, SchemeId, Verifier, schemes,
    signing::{OsEntropy, signing_scheme},
};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const BATCH: usize = 64;
/// Signers of the large batches.
const SIGNERS: usize = 1_000;
const MESSAGE: [u8; 150] = [7; 150];

struct Signed {
    scheme: SchemeId,
    public: Vec<u8>,
    signature: Vec<u8>,
}

impl Signed {
    fn new(id: SchemeId) -> Self {
        let scheme = signing_scheme(id).expect("every built-in scheme signs");
        let pair = scheme.generate(&mut OsEntropy).expect("the system has randomness");
        let signature = scheme.sign(&pair.secret, &MESSAGE).expect("a fresh key signs");
        Self { scheme: id, public: pair.public, signature }
    }

    fn check(&self) -> Check<'_> {
        Check {
            scheme: self.scheme,
            public: &self.public,
            message: &MESSAGE,
            signature: &self.signature,
        }
    }
}

fn single(c: &mut Criterion) {
    let mut group = c.benchmark_group("verify");
    group.throughput(Throughput::Elements(1));
    for scheme in schemes() {
        let one = Signed::new(scheme.id());
        let mut measure = |which: &str, backend: &dyn Backend| {
            group.bench_function(format!("{}/{which}", scheme.name()), |b| {
                b.iter(|| {
                    assert!(backend.verify(black_box(&one.public), &MESSAGE, &one.signature));
                });
            });
            if let Some(key) = backend.prepare(&one.public) {
                group.bench_function(format!("{}/{which}-prepared", scheme.name()), |b| {
                    b.iter(|| assert!(black_box(&key).verify(&MESSAGE, &one.signature)));
                });
            }
        };
        measure("canonical", scheme.canonical());
        if let Some(fast) = scheme.fast() {
            measure("fast", fast);
        }
    }
    let pair = Ed25519KeyPair::generate().expect("the system has randomness");
    let (public, signature) = (pair.public_key().as_ref().to_vec(), pair.sign(&MESSAGE));
    group.bench_function("ed25519", |b| {
        let key = UnparsedPublicKey::new(&ED25519, &public);
        b.iter(|| black_box(&key).verify(&MESSAGE, signature.as_ref()).expect("just signed"));
    });
    group.finish();
}

fn batches(c: &mut Criterion) {
    let mut group = c.benchmark_group("batch-of-64");
    group.throughput(Throughput::Elements(64));
    for scheme in schemes() {
        let one = Signed::new(scheme.id());
        let checks = vec![one.check(); BATCH];
        for backends in [Backends::Canonical, Backends::Fast] {
            let verifier = Verifier::new(backends);
            group.bench_function(format!("{}/{backends:?}", scheme.name()), |b| {
                b.iter(|| verifier.verify_all(black_box(&checks)).expect("backends agree"));
            });
        }
    }
    group.finish();
}

/// Many signers, as in a block: what kept keys and the cross-check cost and save.
fn signers(c: &mut Criterion) {
    let mut group = c.benchmark_group("batch-of-1000-signers");
    group.sample_size(20);
    group.throughput(Throughput::Elements(SIGNERS as u64));
    for id in [SchemeId::ML_DSA_44, SchemeId::FN_DSA_512] {
        let signed: Vec<_> = (0..SIGNERS).map(|_| Signed::new(id)).collect();
        let checks: Vec<_> = signed.iter().map(Signed::check).collect();
        let keys = || Arc::new(KeyCache::new(1 << 26));
        let one_in = NonZeroU32::new(1_024).expect("not zero");
        for (name, verifier) in [
            ("fast", Verifier::new(Backends::Fast)),
            ("fast-checked", Verifier::new(Backends::Fast).cross_checking(one_in)),
            ("fast-keys", Verifier::new(Backends::Fast).with_keys(keys())),
            ("canonical", Verifier::new(Backends::Canonical)),
            ("canonical-keys", Verifier::new(Backends::Canonical).with_keys(keys())),
        ] {
            group.bench_function(format!("scheme-{id}/{name}"), |b| {
                b.iter(|| verifier.verify_all(black_box(&checks)).expect("backends agree"));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, single, batches, signers);
criterion_main!(benches);
