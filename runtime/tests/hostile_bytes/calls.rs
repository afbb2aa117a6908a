//! Calls: decoded by the composed runtime, priced, and tried.

use althing_executor::Parent;
use althing_frame::{Access, Call as _, Origin, Runtime};
use althing_runtime::RuntimeCall;
use pallet_referenda::{Curve, Fraction, Ratio};
use pallet_voting::Ballot;
use parity_scale_codec::{Decode, DecodeAll, Encode};

use crate::chain::{Chain, member};
use crate::check::{CALL_BASE, DECODER_BASE, bounded, decodes, survives};
use crate::generator::{Rng, cases};
use crate::shapes::{self, CallShape};
use crate::wild_state::busy_chain;

/// Of the calls that decode, one in so many is run.
const RUN_EVERY: usize = 4;

#[test]
fn every_call_of_every_pallet_takes_hostile_arguments() {
    let chain = busy_chain();
    for shape in shapes::calls() {
        let taken = feed(&chain, &shape);
        assert!(taken > 0, "{}: no call that the metadata describes decodes", shape.name);
    }
}

fn feed(chain: &Chain, shape: &CallShape) -> usize {
    let mut taken = 0;
    survives(&shape.name, cases(), &mut |rng| shape.sample(rng), &mut |bytes| {
        let decoded = bounded(DECODER_BASE, bytes, || chain.runtime.decode_call(bytes));
        let known = RuntimeCall::decode_all(&mut &bytes[..]);
        assert_eq!(decoded.is_ok(), known.is_ok());
        if let Ok(call) = known {
            assert_eq!(call.encode(), bytes, "{call:?} is not canonical");
            taken += 1;
            if taken % RUN_EVERY == 0 {
                run(chain, &call, bytes);
            }
        }
    });
    taken
}

/// Price and try a call as anyone who could stand behind it.
fn run(chain: &Chain, call: &RuntimeCall, bytes: &[u8]) {
    let _ = (call.name(), call.weight(), call.class());
    let parent: Parent<'_> = chain.parent();
    let track = althing_frame::Track::ALL[bytes.len() % althing_frame::Track::ALL.len()];
    for origin in [Origin::Signed(member("alice").account), Origin::Track(track), Origin::None] {
        let mut access = Access::new();
        bounded(CALL_BASE, bytes, || call.access(&origin, &chain.state, &mut access)).unwrap();
        let run = bounded(CALL_BASE, bytes, || chain.runtime.dry_run(&parent, origin, bytes));
        if let Err(error) = run.outcome {
            assert!(!error.is_bug(), "{error}");
        }
    }
}

#[test]
fn a_call_nested_or_repeated_without_end_is_refused() {
    let chain = Chain::dev();
    let mut bytes = Vec::new();
    for _ in 0..100_000 {
        for prefix in [&[8_u8, 0, 0, 0][..], &[6, 0]] {
            bytes.extend_from_slice(prefix);
        }
    }
    let decoded = bounded(DECODER_BASE, &bytes, || chain.runtime.decode_call(&bytes));
    assert!(decoded.is_err());
}

fn fraction(rng: &mut Rng) -> Fraction {
    loop {
        let parts = (rng.next() >> rng.below(64), rng.next() >> rng.below(64));
        if let Ok(fraction) = Fraction::decode(&mut &parts.encode()[..]) {
            return fraction;
        }
    }
}

#[test]
fn ratios_curves_and_ballots_take_hostile_bytes() {
    let ratio = &mut |rng: &mut Rng| (u128::from(rng.next()), u128::from(rng.next())).encode();
    assert!(decodes::<Ratio>("Ratio", ratio) > 0);
    let some = |name: &str| name.split('.').next_back() == Some("vote");
    let vote = shapes::calls().into_iter().find(|shape| some(&shape.name)).unwrap();
    // Pallet, call and a referendum of one byte come before the ballot.
    let ballot = &mut |rng: &mut Rng| vote.sample(rng).get(3..).unwrap_or_default().to_vec();
    assert!(decodes::<Ballot>("Ballot", ballot) > 0);

    let presets: Vec<Curve> = pallet_referenda::main_tracks()
        .unwrap()
        .into_iter()
        .flat_map(|(_, track)| [track.approval, track.support])
        .collect();
    assert!(decodes::<Fraction>("Fraction", &mut |rng| fraction(rng).encode()) > 0);
    assert!(decodes::<Curve>("Curve", &mut |rng| rng.pick(&presets).encode()) > 0);
    let made = &mut |rng: &mut Rng| {
        let parts = [(); 4].map(|()| fraction(rng));
        (rng.below(3) as u8, parts).encode()
    };
    decodes::<Curve>("made-up Curve", made);
    survives("values of Curve", cases(), &mut |rng| rng.pick(&presets).encode(), &mut |bytes| {
        let Ok(curve) = Curve::decode(&mut &bytes[..]) else { return };
        let mut last = Ratio::ONE;
        for elapsed in [0, 1, 7, 1_000, u32::MAX - 1, u32::MAX] {
            let next = curve.threshold(elapsed, u32::MAX);
            assert!(next <= last, "{curve:?} rises");
            last = next;
            let _ = curve.threshold(elapsed, bytes.len() as u32);
        }
        let _ = curve.first_passing(u32::MAX, Ratio::new(1, 2).unwrap());
    });
}
