//! What every store does, whatever engine it stands on. One fact per function; `conformance!` makes
//! a test of each of them for a kind of place that stores are opened in.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use althing_primitives::{BlockNumber, Hash256, state_proof::path_of};
use proptest::{
    collection::vec,
    prelude::any,
    test_runner::{Config, TestRunner},
};

use super::{
    Batch, BlockRecord, Body, Change, Changes, Engine, Genesis, Ledger, LoadedState, Log, Position,
    Record, Row, Store, StoreError,
    fold::Limits,
    record::{self, PART_BYTES},
};

/// The rows of a state.
pub(crate) type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// Somewhere a store can be opened again and again.
pub(crate) trait Place {
    /// The engine there.
    type Engine: Engine;

    /// Open the engine; the one opened before is gone.
    fn engine(&self) -> Self::Engine;

    /// Open the store.
    fn open(&self) -> Result<Ledger<Self::Engine>, StoreError> {
        // Small, so that tests see rounds of several steps.
        let limits = Limits { round_bytes: 100_000, step_bytes: 10_000 };
        Ok(Ledger::over(self.engine())?.with_limits(limits))
    }

    /// Open the store with `count` blocks after genesis.
    fn with_blocks(&self, count: BlockNumber) -> Ledger<Self::Engine> {
        let store = self.open().unwrap();
        store.initialise(genesis()).unwrap();
        for number in 1..=count {
            store.commit(block(number)).unwrap();
        }
        store
    }
}

/// Several stores over one engine, one after the other.
impl<E: Engine> Engine for Arc<E> {
    type Batch = E::Batch;
    type Bytes = E::Bytes;

    fn get(&self, key: &[u8]) -> Result<Option<E::Bytes>, StoreError> {
        E::get(self, key)
    }

    fn apply(&self, batch: E::Batch) -> Result<(), StoreError> {
        E::apply(self, batch)
    }

    fn append(&self, log: Log, bytes: &[u8]) -> Result<Position, StoreError> {
        E::append(self, log, bytes)
    }

    fn read(&self, log: Log, at: Position, length: u64) -> Result<Vec<u8>, StoreError> {
        E::read(self, log, at, length)
    }

    fn forget_before(&self, log: Log, segment: u32) -> Result<(), StoreError> {
        E::forget_before(self, log, segment)
    }
}

/// Bytes that look random and are always the same.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

/// The hash of the test chain's block at a height.
pub(crate) fn hash(number: BlockNumber) -> Hash256 {
    Hash256(*blake3::hash(&number.to_le_bytes()).as_bytes())
}

/// The test chain's beginning: 400 rows of 60 to 559 bytes.
pub(crate) fn genesis() -> Genesis {
    let row = |n: u64| (noise(n, 40), noise(n, 60 + usize::try_from(n * 7 % 500).unwrap()));
    Genesis {
        hash: hash(0),
        header: noise(1_000, 100),
        rows: (0..400).map(row).collect(),
        chain_spec: noise(1_001, PART_BYTES + 1),
        spec_hash: hash(1_002),
    }
}

/// The test chain's block at a height: small and large bodies, rows new, changed and deleted.
pub(crate) fn block(number: BlockNumber) -> BlockRecord {
    let seed = u64::from(number) << 32;
    let count = number % 4;
    let extrinsic = |n: u32| noise(seed | u64::from(n), 150 + 90_000 * (n as usize % 2));
    BlockRecord {
        number,
        hash: hash(number),
        parent: hash(number - 1),
        header: noise(seed, 150),
        extrinsics: (0..count * 2).map(extrinsic).map(Into::into).collect(),
        justification: noise(seed, 500),
        changes: changes_of(number),
        receipts: noise(seed, 40 * count as usize),
    }
}

/// The rows that a block of the test chain changes; in every fifth block too many for one part.
fn changes_of(number: BlockNumber) -> Changes {
    let seed = u64::from(number) << 32;
    let change = |n: u64| {
        let key = noise((u64::from(number) * 31 + n * 17) % 600, 40);
        (key, (!n.is_multiple_of(5)).then(|| noise(seed | n, 300)))
    };
    (0..if number.is_multiple_of(5) { 120 } else { 60 }).map(change).collect()
}

