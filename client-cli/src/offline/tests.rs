//! Files in and out, and every way to spoil one.

use althing_primitives::{AccountId, Circumstances, Era, Extra, Hash256, Implicit, SignerKey};
use serde_json::{Value, json};

use super::{Answer, FactsFile, FileSigner, OfflineError, TransactionFile};
use crate::{
    chain::Terms,
    derive::Words,
    key::{Key, scheme_named},
};

const CALL: [u8; 5] = [6, 3, 1, 2, 3];

fn key(byte: u8) -> Key {
    let words = Words::from_entropy(&[byte; 32]).unwrap();
    Key::from_words(scheme_named("ml-dsa-44").unwrap(), &words, 0).unwrap()
}

fn terms(account: AccountId) -> Terms {
    let era = Era::mortal(2048, 1000);
    Terms {
        account,
        extra: Extra { era, nonce: 4, tip: 0, metadata_hash_mode: 0 },
        implicit: Implicit {
            spec_version: 1,
            transaction_version: 1,
            genesis: Hash256([1; 32]),
            birth: Hash256([2; 32]),
            metadata_hash: None,
        },
        circumstances: Circumstances { epoch: 3, policy: 2 },
        birth: 1000,
        valid_until: 3047,
    }
}

fn file(signers: &[(SignerKey, bool)]) -> TransactionFile {
    let signers = signers.iter().map(|(key, kept)| FileSigner::new(*key, *kept)).collect();
    let terms = terms(key(1).account());
    TransactionFile::new(("althing-dev", true, 42), &terms, &CALL, signers, b"meta".to_vec())
}

fn parse(file: &TransactionFile) -> Result<TransactionFile, OfflineError> {
    TransactionFile::parse("tx.json", &file.text().unwrap())
}

/// The file with one field changed, and its hash made right again if `mend` says so.
fn spoilt(file: &TransactionFile, pointer: &str, value: Value) -> String {
    let mut document: Value = serde_json::from_str(&file.text().unwrap()).unwrap();
    *document.pointer_mut(pointer).unwrap() = value;
    document.to_string()
}

#[test]
fn a_file_signed_by_its_key_becomes_the_transaction_that_the_key_signed() {
    let key = key(1);
    for kept in [false, true] {
        let mut file = file(&[(key.signer(), kept)]);
        assert!(matches!(file.extrinsic("f"), Err(OfflineError::Incomplete { .. })));
        assert!(file.sign("f", &key).unwrap());
        let read = parse(&file).unwrap();
        assert_eq!(read, file);
        let extrinsic = read.extrinsic("f").unwrap();
        let part = extrinsic.signed_part().unwrap();
        assert_eq!(part.extra.nonce, 4);
        assert_eq!(part.signature.signers(), [key.signer()]);
        assert_eq!(part.signature.parts()[0].public.is_some(), !kept);
        let terms = read.terms("f").unwrap();
        let message = terms.statement(&[key.signer()], &CALL);
        let signature = part.signature.signature();
        assert!(key.scheme().verify(key.public(), &message, signature));
    }
}

#[test]
fn several_keys_sign_one_after_the_other_and_their_order_stays() {
    let (first, second) = (key(1), key(2));
    let mut file = file(&[(first.signer(), true), (second.signer(), true)]);
    assert!(file.sign("f", &second).unwrap());
    assert!(!file.sign("f", &second).unwrap());
    let mut file = parse(&file).unwrap();
    assert_eq!(file.missing(), [const_hex::encode_prefixed(first.handle().0.0)]);
    assert!(file.sign("f", &first).unwrap());
    assert!(!file.sign("f", &key(3)).unwrap());
    let extrinsic = parse(&file).unwrap().extrinsic("f").unwrap();
    let signers = extrinsic.signed_part().unwrap().signature.signers();
    assert_eq!(signers, [first.signer(), second.signer()]);
}

#[test]
fn no_secret_is_in_a_file() {
    let key = key(1);
    let mut file = file(&[(key.signer(), false)]);
    file.sign("f", &key).unwrap();
    let secret = const_hex::encode(key.material().secret.expose());
    assert!(!file.text().unwrap().contains(&secret));
}

