//! One verdict for everything there is (C7): every backend of every scheme, with and without
//! prepared keys, alone and in batches, and independent implementations beside them, decide alike
//! on every input below. A disagreement fails this suite, and with it the build.
//!
//! | module | inputs |
//! |---|---|
//! | [`known_answers`] | `specs/vectors/crypto` |
//! | [`wycheproof`], [`acvp`] | [`public_vectors`], if `ALTHING_VECTORS` names their folder |
//! | [`slh_dsa`] | SLH-DSA-SHA2-128s, which public vectors lack, made by two implementations |
//! | [`regions`] | every region of keys and signatures spoilt, lengths, contexts, prefixes, zero keys |
//! | [`ml_dsa_bounds`] | ML-DSA signatures made to lie at the bounds of norms and hints |
//! | [`bounds`], [`spoilt`], [`hostile`] | other bounds, random spoiling, garbage |
//! | [`kems`] | key encapsulation: keys, ciphertexts, shared secrets |
//! | [`oracle`] | keys and signatures made by all, byte for byte |
//! | [`table`] | what the scheme table says of itself |
//!
//! All of them ask [`verdicts`], the only place that knows who there is to ask.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod acvp;
mod bounds;
mod hostile;
mod kems;
mod known_answers;
mod ml_dsa_bounds;
mod oracle;
mod public_vectors;
mod regions;
mod samples;
mod slh_dsa;
mod spoilt;
mod table;
mod verdicts;
mod wycheproof;