/// What takes the place of a body of the test chain.
pub(crate) fn pruned(number: BlockNumber) -> Vec<u8> {
    let length = if number.is_multiple_of(3) { PART_BYTES * 2 } else { 300 };
    noise(u64::from(number) << 33, length)
}

/// Prune the bodies of the blocks up to this one.
pub(crate) fn prune_to(store: &impl Store, last: BlockNumber) -> Result<(), StoreError> {
    let next = store.pruned_to() + 1;
    store.prune((next..=last).map(|number| (number, pruned(number))).collect())
}

/// The rows of the test chain at a height.
pub(crate) fn rows_at(number: BlockNumber) -> Rows {
    let mut rows: Rows = genesis().rows.into_iter().collect();
    for number in 1..=number {
        apply(&mut rows, &changes_of(number));
    }
    rows
}

fn apply(rows: &mut Rows, changes: &Changes) {
    for (key, value) in changes.iter() {
        match value {
            Some(value) => rows.insert(key.to_vec(), value.to_vec()),
            None => rows.remove(key),
        };
    }
}

/// The rows of every height that loaded state tells about.
fn heights(state: LoadedState) -> BTreeMap<BlockNumber, Rows> {
    let paths: Vec<_> = state.pages.iter().flat_map(|page| page.paths.clone()).collect();
    assert!(paths.is_sorted_by(|one, next| one < next), "each row is there once, in order");
    let all = state.pages.iter().flat_map(|page| page.rows.iter());
    let mut rows: Rows = all.map(|(key, value)| (key.to_vec(), value.to_vec())).collect();
    assert!(rows.keys().map(|key| path_of(key)).collect::<BTreeSet<_>>().iter().eq(&paths));
    let mut heights = BTreeMap::from([(state.base, rows.clone())]);
    for (number, changes) in state.changes {
        apply(&mut rows, &changes);
        heights.insert(number, rows.clone());
    }
    heights
}

/// A store holds the test chain up to its tip: every block, and the state of every height kept.
pub(crate) fn assert_is_test_chain(store: &impl Store) {
    read_test_chain(store, 1).unwrap();
}

/// The same, with the blocks from this one on, if everything can be read.
pub(crate) fn read_test_chain(store: &impl Store, from: BlockNumber) -> Result<(), StoreError> {
    let (tip, tip_hash) = store.tip().expect("the store was initialised");
    assert_eq!(tip_hash, hash(tip));
    let meta = store.meta()?.expect("the store was initialised");
    assert_eq!((meta.genesis, meta.chain_spec), (hash(0), genesis().chain_spec));
    assert_eq!(meta.spec_hash, genesis().spec_hash);
    assert_eq!(store.head(0)?.unwrap().header, genesis().header);
    for number in from..=tip {
        let (found, expected) = (store.block(number)?.unwrap(), block(number));
        assert_eq!((found.hash, found.parent), (expected.hash, expected.parent));
        assert_eq!(found.header, expected.header);
        let body = if number <= store.pruned_to() {
            Body::Pruned(pruned(number))
        } else {
            Body::Whole(expected.extrinsics.iter().map(|one| one.to_vec()).collect())
        };
        assert_eq!(found.body, body);
        assert_eq!(found.justification, expected.justification);
        assert_eq!(found.receipts, expected.receipts);
        assert_eq!(store.number_of(hash(number))?, Some(number));
    }
    let heights = heights(store.load_state()?);
    assert_eq!(heights.last_key_value().unwrap().0, &tip);
    for (number, rows) in heights {
        assert!(rows == rows_at(number), "rows of height {number}");
    }
    Ok(())
}

