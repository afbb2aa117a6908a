//! The roots and proofs pinned in `specs/vectors/state-tree.json`.
//!
//! `BLESS=1 cargo test -p althing-executor --test state_tree_vectors` rewrites the file. Roots are
//! part of every header: a change here is a fork, and needs a new tree engine, not a blessing.

use althing_executor::State;
use althing_primitives::StateProof;
use althing_primitives::state_proof::path_of;
use parity_scale_codec::Encode;
use serde::{Deserialize, Serialize};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/vectors/state-tree.json");

/// A set of rows, its root, and proofs about it. All bytes are hex.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Case {
    name: String,
    rows: Vec<(String, String)>,
    root: String,
    proofs: Vec<Claim>,
}

/// What a state holds under a key, `null` for nothing, and the proof of it.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Claim {
    key: String,
    value: Option<String>,
    proof: String,
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    const_hex::encode(bytes)
}

fn case(name: &str, rows: &[(Vec<u8>, Vec<u8>)], asked: &[Vec<u8>]) -> Case {
    let state = State::from_rows(rows.iter().map(|(key, value)| (key, value)));
    let claim = |key: &Vec<u8>| Claim {
        key: hex(key),
        value: state.get(key).map(hex),
        proof: hex(state.prove(key).encode()),
    };
    Case {
        name: name.to_owned(),
        rows: rows.iter().map(|(key, value)| (hex(key), hex(value))).collect(),
        root: hex(state.root()),
        proofs: asked.iter().map(claim).collect(),
    }
}

fn number(number: u16) -> Vec<u8> {
    number.to_le_bytes().to_vec()
}

/// Rows with 2-byte keys, each holding its key as often as its low four bits say.
fn numbered_rows(count: u16) -> Vec<(Vec<u8>, Vec<u8>)> {
    (0..count).map(|n| (number(n), number(n).repeat(usize::from(n % 16)))).collect()
}

/// The first key whose path begins with the same 12 bits as that of key 0.
fn neighbour_of_zero() -> Vec<u8> {
    let start = |n: u16| {
        let path = path_of(&number(n));
        (path.0[0], path.0[1] >> 4)
    };
    number((1..=u16::MAX).find(|n| start(*n) == start(0)).expect("one key in 4096 does"))
}

fn cases() -> Vec<Case> {
    let asked: Vec<_> = [0, 1, 2, 99, 100, 101, 102, 103].map(number).into();
    let row = |key: Vec<u8>| (key, b"value".to_vec());
    vec![
        case("no rows", &[], &asked[..1]),
        case("one row", &numbered_rows(1), &asked[..2]),
        case("the empty key", &[row(vec![])], &[vec![], number(0)]),
        case("two rows", &numbered_rows(2), &asked[..4]),
        case("three rows", &numbered_rows(3), &asked),
        case(
            "two rows whose paths share 12 bits",
            &[row(number(0)), row(neighbour_of_zero())],
            &[number(0), neighbour_of_zero(), number(1), number(2)],
        ),
        case("a value of 5000 bytes", &[(number(0), vec![0xa5; 5_000])], &asked[..1]),
        case("a hundred rows", &numbered_rows(100), &asked),
    ]
}

fn pinned() -> Vec<Case> {
    let text = std::fs::read_to_string(FILE).expect("the vectors are part of the source tree");
    serde_json::from_str(&text).expect("the vectors are JSON of this shape")
}

#[test]
fn roots_and_proofs_are_the_pinned_ones() {
    if std::env::var_os("BLESS").is_some() {
        let text = serde_json::to_string_pretty(&cases()).expect("strings are JSON");
        std::fs::write(FILE, text + "\n").expect("the source tree is writable when blessing");
    }
    assert_eq!(cases(), pinned());
}

#[test]
fn pinned_proofs_show_what_they_say_and_nothing_else() {
    for case in pinned() {
        let root = althing_primitives::Hash256(const_hex::decode_to_array(&case.root).unwrap());
        for claim in &case.proofs {
            let key = const_hex::decode(&claim.key).unwrap();
            let value = claim.value.as_ref().map(|value| const_hex::decode(value).unwrap());
            let proof = StateProof::from_bytes(&const_hex::decode(&claim.proof).unwrap()).unwrap();
            assert_eq!(proof.verify(&root, &key, value.as_deref()), Ok(()), "{claim:?}");
            assert!(proof.verify(&root, &key, Some(b"forged")).is_err(), "{claim:?}");
            let opposite = if value.is_some() { None } else { Some(b"".as_slice()) };
            assert!(proof.verify(&root, &key, opposite).is_err(), "{claim:?}");
        }
    }
}
