//! Extrinsics, from their bytes to the pool and into a block; and the runtime APIs.

use althing_executor::{Proof, Transaction, witness_checks};
use althing_frame::{BlockEnv, Runtime};
use althing_primitives::{Extrinsic, Hash256};
use althing_runtime::ApiError;
use parity_scale_codec::{Compact, Decode, Encode};

use crate::chain::calls::{aye, remark, transfer};
use crate::chain::{Chain, member};
use crate::check::{CALL_BASE, DECODER_BASE, bounded, survives};
use crate::generator::{Rng, cases, prefixed};
use crate::shapes::{self, METADATA};
use crate::wild_state::{busy_chain, newcomer};

/// One signed extrinsic for each scheme, and one with its key.
fn samples(chain: &Chain) -> Vec<Extrinsic> {
    let newcomer = newcomer();
    vec![
        chain.next(member("alice"), remark("hello")),
        chain.next(member("bob"), transfer(&member("judy").account, 3)),
        chain.next(member("carol"), aye(0, 10)),
        chain.next(member("dave"), transfer(&newcomer.account, 3)),
        chain.next(&newcomer, remark("first")),
    ]
}

/// The envelope without its length, of one of them; small ones more often.
fn body(samples: &[Extrinsic], rng: &mut Rng) -> Vec<u8> {
    let of = if rng.one_in(4) { samples } else { &samples[..2] };
    unprefixed(rng.pick(of))
}

fn unprefixed(extrinsic: &Extrinsic) -> Vec<u8> {
    let mut bytes = &extrinsic.bytes()[..];
    Compact::<u32>::decode(&mut bytes).unwrap();
    bytes.to_vec()
}

#[test]
fn extrinsics_take_hostile_bytes() {
    let chain = busy_chain();
    let samples = samples(&chain);
    let mut taken = 0;
    let mut read = |bytes: &[u8]| {
        if let Ok(extrinsic) = bounded(DECODER_BASE, bytes, || Extrinsic::decode(bytes)) {
            assert_eq!(&extrinsic.bytes()[..], bytes);
            if let Some(part) = extrinsic.signed_part() {
                let again = Extrinsic::signed(part.clone(), extrinsic.call());
                assert_eq!(&again.bytes()[..], bytes, "{part:?} is not canonical");
            }
            taken += 1;
        }
    };
    let whole = &mut |rng: &mut Rng| rng.pick(&samples).bytes().to_vec();
    survives("Extrinsic", cases(), whole, &mut read);
    let of_body = &mut |rng: &mut Rng| body(&samples, rng);
    survives("Extrinsic's body", cases(), of_body, &mut |bytes| read(&prefixed(bytes)));
    assert!(taken > cases() / 8, "{taken} decoded");
}

#[test]
fn bodies_that_differ_differ_in_the_root_of_extrinsics_or_witnesses() {
    let chain = busy_chain();
    let samples = samples(&chain);
    let mut bodies = samples.clone();
    bodies.push(Extrinsic::bare(samples[0].call()));
    let known: Vec<_> = bodies.iter().map(commitment).collect();
    let one = &mut |rng: &mut Rng| unprefixed(rng.pick(&bodies));
    survives("commitments", cases(), one, &mut |bytes| {
        let Ok(extrinsic) = Extrinsic::decode(prefixed(bytes)) else { return };
        if !bodies.contains(&extrinsic) {
            assert!(!known.contains(&commitment(&extrinsic)), "one commitment, two bodies");
        }
    });
}

fn commitment(extrinsic: &Extrinsic) -> (Hash256, Hash256) {
    (extrinsic.body_hash(), extrinsic.witness_hash())
}

