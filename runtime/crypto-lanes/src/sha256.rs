//! Sixteen SHA-256 computations side by side.

#![cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "vector registers are loaded and stored by pointer")
)]

#[cfg(target_arch = "x86_64")]
mod avx512;

/// How many computations run side by side.
pub(crate) const LANES: usize = 16;

/// A block of SHA-256.
pub(crate) type Block = [u8; 64];

/// The state after a first block: eight words, and eight that only fill the register.
pub(crate) type Start = [u32; 16];

/// The first half of a digest.
pub(crate) type Node = [u8; 16];

/// Proof that this processor has the instructions that the lanes need.
#[derive(Clone, Copy, Debug)]
pub struct Lanes(());

impl Lanes {
    /// The lanes of this processor, if it has any.
    #[must_use]
    pub fn detect() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw")
        {
            return Some(Self(()));
        }
        None
    }

    /// For each lane, go on from its start with its blocks; the first half of the digest. All
    /// lanes should have equally many blocks: those beyond the shortest list are not hashed.
    #[cfg(target_arch = "x86_64")]
    #[expect(clippy::unused_self, reason = "the value proves that the code may run")]
    pub(crate) fn digest(
        self,
        starts: &[&Start; LANES],
        blocks: &[&[Block]; LANES],
    ) -> [Node; LANES] {
        // SAFETY: a value of this type exists only where `detect` has found avx512f and avx512bw.
        unsafe { avx512::digest(starts, blocks) }
    }

    /// There are no lanes on this processor, so there is nobody to call this.
    #[cfg(not(target_arch = "x86_64"))]
    #[expect(clippy::unused_self, reason = "as above")]
    pub(crate) fn digest(self, _: &[&Start; LANES], _: &[&[Block]; LANES]) -> [Node; LANES] {
        [Node::default(); LANES]
    }
}
