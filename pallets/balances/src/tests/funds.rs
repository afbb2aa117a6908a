//! What moves, and how much of it.

use althing_frame::{Call as _, Event as _};
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

use super::*;

/// B10.
#[test]
fn a_transfer_moves_exactly_its_amount() {
    let mut chain = chain(&[(ALICE, 5 * ED), (BOB, ED)]);

    pay(&mut chain, BOB, 3).unwrap();

    assert_eq!(free(&chain.rows, &ALICE), Ok(5 * ED - 3));
    assert_eq!(free(&chain.rows, &BOB), Ok(ED + 3));
    assert_eq!(chain.events(), [Event::Transfer { from: ALICE, to: BOB, amount: 3 }.to_outer()]);
    audit(&chain);
}

/// B12.
#[test]
fn an_amount_of_the_existential_deposit_begins_an_account() {
    let mut chain = chain(&[(ALICE, 5 * ED)]);

    pay(&mut chain, BOB, ED).unwrap();

    assert!(chain.has_event(&pallet_system::Event::NewAccount { account: BOB }));
    assert!(chain.has_event(&Event::Endowed { account: BOB, free_balance: ED }));
    audit(&chain);
}

/// B13, B17. So do the account's keys, of which nothing lies in this row (AC24).
#[test]
fn what_is_left_below_the_existential_deposit_is_burned_and_the_nonce_survives() {
    let mut chain = chain(&[(ALICE, 5 * ED)]);
    chain.apply_unrestricted(|tx| pallet_system::use_nonce(tx, &ALICE, 0)).unwrap();

    pay(&mut chain, BOB, 4 * ED + 1).unwrap();

    assert!(chain.has_event(&Event::DustLost { account: ALICE, amount: ED - 1 }));
    assert!(chain.has_event(&pallet_system::Event::KilledAccount { account: ALICE }));
    assert_eq!(issuance(&chain.rows), Ok(4 * ED + 1));
    assert_eq!(pallet_system::account(&chain.rows, &ALICE).unwrap().nonce, 1);
    assert_eq!(total(&chain.rows, &ALICE), Ok(0));
    audit(&chain);
}

/// B14.
#[test]
fn paying_oneself_changes_nothing_even_with_everything() {
    let mut chain = chain(&[(ALICE, 5 * ED)]);
    let before = chain.root();

    pay(&mut chain, ALICE, 5 * ED).unwrap();

    assert_eq!(chain.root(), before);
    assert!(chain.has_event(&Event::Transfer { from: ALICE, to: ALICE, amount: 5 * ED }));
}

/// B15.
#[test]
fn transferring_all_ends_the_account_unless_asked_otherwise() {
    let all = |keep_alive| Call::TransferAll { dest: BOB.into(), keep_alive };
    let mut chain = chain(&[(ALICE, 5 * ED)]);

    chain.apply(Origin::Signed(ALICE), all(true)).unwrap();
    assert_eq!(free(&chain.rows, &ALICE), Ok(ED));
    assert_eq!(free(&chain.rows, &BOB), Ok(4 * ED));

    chain.apply(Origin::Signed(ALICE), all(false)).unwrap();
    assert_eq!(free(&chain.rows, &ALICE), Ok(0));
    assert_eq!(issuance(&chain.rows), Ok(5 * ED));
    audit(&chain);
}

/// B11.
#[test]
fn reserved_funds_count_towards_locks_first() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);
    lock(&mut chain, ALICE, VOTE, 6 * ED).unwrap();
    assert_eq!(spendable(&chain.rows, &ALICE, Existence::AllowDeath), Ok(4 * ED));

    reserve_of(&mut chain, ALICE, 5 * ED).unwrap();
    assert_eq!(data_of(&chain, ALICE).free, 5 * ED);
    assert_eq!(spendable(&chain.rows, &ALICE, Existence::AllowDeath), Ok(4 * ED));
    let info = pallet_system::account(&chain.rows, &ALICE).unwrap();
    assert_eq!((info.consumers, info.providers), (1, 1));
}

/// B20 to B23.
#[test]
fn reserved_funds_come_back_or_go_where_they_are_sent() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);

    reserve_of(&mut chain, ALICE, 8 * ED).unwrap();
    unreserve_of(&mut chain, ALICE, ED).unwrap();
    repatriate(&mut chain, ALICE, BOB, 2 * ED).unwrap();
    repatriate(&mut chain, ALICE, ALICE, ED).unwrap();
    slash(&mut chain, ALICE, 3 * ED).unwrap();

    assert_eq!(free(&chain.rows, &ALICE), Ok(4 * ED));
    assert_eq!(reserved(&chain.rows, &ALICE), Ok(ED));
    assert_eq!(free(&chain.rows, &BOB), Ok(2 * ED));
    assert_eq!(issuance(&chain.rows), Ok(7 * ED));
    assert!(chain.has_event(&Event::Slashed { who: ALICE, amount: 3 * ED }));
    audit(&chain);
}

