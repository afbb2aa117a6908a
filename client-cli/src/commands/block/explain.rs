//! `althing block --explain`: how a block ran on the node asked, for people.

use std::cmp::Reverse;

use serde_json::{Value, json};

use crate::{
    chain::{Chain, ExplainedBlock, Explanation, HotRow, Phases, Render},
    output::{Body, CliError, Reply},
    people::People,
    wording::{count, nanoseconds, share},
};

/// A node runs a stretch with fewer transactions than this in order: workers would not pay.
const PARALLEL_MIN: u64 = 16;
/// A node names at most so many rows.
const ROWS_MAX: usize = 16;
/// No scheme of the chain verifies a signature within this many nanoseconds.
const SIGNATURE_NS_MIN: u64 = 5_000;

/// Ask the node, and say it in words.
pub(super) fn run(chain: &mut Chain, hash: &str, people: &People) -> Result<Reply, CliError> {
    let mut block: ExplainedBlock = chain.read("althing_explainBlock", &[json!(hash)])?;
    // Rows that made transactions wait come first. The order is stable: then the hottest.
    block.explanation.hottest.sort_by_key(|row| Reverse(steps_of(row)));
    let receipts = chain.receipts(hash)?;
    let of_author = receipts.iter().filter(|receipt| receipt.pallet == "Timestamp").count();
    let is_empty = of_author == receipts.len();
    let sent = block.explanation.transactions.saturating_sub(of_author as u64);
    let metadata = chain.metadata()?;
    let render = chain.render(&metadata);
    let names = Names { render: &render, people };

    let mut facts = vec![("block", format!("{} {}", count(block.number), block.hash))];
    if is_empty {
        let nothing = "nothing but the time of the block: no transaction, so nobody could wait";
        facts.push(("ran", nothing.to_owned()));
        facts.push(("time", time(&block.explanation.phases, sent)));
    } else {
        facts.extend(lines(&block.explanation, sent, &names));
    }
    let data = json!({
        "number": block.number,
        "hash": block.hash,
        "only_time": is_empty,
        "explanation": data(&block.explanation, sent, &names),
    });
    let reply = Reply::new(data, Body::Facts(facts)).on(chain.tag());
    Ok(reply.hint("this is how the node at hand ran it: another machine takes other times"))
}

/// What rows are called.
struct Names<'a> {
    render: &'a Render<'a>,
    people: &'a People,
}

impl Names<'_> {
    fn row(&self, key: &[u8]) -> String {
        match self.render.metadata.row(key) {
            Some(row) => self.render.row_text(&row, |address| self.people.call(address)),
            None => format!("the row {}", const_hex::encode_prefixed(key)),
        }
    }
}

/// The facts about a block with `sent` transactions of members.
fn lines(ran: &Explanation, sent: u64, names: &Names<'_>) -> Vec<(&'static str, String)> {
    let mut facts = vec![("ran", how_many(ran, sent))];
    // Nobody can wait for another one, or be spared it, where all run in order.
    if ran.parallel > 0 {
        facts.push(("waited", waited(ran)));
        facts.push(("steps", steps(ran)));
    }
    facts.extend(ran.hottest.iter().map(|row| ("row", hot(row, names))));
    if ran.hottest.len() >= ROWS_MAX {
        facts
            .push(("rows", format!("only the {ROWS_MAX} that most transactions touch are listed")));
    }
    if ran.covered > 0 || ran.uncovered > 0 {
        facts.push(("bounds", bounds(ran)));
    }
    if ran.parallel > 0 {
        let alone = share(ran.serial_share_ppm);
        facts.push(("alone", format!("{alone} of the time one worker alone had work")));
    }
    facts.push(("time", time(&ran.phases, sent)));
    for (index, worker) in ran.by_worker.iter().enumerate() {
        let (tasks, busy) = (count(worker.tasks), nanoseconds(worker.busy_ns));
        facts.push(("worker", format!("{} ran {tasks} and was busy for {busy}", index + 1)));
    }
    if ran.waiting_ns > 0 {
        let idle = nanoseconds(ran.waiting_ns);
        facts.push(("idle", format!("{idle} without work, all workers together")));
    }
    facts
}

