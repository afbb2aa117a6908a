//! Prove to someone who holds only a state root that a row is, or is not, part of that state.
//!
//! The rules are `specs/state-tree.md`; rule numbers are cited where they are applied. The tree
//! itself lives in the executor. What both sides must agree on, the path of a key and the hash of a
//! node, is defined here, so that a wallet checks a proof without carrying an executor.
//!
//! # Invariants
//!
//! - A proof has at most [`DEPTH_MAX`] siblings, however it was made.
//! - Decoding allocates at most 8 KiB; no input makes decoding or checking panic.
//! - One fact about one root has one proof: any changed bit makes it fail.

mod lanes;

pub use lanes::{LANES, NodeInput, inner_hashes, leaf_hashes, node_input};

use parity_scale_codec::{
    Compact, Decode, DecodeAll, DecodeWithMemTracking, Encode, Error, Input, Output,
};

use crate::{Hash256, blake3_256, blake3_pair};

/// Bits in a path, and so the most siblings a proof can have.
pub const DEPTH_MAX: u16 = 256;

/// What stands for a subtree without rows, the whole tree included (T4).
pub const EMPTY_HASH: Hash256 = Hash256([0; 32]);

const LEAF_KEY: [u8; 32] = *b"althing:state-tree:v1:leaf      ";
const INNER_KEY: [u8; 32] = *b"althing:state-tree:v1:inner     ";

/// Where a row key sits in the tree (T1).
pub fn path_of(key: &[u8]) -> Hash256 {
    blake3_256(key)
}

/// Whether the path goes right at an inner node of this depth (T2). False past the last bit.
pub fn turns_right(path: &Hash256, depth: u16) -> bool {
    let mask = 0x80_u8.wrapping_shr(u32::from(depth % 8));
    path.0.get(usize::from(depth / 8)).is_some_and(|byte| byte & mask != 0)
}

/// The hash of a leaf (T3).
pub fn leaf_hash(path: &Hash256, value_hash: &Hash256) -> Hash256 {
    blake3_pair(&LEAF_KEY, path, value_hash)
}

/// The hash of an inner node (T5).
pub fn inner_hash(left: &Hash256, right: &Hash256) -> Hash256 {
    blake3_pair(&INNER_KEY, left, right)
}

/// What the path of the asked key runs into.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq)]
pub enum ProofEnd {
    /// A child without rows: the key is absent.
    #[codec(index = 0)]
    Empty,
    /// The leaf of the key itself. Its content is what the verifier already holds.
    #[codec(index = 1)]
    Row,
    /// The leaf of another key, alone in the subtree where this key would be: the key is absent.
    #[codec(index = 2)]
    OtherRow {
        /// Path of that other key.
        path: Hash256,
        /// Hash of that other row's value.
        value_hash: Hash256,
    },
}

/// A proof about one row: the nodes beside its path, and what the path ends in (T8).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StateProof {
    siblings: Vec<Hash256>,
    end: ProofEnd,
}

/// Why a proof does not show what it was presented for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProofError {
    /// T8.
    #[error("proof has {siblings} siblings, a path has {DEPTH_MAX} bits")]
    TooDeep {
        /// How many were given.
        siblings: usize,
    },
    /// T9: a value was claimed, the proof ends elsewhere.
    #[error("proof shows that the row is absent, a value was claimed")]
    ShowsAbsence,
    /// T9: absence was claimed, the proof ends in the row itself.
    #[error("proof shows that the row is present, absence was claimed")]
    ShowsPresence,
    /// T9: the other row must be another one.
    #[error("the other row of the proof has the path {path} of the asked row itself")]
    NotAnother {
        /// Path of both.
        path: Hash256,
    },
    /// T9: the other row must sit where the asked one would.
    #[error("the other row of the proof shares {shared} bits with the asked path, {depth} needed")]
    OffPath {
        /// Leading bits the two paths have in common.
        shared: u16,
        /// Depth of the leaf according to the proof.
        depth: u16,
    },
    /// T9: the hashes do not lead to the root.
    #[error("proof leads to root {found}, expected {expected}")]
    WrongRoot {
        /// The root the verifier trusts.
        expected: Hash256,
        /// What the proof hashes to.
        found: Hash256,
    },
}

impl StateProof {
    /// A proof with these siblings, the root's child first.
    pub fn new(siblings: Vec<Hash256>, end: ProofEnd) -> Result<Self, ProofError> {
        if siblings.len() > usize::from(DEPTH_MAX) {
            return Err(ProofError::TooDeep { siblings: siblings.len() });
        }
        Ok(Self { siblings, end })
    }

