//! What must hold of every decoder, whatever it is fed.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parity_scale_codec::{Decode, Encode, Error, Input};

use crate::counting::counted;
use crate::generator::{Rng, cases, feed};

/// What a decoder may hold beyond 64 bytes for each byte of its input.
pub(crate) const DECODER_BASE: usize = 64 * 1024;
/// What a whole call of the runtime may hold beyond 64 bytes for each byte of its input. Metadata
/// is the largest answer.
pub(crate) const CALL_BASE: usize = 4 * 1024 * 1024;
/// Bytes per byte of input, for both.
const PER_BYTE: usize = 64;

/// Feed `check` with hostile bytes; a panic names the target and the bytes.
pub(crate) fn survives(
    name: &str,
    cases: usize,
    sample: &mut dyn FnMut(&mut Rng) -> Vec<u8>,
    check: &mut dyn FnMut(&[u8]),
) {
    let mut guarded = |bytes: &[u8]| {
        if catch_unwind(AssertUnwindSafe(|| check(bytes))).is_err() {
            let shown = const_hex::encode(&bytes[..bytes.len().min(4_096)]);
            panic!("{name}: failed on {} bytes 0x{shown}", bytes.len());
        }
    };
    feed(&mut Rng::of(name), cases, sample, &mut guarded);
}

/// The result of `work` on `bytes`, which may hold `base` and 64 bytes for each of them.
pub(crate) fn bounded<T>(base: usize, bytes: &[u8], work: impl FnOnce() -> T) -> T {
    let (result, peak) = counted(work);
    let most = base + PER_BYTE * bytes.len();
    assert!(peak <= most, "{} bytes of input held {peak}, at most {most} may be", bytes.len());
    result
}

/// Feed the decoder of `T`. Gives how many inputs it took.
///
/// Where it takes one, the value encodes to exactly the bytes that were read.
pub(crate) fn decodes<T: Decode + Encode + PartialEq + Debug>(
    name: &str,
    sample: &mut dyn FnMut(&mut Rng) -> Vec<u8>,
) -> usize {
    let mut taken = 0;
    survives(name, cases(), sample, &mut |bytes| {
        let mut rest = bytes;
        if let Ok(value) = bounded(DECODER_BASE, bytes, || T::decode(&mut rest)) {
            let read = &bytes[..bytes.len() - rest.len()];
            assert_eq!(value.encode(), read, "{value:?} is not canonical");
            assert_eq!(T::decode(&mut &read[..]), Ok(value));
            taken += 1;
        }
        let mut metered = Metered { rest: bytes, steps: 0 };
        let _ = T::decode(&mut metered);
        assert!(metered.steps <= 2 * bytes.len() + 64, "{} reads", metered.steps);
    });
    taken
}

/// Input that counts how often it is asked for bytes: a decoder that loops asks too often.
struct Metered<'a> {
    rest: &'a [u8],
    steps: usize,
}

impl Input for Metered<'_> {
    fn remaining_len(&mut self) -> Result<Option<usize>, Error> {
        self.rest.remaining_len()
    }

    fn read(&mut self, into: &mut [u8]) -> Result<(), Error> {
        self.steps += 1;
        self.rest.read(into)
    }
}

mod tests {
    use parity_scale_codec::{Compact, Decode, Encode, Error, Input};

    use super::decodes;

    /// Believes the length it reads.
    #[derive(Debug, Encode, PartialEq)]
    struct Greedy(Vec<u8>);

    impl Decode for Greedy {
        fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
            let length = Compact::<u32>::decode(input)?.0.min(1 << 24);
            let mut bytes = Vec::with_capacity(length as usize);
            for _ in 0..length {
                bytes.push(input.read_byte()?);
            }
            Ok(Self(bytes))
        }
    }

    /// Takes every byte but one for the same value.
    #[derive(Debug, Encode, PartialEq)]
    struct Loose(bool);

    impl Decode for Loose {
        fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
            Ok(Self(input.read_byte()? != 0))
        }
    }

    /// Asks again and again when there is no more.
    #[derive(Debug, Encode, PartialEq)]
    struct Patient(u8);

    impl Decode for Patient {
        fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
            (0..100_000).find_map(|_| input.read_byte().ok()).map(Self).ok_or("no more".into())
        }
    }

    #[test]
    #[should_panic(expected = "Greedy: failed")]
    fn a_decoder_that_believes_a_length_is_found() {
        decodes::<Greedy>("Greedy", &mut |_| vec![8, 1, 2]);
    }

    #[test]
    #[should_panic(expected = "Loose: failed")]
    fn a_decoder_with_two_forms_of_one_value_is_found() {
        decodes::<Loose>("Loose", &mut |_| vec![1]);
    }

    #[test]
    #[should_panic(expected = "Patient: failed")]
    fn a_decoder_that_loops_is_found() {
        decodes::<Patient>("Patient", &mut |_| vec![1]);
    }
}
