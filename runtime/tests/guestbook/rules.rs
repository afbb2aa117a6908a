//! The rules of the guestbook, one by one, each call confined to the rows it declares.

use althing_frame::testing::TestChain;
use althing_frame::{DispatchError, Invalid, MemoryRows, Origin, Runtime, Track};
use parity_scale_codec::Encode;

use crate::chain::{CALLS, member, text};
use crate::pallet::{
    COUNT, Call, ENTRIES, Entry, Error, Event, Genesis, INDEX, LAST_COUNT, TEXT_BYTES_MAX, check,
    on_finalize,
};

const ANNA: u8 = 1;
const BERT: u8 = 2;
const HOUSEKEEPING: Origin = Origin::Track(Track::GeneralAdmin);

fn by(number: u8) -> Origin {
    Origin::Signed(member(number))
}

fn sign(words: &str) -> Call {
    Call::Sign { text: text(words) }
}

fn change(words: &str) -> Call {
    Call::Change { text: text(words) }
}

fn erase(number: u8) -> Call {
    Call::Erase { member: member(number) }
}

/// Apply a call that the rules allow; what the pallet promises holds after it.
fn apply(chain: &mut TestChain, origin: Origin, call: Call) {
    assert_eq!(chain.apply(origin, call), Ok(()));
    assert_eq!(check(&chain.rows), Ok(()));
}

/// Apply a call that the rules refuse; nothing has changed after it.
fn refuse(chain: &mut TestChain, origin: Origin, call: Call, reason: impl Into<DispatchError>) {
    let before = (chain.root(), chain.events().to_vec());
    assert_eq!(chain.apply(origin, call), Err(reason.into()));
    assert_eq!((chain.root(), chain.events().to_vec()), before);
}

/// A chain in block 7 on which Anna has signed.
fn signed_by_anna() -> TestChain {
    let mut chain = TestChain::new(CALLS);
    chain.go_to(7, 0);
    apply(&mut chain, by(ANNA), sign("hello"));
    chain
}

fn entry_of(chain: &TestChain, number: u8) -> Option<Entry> {
    ENTRIES.get(&chain.rows, &member(number)).expect("entries decode")
}

fn count(rows: &MemoryRows) -> u128 {
    COUNT.get(rows).expect("the count decodes")
}

#[test]
fn a_member_who_signs_has_an_entry_and_is_counted() {
    let chain = signed_by_anna();
    assert_eq!(entry_of(&chain, ANNA), Some(Entry { at: 7, text: text("hello") }));
    assert_eq!(count(&chain.rows), 1);
    assert_eq!(chain.events().len(), 1);
    assert!(chain.has_event(&Event::Signed { who: member(ANNA) }));
}

#[test]
fn a_second_signature_is_refused() {
    let mut chain = signed_by_anna();
    chain.go_to(8, 0);
    refuse(&mut chain, by(ANNA), sign("again"), Error::AlreadySigned { at: 7 });
}

#[test]
fn an_empty_text_is_refused() {
    let mut chain = signed_by_anna();
    refuse(&mut chain, by(BERT), sign(""), Error::Empty);
    refuse(&mut chain, by(ANNA), change(""), Error::Empty);
}

#[test]
fn a_change_keeps_the_block_of_the_signature() {
    let mut chain = signed_by_anna();
    chain.go_to(9, 0);
    apply(&mut chain, by(ANNA), change("farewell"));
    assert_eq!(entry_of(&chain, ANNA), Some(Entry { at: 7, text: text("farewell") }));
    assert_eq!(count(&chain.rows), 1);
    assert!(chain.has_event(&Event::Changed { who: member(ANNA) }));
}

#[test]
fn a_change_to_the_same_words_is_refused() {
    let mut chain = signed_by_anna();
    refuse(&mut chain, by(ANNA), change("hello"), Error::Unchanged { at: 7 });
}

#[test]
fn who_has_not_signed_has_nothing_to_change_or_erase() {
    let mut chain = signed_by_anna();
    let reason = Error::NotSigned { member: member(BERT) };
    refuse(&mut chain, by(BERT), change("hello"), reason.clone());
    refuse(&mut chain, HOUSEKEEPING, erase(BERT), reason);
}

