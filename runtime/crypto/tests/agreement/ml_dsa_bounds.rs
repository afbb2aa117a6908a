//! ML-DSA signatures that lie exactly at a bound, and are valid but for it.
//!
//! Spoiling a signature changes what it hashes to, so that every implementation refuses it whatever
//! it thinks of the spoilt part. These are made the other way round: a public key whose `t1` is
//! zero makes the verifier compute `A z` alone, so anybody can choose `z` and the hints first and
//! then the hash that fits. What is left to decide is the bound. (Such a key is nobody's: whoever
//! can make one has given signatures away, not taken them.)

use althing_crypto::{Check, SchemeId, scheme};
use sha3::{
    Shake128, Shake256,
    digest::{ExtendableOutput as _, Update as _, XofReader as _},
};

use crate::verdicts::agreed;

const Q: u64 = 8_380_417;
const MESSAGE: &[u8] = b"althing:message:v1 at the bound";

/// What FIPS 204 says of a parameter set.
struct Set {
    id: SchemeId,
    rows: usize,
    columns: usize,
    /// log2 of the range of `z`.
    gamma1_bits: u32,
    gamma2: u64,
    beta: i64,
    omega: usize,
    challenge: usize,
    high_bits: usize,
}

const SETS: [Set; 2] = [
    Set {
        id: SchemeId::ML_DSA_44,
        rows: 4,
        columns: 4,
        gamma1_bits: 17,
        gamma2: (Q - 1) / 88,
        beta: 78,
        omega: 80,
        challenge: 32,
        high_bits: 6,
    },
    Set {
        id: SchemeId::ML_DSA_65,
        rows: 6,
        columns: 5,
        gamma1_bits: 19,
        gamma2: (Q - 1) / 32,
        beta: 196,
        omega: 55,
        challenge: 48,
        high_bits: 4,
    },
];

fn power(base: u64, exponent: u64) -> u64 {
    let (mut base, mut exponent, mut result) = (base % Q, exponent, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % Q;
        }
        base = base * base % Q;
        exponent >>= 1;
    }
    result
}

/// The coefficients of the polynomial with these values at the roots of `X^256 + 1`, in the order
/// of FIPS 204. Slow and plain.
fn interpolated(values: &[u64]) -> Vec<u64> {
    let root = |at: usize| {
        let exponent = u64::from((128 + u8::try_from(at / 2).unwrap()).reverse_bits());
        power(1_753, exponent + 256 * u64::from(at % 2 == 1))
    };
    let inverses: Vec<_> = (0..256).map(|at| power(root(at), Q - 2)).collect();
    let scale = power(256, Q - 2);
    let mut powers = vec![1; 256];
    let mut coefficients = Vec::new();
    for _ in 0..256 {
        let sum =
            values.iter().zip(&powers).fold(0, |sum, (value, power)| (sum + value * power) % Q);
        coefficients.push(sum * scale % Q);
        powers.iter_mut().zip(&inverses).for_each(|(power, inverse)| *power = *power * inverse % Q);
    }
    coefficients
}

/// Row and column of the matrix of `rho`, as coefficients.
fn matrix(rho: &[u8], row: usize, column: usize) -> Vec<u64> {
    let mut hash = Shake128::default();
    hash.update(rho);
    hash.update(&[u8::try_from(column).unwrap(), u8::try_from(row).unwrap()]);
    let mut reader = hash.finalize_xof();
    let mut values = Vec::new();
    while values.len() < 256 {
        let mut bytes = [0; 3];
        reader.read(&mut bytes);
        let value = u64::from_le_bytes([bytes[0], bytes[1], bytes[2] & 0x7f, 0, 0, 0, 0, 0]);
        values.extend((value < Q).then_some(value));
    }
    interpolated(&values)
}

fn shake256(parts: &[&[u8]], length: usize) -> Vec<u8> {
    let mut hash = Shake256::default();
    for part in parts {
        hash.update(part);
    }
    let mut bytes = vec![0; length];
    hash.finalize_xof().read(&mut bytes);
    bytes
}

/// Pack numbers of `bits` bits, lowest bits first.
fn packed(numbers: impl IntoIterator<Item = u64>, bits: usize) -> Vec<u8> {
    let mut all = Vec::new();
    for number in numbers {
        all.extend((0..bits).map(|bit| u8::from(number >> bit & 1 == 1)));
    }
    let byte = |bits: &[u8]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit);
    all.chunks(8).map(byte).collect()
}

impl Set {
    fn gamma1(&self) -> i64 {
        1 << self.gamma1_bits
    }

    fn public(&self) -> Vec<u8> {
        let mut public = vec![0; scheme(self.id).unwrap().sizes().public];
        public[..32].copy_from_slice(&[0x61; 32]);
        public
    }

