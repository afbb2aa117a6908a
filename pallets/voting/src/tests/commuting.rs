//! Ballots of different members may run in any order, or at once.

use althing_frame::{Access, Call as _, Mode};
use althing_primitives::SchemeId;
use pallet_crypto_registry::Limits;
use proptest::prelude::*;

use super::*;

fn access_of(chain: &TestChain, who: AccountId, call: &Call) -> Access {
    let mut access = Access::new();
    call.access(&Origin::Signed(who), &chain.rows, &mut access).unwrap();
    access
}

#[test]
fn votes_of_different_members_on_one_referendum_do_not_conflict() {
    let chain = chain();
    let vote = Call::Vote { referendum: 0, ballot: aye(1) };
    let (alice, bob) = (access_of(&chain, ALICE, &vote), access_of(&chain, BOB, &vote));
    assert!(!alice.conflicts(&bob));
    assert!(!alice.conflicts(&access_of(&chain, BOB, &Call::RemoveVote { referendum: 0 })));
    assert!(!alice.conflicts(&access_of(&chain, BOB, &Call::Unlock)));
    assert!(alice.conflicts(&alice));
    let tally = TALLIES.key(&0);
    assert_eq!(alice.rows().iter().find(|row| row.key == tally).unwrap().mode, Mode::Add);
}

#[derive(Clone, Debug)]
enum Step {
    Vote(Ballot),
    Remove,
    Unlock,
}

fn step() -> impl Strategy<Value = Step> {
    let balance = 1_u128..20_000 * TOKEN;
    let conviction = (0_usize..7).prop_map(|at| Conviction::ALL[at]);
    prop_oneof![
        4 => (any::<bool>(), balance, conviction)
            .prop_map(|(aye, balance, conviction)| Step::Vote(standard(aye, balance, conviction))),
        1 => (0_u128..5_000 * TOKEN, 0_u128..6_000 * TOKEN)
            .prop_map(|(aye, nay)| Step::Vote(Ballot::Split { aye, nay })),
        2 => Just(Step::Remove),
        1 => Just(Step::Unlock),
    ]
}

fn run(chain: &mut TestChain, (who, referendum, step, voice): &(usize, u32, Step, u16)) {
    let referendum = *referendum;
    chain.voice = SchemeId(*voice);
    let call = match step {
        Step::Vote(ballot) => Call::Vote { referendum, ballot: *ballot },
        Step::Remove => Call::RemoveVote { referendum },
        Step::Unlock => Call::Unlock,
    };
    let before = chain.root();
    // Refusals are part of the game; they must leave no trace.
    if let Err(error) = chain.apply(Origin::Signed(MEMBERS_ALL[*who]), call) {
        assert!(error.refusal().is_some(), "{error}");
        assert_eq!(chain.root(), before);
    }
}

proptest! {
    /// A5 holds after every block, and only each member's own order shows.
    #[test]
    fn any_order_that_keeps_each_members_own_gives_the_same_rows(
        blocks in proptest::collection::vec(
            proptest::collection::vec((0_usize..5, 0_u32..3, step(), 0_u16..5), 1..12), 1..4),
        closing in 0_u32..3,
    ) {
        let mut chain = chain();
        let registry = pallet_crypto_registry::Genesis::dev(Limits::FAST);
        chain.apply_unrestricted(|tx| registry.build(tx)).unwrap();
        (1..3).for_each(|referendum| open(&mut chain, referendum));
        let mut other = chain.clone();
        for block in blocks {
            next_block(&mut chain);
            next_block(&mut other);
            for step in &block {
                run(&mut chain, step);
            }
            let mut by_member = block.clone();
            by_member.sort_by_key(|(who, ..)| core::cmp::Reverse(*who));
            for step in &by_member {
                run(&mut other, step);
            }
            prop_assert_eq!(chain.root(), other.root());
            check(&chain.rows).unwrap();
            pallet_balances::check(&chain.rows, 0).unwrap();
        }
        close(&mut chain, closing, PollOutcome::Approved);
        next_block(&mut chain);
        for who in MEMBERS_ALL {
            unlock_of(&mut chain, who);
            let now = chain.number();
            let record = member(&chain.rows, &who).unwrap();
            prop_assert_eq!(locked(&chain, who), record.locked_at(now));
        }
    }
}
