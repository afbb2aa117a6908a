//! What the static rules found in a module.

/// What a module is for: what it must export, and what else must hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Part of consensus.
    Verifier,
    /// Run by the wallet of one member.
    Signer,
}

/// A module as the static rules see it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Shape {
    /// Bytes of the module.
    pub code_bytes: u32,
    /// Pages of memory, 64 KiB each. A module has this much and cannot get more.
    pub memory_pages: u32,
    /// Functions.
    pub functions: u32,
    /// Instructions in all functions.
    pub instructions: u32,
    /// Bytes of the longest function.
    pub body_bytes_max: u32,
    /// Entries of the table of functions.
    pub table: u32,
    /// Bytes in data segments.
    pub data_bytes: u32,
    /// Values of 8 bytes that calls on top of each other keep at most; 0 where recursion is
    /// allowed (signers).
    pub stack_slots: u64,
    /// Names of the exports, in the module's order.
    pub exports: Vec<String>,
}
