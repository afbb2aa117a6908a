//! What critical referenda promise beyond the count itself (G91, G94, G96 to G99).

use althing_frame::Concern;
use althing_primitives::{Family, Hash256, SchemeId};
use pallet_crypto_registry::{Call as Step, SCHEMES, SchemeState};

use super::cryptography::{
    HASH, LATTICE, OLD, SMALL, TRIAL, activate, deprecate, enact, excluded, freeze, shown, votes,
    with_schemes,
};
use super::*;

/// G91: whichever way it would go, each step of the registry names the scheme it decides about.
#[test]
fn every_step_of_the_registry_decides_about_the_scheme_that_it_names() {
    let scheme = SchemeId(300);
    let module = Step::AddModule {
        scheme,
        name: b"new".to_vec().try_into().unwrap(),
        family: Family::Code,
        public_bytes: 4,
        signature_bytes: 8,
        fuel_max: 1,
        code: Hash256([1; 32]),
        signer: None,
        vectors: Hash256([2; 32]),
    };
    let steps = [
        Step::Activate { scheme },
        Step::Trial { scheme },
        Step::Deprecate { scheme, sunset_after: None },
        Step::Retire { scheme },
        Step::Freeze { scheme, blocks: 1 },
        Step::Propose { scheme },
        module,
        Step::CallOffRetirement { scheme },
    ];
    for step in steps {
        assert_eq!(step.concern(), Concern::Schemes(vec![scheme]), "{step:?}");
    }
}

/// G94: a ballot that two schemes signed does not say which. It was forged only if both were broken
/// when it was cast, so it counts on when one or both of them fall, or are what is decided about.
#[test]
fn a_joint_ballot_counts_on_when_its_schemes_fall() {
    let mut chain = with_schemes();
    submit(&mut chain, BOB, question_of(Track::CryptoUpgrade, &activate(TRIAL)));
    votes(&mut chain, 0, &[(ALICE, SchemeId::JOINT, true), (BOB, OLD, true), (CAROL, SMALL, true)]);
    let counted = |chain: &TestChain| shown(chain, 0).counting.counted.ayes;
    assert_eq!(counted(&chain), 3 * EACH);
    enact(&mut chain, Track::CryptoSunset, &deprecate(OLD));
    assert_eq!(counted(&chain), 2 * EACH, "one of two fell");
    enact(&mut chain, Track::CryptoEmergency, &freeze(SMALL));
    assert_eq!(counted(&chain), EACH, "both fell: the joint ballot is left");
    let fallen = [OLD, SMALL].map(|scheme| excluded(&chain, 0).iter().any(|one| one.0 == scheme));
    assert_eq!(fallen, [true, true]);
    assert!(excluded(&chain, 0).iter().all(|one| one.0 != SchemeId::JOINT));
    // No single scheme carries it, so it is never the weakest either.
    assert_eq!(
        (shown(&chain, 0).counting.least.ayes, shown(&chain, 0).counting.weakest),
        (EACH, None)
    );
}

/// G96: a scheme on its way out chooses nothing that comes after it, and an active one not alone.
#[test]
fn a_scheme_does_not_choose_its_successor() {
    for state in [SchemeState::Deprecated, SchemeState::Frozen, SchemeState::Retired] {
        let mut chain = with_schemes();
        if state == SchemeState::Frozen {
            enact(&mut chain, Track::CryptoEmergency, &freeze(OLD));
        } else {
            enact(&mut chain, Track::CryptoSunset, &deprecate(OLD));
        }
        if state == SchemeState::Retired {
            let mut record = SCHEMES.get(&chain.rows, &OLD).unwrap().unwrap();
            record.state = state;
            chain.apply_unrestricted(|tx| SCHEMES.put(tx, &OLD, &record)).unwrap();
        }
        submit(&mut chain, BOB, question_of(Track::CryptoUpgrade, &activate(TRIAL)));
        votes(&mut chain, 0, &MEMBERS.map(|who| (who, OLD, true)));
        assert_eq!(
            get(&chain, 0).affected.unwrap().into_inner(),
            [TRIAL],
            "no predecessor is named"
        );
        assert_eq!(excluded(&chain, 0), [(OLD, Exclusion::State(state))]);
        assert_eq!(shown(&chain, 0).counting.counted, pallet_voting::Tally::default());
        end_blocks(&mut chain, 8);
        assert_eq!(name(&chain, 0), "deciding", "{state}");
    }
    let mut chain = with_schemes();
    submit(&mut chain, BOB, question_of(Track::CryptoUpgrade, &activate(TRIAL)));
    votes(&mut chain, 0, &MEMBERS.map(|who| (who, OLD, true)));
    assert_eq!(excluded(&chain, 0), []);
    end_blocks(&mut chain, 22);
    assert_eq!(name(&chain, 0), "rejected", "an active one carries it alone");
}