/// B30, B32.
#[test]
fn locks_overlap_and_the_largest_counts() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);

    lock(&mut chain, ALICE, VOTE, 6 * ED).unwrap();
    lock(&mut chain, ALICE, *b"althtest", 4 * ED).unwrap();
    assert_eq!(data_of(&chain, ALICE).frozen, 6 * ED);
    lock(&mut chain, ALICE, VOTE, 2 * ED).unwrap();
    assert_eq!(data_of(&chain, ALICE).frozen, 4 * ED);
    assert_eq!(lock_of(&chain.rows, &ALICE, &VOTE), Ok(2 * ED));
    assert!(chain.has_event(&Event::Locked { who: ALICE, amount: 6 * ED }));
    assert!(chain.has_event(&Event::Unlocked { who: ALICE, amount: 2 * ED }));
    audit(&chain);
}

/// B30.
#[test]
fn removing_the_last_lock_leaves_no_trace() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);
    let before = chain.root();

    lock(&mut chain, ALICE, VOTE, 6 * ED).unwrap();
    lock(&mut chain, ALICE, VOTE, 0).unwrap();
    assert_eq!(chain.root(), before);

    lock(&mut chain, BOB, VOTE, 0).unwrap();
    assert_eq!(chain.root(), before);
}

/// B33.
#[test]
fn a_slash_goes_through_a_lock() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);
    reserve_of(&mut chain, ALICE, 9 * ED).unwrap();
    lock(&mut chain, ALICE, VOTE, 10 * ED).unwrap();

    slash(&mut chain, ALICE, 9 * ED).unwrap();

    assert_eq!(total(&chain.rows, &ALICE), Ok(ED));
    assert_eq!(spendable(&chain.rows, &ALICE, Existence::AllowDeath), Ok(0));
    audit(&chain);
}

/// B3: a pot is part of the issuance.
#[test]
fn what_leaves_for_a_pot_is_still_issued() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);

    let declare = |access: &mut Access| withdraw_access(access, &ALICE);
    confined(&mut chain, declare, |tx| withdraw(tx, &ALICE, 4 * ED, Existence::KeepAlive)).unwrap();
    check_issuance(&chain.rows, 4 * ED).unwrap();
    let missing = Broken::Issuance { issuance: 10 * ED, held: 6 * ED };
    assert_eq!(check_issuance(&chain.rows, 0), Err(missing));

    let declare = |access: &mut Access| deposit_access(access, &BOB);
    confined(&mut chain, declare, |tx| deposit(tx, &BOB, 4 * ED)).unwrap();
    audit(&chain);
}

/// B4.
#[test]
fn burning_lowers_the_issuance() {
    let mut chain = chain(&[(ALICE, 10 * ED)]);
    let declare = |access: &mut Access| burn_access(access, &ALICE);

    confined(&mut chain, declare, |tx| burn(tx, &ALICE, ED, Existence::KeepAlive)).unwrap();

    assert_eq!(issuance(&chain.rows), Ok(9 * ED));
    audit(&chain);
}

#[test]
fn transfers_of_four_members_do_not_conflict() {
    let access_of = |from: u8, to: u8| {
        let call = Call::TransferKeepAlive { dest: AccountId([to; 32]).into(), value: 1 };
        let mut access = Access::new();
        let origin = Origin::Signed(AccountId([from; 32]));
        call.access(&origin, &althing_frame::MemoryRows::new(), &mut access).unwrap();
        access
    };
    let (one, other) = (access_of(1, 2), access_of(3, 4));
    assert!(!one.conflicts(&other));
}

#[test]
fn calls_and_metadata_are_those_wallets_know() {
    let call = Call::TransferKeepAlive { dest: BOB.into(), value: 1 };
    let expected = [&[3, 0][..], &[2; 32], &[4]].concat();
    assert_eq!(call.encode(), expected);
    assert_eq!(call.name(), ("Balances", "transfer_keep_alive"));
    assert_eq!(metadata().constants[0].value, ED.encode());
    assert_eq!(metadata().storage[0].name, "TotalIssuance");
    assert_eq!(
        AccountData::type_info().path.segments.join("::"),
        "pallet_balances::types::AccountData"
    );
}
