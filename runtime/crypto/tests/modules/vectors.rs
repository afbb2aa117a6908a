//! Known answers: bounds, enough of each kind, arbitrary bytes.

use althing_crypto::{Vectors, VectorsError, module::limits};
use proptest::prelude::*;

use crate::toy::{sign, vector, vector_list, vectors};

#[test]
fn what_is_encoded_decodes_to_the_same() {
    assert_eq!(Vectors::decode(&vectors().encode()), Ok(vectors()));
}

#[test]
fn bytes_after_the_last_vector_are_refused() {
    let mut bytes = vectors().encode();
    bytes.push(0);
    assert_eq!(Vectors::decode(&bytes), Err(VectorsError::Encoding));
    assert_eq!(Vectors::decode(&[]), Err(VectorsError::Encoding));
}

#[test]
fn too_few_of_a_kind_are_refused() {
    let (positive, negative) =
        vector_list().split_at_checked(4).map(|(a, b)| (a.to_vec(), b.to_vec())).unwrap();
    let together = |positive: &[_], negative: &[_]| Vectors::new([positive, negative].concat());
    let few = VectorsError::FewPositive { found: 2, min: 3 };
    assert_eq!(together(&positive[..2], &negative), Err(few));
    let few = VectorsError::FewNegative { found: 2, min: 3 };
    assert_eq!(together(&positive, &negative[..2]), Err(few));
    assert_eq!(together(&[], &[]), Err(VectorsError::FewPositive { found: 0, min: 3 }));
}

#[test]
fn repeated_vectors_count_once() {
    let list = vector_list();
    let same = [&list[..1], &list[..1], &list[..1], &list[4..]].concat();
    assert_eq!(Vectors::new(same), Err(VectorsError::FewPositive { found: 1, min: 3 }));
    let same = [&list[..4], &list[4..5], &list[4..5], &list[4..5]].concat();
    assert_eq!(Vectors::new(same), Err(VectorsError::FewNegative { found: 1, min: 3 }));
}

#[test]
fn one_key_is_not_enough() {
    let positive = [&b"a"[..], b"b", b"c"]
        .map(|message| vector(b"key1", message, &sign(b"key1", message), true));
    let list = [&positive[..], &vector_list()[4..]].concat();
    assert_eq!(Vectors::new(list), Err(VectorsError::OneKey));
}

#[test]
fn too_many_or_too_long_are_refused() {
    let many = vec![vector_list()[0].clone(); 257];
    assert_eq!(Vectors::new(many), Err(VectorsError::Many { found: 257, max: 256 }));
    let big = vector(b"key1", &vec![0; 64 * 1024], &[0; 8], false);
    let list = [vector_list(), vec![big; 8]].concat();
    let refused = Vectors::new(list).unwrap_err();
    let max = limits::VECTORS_BYTES_MAX;
    assert!(
        matches!(refused, VectorsError::Size { found, max: most } if found > max && most == max)
    );
    let found = max + 1;
    assert_eq!(Vectors::decode(&vec![0; found]), Err(VectorsError::Size { found, max }));
    // 2^30 vectors announced: refused before anything is allocated.
    assert_eq!(Vectors::decode(&[0xfe, 0xff, 0xff, 0xff]), Err(VectorsError::Encoding));
}

proptest! {
    /// Fuzz entry: any bytes are an error or vectors that encode to the same bytes.
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(vectors) = Vectors::decode(&bytes) {
            prop_assert_eq!(vectors.encode(), bytes);
        }
    }
}
