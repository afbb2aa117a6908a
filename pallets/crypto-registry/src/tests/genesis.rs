//! Block 0.

use super::*;
use crate::{Flaw, IDS, SchemeKind};

fn build(genesis: &Genesis) -> Result<(), DispatchError> {
    TestChain::new(runtime()).apply_unrestricted(|tx| genesis.build(tx))
}

/// CR1, CR11, CR12.
#[test]
fn a_development_chain_begins_with_every_standard_scheme_active() {
    let chain = dev();
    check(&chain.rows).unwrap();
    let ids = IDS.get_or_default(&chain.rows).unwrap();
    assert_eq!(ids.iter().map(|scheme| scheme.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 32, 33]);
    for scheme in ids.iter() {
        let trial = *scheme == SchemeId::FN_DSA_512;
        let state = if trial { SchemeState::Trial } else { SchemeState::Active };
        assert_eq!(record(&chain, *scheme).state, state);
    }
    let ml_dsa = record(&chain, SchemeId::ML_DSA_65);
    assert_eq!((ml_dsa.name(), ml_dsa.kind), ("ml-dsa-65".into(), SchemeKind::Signature));
    assert_eq!((ml_dsa.public_bytes, ml_dsa.signature_bytes), (1952, 3309));
    let kem = record(&chain, SchemeId::ML_KEM_768);
    assert_eq!((kem.kind, kem.public_bytes, kem.signature_bytes), (SchemeKind::Kem, 1184, 1088));
    assert_eq!(epoch(&chain), 0);
}

/// CR12.
#[test]
fn the_main_chain_begins_with_unmaintained_schemes_deprecated() {
    let chain = chain(&Genesis::main());
    check(&chain.rows).unwrap();
    let deprecated: Vec<_> = IDS
        .get_or_default(&chain.rows)
        .unwrap()
        .iter()
        .filter(|scheme| record(&chain, **scheme).state == SchemeState::Deprecated)
        .map(|scheme| scheme.0)
        .collect();
    assert_eq!(deprecated, [1, 32]);
    assert!([1, 32].iter().all(|id| record(&chain, SchemeId(*id)).sunset_at.is_none()));
    assert_eq!(record(&chain, SchemeId::FN_DSA_512).state, SchemeState::Proposed);
    for active in [2, 3, 4, 33] {
        assert_eq!(record(&chain, SchemeId(active)).state, SchemeState::Active);
    }
}

/// CR1, CR6.
#[test]
fn a_genesis_that_breaks_a_rule_is_refused() {
    use SchemeState::{Active, Frozen};
    let genesis = |states: &[(u16, SchemeState)]| Genesis {
        states: states.iter().map(|(id, state)| (SchemeId(*id), *state)).collect(),
        limits: Limits::FAST,
    };
    let lattices_only = genesis(&[(2, Active), (3, Active), (32, Active)]);
    assert!(build(&lattices_only).unwrap_err().is_bug());
    let twice = genesis(&[(2, Active), (4, Active), (2, Active)]);
    let scheme = SchemeId(2);
    assert_eq!(build(&twice), refused(Error::KnownScheme { scheme, state: Active }));
    let unknown = genesis(&[(2, Active), (4, Active), (300, Active)]);
    assert_eq!(build(&unknown), refused(Error::NoVerifier { scheme: SchemeId(300) }));
    let frozen = genesis(&[(2, Active), (4, Active), (3, Frozen)]);
    assert_eq!(build(&frozen).unwrap_err().code(), "CRY-104");
    build(&genesis(&[(2, Active), (4, Active)])).unwrap();
}

#[test]
fn a_state_that_breaks_an_invariant_is_found() {
    let mut chain = dev();
    force(&mut chain, SchemeId::SLH_DSA_128S, SchemeState::Retired);
    force(&mut chain, SPHINCS, SchemeState::Retired);
    assert_eq!(check(&chain.rows), Err(Flaw::Diversity { schemes: 2, families: 1 }));

    let mut chain = dev();
    force(&mut chain, SPHINCS, SchemeState::Frozen);
    chain.apply_unrestricted(|tx| FROZEN.remove(tx)).unwrap();
    let state = SchemeState::Frozen;
    assert_eq!(check(&chain.rows), Err(Flaw::Freeze { scheme: SPHINCS, state }));

    let mut chain = dev();
    chain.apply_unrestricted(|tx| SCHEMES.remove(tx, &SPHINCS)).unwrap();
    assert_eq!(check(&chain.rows), Err(Flaw::Ids { records: 6 }));

    let mut chain = dev();
    let mut wrong = record(&chain, SPHINCS);
    wrong.public_bytes = 33;
    chain.apply_unrestricted(|tx| SCHEMES.put(tx, &SPHINCS, &wrong)).unwrap();
    assert_eq!(check(&chain.rows), Err(Flaw::Facts { scheme: SPHINCS }));
}
