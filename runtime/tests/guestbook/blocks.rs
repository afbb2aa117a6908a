//! The guestbook in whole blocks: serial and on three workers, with one result.

use std::sync::Arc;

use althing_executor::{
    Executed, Executor, Parent, Proof, State, Transaction, Workers, extrinsics_root,
};
use althing_frame::{BlockEnv, DispatchError, Event as _, MemoryRows, Tx};
use althing_primitives::{Digest, Extrinsic, Hash256, Header};

use crate::chain::{GuestbookRuntime, member, sent, text};
use crate::pallet::{COUNT, Call, ENTRIES, Entry, Error, Event, Genesis, LAST_COUNT, check};

const MEMBERS: u8 = 64;
const WORKERS: usize = 3;

/// A chain that grows block by block, each made serially and on workers.
struct Chain {
    serial: Executor,
    parallel: Executor,
    genesis: Hash256,
    header: Header,
    state: State,
}

impl Chain {
    fn new(genesis: &Genesis) -> Self {
        let block = BlockEnv {
            number: 0,
            parent_hash: Hash256::default(),
            genesis_hash: Hash256::default(),
            now: 0,
        };
        let nothing = MemoryRows::new();
        let mut tx = Tx::unrestricted(&nothing, &GuestbookRuntime, block);
        genesis.build(&mut tx).expect("the tests' genesis is allowed");
        let mut rows = MemoryRows::new();
        rows.commit(&tx.into_effects()).expect("sums decode");
        let state = State::from_rows(rows.iter().map(|(key, value)| (key.as_bytes(), value)));
        let header = Header {
            parent_hash: Hash256::default(),
            number: 0,
            state_root: state.root(),
            extrinsics_root: extrinsics_root(&[]),
            digest: Digest::default(),
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(WORKERS).build();
        let pool = Arc::new(pool.expect("three threads can be had"));
        Self {
            serial: Executor::new(Arc::new(GuestbookRuntime), Workers::Serial),
            parallel: Executor::new(Arc::new(GuestbookRuntime), Workers::Pool(pool)),
            genesis: header.hash(),
            header,
            state,
        }
    }

    /// Make the next block both ways, and let each way verify what the other made.
    fn grow(&mut self, extrinsics: &[Extrinsic]) -> Executed {
        let transactions: Vec<Transaction> = extrinsics
            .iter()
            .map(|extrinsic| Transaction { extrinsic: extrinsic.clone(), proven: Proof::None })
            .collect();
        let parent = Parent { header: &self.header, state: &self.state, genesis: self.genesis };
        let build = |executor: &Executor| executor.build(&parent, 0, transactions.clone());
        let serial = build(&self.serial).expect("a block of the guestbook runs serially");
        let parallel = build(&self.parallel).expect("a block of the guestbook runs in parallel");
        assert_eq!(parallel.header, serial.header);
        assert_eq!(parallel.receipts, serial.receipts);
        assert_eq!(parallel.changes, serial.changes);
        assert_eq!(parallel.refused, []);
        assert_eq!(serial.refused, []);
        for (executor, header) in
            [(&self.serial, &parallel.header), (&self.parallel, &serial.header)]
        {
            let verified = executor.verify(&parent, header, &transactions);
            assert_eq!(verified.map(|block| block.header), Ok(header.clone()));
        }
        self.header = parallel.header.clone();
        self.state = parallel.state.clone();
        self.check();
        parallel
    }

    /// What the pallet promises after every block.
    fn check(&self) {
        assert_eq!(check(&self.state), Ok(()));
        assert_eq!(LAST_COUNT.get(&self.state), COUNT.get(&self.state).map(Some));
    }

    fn count(&self) -> u128 {
        COUNT.get(&self.state).expect("the count decodes")
    }
}

fn signatures(words: &str) -> Vec<Extrinsic> {
    let call = Call::Sign { text: text(words) };
    (0..MEMBERS).map(|number| sent(member(number), &call)).collect()
}

#[test]
fn members_sign_side_by_side_and_the_block_is_the_serial_one() {
    let mut chain = Chain::new(&Genesis::default());
    let block = chain.grow(&signatures("hello"));
    assert_eq!(block.receipts.len(), usize::from(MEMBERS));
    for (number, receipt) in (0..MEMBERS).zip(&block.receipts) {
        assert_eq!(receipt.call, ("Guestbook", "sign"));
        assert_eq!(receipt.outcome, Ok(()));
        assert_eq!(receipt.events.to_vecs(), [Event::Signed { who: member(number) }.to_outer()]);
    }
    assert_eq!(chain.count(), u128::from(MEMBERS));
}

#[test]
fn signatures_of_different_members_wait_for_nobody() {
    let mut chain = Chain::new(&Genesis::default());
    let explanation = chain.grow(&signatures("hello")).explanation;
    assert_eq!(explanation.parallel, usize::from(MEMBERS));
    assert_eq!((explanation.serial, explanation.conflicts, explanation.critical_path), (0, 0, 1));
}

#[test]
fn second_signatures_are_refused_alike_on_every_worker() {
    let mut chain = Chain::new(&Genesis::default());
    chain.grow(&signatures("hello"));
    let block = chain.grow(&signatures("hello again"));
    let refusal: DispatchError = Error::AlreadySigned { at: 1 }.into();
    for receipt in &block.receipts {
        assert_eq!((&receipt.outcome, receipt.events.len()), (&Err(refusal.clone()), 0));
    }
    assert_eq!(block.changes, []);
    assert_eq!(chain.count(), u128::from(MEMBERS));
}

#[test]
fn calls_of_one_member_keep_their_order_among_those_of_others() {
    let mut chain = Chain::new(&Genesis::default());
    let mut calls = signatures("hello");
    let changes = ["first", "second", "first"].map(|words| Call::Change { text: text(words) });
    calls.extend(changes.iter().map(|call| sent(member(3), call)));
    let block = chain.grow(&calls);
    assert!(block.receipts.iter().all(|receipt| receipt.outcome == Ok(())));
    assert_eq!((block.explanation.conflicts, block.explanation.critical_path), (3, 4));
    let entry = ENTRIES.get(&chain.state, &member(3));
    assert_eq!(entry, Ok(Some(Entry { at: 1, text: text("first") })));
}

#[test]
fn blocks_count_on_from_genesis() {
    let stranger = (member(200), Entry { at: 0, text: text("before you") });
    let mut chain = Chain::new(&Genesis { entries: vec![stranger] });
    assert_eq!(chain.count(), 1);
    chain.grow(&signatures("hello"));
    assert_eq!(chain.count(), u128::from(MEMBERS) + 1);
    chain.grow(&[]);
    assert_eq!(chain.count(), u128::from(MEMBERS) + 1);
}
