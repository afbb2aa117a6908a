//! KEMs go through the same life, with uses of their own (E18).

use althing_frame::Access;

use super::*;
use crate::{KemRefusal, KemUse, may_access, may_kem};

const ML_KEM: SchemeId = SchemeId::ML_KEM_768;

/// E18 as the specification has it: enrol, seal.
const TABLE: [(SchemeState, [bool; 2]); 6] = [
    (SchemeState::Proposed, [false, false]),
    (SchemeState::Trial, [true, true]),
    (SchemeState::Active, [true, true]),
    (SchemeState::Deprecated, [false, true]),
    (SchemeState::Frozen, [false, false]),
    (SchemeState::Retired, [false, false]),
];

fn ask(chain: &TestChain, wanted: KemUse, now: BlockNumber) -> Result<(), KemRefusal> {
    may_kem(&chain.rows, ML_KEM, wanted, now).map(|_| ())
}

fn no(state: SchemeState, refused: &'static str) -> Result<(), KemRefusal> {
    Err(KemRefusal::State { state, refused })
}

#[test]
fn each_state_allows_the_uses_of_a_kem_in_the_table_and_no_other() {
    assert_eq!(TABLE.map(|(state, _)| state), SchemeState::ALL);
    for (state, allowed) in TABLE {
        let mut chain = dev();
        force(&mut chain, ML_KEM, state);
        for (wanted, allowed) in KemUse::ALL.into_iter().zip(allowed) {
            let expected = if allowed { Ok(()) } else { no(state, wanted.refused()) };
            assert_eq!(ask(&chain, wanted, 2), expected, "{state} {wanted:?}");
        }
    }
}

#[test]
fn a_kem_is_frozen_thawed_deprecated_and_retired_like_any_scheme() {
    let mut chain = dev();
    for kem in [SchemeId::KYBER_768_R3, ML_KEM] {
        enact(&mut chain, Call::Freeze { scheme: kem, blocks: 10 }).unwrap();
    }
    assert_eq!(ask(&chain, KemUse::Seal, 10), no(SchemeState::Frozen, "new seals"));
    assert_eq!(ask(&chain, KemUse::Seal, 11), Ok(()));
    begin_block(&mut chain, 11);
    enact(&mut chain, deprecate(ML_KEM, Some(20))).unwrap();
    assert_eq!(ask(&chain, KemUse::Enrol, 11), no(SchemeState::Deprecated, "new keys"));
    assert_eq!(ask(&chain, KemUse::Seal, 30), Ok(()));
    let refusal = no(SchemeState::Deprecated, "new seals since its sunset");
    assert_eq!(ask(&chain, KemUse::Seal, 31), refusal);
    begin_block(&mut chain, 31);
    enact(&mut chain, Call::Retire { scheme: ML_KEM }).unwrap();
    assert_eq!(ask(&chain, KemUse::Seal, 31), no(SchemeState::Retired, "new seals"));
}

#[test]
fn a_signature_scheme_and_an_unknown_one_are_no_kems() {
    for scheme in [SchemeId::ML_DSA_65, SchemeId(34), SchemeId(0)] {
        let refusal = may_kem(&dev().rows, scheme, KemUse::Seal, 2).unwrap_err();
        assert_eq!(refusal, KemRefusal::Unknown);
    }
}

#[test]
fn asking_for_a_kem_touches_the_declared_row_only() {
    let mut access = Access::new();
    may_access(&mut access, ML_KEM);
    dev().apply_confined(&access, |tx| may_kem(tx, ML_KEM, KemUse::Enrol, 1)).unwrap();
}