    /// The proof these bytes hold, with nothing behind it.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, Error> {
        Self::decode_all(&mut bytes)
    }

    /// The nodes beside the path, the root's child first.
    pub fn siblings(&self) -> &[Hash256] {
        &self.siblings
    }

    /// What the path ends in.
    pub fn end(&self) -> &ProofEnd {
        &self.end
    }

    /// Check that the state with this root holds `value` under `key`, or no such row if `None`.
    pub fn verify(
        &self,
        root: &Hash256,
        key: &[u8],
        value: Option<&[u8]>,
    ) -> Result<(), ProofError> {
        self.verify_hashed(root, &path_of(key), value.map(blake3_256).as_ref())
    }

    /// The same for someone who holds the hashes of key and value only.
    pub fn verify_hashed(
        &self,
        root: &Hash256,
        path: &Hash256,
        value_hash: Option<&Hash256>,
    ) -> Result<(), ProofError> {
        let end = match (value_hash, &self.end) {
            (Some(value_hash), ProofEnd::Row) => leaf_hash(path, value_hash),
            (Some(_), ProofEnd::Empty | ProofEnd::OtherRow { .. }) => {
                return Err(ProofError::ShowsAbsence);
            }
            (None, ProofEnd::Row) => return Err(ProofError::ShowsPresence),
            (None, ProofEnd::Empty) => EMPTY_HASH,
            (None, ProofEnd::OtherRow { path: other, value_hash }) => {
                self.check_other(path, other)?;
                leaf_hash(other, value_hash)
            }
        };
        let found = self.climb(path, end);
        if found != *root {
            return Err(ProofError::WrongRoot { expected: *root, found });
        }
        Ok(())
    }

    /// The other row must differ from the asked one, and sit on the asked path.
    fn check_other(&self, path: &Hash256, other: &Hash256) -> Result<(), ProofError> {
        if other == path {
            return Err(ProofError::NotAnother { path: *path });
        }
        let shared = shared_bits(path, other);
        let depth = u16::try_from(self.siblings.len()).unwrap_or(DEPTH_MAX);
        if shared < depth {
            return Err(ProofError::OffPath { shared, depth });
        }
        Ok(())
    }

    /// Hash from the end of the path up to the root.
    fn climb(&self, path: &Hash256, end: Hash256) -> Hash256 {
        let by_depth = (0..DEPTH_MAX).zip(&self.siblings).collect::<Vec<_>>();
        by_depth.into_iter().rev().fold(end, |node, (depth, sibling)| {
            if turns_right(path, depth) {
                inner_hash(sibling, &node)
            } else {
                inner_hash(&node, sibling)
            }
        })
    }
}

/// How many leading bits two paths have in common.
fn shared_bits(one: &Hash256, other: &Hash256) -> u16 {
    (0..DEPTH_MAX)
        .find(|depth| turns_right(one, *depth) != turns_right(other, *depth))
        .unwrap_or(DEPTH_MAX)
}

impl Encode for StateProof {
    fn size_hint(&self) -> usize {
        self.siblings.size_hint().saturating_add(self.end.size_hint())
    }

    fn encode_to<T: Output + ?Sized>(&self, output: &mut T) {
        self.siblings.encode_to(output);
        self.end.encode_to(output);
    }
}

// By hand, because the length must be refused before anything is allocated for it.
impl Decode for StateProof {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let Compact(count) = Compact::<u32>::decode(input)?;
        if count > u32::from(DEPTH_MAX) {
            return Err("state proof has more siblings than a path has bits".into());
        }
        let siblings = (0..count).map(|_| Hash256::decode(input)).collect::<Result<_, _>>()?;
        Ok(Self { siblings, end: ProofEnd::decode(input)? })
    }
}

