//! Run one node: store, pool, block authoring and import, and the RPC that wallets talk to.
//!
//! # What it owns
//!
//! Everything with a file, a socket or a clock. What a block means is decided in `runtime/`.

pub mod store;
