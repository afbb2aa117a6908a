//! What holds within a block, between its beginning and its end.

use super::*;

/// A chain with pending spends of these many tokens, each to another account, and a pot that can
/// pay `payable` tokens.
fn waiting(amounts: &[Balance], payable: Balance) -> TestChain {
    let mut chain = chain(0);
    for (amount, to) in amounts.iter().zip(10..) {
        let call = spend(AccountId([to; 32]), amount * TOKEN);
        chain.apply(Origin::Track(Track::Treasurer), call).unwrap();
    }
    if payable > 0 {
        pay_in(&mut chain, payable * TOKEN);
    }
    chain.take_events();
    chain
}

#[test]
fn a_block_without_payouts_and_deposits_leaves_no_trace() {
    for payable in [0, 100] {
        let mut chain = waiting(&[300], payable);
        let before = chain.root();
        begin(&mut chain);
        end(&mut chain);
        assert_eq!(chain.root(), before);
        assert!(chain.events().is_empty());
    }
}

#[test]
fn the_pot_pays_once_for_all_payouts_of_a_block() {
    let mut chain = waiting(&[100, 200, 300], 1_000);
    let pot = pot_balance(&chain.rows).unwrap();
    begin(&mut chain);
    for spend in [2, 0] {
        payout(&mut chain, spend).unwrap();
    }
    assert_eq!(pot_balance(&chain.rows), Ok(pot), "the account rests");
    end(&mut chain);

    assert_eq!(pot_balance(&chain.rows), Ok(pot - 400 * TOKEN));
    assert_eq!(*QUEUE.get(&chain.rows).unwrap().unwrap(), [1]);
    let withdrawal = pallet_balances::Event::Withdraw { who: account(), amount: 400 * TOKEN };
    assert!(chain.has_event(&withdrawal));
    finalize(&mut chain, 2);
    assert_eq!(pot_balance(&chain.rows), Ok(pot - 600 * TOKEN));
}

#[test]
fn a_pot_that_runs_dry_pays_in_the_order_of_the_block_and_says_what_is_left() {
    let mut chain = waiting(&[100, 100, 100, 30], 250);
    let short = |spend| Error::PotShort { spend, needed: 100 * TOKEN, available: 50 * TOKEN };
    let outcomes = payouts(&mut chain, &[2, 1, 0, 3, 0]);
    let last = Error::PotShort { spend: 0, needed: 100 * TOKEN, available: 20 * TOKEN };
    assert_eq!(outcomes, [Ok(()), Ok(()), Err(short(0).into()), Ok(()), Err(last.into())]);
    assert_eq!(*QUEUE.get(&chain.rows).unwrap().unwrap(), [0]);
    assert_eq!(payable(&chain.rows), Ok(20 * TOKEN));
}

#[test]
fn what_comes_in_during_a_block_is_for_the_payouts_of_the_next() {
    let mut chain = waiting(&[100], 50);
    let call = Call::Payout { spend: 0 };
    begin(&mut chain);
    chain.apply(Origin::Signed(ALICE), Call::Deposit { amount: 100 * TOKEN }).unwrap();
    pay_in(&mut chain, 100 * TOKEN);
    let short = Error::PotShort { spend: 0, needed: 100 * TOKEN, available: 50 * TOKEN };
    assert_refused(&mut chain, Origin::Signed(ALICE), call.clone(), short.into());
    end(&mut chain);
    let mut next = chain.clone();
    assert_eq!(payouts(&mut next, &[0]), [Ok(())]);
    // The end of the block sees all of it.
    chain.apply_unrestricted(pay_pending).unwrap();
    assert_eq!(free(&chain, AccountId([10; 32])), 100 * TOKEN);
}

#[test]
fn a_payout_whose_beneficiary_cannot_be_paid_gives_back_what_it_took() {
    let mut chain = chain(0);
    spend_on(&mut chain, Track::Treasurer, EXISTENTIAL_DEPOSIT - 1).unwrap();
    pay_in(&mut chain, TOKEN);
    begin(&mut chain);
    let (amount, minimum) = (EXISTENTIAL_DEPOSIT - 1, EXISTENTIAL_DEPOSIT);
    let error = pallet_balances::Error::ExistentialDeposit { amount, minimum };
    let call = Call::Payout { spend: 0 };
    assert_refused(&mut chain, Origin::Signed(ALICE), call, error.into());
    assert_eq!(PAYABLE.get(&chain.rows), Ok(TOKEN));
    end(&mut chain);
    assert_eq!(payable(&chain.rows), Ok(TOKEN));
}

#[test]
fn a_deposit_is_in_the_pot_when_the_block_ends() {
    let mut chain = waiting(&[], 0);
    let pot = pot_balance(&chain.rows).unwrap();
    let before = free(&chain, ALICE);
    begin(&mut chain);
    let amount = 7 * TOKEN;
    chain.apply(Origin::Signed(ALICE), Call::Deposit { amount }).unwrap();
    assert!(chain.has_event(&Event::Received { from: ALICE, amount }));
    end(&mut chain);
    assert_eq!(pot_balance(&chain.rows), Ok(pot + amount));
    assert_eq!(free(&chain, ALICE), before - amount);
}

#[test]
fn deposits_begin_a_pot_that_is_not_there() {
    let mut chain = TestChain::new(TestRuntime::without_calls());
    let genesis = pallet_balances::Genesis { balances: vec![(ALICE, TOKEN)] };
    chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();
    begin(&mut chain);
    let amount = EXISTENTIAL_DEPOSIT;
    chain.apply(Origin::Signed(ALICE), Call::Deposit { amount }).unwrap();
    end(&mut chain);
    assert_eq!(pot_balance(&chain.rows), Ok(amount));
}

#[test]
fn deposits_wait_for_nobody_but_their_sender() {
    let chain = waiting(&[100], 100);
    let rows = |from, call: &Call| {
        let mut access = althing_frame::Access::new();
        let origin = Origin::Signed(from);
        althing_frame::Call::access(call, &origin, &chain.rows, &mut access).unwrap();
        access
    };
    let deposit = Call::Deposit { amount: TOKEN };
    let (one, other) = (rows(ALICE, &deposit), rows(BOB, &deposit));
    assert!(!one.conflicts(&other) && one.conflicts(&one));
    assert!(!one.conflicts(&rows(BOB, &Call::Payout { spend: 0 })));
}

#[test]
fn a_deposit_that_is_too_small_or_not_there_is_refused() {
    let mut chain = waiting(&[], 0);
    let (amount, minimum) = (EXISTENTIAL_DEPOSIT - 1, EXISTENTIAL_DEPOSIT);
    let small = Error::DepositTooSmall { amount, minimum };
    assert_refused(&mut chain, Origin::Signed(ALICE), Call::Deposit { amount }, small.into());
    let needed = minimum;
    let poor = pallet_balances::Error::InsufficientBalance { needed, free: 0 };
    let call = Call::Deposit { amount: needed };
    assert_refused(&mut chain, Origin::Signed(BOB), call.clone(), poor.into());
    for origin in [Origin::None, Origin::Track(Track::Root)] {
        assert_refused(&mut chain, origin, call.clone(), DispatchError::BadOrigin);
    }
}
