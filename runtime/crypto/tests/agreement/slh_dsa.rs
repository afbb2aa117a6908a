//! SLH-DSA-SHA2-128s, for which there are no public signatures: ours, made by `slh-dsa` and by
//! `fips205` and equal, in `specs/vectors/crypto/slh-dsa-sha2-128s.json`.
//!
//! `BLESS=1 cargo test -p althing-crypto --test agreement slh_dsa` writes the sections `signed`,
//! `foreign`, `spoilt` and `resized` of that file anew; the others stay as they are.

use std::{fs, sync::LazyLock};

use althing_crypto::{Backends, Check, SchemeId, Verifier};
use fips205::{
    pre_hash,
    slh_dsa_sha2_128s::{KG, PrivateKey, PublicKey},
    traits::{KeyGen as _, SerDes as _, Signer as _, Verifier as _},
};
use serde::{Deserialize, Serialize};
use slh_dsa::{Sha2_128s, Signature, SigningKey, VerifyingKey};

use crate::{
    regions::hash_based,
    samples::hex,
    verdicts::{agreed, independent},
};

const FILE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/vectors/crypto/slh-dsa-sha2-128s.json");
const ID: SchemeId = SchemeId::SLH_DSA_128S;
const SIGNATURE: usize = 7856;

/// The file, in the order in which it is written.
#[derive(Deserialize, Serialize)]
struct File {
    scheme: String,
    id: u16,
    keys: Vec<Key>,
    signatures: Vec<Known>,
    verify: Vec<Group>,
    #[serde(default)]
    signed: Vec<Signed>,
    #[serde(default)]
    foreign: Vec<Foreign>,
    #[serde(default)]
    spoilt: Vec<Spoilt>,
    #[serde(default)]
    resized: Vec<Resized>,
}

#[derive(Deserialize, Serialize)]
struct Key {
    source: String,
    seed: Option<String>,
    secret: String,
    public: String,
    handle: String,
}

#[derive(Deserialize, Serialize)]
struct Known {
    source: String,
    secret: String,
    public: String,
    message: String,
    signature: String,
}

#[derive(Deserialize, Serialize)]
struct Group {
    public: String,
    tests: Vec<Verdict>,
}

#[derive(Deserialize, Serialize)]
struct Verdict {
    source: String,
    message: String,
    signature: String,
    valid: bool,
}

/// A signature of the pure form without context: valid.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Signed {
    seed: String,
    public: String,
    message: String,
    signature: String,
}

/// A signature that is valid in FIPS 205, with this context or of the pre-hashed form, and that
/// this chain refuses.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Foreign {
    seed: String,
    public: String,
    message: String,
    context: String,
    /// Null in the pure form.
    hash: Option<String>,
    signature: String,
}

/// One of `signed` with a byte changed: invalid.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Spoilt {
    /// Index in `signed`.
    of: usize,
    part: Part,
    /// Which part of the signature or key it is.
    region: String,
    offset: usize,
    xor: u8,
}

/// One of `signed` cut or extended: invalid.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Resized {
    of: usize,
    part: Part,
    /// Bytes that are kept from its beginning.
    keep: usize,
    /// Bytes that follow these.
    extend: String,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Part {
    Public,
    Message,
    Signature,
}

fn file() -> File {
    serde_json::from_str(&fs::read_to_string(FILE).unwrap()).unwrap()
}

/// The same key in both implementations.
struct Signers {
    ours: SigningKey<Sha2_128s>,
    theirs: PrivateKey,
    public: Vec<u8>,
}

impl Signers {
    fn new(seed: &[u8]) -> Self {
        let [secret, prf, public]: [[u8; 16]; 3] =
            [0, 16, 32].map(|at| seed[at..at + 16].try_into().unwrap());
        let ours = SigningKey::slh_keygen_internal(&secret, &prf, &public);
        let (key, theirs) = KG::keygen_from_seed(&secret, &prf, &public);
        let public = ours.as_ref().to_bytes().to_vec();
        assert_eq!(public, key.into_bytes());
        Self { ours, theirs, public }
    }

    fn pure(&self, message: &[u8], context: &[u8]) -> Vec<u8> {
        let ours =
            self.ours.try_sign_with_context(message, context, None).unwrap().to_bytes().to_vec();
        let theirs = self.theirs.try_sign(message, context, false).unwrap();
        assert!(ours == theirs, "two signatures");
        ours
    }

