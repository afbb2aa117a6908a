//! Hostile bytes, the same in every run.

use parity_scale_codec::{Compact, Encode};

/// Lengths and numbers that no honest encoder writes where they are put: 2^30 - 1, 2^30, 2^32 - 1,
/// 2^32, 2^64 - 1, 2^128 - 1, 2^536 - 1, and zeros in longer forms than they need.
pub(crate) const BOMBS: [&[u8]; 10] = [
    &[0xfe, 0xff, 0xff, 0xff],
    &[3, 0, 0, 0, 0x40],
    &[3, 0xff, 0xff, 0xff, 0xff],
    &[7, 0, 0, 0, 0, 1],
    &[0x13, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x33, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255],
    &[0xff; 68],
    &[1, 0],
    &[2, 0, 0, 0],
    &[3, 0, 0, 0, 0],
];

/// Positions of one encoding at which bombs and cuts are tried one by one.
const POSITIONS_MAX: usize = 256;

/// A small generator of pseudo-random numbers (splitmix64).
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    /// A generator for the target of this name.
    pub(crate) fn of(name: &str) -> Self {
        let mix = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325 ^ setting("ALTHING_FUZZ_SEED", 0), mix))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 if there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end as u64).max(1)).unwrap()
    }

    pub(crate) fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }

    /// A position in `length` bytes: often near an end, where the small fields are.
    fn position(&mut self, length: usize) -> usize {
        match self.below(3) {
            0 => self.below(length.min(48)),
            1 => length - 1 - self.below(length.min(48)),
            _ => self.below(length),
        }
    }
}

/// How many cases each target gets.
pub(crate) fn cases() -> usize {
    usize::try_from(setting("ALTHING_FUZZ_CASES", 2_000)).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a test may be told how long to run")]
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Feed `check` with `cases` hostile encodings, most of them made from what `sample` gives, and
/// before these with bombs and cuts at the positions of one sample.
pub(crate) fn feed(
    rng: &mut Rng,
    cases: usize,
    sample: &mut dyn FnMut(&mut Rng) -> Vec<u8>,
    check: &mut dyn FnMut(&[u8]),
) {
    let whole = sample(rng);
    check(&whole);
    let step = whole.len().div_ceil(POSITIONS_MAX).max(1);
    // Few cases try few positions, so that slow targets stay quick.
    let step = step.max(whole.len() * BOMBS.len() / cases.max(1));
    for at in (0..=whole.len()).step_by(step) {
        check(&whole[..at]);
        for bomb in BOMBS {
            let rest = whole.get(at + 1..).unwrap_or(&[]);
            check(&[&whole[..at], bomb, rest].concat());
        }
    }
    for _ in 0..cases {
        let bytes = hostile(rng, sample);
        check(&bytes);
    }
}

fn hostile(rng: &mut Rng, sample: &mut dyn FnMut(&mut Rng) -> Vec<u8>) -> Vec<u8> {
    if rng.one_in(8) {
        let most = 1 << rng.below(11);
        let length = rng.below(most);
        return rng.bytes(length);
    }
    let mut bytes = sample(rng);
    if bytes.is_empty() {
        return bytes;
    }
    match rng.below(8) {
        0 => {}
        1 => bytes.truncate(rng.position(bytes.len())),
        2 => {
            let length = rng.below(16);
            bytes.extend(rng.bytes(length));
        }
        3 => {
            let other = sample(rng);
            bytes.truncate(rng.position(bytes.len()));
            bytes.extend_from_slice(&other[rng.below(other.len() + 1)..]);
        }
        4 => spoil(rng, &mut bytes),
        5 => {
            let at = rng.position(bytes.len());
            let bomb = *rng.pick(&BOMBS);
            bytes.splice(at..=at, bomb.iter().copied());
        }
        _ => {
            for _ in 0..rng.below(6) + 2 {
                if !bytes.is_empty() {
                    spoil(rng, &mut bytes);
                }
            }
        }
    }
    bytes
}

/// Change one place of bytes that are not empty.
fn spoil(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let at = rng.position(bytes.len());
    match rng.below(6) {
        0 => bytes[at] ^= 1 << rng.below(8),
        1 => bytes[at] = *rng.pick(&[0, 1, 0x7f, 0x80, 0xfc, 0xfe, 0xff]),
        2 => bytes[at] = rng.next() as u8,
        3 => bytes[at] = bytes[at].wrapping_add(1),
        4 => {
            bytes.remove(at);
        }
        _ => bytes.insert(at, rng.next() as u8),
    }
}

/// These bytes after their length, as extrinsics and byte strings are written.
pub(crate) fn prefixed(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap();
    [Compact(length).encode(), bytes.to_vec()].concat()
}