fn how_many(ran: &Explanation, sent: u64) -> String {
    let all = format!("{} ({} sent by members)", transactions(ran.transactions), count(sent));
    if ran.parallel == 0 {
        return format!("{all}, one after another: {}", why_serial(ran, sent));
    }
    let (parallel, serial) = (count(ran.parallel), count(ran.serial));
    let workers = count(ran.workers);
    format!("{all} on {workers} workers: {parallel} side by side, {serial} one after another")
}

/// Why nothing ran side by side.
fn why_serial(ran: &Explanation, sent: u64) -> String {
    if ran.workers < 2 {
        "this node has one worker".to_owned()
    } else if sent < PARALLEL_MIN {
        format!("fewer than {PARALLEL_MIN} are not worth more workers")
    } else if ran.rows > 0 {
        "most need what the one before changed".to_owned()
    } else {
        format!("fewer than {PARALLEL_MIN} stand between those that may touch any row")
    }
}

fn waited(ran: &Explanation) -> String {
    let of = format!("of the {} side by side", count(ran.parallel));
    match ran.conflicts {
        0 => format!("nobody {of}: none needed what another one changed"),
        1 => format!("1 {of} waited for another one"),
        many => format!("{} {of} waited for another one", count(many)),
    }
}

/// The least number of steps of those that ran side by side; the node counts one step for each
/// transaction that ran in order.
fn parallel_steps(ran: &Explanation) -> Option<u64> {
    (ran.parallel > 0).then(|| ran.critical_path.saturating_sub(ran.serial))
}

fn steps(ran: &Explanation) -> String {
    let steps = count(parallel_steps(ran).unwrap_or_default());
    format!("{steps} for those side by side: no number of workers could do with fewer")
}

/// The steps that a row forces; 0 if it forces no order.
fn steps_of(row: &HotRow) -> u64 {
    if row.chain > 1 { row.chain } else { 0 }
}

fn hot(row: &HotRow, names: &Names<'_>) -> String {
    let (all, name) = (transactions(row.transactions), names.row(&row.key.0));
    let verb = match (row.mode.as_str(), row.transactions == 1) {
        ("read", false) => "read it",
        ("read", true) => "reads it",
        ("add", false) => "add to it",
        ("add", true) => "adds to it",
        ("bounded", false) => "add to it within bounds",
        ("bounded", true) => "adds to it within bounds",
        ("write", false) => "change it",
        ("write", true) => "changes it",
        (_, false) => "use it in several ways",
        (_, true) => "uses it in several ways",
    };
    let order = match steps_of(row) {
        0 => "which needs no order".to_owned(),
        steps => format!("in {} steps", count(steps)),
    };
    format!("{name}: {all} {verb}, {order}")
}

fn bounds(ran: &Explanation) -> String {
    let (covered, uncovered) = (count(ran.covered), count(ran.uncovered));
    format!(
        "{covered} additions were certain to stay within their bounds and needed no order; \
         {uncovered} had to run in turn, as a bound was near"
    )
}

fn time(phases: &Phases, sent: u64) -> String {
    if phases.total_ns == 0 {
        return "not measured by this node".to_owned();
    }
    // Those of a block that this node took from its pool were verified on entry.
    let were_verified = sent > 0 && phases.verify_ns < sent.saturating_mul(SIGNATURE_NS_MIN);
    let parts = parts(phases).into_iter().filter(|(_, _, time)| *time > 0);
    let parts = parts.map(|(name, words, time)| match (name, were_verified) {
        ("verify", true) => "signatures were checked when they arrived".to_owned(),
        _ => format!("{words} {}", nanoseconds(time)),
    });
    let parts: Vec<_> = parts.collect();
    format!("{}: {}", nanoseconds(phases.total_ns), parts.join(", "))
}

