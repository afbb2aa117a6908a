//! The chain on the composed runtime: restart, refusals, notices, export and import.

mod carry;
mod durable;
mod prune;
mod refuse;
