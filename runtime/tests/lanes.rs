//! Sums that many transactions of a block change: additions equal reading and writing a plain row,
//! and a bounded sum that runs dry in mid-block refuses the same transactions on every path.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

use std::sync::Arc;

use althing_executor::{Executed, Executor, Parent, Proof, State, Transaction, Workers};
use althing_frame::testing::{TestRuntime, decode_pallet};
use althing_frame::{
    Access, BoundedSum, DispatchError, Fault, Map, Origin, RowKey, Rows, Sum, Tx, Value,
};
use althing_primitives::{
    AccountId, Blake2_128Concat, Digest, Era, Extra, Extrinsic, Hash256, Header, Signature,
    SignedPart, Weight,
};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use proptest::collection::vec;
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use scale_info::TypeInfo;

const INDEX: u8 = 23;
/// A sum that is added to.
const POT: Sum<u128> = Sum::new("Till", "Pot");
/// The same sum as a row that is read and written.
const PLAIN: Value<u128> = Value::new("Till", "Plain");
/// A sum that cannot go below zero or above its maximum.
const FUND: BoundedSum = BoundedSum::new("Till", "Fund", FUND_MAX);
const FUND_MAX: u128 = 1_000;
/// What a member saw of the pot.
const SEEN: Map<AccountId, u128, Blake2_128Concat> = Map::new("Till", "Seen");

#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
enum Call {
    /// Add to the pot.
    Add(u16),
    /// Read the plain row and write it with as much more.
    Put(u16),
    /// Take from the fund or fail.
    Take(u16),
    /// Give to the fund or fail.
    Give(u16),
    /// Take from the fund twice; the first attempt is undone.
    TakeAndRegret(u16),
    /// Look at pot and fund.
    Look,
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        ("Till", "call")
    }

    fn access(&self, origin: &Origin, _: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        let Origin::Signed(who) = origin else { return Ok(()) };
        match *self {
            Self::Add(_) => {
                access.add(POT.key());
            }
            Self::Put(_) => {
                access.write(PLAIN.key());
            }
            Self::Take(amount) => FUND.declare(access, amount.into(), 0),
            Self::Give(amount) => FUND.declare(access, 0, amount.into()),
            Self::TakeAndRegret(amount) => FUND.declare(access, u128::from(amount) * 2, 0),
            Self::Look => {
                access.read(POT.key()).read(FUND.key()).write(SEEN.key(who));
            }
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        Weight::from_micros(10, 0)
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        let who = origin.signed()?;
        let fits = match *self {
            Self::Add(amount) => {
                POT.add(tx, &amount.into())?;
                true
            }
            Self::Put(amount) => {
                let before = PLAIN.get(tx)?.unwrap_or_default();
                PLAIN.put(tx, &(before + u128::from(amount)))?;
                true
            }
            Self::Take(amount) => FUND.try_sub(tx, amount.into())?,
            Self::Give(amount) => FUND.try_add(tx, amount.into())?,
            Self::TakeAndRegret(amount) => {
                let regretted: Result<(), DispatchError> = tx.layered(|tx| {
                    FUND.try_sub(tx, amount.into())?;
                    Err(DispatchError::BadOrigin)
                });
                regretted.is_err() && FUND.try_sub(tx, amount.into())?
            }
            Self::Look => {
                let seen = POT.get(tx)? + FUND.get(tx)? * 1_000_000;
                SEEN.put(tx, &who, &seen)?;
                true
            }
        };
        if fits { Ok(()) } else { Err(DispatchError::Exhausted) }
    }
}

fn sent(number: usize, call: Call) -> Transaction {
    let mut account = [0; 32];
    account[..8].copy_from_slice(&(number as u64).to_le_bytes());
    let part = SignedPart {
        account: AccountId(account),
        signature: Signature::Ed25519([0; 64]),
        extra: Extra { era: Era::Immortal, nonce: 0, tip: 0, metadata_hash_mode: 0 },
    };
    Transaction {
        extrinsic: Extrinsic::signed(part, &(INDEX, call).encode()),
        proven: Proof::Assumed,
    }
}

fn pool(workers: usize) -> Workers {
    let pool = ThreadPoolBuilder::new().num_threads(workers).build().unwrap();
    Workers::Pool(Arc::new(pool))
}

