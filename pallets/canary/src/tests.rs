//! Facts about canaries.

#![expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails, as it should")]

use althing_crypto::signing::{KeyPair, SigningScheme, signing_scheme};
use althing_frame::testing::{TestChain, TestRuntime, decode_pallet};
use althing_frame::{Call as _, Concern, DispatchError, Origin, PalletError, Track};
use althing_primitives::{AccountId, Balance, SchemeId, TOKEN};
use pallet_crypto_registry::{Limits, SCHEMES, SchemeState};

use crate::*;

const ALICE: AccountId = AccountId([1; 32]);
const MALLORY: AccountId = AccountId([2; 32]);
const BROKEN: SchemeId = SchemeId::ML_DSA_44;
const PRICE: Balance = 500 * TOKEN;

/// What is not meant to be known: in these tests somebody finds it.
fn weak_key() -> KeyPair {
    scheme().generate_from_seed(&[9; 32]).unwrap()
}

fn scheme() -> &'static dyn SigningScheme {
    signing_scheme(BROKEN).unwrap()
}

fn chain(pot: Balance) -> TestChain {
    let mut chain = TestChain::new(TestRuntime::new(|bytes| decode_pallet::<Call>(INDEX, bytes)));
    chain.go_to(0, 0);
    let keep = pallet_balances::EXISTENTIAL_DEPOSIT;
    let accounts = [(ALICE, TOKEN), (MALLORY, TOKEN), (pallet_treasury::account(), pot + keep)];
    let balances = pallet_balances::Genesis { balances: accounts.to_vec() };
    chain.apply_unrestricted(|tx| balances.build(tx)).unwrap();
    let registry = pallet_crypto_registry::Genesis::dev(Limits::FAST);
    chain.apply_unrestricted(|tx| registry.build(tx)).unwrap();
    let reduced = vec![(BROKEN, weak_key().public, 12)];
    let genesis = Genesis { reward: PRICE, reduced };
    chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();
    chain.go_to(1, 0);
    chain.take_events();
    chain
}

fn forged(chain: &TestChain, finder: AccountId) -> Vec<u8> {
    let genesis = chain.block.genesis_hash;
    let message = report_message(&genesis, BROKEN, Canary::Reduced, &finder);
    scheme().sign(&weak_key().secret, &message).unwrap()
}

fn report(scheme: SchemeId, canary: Canary, signature: Vec<u8>) -> Call {
    Call::Report { scheme, canary, signature: signature.try_into().unwrap() }
}

fn end(chain: &mut TestChain) {
    chain.apply_unrestricted(on_finalize).unwrap();
    check(&chain.rows).unwrap();
    chain.go_to(chain.number() + 1, 0);
}

fn state(chain: &TestChain) -> SchemeState {
    SCHEMES.get(&chain.rows, &BROKEN).unwrap().unwrap().state_at(chain.number())
}

fn free(chain: &TestChain, who: AccountId) -> Balance {
    pallet_balances::free(&chain.rows, &who).unwrap()
}

#[track_caller]
fn refused(chain: &mut TestChain, origin: Origin, call: Call, expected: impl Into<DispatchError>) {
    let before = (chain.root(), chain.events().len());
    assert_eq!(chain.apply(origin, call), Err(expected.into()));
    assert_eq!((chain.root(), chain.events().len()), before);
}

#[test]
fn who_finds_the_secret_of_a_canary_freezes_its_scheme_and_is_paid() {
    let mut chain = chain(100_000 * TOKEN);
    let signature = forged(&chain, ALICE);
    let call = report(BROKEN, Canary::Reduced, signature);
    assert_eq!(state(&chain), SchemeState::Active);
    chain.apply(Origin::Signed(ALICE), call).unwrap();
    let reported = Event::Reported { scheme: BROKEN, canary: Canary::Reduced, finder: ALICE };
    assert!(chain.has_event(&reported));
    assert_eq!(state(&chain), SchemeState::Active, "the rest of the block sees one registry");
    end(&mut chain);
    assert_eq!(state(&chain), SchemeState::Frozen);
    assert_eq!(free(&chain, ALICE), TOKEN + PRICE);
    let fallen = FALLEN.get(&chain.rows, &BROKEN, &Canary::Reduced).unwrap();
    assert_eq!(fallen, Some(Fallen { at: 1, finder: ALICE, paid: PRICE }));
    pallet_balances::check(&chain.rows, 0).unwrap();
}

