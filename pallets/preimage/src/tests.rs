//! Facts about preimages.

use althing_frame::testing::{TestChain, TestRuntime};
use althing_frame::{Access, DispatchError, Event as _, Origin, PalletError as _};
use althing_primitives::{AccountId, Balance, Hash256, TOKEN, blake2_256};
use parity_scale_codec::{Decode, Encode};

use crate::*;

const ALICE: AccountId = AccountId([1; 32]);
const BOB: AccountId = AccountId([2; 32]);

fn chain() -> TestChain {
    let mut chain = TestChain::new(TestRuntime::without_calls());
    let balances = vec![(ALICE, 2_000 * TOKEN), (BOB, 10 * TOKEN)];
    let genesis = pallet_balances::Genesis { balances };
    chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();
    chain.take_events();
    chain
}

fn long_call() -> Vec<u8> {
    vec![7; 200]
}

fn proposal() -> Proposal {
    Proposal::of(&long_call()).unwrap()
}

fn note(bytes: &[u8]) -> Call {
    Call::Note { bytes: bytes.to_vec().try_into().unwrap() }
}

fn noted() -> TestChain {
    let mut chain = chain();
    chain.apply(Origin::Signed(ALICE), note(&long_call())).unwrap();
    chain
}

fn reserved(chain: &TestChain, who: AccountId) -> Balance {
    pallet_balances::reserved(&chain.rows, &who).unwrap()
}

/// Pin within the declared rows.
fn pin_in(chain: &mut TestChain, proposal: &Proposal) -> Result<(), DispatchError> {
    let mut access = Access::new();
    pin_access(&mut access, proposal);
    chain.apply_confined(&access, |tx| pin(tx, proposal))
}

fn unpin_in(chain: &mut TestChain, proposal: &Proposal) -> Result<(), DispatchError> {
    let mut access = Access::new();
    unpin_access(&mut access, proposal);
    chain.apply_confined(&access, |tx| unpin(tx, proposal))
}

#[track_caller]
fn assert_refused(chain: &mut TestChain, who: AccountId, call: Call, expected: Error) {
    let before = chain.root();
    assert_eq!(chain.apply(Origin::Signed(who), call), Err(expected.into()));
    assert_eq!(chain.root(), before);
}

#[test]
fn noted_bytes_are_found_under_their_hash() {
    let chain = noted();

    assert_eq!(fetch(&chain.rows, &proposal()), Ok(long_call()));
    let (hash, deposit) = (blake2_256(&long_call()), deposit_for(200));
    assert!(chain.has_event(&Event::Noted { hash, len: 200, who: ALICE, deposit }));
    assert_eq!(reserved(&chain, ALICE), deposit);
    check(&chain.rows).unwrap();
}

#[test]
fn giving_bytes_back_frees_exactly_the_deposit() {
    let mut chain = chain();
    let before = chain.root();

    chain.apply(Origin::Signed(ALICE), note(&long_call())).unwrap();
    let hash = blake2_256(&long_call());
    chain.apply(Origin::Signed(ALICE), Call::Unnote { hash }).unwrap();

    assert_eq!(chain.root(), before);
    let deposit = deposit_for(200);
    assert!(chain.has_event(&Event::Unnoted { hash, who: ALICE, deposit }));
}

#[test]
fn the_same_bytes_are_kept_once() {
    let hash = blake2_256(&long_call());
    let expected = Error::AlreadyNoted { hash, who: ALICE };
    assert_refused(&mut noted(), BOB, note(&long_call()), expected);
}

#[test]
fn nothing_is_no_preimage() {
    assert_refused(&mut chain(), ALICE, note(&[]), Error::Empty);
}

#[test]
fn only_the_noter_gives_bytes_back() {
    let hash = blake2_256(&long_call());
    let expected = Error::NotTheNoter { hash, noter: ALICE };
    assert_refused(&mut noted(), BOB, Call::Unnote { hash }, expected);
}

#[test]
fn what_is_not_noted_cannot_be_given_back() {
    let hash = Hash256([9; 32]);
    assert_refused(&mut chain(), ALICE, Call::Unnote { hash }, Error::NotNoted { hash });
}

