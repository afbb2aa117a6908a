//! Layers, sums and bounds, as a pallet sees them.

use althing_primitives::Hash256;

use super::*;
use crate::testing::TestRuntime;
use crate::{BoundedSum, Map, MemoryRows, Sum, Value};

const POT: BoundedSum = BoundedSum::new("Test", "Pot", 100);
const TALLY: Sum<u128> = Sum::new("Test", "Tally");
const NOTE: Value<u32> = Value::new("Test", "Note");
const LIST: Map<u16, u16> = Map::new("Test", "List");

const RUNTIME: TestRuntime = TestRuntime::without_calls();

fn block() -> BlockEnv {
    BlockEnv { number: 1, parent_hash: Hash256([1; 32]), genesis_hash: Hash256([1; 32]), now: 0 }
}

fn rows(pot: u128) -> MemoryRows {
    let rows = MemoryRows::new();
    let mut tx = Tx::unrestricted(&rows, &RUNTIME, block());
    assert!(POT.put(&mut tx, pot).unwrap());
    let effects = tx.into_effects();
    let mut rows = rows;
    rows.commit(&effects).unwrap();
    rows
}

fn fail(tx: &mut Tx<'_>, step: impl FnOnce(&mut Tx<'_>) -> Result<(), Fault>) {
    let outcome = tx.layered(|tx| {
        step(tx)?;
        Err::<(), _>(DispatchError::BadOrigin)
    });
    assert_eq!(outcome, Err(DispatchError::BadOrigin));
}

#[test]
fn a_dropped_layer_leaves_what_was_there_before_it() {
    let rows = rows(10);
    let mut tx = Tx::unrestricted(&rows, &RUNTIME, block());
    NOTE.put(&mut tx, &1).unwrap();
    TALLY.add(&mut tx, &5).unwrap();
    let before = tx.effects.clone();
    fail(&mut tx, |tx| {
        NOTE.put(tx, &2)?;
        NOTE.remove(tx)?;
        TALLY.add(tx, &7)?;
        assert!(POT.try_sub(tx, 3)?);
        tx.layered(|tx| Ok::<_, DispatchError>(TALLY.put(tx, &1)?)).unwrap();
        assert_eq!(TALLY.get(tx)?, 1);
        Ok(())
    });
    assert_eq!(tx.effects, before);
    assert_eq!((NOTE.get(&tx).unwrap(), TALLY.get(&tx).unwrap()), (Some(1), 5));
    assert_eq!(POT.get(&tx).unwrap(), 10);
}

#[test]
fn an_inner_layer_that_is_kept_goes_with_the_outer_one() {
    let rows = rows(0);
    let mut tx = Tx::unrestricted(&rows, &RUNTIME, block());
    fail(&mut tx, |tx| {
        tx.layered(|tx| Ok::<_, DispatchError>(NOTE.put(tx, &2)?)).unwrap();
        fail(tx, |tx| NOTE.put(tx, &3));
        assert_eq!(NOTE.get(tx)?, Some(2));
        Ok(())
    });
    assert_eq!(tx.into_effects(), Effects::default());
}

#[test]
fn a_bounded_sum_never_leaves_its_bounds() {
    let rows = rows(10);
    let mut tx = Tx::unrestricted(&rows, &RUNTIME, block());
    assert!(!POT.try_sub(&mut tx, 11).unwrap());
    assert!(POT.try_sub(&mut tx, 10).unwrap());
    assert!(!POT.try_sub(&mut tx, 1).unwrap());
    assert!(POT.try_add(&mut tx, 100).unwrap());
    assert!(!POT.try_add(&mut tx, 1).unwrap());
    assert!(!POT.try_add(&mut tx, u128::MAX).unwrap());
    assert!(!POT.put(&mut tx, 101).unwrap());
    assert_eq!(POT.get(&tx).unwrap(), 100);
}

