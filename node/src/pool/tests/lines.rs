//! Whose signature is checked next.

use std::collections::HashMap;

use proptest::prelude::*;

use super::entries::account;
use crate::pool::Source;
use crate::pool::bucket::Measure;
use crate::pool::lines::{Grant, Lines, Load, Next, Terms, Turned, Verdict};

const TERMS: Terms = Terms {
    slots: 4,
    bytes: 1_000,
    source: Measure { burst: 3, per_second: 1 },
    shared: Measure { burst: 100, per_second: 10 },
};

/// Somebody who waits: source and number.
type Who = (u64, u64);

fn join(lines: &mut Lines<Who>, source: u64, name: u64, number: u64) -> Result<(), Turned> {
    join_with(lines, (source, name), (number, 10))
}

fn join_with(
    lines: &mut Lines<Who>,
    (source, name): (u64, u64),
    (number, bytes): (u64, usize),
) -> Result<(), Turned> {
    let from = Source::connection(source);
    let joined =
        lines.join((from, account(name)), ((source, number), Load { bytes, tokens: 1 }), 0);
    joined.map(drop).map_err(|(_, turned)| turned)
}

/// Those whose turn came, and those who were sent away.
type Served = (Vec<(Who, Grant)>, Vec<(Who, Turned)>);

/// Serve whoever can be, at this moment.
fn serve(lines: &mut Lines<Who>, now: u64) -> Served {
    let (mut going, mut turned) = (Vec::new(), Vec::new());
    loop {
        match lines.next(now) {
            Next::Go(who, grant) => going.push((who, grant)),
            Next::Turn(who, why) => turned.push((who, why)),
            Next::Wait(_) => return (going, turned),
        }
    }
}

/// Serve and judge until nobody waits or only time helps; says who was checked, in order.
fn run(lines: &mut Lines<Who>, now: u64, verdict: impl Fn(Who) -> Verdict) -> Vec<Who> {
    let mut checked = Vec::new();
    loop {
        let (going, _) = serve(lines, now);
        if going.is_empty() {
            return checked;
        }
        for (who, grant) in going {
            checked.push(who);
            lines.settle(grant, verdict(who));
        }
    }
}

#[test]
fn sources_take_turns() {
    let mut lines = Lines::new(TERMS, 0);
    for number in 0..8 {
        join(&mut lines, 1, 1, number).unwrap();
    }
    join(&mut lines, 2, 2, 100).unwrap();
    let (going, _) = serve(&mut lines, 0);
    let going: Vec<Who> = going.into_iter().map(|(who, _)| who).collect();
    assert_eq!(going, [(1, 0), (2, 100), (1, 1), (1, 2)]);
}

#[test]
fn within_a_source_the_accounts_that_are_named_take_turns() {
    let mut lines = Lines::new(TERMS, 0);
    for number in 0..8 {
        join(&mut lines, 1, 1, number).unwrap();
    }
    join(&mut lines, 1, 2, 100).unwrap();
    let (going, _) = serve(&mut lines, 0);
    let going: Vec<Who> = going.into_iter().map(|(who, _)| who).collect();
    assert_eq!(going, [(1, 0), (1, 100), (1, 1)], "no more than could fail");
}

#[test]
fn a_source_that_has_spent_its_budget_is_refused_until_it_comes_back() {
    let mut lines = Lines::new(TERMS, 0);
    for number in 0..8 {
        join(&mut lines, 1, number, number).unwrap();
    }
    join(&mut lines, 2, 1, 0).unwrap();
    let mut checked = run(&mut lines, 0, |_| Verdict::Bad);
    checked.sort_unstable();
    assert_eq!(checked, [(1, 0), (1, 1), (1, 2), (2, 0)]);
    assert_eq!(lines.bytes(), 0, "the others were sent away");
    let spent = Turned::Spent { wait_ms: 1_000 };
    assert_eq!(join(&mut lines, 1, 9, 9), Err(spent));
    assert_eq!(lines.glance(Source::connection(1), None, 0), Err(spent));
    assert_eq!(lines.glance(Source::connection(1), None, 999), Err(Turned::Spent { wait_ms: 1 }));
    assert_eq!(lines.glance(Source::connection(1), None, 1_000), Ok(()));
    assert_eq!(lines.glance(Source::connection(2), None, 0), Ok(()), "it has some left");
}