#[test]
fn who_cannot_pay_the_deposit_notes_nothing() {
    let mut chain = chain();
    let before = chain.root();

    let refusal = chain.apply(Origin::Signed(BOB), note(&vec![1; 10_000])).unwrap_err();

    assert_eq!(refusal.code(), "BAL-102");
    assert_eq!(chain.root(), before);
}

#[test]
fn only_members_note() {
    let mut chain = chain();
    for origin in [Origin::None, Origin::Track(althing_frame::Track::Root)] {
        let refusal = chain.apply(origin, note(&long_call())).unwrap_err();
        assert_eq!(refusal, DispatchError::BadOrigin);
    }
}

/// G12 was a deposit a thousand times too low. These numbers are what members pay.
#[test]
fn gov_atk_g12_the_cost_of_keeping_bytes_is_what_was_decided() {
    let table = [(1, 1_001), (200, 1_200), (1_024, 2_024), (BYTES_MAX, 1_049_576)];
    for (len, thousandths) in table {
        assert_eq!(deposit_for(len), thousandths * (TOKEN / 1_000), "{len} bytes");
    }
}

#[test]
fn gov_atk_c1_a_pinned_preimage_cannot_be_taken_away() {
    let mut chain = noted();
    let hash = proposal().hash();
    pin_in(&mut chain, &proposal()).unwrap();
    pin_in(&mut chain, &proposal()).unwrap();

    assert_refused(&mut chain, ALICE, Call::Unnote { hash }, Error::Pinned { hash, pins: 2 });
    unpin_in(&mut chain, &proposal()).unwrap();
    assert_refused(&mut chain, ALICE, Call::Unnote { hash }, Error::Pinned { hash, pins: 1 });
    check(&chain.rows).unwrap();

    unpin_in(&mut chain, &proposal()).unwrap();
    chain.apply(Origin::Signed(ALICE), Call::Unnote { hash }).unwrap();
    check(&chain.rows).unwrap();
}

#[test]
fn gov_atk_c1_noted_bytes_cannot_be_replaced() {
    let mut chain = noted();
    let other = vec![8; 200];
    chain.apply(Origin::Signed(ALICE), note(&other)).unwrap();

    assert_eq!(fetch(&chain.rows, &proposal()), Ok(long_call()));
    assert_ne!(Proposal::of(&other).unwrap().hash(), proposal().hash());
}

#[test]
fn gov_atk_c3_a_wrong_preimage_length_is_refused() {
    let mut chain = noted();
    let before = chain.root();
    let hash = proposal().hash();
    for said in [0, 199, 201, u32::MAX] {
        let wrong = Proposal::Preimage { hash, len: said };
        let expected = DispatchError::from(Error::WrongLength { hash, said, noted: 200 });
        assert_eq!(ensure_noted(&chain.rows, &wrong), Err(expected.clone()));
        assert_eq!(fetch(&chain.rows, &wrong), Err(expected.clone()));
        assert_eq!(pin_in(&mut chain, &wrong), Err(expected));
    }
    assert_eq!(chain.root(), before);
}

#[test]
fn a_proposal_whose_bytes_are_missing_is_refused() {
    let mut chain = chain();
    let hash = proposal().hash();
    assert_eq!(pin_in(&mut chain, &proposal()), Err(Error::NotNoted { hash }.into()));
    assert_eq!(fetch(&chain.rows, &proposal()), Err(Error::NotNoted { hash }.into()));
}

#[test]
fn what_a_call_relies_on_is_pinned_with_its_own_bytes() {
    let mut chain = noted();
    chain.apply(Origin::Signed(BOB), note(&[1])).unwrap();
    let hash = blake2_256(&[1]);
    let relied = relied(vec![hash, hash]).unwrap();
    assert_eq!(*relied, [hash], "each once");
    chain.apply_unrestricted(|tx| pin_with(tx, &proposal(), &relied)).unwrap();
    for hash in [hash, proposal().hash()] {
        assert_eq!(pins(&chain.rows, &hash), Ok(1));
    }
    assert_refused(&mut chain, BOB, Call::Unnote { hash }, Error::Pinned { hash, pins: 1 });
    let mut access = Access::new();
    ensure_noted_with_access(&mut access, &proposal(), &relied);
    chain.apply_confined(&access, |tx| ensure_noted_with(tx, &proposal(), &relied)).unwrap();

    chain.apply_unrestricted(|tx| unpin_with(tx, &proposal(), &relied)).unwrap();
    assert_eq!(PINS.list(&chain.rows), Ok(vec![]));
    chain.apply(Origin::Signed(BOB), Call::Unnote { hash }).unwrap();
    let missing = DispatchError::from(Error::NotNoted { hash });
    assert_eq!(ensure_noted_with(&chain.rows, &proposal(), &relied), Err(missing.clone()));
    let before = chain.root();
    let refusal =
        chain.apply_unrestricted(|tx| tx.layered(|tx| pin_with(tx, &proposal(), &relied)));
    assert_eq!(refusal, Err(missing));
    assert_eq!(chain.root(), before);
}

