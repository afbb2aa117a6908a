//! `althing block --explain`: how a block ran on the node asked, for people.

use serde_json::{Value, json};

use crate::{
    chain::{Chain, ExplainedBlock, Explanation, HotRow, Phases, Render},
    output::{Body, CliError, Reply},
    people::People,
    wording::{count, nanoseconds, share},
};

/// Ask the node, and say it in words.
pub(super) fn run(chain: &mut Chain, hash: &str, people: &People) -> Result<Reply, CliError> {
    let block: ExplainedBlock = chain.read("althing_explainBlock", &[json!(hash)])?;
    let receipts = chain.receipts(hash)?;
    let is_empty = receipts.iter().all(|receipt| receipt.pallet == "Timestamp");
    let metadata = chain.metadata()?;
    let render = chain.render(&metadata);
    let names = Names { render: &render, people };

    let mut facts = vec![("block", format!("{} {}", count(block.number), block.hash))];
    if is_empty {
        let nothing = "nothing but the time of the block: no transaction, so nobody could wait";
        facts.push(("ran", nothing.to_owned()));
        facts.push(("time", time(&block.explanation.phases)));
    } else {
        facts.extend(lines(&block.explanation, &names));
    }
    let data = json!({
        "number": block.number,
        "hash": block.hash,
        "only_time": is_empty,
        "explanation": data(&block.explanation, &names),
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

fn lines(ran: &Explanation, names: &Names<'_>) -> Vec<(&'static str, String)> {
    let mut facts = vec![("ran", how_many(ran)), ("waited", waited(ran))];
    let steps = count(ran.critical_path);
    facts.push(("steps", format!("{steps}: no number of workers could do with fewer")));
    facts.extend(ran.hottest.iter().map(|row| ("row", hot(row, names))));
    if ran.covered > 0 || ran.uncovered > 0 {
        facts.push(("bounds", bounds(ran)));
    }
    facts.push((
        "alone",
        format!("{} of the time one worker alone had work", share(ran.serial_share_ppm)),
    ));
    facts.push(("time", time(&ran.phases)));
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

fn how_many(ran: &Explanation) -> String {
    let all = transactions(ran.transactions);
    if ran.parallel == 0 {
        return format!("{all}, one after another: too few, or each needs the one before");
    }
    let (parallel, serial) = (count(ran.parallel), count(ran.serial));
    let workers = count(ran.workers);
    format!("{all} on {workers} workers: {parallel} side by side, {serial} one after another")
}

fn waited(ran: &Explanation) -> String {
    match ran.conflicts {
        0 => "nobody: no transaction needed what another one changed".to_owned(),
        1 => "1 transaction waited for another one".to_owned(),
        many => format!("{} transactions waited for another one", count(many)),
    }
}

fn hot(row: &HotRow, names: &Names<'_>) -> String {
    let (all, name) = (transactions(row.transactions), names.row(&row.key.0));
    let verb = match row.mode.as_str() {
        "read" => "read it",
        "add" => "add to it",
        "bounded" => "add to it within bounds",
        "write" => "change it",
        _ => "use it in several ways",
    };
    let order = match row.chain {
        0 | 1 => "in any order".to_owned(),
        steps => format!("in {} steps", count(steps)),
    };
    format!("{name}: {all} {verb}, {order}")
}

fn bounds(ran: &Explanation) -> String {
    let (covered, uncovered) = (count(ran.covered), count(ran.uncovered));
    format!(
        "{covered} additions were certain to stay within their bounds and ran in any order; \
         {uncovered} ran in turn, as a bound was near"
    )
}

fn time(phases: &Phases) -> String {
    if phases.total_ns == 0 {
        return "not measured by this node".to_owned();
    }
    let parts = parts(phases).into_iter().filter(|(_, _, time)| *time > 0);
    let parts: Vec<_> =
        parts.map(|(_, words, time)| format!("{words} {}", nanoseconds(time))).collect();
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

fn data(ran: &Explanation, names: &Names<'_>) -> Value {
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
        "workers": ran.workers,
        "segments": ran.segments,
        "parallel": ran.parallel,
        "serial": ran.serial,
        "critical_path": ran.critical_path,
        "conflicts": ran.conflicts,
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
            "Voting.Tallies of referendum 3: 900 transactions add to it, in any order"
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
        let said: Vec<_> = lines(&ran(), &names).into_iter().map(|(_, text)| text).collect();
        let all = said.join("\n");
        for expected in [
            "1,200 transactions on 2 workers: 1,199 side by side, 1 one after another",
            "37 transactions waited for another one",
            "12: no number of workers could do with fewer",
            "120 additions were certain to stay within their bounds",
            "8.25 % of the time one worker alone had work",
            "1.53 ms: checking 210.00 us, signatures 900.00 us",
            "1 ran 600 and was busy for 150.00 us",
        ] {
            assert!(all.contains(expected), "{expected}\n{all}");
        }
    }

    #[test]
    fn a_node_without_a_clock_says_so() {
        let mut ran = ran();
        ran.phases.total_ns = 0;
        assert_eq!(time(&ran.phases), "not measured by this node");
    }
}
