//! Facts about fees. Names in brackets are the rules of `specs/fees.md`.

use althing_frame::testing::{TestChain, TestRuntime};
use althing_frame::{Access, BeforeError, Invalid};
use althing_primitives::{AccountId, Balance, TOKEN, Weight};
use pallet_balances::{EXISTENTIAL_DEPOSIT, check_issuance, free};
use parity_scale_codec::Encode;
use proptest::prelude::*;

use crate::*;

const ALICE: AccountId = AccountId([1; 32]);
const POT_ACCOUNT: AccountId = AccountId([9; 32]);

fn chain(balance: Balance) -> TestChain {
    let mut chain = TestChain::new(TestRuntime::without_calls());
    chain.apply_unrestricted(|tx| pallet_balances::mint(tx, &ALICE, balance)).unwrap();
    chain.take_events();
    chain
}

fn pay(chain: &mut TestChain, fee: Balance, tip: Balance) -> Result<(), BeforeError> {
    charge(chain, Charge { fee, tip, fee_from_locked: 0 })
}

fn charge(chain: &mut TestChain, charge: Charge) -> Result<(), BeforeError> {
    let mut access = Access::new();
    withdraw_fee_access(&mut access, &ALICE);
    chain.apply_confined(&access, |tx| withdraw_fee(tx, &ALICE, &charge))
}

fn audit(chain: &TestChain) {
    check_issuance(&chain.rows, FEE_POT.get(&chain.rows).unwrap()).unwrap();
}

/// F1 to F4: the examples of the specification.
#[test]
fn a_vote_costs_what_the_specification_says() {
    let micros = |micros| Weight::from_micros(micros, 0);
    assert_eq!(fee(2_560, micros(195)), 3_755_000_000);
    assert_eq!(fee(3_449, micros(275)), 4_724_000_000);
    assert_eq!(fee(7_996, micros(275)), 9_271_000_000);
    assert_eq!(fee(3_449 + 1_952, micros(275)), 6_676_000_000);
    assert_eq!(fee(0, Weight::ZERO), TOKEN / 1_000);
}

/// F1: the parts are the fee.
#[test]
fn the_parts_add_up_for_the_largest_numbers_too() {
    let weight = Weight { ref_time: u64::MAX, proof_size: u64::MAX };
    let details = fee_details(u64::MAX, weight, 7, true);
    let parts = details.inclusion_fee.unwrap();
    let exact = BASE_FEE + u128::from(u64::MAX) * (FEE_PER_BYTE + FEE_PER_PICOSECOND);
    assert_eq!(parts.total(), exact);
    assert_eq!(fee(u64::MAX, weight), exact);
    assert_eq!(details.tip, 7);
}

/// F5.
#[test]
fn an_inherent_costs_nothing() {
    let details = fee_details(10, Weight::ZERO, 0, false);
    assert_eq!(details.inclusion_fee, None);
    assert_eq!(details.encode(), [0; 17]);
}

/// F10, F11.
#[test]
fn fee_and_tip_go_to_the_pot() {
    let mut chain = chain(TOKEN);

    pay(&mut chain, 100, 20).unwrap();

    assert_eq!(free(&chain.rows, &ALICE), Ok(TOKEN - 120));
    assert_eq!(FEE_POT.get(&chain.rows), Ok(120));
    audit(&chain);
}

/// F10.
#[test]
fn who_cannot_pay_fee_and_tip_and_stay_alive_keeps_everything() {
    let mut chain = chain(EXISTENTIAL_DEPOSIT + 100);
    let before = chain.root();
    let expected =
        |needed| BeforeError::Invalid(Invalid::Payment { who: ALICE, needed, available: 100 });

    assert_eq!(pay(&mut chain, 100, 1), Err(expected(101)));
    assert_eq!(pay(&mut chain, 1, Balance::MAX), Err(expected(Balance::MAX)));
    assert_eq!(chain.root(), before);
    assert!(chain.events().is_empty());

    pay(&mut chain, 100, 0).unwrap();
    assert_eq!(free(&chain.rows, &ALICE), Ok(EXISTENTIAL_DEPOSIT));
}