#[test]
fn a_file_of_which_any_field_was_changed_is_refused() {
    let key = key(1);
    let mut file = file(&[(key.signer(), false)]);
    file.sign("f", &key).unwrap();
    for (pointer, value) in [
        ("/chain", json!("althing-main")),
        ("/development", json!(false)),
        ("/genesis", json!(const_hex::encode_prefixed([9; 32]))),
        ("/spec_version", json!(2)),
        ("/transaction_version", json!(2)),
        ("/call", json!("0x060309")),
        ("/birth/hash", json!(const_hex::encode_prefixed([9; 32]))),
        ("/nonce", json!(5)),
        ("/epoch", json!(4)),
        ("/policy", json!(3)),
        ("/metadata", json!("0x00")),
        ("/signers/0/kept", json!(true)),
        ("/hash", json!(Hash256([0; 32]).to_string())),
    ] {
        let refused = TransactionFile::parse("tx.json", &spoilt(&file, pointer, value));
        assert!(matches!(refused, Err(OfflineError::Altered { .. })), "{pointer}: {refused:?}");
    }
    let forged = json!(const_hex::encode_prefixed(vec![7; 2420]));
    let refused = TransactionFile::parse("t", &spoilt(&file, "/signers/0/signature", forged));
    assert!(matches!(refused, Err(OfflineError::BadSignature { .. })));
    let refused = TransactionFile::parse("t", &spoilt(&file, "/signers/0/public", Value::Null));
    assert!(matches!(refused, Err(OfflineError::Field { field: "signers", .. })));
}

#[test]
fn fields_that_contradict_each_other_are_refused() {
    let file = file(&[(key(1).signer(), false)]);
    for (pointer, value, field) in [
        ("/account", json!("5Grw"), "account"),
        ("/prefix", json!(7), "account"),
        ("/era", json!("0x00"), "era"),
        ("/era", json!("0x"), "era"),
        ("/birth/number", json!(1001), "birth"),
    ] {
        let refused = TransactionFile::parse("t", &spoilt(&file, pointer, value)).unwrap_err();
        let named = matches!(&refused, OfflineError::Field { field: found, .. } if *found == field);
        assert!(named, "{pointer}: {refused}");
    }
}

#[test]
fn signers_that_no_transaction_carries_are_refused() {
    let (one, two) = (key(1).signer(), key(2).signer());
    for signers in
        [vec![], vec![(one, true); 2], vec![(one, true), (two, false)], vec![(one, true); 5]]
    {
        let refused = parse(&file(&signers)).unwrap_err();
        assert!(matches!(refused, OfflineError::Field { field: "signers", .. }), "{refused}");
    }
}

#[test]
fn another_format_unknown_fields_and_text_that_is_no_json_are_refused() {
    let file = file(&[(key(1).signer(), false)]);
    let other = spoilt(&file, "/format", json!("althing-transaction/2"));
    let refused = TransactionFile::parse("t", &other).unwrap_err();
    assert!(matches!(refused, OfflineError::Format { .. }));
    let mut document: Value = serde_json::from_str(&file.text().unwrap()).unwrap();
    document["more"] = json!(1);
    for text in [document.to_string(), String::new(), "[]".to_owned()] {
        let refused = TransactionFile::parse("t", &text).unwrap_err();
        assert!(matches!(refused, OfflineError::Unreadable { .. }), "{text}");
    }
}

fn facts() -> FactsFile {
    let answer = |index: u32| Answer {
        method: "gov_referendum".to_owned(),
        params: vec![json!(index)],
        answer: json!({ "index": index }),
    };
    FactsFile::new(64, vec![answer(1), answer(2)])
}

#[test]
fn facts_read_back_and_altered_ones_are_refused() {
    let text = facts().text().unwrap();
    assert_eq!(FactsFile::parse("facts.json", &text).unwrap(), facts_taken_at(&text));
    let altered = text.replace("\"lifetime\": 64", "\"lifetime\": 128");
    let refused = FactsFile::parse("facts.json", &altered).unwrap_err();
    assert!(matches!(refused, OfflineError::Altered { .. }));
    let other = text.replace("althing-facts/1", "althing-facts/9");
    assert!(matches!(FactsFile::parse("f", &other), Err(OfflineError::Format { .. })));
    assert!(matches!(FactsFile::parse("f", "{"), Err(OfflineError::Unreadable { .. })));
}

fn facts_taken_at(text: &str) -> FactsFile {
    serde_json::from_str(text).unwrap()
}

#[test]
fn facts_with_two_answers_to_one_question_or_a_wild_lifetime_are_refused() {
    let answer = facts().answers[0].clone();
    let doubled = FactsFile::new(64, vec![answer.clone(), answer]);
    let refused = FactsFile::parse("f", &doubled.text().unwrap()).unwrap_err();
    assert!(matches!(refused, OfflineError::Field { field: "answers", .. }));
    for lifetime in [0, 2, 100, 8192] {
        let facts = FactsFile::new(lifetime, Vec::new());
        let refused = FactsFile::parse("f", &facts.text().unwrap()).unwrap_err();
        assert!(matches!(refused, OfflineError::Field { field: "lifetime", .. }));
    }
}
