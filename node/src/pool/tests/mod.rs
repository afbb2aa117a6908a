//! The rules of the pool, as facts.

mod choose;
pub(crate) mod entries;
mod lines;
mod queue;
mod service;
