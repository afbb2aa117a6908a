//! Preimages that the call of a task takes from the chain when it runs (SC8, SC10).

use althing_primitives::blake2_256;

use super::retries::lose;
use super::*;

const BYTES: &[u8] = b"what the call takes when it runs";

fn relying() -> Enactment {
    let relies_on = pallet_preimage::relied(vec![blake2_256(BYTES)]).unwrap();
    Enactment { relies_on, ..inline(&Act::Mark(1)) }
}

fn pins(chain: &TestChain) -> u32 {
    pallet_preimage::pins(&chain.rows, &blake2_256(BYTES)).unwrap()
}

#[test]
fn what_a_task_relies_on_is_pinned_until_it_ended() {
    let mut chain = chain();
    note(&mut chain, BYTES);
    for at in [2, 3] {
        schedule_at(&mut chain, at, relying()).unwrap();
    }
    check(&chain.rows).unwrap();
    assert_eq!(pins(&chain), 2);
    finalize(&mut chain, 2);
    assert_eq!((pins(&chain), is_marked(&chain, 1)), (1, true));
    chain.apply_unrestricted(|tx| cancel(tx, 1)).unwrap();
    assert_eq!(pins(&chain), 0);
}

#[test]
fn what_relies_on_bytes_that_are_not_noted_is_not_scheduled() {
    let mut chain = chain();
    let before = chain.root();
    let hash = blake2_256(BYTES);
    let refusal = schedule_at(&mut chain, 2, relying());
    assert_eq!(refusal, Err(pallet_preimage::Error::NotNoted { hash }.into()));
    assert_eq!(chain.root(), before);
}

/// Nothing that a member can do loses a pinned preimage: its rows are taken away by hand.
#[test]
fn a_task_whose_relied_on_bytes_were_lost_runs_once_they_are_back() {
    let mut chain = chain();
    let hash = blake2_256(BYTES);
    note(&mut chain, BYTES);
    schedule_at(&mut chain, 2, relying()).unwrap();
    lose(&mut chain, hash);
    finalize(&mut chain, 2);
    let record = result_of(&chain.rows, 1).unwrap().unwrap();
    assert_eq!(record.outcome, failed("PRE-102", Some(2 + RETRY_PERIOD)));
    assert_eq!(pins(&chain), 0);

    chain.go_to(3, 0);
    let retry = |chain: &mut TestChain| {
        let call = Call::Retry { task: 0 };
        chain.apply(Origin::Signed(ALICE), call)
    };
    let missing = pallet_preimage::Error::NotNoted { hash };
    assert_eq!(retry(&mut chain), Err(missing.into()));
    note(&mut chain, BYTES);
    retry(&mut chain).unwrap();
    finalize(&mut chain, 3);
    assert!(result_of(&chain.rows, 1).unwrap().unwrap().is_enacted());
    assert_eq!((pins(&chain), is_marked(&chain, 1)), (0, true));
}

#[test]
fn a_pin_that_a_task_lost_is_found() {
    let mut chain = chain();
    note(&mut chain, BYTES);
    schedule_at(&mut chain, 2, relying()).unwrap();
    let hash = blake2_256(BYTES);
    chain.apply_unrestricted(|tx| pallet_preimage::PINS.remove(tx, &hash)).unwrap();
    let broken = Fault::Broken { invariant: "SC-I3: what a task relies on is pinned" };
    assert_eq!(check(&chain.rows), Err(broken));
}