#[test]
fn a_report_copied_from_the_pool_proves_nothing_for_another() {
    let mut chain = chain(100_000 * TOKEN);
    let call = report(BROKEN, Canary::Reduced, forged(&chain, ALICE));
    let expected = Error::NoBreak { scheme: BROKEN, canary: "reduced" };
    refused(&mut chain, Origin::Signed(MALLORY), call, expected);
}

#[test]
fn a_canary_falls_and_pays_once() {
    let mut chain = chain(100_000 * TOKEN);
    let call = report(BROKEN, Canary::Reduced, forged(&chain, ALICE));
    chain.apply(Origin::Signed(ALICE), call).unwrap();
    let again = report(BROKEN, Canary::Reduced, forged(&chain, MALLORY));
    let expected = Error::HasFallen { scheme: BROKEN, canary: "reduced", at: 1 };
    refused(&mut chain, Origin::Signed(MALLORY), again.clone(), expected);
    end(&mut chain);
    let expected = Error::HasFallen { scheme: BROKEN, canary: "reduced", at: 1 };
    refused(&mut chain, Origin::Signed(MALLORY), again, expected);
    end(&mut chain);
    assert_eq!(free(&chain, MALLORY), TOKEN);
}

#[test]
fn a_poor_treasury_pays_what_it_has_and_the_freeze_does_not_wait() {
    for (pot, paid) in [(0, 0), (7 * TOKEN, 7 * TOKEN)] {
        let mut chain = chain(pot);
        let call = report(BROKEN, Canary::Reduced, forged(&chain, ALICE));
        chain.apply(Origin::Signed(ALICE), call).unwrap();
        end(&mut chain);
        assert_eq!((state(&chain), free(&chain, ALICE)), (SchemeState::Frozen, TOKEN + paid));
    }
}

#[test]
fn the_derived_canary_of_every_scheme_refuses_what_is_no_forgery() {
    for scheme in althing_crypto::schemes() {
        let mut chain = chain(100_000 * TOKEN);
        let (id, bytes) = (scheme.id(), scheme.sizes().signature);
        let call = report(id, Canary::Derived, vec![3; bytes]);
        let expected = Error::NoBreak { scheme: id, canary: "derived" };
        refused(&mut chain, Origin::Signed(ALICE), call, expected);
        let call = report(id, Canary::Derived, vec![3; bytes + 1]);
        let (expected, found) = (bytes as u64, bytes as u64 + 1);
        let error = Error::SignatureSize { scheme: id, expected, found };
        refused(&mut chain, Origin::Signed(ALICE), call, error);
    }
}

#[test]
fn schemes_and_canaries_that_are_not_there_are_refused() {
    let mut chain = chain(100_000 * TOKEN);
    for scheme in [SchemeId(31), SchemeId::ML_KEM_768] {
        let expected = Error::UnknownScheme { scheme };
        let call = report(scheme, Canary::Derived, vec![0; 10]);
        refused(&mut chain, Origin::Signed(ALICE), call, expected);
    }
    let scheme = SchemeId::ML_DSA_65;
    let expected = Error::NoCanary { scheme, canary: "reduced" };
    let call = report(scheme, Canary::Reduced, vec![0; 3309]);
    refused(&mut chain, Origin::Signed(ALICE), call, expected);
}

