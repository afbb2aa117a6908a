//! What members sign and commit to, pinned in `specs/vectors/accounts.json`.
//!
//! `BLESS=1 cargo test -p althing-runtime --test account_vectors` rewrites the file. Wallets sign
//! these bytes: a change here makes theirs void, and is no change for a running chain.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

use althing_primitives::{
    AccountId, Circumstances, Hash256, KeyHandle, SchemeId, SignerKey, statement,
};
use pallet_accounts::{
    KeyDraft, PolicyDraft, Recovery, Scopes, draft_payload, next_commitment, possession_payload,
};
use parity_scale_codec::Encode;
use serde::{Deserialize, Serialize};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/vectors/accounts.json");

/// Bytes in hex, and what they are made of.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Case {
    /// The rule, and what is what.
    what: String,
    hex: String,
}

fn case(what: &str, bytes: impl AsRef<[u8]>) -> Case {
    Case { what: what.to_owned(), hex: const_hex::encode_prefixed(bytes) }
}

fn signer(scheme: SchemeId, byte: u8) -> SignerKey {
    SignerKey { scheme, handle: KeyHandle(Hash256([byte; 32])) }
}

/// Keys of 32 bytes 0x21 (scheme 4, an owner) and 1312 bytes 0x22 (scheme 2, votes until 100 and
/// sends up to 5), threshold 1, next 0x31.., friends 0x41.. and 0x42.., one of which suffices.
fn draft() -> PolicyDraft {
    let key = |scheme, public: Vec<u8>| KeyDraft {
        scheme,
        public: public.try_into().unwrap(),
        weight: 1,
        scopes: Scopes::OWNER,
        limit: 0,
        expires: None,
    };
    let everyday = KeyDraft {
        scopes: Scopes(6),
        limit: 5,
        expires: Some(100),
        ..key(SchemeId::ML_DSA_44, vec![0x22; 1312])
    };
    let friends = vec![AccountId([0x41; 32]), AccountId([0x42; 32])].try_into().unwrap();
    PolicyDraft {
        keys: vec![key(SchemeId::SLH_DSA_128S, vec![0x21; 32]), everyday].try_into().unwrap(),
        threshold: 1,
        next: Some(Hash256([0x31; 32])),
        recovery: Some(Recovery { friends, threshold: 1 }),
    }
}

fn cases() -> Vec<Case> {
    let (account, genesis) = (AccountId([1; 32]), Hash256([2; 32]));
    let now = Circumstances { epoch: 3, policy: 4 };
    let (one, two) = (signer(SchemeId::ML_DSA_65, 5), signer(SchemeId::SLH_DSA_128S, 6));
    let alone = statement(&account, now, &[one], b"payload");
    let both = statement(&account, now, &[one, two], b"payload");
    let (scheme, public) = (SchemeId::SLH_DSA_128S, [0x21; 32]);
    let (draft, salt) = (draft(), [7; 32]);
    vec![
        case("F6: account 01.., epoch 3, nonce 4, signer (3, 05..), payload \"payload\"", alone),
        case("F6: the same for signers (3, 05..) and (4, 06..)", both),
        case(
            "AC17: commitment to scheme 4, key 21.., salt 07..",
            next_commitment(scheme, &public, &salt).0,
        ),
        case(
            "AC7: possession, genesis 02.., account 01.., nonce 4, scheme 4, key 21..",
            possession_payload(&genesis, &account, 4, scheme, &public),
        ),
        case("AC15: a draft, SCALE", draft.encode()),
        case("AC7: its hash", draft.hash().0),
        case(
            "AC7: possession of its keys, genesis 02.., account 01.., nonce 4",
            draft_payload(&genesis, &account, 4, &draft.hash()),
        ),
    ]
}

#[test]
fn statements_commitments_and_proofs_are_the_pinned_bytes() {
    if std::env::var_os("BLESS").is_some() {
        let text = serde_json::to_string_pretty(&cases()).unwrap();
        std::fs::write(FILE, text + "\n").unwrap();
    }
    let text = std::fs::read_to_string(FILE).unwrap();
    assert_eq!(cases(), serde_json::from_str::<Vec<Case>>(&text).unwrap());
}
