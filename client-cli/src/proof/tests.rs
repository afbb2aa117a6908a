use althing_primitives::state_proof::{EMPTY_HASH, inner_hash, leaf_hash, path_of, turns_right};
use althing_primitives::{Digest, ProofEnd, ProofError, blake3_256};
use parity_scale_codec::Encode as _;
use serde_json::{Value, json};

use super::*;

const KEY: &[u8] = b"row";
const VALUE: &[u8] = b"value";

/// A proof file of a tree with two rows, one of them `KEY`, on either side of the root.
fn document(value: Option<&[u8]>) -> Value {
    let other = (0..=255_u8)
        .map(|byte| [byte])
        .find(|other| turns_right(&path_of(other), 0) != turns_right(&path_of(KEY), 0));
    let sibling = leaf_hash(&path_of(&other.unwrap()), &blake3_256(VALUE));
    let (own, end) = match value {
        Some(value) => (leaf_hash(&path_of(KEY), &blake3_256(value)), ProofEnd::Row),
        None => (EMPTY_HASH, ProofEnd::Empty),
    };
    let right = turns_right(&path_of(KEY), 0);
    let root = if right { inner_hash(&sibling, &own) } else { inner_hash(&own, &sibling) };
    let proof = StateProof::new(vec![sibling], end).unwrap();
    let header = Header {
        parent_hash: Hash256([1; 32]),
        number: 7,
        state_root: root,
        extrinsics_root: Hash256([2; 32]),
        digest: Digest::default(),
    };
    json!({
        "schema": SCHEMA,
        "chain": { "id": "test", "genesis": "0x00" },
        "block": {
            "number": 7,
            "hash": hex(header.hash().0),
            "header": {
                "parentHash": hex([1; 32]), "number": "0x7", "stateRoot": hex(root.0),
                "extrinsicsRoot": hex([2; 32]), "digest": { "logs": [] },
            },
        },
        "key": hex(KEY),
        "value": value.map(hex),
        "proof": hex(proof.encode()),
    })
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    const_hex::encode_prefixed(bytes)
}

fn file(document: &Value) -> ProofFile {
    ProofFile::read("file", &document.to_string()).unwrap()
}

fn refusal(document: &Value) -> ProofFileError {
    file(document).verify(&Trust::Nothing).unwrap_err()
}

#[test]
fn a_row_and_its_absence_are_proved() {
    for value in [Some(VALUE), None] {
        let file = file(&document(value));
        let proved = file.verify(&Trust::Nothing).unwrap();
        assert_eq!((proved.header.number, proved.siblings), (7, 1));
        let root = proved.header.state_root;
        assert!(file.verify(&Trust::Root(root)).is_ok());
        assert!(file.verify(&Trust::Block(proved.hash)).is_ok());
        assert!(file.verify(&Trust::Header(Box::new(proved.header))).is_ok());
    }
}

#[test]
fn a_file_is_written_as_it_is_read() {
    for value in [Some(VALUE), None] {
        let document = document(value);
        assert_eq!(serde_json::to_value(file(&document)).unwrap(), document);
    }
}

#[test]
fn another_value_is_refused() {
    let mut document = document(Some(VALUE));
    document["value"] = json!(hex(b"other"));
    assert!(matches!(refusal(&document), ProofFileError::Wrong(ProofError::WrongRoot { .. })));
    document["value"] = Value::Null;
    assert_eq!(refusal(&document), ProofFileError::Wrong(ProofError::ShowsPresence));
}

#[test]
fn a_refused_proof_is_told_with_its_values() {
    let mut document = document(Some(VALUE));
    document["proof"] = json!("0x01");
    let error = crate::output::CliError::from(refusal(&document));
    assert_eq!(error.message, "the 1 bytes given as the proof have not the form of one");
    assert_eq!((error.code.as_ref(), &error.details["bytes"]), ("PRF-003", &json!(1)));
    let mut document = self::document(Some(VALUE));
    document["value"] = json!(hex(b"other"));
    let error = crate::output::CliError::from(refusal(&document));
    let root = &document["block"]["header"]["stateRoot"];
    assert_eq!(error.details["claimed"], *root);
    assert_ne!(error.details["computed"], *root);
    document["value"] = Value::Null;
    let error = crate::output::CliError::from(refusal(&document));
    assert_eq!(error.details["computed"], "presence");
}

