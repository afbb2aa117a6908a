//! The golden lifecycles of `specs/vectors/governance.json`, through the pallet itself.

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Vectors {
    tracks: std::collections::BTreeMap<String, Shape>,
    lifecycles: Vec<Lifecycle>,
}

#[derive(Deserialize)]
struct Shape {
    approval: String,
    support: String,
    decision_blocks: u32,
    confirm_blocks: u32,
    min_enactment_blocks: u32,
}

#[derive(Deserialize)]
struct Lifecycle {
    id: String,
    track: String,
    approval: String,
    support: String,
    blocks_from_deciding_start: Expected,
}

#[derive(Deserialize)]
struct Expected {
    passes: Option<u32>,
    approved: Option<u32>,
    earliest_enactment: Option<u32>,
    rejected_at: Option<u32>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../../specs/vectors/governance.json")).unwrap()
}

/// All funds there are: every share of the golden data of it is a whole number of units.
const ISSUANCE: Balance = 51 * 9 * 1_000_000_000_000_000_000;

/// Deciding begins in block 1.
const START: BlockNumber = 1;

fn curve(name: &str) -> Curve {
    named::ALL.into_iter().find(|(known, _)| *known == name).unwrap().1
}

fn share(text: &str) -> (Balance, Balance) {
    let (numerator, denominator) = text.split_once('/').unwrap();
    (numerator.parse().unwrap(), denominator.parse().unwrap())
}

fn exactly(value: Balance, divisor: Balance) -> Balance {
    assert_eq!(value % divisor, 0);
    value / divisor
}

/// A chain whose root track has this shape, with a referendum on it that is being decided.
fn deciding(shape: &Shape, (approval, support): (&str, &str)) -> TestChain {
    let info = TrackInfo {
        max_deciding: 1,
        submission_deposit: 0,
        decision_deposit: 0,
        prepare_period: 0,
        decision_period: shape.decision_blocks,
        confirm_period: shape.confirm_blocks,
        min_enactment_period: shape.min_enactment_blocks,
        approval: curve(&shape.approval),
        support: curve(&shape.support),
    };
    let genesis = Genesis { tracks: vec![(Track::Root, info)], undeciding_timeout: 100 };
    let voting =
        pallet_voting::Genesis { pots: Vec::new(), lock_period: 100_800, electorate_min: 0 };
    let mut chain = TestChain::new(TestRuntime::new(decode));
    chain.apply_unrestricted(|tx| voting.build(tx)).unwrap();
    chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();

    let (part, whole) = share(support);
    let ayes = exactly(ISSUANCE * part, whole);
    let (part, whole) = share(approval);
    let nays = exactly(ayes * (whole - part), part);
    let balances = vec![(ALICE, ayes), (BOB, ISSUANCE - ayes)];
    chain.apply_unrestricted(|tx| pallet_balances::Genesis { balances }.build(tx)).unwrap();
    submit(&mut chain, ALICE, question(Track::Root));
    vote(&mut chain, ALICE, 0, aye(ayes));
    if nays > 0 {
        vote(&mut chain, BOB, 0, nay(nays));
    }
    look(&mut chain, 0);
    chain
}

/// End the block this long after deciding began, and say where the referendum stands.
fn look(chain: &mut TestChain, after: BlockNumber) -> &'static str {
    chain.go_to(START + after, 0);
    chain.apply_unrestricted(on_finalize).unwrap();
    check(&chain.rows).unwrap();
    name(chain, 0)
}

fn enacts_at(chain: &TestChain) -> BlockNumber {
    let Status::Approved { enacts_at, .. } = status(chain, 0) else {
        panic!("{:?} is not approved", status(chain, 0))
    };
    enacts_at - START
}

/// G13: a share above the ceiling passes at its first block, not at the end (V7 among others).
#[test]
fn gov_atk_g13_golden_lifecycles_pass_confirm_and_end_at_their_blocks() {
    let vectors = vectors();
    assert_eq!(vectors.lifecycles.len(), 13);
    for case in vectors.lifecycles {
        let id = case.id;
        let shares = (case.approval.as_str(), case.support.as_str());
        let mut chain = deciding(&vectors.tracks[&case.track], shares);
        let expected = case.blocks_from_deciding_start;
        if let Some(passes) = expected.passes {
            let approved = expected.approved.unwrap();
            assert_eq!(look(&mut chain, passes - 1), "deciding", "{id}");
            assert_eq!(look(&mut chain, passes), "confirming", "{id}");
            assert_eq!(look(&mut chain, approved - 1), "confirming", "{id}");
            assert_eq!(look(&mut chain, approved), "approved", "{id}");
            assert_eq!(enacts_at(&chain), expected.earliest_enactment.unwrap(), "{id}");
        } else {
            let rejected = expected.rejected_at.unwrap();
            assert_eq!(look(&mut chain, rejected - 1), "deciding", "{id}");
            assert_eq!(look(&mut chain, rejected), "rejected", "{id}");
        }
    }
}

#[test]
fn v10_is_aborted_by_nays_and_confirms_again_later() {
    let shape = &vectors().tracks["medium_spender"];
    let mut chain = deciding(shape, ("7/10", "21/1000"));
    assert_eq!(look(&mut chain, 198_720), "confirming");
    assert_eq!(look(&mut chain, 239_999), "confirming");
    let ayes = exactly(ISSUANCE * 21, 1_000);
    chain.go_to(START + 240_000, 0);
    vote(&mut chain, BOB, 0, nay(exactly(ayes * 2, 3)));
    assert_eq!(look(&mut chain, 240_000), "deciding");
    assert!(chain.has_event(&Event::ConfirmAborted { index: 0 }));
    assert_eq!(look(&mut chain, 264_959), "deciding");
    assert_eq!(look(&mut chain, 264_960), "confirming");
    assert_eq!(look(&mut chain, 322_559), "confirming");
    assert_eq!(look(&mut chain, 322_560), "approved");
    assert_eq!(enacts_at(&chain), 336_960);
}