impl DecodeWithMemTracking for StateProof {}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"row";
    const VALUE: &[u8] = b"value";

    fn leaf(key: &[u8], value: &[u8]) -> Hash256 {
        leaf_hash(&path_of(key), &blake3_256(value))
    }

    fn other_row(key: &[u8], value: &[u8]) -> ProofEnd {
        ProofEnd::OtherRow { path: path_of(key), value_hash: blake3_256(value) }
    }

    /// A key whose path leaves `KEY`'s at the first bit if `apart`, else follows it there.
    fn neighbour(apart: bool) -> [u8; 1] {
        let own = turns_right(&path_of(KEY), 0);
        let fits = |byte: &u8| (turns_right(&path_of(&[*byte]), 0) != own) == apart;
        [(0..=255).find(fits).unwrap()]
    }

    /// The tree of `KEY` and a row on the other side of the root.
    fn pair() -> (Hash256, StateProof) {
        let sibling = leaf(&neighbour(true), VALUE);
        let own = leaf(KEY, VALUE);
        let right = turns_right(&path_of(KEY), 0);
        let root = if right { inner_hash(&sibling, &own) } else { inner_hash(&own, &sibling) };
        (root, StateProof::new(vec![sibling], ProofEnd::Row).unwrap())
    }

    #[test]
    fn the_empty_state_holds_nothing() {
        let proof = StateProof::new(vec![], ProofEnd::Empty).unwrap();
        assert_eq!(proof.verify(&EMPTY_HASH, KEY, None), Ok(()));
        assert_eq!(proof.verify(&EMPTY_HASH, KEY, Some(VALUE)), Err(ProofError::ShowsAbsence));
        assert!(matches!(
            proof.verify(&leaf(KEY, VALUE), KEY, None),
            Err(ProofError::WrongRoot { .. })
        ));
    }

    #[test]
    fn a_single_row_is_its_own_root() {
        let root = leaf(KEY, VALUE);
        let proof = StateProof::new(vec![], ProofEnd::Row).unwrap();
        assert_eq!(proof.verify(&root, KEY, Some(VALUE)), Ok(()));
        assert_eq!(proof.verify(&root, KEY, None), Err(ProofError::ShowsPresence));
        for (key, value) in [(KEY, b"other".as_slice()), (b"other".as_slice(), VALUE)] {
            let refusal = proof.verify(&root, key, Some(value)).unwrap_err();
            assert!(matches!(refusal, ProofError::WrongRoot { .. }), "{refusal}");
        }
    }

    #[test]
    fn a_row_beside_another_is_proved_by_its_sibling() {
        let (root, proof) = pair();
        assert_eq!(proof.verify(&root, KEY, Some(VALUE)), Ok(()));
    }

    #[test]
    fn the_place_of_another_row_proves_absence() {
        let root = leaf(b"other", VALUE);
        let proof = StateProof::new(vec![], other_row(b"other", VALUE)).unwrap();
        assert_eq!(proof.verify(&root, KEY, None), Ok(()));
        assert_eq!(proof.verify(&root, KEY, Some(VALUE)), Err(ProofError::ShowsAbsence));
    }

    #[test]
    fn a_row_does_not_prove_its_own_absence() {
        let proof = StateProof::new(vec![], other_row(KEY, VALUE)).unwrap();
        let refusal = ProofError::NotAnother { path: path_of(KEY) };
        assert_eq!(proof.verify(&leaf(KEY, VALUE), KEY, None), Err(refusal));
    }

    #[test]
    fn a_row_elsewhere_does_not_prove_absence() {
        let (root, _) = pair();
        let elsewhere = other_row(&neighbour(true), VALUE);
        let proof = StateProof::new(vec![leaf(KEY, VALUE)], elsewhere).unwrap();
        let refusal = ProofError::OffPath { shared: 0, depth: 1 };
        assert_eq!(proof.verify(&root, KEY, None), Err(refusal));
        let asked = neighbour(false);
        let proof = StateProof::new(pair().1.siblings, other_row(KEY, VALUE)).unwrap();
        assert_eq!(proof.verify(&root, &asked, None), Ok(()));
    }

    #[test]
    fn more_siblings_than_bits_are_refused() {
        let siblings = vec![EMPTY_HASH; 257];
        let refusal = ProofError::TooDeep { siblings: 257 };
        assert_eq!(StateProof::new(siblings.clone(), ProofEnd::Empty), Err(refusal));
        assert!(StateProof::from_bytes(&(siblings, ProofEnd::Empty).encode()).is_err());
        let longest = (vec![EMPTY_HASH; 256], ProofEnd::Empty).encode();
        assert_eq!(StateProof::from_bytes(&longest).unwrap().encode(), longest);
    }

    #[test]
    fn a_claimed_length_allocates_nothing() {
        let bytes = Compact(u32::MAX).encode();
        assert!(StateProof::from_bytes(&bytes).is_err());
        assert!(StateProof::from_bytes(&Compact(u64::MAX).encode()).is_err());
    }

    #[test]
    fn cut_or_extended_bytes_are_refused() {
        let bytes = pair().1.encode();
        assert_eq!(StateProof::from_bytes(&bytes), Ok(pair().1));
        for end in 0..bytes.len() {
            assert!(StateProof::from_bytes(&bytes[..end]).is_err(), "{end} bytes");
        }
        assert!(StateProof::from_bytes(&[bytes, vec![0]].concat()).is_err());
    }

    #[test]
    fn paths_are_read_from_the_most_significant_bit() {
        let mut path = EMPTY_HASH;
        path.0[0] = 0b0100_0000;
        path.0[31] = 1;
        let right = (0..300).filter(|depth| turns_right(&path, *depth)).collect::<Vec<_>>();
        assert_eq!(right, [1, 255]);
        assert_eq!(shared_bits(&path, &EMPTY_HASH), 1);
        assert_eq!(shared_bits(&path, &path), DEPTH_MAX);
    }
}