pub(crate) fn an_empty_store_holds_no_chain(place: &impl Place) {
    let store = place.open().unwrap();

    assert_eq!(store.tip(), None);
    assert_eq!(store.meta().unwrap(), None);
    assert_eq!(store.block(0).unwrap(), None);
    assert_eq!(store.number_of(hash(0)).unwrap(), None);
    assert!(matches!(store.commit(block(1)), Err(StoreError::Uninitialised)));
    assert!(matches!(store.load_state(), Err(StoreError::Uninitialised)));
    assert!(matches!(store.fold(0), Err(StoreError::Uninitialised)));
}

pub(crate) fn blocks_and_state_survive_reopening(place: &impl Place) {
    let store = place.with_blocks(9);
    assert_is_test_chain(&store);
    drop(store);

    for _ in 0..5 {
        let store = place.open().unwrap();
        assert_eq!(store.tip(), Some((9, hash(9))));
        assert_is_test_chain(&store);
    }
}

pub(crate) fn initialising_twice_changes_nothing(place: &impl Place) {
    let store = place.with_blocks(3);
    let before = store.load_state().unwrap();

    store.initialise(genesis()).unwrap();

    assert_eq!(store.tip(), Some((3, hash(3))));
    assert_eq!(store.load_state().unwrap(), before);
}

pub(crate) fn another_genesis_is_refused(place: &impl Place) {
    let store = place.with_blocks(1);

    let refusal = store.initialise(Genesis { hash: hash(77), ..genesis() }).unwrap_err();

    assert!(matches!(refusal, StoreError::Genesis { found, expected }
        if found == hash(0) && expected == hash(77)));
}

pub(crate) fn a_block_that_is_there_changes_nothing(place: &impl Place) {
    let store = place.with_blocks(3);

    store.commit(block(3)).unwrap();
    store.commit(block(2)).unwrap();
    store.commit(BlockRecord { extrinsics: vec![], changes: Changes::new(), ..block(3) }).unwrap();

    assert_eq!(store.tip(), Some((3, hash(3))));
    assert_is_test_chain(&store);
}

pub(crate) fn a_block_that_does_not_follow_is_refused(place: &impl Place) {
    let store = place.with_blocks(3);

    let gap = store.commit(block(5)).unwrap_err();
    let conflict = store.commit(BlockRecord { hash: hash(77), ..block(2) }).unwrap_err();
    let parent = store.commit(BlockRecord { parent: hash(77), ..block(4) }).unwrap_err();

    assert!(matches!(gap, StoreError::Gap { offered: 5, expected: 4 }));
    assert!(matches!(conflict, StoreError::Conflict { number: 2, stored, offered }
        if stored == hash(2) && offered == hash(77)));
    assert!(matches!(parent, StoreError::Parent { number: 4, found, expected }
        if found == hash(77) && expected == hash(3)));
    assert_is_test_chain(&store);
    store.commit(block(4)).unwrap();
    assert_eq!(store.tip(), Some((4, hash(4))));
}

pub(crate) fn what_was_never_committed_is_not_found(place: &impl Place) {
    let store = place.with_blocks(2);

    assert_eq!(store.block(3).unwrap(), None);
    assert_eq!(store.head(BlockNumber::MAX).unwrap(), None);
    assert_eq!(store.hash_of(3).unwrap(), None);
    assert_eq!(store.number_of(hash(3)).unwrap(), None);
}

pub(crate) fn another_format_is_refused_with_both_versions(place: &impl Place) {
    drop(place.with_blocks(1));
    let engine = place.engine();
    let mut batch = <_>::default();
    Batch::put(&mut batch, &[0x01], &7_u32.to_le_bytes());
    engine.apply(batch).unwrap();
    drop(engine);

    let refusal = place.open().unwrap_err();

    assert_eq!(refusal.to_string(), "store format 7, this program reads 2");
}

/// Every record of a chain of two blocks, folded up to the first.
fn records(engine: &impl Engine) -> Vec<Record> {
    let mut records = vec![Record::Meta, Record::Tip, Record::Folded, Record::Changes(2)];
    for number in 0..=2 {
        records.push(Record::Head(number));
        records.push(Record::Body(number));
        records.push(Record::Justification(number));
        records.push(Record::Receipts(number));
    }
    let folded: super::pages::Folded = record::require(engine, Record::Folded).unwrap().value;
    records.extend(folded.pages.into_keys().map(Record::Page));
    records
}

