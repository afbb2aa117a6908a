//! One refusal for each error, each of which changes nothing.

use althing_primitives::MultiAddress;

use super::*;

#[track_caller]
fn refuses(
    chain: &mut TestChain,
    step: impl FnOnce(&mut TestChain) -> Result<(), DispatchError>,
    code: &str,
    expected: Error,
) {
    let before = chain.root();
    let events = chain.events().len();

    let refusal = step(chain).unwrap_err();

    assert_eq!(refusal, expected.into());
    assert_eq!(refusal.code(), code);
    assert_eq!(chain.root(), before);
    assert_eq!(chain.events().len(), events);
    audit(chain);
}

#[test]
fn locked_funds_stay() {
    let mut chain = chain(&[(ALICE, 10 * ED), (BOB, ED)]);
    lock(&mut chain, ALICE, VOTE, 6 * ED).unwrap();
    let expected =
        Error::LiquidityRestrictions { needed: 4 * ED + 1, spendable: 4 * ED, frozen: 6 * ED };
    refuses(&mut chain, |chain| pay(chain, BOB, 4 * ED + 1), "BAL-101", expected);
    pay(&mut chain, BOB, 4 * ED).unwrap();
}

#[test]
fn nobody_spends_more_than_is_free() {
    let mut chain = chain(&[(ALICE, 10 * ED), (BOB, ED)]);
    let expected = Error::InsufficientBalance { needed: 10 * ED + 1, free: 10 * ED };
    refuses(&mut chain, |chain| pay(chain, BOB, 10 * ED + 1), "BAL-102", expected.clone());
    refuses(&mut chain, |chain| pay(chain, ALICE, 10 * ED + 1), "BAL-102", expected);

    let most = Error::InsufficientBalance { needed: Balance::MAX, free: 10 * ED };
    refuses(&mut chain, |chain| pay(chain, BOB, Balance::MAX), "BAL-102", most.clone());
    refuses(&mut chain, |chain| reserve_of(chain, ALICE, Balance::MAX), "BAL-102", most);
}

#[test]
fn too_little_begins_no_account() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);
    let expected = |amount| Error::ExistentialDeposit { amount, minimum: ED };
    refuses(&mut chain, |chain| pay(chain, BOB, ED - 1), "BAL-103", expected(ED - 1));
    refuses(&mut chain, |chain| pay(chain, BOB, 0), "BAL-103", expected(0));

    let step = |chain: &mut TestChain| chain.apply_unrestricted(|tx| deposit(tx, &BOB, 1));
    refuses(&mut chain, step, "BAL-103", expected(1));
    reserve_of(&mut chain, ALICE, ED).unwrap();
    refuses(&mut chain, |chain| repatriate(chain, ALICE, BOB, 2), "BAL-103", expected(2));
}

#[test]
fn an_account_kept_alive_keeps_the_existential_deposit() {
    let mut chain = chain(&[(ALICE, 10 * ED), (BOB, ED)]);
    let expected = |needed, spendable| Error::Expendability { needed, spendable, minimum: ED };
    let most = 9 * ED;
    let over = most + 1;
    refuses(&mut chain, |chain| pay_alive(chain, BOB, over), "BAL-104", expected(over, most));
    refuses(&mut chain, |chain| reserve_of(chain, ALICE, over), "BAL-104", expected(over, most));
}

#[test]
fn deposits_and_locks_keep_an_account_alive() {
    let mut chain = chain(&[(ALICE, 10 * ED), (BOB, ED)]);
    reserve_of(&mut chain, ALICE, 1).unwrap();
    let over = 9 * ED;
    let expected = Error::Expendability { needed: over, spendable: over - 1, minimum: ED };
    refuses(&mut chain, |chain| pay(chain, BOB, over), "BAL-104", expected);

    unreserve_of(&mut chain, ALICE, 1).unwrap();
    lock(&mut chain, ALICE, VOTE, 1).unwrap();
    let expected = Error::Expendability { needed: over + 1, spendable: over, minimum: ED };
    refuses(&mut chain, |chain| pay(chain, BOB, over + 1), "BAL-104", expected);
}

#[test]
fn an_account_without_funds_has_no_locks() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);
    let expected = Error::DeadAccount { who: BOB };
    refuses(&mut chain, |chain| lock(chain, BOB, VOTE, 1), "BAL-105", expected);
}

#[test]
fn an_account_has_at_most_eight_locks() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);
    for id in 0..8 {
        lock(&mut chain, ALICE, [id; 8], 1).unwrap();
    }
    let expected = Error::TooManyLocks { max: 8 };
    refuses(&mut chain, |chain| lock(chain, ALICE, [8; 8], 1), "BAL-106", expected);
    lock(&mut chain, ALICE, [7; 8], 2).unwrap();
}

#[test]
fn more_than_is_reserved_is_never_cut_short() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);
    reserve_of(&mut chain, ALICE, 5).unwrap();
    let expected = || Error::ReservedShort { asked: 6, reserved: 5 };
    refuses(&mut chain, |chain| unreserve_of(chain, ALICE, 6), "BAL-107", expected());
    refuses(&mut chain, |chain| slash(chain, ALICE, 6), "BAL-107", expected());
    refuses(&mut chain, |chain| repatriate(chain, ALICE, BOB, 6), "BAL-107", expected());
}

#[test]
fn no_more_is_made_than_can_be_counted() {
    let mut chain = chain(&[(ALICE, Balance::MAX)]);
    let expected = Error::IssuanceOverflow { issuance: Balance::MAX, amount: ED };
    let step = |chain: &mut TestChain| {
        confined(chain, |access| mint_access(access, &BOB), |tx| mint(tx, &BOB, ED))
    };
    refuses(&mut chain, step, "BAL-108", expected);
}

#[test]
fn only_an_account_id_is_paid() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);
    for dest in [MultiAddress::Address32([2; 32]), MultiAddress::Address20([2; 20])] {
        let call = Call::TransferAll { dest, keep_alive: false };
        let step = |chain: &mut TestChain| chain.apply(Origin::Signed(ALICE), call);
        refuses(&mut chain, step, "BAL-109", Error::AddressForm);
    }
}

#[test]
fn only_an_account_pays() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);
    let before = chain.root();
    let call = Call::TransferAll { dest: BOB.into(), keep_alive: false };
    let origin = Origin::Track(althing_frame::Track::Root);
    assert_eq!(chain.apply(origin, call), Err(DispatchError::BadOrigin));
    assert_eq!(chain.root(), before);
}
