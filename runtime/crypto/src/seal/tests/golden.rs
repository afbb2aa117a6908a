//! The key schedule and a whole envelope, byte for byte: `specs/vectors/crypto/seal.json`.
//!
//! `BLESS=1` writes the file anew, for a change of the format that is meant.

use serde_json::{Value, json};

use super::*;
use crate::kem;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/vectors/crypto/seal.json");

fn hex(bytes: impl AsRef<[u8]>) -> Value {
    const_hex::encode(bytes).into()
}

/// One recipient with the key of seed 02..., coins and content key fixed, signed by dev member bob.
fn vector() -> Value {
    let person = Person::new(2, SchemeId::ML_KEM_768);
    let coins: Vec<u8> = (32..64).collect();
    let content_key: [u8; 32] = std::array::from_fn(|at| at as u8);
    let made = kem(person.kem).unwrap().encapsulate_from_coins(&person.pair.public, &coins);
    let made = made.unwrap();

    let recipients = [person.recipient()];
    let key = DevMember::named("bob").unwrap().key_pair().unwrap();
    let signer = signing_scheme(SchemeId::ML_DSA_44).unwrap().signer(&key.secret).unwrap();
    let sealing = Sealing { authors: &[&*signer], ..sealing(&recipients) };
    let content = b"the council meets at dawn";
    let envelope = sealing.seal(content, &mut Counting(0)).unwrap();
    let slot = &envelope.header.recipients[0];
    assert_eq!(*slot.ciphertext, *made.ciphertext);
    assert_eq!(person.open(&envelope).unwrap(), content);

    let wrap =
        schedule::slot_key(&envelope.header, slot, &person.pair.public, made.shared.expose());
    let header = envelope.header.bytes();
    let keys = schedule::content_keys(&header, &content_key);
    json!({
        "genesis": hex(GENESIS.0),
        "sender": hex(ALICE.0),
        "account": hex(person.account.0),
        "kem": person.kem.0,
        "seed": hex(person.pair.secret.expose()),
        "public": hex(&person.pair.public),
        "author": "dev member bob",
        "coins": hex(&coins),
        "content_key": hex(content_key),
        "content": hex(content),
        "shared": hex(made.shared.expose()),
        "slot_key": hex(wrap.key()),
        "slot_nonce": hex(wrap.nonce()),
        "wrapped": hex(envelope.sealed.wrapped[0]),
        "commitment": hex(keys.commitment),
        "body_key": hex(keys.body.key()),
        "body_nonce": hex(keys.body.nonce()),
        "header": hex(&header),
        "envelope": hex(envelope.to_bytes()),
    })
}

#[test]
fn the_key_schedule_and_the_format_keep_their_bytes() {
    let found = vector();
    if std::env::var_os("BLESS").is_some() {
        let text = serde_json::to_string_pretty(&found).unwrap();
        std::fs::write(PATH, text + "\n").unwrap();
    }
    let pinned: Value = serde_json::from_str(&std::fs::read_to_string(PATH).unwrap()).unwrap();
    for (field, value) in pinned.as_object().unwrap() {
        assert_eq!(&found[field], value, "{field}");
    }
    assert_eq!(found, pinned);
}
