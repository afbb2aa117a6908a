//! The compression function in 512-bit registers: register `i` holds word `i` of all lanes.

use core::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_loadu_si512, _mm512_ror_epi32, _mm512_set_epi64,
    _mm512_set1_epi32, _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_shuffle_i32x4,
    _mm512_srli_epi32, _mm512_storeu_si512, _mm512_ternarylogic_epi32, _mm512_unpackhi_epi32,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
};

use super::{Block, LANES, Node, Start};

/// The round constants (FIPS 180-4, 4.2.2).
const K: [[u32; 16]; 4] = [
    [
        0x428a_2f98,
        0x7137_4491,
        0xb5c0_fbcf,
        0xe9b5_dba5,
        0x3956_c25b,
        0x59f1_11f1,
        0x923f_82a4,
        0xab1c_5ed5,
        0xd807_aa98,
        0x1283_5b01,
        0x2431_85be,
        0x550c_7dc3,
        0x72be_5d74,
        0x80de_b1fe,
        0x9bdc_06a7,
        0xc19b_f174,
    ],
    [
        0xe49b_69c1,
        0xefbe_4786,
        0x0fc1_9dc6,
        0x240c_a1cc,
        0x2de9_2c6f,
        0x4a74_84aa,
        0x5cb0_a9dc,
        0x76f9_88da,
        0x983e_5152,
        0xa831_c66d,
        0xb003_27c8,
        0xbf59_7fc7,
        0xc6e0_0bf3,
        0xd5a7_9147,
        0x06ca_6351,
        0x1429_2967,
    ],
    [
        0x27b7_0a85,
        0x2e1b_2138,
        0x4d2c_6dfc,
        0x5338_0d13,
        0x650a_7354,
        0x766a_0abb,
        0x81c2_c92e,
        0x9272_2c85,
        0xa2bf_e8a1,
        0xa81a_664b,
        0xc24b_8b70,
        0xc76c_51a3,
        0xd192_e819,
        0xd699_0624,
        0xf40e_3585,
        0x106a_a070,
    ],
    [
        0x19a4_c116,
        0x1e37_6c08,
        0x2748_774c,
        0x34b0_bcb5,
        0x391c_0cb3,
        0x4ed8_aa4a,
        0x5b9c_ca4f,
        0x682e_6ff3,
        0x748f_82ee,
        0x78a5_636f,
        0x84c8_7814,
        0x8cc7_0208,
        0x90be_fffa,
        0xa450_6ceb,
        0xbef9_a3f7,
        0xc671_78f2,
    ],
];

/// Truth tables of three inputs: their sum, the choice, the majority.
const XOR: i32 = 0x96;
const CHOOSE: i32 = 0xca;
const MAJORITY: i32 = 0xe8;

/// See [`super::Lanes::digest`].
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn digest(starts: &[&Start; LANES], blocks: &[&[Block]; LANES]) -> [Node; LANES] {
    let rows: [__m512i; LANES] = core::array::from_fn(|lane| {
        // SAFETY: a start is 64 bytes, which is what is read; the load needs no alignment.
        unsafe { _mm512_loadu_si512(starts[lane].as_ptr().cast()) }
    });
    let columns = transpose(&rows);
    let mut state: [__m512i; 8] = core::array::from_fn(|word| columns[word]);
    // Never beyond the shortest, whatever the caller says of equal lengths.
    let count = blocks.iter().map(|blocks| blocks.len()).min().unwrap_or(0);
    #[expect(clippy::needless_range_loop, reason = "one block of each of sixteen lists")]
    for at in 0..count {
        let rows: [__m512i; LANES] = core::array::from_fn(|lane| {
            // SAFETY: a block is 64 bytes, which is what is read; the load needs no alignment.
            let row = unsafe { _mm512_loadu_si512(blocks[lane][at].as_ptr().cast()) };
            swap_bytes(row)
        });
        compress(&mut state, &transpose(&rows));
    }
    nodes(&state)
}

/// Words are big endian in blocks and digests, little endian in registers.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn swap_bytes(words: __m512i) -> __m512i {
    let (high, low) = (0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let order = _mm512_set_epi64(high, low, high, low, high, low, high, low);
    _mm512_shuffle_epi8(words, order)
}

