//! Time of one verification per scheme, and of a batch of 64 on the rayon pool.
//!
//! `Scheme::verify_weight` is these numbers rounded up by a quarter.

use std::hint::black_box;

use althing_crypto::{
    Check, SchemeId, schemes,
    signing::{OsEntropy, signing_scheme},
    verify_all,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const BATCH: usize = 64;
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

fn verify(c: &mut Criterion) {
    let signed: Vec<_> = schemes().iter().map(|scheme| Signed::new(scheme.id())).collect();
    let mut group = c.benchmark_group("verify");
    for (scheme, one) in schemes().iter().zip(&signed) {
        group.throughput(Throughput::Elements(1));
        group.bench_function(scheme.name(), |b| {
            b.iter(|| black_box(one.check()).verify().expect("just signed"));
        });
    }
    group.finish();

    let mut group = c.benchmark_group("batch-of-64");
    for (scheme, one) in schemes().iter().zip(&signed) {
        let checks = vec![one.check(); BATCH];
        group.throughput(Throughput::Elements(64));
        group.bench_function(scheme.name(), |b| b.iter(|| verify_all(black_box(&checks))));
    }
    group.finish();
}

criterion_group!(benches, verify);
criterion_main!(benches);