/// G98: what does not count locks as if it did, and its member may cast it anew with another key.
#[test]
fn a_ballot_that_does_not_count_locks_and_may_be_cast_anew() {
    let mut chain = with_schemes();
    submit(&mut chain, BOB, question_of(Track::CryptoSunset, &deprecate(OLD)));
    votes(&mut chain, 0, &[(ALICE, OLD, true)]);
    assert_eq!(shown(&chain, 0).counting.counted.ayes, 0);
    let locked = |chain: &TestChain| pallet_voting::locks(&chain.rows, &ALICE).unwrap();
    assert_eq!(locked(&chain)[0].amount, EACH);
    let transfer = pallet_balances::Call::TransferAllowDeath { dest: BOB.into(), value: TOKEN };
    assert!(chain.apply(Origin::Signed(ALICE), transfer).is_err());
    end_blocks(&mut chain, 1);
    votes(&mut chain, 0, &[(ALICE, HASH, true)]);
    assert_eq!(shown(&chain, 0).counting.counted.ayes, EACH);
    assert_eq!(excluded(&chain, 0), [], "nothing is left of it under the old key");
    assert_eq!(locked(&chain)[0].amount, EACH);
}

/// G98: after the end there is no difference either, in locks and deposits.
#[test]
fn locks_and_deposits_of_critical_referenda_are_those_of_all() {
    let mut chain = with_schemes();
    submit(&mut chain, BOB, question_of(Track::CryptoSunset, &deprecate(OLD)));
    votes(&mut chain, 0, &[(ALICE, OLD, true), (BOB, HASH, true), (CAROL, LATTICE, true)]);
    votes(&mut chain, 0, &[(DAVE, SMALL, true)]);
    while get(&chain, 0).status.is_open() {
        finalize(&mut chain);
        chain.go_to(chain.number() + 1, 0);
    }
    assert_eq!(name(&chain, 0), "approved");
    // Alice's did not count, and won all the same: a lock of one period.
    for who in [ALICE, CAROL] {
        chain.apply(Origin::Signed(who), pallet_voting::Call::Unlock).unwrap();
    }
    let locks = |who| pallet_voting::locks(&chain.rows, &who).unwrap();
    assert_eq!(locks(ALICE)[0].amount, EACH);
    assert_eq!(locks(ALICE), locks(CAROL));
    for call in
        [Call::RefundDecisionDeposit { index: 0 }, Call::RefundSubmissionDeposit { index: 0 }]
    {
        chain.apply(Origin::Signed(ERIN), call).unwrap();
    }
    assert_eq!(reserved(&chain, BOB), 0);
}

/// G99: the count knows the key that cast a ballot last, not how the account came by it. Whoever
/// enrolled another key in the name of a broken scheme's member is heard by that key's scheme.
#[test]
fn a_ballot_has_the_voice_of_the_key_that_cast_it_last_however_the_account_came_by_it() {
    let mut chain = with_schemes();
    submit(&mut chain, BOB, question_of(Track::CryptoUpgrade, &activate(TRIAL)));
    votes(&mut chain, 0, &[(ALICE, OLD, false)]);
    enact(&mut chain, Track::CryptoSunset, &deprecate(OLD));
    end_blocks(&mut chain, 1);
    votes(&mut chain, 0, &[(ALICE, LATTICE, true)]);
    let counting = shown(&chain, 0).counting;
    assert_eq!((counting.counted.ayes, counting.counted.nays), (EACH, 0));
    assert_eq!(counting.weakest, Some(LATTICE));
}
