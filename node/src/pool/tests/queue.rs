//! The queue alone: order, limits, replacement.

use std::sync::Arc;

use althing_frame::{CallClass, Mode};
use althing_primitives::{Balance, Hash256, Nonce, Weight};
use proptest::prelude::*;

use super::entries::{Draft, account, writing};
use crate::pool::choose::Room;
use crate::pool::entry::Entry;
use crate::pool::queue::{News, Queue};
use crate::pool::touches::{Touch, Touches};
use crate::pool::{Limits, PoolError, TxStatus};

const WEIGHT: Weight = Weight { ref_time: 1_000, proof_size: 1_000_000 };
const ROOM: Room =
    Room { weight: WEIGHT, bytes: 1_000_000, normal: (WEIGHT, 1_000_000), chain: u64::MAX };

fn limits() -> Limits {
    Limits { count: 4, bytes: 1_000_000, per_sender: 3, watchers: 1 }
}

fn entry(sender: u8, nonce: Nonce, tip: Balance, age: u64) -> Arc<Entry> {
    Draft { tip, ..Draft::new(sender.into(), nonce, age) }.finish()
}

fn vote(sender: u8, age: u64) -> Arc<Entry> {
    let class = CallClass::Operational;
    Draft { class, ..Draft::new(sender.into(), 0, age) }.finish()
}

fn insert(queue: &mut Queue, one: &Arc<Entry>) -> Result<News, PoolError> {
    let mut news = News::new();
    queue.insert(Arc::clone(one), 0, &mut news).map(|()| news)
}

fn order(queue: &Queue) -> Vec<(u8, Nonce)> {
    queue.best(ROOM).iter().map(|one| (one.sender.0[0], one.nonce)).collect()
}

#[test]
fn a_sender_s_transactions_leave_in_the_order_of_nonces() {
    let mut queue = Queue::new(limits());
    for (nonce, tip) in [(2, 900), (0, 1), (1, 5)] {
        insert(&mut queue, &entry(1, nonce, tip, 0)).unwrap();
    }
    assert_eq!(order(&queue), [(1, 0), (1, 1), (1, 2)]);
    assert_eq!(queue.nonce_after(&account(1), 0), 3);
}

#[test]
fn votes_find_room_however_much_others_tip() {
    let mut queue = Queue::new(Limits { count: 20, ..limits() });
    for sender in 0..10 {
        insert(&mut queue, &entry(sender, 0, 1_000, u64::from(sender))).unwrap();
    }
    insert(&mut queue, &vote(10, 10)).unwrap();
    let share = Weight { ref_time: 700, ..WEIGHT };
    let best = queue.best(Room { normal: (share, 1_000_000), ..ROOM });
    assert_eq!(best.len(), 8, "seven of the ten, and the vote");
    assert_eq!(best[7].sender, account(10));
}

#[test]
fn a_gap_makes_later_nonces_wait_until_it_is_filled() {
    let mut queue = Queue::new(limits());
    let late = entry(1, 1, 0, 0);
    assert_eq!(insert(&mut queue, &late).unwrap(), [(late.hash, TxStatus::Future)]);
    assert_eq!((queue.ready(), order(&queue)), (0, vec![]));
    let first = entry(1, 0, 0, 1);
    let news = insert(&mut queue, &first).unwrap();
    assert_eq!(news, [(first.hash, TxStatus::Ready), (late.hash, TxStatus::Ready)]);
    assert_eq!(queue.ready(), 2);
    let mut news = News::new();
    assert!(queue.remove(&first.hash, TxStatus::Dropped, &mut news));
    assert_eq!(news, [(first.hash, TxStatus::Dropped), (late.hash, TxStatus::Future)]);
}

#[test]
fn the_higher_tip_goes_first_and_then_the_older_one() {
    let mut queue = Queue::new(limits());
    for (sender, tip, age) in [(1, 0, 5), (2, 7, 6), (3, 0, 4)] {
        insert(&mut queue, &entry(sender, 0, tip, age)).unwrap();
    }
    assert_eq!(order(&queue), [(2, 0), (3, 0), (1, 0)]);
}