#[test]
fn no_spoilt_extrinsic_enters_the_pool_and_none_breaks_a_block() {
    let chain = busy_chain();
    let samples = samples(&chain);
    let mut admitted = 0;
    let of_body = &mut |rng: &mut Rng| body(&samples, rng);
    survives("pool", cases(), of_body, &mut |bytes| {
        let bytes = prefixed(bytes);
        let Ok(extrinsic) = Extrinsic::decode(&bytes[..]) else { return };
        let whole = samples.contains(&extrinsic);
        let checked = bounded(CALL_BASE, &bytes, || {
            chain.runtime.check_for_pool(&chain.parent(), &extrinsic)
        });
        admit(&chain, &extrinsic);
        let Ok(checked) = checked else {
            assert!(!whole, "{checked:?}");
            return;
        };
        let witness = checked.admission.witness.unwrap();
        let checks = witness_checks(&witness, &extrinsic.signed_part().unwrap().signature);
        assert_eq!(checks.iter().all(|(check, _)| check.verify().is_ok()), whole);
        admitted += 1;
        // As if its sender had signed it: whatever it says, the block goes on.
        let transactions = vec![Transaction { extrinsic, proven: Proof::Assumed }];
        let built = chain.executor.build(&chain.parent(), chain.next_time(), transactions);
        assert!(built.is_ok(), "{built:?}");
    });
    assert!(admitted > cases() / 50, "{admitted} admitted");
}

/// What the executor asks before it verifies a signature.
fn admit(chain: &Chain, extrinsic: &Extrinsic) {
    let block = BlockEnv {
        number: chain.header.number + 1,
        parent_hash: chain.header.hash(),
        genesis_hash: chain.genesis,
        now: chain.next_time(),
    };
    let Ok(call) = chain.runtime.decode_call(extrinsic.call()) else { return };
    let bytes = &extrinsic.bytes()[..];
    let admission = bounded(CALL_BASE, bytes, || {
        chain.runtime.admit(&chain.state, &block, extrinsic, call.as_ref())
    });
    if let Ok(admission) = admission {
        let access = bounded(CALL_BASE, bytes, || {
            chain.runtime.access(&chain.state, extrinsic, call.as_ref(), &admission)
        });
        assert!(access.is_ok(), "{access:?}");
    }
}

/// Arguments as an honest client lays them end to end.
fn arguments(method: &str, samples: &[Extrinsic], rng: &mut Rng) -> Vec<u8> {
    let extrinsic = rng.pick(samples).bytes().to_vec();
    let account = member("alice").account;
    match method {
        "TaggedTransactionQueue_validate_transaction" => {
            [vec![rng.below(3) as u8], extrinsic, vec![7; 32]].concat()
        }
        "TransactionPaymentApi_query_info" | "TransactionPaymentApi_query_fee_details" => {
            let length = (extrinsic.len() as u32).encode();
            [extrinsic, length].concat()
        }
        "AlthingApi_dry_run" => {
            let calls = shapes::calls();
            let call = rng.pick(&calls).sample(rng);
            [account.encode(), call].concat()
        }
        "AccountNonceApi_account_nonce" => account.encode(),
        _ => 15_u32.encode(),
    }
}

#[test]
fn every_api_takes_hostile_arguments() {
    let chain = busy_chain();
    let samples = samples(&chain);
    for version in [14, 15, 16] {
        chain.runtime.metadata(version).unwrap();
    }
    let methods = METADATA
        .apis
        .iter()
        .flat_map(|api| api.methods.iter().map(|method| format!("{}_{}", api.name, method.name)));
    for name in methods {
        let arguments = &mut |rng: &mut Rng| arguments(&name, &samples, rng);
        survives(&name, cases() / 2, arguments, &mut |bytes| {
            let call = || chain.runtime.call_api(&chain.parent(), &name, bytes);
            match bounded(CALL_BASE, bytes, call) {
                Ok(_) | Err(ApiError::Arguments { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        });
    }
}

#[test]
fn functions_nobody_knows_are_refused_by_name() {
    let chain = Chain::dev();
    let name = "AlthingApi_dry_run";
    survives("names of functions", cases(), &mut |_| name.into(), &mut |bytes| {
        let asked = String::from_utf8_lossy(bytes);
        let answer =
            bounded(CALL_BASE, bytes, || chain.runtime.call_api(&chain.parent(), &asked, &[]));
        assert!(asked == name || matches!(answer, Err(ApiError::Unknown { .. })), "{asked}");
    });
}
