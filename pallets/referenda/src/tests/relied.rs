//! Preimages that a call names by their hashes: whoever noted them cannot take them away from a
//! question that rests on them (G75, PR6).

use althing_frame::{Access, Call as FrameCall, Fault, Rows, Tx};
use althing_primitives::{Family, Hash256, SchemeId, Weight, blake2_256};
use pallet_preimage::{Error as PreimageError, RELIED_MAX, pins};

use super::cryptography::with_schemes;
use super::*;

/// Bytes that Dave notes: the module that Bob's question would enter.
const CODE: &[u8] = b"what is no module fails at the gate, after its bytes were found";
const VECTORS: &[u8] = b"nor are these vectors";

fn note(chain: &mut TestChain, who: AccountId, bytes: &[u8]) {
    let bytes = bytes.to_vec().try_into().unwrap();
    chain.apply(Origin::Signed(who), pallet_preimage::Call::Note { bytes }).unwrap();
}

fn unnote(chain: &mut TestChain, bytes: &[u8]) -> Result<(), DispatchError> {
    let unnote = pallet_preimage::Call::Unnote { hash: blake2_256(bytes) };
    chain.apply(Origin::Signed(DAVE), unnote)
}

fn pinned(bytes: &[u8], pins: u32) -> Result<(), DispatchError> {
    Err(PreimageError::Pinned { hash: blake2_256(bytes), pins }.into())
}

fn add_module(signer: Option<Hash256>) -> Vec<u8> {
    let call = pallet_crypto_registry::Call::AddModule {
        scheme: SchemeId(256),
        name: b"toy".to_vec().try_into().unwrap(),
        family: Family::Code,
        public_bytes: 4,
        signature_bytes: 8,
        fuel_max: 1_000,
        code: blake2_256(CODE),
        signer,
        vectors: blake2_256(VECTORS),
    };
    (pallet_crypto_registry::INDEX, call).encode()
}

/// Bob asks for the module whose bytes Dave noted, on the track of upgrades.
fn asked() -> (TestChain, u32) {
    let mut chain = with_schemes();
    for bytes in [CODE, VECTORS] {
        note(&mut chain, DAVE, bytes);
    }
    let index = submit(&mut chain, BOB, question_of(Track::CryptoUpgrade, &add_module(None)));
    (chain, index)
}

fn approve(chain: &mut TestChain, index: u32) {
    for (who, voice) in [(ALICE, SchemeId::ML_DSA_44), (CAROL, SchemeId::SLH_DSA_128S)] {
        chain.voice = voice;
        vote(chain, who, index, aye(EACH));
    }
}

/// Dave would let everybody approve, and take the bytes away in the block of enactment.
#[test]
fn gov_atk_c1_the_noter_of_a_modules_bytes_has_no_veto() {
    let (mut chain, index) = asked();
    approve(&mut chain, index);
    while pallet_scheduler::result_of(&chain.rows, index).unwrap().is_none() {
        for bytes in [CODE, VECTORS] {
            assert_eq!(unnote(&mut chain, bytes), pinned(bytes, 1), "block {}", chain.number());
        }
        finalize(&mut chain);
        chain.go_to(chain.number() + 1, 0);
    }
    assert_eq!(name(&chain, index), "approved");
    // It was refused for what the bytes say, not for want of them.
    let record = result_of(&chain.rows, index).unwrap().unwrap();
    let code = b"CRY-117".to_vec().try_into().unwrap();
    assert_eq!(record.outcome, pallet_scheduler::Outcome::Failed { code, retry_until: None });
    for bytes in [CODE, VECTORS] {
        unnote(&mut chain, bytes).unwrap();
    }
    audit(&chain);
}

fn ended(chain: &mut TestChain, index: u32, how: &str) {
    match how {
        "rejected" | "timed-out" => end_blocks(chain, 22),
        "cancelled" => as_track(chain, Track::Canceller, &Call::Cancel { index }).unwrap(),
        "killed" => as_track(chain, Track::Root, &Call::Kill { index }).unwrap(),
        _ => unreachable!("these are all"),
    }
    assert_eq!(name(chain, index), how);
}

#[test]
fn however_a_question_ends_what_it_relied_on_can_be_taken_back() {
    for how in ["rejected", "timed-out", "cancelled", "killed"] {
        let mut chain = with_schemes();
        for bytes in [CODE, VECTORS] {
            note(&mut chain, DAVE, bytes);
        }
        let mut question = question_of(Track::CryptoUpgrade, &add_module(None));
        if let (Call::Submit { decision, .. }, "timed-out") = (&mut question, how) {
            *decision = DecisionDeposit::Later;
        }
        let index = submit(&mut chain, BOB, question);
        assert_eq!(unnote(&mut chain, CODE), pinned(CODE, 1), "{how}");
        audit(&chain);
        ended(&mut chain, index, how);
        for bytes in [CODE, VECTORS] {
            assert_eq!(unnote(&mut chain, bytes), Ok(()), "{how}");
        }
        audit(&chain);
    }
}

