//! Ballots of critical polls are kept apart by the scheme that answers for them (G90).

use althing_frame::{Access, Call as _, Fault, Mode};
use althing_primitives::SchemeId;
use pallet_crypto_registry::Limits;

use super::*;

const LATTICE: SchemeId = SchemeId::ML_DSA_65;
const HASH: SchemeId = SchemeId::SLH_DSA_128S;
const JOINT: SchemeId = SchemeId::JOINT;

/// The same chain with a registry.
fn with_schemes() -> TestChain {
    let mut chain = chain();
    let registry = pallet_crypto_registry::Genesis::dev(Limits::FAST);
    chain.apply_unrestricted(|tx| registry.build(tx)).unwrap();
    chain
}

fn cast_under(chain: &mut TestChain, voice: SchemeId, who: AccountId, ballot: Ballot) {
    chain.voice = voice;
    cast(chain, who, 0, ballot).unwrap();
}

fn spoken(chain: &TestChain) -> Vec<(SchemeId, Tally)> {
    let voices = voices(&chain.rows, 0).unwrap();
    voices.into_iter().map(|voice| (voice.scheme, voice.tally)).collect()
}

const fn ayes(ayes: u128) -> Tally {
    Tally { ayes, nays: 0, support: ayes }
}

const fn nays(nays: u128) -> Tally {
    Tally { ayes: 0, nays, support: 0 }
}

#[test]
fn a_ballot_counts_in_the_tally_and_in_its_voice() {
    let mut chain = with_schemes();
    cast_under(&mut chain, LATTICE, ALICE, aye(70));
    cast_under(&mut chain, HASH, BOB, nay(20));
    cast_under(&mut chain, LATTICE, CAROL, aye(5));
    cast_under(&mut chain, JOINT, DAVE, aye(1));
    assert_eq!(spoken(&chain), [(JOINT, ayes(1)), (LATTICE, ayes(75)), (HASH, nays(20))]);
    assert_eq!(counted(&chain, 0), Tally { ayes: 76, nays: 20, support: 76 });
    let voted = Event::Voted {
        who: BOB,
        referendum: 0,
        ballot: nay(20),
        previous: None,
        voice: Some(HASH),
    };
    assert!(chain.has_event(&voted));
}

/// H4, H5: one ballot an account, under whatever key it was cast last.
#[test]
fn gov_atk_h5_a_ballot_under_another_key_replaces_the_first_in_its_voice() {
    let mut chain = with_schemes();
    cast_under(&mut chain, LATTICE, ALICE, aye(70));
    cast_under(&mut chain, HASH, ALICE, aye(70));
    assert_eq!(spoken(&chain), [(HASH, ayes(70))], "in the same block");
    next_block(&mut chain);
    cast_under(&mut chain, JOINT, ALICE, nay(30));
    assert_eq!(spoken(&chain), [(JOINT, nays(30))]);
    assert_eq!(counted(&chain, 0), nays(30));
}

/// H4: after a rotation the ballot stays where it was cast, and is taken back from there.
#[test]
fn gov_atk_h4_a_ballot_is_taken_back_from_the_voice_under_which_it_was_cast() {
    let mut chain = with_schemes();
    cast_under(&mut chain, LATTICE, ALICE, aye(70));
    cast_under(&mut chain, LATTICE, BOB, aye(1));
    next_block(&mut chain);
    chain.voice = HASH;
    remove(&mut chain, ALICE, 0).unwrap();
    assert_eq!(spoken(&chain), [(LATTICE, ayes(1))]);
}

#[test]
fn a_refused_ballot_moves_no_voice() {
    let mut chain = with_schemes();
    cast_under(&mut chain, LATTICE, ALICE, aye(70));
    let before = chain.root();
    chain.voice = HASH;
    let lower = cast(&mut chain, ALICE, 0, aye(69));
    assert_eq!(lower, Err(Error::JustCast { referendum: 0, block: 1 }.into()));
    let early = remove(&mut chain, ALICE, 0);
    assert_eq!(early, Err(Error::JustCast { referendum: 0, block: 1 }.into()));
    assert_eq!(chain.root(), before);
}

