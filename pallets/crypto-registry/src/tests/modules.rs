//! Schemes that are voted in with their verifiers.

use althing_frame::{Access, Call as _, Event as _, Rows};
use althing_primitives::{Family, Hash256, blake2_256};

use super::toy::{NOTER, TOY, add, add_with, entered, note, ready, sign};
use super::*;
use crate::{
    Event, Flaw, GATE_WEIGHT_MAX, IDS, MODULE_FUEL_MAX, MODULE_VERIFY_WEIGHT_MAX, MODULES,
    SchemeKind, Use, Verifier, code_for, may, voted_in, voted_in_access,
};

/// A call like [`add`] with one thing changed.
fn changed(change: impl FnOnce(&mut Call)) -> Call {
    let mut call = add(TOY, "toy");
    change(&mut call);
    call
}

fn state(call: Call) -> Result<(), DispatchError> {
    enact(&mut ready(), call)
}

#[test]
fn a_module_that_passes_its_gate_is_a_scheme_on_trial() {
    let mut chain = ready();
    enact(&mut chain, add(TOY, "toy")).unwrap();
    let code = blake2_256(&toy::code());
    assert_eq!(
        chain.take_events(),
        [Event::ModuleAdded { scheme: TOY, code, epoch: 1 }.to_outer()]
    );
    let record = record(&chain, TOY);
    assert_eq!((record.name(), record.kind), ("toy".into(), SchemeKind::Signature));
    assert_eq!((record.state, record.family), (SchemeState::Trial, Family::Code));
    assert_eq!((record.public_bytes, record.signature_bytes, record.since), (4, 8, 1));
    assert_eq!(MODULES.get(&chain.rows, &code).unwrap().unwrap().into_inner(), toy::code());
    may(&chain.rows, TOY, Use::Enrol, 2).unwrap();
    assert_eq!(crate::counts_about_cryptography(&chain.rows, TOY, 2), Ok(false));
    enact(&mut chain, Call::Activate { scheme: TOY }).unwrap();
    assert_eq!(crate::counts_about_cryptography(&chain.rows, TOY, 2), Ok(true));
}