#[test]
fn a_call_relies_on_four_preimages_at_most() {
    let hashes = |count: u8| (0..count).map(|byte| Hash256([byte; 32])).collect::<Vec<_>>();
    assert_eq!(relied(hashes(4)).unwrap().len(), 4);
    let error = Error::TooManyRelied { found: 5, max: RELIED_MAX };
    assert_eq!(relied(hashes(5)), Err(error.clone()));
    assert_eq!((error.code(), error.index()), ("PRE-107", 7));
}

#[test]
fn an_unpin_without_a_pin_is_a_bug() {
    let refusal = unpin_in(&mut noted(), &proposal()).unwrap_err();
    assert!(refusal.is_bug());
}

#[test]
fn a_short_call_is_its_own_proposal() {
    let mut chain = chain();
    let before = chain.root();
    let call = vec![3; INLINE_BYTES_MAX as usize];
    let proposal = Proposal::of(&call).unwrap();

    assert!(matches!(proposal, Proposal::Inline(_)));
    assert_eq!((proposal.hash(), proposal.call_bytes()), (blake2_256(&call), INLINE_BYTES_MAX));
    assert_eq!(fetch(&chain.rows, &proposal), Ok(call));
    pin_in(&mut chain, &proposal).unwrap();
    unpin_in(&mut chain, &proposal).unwrap();
    assert_eq!(chain.root(), before);
}

#[test]
fn one_byte_more_takes_a_preimage() {
    let call = vec![3; INLINE_BYTES_MAX as usize + 1];
    let expected = Proposal::Preimage { hash: blake2_256(&call), len: 129 };
    assert_eq!(Proposal::of(&call), Some(expected));
}

#[test]
fn proposals_keep_their_bytes() {
    let inline = Proposal::of(&[1, 2]).unwrap();
    assert_eq!(inline.encode(), [0, 8, 1, 2]);
    let hashed = Proposal::Preimage { hash: Hash256([5; 32]), len: 256 };
    assert_eq!(hashed.encode(), [&[1][..], &[5; 32], &[0, 1, 0, 0]].concat());
    for proposal in [inline, hashed] {
        assert_eq!(Proposal::decode(&mut &proposal.encode()[..]), Ok(proposal));
    }
    // 129 bytes inline: refused by the decoder.
    let hostile = (0_u8, vec![0_u8; 129]).encode();
    assert!(Proposal::decode(&mut &hostile[..]).is_err());
}

#[test]
fn hostile_bytes_are_no_call_and_do_no_harm() {
    let long = (0_u8, parity_scale_codec::Compact(u32::MAX)).encode();
    assert!(Call::decode(&mut &long[..]).is_err());
    for first in 0..=u8::MAX {
        // Whether it decodes does not matter; that it returns does.
        let _ = Call::decode(&mut &[first, first, first][..]);
    }
}

#[test]
fn events_keep_their_indices() {
    let (hash, who, deposit) = (Hash256([5; 32]), ALICE, 1);
    assert_eq!(Event::Noted { hash, len: 1, who, deposit }.to_outer()[..2], [6, 0]);
    assert_eq!(Event::Unnoted { hash, who, deposit }.to_outer()[..2], [6, 1]);
}

#[test]
fn notes_of_different_members_do_not_conflict() {
    let rows = chain().rows;
    let rows_of = |who: AccountId, bytes: &[u8]| {
        let mut access = Access::new();
        let origin = Origin::Signed(who);
        althing_frame::Call::access(&note(bytes), &origin, &rows, &mut access).unwrap();
        access
    };
    let (one, other) = (rows_of(ALICE, &[1]), rows_of(BOB, &[2]));
    assert!(one.rows().iter().all(|row| other.position(&row.key).is_none()));
}