/// The phases in their order: name for programs, words for people, time.
fn parts(phases: &Phases) -> [(&'static str, &'static str, u64); 8] {
    [
        ("prepare", "checking", phases.prepare_ns),
        ("verify", "signatures", phases.verify_ns),
        ("initialize", "opening", phases.initialize_ns),
        ("graph", "ordering", phases.graph_ns),
        ("execute", "running", phases.execute_ns),
        ("finalize", "closing", phases.finalize_ns),
        ("commit", "state and root", phases.commit_ns),
        ("body", "roots of the body, beside the rest,", phases.body_ns),
    ]
}

fn transactions(number: u64) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} transaction{plural}", count(number))
}

fn data(ran: &Explanation, sent: u64, names: &Names<'_>) -> Value {
    let hottest = ran.hottest.iter().map(|row| {
        let item = names.render.metadata.row(&row.key.0);
        json!({
            "row": {
                "key": const_hex::encode_prefixed(&row.key.0),
                "pallet": item.as_ref().map(|row| row.pallet.as_str()),
                "item": item.as_ref().map(|row| row.item.as_str()),
                "text": names.row(&row.key.0),
            },
            "transactions": row.transactions,
            "steps": row.chain,
            "use": row.mode,
        })
    });
    let workers = ran
        .by_worker
        .iter()
        .map(|worker| json!({ "transactions": worker.tasks, "busy_ns": worker.busy_ns }));
    let phases = parts(&ran.phases).into_iter().map(|(name, _, time)| (name.to_owned(), time));
    let phases = phases.chain([("total".to_owned(), ran.phases.total_ns)]);
    json!({
        "transactions": ran.transactions,
        "sent_by_members": sent,
        "workers": ran.workers,
        "segments": ran.segments,
        "parallel": ran.parallel,
        "serial": ran.serial,
        "parallel_steps": parallel_steps(ran),
        "conflicts": (ran.parallel > 0).then_some(ran.conflicts),
        "rows": ran.rows,
        "hottest": hottest.collect::<Vec<_>>(),
        "bounded": { "covered": ran.covered, "uncovered": ran.uncovered },
        "by_worker": workers.collect::<Vec<_>>(),
        "waiting_ns": ran.waiting_ns,
        "serial_share_ppm": ran.serial_share_ppm,
        "phases_ns": phases.map(|(name, time)| (name, Value::from(time))).collect::<serde_json::Map<_, _>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chain::{Bytes, Metadata},
        commands::explain::PINNED,
    };

    fn ran() -> Explanation {
        let phases = json!({
            "prepareNs": 210_000, "verifyNs": 900_000, "initializeNs": 1_000, "graphNs": 40_000,
            "executeNs": 300_000, "finalizeNs": 2_000, "commitNs": 80_000, "bodyNs": 0,
            "totalNs": 1_533_000,
        });
        serde_json::from_value(json!({
            "transactions": 1200, "workers": 2, "segments": 1, "parallel": 1199, "serial": 1,
            "criticalPath": 12, "conflicts": 37, "rows": 2500, "hottest": [],
            "covered": 120, "uncovered": 3, "byWorker": [{ "tasks": 600, "busyNs": 150_000 }],
            "waitingNs": 5_000, "serialSharePpm": 82_500, "phases": phases,
        }))
        .unwrap()
    }

    #[test]
    fn a_row_is_named_by_pallet_item_and_key() {
        let metadata = Metadata::decode(PINNED).unwrap();
        let render = Render { metadata: &metadata, prefix: 42 };
        let people = People::default();
        let names = Names { render: &render, people: &people };
        let mut nobody = |_: &str| unreachable!("no account among the keys");
        let key = metadata.row_key(("voting", "tallies"), &["3".to_owned()], &mut nobody).unwrap();
        let row =
            HotRow { key: Bytes(key.clone()), transactions: 900, chain: 1, mode: "add".into() };
        assert_eq!(
            hot(&row, &names),
            "Voting.Tallies of referendum 3: 900 transactions add to it, which needs no order"
        );
        let row = HotRow { chain: 40, mode: "write".into(), ..row };
        assert!(hot(&row, &names).ends_with("900 transactions change it, in 40 steps"));

        // A key that only looks like the row's names none.
        let mut other = key;
        other[32] ^= 1;
        assert!(names.row(&other).starts_with("the row 0x"));
        assert!(names.row(b"short").starts_with("the row 0x"));
    }

    #[test]
    fn every_fact_is_said_in_words() {
        let metadata = Metadata::decode(PINNED).unwrap();
        let render = Render { metadata: &metadata, prefix: 42 };
        let names = Names { render: &render, people: &People::default() };
        let said: Vec<_> = lines(&ran(), 1_199, &names).into_iter().map(|(_, text)| text).collect();
        let all = said.join("\n");
        for expected in [
            "1,200 transactions (1,199 sent by members) on 2 workers: 1,199 side by side, 1 one after another",
            "37 of the 1,199 side by side waited for another one",
            "11 for those side by side: no number of workers could do with fewer",
            "120 additions were certain to stay within their bounds",
            "8.25 % of the time one worker alone had work",
            "1.53 ms: checking 210.00 us, signatures were checked when they arrived",
            "1 ran 600 and was busy for 150.00 us",
        ] {
            assert!(all.contains(expected), "{expected}\n{all}");
        }
    }

    #[test]
    fn a_node_without_a_clock_says_so() {
        let mut ran = ran();
        ran.phases.total_ns = 0;
        assert_eq!(time(&ran.phases, 1), "not measured by this node");
    }

    #[test]
    fn signatures_that_took_time_are_told_with_it() {
        let mut ran = ran();
        ran.phases.verify_ns = 90_000_000;
        assert!(time(&ran.phases, 1_199).contains("signatures 90.00 ms"));
    }

    #[test]
    fn a_block_that_ran_in_order_says_why_and_nothing_of_waiting() {
        let metadata = Metadata::decode(PINNED).unwrap();
        let render = Render { metadata: &metadata, prefix: 42 };
        let names = Names { render: &render, people: &People::default() };
        let serial = |transactions: u64, rows| Explanation {
            transactions,
            rows,
            parallel: 0,
            serial: transactions,
            critical_path: transactions,
            conflicts: 0,
            ..ran()
        };
        for (ran, why) in [
            (serial(5, 0), "5 transactions (4 sent by members), one after another: fewer than 16"),
            (serial(25, 30), "one after another: most need what the one before changed"),
            (serial(25, 0), "stand between those that may touch any row"),
            (Explanation { workers: 1, ..serial(25, 0) }, "this node has one worker"),
        ] {
            let facts = lines(&ran, ran.transactions - 1, &names);
            assert!(facts[0].1.contains(why), "{facts:?}");
            let labels: Vec<_> = facts.iter().map(|(label, _)| *label).collect();
            let absent = ["waited", "steps", "alone"];
            assert!(absent.iter().all(|label| !labels.contains(label)), "{labels:?}");
            let data = data(&ran, ran.transactions - 1, &names);
            assert!(data["conflicts"].is_null() && data["parallel_steps"].is_null(), "{data}");
        }
    }

    #[test]
    fn a_full_list_of_rows_is_said_to_be_cut() {
        let metadata = Metadata::decode(PINNED).unwrap();
        let render = Render { metadata: &metadata, prefix: 42 };
        let names = Names { render: &render, people: &People::default() };
        let row = HotRow { key: Bytes(vec![1]), transactions: 9, chain: 1, mode: "add".into() };
        let full = Explanation { hottest: vec![row; ROWS_MAX], ..ran() };
        let is_cut = |ran: &Explanation| lines(ran, 1, &names).iter().any(|fact| fact.0 == "rows");
        assert!(is_cut(&full));
        assert!(!is_cut(&ran()));
    }
}