#[test]
fn who_has_waited_longer_stands_as_if_it_paid_more() {
    let mut queue = Queue::new(limits());
    let came = |sender, tip, block| Draft { tip, since: (block, 0), ..Draft::new(sender, 0, 0) };
    for draft in [came(1, 0, 1), came(2, 1, 20), came(3, 1 << 60, 20)] {
        insert(&mut queue, &draft.finish()).unwrap();
    }
    assert_eq!(order(&queue), [(3, 0), (1, 0), (2, 0)], "nineteen blocks outweigh a small tip");
    insert(&mut queue, &came(4, u128::MAX, 200).finish()).unwrap();
    assert_eq!(order(&queue)[3], (4, 0), "and two hundred outweigh any");
}

#[test]
fn votes_go_before_others_at_the_same_price() {
    let mut queue = Queue::new(limits());
    insert(&mut queue, &entry(1, 0, 0, 1)).unwrap();
    insert(&mut queue, &vote(2, 2)).unwrap();
    insert(&mut queue, &entry(3, 0, 1, 3)).unwrap();
    assert_eq!(order(&queue), [(3, 0), (2, 0), (1, 0)]);
}

#[test]
fn a_crowd_on_one_row_hides_nobody() {
    let mut queue = Queue::new(Limits { count: 20_000, ..limits() });
    for number in 0..5_000 {
        let rows = [Touch { row: 7, mode: Mode::Write }].into();
        let touches = Touches { rows, is_exclusive: false };
        let draft = Draft { tip: 1_000, touches, ..Draft::new(number, 0, number) };
        insert(&mut queue, &draft.finish()).unwrap();
    }
    for number in 5_000..5_010 {
        insert(&mut queue, &writing(number, number)).unwrap();
    }
    let room = Room { chain: 200, ..ROOM };
    let best = queue.best(room);
    assert_eq!(best.len(), 10);
    assert_eq!(best.iter().filter(|one| one.since.1 < 5_000).count(), 2);
}

#[test]
fn small_ones_are_found_behind_those_that_do_not_fit() {
    let mut queue = Queue::new(Limits { count: 2_000, ..limits() });
    for number in 0..500 {
        let mut heavy = Arc::into_inner(Draft::new(number, 0, number).finish()).unwrap();
        heavy.weight.ref_time = 1_001;
        insert(&mut queue, &Arc::new(heavy)).unwrap();
    }
    insert(&mut queue, &writing(900, 1)).unwrap();
    assert_eq!(queue.best(ROOM).len(), 1);
}

#[test]
fn a_replacement_needs_a_tip_ten_percent_higher() {
    let mut queue = Queue::new(limits());
    let old = entry(1, 0, 100, 0);
    insert(&mut queue, &old).unwrap();
    let refusal = insert(&mut queue, &entry(1, 0, 109, 1)).unwrap_err();
    assert!(matches!(refusal, PoolError::Underpriced { nonce: 0, tip: 109, needed: 110 }));
    let new = entry(1, 0, 110, 2);
    let news = insert(&mut queue, &new).unwrap();
    assert_eq!(news, [(old.hash, TxStatus::Usurped(new.hash)), (new.hash, TxStatus::Ready)]);
    assert_eq!((queue.len(), queue.ready()), (1, 1));
}

#[test]
fn a_free_transaction_is_replaced_only_by_one_with_a_tip() {
    let mut queue = Queue::new(limits());
    insert(&mut queue, &entry(1, 0, 0, 0)).unwrap();
    let mut other = Arc::into_inner(entry(1, 0, 0, 1)).unwrap();
    other.hash = Hash256([1; 32]);
    let refusal = insert(&mut queue, &Arc::new(other)).unwrap_err();
    assert!(matches!(refusal, PoolError::Underpriced { needed: 1, .. }));
}

