//! What the scheme table says of itself: C1 to C3, C9 and C12 of `specs/cryptography.md`.

use althing_crypto::{Family, SchemeId, about, kems, schemes};
use althing_crypto_lanes::Lanes;

#[test]
fn the_table_is_the_specified_one() {
    use Family::{Hash, Lattice};
    let table: Vec<_> = schemes()
        .iter()
        .map(|one| {
            let sizes = one.sizes();
            let sizes = (sizes.public, sizes.signature, sizes.secret, sizes.seed);
            (one.id().0, one.name(), one.family(), sizes)
        })
        .collect();
    let specified = [
        (1, "sphincs+-sha2-128s-r3", Hash, (32, 7856, 64, None)),
        (2, "ml-dsa-44", Lattice, (1312, 2420, 32, Some(32))),
        (3, "ml-dsa-65", Lattice, (1952, 3309, 32, Some(32))),
        (4, "slh-dsa-sha2-128s", Hash, (32, 7856, 64, Some(48))),
        (5, "fn-dsa-512", Lattice, (897, 666, 32, Some(32))),
    ];
    assert_eq!(table, specified);
    let table: Vec<_> = kems()
        .iter()
        .map(|one| {
            let sizes = one.sizes();
            let sent = (sizes.public, sizes.ciphertext, sizes.shared);
            let kept = (sizes.secret, sizes.seed, sizes.coins);
            (one.id().0, one.name(), one.family(), sent, kept)
        })
        .collect();
    let sent = (1184, 1088, 32);
    let specified = [
        (32, "kyber-768-r3", Lattice, sent, (2400, None, None)),
        (33, "ml-kem-768", Lattice, sent, (64, Some(64), Some(32))),
    ];
    assert_eq!(table, specified);
}

#[test]
fn every_scheme_but_the_first_has_a_fast_backend_if_the_processor_lets_it() {
    let fast: Vec<u16> =
        schemes().iter().filter(|one| one.fast().is_some()).map(|one| one.id().0).collect();
    assert_eq!(fast, if Lanes::detect().is_some() { vec![2, 3, 4, 5] } else { vec![2, 3, 5] });
}

/// Without lanes, scheme 4 has no fast backend and every verdict is the canonical one's: nothing to
/// compare, which this says rather than passing for a comparison.
#[test]
fn full_lanes_are_asked_where_the_processor_has_them() {
    let slh_dsa = schemes().iter().find(|one| one.id() == SchemeId::SLH_DSA_128S).unwrap();
    assert_eq!(slh_dsa.fast().map(|fast| fast.lanes()), Lanes::detect().map(|_| 16));
}

/// C9: lists say what a scheme is, above all where its name suggests something better.
#[test]
fn every_scheme_is_labelled_for_what_it_is() {
    let ids = schemes().iter().map(|one| one.id()).chain(kems().iter().map(|one| one.id()));
    for id in ids {
        let unmaintained = matches!(id, SchemeId::SPHINCS_R3 | SchemeId::KYBER_768_R3);
        assert_eq!(about(id).unwrap().ends_with("unmaintained"), unmaintained, "{id}");
    }
    assert!(about(SchemeId::SPHINCS_R3).unwrap().contains("not SLH-DSA"));
    assert!(about(SchemeId::KYBER_768_R3).unwrap().contains("not round 3"));
    assert!(about(SchemeId::FN_DSA_512).unwrap().contains("provisional"));
    assert_eq!(about(SchemeId(900)), None);
}