    /// What the verifier finds the high bits of `value` to be, with or without a hint.
    fn high(&self, value: u64, hint: bool) -> u64 {
        let (step, count) = (2 * self.gamma2, (Q - 1) / (2 * self.gamma2));
        let low = value % step;
        let signed = i64::try_from(low).unwrap();
        let (low, high) = if low > self.gamma2 {
            (signed - i64::try_from(step).unwrap(), value / step + 1)
        } else {
            (signed, value / step)
        };
        // The last step is cut short and counts as the first, one lower.
        let (low, high) = if high == count { (low - 1, 0) } else { (low, high) };
        match (hint, low > 0) {
            (false, _) => high,
            (true, true) => (high + 1) % count,
            (true, false) => (high + count - 1) % count,
        }
    }

    /// A signature whose `z` is zero but for `value` as constant term of one polynomial, with
    /// hints at these places (polynomial, coefficient), encoded as they come. The hash fits.
    fn signature(&self, (column, value): (usize, i64), hints: &[(usize, u8)]) -> Vec<u8> {
        let public = self.public();
        let factor = u64::try_from(value.rem_euclid(i64::try_from(Q).unwrap())).unwrap();
        let mut high = Vec::new();
        for row in 0..self.rows {
            let product = matrix(&public[..32], row, column).into_iter().map(|a| a * factor % Q);
            high.extend(
                (0..=u8::MAX)
                    .zip(product)
                    .map(|(at, coefficient)| self.high(coefficient, hints.contains(&(row, at)))),
            );
        }
        let tr = shake256(&[&public], 64);
        let mu = shake256(&[&tr, &[0, 0], MESSAGE], 64);
        let mut signature = shake256(&[&mu, &packed(high, self.high_bits)], self.challenge);
        let constant = |at: usize| if at == column * 256 { value } else { 0 };
        let z =
            (0..self.columns * 256).map(|at| u64::try_from(self.gamma1() - constant(at)).unwrap());
        signature.extend(packed(z, self.gamma1_bits as usize + 1));
        let mut places = vec![0; self.omega];
        for (place, (_, at)) in places.iter_mut().zip(hints) {
            *place = *at;
        }
        signature.extend(places);
        let end = |row| hints.iter().filter(|(of, _)| *of <= row).count();
        signature.extend((0..self.rows).map(|row| u8::try_from(end(row)).unwrap()));
        signature
    }

    fn passes(&self, signature: &[u8]) -> bool {
        agreed(&Check { scheme: self.id, public: &self.public(), message: MESSAGE, signature })
    }

    /// As many hints as there may be, all in one polynomial.
    fn full(&self, row: usize) -> Vec<(usize, u8)> {
        (0..u8::try_from(self.omega).unwrap()).map(|at| (row, 3 * at)).collect()
    }
}

#[test]
fn the_norm_of_a_response_may_reach_its_bound_and_not_pass_it() {
    for set in &SETS {
        let bound = set.gamma1() - set.beta;
        for column in [0, set.columns - 1] {
            for (value, valid) in [
                (0, true),
                (1, true),
                (bound - 1, true),
                (1 - bound, true),
                (bound, false),
                (-bound, false),
                (set.gamma1(), false),
                (1 - set.gamma1(), false),
            ] {
                let signature = set.signature((column, value), &[]);
                assert_eq!(set.passes(&signature), valid, "{} {column} {value}", set.id);
            }
        }
    }
}

#[test]
fn hints_may_be_as_many_as_the_standard_says_and_have_one_encoding() {
    for set in &SETS {
        let last = set.rows - 1;
        for hints in [set.full(0), set.full(last), vec![(0, 255), (last, 0)], vec![(1, 7)]] {
            assert!(set.passes(&set.signature((0, 5), &hints)), "{} {hints:?}", set.id);
        }
        let hint_section = |signature: &[u8]| signature.len() - set.omega - set.rows;

        // Two places of one polynomial out of order, or the same one twice.
        assert!(!set.passes(&set.signature((0, 5), &[(0, 9), (0, 4)])));
        assert!(!set.passes(&set.signature((0, 5), &[(0, 4), (0, 4)])));
        // In order over two polynomials is no order at all.
        assert!(set.passes(&set.signature((0, 5), &[(0, 9), (1, 4)])));

        // Anything but zeros behind the last hint.
        let mut padded = set.signature((0, 5), &[(0, 9)]);
        let at = hint_section(&padded) + 1;
        padded[at] = 10;
        assert!(!set.passes(&padded));
        let at = hint_section(&padded) + set.omega - 1;
        padded[at] = 1;
        assert!(!set.passes(&padded));

        // Ends that fall, and ends beyond the section.
        let mut falling = set.signature((0, 5), &[(0, 9), (1, 4)]);
        let ends = hint_section(&falling) + set.omega;
        falling[ends + 1] = 0;
        assert!(!set.passes(&falling));
        for beyond in [set.omega + 1, 255] {
            let mut long = set.signature((0, 5), &set.full(last));
            *long.last_mut().unwrap() = u8::try_from(beyond).unwrap();
            assert!(!set.passes(&long));
        }
    }
}