#[test]
fn a_full_pool_drops_what_waits_first_and_then_the_cheapest() {
    let mut queue = Queue::new(limits());
    let waiting = entry(1, 2, 1_000, 0);
    insert(&mut queue, &waiting).unwrap();
    for sender in 2..=4 {
        insert(&mut queue, &entry(sender, 0, sender.into(), 1)).unwrap();
    }
    let news = insert(&mut queue, &entry(5, 0, 1, 2)).unwrap();
    assert!(news.contains(&(waiting.hash, TxStatus::Dropped)));
    let refusal = insert(&mut queue, &entry(6, 0, 1, 3)).unwrap_err();
    assert!(matches!(refusal, PoolError::Full { count: 4, .. }), "the newest at the same price");
    let news = insert(&mut queue, &entry(7, 0, 50, 4)).unwrap();
    assert!(news.iter().any(|(_, status)| *status == TxStatus::Dropped));
    assert_eq!(order(&queue), [(7, 0), (4, 0), (3, 0), (2, 0)]);
}

#[test]
fn no_tip_lifts_what_waits_over_what_is_ready_or_came_before() {
    let mut queue = Queue::new(Limits { count: 8, ..limits() });
    let honest = entry(1, 1, 0, 0);
    insert(&mut queue, &honest).unwrap();
    let costly = entry(2, 1, 1_000_000, 1);
    insert(&mut queue, &costly).unwrap();
    let refusal = insert(&mut queue, &entry(3, 1, u128::MAX, 2)).unwrap_err();
    assert!(matches!(refusal, PoolError::Full { .. }), "a quarter waits already: {refusal}");
    for sender in 4..10 {
        insert(&mut queue, &entry(sender, 0, 0, sender.into())).unwrap();
    }
    assert_eq!((queue.len(), queue.ready()), (8, 6));
    let news = insert(&mut queue, &entry(10, 0, 0, 10)).unwrap();
    assert!(news.contains(&(costly.hash, TxStatus::Dropped)), "the newest goes first");
    insert(&mut queue, &entry(1, 0, 0, 11)).unwrap_err();
    assert!(queue.contains(&honest.hash));
}

#[test]
fn a_replacement_that_finds_no_room_leaves_the_old_one_in_place() {
    let (small, other) = (entry(1, 0, 1, 1), entry(2, 0, 1_000_000, 2));
    let bytes = small.length() + other.length();
    let mut queue = Queue::new(Limits { bytes, ..limits() });
    insert(&mut queue, &small).unwrap();
    insert(&mut queue, &other).unwrap();
    // It takes more bytes, and so stands below the other one.
    let large = Draft { tip: 100, call: 50, ..Draft::new(1, 0, 1) }.finish();
    assert!(queue.offer(&large, 0).is_err());
    let mut news = News::new();
    let refusal = queue.insert(large, 0, &mut news).unwrap_err();
    assert!(matches!(refusal, PoolError::Full { count: 2, .. }), "{refusal}");
    assert_eq!(news, []);
    assert!(queue.contains(&small.hash) && queue.contains(&other.hash));
    assert_eq!((queue.len(), queue.ready(), queue.bytes()), (2, 2, bytes));
}

#[test]
fn nobody_goes_for_one_that_would_not_fit_all_the_same() {
    let (cheap, costly) = (entry(1, 0, 0, 1), entry(2, 0, 1_000_000, 2));
    let bytes = cheap.length() + costly.length();
    let mut queue = Queue::new(Limits { bytes, ..limits() });
    insert(&mut queue, &cheap).unwrap();
    insert(&mut queue, &costly).unwrap();
    let large = Draft { tip: 100, call: bytes, ..Draft::new(3, 0, 3) }.finish();
    assert!(matches!(insert(&mut queue, &large), Err(PoolError::Full { count: 2, .. })));
    assert_eq!(order(&queue), [(2, 0), (1, 0)]);
}

#[test]
fn the_bytes_of_a_pool_are_bounded() {
    let one = entry(1, 0, 1, 0);
    let bytes = one.extrinsic.bytes().len();
    let mut queue = Queue::new(Limits { bytes, ..limits() });
    insert(&mut queue, &one).unwrap();
    assert!(matches!(insert(&mut queue, &entry(2, 0, 0, 1)), Err(PoolError::Full { .. })));
    insert(&mut queue, &entry(3, 0, 9, 2)).unwrap();
    assert_eq!((queue.len(), order(&queue)), (1, vec![(3, 0)]));
}

