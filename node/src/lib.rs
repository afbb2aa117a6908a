//! Run one node: store, pool, block authoring and import, and the RPC that wallets talk to.
//!
//! # What it owns
//!
//! Everything with a file, a socket or a clock. What a block means is decided in `runtime/`.
//!
//! # Shape
//!
//! | module | what it is |
//! |---|---|
//! | [`spec`] | where a chain begins |
//! | [`store`] | blocks and rows on disk |
//! | [`chain`] | the head: build, verify, commit |
//! | [`pool`] | transactions that wait for a block |
//! | [`author`], [`source`] | making blocks, and deciding when |
//! | [`rpc`] | what wallets and tools ask |
//! | [`service`] | one running node of all these |
//! | [`cli`] | what an operator types |
//! | `bench` | what all of this costs |

pub mod author;
mod bench;
pub mod blocks_file;
mod bounded_map;
pub mod chain;
pub mod cli;
pub mod clock;
pub mod pool;
mod proven;
pub mod rpc;
pub mod service;
pub mod shutdown;
pub mod source;
pub mod spec;
pub mod store;
#[cfg(test)]
mod testing;
