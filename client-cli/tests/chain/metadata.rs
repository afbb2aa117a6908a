//! The pinned metadata and every version that the node gives are read alike.
//!
//! `BLESS=1` rewrites the pinned file from the running node.

use std::{fs, path::PathBuf, time::Duration};

use althing::chain::{Bytes, Chain, Metadata, Options};
use parity_scale_codec::{Decode as _, Encode as _};
use scale_value::{Composite, Value};
use serde_json::json;

use crate::support::TestNode;

fn pinned() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../specs/vectors/metadata-v14.scale")
}

fn ballot(metadata: &Metadata) -> Vec<u8> {
    let ballot = Composite::named([
        ("aye", Value::bool(true)),
        ("balance", Value::u128(5)),
        ("conviction", Value::unnamed_variant("Locked2x", [])),
    ]);
    let fields = [("referendum", Value::u128(7)), ("ballot", Value::variant("Standard", ballot))];
    metadata.encode_call("voting", "vote", fields).unwrap()
}

/// Pallet 9, call 0, compact 7, variant 0, aye, 5 as sixteen bytes, conviction 2.
fn expected() -> Vec<u8> {
    let mut bytes = vec![9, 0, 28, 0, 1];
    bytes.extend(5_u128.to_le_bytes());
    bytes.push(2);
    bytes
}

#[test]
fn a_call_is_written_as_the_pinned_metadata_says() {
    let metadata = Metadata::decode(&fs::read(pinned()).unwrap()).unwrap();
    assert_eq!(ballot(&metadata), expected());
    let decoded = metadata.decode_call(&expected()).unwrap();
    assert_eq!((decoded.pallet.as_str(), decoded.call.as_str()), ("Voting", "vote"));
    for end in 0..expected().len() {
        assert!(metadata.decode_call(&expected()[..end]).is_err(), "{end}");
    }
    assert!(metadata.decode_call(&[expected(), vec![0]].concat()).is_err());
}

#[test]
fn hostile_metadata_is_an_error() {
    let good = fs::read(pinned()).unwrap();
    for end in (0..good.len()).step_by(997) {
        assert!(Metadata::decode(&good[..end]).is_err(), "{end}");
    }
    assert!(Metadata::decode(b"meta\x0d").is_err());
}

#[test]
fn every_version_of_the_metadata_gives_the_same_calls() {
    let node = TestNode::start();
    let mut chain = Chain::connect(&Options {
        url: node.url().to_owned(),
        patience: Duration::from_secs(30),
        genesis: None,
        home: node.home(),
    })
    .unwrap();
    if std::env::var_os("BLESS").is_some() {
        let Bytes(bytes) = chain.read("state_getMetadata", &[]).unwrap();
        fs::write(pinned(), bytes).unwrap();
    }
    for version in [14_u32, 15, 16] {
        let argument = json!(const_hex::encode_prefixed(version.encode()));
        let Bytes(answer) =
            chain.read("state_call", &[json!("Metadata_metadata_at_version"), argument]).unwrap();
        let bytes = Option::<Vec<u8>>::decode(&mut &answer[..]).unwrap().unwrap();
        let metadata = Metadata::decode(&bytes).unwrap();
        assert_eq!(ballot(&metadata), expected(), "{version}");
    }
}