#[test]
fn one_sender_has_a_bounded_share_and_no_nonce_far_ahead() {
    let mut queue = Queue::new(limits());
    for nonce in 0..3 {
        insert(&mut queue, &entry(1, nonce, 0, 0)).unwrap();
    }
    let refusal = insert(&mut queue, &entry(1, 3, 0, 0)).unwrap_err();
    assert!(matches!(refusal, PoolError::TooFarAhead { found: 3, next: 0, max: 3 }));
    let mut news = News::new();
    let refusal = queue.insert(entry(1, 3, 0, 0), 1, &mut news).unwrap_err();
    assert!(matches!(refusal, PoolError::TooManyOfSender { count: 3, max: 3 }));
}

#[test]
fn a_block_takes_no_more_than_it_has_room_for() {
    let mut queue = Queue::new(Limits { count: 20, per_sender: 20, ..limits() });
    for nonce in 0..15 {
        insert(&mut queue, &entry(1, nonce, 0, 0)).unwrap();
    }
    assert_eq!(queue.best(ROOM).len(), 10);
}

#[test]
fn nonces_used_elsewhere_leave() {
    let mut queue = Queue::new(limits());
    let (first, second) = (entry(1, 0, 0, 0), entry(1, 1, 0, 1));
    insert(&mut queue, &first).unwrap();
    insert(&mut queue, &second).unwrap();
    let mut news = News::new();
    queue.refresh(&account(1), 1, &mut news);
    assert!(matches!(news[..], [(hash, TxStatus::Invalid(_))] if hash == first.hash));
    assert_eq!((queue.len(), queue.ready(), order(&queue)), (1, 1, vec![(1, 1)]));
}

proptest! {
    /// P1 and P4, and the queue's own books, after any sequence of arrivals and departures.
    #[test]
    fn limits_and_books_hold(
        steps in prop::collection::vec(
            (0_u64..6, 0_u32..5, 0_u128..40, any::<bool>(), 1_usize..200), 1..80)
    ) {
        let limits = Limits { count: 6, bytes: 900, per_sender: 4, watchers: 1 };
        let mut queue = Queue::new(limits);
        let mut known: Vec<Hash256> = Vec::new();
        for (age, (sender, nonce, tip, leaves, call)) in (0_u64..).zip(steps) {
            let one = Draft { tip, call, ..Draft::new(sender, nonce, age) }.finish();
            let before: Vec<Hash256> = queue.entries().map(|one| one.hash).collect();
            if leaves && let Some(hash) = known.pop() {
                queue.remove(&hash, TxStatus::Dropped, &mut News::new());
            } else if insert(&mut queue, &one).is_ok() {
                known.push(one.hash);
                prop_assert!(queue.contains(&one.hash), "what was taken is there");
            } else {
                prop_assert_eq!(before.len(), queue.len());
                prop_assert!(before.iter().all(|hash| queue.contains(hash)), "nobody went");
            }
            let entries: Vec<_> = queue.entries().collect();
            prop_assert_eq!(entries.len(), queue.len());
            let bytes: usize = entries.iter().map(|one| one.extrinsic.bytes().len()).sum();
            prop_assert_eq!(bytes, queue.bytes());
            prop_assert!(queue.len() <= limits.count && bytes <= limits.bytes);
            let weight = Weight { ref_time: u64::MAX, proof_size: 1 };
            let best = queue.best(Room { weight, normal: (weight, 1_000_000), ..ROOM });
            prop_assert_eq!(best.len(), queue.ready());
            for who in 0..6 {
                let nonces = best.iter().filter(|one| one.sender.0[0] == who).map(|one| one.nonce);
                prop_assert!(nonces.enumerate().all(|(at, nonce)| at == nonce as usize));
            }
        }
    }
}