/// Read everything there is to read.
fn read_all(store: &impl Store) -> Result<(), StoreError> {
    store.meta()?;
    store.load_state()?;
    for number in 0..=2 {
        store.block(number)?;
        store.number_of(hash(number))?;
    }
    Ok(())
}

/// Replace a part, look at what reading everything says, and put the part back.
fn outcome_with<E: Engine>(
    engine: &Arc<E>,
    key: &[u8],
    value: Option<&[u8]>,
) -> Result<(), StoreError> {
    let write = |value: Option<&[u8]>| {
        let mut batch = E::Batch::default();
        match value {
            Some(value) => batch.put(key, value),
            None => batch.delete(key),
        }
        engine.apply(batch).unwrap();
    };
    let before = engine.get(key).unwrap().expect("the part exists").as_ref().to_vec();
    write(value);
    let outcome = Ledger::over(Arc::clone(engine)).and_then(|store| read_all(&store));
    write(Some(&before));
    outcome
}

pub(crate) fn a_changed_bit_in_any_record_is_noticed(place: &impl Place) {
    let store = place.with_blocks(2);
    store.fold(1).unwrap();
    drop(store);

    let engine = Arc::new(place.engine());
    for record in records(&engine) {
        let key = record.key(0);
        let bytes = engine.get(&key).unwrap().unwrap().as_ref().to_vec();
        for position in [0, 31, 32, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[position] ^= 1;
            let error = outcome_with(&engine, &key, Some(&changed)).unwrap_err();
            assert!(
                matches!(error, StoreError::Corrupt { record: named, .. }
                    | StoreError::Incomplete { record: named, .. } if named == record),
                "byte {position} of {record}: {error}"
            );
        }
        assert!(matches!(
            outcome_with(&engine, &key, Some(&bytes[..20])),
            Err(StoreError::Incomplete { record: named, .. }) if named == record
        ));
    }
    drop(engine);
    assert_is_test_chain(&place.open().unwrap());
}

pub(crate) fn a_record_in_the_place_of_another_is_noticed(place: &impl Place) {
    drop(place.with_blocks(2));
    let engine = Arc::new(place.engine());
    let other = engine.get(&Record::Receipts(2).key(0)).unwrap().unwrap();
    let other = other.as_ref().to_vec();

    let error = outcome_with(&engine, &Record::Receipts(1).key(0), Some(&other)).unwrap_err();

    assert!(matches!(error, StoreError::Corrupt { record: Record::Receipts(1), .. }));
}

pub(crate) fn a_lost_part_is_noticed(place: &impl Place) {
    drop(place.with_blocks(2));
    let engine = Arc::new(place.engine());
    let folded: super::pages::Folded = record::require(&engine, Record::Folded).unwrap().value;
    let page = Record::Page(*folded.pages.keys().next().unwrap());
    assert!(engine.get(&page.key(1)).unwrap().is_some(), "the page has several parts");

    let part = outcome_with(&engine, &page.key(1), None).unwrap_err();
    let empty = outcome_with(&engine, &page.key(1), Some(&[])).unwrap_err();
    let whole = outcome_with(&engine, &Record::Body(2).key(0), None).unwrap_err();

    assert!(matches!(part, StoreError::Incomplete { record, .. } if record == page));
    assert!(matches!(empty, StoreError::Incomplete { record, .. } if record == page));
    assert!(matches!(whole, StoreError::Missing { record: Record::Body(2) }));
}

pub(crate) fn large_values_lie_in_logs_and_small_ones_do_not(place: &impl Place) {
    drop(place.with_blocks(5));
    let engine = place.engine();
    let log = |record| record::place(&engine, record).unwrap().map(|(log, _)| log);
    assert_eq!(log(Record::Meta), Some(Log::Kept));
    assert_eq!(log(Record::Body(2)), Some(Log::Bodies));
    assert_eq!(log(Record::Changes(5)), Some(Log::Changes));
    assert_eq!([log(Record::Body(4)), log(Record::Changes(4)), log(Record::Head(2))], [None; 3]);
}

