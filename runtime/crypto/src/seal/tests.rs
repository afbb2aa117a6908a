//! Facts about envelopes.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows panics, which is how it should fail"
)]

use althing_primitives::{AccountId, BoundedVec, Hash256, KeyHandle, SchemeId};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use proptest::prelude::*;

use super::*;
use crate::{
    KemKeyPair, Secret,
    signing::{DevMember, Entropy, EntropyError, OsEntropy, random_kem, signing_scheme},
};

mod golden;
mod two_contents;

const GENESIS: Hash256 = Hash256([9; 32]);
const ALICE: AccountId = AccountId([1; 32]);
const FILE: SealPurpose = SealPurpose::File;

/// 0, 1, 2, ...: for tests whose bytes must repeat.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for byte in bytes {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
        Ok(())
    }
}

/// No randomness at all.
struct Dry;

impl Entropy for Dry {
    fn fill(&mut self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError)
    }
}

struct Person {
    account: AccountId,
    kem: SchemeId,
    pair: KemKeyPair,
}

impl Person {
    fn new(number: u8, kem: SchemeId) -> Self {
        let known = random_kem(kem).unwrap();
        let pair = match known.sizes().seed {
            Some(bytes) => known.generate_from_seed(&vec![number; bytes]),
            None => Ok(known.generate(&mut OsEntropy).unwrap()),
        };
        Self { account: AccountId([number; 32]), kem, pair: pair.unwrap() }
    }

    fn recipient(&self) -> SealRecipient<'_> {
        SealRecipient { account: self.account, kem: self.kem, public: &self.pair.public }
    }

    fn opener(&self) -> Opener<'_> {
        let KemKeyPair { public, secret } = &self.pair;
        Opener { account: self.account, kem: self.kem, public, secret }
    }

    fn open(&self, envelope: &Envelope) -> Result<Vec<u8>, OpenError> {
        envelope.open(&self.opener(), GENESIS, FILE).map(|content| content.expose().to_vec())
    }
}

fn people(count: u8) -> Vec<Person> {
    // Descending accounts, and both KEMs.
    let kem = |n: u8| if n % 4 == 3 { SchemeId::KYBER_768_R3 } else { SchemeId::ML_KEM_768 };
    (0..count).rev().map(|n| Person::new(n.wrapping_add(1), kem(n))).collect()
}