#[test]
fn another_key_is_refused() {
    let mut document = document(Some(VALUE));
    document["key"] = json!(hex(b"another row"));
    assert!(matches!(refusal(&document), ProofFileError::Wrong(ProofError::WrongRoot { .. })));
}

#[test]
fn a_row_is_not_claimed_from_a_proof_of_absence() {
    let mut document = document(None);
    document["value"] = json!(hex(VALUE));
    assert_eq!(refusal(&document), ProofFileError::Wrong(ProofError::ShowsAbsence));
}

#[test]
fn every_changed_bit_of_a_proof_is_refused() {
    let whole = document(Some(VALUE));
    let good = const_hex::decode(whole["proof"].as_str().unwrap()).unwrap();
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let mut document = whole.clone();
        document["proof"] = json!(hex(bad));
        let refusal = refusal(&document);
        assert!(
            matches!(refusal, ProofFileError::Wrong(_) | ProofFileError::NoProof { .. }),
            "{bit}: {refusal}"
        );
    }
}

#[test]
fn a_header_that_does_not_have_the_hash_is_refused() {
    for field in ["parentHash", "stateRoot", "extrinsicsRoot"] {
        let mut document = document(Some(VALUE));
        document["block"]["header"][field] = json!(hex([9; 32]));
        assert!(matches!(refusal(&document), ProofFileError::BlockHash { .. }), "{field}");
        document["block"]["header"][field] = json!("0x09");
        assert!(matches!(refusal(&document), ProofFileError::NoHeader { .. }), "{field}");
    }
    let mut document = document(Some(VALUE));
    document["block"]["number"] = json!(8);
    assert_eq!(refusal(&document), ProofFileError::BlockNumber { claimed: 8, found: 7 });
}

#[test]
fn another_root_block_or_header_than_the_trusted_one_is_refused() {
    let file = file(&document(Some(VALUE)));
    let other = Hash256([3; 32]);
    let refused = file.verify(&Trust::Root(other)).unwrap_err();
    assert!(matches!(refused, ProofFileError::OtherRoot { .. }), "{refused}");
    let refused = file.verify(&Trust::Block(other)).unwrap_err();
    assert!(matches!(refused, ProofFileError::OtherBlock { .. }), "{refused}");
    let mut header = file.verify(&Trust::Nothing).unwrap().header;
    // The same state, reached by another block.
    header.parent_hash = other;
    let refused = file.verify(&Trust::Header(Box::new(header))).unwrap_err();
    assert!(matches!(refused, ProofFileError::OtherBlock { .. }), "{refused}");
}

#[test]
fn files_of_another_form_are_refused() {
    let read = |text: &str| ProofFile::read("file", text).unwrap_err();
    assert!(matches!(read("{}"), ProofFileError::Unreadable { .. }));
    assert!(matches!(read("not json"), ProofFileError::Unreadable { .. }));
    let newer = read(r#"{"schema":"althing-proof/2"}"#);
    assert!(matches!(newer, ProofFileError::Format { .. }), "{newer}");
    let whole = document(Some(VALUE));
    for field in ["chain", "block", "key", "value", "proof"] {
        let mut document = whole.clone();
        document.as_object_mut().unwrap().remove(field);
        assert!(
            matches!(read(&document.to_string()), ProofFileError::Unreadable { .. }),
            "{field}"
        );
    }
}

#[test]
fn a_header_is_read_by_itself_and_from_an_answer() {
    let header = document(None)["block"]["header"].clone();
    let alone = HeaderJson::read("file", &header.to_string()).unwrap();
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": header });
    assert_eq!(HeaderJson::read("file", &answer.to_string()).unwrap(), alone);
    let refused = HeaderJson::read("file", "{}").unwrap_err();
    assert!(matches!(refused, ProofFileError::NoHeader { .. }), "{refused}");
}