/// F15.
#[test]
fn locked_funds_pay_a_fee_that_may_come_from_them_and_no_tip() {
    for locked in [TOKEN - 50, TOKEN, 9 * TOKEN] {
        let mut chain = chain(TOKEN);
        chain
            .apply_unrestricted(|tx| pallet_balances::set_lock(tx, &ALICE, *b"ballots!", locked))
            .unwrap();
        let unlocked = TOKEN.saturating_sub(locked);
        let of = |fee, tip| Charge { fee, fee_from_locked: fee, tip };
        let short = |needed, available| {
            Err(BeforeError::Invalid(Invalid::Payment { who: ALICE, needed, available }))
        };
        assert_eq!(pay(&mut chain, 100, 0), short(100, unlocked));
        assert_eq!(charge(&mut chain, of(100, 51)), short(151, 100 + unlocked));
        let keep = TOKEN - EXISTENTIAL_DEPOSIT;
        assert_eq!(charge(&mut chain, of(TOKEN, 0)), short(TOKEN, keep));
        assert_eq!(charge(&mut chain, of(Balance::MAX, Balance::MAX)), short(Balance::MAX, keep));

        // Also once the lock exceeds what there is.
        for paid in 1..=3 {
            charge(&mut chain, of(100, 0)).unwrap();
            assert_eq!(free(&chain.rows, &ALICE), Ok(TOKEN - 100 * paid));
        }
        charge(&mut chain, of(keep - 300, 0)).unwrap();
        assert_eq!(free(&chain.rows, &ALICE), Ok(EXISTENTIAL_DEPOSIT));
        assert_eq!(pallet_balances::lock_of(&chain.rows, &ALICE, b"ballots!"), Ok(locked));
        pallet_balances::check(&chain.rows, FEE_POT.get(&chain.rows).unwrap()).unwrap();
    }
}

/// F12.
#[test]
fn the_fee_that_is_told_includes_the_tip() {
    let event = paid(ALICE, 100, 20);
    assert_eq!(event, Event::TransactionFeePaid { who: ALICE, actual_fee: 120, tip: 20 });
    assert_eq!(event.encode()[0], 0);
}

/// F13.
#[test]
fn a_pot_too_small_to_begin_an_account_waits() {
    let mut chain = chain(TOKEN);
    pay(&mut chain, EXISTENTIAL_DEPOSIT - 1, 0).unwrap();
    let before = chain.root();

    chain.apply_unrestricted(|tx| settle(tx, &POT_ACCOUNT)).unwrap();
    assert_eq!(chain.root(), before);

    pay(&mut chain, 1, 0).unwrap();
    chain.apply_unrestricted(|tx| settle(tx, &POT_ACCOUNT)).unwrap();
    assert_eq!(free(&chain.rows, &POT_ACCOUNT), Ok(EXISTENTIAL_DEPOSIT));
    assert_eq!(FEE_POT.get(&chain.rows), Ok(0));

    pay(&mut chain, 3, 0).unwrap();
    chain.apply_unrestricted(|tx| settle(tx, &POT_ACCOUNT)).unwrap();
    assert_eq!(free(&chain.rows, &POT_ACCOUNT), Ok(EXISTENTIAL_DEPOSIT + 3));
    audit(&chain);
}

#[test]
fn clients_find_prices_by_path() {
    use scale_info::TypeInfo;
    let path = types::RuntimeDispatchInfo::type_info().path.segments.join("::");
    assert_eq!(path, "pallet_transaction_payment::types::RuntimeDispatchInfo");
    assert_eq!(metadata().name, "TransactionPayment");
}

proptest! {
    /// F11: whatever is paid and settled, funds neither appear nor vanish (A4).
    #[test]
    fn the_pot_keeps_the_issuance(
        payments in proptest::collection::vec((0..TOKEN / 4, 0..TOKEN / 8, any::<bool>()), 1..16)
    ) {
        let mut chain = chain(TOKEN);
        for (fee, tip, settles) in payments {
            let before = chain.root();
            if pay(&mut chain, fee, tip).is_err() {
                prop_assert_eq!(chain.root(), before);
            }
            if settles {
                chain.apply_unrestricted(|tx| settle(tx, &POT_ACCOUNT)).unwrap();
            }
            audit(&chain);
        }
    }
}
