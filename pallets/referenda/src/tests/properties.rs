//! Whatever members and referenda do, the invariants hold after every block.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Submit(usize, DecisionDeposit),
    Place(u32),
    Refund(u32, bool),
    Stop(u32, bool),
    Vote(u32, bool, Balance),
    RemoveVote(u32),
    Unlock,
}

fn step() -> impl Strategy<Value = Step> {
    let index = 0_u32..8;
    let decision = prop_oneof![Just(DecisionDeposit::Now), Just(DecisionDeposit::Later)];
    prop_oneof![
        3 => (0_usize..11, decision).prop_map(|(track, decision)| Step::Submit(track, decision)),
        2 => index.clone().prop_map(Step::Place),
        2 => (index.clone(), any::<bool>()).prop_map(|(index, which)| Step::Refund(index, which)),
        1 => (index.clone(), any::<bool>()).prop_map(|(index, kill)| Step::Stop(index, kill)),
        6 => (index.clone(), any::<bool>(), 1..EACH)
            .prop_map(|(index, aye, balance)| Step::Vote(index, aye, balance)),
        1 => index.prop_map(Step::RemoveVote),
        1 => Just(Step::Unlock),
    ]
}

fn run(chain: &mut TestChain, who: AccountId, step: &Step) -> Result<(), DispatchError> {
    let origin = Origin::Signed(who);
    match *step {
        Step::Submit(track, decision) => {
            let Call::Submit { track, proposal, enactment, title, .. } =
                question(Track::ALL[track])
            else {
                unreachable!("a question is a submission")
            };
            chain.apply(origin, Call::Submit { track, proposal, enactment, title, decision })
        }
        Step::Place(index) => chain.apply(origin, Call::PlaceDecisionDeposit { index }),
        Step::Refund(index, true) => chain.apply(origin, Call::RefundDecisionDeposit { index }),
        Step::Refund(index, false) => chain.apply(origin, Call::RefundSubmissionDeposit { index }),
        Step::Stop(index, true) => as_track(chain, Track::Root, &Call::Kill { index }),
        Step::Stop(index, false) => as_track(chain, Track::Canceller, &Call::Cancel { index }),
        Step::Vote(referendum, true, balance) => {
            chain.apply(origin, pallet_voting::Call::Vote { referendum, ballot: aye(balance) })
        }
        Step::Vote(referendum, false, balance) => {
            chain.apply(origin, pallet_voting::Call::Vote { referendum, ballot: nay(balance) })
        }
        Step::RemoveVote(referendum) => {
            chain.apply(origin, pallet_voting::Call::RemoveVote { referendum })
        }
        Step::Unlock => chain.apply(origin, pallet_voting::Call::Unlock),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn invariants_hold_after_every_block_and_refusals_leave_no_trace(
        blocks in proptest::collection::vec(
            proptest::collection::vec((0_usize..5, step(), 0_u16..6), 0..5), 40..70),
    ) {
        let mut chain = cryptography::with_schemes();
        for block in blocks {
            for (who, step, voice) in block {
                chain.voice = althing_primitives::SchemeId(voice);
                let before = chain.root();
                if let Err(error) = run(&mut chain, MEMBERS[who], &step) {
                    prop_assert!(error.refusal().is_some(), "{} by {:?}", error, step);
                    prop_assert_eq!(chain.root(), before);
                }
            }
            let next = chain.number();
            end_blocks(&mut chain, next);
        }
    }
}