#[test]
fn a_scheduled_call_that_is_cancelled_relies_on_nothing_any_more() {
    let (mut chain, index) = asked();
    approve(&mut chain, index);
    while get(&chain, index).status.is_open() {
        finalize(&mut chain);
        chain.go_to(chain.number() + 1, 0);
    }
    let Status::Approved { task, .. } = status(&chain, index) else { panic!("it is approved") };
    assert_eq!(unnote(&mut chain, CODE), pinned(CODE, 1), "the task pins what it relies on");
    chain.apply_unrestricted(|tx| pallet_scheduler::cancel(tx, task)).unwrap();
    unnote(&mut chain, CODE).unwrap();
    audit(&chain);
}

#[test]
fn what_is_relied_on_must_be_noted_at_submission() {
    let mut chain = with_schemes();
    note(&mut chain, DAVE, CODE);
    let missing = |bytes| PreimageError::NotNoted { hash: blake2_256(bytes) }.into();
    let before = chain.root();
    let question = question_of(Track::CryptoUpgrade, &add_module(None));
    assert_eq!(chain.apply(Origin::Signed(BOB), question.clone()), Err(missing(VECTORS)));
    assert_eq!(chain.root(), before);
    note(&mut chain, DAVE, VECTORS);
    let call = add_module(Some(blake2_256(b"the signer")));
    note(&mut chain, BOB, &call);
    let before = chain.root();
    let with_signer = question_of(Track::CryptoUpgrade, &call);
    assert_eq!(chain.apply(Origin::Signed(BOB), with_signer.clone()), Err(missing(b"the signer")));
    assert_eq!(chain.root(), before);
    note(&mut chain, DAVE, b"the signer");
    submit(&mut chain, BOB, question);
    submit(&mut chain, BOB, with_signer);
    assert_eq!(unnote(&mut chain, CODE), pinned(CODE, 2), "each question pins it for itself");
    assert_eq!(unnote(&mut chain, b"the signer"), pinned(b"the signer", 1));
    audit(&chain);
}

/// A call that names the preimages of the one-byte messages `0..count`, each twice.
#[derive(Debug)]
struct Names {
    count: u8,
}

impl FrameCall for Names {
    fn name(&self) -> (&'static str, &'static str) {
        ("Test", "names")
    }

    fn access(&self, _: &Origin, _: &dyn Rows, _: &mut Access) -> Result<(), Fault> {
        Ok(())
    }

    fn weight(&self) -> Weight {
        Weight { ref_time: 0, proof_size: 0 }
    }

    fn relies_on(&self) -> Vec<Hash256> {
        (0..self.count).chain(0..self.count).map(|byte| blake2_256(&[byte])).collect()
    }

    fn dispatch(&self, _: &mut Tx<'_>, _: Origin) -> Result<(), DispatchError> {
        Ok(())
    }
}

/// Call bytes `[201, count]`.
pub(super) fn decode_names(bytes: &[u8]) -> Result<Box<dyn FrameCall>, Invalid> {
    match bytes {
        [201, count] => Ok(Box::new(Names { count: *count })),
        _ => Err(Invalid::Call),
    }
}

#[test]
fn a_call_relies_on_each_preimage_once_and_on_four_at_most() {
    let mut chain = chain();
    for byte in 0..=4 {
        note(&mut chain, DAVE, &[byte]);
    }
    let most = submit(&mut chain, BOB, question_of(Track::SmallTipper, &[201, 4]));
    for byte in 0..=3 {
        assert_eq!(pins(&chain.rows, &blake2_256(&[byte])), Ok(1));
    }
    assert!(get(&chain, most).relies_on.windows(2).all(|pair| pair[0] < pair[1]));
    audit(&chain);
    let before = chain.root();
    let refusal = chain.apply(Origin::Signed(BOB), question_of(Track::SmallTipper, &[201, 5]));
    assert_eq!(refusal, Err(PreimageError::TooManyRelied { found: 5, max: RELIED_MAX }.into()));
    assert_eq!(chain.root(), before);
}

#[test]
fn a_pin_that_nobody_relies_on_is_found_and_so_is_one_that_is_missing() {
    let broken = Fault::Broken { invariant: "R10: each pin is of one who relies on the bytes" };
    let (chain, _) = asked();
    for wrong in [0, 2] {
        let mut chain = chain.clone();
        let hash = blake2_256(CODE);
        chain.apply_unrestricted(|tx| pallet_preimage::PINS.put(tx, &hash, &wrong)).unwrap();
        assert_eq!(check(&chain.rows), Err(broken.clone()));
    }
}