    fn hashed(&self, message: &[u8], context: &[u8]) -> Vec<u8> {
        let digest = sha256(message);
        let parts = prefixed(context, &digest);
        let ours = self.ours.slh_sign_internal(&[&parts], None).to_bytes().to_vec();
        let oid = &pre_hash::SHA2_256;
        let theirs = self.theirs.try_hash_sign(&digest, context, oid, false).unwrap();
        assert!(ours == theirs, "two signatures");
        ours
    }
}

fn sha256(message: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message).as_ref().to_vec()
}

/// FIPS 205, 10.2.2: what is signed in the pre-hashed form.
fn prefixed(context: &[u8], digest: &[u8]) -> Vec<u8> {
    let length = u8::try_from(context.len()).unwrap();
    [&[1, length], context, &pre_hash::SHA2_256, digest].concat()
}

/// Seeds whose bytes are all the same, and one whose bytes count.
fn seed(number: u8) -> Vec<u8> {
    if number == 3 { (0..48).collect() } else { vec![[0, 0xff, 0x5a][usize::from(number)]; 48] }
}

fn counted(length: usize) -> Vec<u8> {
    (0..=u8::MAX).cycle().take(length).collect()
}

/// Messages of no bytes, of one, around a block of SHA-256 with what goes before, and long ones.
fn signed() -> Vec<Signed> {
    let lengths = [0, 1, 13, 14, 23, 64, 150, 1_000, 4_096];
    let numbered = lengths.into_iter().enumerate();
    numbered
        .map(|(number, length)| {
            let seed = seed(u8::try_from(number % 4).unwrap());
            let (signers, message) = (Signers::new(&seed), counted(length));
            let signature = signers.pure(&message, b"");
            let [seed, public, message, signature] =
                [&seed, &signers.public, &message, &signature].map(const_hex::encode);
            Signed { seed, public, message, signature }
        })
        .collect()
}

fn foreign() -> Vec<Foreign> {
    let seed = seed(3);
    let signers = Signers::new(&seed);
    let message = b"althing:message:v1 aye";
    let one = |(context, hashed): (&[u8], bool)| {
        let signature =
            if hashed { signers.hashed(message, context) } else { signers.pure(message, context) };
        Foreign {
            seed: const_hex::encode(&seed),
            public: const_hex::encode(&signers.public),
            message: const_hex::encode(message),
            context: const_hex::encode(context),
            hash: hashed.then(|| "SHA2-256".to_owned()),
            signature: const_hex::encode(signature),
        }
    };
    let full = counted(255);
    [
        (&b"\0"[..], false),
        (b"althing:message:v1", false),
        (&full, false),
        (b"", true),
        (&full, true),
    ]
    .map(one)
    .to_vec()
}

/// Every region of the signature, the key's two halves and the message, over all that are signed.
fn spoilt(signed: &[Signed]) -> Vec<Spoilt> {
    let mut all = Vec::new();
    let mut add = |part, region: &str, offset| {
        let number = all.len();
        let of = if part == Part::Message { signed.len() - 1 } else { number % signed.len() };
        all.push(Spoilt { of, part, region: region.to_owned(), offset, xor: 1 << (number % 8) });
    };
    for (region, start, length) in hash_based() {
        add(Part::Signature, &region, start);
        add(Part::Signature, &region, start + length - 1);
    }
    for (region, offset) in [("seed", 0), ("seed", 15), ("root", 16), ("root", 31)] {
        add(Part::Public, region, offset);
    }
    for offset in [0, 2_000, 4_095] {
        add(Part::Message, "message", offset);
    }
    all
}

fn resized(signed: &[Signed]) -> Vec<Resized> {
    let last = signed.len() - 1;
    let one = |(part, keep, extend): (Part, usize, &[u8])| Resized {
        of: last,
        part,
        keep,
        extend: const_hex::encode(extend),
    };
    [
        (Part::Signature, 0, &[][..]),
        (Part::Signature, 16, &[]),
        (Part::Signature, SIGNATURE - 16, &[]),
        (Part::Signature, SIGNATURE - 1, &[]),
        (Part::Signature, SIGNATURE, &[0]),
        (Part::Signature, SIGNATURE, &[0; 16]),
        (Part::Public, 0, &[]),
        (Part::Public, 31, &[]),
        (Part::Public, 32, &[0]),
        (Part::Message, 0, &[]),
        (Part::Message, 4_095, &[]),
        (Part::Message, 4_096, &[0]),
    ]
    .map(one)
    .to_vec()
}