pub(crate) fn blocks_handed_in_become_durable_in_order(place: &impl Place) {
    let store = place.with_blocks(0);
    let tickets: Vec<_> = (1..=20).map(|number| store.submit(block(number)).unwrap()).collect();
    let again = store.submit(block(19)).unwrap();
    assert!(matches!(
        store.submit(BlockRecord { hash: hash(77), ..block(20) }),
        Err(StoreError::Conflict { number: 20, .. })
    ));
    assert!(matches!(store.submit(block(22)), Err(StoreError::Gap { expected: 21, .. })));

    for (ticket, number) in tickets.into_iter().zip(1..) {
        ticket.wait().unwrap();
        assert!(store.tip().unwrap().0 >= number);
    }
    again.wait().unwrap();
    assert_eq!(store.tip(), Some((20, hash(20))));
    let written = store.written();
    assert_eq!(written.blocks, 20);
    assert!(written.groups <= 20 && written.commit_bytes > written.block_bytes, "{written:?}");
    assert_is_test_chain(&store);
}

pub(crate) fn blocks_handed_in_are_durable_when_the_store_is_closed(place: &impl Place) {
    let store = place.with_blocks(0);
    let tickets: Vec<_> = (1..=9).map(|number| store.submit(block(number)).unwrap()).collect();
    drop(store);

    for ticket in tickets {
        ticket.wait().unwrap();
    }
    let store = place.open().unwrap();
    assert_eq!(store.tip().unwrap().0, 9);
    assert_is_test_chain(&store);
}

pub(crate) fn pruned_bodies_stay_pruned_and_the_rest_stays(place: &impl Place) {
    let store = place.with_blocks(20);
    assert_eq!(store.pruned_to(), 0);
    store.fold(15).unwrap();
    for last in [1, 4, 4, 12] {
        prune_to(&store, last).unwrap();
        assert_eq!(store.pruned_to(), last);
        assert_is_test_chain(&store);
    }
    drop(store);
    let store = place.open().unwrap();
    assert_eq!(store.pruned_to(), 12);
    assert_is_test_chain(&store);
    store.commit(block(21)).unwrap();
    prune_to(&store, 15).unwrap();
    assert_is_test_chain(&store);
}

pub(crate) fn bodies_are_pruned_in_order_and_after_folding(place: &impl Place) {
    let store = place.with_blocks(9);
    store.fold(4).unwrap();
    for (offered, expected) in [(2, 1), (0, 1), (10, 1)] {
        let refusal = store.prune(vec![(offered, vec![])]).unwrap_err();
        assert!(
            matches!(refusal, StoreError::Prune { offered: o, expected: e, last: 4 }
                if (o, e) == (offered, expected)),
            "{refusal}"
        );
    }
    let refusal = prune_to(&store, 5).unwrap_err();
    assert!(matches!(refusal, StoreError::Prune { offered: 5, expected: 5, last: 4 }));
    assert_eq!(store.pruned_to(), 0);
    assert_is_test_chain(&store);
}

pub(crate) fn an_index_entry_that_points_elsewhere_is_noticed(place: &impl Place) {
    drop(place.with_blocks(2));
    let engine = Arc::new(place.engine());
    let key = [&[0x20][..], &hash(2).0].concat();

    for wrong in [&1_u32.to_be_bytes()[..], &[2]] {
        let error = outcome_with(&engine, &key, Some(wrong)).unwrap_err();
        assert!(matches!(error, StoreError::Index { asked, .. } if asked == hash(2)), "{error}");
    }
}

pub(crate) fn folding_beyond_the_tip_is_refused(place: &impl Place) {
    let store = place.with_blocks(3);

    let refusal = store.fold(4).unwrap_err();

    assert!(matches!(refusal, StoreError::FoldBeyondTip { up_to: 4, tip: 3 }));
    assert_is_test_chain(&store);
}