#[test]
fn a_sum_that_refuses_says_what_it_holds() {
    let rows = rows(10);
    let mut tx = Tx::unrestricted(&rows, &RUNTIME, block());
    assert_eq!(POT.take(&mut tx, 4), Ok(Ok(())));
    assert_eq!(POT.take(&mut tx, 7), Ok(Err(6)));
    assert_eq!(POT.get(&tx), Ok(6));
}

/// Rows that say of every bounded sum that it is covered, and refuse to be read.
struct Covered;

impl Rows for Covered {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        Err(Fault::corrupt(key))
    }

    fn is_covered(&self, _: usize) -> bool {
        true
    }
}

#[test]
fn what_is_covered_succeeds_without_a_look_at_the_sum() {
    let mut access = Access::new();
    POT.declare(&mut access, 7, 2);
    let mut tx = Tx::confined(&Covered, &access, &RUNTIME, block());
    assert!(POT.try_sub(&mut tx, 7).unwrap());
    assert!(POT.try_add(&mut tx, 2).unwrap());
    let effects = tx.into_effects();
    let change = Change::Add(Lanes::single(5).negated());
    assert_eq!(effects.change(&POT.key()), Some(&change));
}

#[test]
fn taking_more_than_declared_is_a_violation_covered_or_not() {
    let rows = rows(50);
    let mut access = Access::new();
    POT.declare(&mut access, 7, 0);
    let violation = || Err(Fault::violation(&POT.key()));
    let mut tx = Tx::confined(&rows, &access, &RUNTIME, block());
    assert_eq!(POT.try_sub(&mut tx, 4), Ok(true));
    assert_eq!(POT.try_sub(&mut tx, 4), violation());
    assert_eq!(POT.try_add(&mut tx, 1), violation());
    let mut covered = Tx::confined(&Covered, &access, &RUNTIME, block());
    assert_eq!(POT.try_sub(&mut covered, 4), Ok(true));
    assert_eq!(POT.try_sub(&mut covered, 4), violation());
    assert!(POT.get(&covered).is_err(), "the sum itself stays hidden");
}

/// Rows of a list with these keys, and one of another item.
fn listed(keys: core::ops::Range<u16>) -> MemoryRows {
    let mut rows = rows(1);
    let base = rows.clone();
    let mut tx = Tx::unrestricted(&base, &RUNTIME, block());
    for key in keys {
        LIST.put(&mut tx, &key, &key).unwrap();
    }
    rows.commit(&tx.into_effects()).unwrap();
    rows
}

#[test]
fn keys_come_page_by_page_each_once_and_in_order() {
    let rows = listed(0..10);
    let tx = Tx::unrestricted(&rows, &RUNTIME, block());
    let whole = LIST.keys_after(&tx, None, 100).unwrap();
    assert_eq!(whole, LIST.list(&rows).unwrap().iter().map(|(key, _)| *key).collect::<Vec<_>>());
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = LIST.keys_after(&tx, after.as_ref(), 3).unwrap();
        after = page.last().copied();
        if page.is_empty() {
            break;
        }
        pages.extend(page);
    }
    assert_eq!(pages, whole);
    assert_eq!(LIST.keys_after(&tx, whole.get(4), 0).unwrap(), []);
}

#[test]
fn a_list_shows_the_rows_of_the_parent_and_not_what_the_block_changed() {
    let rows = listed(0..2);
    let mut tx = Tx::unrestricted(&rows, &RUNTIME, block());
    LIST.put(&mut tx, &7, &7).unwrap();
    LIST.remove(&mut tx, &0).unwrap();
    assert_eq!(LIST.keys_after(&tx, None, 9).unwrap().len(), 2);
    assert!(!LIST.contains(&tx, &0).unwrap());
}

#[test]
fn a_transaction_confined_to_its_access_lists_nothing() {
    let rows = listed(0..2);
    let access = Access::new();
    let tx = Tx::confined(&rows, &access, &RUNTIME, block());
    assert!(matches!(LIST.keys_after(&tx, None, 9), Err(Fault::AccessViolation { .. })));
    let tx = Tx::unrestricted(&Covered, &RUNTIME, block());
    assert!(matches!(LIST.keys_after(&tx, None, 9), Err(Fault::Broken { .. })));
}
