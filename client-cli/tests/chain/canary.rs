//! A break, reported by a member: the wallet says what to sign, and hands it in.

use std::fs;

use althing_crypto::{SchemeId, signing::signing_scheme};
use althing_primitives::blake2_256;
use parity_scale_codec::Encode as _;
use serde_json::Value;

use crate::wallet::Member;

const BROKEN: SchemeId = SchemeId::ML_DSA_44;

fn bytes(value: &Value) -> Vec<u8> {
    const_hex::decode(value.as_str().unwrap()).unwrap()
}

/// The reduced canary of ML-DSA-44, with the message for `finder`.
fn reduced(member: &Member, finder: &str) -> Value {
    let shown = member.data(&["--account", finder, "crypto", "canaries", "ml-dsa-44"]);
    let canaries = shown["canaries"].as_array().unwrap();
    assert_eq!(canaries.len(), 2);
    canaries.iter().find(|one| one["canary"] == "reduced").unwrap().clone()
}

/// A signature under the canary over `message`, by trying every secret there is.
fn forge(public: &[u8], message: &[u8]) -> Vec<u8> {
    let scheme = signing_scheme(BROKEN).unwrap();
    let pair = |x: u16| {
        let seed = blake2_256(&(b"althing:canary:weak:v1", BROKEN, x).encode());
        scheme.generate_from_seed(&seed.0).unwrap()
    };
    let found = (0..1 << 12).map(pair).find(|pair| pair.public == public).unwrap();
    scheme.sign(&found.secret, message).unwrap()
}

#[test]
fn a_member_who_breaks_a_canary_hands_it_in_with_the_wallet() {
    let member = Member::new();
    let canary = reduced(&member, "alice");
    assert_eq!((&canary["bits"], &canary["fallen"]), (&12.into(), &Value::Null));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("found.sig");
    let file = path.to_str().unwrap();
    let report = |finder: &'static str, kind: &'static str, file: &str| {
        let command = ["crypto", "report-break", "ml-dsa-44", "--canary", kind, "--signature"];
        [&["--account", finder][..], &command, &[file]].concat().join("\n")
    };
    let split = |text: &str| text.split('\n').map(str::to_owned).collect::<Vec<_>>();
    let refused = |text: String| {
        let arguments = split(&text);
        member.error(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(refused(report("alice", "reduced", file))["code"], "CLI-030");

    let signature = forge(&bytes(&canary["public"]), &bytes(&canary["message"]));
    fs::write(&path, const_hex::encode_prefixed(&signature) + "\n").unwrap();
    // Not under this key, and not for this finder: nothing is sent, nobody pays.
    for (finder, kind) in [("alice", "derived"), ("bob", "reduced")] {
        let error = refused(report(finder, kind, file));
        assert_eq!(error["code"], "CAN-105", "{error}");
    }
    let error = member.error(&["crypto", "canaries", "rot13"]);
    assert_eq!(error["code"], "KEY-314");

    let arguments = split(&report("alice", "reduced", file));
    member.data(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let fallen = reduced(&member, "alice")["fallen"].clone();
    assert!(fallen["paid"].as_str().unwrap().starts_with("10000."), "{fallen}");
    let schemes = member.data(&["crypto"]);
    let schemes = schemes["schemes"].as_array().unwrap();
    let broken = schemes.iter().find(|scheme| scheme["name"] == "ml-dsa-44").unwrap();
    assert_eq!(broken["state"], "frozen");
    let error = refused(report("alice", "reduced", file));
    assert_eq!(error["code"], "CAN-103");
}