#[test]
fn only_members_report_and_only_referenda_plant() {
    let mut chain = chain(100_000 * TOKEN);
    let call = report(BROKEN, Canary::Reduced, forged(&chain, ALICE));
    for origin in [Origin::None, Origin::Track(Track::Root)] {
        refused(&mut chain, origin, call.clone(), DispatchError::BadOrigin);
    }
    let public = vec![5; 1952].try_into().unwrap();
    let plant = Call::Plant { scheme: SchemeId::ML_DSA_65, public, bits: 40 };
    for origin in [Origin::Signed(ALICE), Origin::Track(Track::CryptoEmergency)] {
        refused(&mut chain, origin, plant.clone(), DispatchError::BadOrigin);
    }
    chain.apply(Origin::Track(Track::CryptoUpgrade), plant).unwrap();
}

/// Whoever plants a key that is not what it is said to be marks its scheme as broken for ever.
#[test]
fn to_plant_a_canary_is_to_decide_about_its_scheme() {
    let public = vec![5; 1952].try_into().unwrap();
    let plant = Call::Plant { scheme: SchemeId::ML_DSA_65, public, bits: 40 };
    assert_eq!(plant.concern(), Concern::Schemes(vec![SchemeId::ML_DSA_65]));
    // A report proves what it says: nobody decides.
    assert_eq!(report(BROKEN, Canary::Derived, vec![]).concern(), Concern::Nothing);
}

#[test]
fn a_canary_that_stands_is_not_replaced_and_one_that_fell_is() {
    let mut chain = chain(100_000 * TOKEN);
    let upgrade = Origin::Track(Track::CryptoUpgrade);
    let plant = |bytes: usize| {
        let public = vec![5; bytes].try_into().unwrap();
        Call::Plant { scheme: BROKEN, public, bits: 50 }
    };
    let expected = Error::Stands { scheme: BROKEN, since: 0 };
    refused(&mut chain, upgrade, plant(1312), expected);
    let expected = Error::KeySize { scheme: BROKEN, expected: 1312, found: 1311 };
    refused(&mut chain, upgrade, plant(1311), expected);
    let call = report(BROKEN, Canary::Reduced, forged(&chain, ALICE));
    chain.apply(Origin::Signed(ALICE), call).unwrap();
    end(&mut chain);
    chain.apply(upgrade, plant(1312)).unwrap();
    assert_eq!(REDUCED.get(&chain.rows, &BROKEN).unwrap().unwrap().bits, 50);
    assert_eq!(FALLEN.get(&chain.rows, &BROKEN, &Canary::Reduced).unwrap(), None);
}

#[test]
fn a_block_takes_sixteen_reports() {
    let mut chain = chain(100_000 * TOKEN);
    let other = Report { scheme: SchemeId(300), canary: Canary::Derived, finder: MALLORY };
    let full = vec![other; 16].try_into().unwrap();
    chain.apply_unrestricted(|tx| REPORTS.put(tx, &full)).unwrap();
    let call = report(BROKEN, Canary::Reduced, forged(&chain, ALICE));
    refused(&mut chain, Origin::Signed(ALICE), call, Error::TooManyReports { maximum: 16 });
}

#[test]
fn errors_have_distinct_indices_and_their_codes() {
    let (scheme, canary) = (BROKEN, "reduced");
    let errors = [
        Error::UnknownScheme { scheme },
        Error::NoCanary { scheme, canary },
        Error::HasFallen { scheme, canary, at: 1 },
        Error::SignatureSize { scheme, expected: 1, found: 2 },
        Error::NoBreak { scheme, canary },
        Error::TooManyReports { maximum: 16 },
        Error::KeySize { scheme, expected: 1, found: 2 },
        Error::Stands { scheme, since: 0 },
    ];
    for (at, error) in errors.iter().enumerate() {
        assert_eq!(usize::from(error.index()), at + 1);
        assert_eq!(error.code(), format!("CAN-{}", 101 + at));
        assert!(!error.to_string().contains("  "), "{error}");
    }
}