/// What both implementations make: slow, so once.
static MADE: LazyLock<(Vec<Signed>, Vec<Foreign>)> = LazyLock::new(|| rayon::join(signed, foreign));

#[test]
fn two_implementations_make_what_the_file_says() {
    let (signed, foreign) = &*MADE;
    let (spoilt, resized) = (spoilt(signed), resized(signed));
    if std::env::var_os("BLESS").is_some() {
        let (signed, foreign) = (signed.clone(), foreign.clone());
        let file =
            File { signed, foreign, spoilt: spoilt.clone(), resized: resized.clone(), ..file() };
        let mut text = Vec::new();
        let indent = serde_json::ser::PrettyFormatter::with_indent(b" ");
        let mut writer = serde_json::Serializer::with_formatter(&mut text, indent);
        file.serialize(&mut writer).unwrap();
        fs::write(FILE, [&text[..], b"\n"].concat()).unwrap();
    }
    let file = file();
    assert!(file.signed == *signed);
    assert!(file.foreign == *foreign);
    assert!(file.spoilt == spoilt && file.resized == resized);
    // Enough to mean something.
    assert!(signed.len() >= 8 && spoilt.len() > 80 && resized.len() >= 12);
}

/// Key, message and signature as bytes.
type Case = [Vec<u8>; 3];

fn case(signed: &Signed) -> Case {
    [&signed.public, &signed.message, &signed.signature].map(|text| hex(text))
}

fn part(case: &mut Case, part: Part) -> &mut Vec<u8> {
    let at = match part {
        Part::Public => 0,
        Part::Message => 1,
        Part::Signature => 2,
    };
    &mut case[at]
}

/// Every case of the file that concerns our interface, with its verdict.
fn cases(file: &File) -> Vec<(Case, bool)> {
    let mut cases: Vec<_> = file.signed.iter().map(|signed| (case(signed), true)).collect();
    for one in &file.spoilt {
        let mut case = case(&file.signed[one.of]);
        part(&mut case, one.part)[one.offset] ^= one.xor;
        cases.push((case, false));
    }
    for one in &file.resized {
        let mut case = case(&file.signed[one.of]);
        let bytes = part(&mut case, one.part);
        bytes.truncate(one.keep);
        bytes.extend(hex(&one.extend));
        cases.push((case, false));
    }
    for one in &file.foreign {
        cases.push(([&one.public, &one.message, &one.signature].map(|text| hex(text)), false));
    }
    cases
}

fn check([public, message, signature]: &Case) -> Check<'_> {
    Check { scheme: ID, public, message, signature }
}

#[test]
fn all_agree_with_the_file() {
    for (case, valid) in cases(&file()) {
        assert_eq!(agreed(&check(&case)), valid);
    }
}

/// Full lanes of signatures by different keys over messages of different lengths.
#[test]
fn a_batch_agrees_with_the_file() {
    let cases = cases(&file());
    let checks: Vec<_> = cases.iter().map(|(case, _)| check(case)).collect();
    let verdicts = Verifier::new(Backends::Fast).verify_all(&checks).unwrap();
    let valid: Vec<_> = verdicts.iter().map(Result::is_ok).collect();
    assert_eq!(valid, cases.iter().map(|(_, valid)| *valid).collect::<Vec<_>>());
}

/// What we refuse as foreign is not simply spoilt: both implementations take it for what it is.
#[test]
fn foreign_forms_are_valid_where_they_belong() {
    for one in file().foreign {
        let [public, message, context, signature] =
            [&one.public, &one.message, &one.context, &one.signature].map(|text| hex(text));
        let key = VerifyingKey::<Sha2_128s>::try_from(&public[..]).unwrap();
        let ours = Signature::<Sha2_128s>::try_from(&signature[..]).unwrap();
        if one.hash.is_none() {
            assert!(key.try_verify_with_context(&message, &context, &ours).is_ok());
            let check =
                Check { scheme: ID, public: &public, message: &message, signature: &signature };
            assert_eq!(independent(&check, &context), Some(true));
        } else {
            let digest = sha256(&message);
            assert!(key.slh_verify_internal(&[&prefixed(&context, &digest)], &ours).is_ok());
            let key = PublicKey::try_from_bytes(public.try_into().unwrap()).unwrap();
            let signature = signature.try_into().unwrap();
            assert!(key.hash_verify(&digest, &signature, &context, &pre_hash::SHA2_256));
        }
    }
}
