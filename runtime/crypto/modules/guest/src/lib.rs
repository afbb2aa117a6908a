//! What a verifier or signer module of an Althing chain consists of, apart from its scheme
//! (`specs/verifier-modules.md`).
//!
//! [`verifier!`] and [`signer!`] write the exports. Both lay out one buffer of static size: the
//! chain asks for it with `buffer(len)`, writes the inputs into it one after the other, and calls
//! a function with their lengths. A module is instantiated afresh for each call, so the buffer is
//! used once, and nothing has to be cleaned up.
//!
//! The crate holds the one thing that both need `unsafe` for, access to that buffer. On other
//! targets than WebAssembly it is empty apart from the macros.

#![no_std]

use core::cell::UnsafeCell;

#[cfg(feature = "alloc")]
mod heap;

/// Memory with a fixed place that the host writes to and the module reads.
#[repr(align(16))]
pub struct Buffer<const BYTES: usize>(UnsafeCell<[u8; BYTES]>);

// SAFETY: a module has one thread; the chain refuses modules with more.
unsafe impl<const BYTES: usize> Sync for Buffer<BYTES> {}

impl<const BYTES: usize> Buffer<BYTES> {
    /// Zeros.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it is made in a static")]
    pub const fn new() -> Self {
        Self(UnsafeCell::new([0; BYTES]))
    }

    /// Where the host may put `length` bytes. A longer input traps, which the chain takes for
    /// *invalid*.
    #[must_use]
    pub fn place(&self, length: u32) -> u32 {
        assert!(length as usize <= BYTES);
        self.0.get() as usize as u32
    }

    /// All of the buffer.
    ///
    /// # Safety
    ///
    /// Called once per export call, and what it gives is not kept beyond it: there is no other
    /// reference to the bytes then.
    #[must_use]
    #[expect(clippy::mut_from_ref, reason = "the caller promises that it is the only one")]
    pub unsafe fn bytes(&self) -> &mut [u8; BYTES] {
        // SAFETY: one thread, and the caller's promise.
        unsafe { &mut *self.0.get() }
    }
}

/// A panic ends the call: the chain takes a trap for *invalid*.
#[cfg(target_family = "wasm")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// The exports of a verifier.
///
/// `verifier!(public, signature, message, verify)`: exact bytes of keys and signatures, the most
/// bytes of a message, and a `fn(&[u8; public], &[u8], &[u8; signature]) -> bool`.
#[macro_export]
macro_rules! verifier {
    ($public:expr, $signature:expr, $message:expr, $verify:expr) => {
        static BUFFER: $crate::Buffer<{ $public + $signature + $message }> = $crate::Buffer::new();

        /// The version of the interface.
        #[unsafe(no_mangle)]
        pub extern "C" fn althing_abi() -> u32 {
            1
        }

        /// Where the input goes.
        #[unsafe(no_mangle)]
        pub extern "C" fn buffer(length: u32) -> u32 {
            BUFFER.place(length)
        }

        /// Whether the signature is valid.
        #[unsafe(no_mangle)]
        pub extern "C" fn verify(public: u32, message: u32, signature: u32) -> i32 {
            // SAFETY: the only reference in this call.
            let input: &[u8] = unsafe { BUFFER.bytes() };
            let verify: fn(&[u8; $public], &[u8], &[u8; $signature]) -> bool = $verify;
            let valid = || {
                let (public, rest) = input.split_at_checked(public as usize)?;
                let (message, rest) = rest.split_at_checked(message as usize)?;
                let signature = rest.get(..signature as usize)?;
                Some(verify(public.try_into().ok()?, message, signature.try_into().ok()?))
            };
            i32::from(valid() == Some(true))
        }
    };
}

/// The exports of a signer.
///
/// `signer!([seed, public, secret, signature, randomness], message, generate, sign)`: exact bytes;
/// the most bytes of a message; a `fn(&[u8; seed], &mut [u8; public], &mut [u8; secret]) -> bool`;
/// and a `fn(&[u8; secret], &[u8], &[u8; randomness], &mut [u8; signature]) -> bool`.
#[macro_export]
macro_rules! signer {
    (
        [$seed:expr, $public:expr, $secret:expr, $signature:expr, $randomness:expr],
        $message:expr,
        $generate:expr,
        $sign:expr
    ) => {
        const INPUT: usize = $secret + $message + $randomness;
        static BUFFER: $crate::Buffer<{ $seed + $public + $signature + INPUT }> =
            $crate::Buffer::new();

        /// The version of the interface.
        #[unsafe(no_mangle)]
        pub extern "C" fn althing_signer_abi() -> u32 {
            1
        }

        /// Where input goes and output comes.
        #[unsafe(no_mangle)]
        pub extern "C" fn buffer(length: u32) -> u32 {
            BUFFER.place(length)
        }

        /// Bytes of a seed.
        #[unsafe(no_mangle)]
        pub extern "C" fn seed_len() -> u32 {
            $seed
        }

        /// Bytes of a public key.
        #[unsafe(no_mangle)]
        pub extern "C" fn public_len() -> u32 {
            $public
        }

        /// Bytes of a secret.
        #[unsafe(no_mangle)]
        pub extern "C" fn secret_len() -> u32 {
            $secret
        }

        /// Bytes of a signature.
        #[unsafe(no_mangle)]
        pub extern "C" fn signature_len() -> u32 {
            $signature
        }

        /// Bytes of randomness that `sign` takes.
        #[unsafe(no_mangle)]
        pub extern "C" fn randomness_len() -> u32 {
            $randomness
        }

        /// Turn the seed in the buffer into a key pair there: public key, then secret.
        #[unsafe(no_mangle)]
        pub extern "C" fn generate(seed: u32) -> i32 {
            // SAFETY: the only reference in this call.
            let buffer: &mut [u8] = unsafe { BUFFER.bytes() };
            let generate: fn(&[u8; $seed], &mut [u8; $public], &mut [u8; $secret]) -> bool =
                $generate;
            let mut made = || {
                let seed: [u8; $seed] = buffer.get(..seed as usize)?.try_into().ok()?;
                let (public, rest) = buffer.split_at_mut_checked($public)?;
                let secret = rest.get_mut(..$secret)?;
                Some(generate(&seed, public.try_into().ok()?, secret.try_into().ok()?))
            };
            i32::from(made() == Some(true))
        }

        /// Sign with what is in the buffer: secret, message, randomness. The signature comes to
        /// its beginning.
        #[unsafe(no_mangle)]
        pub extern "C" fn sign(secret: u32, message: u32, randomness: u32) -> i32 {
            // SAFETY: the only reference in this call.
            let buffer: &mut [u8] = unsafe { BUFFER.bytes() };
            let sign: fn(&[u8; $secret], &[u8], &[u8; $randomness], &mut [u8; $signature]) -> bool =
                $sign;
            let mut output = [0; $signature];
            let mut signed = || {
                let (secret, rest) = buffer.split_at_checked(secret as usize)?;
                let (message, rest) = rest.split_at_checked(message as usize)?;
                let randomness = rest.get(..randomness as usize)?;
                let (secret, randomness) = (secret.try_into().ok()?, randomness.try_into().ok()?);
                Some(sign(secret, message, randomness, &mut output))
            };
            let signed = signed() == Some(true);
            if let Some(place) = buffer.get_mut(..$signature) {
                place.copy_from_slice(&output);
            }
            i32::from(signed)
        }
    };
}