pub(crate) fn folding_drops_the_changes_and_keeps_the_state(place: &impl Place) {
    let store = place.with_blocks(30);

    for up_to in [0, 1, 1, 20, 7] {
        store.fold(up_to).unwrap();
        assert_is_test_chain(&store);
    }

    assert_eq!(store.load_state().unwrap().base, 20);
    drop(store);
    let engine = place.engine();
    for number in 1..=30 {
        let kept = engine.get(&Record::Changes(number).key(0)).unwrap().is_some();
        assert_eq!(kept, number > 20, "changes of block {number}");
    }
    drop(engine);
    let store = place.open().unwrap();
    store.fold(30).unwrap();
    assert_is_test_chain(&store);
}

/// Whatever rows change and whenever they are folded, every height kept has the same rows.
pub(crate) fn folding_never_shows<P: Place>(fresh: impl Fn() -> P, cases: u32) {
    let key = vec(any::<u8>(), 0..3);
    let value = vec(any::<u8>(), 0..4000);
    let change = (key.clone(), proptest::option::weighted(0.7, value.clone()));
    let block = vec(change, 0..20);
    let chain = (
        proptest::collection::btree_map(key, value, 0..40),
        vec((block, proptest::option::weighted(0.3, 0_u32..16)), 0..16),
    );

    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&chain, |(rows, blocks)| {
        let place = fresh();
        let store = place.open().unwrap();
        let genesis: Vec<Row> = rows.clone().into_iter().collect();
        let flat = |changes: Vec<Change>| changes.into_iter().collect::<Changes>();
        store.initialise(Genesis { rows: genesis, ..Genesis::default() }).unwrap();
        let mut rows = rows;
        let mut expected = BTreeMap::from([(0, rows.clone())]);
        let mut base = 0;
        for ((changes, fold), number) in blocks.into_iter().zip(1..) {
            let changes = flat(changes);
            apply(&mut rows, &changes);
            expected.insert(number, rows.clone());
            let parent = store.tip().unwrap().1;
            let block =
                BlockRecord { number, parent, changes, hash: hash(number), ..<_>::default() };
            store.commit(block).unwrap();

            if let Some(up_to) = fold.filter(|up_to| *up_to <= number) {
                store.fold(up_to).unwrap();
                base = base.max(up_to);
            }
            let found = heights(store.load_state().unwrap());
            assert!(found.iter().eq(expected.range(base..)), "heights {base} to {number}");
        }
        Ok(())
    });
    outcome.unwrap();
}

/// A test of every fact above, in places that `$fresh` makes.
macro_rules! conformance {
    ($fresh:expr, cases: $cases:expr, [$($fact:ident),* $(,)?]) => {
        $(
            #[test]
            fn $fact() {
                $crate::store::conformance::$fact(&$fresh);
            }
        )*

        #[test]
        fn folding_never_shows() {
            $crate::store::conformance::folding_never_shows(|| $fresh, $cases);
        }
    };
    ($fresh:expr, cases: $cases:expr) => {
        $crate::store::conformance::conformance!($fresh, cases: $cases, [
            an_empty_store_holds_no_chain,
            blocks_and_state_survive_reopening,
            initialising_twice_changes_nothing,
            another_genesis_is_refused,
            a_block_that_is_there_changes_nothing,
            a_block_that_does_not_follow_is_refused,
            what_was_never_committed_is_not_found,
            another_format_is_refused_with_both_versions,
            a_changed_bit_in_any_record_is_noticed,
            a_record_in_the_place_of_another_is_noticed,
            a_lost_part_is_noticed,
            large_values_lie_in_logs_and_small_ones_do_not,
            blocks_handed_in_become_durable_in_order,
            blocks_handed_in_are_durable_when_the_store_is_closed,
            pruned_bodies_stay_pruned_and_the_rest_stays,
            bodies_are_pruned_in_order_and_after_folding,
            an_index_entry_that_points_elsewhere_is_noticed,
            folding_beyond_the_tip_is_refused,
            folding_drops_the_changes_and_keeps_the_state,
        ]);
    };
}
pub(crate) use conformance;