#[test]
fn a_referendum_erases_an_entry_and_its_member_may_sign_again() {
    let mut chain = signed_by_anna();
    apply(&mut chain, by(BERT), sign("hi"));
    apply(&mut chain, HOUSEKEEPING, erase(ANNA));
    assert_eq!((entry_of(&chain, ANNA), count(&chain.rows)), (None, 1));
    assert!(chain.has_event(&Event::Erased { member: member(ANNA) }));
    apply(&mut chain, by(ANNA), sign("back"));
    apply(&mut chain, Origin::Track(Track::Root), erase(ANNA));
    assert_eq!(count(&chain.rows), 1);
}

#[test]
fn only_a_referendum_on_housekeeping_or_root_erases() {
    let mut chain = signed_by_anna();
    let other_tracks =
        Track::ALL.into_iter().filter(|track| !matches!(track, Track::GeneralAdmin | Track::Root));
    let others = other_tracks.map(Origin::Track).chain([by(ANNA), by(BERT), Origin::None]);
    for origin in others {
        refuse(&mut chain, origin, erase(ANNA), DispatchError::BadOrigin);
    }
}

#[test]
fn only_members_sign_and_change() {
    let mut chain = signed_by_anna();
    for origin in [HOUSEKEEPING, Origin::Track(Track::Root), Origin::None] {
        refuse(&mut chain, origin, sign("hello"), DispatchError::BadOrigin);
        refuse(&mut chain, origin, change("hello"), DispatchError::BadOrigin);
    }
}

#[test]
fn a_text_longer_than_its_bound_is_no_call() {
    let encoded = |bytes: u32| (INDEX, 0_u8, vec![b'a'; bytes as usize]).encode();
    assert!(CALLS.decode_call(&encoded(TEXT_BYTES_MAX)).is_ok());
    let longer = CALLS.decode_call(&encoded(TEXT_BYTES_MAX + 1));
    assert_eq!(longer.map(|call| call.name()), Err(Invalid::Call));
}

#[test]
fn genesis_entries_are_counted() {
    let entry = Entry { at: 0, text: text("from the beginning") };
    let entries = vec![(member(ANNA), entry.clone()), (member(BERT), entry.clone())];
    let mut chain = TestChain::new(CALLS);
    chain.go_to(0, 0);
    assert_eq!(chain.apply_unrestricted(|tx| Genesis { entries }.build(tx)), Ok(()));
    assert_eq!((entry_of(&chain, BERT), count(&chain.rows)), (Some(entry), 2));
    assert_eq!(check(&chain.rows), Ok(()));
    refuse(&mut chain, by(ANNA), sign("hello"), Error::AlreadySigned { at: 0 });
}

#[test]
fn genesis_with_a_member_twice_is_refused_whole() {
    let entry = Entry { at: 0, text: text("me") };
    let entries = vec![(member(ANNA), entry.clone()), (member(ANNA), entry)];
    let mut chain = TestChain::new(CALLS);
    let before = chain.root();
    let outcome = chain.apply_unrestricted(|tx| Genesis { entries }.build(tx));
    assert_eq!(outcome, Err(Error::AlreadySigned { at: 0 }.into()));
    assert_eq!(chain.root(), before);
}

#[test]
fn the_end_of_a_block_notes_the_count() {
    let mut chain = signed_by_anna();
    assert_eq!(LAST_COUNT.get(&chain.rows), Ok(None));
    assert_eq!(chain.apply_unrestricted(on_finalize), Ok(()));
    assert_eq!(LAST_COUNT.get(&chain.rows), Ok(Some(1)));
}

#[test]
fn a_refusal_carries_its_public_code_and_its_numbers() {
    let mut chain = signed_by_anna();
    let error = chain.apply(by(ANNA), sign("again")).expect_err("a second signature is refused");
    assert_eq!(error.code(), "GST-101");
    assert_eq!(error.to_string(), "signed already, in block 7");
    assert_eq!(error.encode(), [3, INDEX, 1, 0, 0, 0]);
}