/// Rows to columns: word `i` of row `j` becomes word `j` of row `i`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn transpose(rows: &[__m512i; LANES]) -> [__m512i; LANES] {
    let mut columns = [_mm512_setzero_si512(); LANES];
    // Four rows at a time, so that quarter `q` of register `c` of a group holds word `4q + c` of
    // its four rows.
    let mut groups = [[_mm512_setzero_si512(); 4]; 4];
    for (group, rows) in groups.iter_mut().zip(rows.chunks_exact(4)) {
        let low =
            (_mm512_unpacklo_epi32(rows[0], rows[1]), _mm512_unpacklo_epi32(rows[2], rows[3]));
        let high =
            (_mm512_unpackhi_epi32(rows[0], rows[1]), _mm512_unpackhi_epi32(rows[2], rows[3]));
        *group = [
            _mm512_unpacklo_epi64(low.0, low.1),
            _mm512_unpackhi_epi64(low.0, low.1),
            _mm512_unpacklo_epi64(high.0, high.1),
            _mm512_unpackhi_epi64(high.0, high.1),
        ];
    }
    // Then quarter `q` of all four groups side by side.
    for c in 0..4 {
        let even = (
            _mm512_shuffle_i32x4::<0x88>(groups[0][c], groups[1][c]),
            _mm512_shuffle_i32x4::<0x88>(groups[2][c], groups[3][c]),
        );
        let odd = (
            _mm512_shuffle_i32x4::<0xdd>(groups[0][c], groups[1][c]),
            _mm512_shuffle_i32x4::<0xdd>(groups[2][c], groups[3][c]),
        );
        columns[c] = _mm512_shuffle_i32x4::<0x88>(even.0, even.1);
        columns[4 + c] = _mm512_shuffle_i32x4::<0x88>(odd.0, odd.1);
        columns[8 + c] = _mm512_shuffle_i32x4::<0xdd>(even.0, even.1);
        columns[12 + c] = _mm512_shuffle_i32x4::<0xdd>(odd.0, odd.1);
    }
    columns
}

/// The first four words of every lane, as bytes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn nodes(state: &[__m512i; 8]) -> [Node; LANES] {
    let low =
        (_mm512_unpacklo_epi32(state[0], state[1]), _mm512_unpacklo_epi32(state[2], state[3]));
    let high =
        (_mm512_unpackhi_epi32(state[0], state[1]), _mm512_unpackhi_epi32(state[2], state[3]));
    let quarters = [
        _mm512_unpacklo_epi64(low.0, low.1),
        _mm512_unpackhi_epi64(low.0, low.1),
        _mm512_unpacklo_epi64(high.0, high.1),
        _mm512_unpackhi_epi64(high.0, high.1),
    ];
    let mut nodes = [Node::default(); LANES];
    for (at, quarter) in quarters.into_iter().enumerate() {
        let mut four = [Node::default(); 4];
        // SAFETY: four nodes are 64 bytes, which is what is written; the store needs no alignment.
        unsafe { _mm512_storeu_si512(four.as_mut_ptr().cast(), swap_bytes(quarter)) };
        for (quarter, node) in four.into_iter().enumerate() {
            nodes[4 * quarter + at] = node;
        }
    }
    nodes
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn compress(state: &mut [__m512i; 8], words: &[__m512i; 16]) {
    let before = *state;
    let (mut s, mut w) = (before, *words);
    let [first, second, third, last] = &K;
    for constants in [first, second, third] {
        sixteen::<true>(&mut s, &mut w, constants);
    }
    sixteen::<false>(&mut s, &mut w, last);
    for (word, (after, before)) in state.iter_mut().zip(s.into_iter().zip(before)) {
        *word = _mm512_add_epi32(after, before);
    }
}

/// Sixteen rounds, and the words of the next sixteen if there are any. Written out, because the
/// words stay in registers only if each has a place known to the compiler.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn sixteen<const MORE: bool>(s: &mut [__m512i; 8], w: &mut [__m512i; 16], constants: &[u32; 16]) {
    macro_rules! rounds {
        ($($i:literal)*) => {$(
            round(s, w[$i], constants[$i]);
            if MORE {
                w[$i] = schedule(w, $i);
            }
        )*};
    }
    rounds!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
}

/// One round (FIPS 180-4, 6.2.2).
#[expect(clippy::many_single_char_names, reason = "the standard's names")]
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn round(s: &mut [__m512i; 8], word: __m512i, constant: u32) {
    let [a, b, c, d, e, f, g, h] = *s;
    let sum1 = xor3(_mm512_ror_epi32::<6>(e), _mm512_ror_epi32::<11>(e), _mm512_ror_epi32::<25>(e));
    let choice = _mm512_ternarylogic_epi32::<CHOOSE>(e, f, g);
    let constant = _mm512_set1_epi32(constant.cast_signed());
    let first = _mm512_add_epi32(
        _mm512_add_epi32(_mm512_add_epi32(h, sum1), choice),
        _mm512_add_epi32(word, constant),
    );
    let sum0 = xor3(_mm512_ror_epi32::<2>(a), _mm512_ror_epi32::<13>(a), _mm512_ror_epi32::<22>(a));
    let majority = _mm512_ternarylogic_epi32::<MAJORITY>(a, b, c);
    let second = _mm512_add_epi32(sum0, majority);
    *s = [_mm512_add_epi32(first, second), a, b, c, _mm512_add_epi32(d, first), e, f, g];
}

/// The word sixteen places after word `i`, which it replaces.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn schedule(w: &[__m512i; 16], i: usize) -> __m512i {
    let (near, far) = (w[(i + 1) % 16], w[(i + 14) % 16]);
    let sigma0 = xor3(
        _mm512_ror_epi32::<7>(near),
        _mm512_ror_epi32::<18>(near),
        _mm512_srli_epi32::<3>(near),
    );
    let sigma1 = xor3(
        _mm512_ror_epi32::<17>(far),
        _mm512_ror_epi32::<19>(far),
        _mm512_srli_epi32::<10>(far),
    );
    _mm512_add_epi32(_mm512_add_epi32(w[i], sigma0), _mm512_add_epi32(w[(i + 9) % 16], sigma1))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<XOR>(a, b, c)
}
