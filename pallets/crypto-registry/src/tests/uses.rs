//! Every state with every use.

use althing_frame::{Access, BeforeError, Invalid};

use super::*;
use crate::{Use, may, may_access};

/// CR3 as the specification has it: enrol, call, rotate.
const TABLE: [(SchemeState, [bool; 3]); 6] = [
    (SchemeState::Proposed, [false, false, false]),
    (SchemeState::Trial, [true, true, true]),
    (SchemeState::Active, [true, true, true]),
    (SchemeState::Deprecated, [false, true, true]),
    (SchemeState::Frozen, [false, false, false]),
    (SchemeState::Retired, [false, false, false]),
];

fn ask(chain: &TestChain, wanted: Use, now: BlockNumber) -> Result<(), Invalid> {
    match may(&chain.rows, SPHINCS, wanted, now) {
        Ok(_) => Ok(()),
        Err(BeforeError::Invalid(invalid)) => Err(invalid),
        Err(BeforeError::Fault(fault)) => panic!("{fault}"),
    }
}

fn no(state: SchemeState, refused: &'static str) -> Result<(), Invalid> {
    Err(Invalid::SchemeState { scheme: SPHINCS, state: state.name(), refused })
}

#[test]
fn each_state_allows_the_uses_of_the_table_and_no_other() {
    assert_eq!(TABLE.map(|(state, _)| state), SchemeState::ALL);
    for (state, allowed) in TABLE {
        let mut chain = dev();
        force(&mut chain, SPHINCS, state);
        for (wanted, allowed) in Use::ALL.into_iter().zip(allowed) {
            let expected = if allowed { Ok(()) } else { no(state, wanted.refused()) };
            assert_eq!(ask(&chain, wanted, 2), expected, "{state} {wanted:?}");
        }
    }
}

#[test]
fn a_refusal_says_the_state_and_what_it_forbids() {
    let mut chain = dev();
    enact(&mut chain, deprecate(SPHINCS, None)).unwrap();
    let refusal = ask(&chain, Use::Enrol, 2).unwrap_err();
    assert_eq!(refusal.to_string(), "scheme 1 is deprecated and cannot be used for new keys");
    assert_eq!(refusal.code(), "TX-111");
}

#[test]
fn calls_end_at_the_sunset_and_rotations_do_not() {
    let mut chain = dev();
    enact(&mut chain, deprecate(SPHINCS, Some(20))).unwrap();
    assert_eq!(ask(&chain, Use::Call, 20), Ok(()));
    assert_eq!(ask(&chain, Use::Call, 21), no(SchemeState::Deprecated, "calls since its sunset"));
    assert_eq!(ask(&chain, Use::Rotate, 1_000), Ok(()));
}

#[test]
fn a_freeze_that_has_run_out_no_longer_refuses() {
    let mut chain = dev();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 10 }).unwrap();
    assert_eq!(ask(&chain, Use::Call, 10), no(SchemeState::Frozen, "calls"));
    assert_eq!(ask(&chain, Use::Call, 11), Ok(()));
    assert_eq!(ask(&chain, Use::Enrol, 11), Ok(()));
}

#[test]
fn a_kem_and_an_unknown_scheme_are_no_signature_schemes() {
    for scheme in [SchemeId::ML_KEM_768, SchemeId(6), SchemeId(0)] {
        let refusal = may(&dev().rows, scheme, Use::Call, 2).unwrap_err();
        assert_eq!(refusal, BeforeError::Invalid(Invalid::UnknownScheme { scheme }));
    }
}

#[test]
fn asking_touches_the_declared_row_only() {
    let mut access = Access::new();
    may_access(&mut access, SPHINCS);
    dev().apply_confined(&access, |tx| may(tx, SPHINCS, Use::Enrol, 1)).unwrap();
}