fn sealing<'a>(recipients: &'a [SealRecipient<'a>]) -> Sealing<'a> {
    Sealing { genesis: GENESIS, purpose: FILE, sender: ALICE, authors: &[], recipients }
}

fn seal_to(people: &[Person], content: &[u8]) -> Envelope {
    let recipients: Vec<_> = people.iter().map(Person::recipient).collect();
    sealing(&recipients).seal(content, &mut OsEntropy).unwrap()
}

fn reread(envelope: &Envelope) -> Result<Envelope, EnvelopeError> {
    Envelope::from_bytes(&envelope.to_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn every_recipient_reads_what_was_sealed_and_nobody_else(
        count in 1_u8..=32,
        content in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let people = people(count);
        let envelope = reread(&seal_to(&people, &content)).unwrap();
        for person in &people {
            prop_assert_eq!(person.open(&envelope), Ok(content.clone()));
        }
        let stranger = Person::new(99, SchemeId::ML_KEM_768);
        prop_assert_eq!(stranger.open(&envelope), Err(OpenError::NotForYou));
    }

    #[test]
    fn arbitrary_bytes_are_read_without_harm(
        version in 0_u8..3,
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let _ = Envelope::from_bytes(&bytes);
        let _ = Envelope::from_bytes(&[b"ALTHSEAL".as_slice(), &[version], &bytes].concat());
    }

    #[test]
    fn what_is_read_is_written_as_it_was(at in 0_usize..2600, bit in 0_u8..8) {
        let mut bytes = fixed().to_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(read) = Envelope::from_bytes(&bytes) {
            prop_assert_eq!(read.to_bytes(), bytes);
        }
    }
}

/// Two recipients, one signature, always the same bytes.
fn fixed() -> Envelope {
    let people = [Person::new(2, SchemeId::ML_KEM_768), Person::new(3, SchemeId::ML_KEM_768)];
    let recipients = people.each_ref().map(Person::recipient);
    let key = DevMember::named("bob").unwrap().key_pair().unwrap();
    let signer = signing_scheme(SchemeId::ML_DSA_44).unwrap().signer(&key.secret).unwrap();
    let sealing = Sealing { authors: &[&*signer], ..sealing(&recipients) };
    sealing.seal(b"the council meets at dawn", &mut Counting(0)).unwrap()
}

#[test]
fn a_byte_flipped_anywhere_closes_the_envelope_to_every_recipient() {
    let people = [Person::new(2, SchemeId::ML_KEM_768), Person::new(3, SchemeId::ML_KEM_768)];
    let whole = fixed().to_bytes();
    assert!(people.iter().all(|person| person.open(&fixed()).is_ok()));
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        let Ok(envelope) = Envelope::from_bytes(&bytes) else { continue };
        for person in &people {
            assert!(person.open(&envelope).is_err(), "byte {at}");
        }
    }
}

#[test]
fn a_cut_or_longer_envelope_is_none() {
    let whole = fixed().to_bytes();
    for length in 0..whole.len() {
        assert!(Envelope::from_bytes(&whole[..length]).is_err(), "{length}");
    }
    let longer = [whole.as_slice(), &[0]].concat();
    assert_eq!(Envelope::from_bytes(&longer), Err(EnvelopeError::Encoding));
}

#[test]
fn an_envelope_opens_for_its_chain_and_purpose_only() {
    let people = people(2);
    let envelope = seal_to(&people, b"aye");
    let opener = people[0].opener();
    let other = Hash256([8; 32]);
    let refusal = envelope.open(&opener, other, FILE).unwrap_err();
    assert_eq!(refusal, OpenError::OtherChain { found: GENESIS });
    let annex = SealPurpose::Annex { referendum: 0 };
    let refusal = envelope.open(&opener, GENESIS, annex).unwrap_err();
    assert_eq!(refusal, OpenError::OtherPurpose { found: FILE });
}

/// Whoever rewrites the header to fit gains nothing: the header is part of every key.
#[test]
fn a_header_that_was_rewritten_opens_nothing() {
    let people = people(3);
    let whole = seal_to(&people, b"aye");
    let annex = SealPurpose::Annex { referendum: 0 };
    let changes: [fn(&mut SealHeader); 4] = [
        |header| header.genesis = Hash256([8; 32]),
        |header| header.purpose = SealPurpose::Annex { referendum: 0 },
        |header| header.sender = AccountId([7; 32]),
        |header| header.recipients.as_mut_slice()[0].account = AccountId([0; 32]),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut envelope = whole.clone();
        change(&mut envelope.header);
        let header = envelope.header().clone();
        for person in &people {
            let mut opener = person.opener();
            if number == 3 && person.account == whole.header.recipients[0].account {
                opener.account = AccountId([0; 32]);
            }
            let purpose = if number == 1 { annex } else { FILE };
            let refusal = envelope.open(&opener, header.genesis, purpose).unwrap_err();
            assert_eq!(refusal, OpenError::Damaged, "change {number}");
        }
    }
}

#[test]
fn another_account_with_the_same_key_is_no_recipient() {
    let person = Person::new(2, SchemeId::ML_KEM_768);
    let envelope = seal_to(std::slice::from_ref(&person), b"aye");
    let opener = Opener { account: ALICE, ..person.opener() };
    assert_eq!(envelope.open(&opener, GENESIS, FILE).unwrap_err(), OpenError::NotForYou);
}

#[test]
fn swapped_slots_are_refused_by_order_and_by_tag() {
    let people = people(2);
    let whole = seal_to(&people, b"aye");

    let mut swapped = whole.clone();
    swapped.header.recipients.as_mut_slice().swap(0, 1);
    assert_eq!(reread(&swapped), Err(EnvelopeError::Order));
    let mut ciphertexts = whole.clone();
    let slots = ciphertexts.header.recipients.as_mut_slice();
    let (one, other) = (slots[0].ciphertext.clone(), slots[1].ciphertext.clone());
    (slots[0].ciphertext, slots[1].ciphertext) = (other, one);
    let mut wrapped = whole;
    wrapped.sealed.wrapped.as_mut_slice().swap(0, 1);
    for envelope in [ciphertexts, wrapped] {
        assert!(people.iter().all(|person| person.open(&envelope) == Err(OpenError::Damaged)));
    }
}

/// ML-KEM gives unrelated bytes for a foreign ciphertext: the cipher is what notices, and the
/// caller learns no more than of any other damage.
#[test]
fn a_wrong_secret_is_told_like_any_damage() {
    for kem in [SchemeId::ML_KEM_768, SchemeId::KYBER_768_R3] {
        let (person, other) = (Person::new(2, kem), Person::new(3, kem));
        let envelope = seal_to(std::slice::from_ref(&person), b"aye");
        let opener = Opener { secret: &other.pair.secret, ..person.opener() };
        assert_eq!(envelope.open(&opener, GENESIS, FILE).unwrap_err(), OpenError::Damaged);
        let short = Secret::new(vec![0; 5]);
        let opener = Opener { secret: &short, ..person.opener() };
        assert_eq!(envelope.open(&opener, GENESIS, FILE).unwrap_err(), OpenError::Damaged);
    }
}

/// KEMs 32 and 33 open each other's ciphertexts (C9). The slot names the KEM, so envelopes do not.
#[test]
fn a_slot_is_for_its_kem() {
    let kyber = Person::new(2, SchemeId::KYBER_768_R3);
    let envelope = seal_to(std::slice::from_ref(&kyber), b"aye");
    let opener = Opener { kem: SchemeId::ML_KEM_768, ..kyber.opener() };
    assert_eq!(envelope.open(&opener, GENESIS, FILE).unwrap_err(), OpenError::NotForYou);
}

#[test]
fn a_content_key_is_recognised_and_opens_for_everyone() {
    let people = people(2);
    let envelope = seal_to(&people, b"aye");
    let key = envelope.content_key(&people[0].opener(), GENESIS, FILE).unwrap();
    assert_eq!(*key, *envelope.content_key(&people[1].opener(), GENESIS, FILE).unwrap());
    assert!(envelope.is_content_key(&key));
    assert!(!envelope.is_content_key(&[0; 32]));
    assert_eq!(envelope.open_revealed(&key, GENESIS, FILE).unwrap().expose(), b"aye");
    let refusal = envelope.open_revealed(&[0; 32], GENESIS, FILE).unwrap_err();
    assert_eq!(refusal, OpenError::Damaged);
    assert!(!seal_to(&people, b"aye").is_content_key(&key));
}

/// A recipient holds the content key and could seal other bytes under it. The signature is over
/// those bytes too.
#[test]
fn a_recipient_cannot_change_what_the_author_signed() {
    let person = Person::new(2, SchemeId::ML_KEM_768);
    let mut envelope = fixed();
    let key = envelope.content_key(&person.opener(), GENESIS, FILE).unwrap();
    let header = envelope.header.bytes();
    let keys = schedule::content_keys(&header, &key);
    let aad = schedule::body_binding(&header, &envelope.sealed.wrapped, &keys.commitment);
    let cipher = XChaCha20Poly1305::new(keys.body.key().into());
    let payload = Payload { msg: b"the council meets at dusk".as_slice(), aad: &aad };
    let body = cipher.encrypt(&XNonce::from(keys.body.nonce()), payload).unwrap();
    envelope.sealed.body = body.try_into().unwrap();
    assert_eq!(person.open(&envelope), Err(OpenError::Damaged));
}

#[test]
fn a_signature_cannot_be_stripped_or_added() {
    let mut stripped = fixed();
    stripped.signatures = BoundedVec::new();
    let refusal = EnvelopeError::Authors { authors: 1, signatures: 0 };
    assert_eq!(reread(&stripped), Err(refusal));
    let mut added = seal_to(&people(1), b"aye");
    added.signatures = fixed().signatures;
    let refusal = EnvelopeError::Authors { authors: 0, signatures: 1 };
    assert_eq!(reread(&added), Err(refusal));
    let mut anonymous = fixed();
    (anonymous.header.authors, anonymous.signatures) = (BoundedVec::new(), BoundedVec::new());
    let person = Person::new(2, SchemeId::ML_KEM_768);
    assert_eq!(person.open(&reread(&anonymous).unwrap()), Err(OpenError::Damaged));
}

/// Keys that act together sign together: neither is worth anything without the other.
#[test]
fn half_of_the_authors_is_none() {
    let person = Person::new(2, SchemeId::ML_KEM_768);
    let signer = |name: &str, scheme| {
        let key = DevMember::named(name).unwrap().key_pair().unwrap();
        signing_scheme(scheme).unwrap().signer(&key.secret).unwrap()
    };
    let (one, other) = (signer("bob", SchemeId::ML_DSA_44), signer("alice", SchemeId::ML_DSA_65));
    let recipients = [person.recipient()];
    let sealing = Sealing { authors: &[&*one, &*other], ..sealing(&recipients) };
    let whole = sealing.seal(b"aye", &mut Counting(0)).unwrap();
    assert_eq!(person.open(&reread(&whole).unwrap()).unwrap(), b"aye");
    for left in [0, 1] {
        let mut half = whole.clone();
        half.header.authors.remove(left);
        half.signatures.remove(left);
        assert_eq!(person.open(&reread(&half).unwrap()), Err(OpenError::Damaged));
        let mut spoilt = whole.clone();
        spoilt.signatures.as_mut_slice()[left].as_mut_slice()[9] ^= 1;
        assert_eq!(person.open(&reread(&spoilt).unwrap()), Err(OpenError::Damaged));
    }
    let mut swapped = whole;
    swapped.header.authors.as_mut_slice().swap(0, 1);
    swapped.signatures.as_mut_slice().swap(0, 1);
    assert_eq!(person.open(&reread(&swapped).unwrap()), Err(OpenError::Damaged));
}

#[test]
fn each_rule_of_the_format_has_its_own_refusal() {
    assert_eq!(Envelope::from_bytes(b"not sealed"), Err(EnvelopeError::Magic));
    assert_eq!(Envelope::from_bytes(b"ALTHSEAL"), Err(EnvelopeError::Encoding));
    let found = Envelope::from_bytes(b"ALTHSEAL\x02");
    assert_eq!(found, Err(EnvelopeError::Version { found: 2 }));
    let whole = seal_to(&people(2), b"aye");
    let mut nobody = whole.clone();
    nobody.header.recipients = BoundedVec::new();
    assert_eq!(reread(&nobody), Err(EnvelopeError::NoRecipient));
    let mut slots = whole.clone();
    slots.sealed.wrapped.remove(0);
    let refusal = EnvelopeError::Slots { wrapped: 1, recipients: 2 };
    assert_eq!(reread(&slots), Err(refusal));
    let mut twice = whole.clone();
    let first = twice.header.recipients[0].clone();
    twice.header.recipients.as_mut_slice()[1] = first;
    assert_eq!(reread(&twice), Err(EnvelopeError::Order));
    let mut body = whole.clone();
    body.sealed.body = vec![0; 15].try_into().unwrap();
    assert!(matches!(reread(&body), Err(EnvelopeError::Body { found: 15, minimum: 16, .. })));
    let mut annex = whole;
    annex.header.purpose = SealPurpose::Annex { referendum: 0 };
    annex.sealed.body = vec![0; 60 * 1024 + 17].try_into().unwrap();
    assert!(matches!(reread(&annex), Err(EnvelopeError::Body { found: 61_457, .. })));
}

#[test]
fn what_cannot_be_sealed_is_refused_with_its_reason() {
    let refusal = |recipients: &[SealRecipient<'_>], purpose, content: &[u8]| {
        let sealing = Sealing { purpose, ..sealing(recipients) };
        sealing.seal(content, &mut OsEntropy).unwrap_err()
    };
    let person = Person::new(2, SchemeId::ML_KEM_768);
    let one = person.recipient();
    assert_eq!(refusal(&[], FILE, b""), SealError::Recipients { found: 0 });
    assert_eq!(refusal(&[one; 33], FILE, b""), SealError::Recipients { found: 33 });
    assert_eq!(refusal(&[one, one], FILE, b""), SealError::Twice { account: one.account });
    let annex = SealPurpose::Annex { referendum: 0 };
    let too_long = SealError::TooLong { found: 61_441, maximum: 61_440 };
    assert_eq!(refusal(&[one], annex, &vec![0; 61_441]), too_long);
    let kem = SchemeId::ML_DSA_44;
    let unknown = SealRecipient { kem, ..one };
    assert_eq!(refusal(&[unknown], FILE, b""), SealError::UnknownKem { kem });
    let bad = SealRecipient { public: &[0xff; 1184], ..one };
    assert!(matches!(refusal(&[bad], FILE, b""), SealError::Kem { .. }));
    let dry = sealing(&[one]).seal(b"", &mut Dry).unwrap_err();
    assert_eq!(dry, SealError::Entropy(EntropyError));
}

#[test]
fn the_longest_contents_are_sealed() {
    let people = people(32);
    let recipients: Vec<_> = people.iter().map(Person::recipient).collect();
    let purpose = SealPurpose::Annex { referendum: 7 };
    let sealing = Sealing { purpose, ..sealing(&recipients) };
    let annex = sealing.seal(&vec![7; 61_440], &mut OsEntropy).unwrap();
    assert!(annex.to_bytes().len() <= 100 * 1024, "{}", annex.to_bytes().len());
    let file = seal_to(&people[..1], &vec![7; FILE_BYTES_MAX as usize]);
    assert!(people[0].open(&reread(&file).unwrap()).is_ok());
    assert!(file.to_bytes().len() <= ENVELOPE_BYTES_MAX as usize);
}

#[test]
fn debug_output_shows_no_secret() {
    let person = Person::new(2, SchemeId::ML_KEM_768);
    let recipients = [person.recipient()];
    let secret = format!("{:?}", &person.pair.secret.expose()[..8]);
    let content = seal_to(std::slice::from_ref(&person), b"in confidence");
    let opened = content.open(&person.opener(), GENESIS, FILE).unwrap();
    for text in [
        format!("{:?}", person.opener()),
        format!("{:?}", sealing(&recipients)),
        format!("{content:?}"),
        format!("{opened:?}"),
    ] {
        assert!(!text.contains(secret.trim_matches(['[', ']'])), "{text}");
        assert!(!text.contains(&format!("{:?}", b"in confidence")), "{text}");
    }
    assert_eq!(format!("{opened:?}"), "Secret");
}

#[test]
fn the_handle_in_a_slot_is_the_keys() {
    let person = Person::new(2, SchemeId::ML_KEM_768);
    let envelope = seal_to(std::slice::from_ref(&person), b"");
    let slot = &envelope.header().recipients[0];
    assert_eq!(slot.key, KeyHandle::of(person.kem, &person.pair.public));
}
