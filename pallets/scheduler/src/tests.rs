//! Facts about enactment.

#![expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails, as it should")]

mod attacks;
mod relied;
mod retries;
mod rules;

use althing_frame::testing::{TestChain, TestRuntime, decode_pallet};
use althing_frame::{Access, DispatchError, Fault, Origin, RowKey, Rows, Track, Tx};
use althing_primitives::{AccountId, BlockNumber, TOKEN, Weight};
use pallet_preimage::Proposal;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};

use crate::*;

const ALICE: AccountId = AccountId([1; 32]);
const ACT: u8 = 200;

/// Calls of a pallet that exists for these tests.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode)]
enum Act {
    /// Write the origin to the row of this number.
    Mark(u8),
    /// Write a row, then refuse.
    Refuse,
    /// Report a bug.
    Break,
    /// Weigh so many picoseconds, then mark.
    Weigh(u64, u8),
    /// Mark, in more bytes than fit inline.
    Padded(u8, [u8; 200]),
}

impl althing_frame::Call for Act {
    fn name(&self) -> (&'static str, &'static str) {
        ("Act", "act")
    }

    fn access(&self, _: &Origin, _: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        access.make_exclusive();
        Ok(())
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Weigh(ref_time, _) => Weight { ref_time: *ref_time, proof_size: 0 },
            Self::Mark(_) | Self::Refuse | Self::Break | Self::Padded(..) => Weight::ZERO,
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        match self {
            Self::Mark(row) | Self::Weigh(_, row) | Self::Padded(row, _) => {
                Ok(tx.set_row(mark_key(*row), Some(origin.encode().into()))?)
            }
            Self::Refuse => {
                tx.set_row(mark_key(255), Some(vec![1].into()))?;
                Err(DispatchError::BadOrigin)
            }
            Self::Break => Err(Fault::Broken { invariant: "test" }.into()),
        }
    }
}

fn mark_key(row: u8) -> RowKey {
    vec![row].into()
}

fn is_marked(chain: &TestChain, row: u8) -> bool {
    chain.rows.row(&mark_key(row)).unwrap().is_some()
}

fn chain() -> TestChain {
    let runtime = TestRuntime::new(|bytes| match bytes.first() {
        Some(&ACT) => decode_pallet::<Act>(ACT, bytes),
        _ => decode_pallet::<Call>(INDEX, bytes),
    });
    let mut chain = TestChain::new(runtime);
    let genesis = pallet_balances::Genesis { balances: vec![(ALICE, 1_000 * TOKEN)] };
    chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();
    chain.take_events();
    chain
}

fn act(act: &Act) -> Vec<u8> {
    (ACT, act).encode()
}

/// A call that takes a preimage.
fn long(row: u8) -> Vec<u8> {
    act(&Act::Padded(row, [0; 200]))
}

fn inline(call: &Act) -> Enactment {
    Enactment {
        proposal: Proposal::of(&act(call)).unwrap(),
        track: Track::GeneralAdmin,
        referendum: Some(1),
        relies_on: pallet_preimage::Relied::new(),
    }
}

fn note(chain: &mut TestChain, bytes: &[u8]) {
    let call = pallet_preimage::Call::Note { bytes: bytes.to_vec().try_into().unwrap() };
    chain.apply(Origin::Signed(ALICE), call).unwrap();
}

fn schedule_at(
    chain: &mut TestChain,
    at: BlockNumber,
    enactment: Enactment,
) -> Result<Placement, DispatchError> {
    chain.apply_unrestricted(|tx| schedule(tx, at, enactment))
}

fn place_at(chain: &mut TestChain, at: BlockNumber, call: &Act) -> Placement {
    schedule_at(chain, at, inline(call)).unwrap()
}

/// Run the lifecycle phase of block `number`.
fn finalize(chain: &mut TestChain, number: BlockNumber) {
    chain.go_to(number, 0);
    chain.apply_unrestricted(enact).unwrap();
    check(&chain.rows).unwrap();
    pallet_preimage::check(&chain.rows).unwrap();
}

fn enacted(task: TaskId, result: Result<(), DispatchError>) -> Event {
    Event::Enacted { task, referendum: Some(1), result }
}

fn failed(code: &str, retry_until: Option<BlockNumber>) -> Outcome {
    Outcome::Failed { code: code.as_bytes().to_vec().try_into().unwrap(), retry_until }
}

/// Fill every agenda that a search from block `from` looks at.
fn fill(chain: &mut TestChain, from: BlockNumber) {
    let step = |tx: &mut Tx<'_>| -> Result<(), Fault> {
        let mut id = 1_000_000;
        for at in from..from + SEARCH_BLOCKS {
            let mut agenda = AGENDA.get_or_default(tx, &at)?;
            while agenda.try_push(Task { id, enactment: inline(&Act::Mark(0)) }).is_ok() {
                PLACES.put(tx, &id, &at)?;
                id += 1;
            }
            AGENDA.put(tx, &at, &agenda)?;
        }
        Ok(())
    };
    chain.apply_unrestricted(step).unwrap();
}