#[test]
fn a_failed_check_costs_as_many_tokens_as_it_takes_time() {
    let quarter_of_a_millisecond = 250_000_000;
    let tokens = |weight| Load::new(10, weight).tokens;
    assert_eq!((tokens(0), tokens(quarter_of_a_millisecond)), (1, 1));
    assert_eq!(tokens(quarter_of_a_millisecond * 4), 4);
    assert_eq!(tokens(u64::MAX), u32::MAX);

    let terms = Terms { source: Measure { burst: 10, per_second: 1 }, ..TERMS };
    let mut lines = Lines::new(terms, 0);
    let from = (Source::connection(1), account(1));
    let heavy = |number| ((1, number), Load { bytes: 10, tokens: 4 });
    for number in 0..4 {
        lines.join(from, heavy(number), 0).unwrap();
    }
    assert_eq!(run(&mut lines, 0, |_| Verdict::Bad), [(1, 0), (1, 1)], "eight of ten are spent");
    // What costs less still passes, what costs as much waits for tokens.
    lines.join(from, ((1, 9), Load { bytes: 10, tokens: 2 }), 0).unwrap();
    assert_eq!(run(&mut lines, 0, |_| Verdict::Dropped), [(1, 9)]);
    let spent = lines.join(from, heavy(10), 0).map(|_| serve(&mut lines, 0).1);
    assert_eq!(spent, Ok(vec![((1, 10), Turned::Spent { wait_ms: 2_000 })]));
    lines.join(from, heavy(11), 2_000).unwrap();
    assert_eq!(run(&mut lines, 2_000, |_| Verdict::Bad), [(1, 11)]);
}

#[test]
fn good_signatures_cost_nothing() {
    let mut lines = Lines::new(TERMS, 0);
    for number in 0..50 {
        join(&mut lines, 1, number, number).unwrap();
    }
    assert_eq!(run(&mut lines, 0, |_| Verdict::Good).len(), 50);
    for number in 0..50 {
        join(&mut lines, 1, number, number).unwrap();
    }
    assert_eq!(run(&mut lines, 0, |_| Verdict::Dropped).len(), 50);
    assert_eq!(lines.glance(Source::connection(1), None, 0), Ok(()));
}

#[test]
fn an_account_with_a_history_passes_where_its_source_has_nothing_left() {
    let mut lines = Lines::new(TERMS, 0);
    join(&mut lines, 1, 7, 0).unwrap();
    run(&mut lines, 0, |_| Verdict::Good);
    for number in 10..20 {
        join(&mut lines, 1, number, number).unwrap();
    }
    run(&mut lines, 0, |_| Verdict::Bad);
    assert!(join(&mut lines, 1, 8, 1).is_err());
    assert_eq!(lines.glance(Source::connection(1), None, 0), Ok(()), "it may be the one");
    // Each success pays for itself and for one more.
    for number in 0..5 {
        join(&mut lines, 1, 7, number).unwrap();
        assert_eq!(run(&mut lines, 0, |_| Verdict::Good), [(1, number)]);
    }
    // Who uses its name for forgeries comes no further than it had come.
    let forged = (0..20).filter(|number| {
        join(&mut lines, 1, 7, *number).is_ok() && run(&mut lines, 0, |_| Verdict::Bad).len() == 1
    });
    assert_eq!(forged.count(), 4);
}

#[test]
fn new_sources_bring_no_new_budget_and_proven_ones_do_not_wait_for_it() {
    let terms = Terms { shared: Measure { burst: 5, per_second: 10 }, ..TERMS };
    let mut lines = Lines::new(terms, 0);
    join(&mut lines, 999, 1, 0).unwrap();
    run(&mut lines, 0, |_| Verdict::Good);
    for source in 0..20 {
        join(&mut lines, source, source, source).unwrap();
    }
    assert_eq!(run(&mut lines, 0, |_| Verdict::Bad).len(), 5);
    assert_eq!(lines.bytes(), 150, "nobody was refused");
    join(&mut lines, 999, 1, 1).unwrap();
    assert_eq!(run(&mut lines, 0, |_| Verdict::Good), [(999, 1)]);
    assert!(matches!(lines.next(0), Next::Wait(Some(100))));
    assert_eq!(run(&mut lines, 100, |_| Verdict::Bad).len(), 1);
    assert_eq!(run(&mut lines, 300, |_| Verdict::Bad).len(), 2);
}

