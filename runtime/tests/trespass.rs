//! A call that touches a row outside its declared access fails alike everywhere (`Access`, F1):
//! its effects are dropped, the block goes on, and every number of workers gives the same bytes.

use std::sync::Arc;

use althing_executor::{Executed, Executor, Parent, Proof, State, Transaction, Workers};
use althing_frame::testing::{TestRuntime, decode_pallet};
use althing_frame::{Access, DispatchError, Fault, Map, Origin, Rows, Sum, Tx};
use althing_primitives::{
    AccountId, Blake2_128Concat, Digest, Era, Extra, Extrinsic, Hash256, Header, Signature,
    SignedPart, Weight,
};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use rayon::ThreadPoolBuilder;
use scale_info::TypeInfo;

const INDEX: u8 = 22;
/// The row every member may write, and declares.
const OWN: Map<AccountId, u32, Blake2_128Concat> = Map::new("Trespass", "Own");
/// A row nobody declares.
const FORBIDDEN: Map<AccountId, u32, Blake2_128Concat> = Map::new("Trespass", "Forbidden");
/// A sum that is declared for additions only.
const TOTAL: Sum<u128> = Sum::new("Trespass", "Total");

#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
enum Call {
    Stay,
    Write,
    Read,
    ReadASumDeclaredForAdding,
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        ("Trespass", "call")
    }

    fn access(&self, origin: &Origin, _: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        if let Origin::Signed(who) = origin {
            access.write(OWN.key(who)).add(TOTAL.key());
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        Weight::from_micros(10, 0)
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        let who = origin.signed()?;
        OWN.put(tx, &who, &1)?;
        TOTAL.add(tx, &1)?;
        match self {
            Self::Stay => {}
            Self::Write => FORBIDDEN.put(tx, &who, &1)?,
            Self::Read => {
                FORBIDDEN.get(tx, &who)?;
            }
            Self::ReadASumDeclaredForAdding => {
                TOTAL.get(tx)?;
            }
        }
        Ok(())
    }
}

/// What member `number` does: every fourth stays within its access.
fn call(number: u8) -> Call {
    match number % 4 {
        0 => Call::Stay,
        1 => Call::Write,
        2 => Call::Read,
        _ => Call::ReadASumDeclaredForAdding,
    }
}

fn sent(number: u8) -> Transaction {
    let part = SignedPart {
        account: AccountId([number; 32]),
        signature: Signature::Ed25519([0; 64]),
        extra: Extra { era: Era::Immortal, nonce: 0, tip: 0, metadata_hash_mode: 0 },
    };
    let bytes = (INDEX, call(number)).encode();
    Transaction { extrinsic: Extrinsic::signed(part, &bytes), proven: Proof::Assumed }
}

fn block(workers: Workers) -> Executed {
    let runtime = TestRuntime::new(|bytes| decode_pallet::<Call>(INDEX, bytes));
    let state = State::empty();
    let header = Header {
        parent_hash: Hash256::default(),
        number: 0,
        state_root: state.root(),
        extrinsics_root: Hash256::default(),
        digest: Digest::default(),
    };
    let parent = Parent { header: &header, state: &state, genesis: Hash256::default() };
    let crowd = (0..64).map(sent).collect();
    let executor = Executor::new(Arc::new(runtime), workers);
    executor.build(&parent, 6_000, crowd).expect("a trespass does not stop the block")
}

#[test]
fn a_call_outside_its_access_fails_alike_on_every_number_of_workers() {
    let serial = block(Workers::Serial);
    assert!(serial.refused.is_empty());
    for (number, receipt) in (0_u8..).zip(&serial.receipts) {
        let who = AccountId([number; 32]);
        let stays = call(number) == Call::Stay;
        assert_eq!(receipt.outcome.is_ok(), stays, "{:?}", call(number));
        assert_eq!(OWN.get(&serial.state, &who), Ok(stays.then_some(1)), "effects are dropped");
        assert_eq!(FORBIDDEN.get(&serial.state, &who), Ok(None));
        if let Err(error) = &receipt.outcome {
            let is_trespass = matches!(error, DispatchError::Fault(Fault::AccessViolation { .. }));
            assert!(is_trespass && !error.is_bug(), "{error}");
            assert_eq!(error.code(), "SYS-106");
        }
    }
    assert_eq!(TOTAL.get(&serial.state), Ok(16));
    for workers in [1, 2, 3, 8] {
        let pool = ThreadPoolBuilder::new().num_threads(workers).build().expect("threads start");
        let pooled = block(Workers::Pool(Arc::new(pool)));
        assert_eq!(pooled.explanation.parallel, 64);
        assert_eq!(pooled.header, serial.header, "{workers} workers");
        assert_eq!(pooled.receipts, serial.receipts, "{workers} workers");
        assert_eq!(pooled.changes, serial.changes, "{workers} workers");
    }
}
