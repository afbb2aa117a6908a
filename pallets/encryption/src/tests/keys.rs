//! Publishing and withdrawing (E1 to E3).

use althing_primitives::KeyHandle;

use super::*;

fn published(kem: SchemeId) -> (TestChain, Vec<u8>) {
    let mut chain = chain();
    let public = pair(kem).public;
    chain.apply(Origin::Signed(ALICE), publish(kem, &public)).unwrap();
    (chain, public)
}

/// E1
#[test]
fn a_published_key_is_there_for_everyone_against_the_deposit_of_any_key() {
    for kem in [ML_KEM, KYBER] {
        let (chain, public) = published(kem);
        let key = KEYS.get(&chain.rows, &ALICE).unwrap().unwrap();
        let deposit = pallet_accounts::key_deposit(1184);
        assert_eq!((key.kem, key.public.to_vec(), key.since), (kem, public.clone(), 1));
        assert_eq!((key.deposit, reserved(&chain, ALICE)), (deposit, deposit));
        let key = KeyHandle::of(kem, &public);
        assert!(chain.has_event(&Event::KeyPublished { who: ALICE, kem, key, deposit }));
        check(&chain.rows).unwrap();
    }
}

/// E1
#[test]
fn a_new_key_takes_the_place_and_the_deposit_of_the_earlier_one() {
    let (mut chain, _) = published(KYBER);
    let public = pair(ML_KEM).public;
    chain.go_to(7, 0);
    chain.apply(Origin::Signed(ALICE), publish(ML_KEM, &public)).unwrap();
    let key = KEYS.get(&chain.rows, &ALICE).unwrap().unwrap();
    assert_eq!((key.kem, key.since), (ML_KEM, 7));
    assert_eq!(reserved(&chain, ALICE), key_deposit(1184));
    check(&chain.rows).unwrap();
}

/// E3
#[test]
fn a_withdrawn_key_is_gone_and_its_deposit_free_whatever_became_of_the_kem() {
    let mut chain = chain();
    let before = chain.root();
    chain.apply(Origin::Signed(ALICE), publish(ML_KEM, &pair(ML_KEM).public)).unwrap();
    chain.apply(Origin::Signed(ALICE), Call::Withdraw {}).unwrap();
    assert_eq!(chain.root(), before);
    let deposit = key_deposit(1184);
    assert!(chain.has_event(&Event::KeyWithdrawn { who: ALICE, deposit }));

    let (mut chain, _) = published(ML_KEM);
    step(&mut chain, Registry::Freeze { scheme: ML_KEM, blocks: 50 });
    chain.apply(Origin::Signed(ALICE), Call::Withdraw {}).unwrap();
    assert_eq!(reserved(&chain, ALICE), 0);
}

#[test]
fn who_has_published_nothing_has_nothing_to_withdraw() {
    assert_refused(&mut chain(), ALICE, Call::Withdraw {}, Error::NoKey { who: ALICE });
}

/// E2
#[test]
fn a_key_of_another_length_is_refused() {
    for (kem, found) in [(ML_KEM, 0), (ML_KEM, 1183), (KYBER, 1185)] {
        let call = publish(kem, &vec![0; usize::try_from(found).unwrap()]);
        let expected = Error::KeySize { scheme: kem, expected: 1184, found };
        assert_refused(&mut chain(), ALICE, call, expected);
    }
}

/// E2. KEM 32 has no such check in its backend (C9).
#[test]
fn a_key_with_a_coefficient_out_of_range_is_refused() {
    let mut public = pair(ML_KEM).public;
    // The first coefficient is 0xfff, and the modulus 3329.
    public[0] = 0xff;
    public[1] |= 0x0f;
    let expected = Error::KeyNotCanonical { scheme: ML_KEM };
    assert_refused(&mut chain(), ALICE, publish(ML_KEM, &public), expected);
    chain().apply(Origin::Signed(ALICE), publish(KYBER, &public)).unwrap();
}

/// E2
#[test]
fn only_a_kem_of_the_registry_takes_keys() {
    for scheme in [SchemeId::ML_DSA_65, SchemeId(34), SchemeId(0), SchemeId(u16::MAX)] {
        let call = publish(scheme, &[0; 1184]);
        assert_refused(&mut chain(), ALICE, call, Error::UnknownKem { scheme });
    }
}

/// E2
#[test]
fn a_kem_takes_keys_on_trial_and_active_and_in_no_other_state() {
    let public = pair(ML_KEM).public;
    for state in SchemeState::ALL {
        let mut chain = chain();
        let schemes = pallet_crypto_registry::SCHEMES;
        let mut record = schemes.get(&chain.rows, &ML_KEM).unwrap().unwrap();
        record.state = state;
        chain.apply_unrestricted(|tx| schemes.put(tx, &ML_KEM, &record)).unwrap();
        if matches!(state, SchemeState::Trial | SchemeState::Active) {
            chain.apply(Origin::Signed(ALICE), publish(ML_KEM, &public)).unwrap();
            continue;
        }
        let (name, refused) = ("ml-kem-768".to_owned(), "new keys");
        let expected = Error::KemState { scheme: ML_KEM, name, state: state.name(), refused };
        assert_refused(&mut chain, ALICE, publish(ML_KEM, &public), expected);
    }
}

/// On the main preset KEM 32 is deprecated from the beginning (C9).
#[test]
fn main_chains_take_no_keys_of_the_kem_without_a_maintainer() {
    let mut chain = TestChain::new(TestRuntime::new(decode));
    let registry = pallet_crypto_registry::Genesis::main();
    chain.apply_unrestricted(|tx| registry.build(tx)).unwrap();
    let call = publish(KYBER, &pair(KYBER).public);
    let refusal = chain.apply(Origin::Signed(ALICE), call).unwrap_err();
    assert_eq!(refusal.code(), "ENC-102");
}

#[test]
fn who_cannot_pay_the_deposit_publishes_nothing_and_keeps_the_earlier_key() {
    let (mut chain, _) = published(ML_KEM);
    let poor = AccountId([9; 32]);
    let call = publish(ML_KEM, &pair(ML_KEM).public);
    let before = chain.root();
    assert_eq!(chain.apply(Origin::Signed(poor), call).unwrap_err().code(), "BAL-102");
    assert_eq!(chain.root(), before);
}

#[test]
fn only_members_publish_and_withdraw() {
    let mut chain = chain();
    for origin in [Origin::None, Origin::Track(Track::Root)] {
        let call = publish(ML_KEM, &pair(ML_KEM).public);
        assert_eq!(chain.apply(origin, call), Err(DispatchError::BadOrigin));
        assert_eq!(chain.apply(origin, Call::Withdraw {}), Err(DispatchError::BadOrigin));
    }
}

#[test]
fn keys_of_different_members_do_not_conflict() {
    let rows = chain().rows;
    let public = pair(ML_KEM).public;
    let [one, other] = [ALICE, BOB].map(|who| {
        let mut access = althing_frame::Access::new();
        let call = publish(ML_KEM, &public);
        althing_frame::Call::access(&call, &Origin::Signed(who), &rows, &mut access).unwrap();
        access
    });
    let shared = one.rows().iter().filter(|row| other.position(&row.key).is_some()).count();
    assert_eq!(shared, 1, "the registry's record, which both only read");
}