#[test]
fn a_source_of_which_nothing_is_known_waits_and_is_never_sent_away() {
    let terms = Terms { shared: Measure { burst: 5, per_second: 10 }, ..TERMS };
    let mut lines = Lines::new(terms, 0);
    for number in 0..20 {
        // The honest one is the last to come.
        let name = if number == 19 { 2 } else { 1 };
        let waiter = ((0, number), Load { bytes: 10, tokens: 1 });
        assert_eq!(lines.join((Source::LOCAL, account(name)), waiter, 0), Ok(vec![]));
    }
    let bad = |(_, number)| if number == 19 { Verdict::Good } else { Verdict::Bad };
    let checked = run(&mut lines, 0, bad);
    assert!(checked.contains(&(0, 19)), "{checked:?}");
    assert_eq!(checked.iter().filter(|who| who.1 != 19).count(), 5);
    assert_eq!(run(&mut lines, 1_000, bad).len(), 5);
}

#[test]
fn a_crowded_source_leaves_room_for_others_and_for_those_with_little() {
    let mut lines = Lines::new(TERMS, 0);
    let mut waiting = 0;
    while join(&mut lines, 1, 1, waiting).is_ok() {
        waiting += 1;
    }
    assert_eq!(waiting, 50, "half of all is for others");
    assert_eq!(join(&mut lines, 1, 1, 99), Err(Turned::Crowded { bytes: 500 }));
    let from = (Source::connection(1), account(2));
    let out = lines.join(from, ((1, 1_000), Load { bytes: 10, tokens: 1 }), 0).unwrap();
    assert_eq!(out, [((1, 49), Turned::Crowded { bytes: 500 })]);
    for number in 0..25 {
        join(&mut lines, 2, 1, number).unwrap();
    }
    assert!(join(&mut lines, 2, 1, 25).is_err());
    join(&mut lines, 3, 1, 0).unwrap();
}

#[test]
fn what_waits_never_exceeds_its_bound_however_large_one_is() {
    let mut lines = Lines::new(TERMS, 0);
    for number in 0..50 {
        join(&mut lines, 1, 1, number).unwrap();
    }
    join_with(&mut lines, (1, 2), (100, 400)).unwrap();
    assert_eq!(lines.bytes(), 700, "twenty made room for one");
    // All that could go would not be enough, so nobody goes.
    let refusal = join_with(&mut lines, (1, 3), (101, 400));
    assert_eq!((refusal, lines.bytes()), (Err(Turned::Crowded { bytes: 700 }), 700));
    let checked = run(&mut lines, 0, |_| Verdict::Good);
    let (large, small): (Vec<u64>, Vec<u64>) =
        checked.into_iter().map(|(_, number)| number).partition(|number| *number >= 100);
    assert_eq!(large, [100]);
    assert_eq!(small, (0..30).collect::<Vec<_>>(), "in the order in which they came");
}

proptest! {
    /// Nobody is lost, failures are bounded by the budget, and an honest source gets through.
    #[test]
    fn floods_are_bounded(
        arrivals in prop::collection::vec((0_u64..4, 0_u64..5, 0_u64..50, 1_usize..400), 1..200)
    ) {
        let mut lines = Lines::new(TERMS, 0);
        let (mut now, mut failed) = (0, HashMap::<u64, u64>::new());
        let mut fates = 0;
        for (number, (source, name, pause, bytes)) in (0..).zip(&arrivals) {
            now += pause;
            let from = (Source::connection(*source), account(*name));
            match lines.join(from, ((*source, number), Load { bytes: *bytes, tokens: 1 }), now) {
                Ok(out) => fates += out.len(),
                Err(_) => fates += 1,
            }
            prop_assert!(lines.bytes() <= TERMS.bytes);
            let (going, turned) = serve(&mut lines, now);
            fates += turned.len();
            for ((source, _), grant) in going {
                fates += 1;
                // Source 0 is honest.
                let verdict = if source == 0 { Verdict::Good } else { Verdict::Bad };
                if source != 0 {
                    *failed.entry(source).or_default() += 1;
                }
                lines.settle(grant, verdict);
            }
            let served = lines.glance(Source::connection(0), None, now);
            prop_assert_eq!(served, Ok(()));
        }
        fates += run(&mut lines, now, |(source, _)| {
            if source == 0 { Verdict::Good } else { Verdict::Bad }
        }).len();
        prop_assert_eq!(lines.bytes(), 0);
        prop_assert!(fates <= arrivals.len());
        for (source, count) in failed {
            prop_assert!(count <= 3 + now / 1_000, "source {source} failed {count} times");
        }
    }
}
