//! One fact for each refusal: the rule, its values, and an unchanged state.

use super::*;

fn refused(chain: &mut TestChain, call: Call, error: Error) {
    let before = chain.root();
    assert_eq!(chain.apply(Origin::Signed(BOB), call), Err(error.into()));
    assert_eq!(chain.root(), before);
}

fn titled(title: &[u8]) -> Call {
    let Call::Submit { track, proposal, enactment, decision, .. } = question(Track::Root) else {
        unreachable!("a question is a submission")
    };
    let title = title.to_vec().try_into().unwrap();
    Call::Submit { track, proposal, enactment, title, decision }
}

#[test]
fn an_unknown_number_is_refused() {
    let unknown = Error::UnknownReferendum { index: 3 };
    refused(&mut chain(), Call::PlaceDecisionDeposit { index: 3 }, unknown.clone());
    refused(&mut chain(), Call::RefundDecisionDeposit { index: 3 }, unknown.clone());
    refused(&mut chain(), Call::RefundSubmissionDeposit { index: 3 }, unknown.clone());
    for call in [Call::Cancel { index: 3 }, Call::Kill { index: 3 }] {
        assert_eq!(as_track(&mut chain(), Track::Root, &call), Err(unknown.clone().into()));
    }
}

#[test]
fn a_track_the_chain_does_not_have_is_refused() {
    let mut genesis = Genesis::fast().unwrap();
    genesis.tracks.retain(|(track, _)| *track != Track::Treasurer);
    let mut chain = chain_with(&genesis, &pallet_voting::Genesis::fast());
    refused(&mut chain, question(Track::Treasurer), Error::NoTrack { track: "treasurer" });
}

#[test]
fn a_proposal_that_is_no_call_is_refused() {
    refused(&mut chain(), question_of(Track::Root, &[200, 1, 2]), Error::Undecodable);
    let mut trailing = remark("an answer");
    trailing.push(0);
    refused(&mut chain(), question_of(Track::Root, &trailing), Error::Undecodable);
}

#[test]
fn a_title_that_is_no_text_is_refused() {
    refused(&mut chain(), titled(&[0xff, 0xfe]), Error::TitleNotText);
    submit(&mut chain(), BOB, titled("Þingvellir".as_bytes()));
}

#[test]
fn a_member_who_cannot_pay_is_refused_and_no_number_is_used_up() {
    let mut chain = chain();
    let pot = AccountId::of_pallet("treasury");
    let keep = pallet_balances::Existence::KeepAlive;
    let most = EACH - 1_009 * TOKEN;
    chain.apply_unrestricted(|tx| pallet_balances::transfer(tx, &BOB, &pot, most, keep)).unwrap();
    let before = chain.root();
    let refusal = chain.apply(Origin::Signed(BOB), question(Track::Root)).unwrap_err();
    assert_eq!(refusal.refusal().unwrap().pallet, pallet_balances::INDEX);
    assert_eq!(chain.root(), before);
}

#[test]
fn what_has_ended_is_not_paid_for_stopped_or_ended_again() {
    let mut chain = chain();
    submit(&mut chain, BOB, question(Track::Root));
    as_track(&mut chain, Track::Canceller, &Call::Cancel { index: 0 }).unwrap();
    let ended = Error::Ended { index: 0, status: "cancelled" };
    refused(&mut chain, Call::PlaceDecisionDeposit { index: 0 }, ended.clone());
    for call in [Call::Cancel { index: 0 }, Call::Kill { index: 0 }] {
        assert_eq!(as_track(&mut chain, Track::Root, &call), Err(ended.clone().into()));
    }
}

#[test]
fn a_second_decision_deposit_is_refused() {
    let mut chain = chain();
    submit(&mut chain, CAROL, question(Track::Root));
    let placed = Error::DepositPlaced { index: 0, who: CAROL };
    refused(&mut chain, Call::PlaceDecisionDeposit { index: 0 }, placed);
}

#[test]
fn deposits_stay_until_the_end() {
    let mut chain = chain();
    submit(&mut chain, BOB, question(Track::Root));
    let ongoing = Error::Ongoing { index: 0, status: "preparing" };
    refused(&mut chain, Call::RefundDecisionDeposit { index: 0 }, ongoing.clone());
    refused(&mut chain, Call::RefundSubmissionDeposit { index: 0 }, ongoing);
}

#[test]
fn a_deposit_is_given_back_once_and_never_after_a_kill() {
    let mut chain = chain();
    submit(&mut chain, BOB, question(Track::Root));
    submit(&mut chain, BOB, question(Track::Root));
    as_track(&mut chain, Track::Root, &Call::Kill { index: 0 }).unwrap();
    as_track(&mut chain, Track::Root, &Call::Cancel { index: 1 }).unwrap();
    for index in [0, 1] {
        let nothing = Error::NoDeposit { index };
        refused(&mut chain, Call::RefundDecisionDeposit { index }, nothing.clone());
        refused(&mut chain, Call::RefundSubmissionDeposit { index }, nothing);
    }
}

#[test]
fn nobody_but_a_member_asks() {
    for origin in [Origin::None, Origin::Track(Track::Root)] {
        for call in [
            question(Track::Root),
            Call::PlaceDecisionDeposit { index: 0 },
            Call::RefundDecisionDeposit { index: 0 },
            Call::RefundSubmissionDeposit { index: 0 },
        ] {
            let refusal = chain().apply_unrestricted(|tx| call.dispatch(tx, origin));
            assert_eq!(refusal, Err(DispatchError::BadOrigin));
        }
    }
}
