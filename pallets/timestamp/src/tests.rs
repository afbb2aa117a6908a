//! Facts about the time of blocks.

use althing_frame::testing::{TestChain, TestRuntime};
use althing_frame::{Call as _, CallClass, DispatchError, Origin};
use althing_primitives::AccountId;
use parity_scale_codec::Encode;

use crate::*;

fn chain_at(now: u64) -> TestChain {
    let mut chain = TestChain::new(TestRuntime::without_calls());
    chain.go_to(1, now);
    chain
}

fn set(now: u64) -> Call {
    Call::Set { now }
}

#[track_caller]
fn refuses(chain: &mut TestChain, now: u64, expected: Error) {
    let before = chain.root();
    assert_eq!(chain.apply(Origin::None, set(now)), Err(expected.into()));
    assert_eq!(chain.root(), before);
}

#[test]
fn each_block_states_its_time_once() {
    let mut chain = chain_at(5_000);
    chain.apply(Origin::None, set(5_000)).unwrap();
    chain.apply_unrestricted(on_finalize).unwrap();
    assert_eq!(NOW.get(&chain.rows), Ok(Some(5_000)));
    assert_eq!(DID_UPDATE.get(&chain.rows), Ok(None));

    chain.go_to(2, 5_000);
    chain.apply(Origin::None, set(5_000)).unwrap();
    refuses(&mut chain, 5_000, Error::Repeated { now: 5_000 });
}

#[test]
fn the_time_never_goes_back() {
    let mut chain = chain_at(5_000);
    chain.apply(Origin::None, set(5_000)).unwrap();
    chain.apply_unrestricted(on_finalize).unwrap();

    chain.go_to(2, 4_999);
    refuses(&mut chain, 4_999, Error::Backwards { now: 4_999, last: 5_000 });
}

#[test]
fn a_time_other_than_the_blocks_is_refused() {
    let mut chain = chain_at(5_000);
    refuses(&mut chain, 5_001, Error::Disagrees { now: 5_001, block_time: 5_000 });
}

#[test]
fn a_block_without_time_does_not_end() {
    let mut chain = chain_at(5_000);
    let before = chain.root();

    let refusal = chain.apply_unrestricted(on_finalize).unwrap_err();

    assert_eq!(refusal, Error::Missing { block: 1 }.into());
    assert_eq!(refusal.code(), "TIM-104");
    assert_eq!(chain.root(), before);
}

#[test]
fn nobody_can_sign_the_time() {
    let mut chain = chain_at(5_000);
    let signed = Origin::Signed(AccountId([1; 32]));
    assert_eq!(chain.apply(signed, set(5_000)), Err(DispatchError::BadOrigin));
    assert_eq!(set(0).class(), CallClass::Mandatory);
}

#[test]
fn clients_find_what_they_look_for() {
    let metadata = metadata();
    assert_eq!(metadata.constants[0].name, "MinimumPeriod");
    assert_eq!((metadata.name, metadata.index), ("Timestamp", 1));
    assert_eq!(set(1).name(), ("Timestamp", "set"));
    assert_eq!(set(1).encode(), [0, 4]);
}