#[test]
fn its_code_decides_on_signatures_and_is_asked_of_the_rows_once() {
    let chain = entered();
    let record = record(&chain, TOY);
    let code = voted_in(&chain.rows, TOY, &record).unwrap().unwrap();
    assert!(code.verify(b"key1", b"aye", &sign(b"key1", b"aye")));
    assert!(!code.verify(b"key1", b"nay", &sign(b"key1", b"aye")));
    let without = |key: &althing_frame::RowKey| *key != MODULES.key(&record.module().unwrap().0);
    let rows: althing_frame::MemoryRows = chain
        .rows
        .iter()
        .filter(|(key, _)| without(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    assert!(voted_in(&rows, TOY, &record).unwrap().is_some(), "it is at hand");
    assert!(code_for(&chain.rows, TOY).unwrap().is_some());
    assert!(code_for(&chain.rows, SPHINCS).unwrap().is_none());
    assert!(code_for(&chain.rows, SchemeId(999)).unwrap().is_none());
}

#[test]
fn a_call_that_verifies_under_a_module_declares_the_code_it_may_have_to_read() {
    let chain = entered();
    let mut record = record(&chain, TOY);
    // Facts that nobody asked for before: the code must be fetched.
    if let Verifier::Module { fuel_max, .. } = &mut record.verifier {
        *fuel_max = 99_999;
    }
    let mut access = Access::new();
    let missing = chain.clone().apply_confined(&access, |tx| voted_in(tx, TOY, &record));
    assert!(matches!(missing, Err(althing_frame::Fault::AccessViolation { .. })));
    voted_in_access(&mut access, &record);
    chain.clone().apply_confined(&access, |tx| voted_in(tx, TOY, &record)).unwrap();
}

#[test]
fn a_retired_module_still_verifies_where_old_rows_say_that_it_may() {
    let mut chain = entered();
    let old = chain.rows.clone();
    chain.apply_unrestricted(|tx| crate::report_broken(tx, TOY)).unwrap();
    enact(&mut chain, Call::Retire { scheme: TOY }).unwrap();
    may(&chain.rows, TOY, Use::Rotate, 2).unwrap_err();
    assert!(code_for(&chain.rows, TOY).unwrap().is_some(), "code is kept for ever");
    let record = may(&old, TOY, Use::Call, 2).unwrap();
    let code = voted_in(&old, TOY, &record).unwrap().unwrap();
    assert!(code.verify(b"key2", b"old", &sign(b"key2", b"old")));
}

#[test]
fn what_it_weighs_is_its_fuel_cap() {
    let record = record(&entered(), TOY);
    assert_eq!(record.verify_weight(TOY), althing_crypto::module::weight(100_000, 1));
    assert_eq!(MODULE_VERIFY_WEIGHT_MAX, althing_crypto::module::weight_at_most(MODULE_FUEL_MAX));
    assert!(add(TOY, "toy").weight().ref_time > GATE_WEIGHT_MAX);
    assert!(Call::Activate { scheme: TOY }.weight().ref_time > GATE_WEIGHT_MAX);
    assert!(Call::Activate { scheme: SPHINCS }.weight().ref_time < GATE_WEIGHT_MAX);
}

#[test]
fn the_preimages_of_a_module_stay_and_so_do_their_deposits() {
    let mut chain = ready();
    let signer = note(&mut chain, b"a signer");
    let call = changed(|call| {
        if let Call::AddModule { signer: of_call, .. } = call {
            *of_call = Some(signer);
        }
    });
    enact(&mut chain, call).unwrap();
    assert_eq!(MODULES.get(&chain.rows, &signer).unwrap().unwrap().into_inner(), b"a signer");
    let hashes = [signer, blake2_256(&toy::code()), blake2_256(&toy::encoded(toy::vector_list()))];
    for hash in hashes {
        let call = pallet_preimage::Call::Unnote { hash };
        let outcome = chain.apply(Origin::Signed(NOTER), call);
        assert_eq!(outcome.unwrap_err().code(), "PRE-104");
    }
    pallet_preimage::check(&chain.rows).unwrap();
}

#[test]
fn ids_of_the_program_are_not_for_modules() {
    for scheme in [SchemeId::JOINT, SchemeId(6), SchemeId(255)] {
        let error = Error::ReservedId { scheme, minimum: 256 };
        assert_eq!(state(add(scheme, "toy")), refused(error));
    }
    state(add(SchemeId(65_535), "toy")).unwrap();
}

/// CR1, CR14.
#[test]
fn an_id_is_used_once() {
    let mut chain = entered();
    for state in SchemeState::ALL {
        force(&mut chain, TOY, state);
        let error = Error::KnownScheme { scheme: TOY, state };
        assert_eq!(enact(&mut chain, add(TOY, "other")), refused(error));
    }
}

/// CR1, CR14.
#[test]
fn names_are_plain_and_nobody_elses() {
    for name in ["", "Toy", "toy 1", ".toy", "-toy", "t\u{f6}y", "toy/1", "toy_1"] {
        let error = Error::BadName { name: name.into() };
        assert_eq!(state(add(TOY, name)), refused(error));
    }
    for name in ["toy", "1toy", "toy-1.2+x"] {
        state(add(TOY, name)).unwrap();
    }
    let taken = Error::NameTaken { name: "ml-dsa-65".into(), by: SchemeId::ML_DSA_65 };
    assert_eq!(state(add(TOY, "ml-dsa-65")), refused(taken));
    let taken = Error::NameTaken { name: "toy".into(), by: TOY };
    assert_eq!(enact(&mut entered(), add(SchemeId(257), "toy")), refused(taken));
}

/// A chain with the toy on trial, of an older program: without one scheme that the present one has.
fn older_program() -> TestChain {
    let mut chain = entered();
    let without = |tx: &mut althing_frame::Tx<'_>| {
        let mut ids = IDS.get_or_default(tx)?;
        ids.retain(|id| *id != SchemeId::ML_DSA_44);
        IDS.put(tx, &ids)?;
        SCHEMES.remove(tx, &SchemeId::ML_DSA_44)
    };
    chain.apply_unrestricted(without).unwrap();
    check(&chain.rows).unwrap();
    chain
}

/// CR1, CR14: the program may bring a scheme along whose name was voted in long ago.
#[test]
fn a_scheme_of_the_program_is_not_proposed_under_the_name_of_a_module() {
    let (scheme, name) = (SchemeId::ML_DSA_44, "ml-dsa-44");
    let mut chain = older_program();
    enact(&mut chain.clone(), Call::Propose { scheme }).unwrap();
    let mut toy = record(&chain, TOY);
    toy.name = name.as_bytes().to_vec().try_into().unwrap();
    chain.apply_unrestricted(|tx| SCHEMES.put(tx, &TOY, &toy)).unwrap();
    let taken = Error::NameTaken { name: name.into(), by: TOY };
    assert_eq!(enact(&mut chain, Call::Propose { scheme }), refused(taken));
}

/// CR1, CR14.
#[test]
fn a_module_does_not_take_the_name_of_a_scheme_that_the_program_may_propose() {
    let name = "ml-dsa-44";
    let taken = Error::NameTaken { name: name.into(), by: SchemeId::ML_DSA_44 };
    assert_eq!(enact(&mut older_program(), add(SchemeId(257), name)), refused(taken));
}

#[test]
fn sizes_and_fuel_are_bounded() {
    let cases: [(&str, u64, u64); 6] = [
        ("the size of public keys", 0, 8_192),
        ("the size of public keys", 8_193, 8_192),
        ("the size of signatures", 0, 65_536),
        ("the size of signatures", 65_537, 65_536),
        ("the fuel cap", 0, MODULE_FUEL_MAX),
        ("the fuel cap", MODULE_FUEL_MAX + 1, MODULE_FUEL_MAX),
    ];
    for (what, found, maximum) in cases {
        let call = changed(|call| {
            let Call::AddModule { public_bytes, signature_bytes, fuel_max, .. } = call else {
                return;
            };
            match what {
                "the size of public keys" => *public_bytes = found as u32,
                "the size of signatures" => *signature_bytes = found as u32,
                _ => *fuel_max = found,
            }
        });
        assert_eq!(state(call), refused(Error::OutOfBounds { what, found, maximum }));
    }
}

#[test]
fn sixteen_modules_that_have_not_retired_are_enough() {
    let mut chain = ready();
    for at in 0..16 {
        enact(&mut chain, add(SchemeId(300 + at), &format!("toy-{at}"))).unwrap();
    }
    let error = Error::TooManyModules { maximum: 16 };
    assert_eq!(enact(&mut chain, add(TOY, "toy")), refused(error));
    force(&mut chain, SchemeId(300), SchemeState::Retired);
    enact(&mut chain, add(TOY, "toy")).unwrap();
}

#[test]
fn code_vectors_and_signer_must_be_noted() {
    let (code, vectors) = (blake2_256(&toy::code()), blake2_256(&toy::encoded(toy::vector_list())));
    let missing = Hash256([7; 32]);
    for hashes in [(missing, vectors), (code, missing)] {
        assert_eq!(state(add_with(TOY, "toy", hashes)).unwrap_err().code(), "PRE-102");
    }
    let call = changed(|call| {
        if let Call::AddModule { signer, .. } = call {
            *signer = Some(missing);
        }
    });
    assert_eq!(state(call).unwrap_err().code(), "PRE-102");
}

#[test]
fn a_module_without_its_code_is_found() {
    let mut chain = entered();
    let code = blake2_256(&toy::code());
    chain.apply_unrestricted(|tx| MODULES.remove(tx, &code)).unwrap();
    assert_eq!(check(&chain.rows), Err(Flaw::Module { scheme: TOY }));
    assert!(chain.rows.row(&MODULES.key(&code)).unwrap().is_none());
}
