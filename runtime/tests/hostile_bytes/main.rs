//! A7: hostile bytes can be refused; they never make the node panic, loop, or allocate beyond a
//! stated bound.
//!
//! Every decoder that bytes from outside may reach, and every decoder of rows, is fed random
//! bytes, truncations, spoilt valid encodings and lengths of up to 2^536, the same in every run.
//! What decodes must encode to the bytes that were read (P2), and what a transaction with wild
//! values does is run too.
//!
//! `ALTHING_FUZZ_CASES` sets the cases per decoder (2,000), `ALTHING_FUZZ_SEED` their seed (0).
//!
//! Bounds, in live bytes above what was there before the call:
//!
//! - a decoder: 64 bytes for each byte of input, and 64 KiB ([`check::DECODER_BASE`]);
//! - all else: 64 bytes for each byte of input, and 4 MiB ([`check::CALL_BASE`]).

#![allow(clippy::unwrap_used, reason = "a test that cannot set out fails")]

mod calls;
#[path = "../chain/mod.rs"]
mod chain;
mod check;
mod counting;
mod crypto;
mod envelopes;
mod generator;
mod primitives;
mod rows;
mod shapes;
mod specs;
mod wild_state;