#[test]
fn closing_forgets_the_voices() {
    let mut chain = with_schemes();
    cast_under(&mut chain, LATTICE, ALICE, aye(70));
    cast_under(&mut chain, HASH, BOB, nay(20));
    close(&mut chain, 0, PollOutcome::Approved);
    assert_eq!(VOICES.list(&chain.rows), Ok(Vec::new()));
    check(&chain.rows).unwrap();
    next_block(&mut chain);
    remove(&mut chain, ALICE, 0).unwrap();
    unlock_of(&mut chain, BOB);
    assert_eq!(VOICES.list(&chain.rows), Ok(Vec::new()));
}

fn access_of(chain: &TestChain, call: &Call) -> Access {
    let mut access = Access::new();
    call.access(&Origin::Signed(ALICE), &chain.rows, &mut access).unwrap();
    access
}

fn added(access: &Access) -> usize {
    access.rows().iter().filter(|row| row.mode == Mode::Add).count()
}

#[test]
fn only_critical_polls_have_voices_and_pay_for_them() {
    let mut chain = with_schemes();
    for (referendum, track, is_critical) in
        [(1, Track::SmallTipper, false), (2, Track::Canceller, true), (3, Track::Root, false)]
    {
        chain.apply_unrestricted(|tx| open_poll(tx, referendum, track, is_critical)).unwrap();
    }
    let vote = |referendum| Call::Vote { referendum, ballot: aye(9) };
    assert_eq!(added(&access_of(&chain, &vote(1))), 1, "the tally alone");
    for critical in [0, 2, 3] {
        // The tally, seven schemes, and several together.
        assert_eq!(added(&access_of(&chain, &vote(critical))), 9, "{critical}");
    }
    assert_eq!(added(&access_of(&chain, &vote(77))), 9, "it may open before the vote's turn");
    chain.voice = LATTICE;
    for referendum in [1, 2] {
        cast(&mut chain, ALICE, referendum, aye(9)).unwrap();
    }
    assert_eq!(voices(&chain.rows, 1), Ok(Vec::new()));
    assert_eq!(voices(&chain.rows, 2), Ok(vec![Voice { scheme: LATTICE, tally: ayes(9) }]));
    // Who takes a ballot back knows where it is.
    let remove = |referendum| access_of(&chain, &Call::RemoveVote { referendum });
    assert_eq!((added(&remove(1)), added(&remove(2)), added(&remove(3))), (1, 2, 1));
}

/// A vote whose access was declared before the poll was there, in a block that opens it first.
#[test]
fn a_vote_in_the_block_that_opens_the_poll_finds_its_rows_declared() {
    let mut chain = with_schemes();
    let vote = Call::Vote { referendum: 9, ballot: aye(9) };
    let access = access_of(&chain, &vote);
    chain.apply_unrestricted(|tx| open_poll(tx, 9, Track::Root, false)).unwrap();
    chain.voice = LATTICE;
    let cast = chain.apply_declared(&access, Origin::Signed(ALICE), &vote);
    assert_eq!(cast, Ok(()));
}

#[test]
fn a_ballot_without_a_voice_is_a_bug_on_a_critical_poll_only() {
    let mut chain = with_schemes();
    chain.apply_unrestricted(|tx| open_poll(tx, 1, Track::SmallTipper, false)).unwrap();
    let unsigned = |chain: &mut TestChain, referendum| {
        chain.apply_unrestricted(|tx| vote(tx, &ALICE, referendum, aye(9)))
    };
    let broken = Fault::Broken { invariant: "V7: a ballot of a critical poll has a voice" };
    assert_eq!(unsigned(&mut chain, 0), Err(broken.into()));
    assert_eq!(unsigned(&mut chain, 1), Ok(()));
}

#[test]
fn the_audit_finds_a_voice_that_is_not_the_sum_of_its_ballots() {
    let mut chain = with_schemes();
    cast_under(&mut chain, LATTICE, ALICE, aye(70));
    let mut moved = chain.clone();
    moved
        .apply_unrestricted(|tx| {
            VOICES.put(tx, &(0, LATTICE), &ayes(60))?;
            VOICES.put(tx, &(0, HASH), &ayes(10))
        })
        .unwrap();
    let broken = Fault::Broken { invariant: "V7: voices add up to the tally of their poll" };
    assert_eq!(check(&moved.rows), Err(broken));
    assert_eq!(check(&chain.rows), Ok(()));
}
