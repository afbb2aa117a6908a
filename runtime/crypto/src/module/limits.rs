//! What a module may be at most. Rule numbers: `specs/verifier-modules.md`, with the measurements
//! behind each number.

use althing_primitives::{PUBLIC_KEY_BYTES_MAX, SIGNATURE_BYTES_MAX};

/// The version of the interface that `althing_abi` and `althing_signer_abi` must name.
pub const ABI: u32 = 1;

/// VM3: bytes of a module.
pub const CODE_BYTES_MAX: usize = 1 << 20;
/// VM3: pages of memory, 64 KiB each: 16 MiB.
pub const MEMORY_PAGES_MAX: u64 = 256;
/// VM3: functions.
pub const FUNCTIONS_MAX: u32 = 4096;
/// VM3: bytes of one function.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// VM3: parameters and locals of one function.
pub const LOCALS_MAX: u32 = 1024;
/// VM3: values a function keeps on its operand stack.
pub const OPERANDS_MAX: u32 = 1024;
/// VM3: blocks open at one place.
pub const NESTING_MAX: u32 = 256;
/// VM3: targets of one `br_table`.
pub const BRANCH_TARGETS_MAX: u32 = 1024;
/// VM3: targets of all `br_table` of a function.
pub const BRANCH_TARGETS_FUNCTION_MAX: u32 = 4096;
/// VM3: function types.
pub const TYPES_MAX: u32 = 512;
/// VM3: parameters of a function type.
pub const PARAMETERS_MAX: usize = 64;
/// VM3: globals.
pub const GLOBALS_MAX: u32 = 64;
/// VM3: exports.
pub const EXPORTS_MAX: u32 = 64;
/// VM3: bytes of the name of an export.
pub const NAME_BYTES_MAX: usize = 64;
/// VM3: entries of the function table.
pub const TABLE_MAX: u64 = 4096;
/// VM3: data segments and element segments, each.
pub const SEGMENTS_MAX: u32 = 1024;
/// VM5: what the calls on top of each other may keep, in values of 8 bytes: 128 KiB.
pub const STACK_SLOTS_MAX: u64 = 16 * 1024;
/// VM5: what the engine gives them. The static bound is a quarter of it, so that no module ever
/// learns where it ends: that would differ between processors.
pub(super) const STACK_BYTES: usize = 512 * 1024;

/// VM7: bytes of a public key.
pub const PUBLIC_BYTES_MAX: u32 = PUBLIC_KEY_BYTES_MAX;
/// VM7: bytes of a signature.
pub const SIGNATURE_BYTES_MAX_OF_MODULES: u32 = SIGNATURE_BYTES_MAX;
/// VM7: the largest fuel cap.
pub const FUEL_MAX: u64 = 200_000_000;
/// VM8: bytes of a message. A longer one is never valid.
pub const MESSAGE_BYTES_MAX: usize = 1_536 * 1024;
/// VM6: fuel for `althing_abi` and other functions that name a number.
pub(super) const NUMBER_FUEL: u64 = 10_000;

/// VM13: bytes of a seed, and of the randomness of a signature.
pub const SEED_BYTES_MAX: u32 = 1024;
/// VM13: bytes of a secret.
pub const SECRET_BYTES_MAX: u32 = 64 * 1024;
/// VM14: fuel for one key pair or one signature: some ten seconds.
pub const SIGNER_FUEL: u64 = 30_000_000_000;

/// VM10: vectors of one scheme.
pub const VECTORS_MAX: u32 = 256;
/// VM10: bytes of all of them, encoded.
pub const VECTORS_BYTES_MAX: usize = 512 * 1024;
/// VM10: bytes of the message of a vector.
pub const VECTOR_MESSAGE_BYTES_MAX: u32 = 64 * 1024;
/// VM10: valid ones and invalid ones there must be, each.
pub const VECTORS_OF_EACH_MIN: usize = 3;