/// A block of these calls, each of another member, on a chain whose fund holds `fund`.
fn block(calls: &[Call], fund: u128, workers: Workers, seed: u64) -> Executed {
    let runtime = TestRuntime::new(|bytes| decode_pallet::<Call>(INDEX, bytes));
    let rows: Vec<(RowKey, Vec<u8>)> =
        if fund == 0 { Vec::new() } else { vec![(FUND.key(), fund.encode())] };
    let state = State::from_rows(rows);
    let header = Header {
        parent_hash: Hash256::default(),
        number: 0,
        state_root: state.root(),
        extrinsics_root: Hash256::default(),
        digest: Digest::default(),
    };
    let parent = Parent { header: &header, state: &state, genesis: Hash256::default() };
    let crowd = calls.iter().enumerate().map(|(number, call)| sent(number, *call)).collect();
    let executor = Executor::new(Arc::new(runtime), workers).with_turbulence(seed);
    executor.build(&parent, 6_000, crowd).unwrap()
}

fn assert_same(serial: &Executed, other: &Executed, what: &str) {
    assert_eq!(serial.header, other.header, "{what}");
    assert_eq!(serial.receipts, other.receipts, "{what}");
    assert_eq!(serial.changes, other.changes, "{what}");
}

/// The block on one worker, equal to the same on several threads and on virtual workers.
fn everywhere(calls: &[Call], fund: u128, seed: u64) -> Executed {
    let serial = block(calls, fund, Workers::Serial, 0);
    for workers in [1, 2, 3, 8] {
        let pooled = block(calls, fund, pool(workers), seed);
        assert_same(&serial, &pooled, &format!("{workers} workers, seed {seed}"));
    }
    for seed in seed..seed + 4 {
        let workers = Workers::Virtual { workers: 3, seed };
        assert_same(&serial, &block(calls, fund, workers, 0), &format!("virtual, seed {seed}"));
    }
    serial
}

fn any_call() -> impl Strategy<Value = Call> {
    prop_oneof![
        6 => (0_u16..40).prop_map(Call::Take),
        3 => (0_u16..40).prop_map(Call::Give),
        1 => (0_u16..20).prop_map(Call::TakeAndRegret),
        4 => (0_u16..100).prop_map(Call::Add),
        1 => (0_u16..100).prop_map(Call::Put),
    ]
}

fn any_crowd() -> impl Strategy<Value = Vec<Call>> {
    let looking = prop_oneof![20 => any_call(), 1 => Just(Call::Look)];
    prop_oneof![vec(any_call(), 16..120), vec(looking, 16..120)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn sums_near_their_bounds_give_the_same_bytes_on_every_path(
        calls in any_crowd(),
        fund in 0..FUND_MAX,
        seed in any::<u64>(),
    ) {
        everywhere(&calls, fund, seed / 2);
    }

    #[test]
    fn adding_to_a_sum_equals_reading_and_writing_a_row(
        amounts in vec(any::<u16>(), 16..100),
        seed in any::<u64>(),
    ) {
        let call = |make: fn(u16) -> Call| amounts.iter().copied().map(make).collect::<Vec<_>>();
        let added = everywhere(&call(Call::Add), 0, seed / 2);
        let put = everywhere(&call(Call::Put), 0, seed / 2);
        let plain = PLAIN.get(&put.state).unwrap().unwrap_or_default();
        prop_assert_eq!(POT.get(&added.state).unwrap(), plain);
    }
}

#[test]
fn a_fund_that_runs_dry_refuses_the_same_members_on_every_path() {
    let calls = vec![Call::Take(10); 150];
    let serial = everywhere(&calls, 1_000, 7);
    let paid = serial.receipts.iter().map(|receipt| receipt.outcome.is_ok());
    assert_eq!(paid.collect::<Vec<_>>(), [vec![true; 100], vec![false; 50]].concat());
    assert_eq!(FUND.get(&serial.state).unwrap(), 0);
    let pooled = block(&calls, 1_000, pool(2), 7).explanation;
    assert_eq!((pooled.covered, pooled.uncovered), (100, 50));
    assert_eq!((pooled.parallel, pooled.critical_path), (150, 51));
}

#[test]
fn a_full_fund_covers_everybody_at_once() {
    let explanation = block(&vec![Call::Take(1); 500], 1_000, pool(2), 0).explanation;
    assert_eq!((explanation.covered, explanation.uncovered), (500, 0));
    assert_eq!((explanation.critical_path, explanation.conflicts), (1, 0));
}
