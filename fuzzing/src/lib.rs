//! Feed hostile bytes to everything that reads bytes from outside: the targets that libFuzzer and
//! the tests share.
//!
//! # What it owns
//!
//! [`TARGETS`]: for each decoder, and for the verification of each scheme, a function that takes
//! any bytes and panics if a promise was broken, with the valid inputs to begin with. How bytes are
//! made up is not its business:
//!
//! - `tests/bounded.rs` spoils the seeds by a fixed plan, a bounded number of times: `cargo test`;
//! - `libfuzzer/` lets coverage lead, for as long as one likes: `.ci/fuzz`, `cargo fuzz`.
//!
//! | module | targets |
//! |---|---|
//! | [`decoders`] | SCALE: extrinsics, calls, headers, blocks, rows, proofs, metadata |
//! | [`texts`] | files and text: chain specs, key files, proof files, blocks files, addresses |
//! | [`wallet`] | the wallet's own files: facts, transactions, requests, keys, modules' papers |
//! | [`modules`], [`envelopes`] | Wasm verifiers and signers, known answers, sealed files |
//! | [`signatures`], [`kems`] | verdicts of every scheme, secrets of every KEM: everybody compared |
//!
//! # Invariants
//!
//! - F1: a target never panics, loops or allocates without bound, unless the program is wrong.
//! - F2: every target accepts each of its seeds, so that spoiling begins behind the first checks.
//! - F3: a target depends on its bytes alone: the same bytes find the same fault again.
//!
//! # Adding a target
//!
//! A function from `&[u8]`, one from nothing to seeds, and a line in [`TARGETS`]. Programs never
//! depend on this crate.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a target that finds a fault panics")]

pub mod decoders;
pub mod envelopes;
pub mod kems;
pub mod modules;
pub mod signatures;
pub mod texts;
pub mod wallet;

use althing::output;

// The same generators and the same demands as the tests of the crates they belong to.
#[path = "../../runtime/tests/hostile_bytes/generator.rs"]
#[allow(
    dead_code,
    unfulfilled_lint_expectations,
    reason = "its own crate uses all, and forbids more"
)]
mod generator;
// The program has no need to show it: a command reads its files with it.
#[path = "../../client-cli/src/commands/crypto/inputs.rs"]
#[allow(dead_code, reason = "the commands use the rest")]
mod inputs;
#[path = "../../runtime/crypto/tests/agreement/samples.rs"]
mod samples;
#[path = "../../runtime/tests/hostile_bytes/shapes.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod shapes;
#[path = "../../runtime/crypto/tests/agreement/verdicts.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod verdicts;

/// Something that takes hostile bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, in lists, folders and on command lines.
    pub name: &'static str,
    /// Valid inputs.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Feed it. Panics if a promise was broken.
    pub feed: fn(&[u8]),
}

/// Every target.
pub static TARGETS: &[Target] = &[
    Target { name: "extrinsic", seeds: decoders::extrinsics, feed: decoders::extrinsic },
    Target { name: "call", seeds: decoders::calls, feed: decoders::call },
    Target { name: "header", seeds: decoders::headers, feed: decoders::header },
    Target { name: "block", seeds: decoders::blocks, feed: decoders::block },
    Target { name: "era", seeds: decoders::eras, feed: decoders::era },
    Target { name: "row", seeds: decoders::rows, feed: decoders::row },
    Target { name: "state-proof", seeds: decoders::proofs, feed: decoders::proof },
    Target { name: "metadata", seeds: decoders::metadatas, feed: decoders::metadata },
    Target { name: "address", seeds: texts::addresses, feed: texts::address },
    Target { name: "chain-spec", seeds: texts::chain_specs, feed: texts::chain_spec },
    Target { name: "node-spec", seeds: texts::node_specs, feed: texts::node_spec },
    Target { name: "key-file", seeds: texts::key_files, feed: texts::key_file },
    Target { name: "proof-file", seeds: texts::proof_files, feed: texts::proof_file },
    Target { name: "blocks-file", seeds: texts::blocks_files, feed: texts::blocks_file },
    Target { name: "sphincs-r3", seeds: signatures::sphincs_r3s, feed: signatures::sphincs_r3 },
    Target { name: "ml-dsa-44", seeds: signatures::ml_dsa_44s, feed: signatures::ml_dsa_44 },
    Target { name: "ml-dsa-65", seeds: signatures::ml_dsa_65s, feed: signatures::ml_dsa_65 },
    Target {
        name: "slh-dsa-128s",
        seeds: signatures::slh_dsa_128ss,
        feed: signatures::slh_dsa_128s,
    },
    Target { name: "fn-dsa-512", seeds: signatures::fn_dsa_512s, feed: signatures::fn_dsa_512 },
    Target { name: "kyber-768-r3", seeds: kems::kyber_768s, feed: kems::kyber_768 },
    Target { name: "ml-kem-768", seeds: kems::ml_kem_768s, feed: kems::ml_kem_768 },
    Target {
        name: "verifier-module",
        seeds: modules::verifier_modules,
        feed: modules::verifier_module,
    },
    Target { name: "signer-module", seeds: modules::signer_modules, feed: modules::signer_module },
    Target { name: "vectors", seeds: modules::vectors_of_schemes, feed: modules::vectors },
    Target { name: "facts-file", seeds: wallet::facts_files, feed: wallet::facts_file },
    Target {
        name: "transaction-file",
        seeds: wallet::transaction_files,
        feed: wallet::transaction_file,
    },
    Target { name: "recovery-file", seeds: wallet::recovery_files, feed: wallet::recovery_file },
    Target {
        name: "encryption-file",
        seeds: wallet::encryption_files,
        feed: wallet::encryption_file,
    },
    Target { name: "secret-file", seeds: wallet::secret_files, feed: wallet::secret_file },
    Target { name: "module-record", seeds: wallet::module_records, feed: wallet::module_record },
    Target {
        name: "module-manifest",
        seeds: wallet::module_manifests,
        feed: wallet::module_manifest,
    },
    Target { name: "vectors-file", seeds: wallet::vectors_files, feed: wallet::vectors_file },
    Target { name: "envelope", seeds: envelopes::envelopes, feed: envelopes::envelope },
];

/// The target called `name`.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
