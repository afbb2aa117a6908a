//! The rules of the pool, as facts.

mod queue;
mod service;
