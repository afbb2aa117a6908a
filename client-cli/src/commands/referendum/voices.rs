//! How a critical referendum is counted: a line for each scheme, and whether it would stand without
//! any one of them.

use serde_json::{Value, json};

use crate::{
    amount,
    chain::replies::{Critical, Referendum, Tally, Voice},
    wording,
};

/// What `referendum show` adds for critical ones.
pub(super) fn facts(referendum: &Referendum) -> Vec<(&'static str, String)> {
    let Some(critical) = &referendum.critical else { return Vec::new() };
    let mut facts: Vec<_> =
        critical.voices.iter().map(|voice| ("signed with", line(voice))).collect();
    facts.push(("without any one", verdict(referendum, critical)));
    facts
}

fn line(voice: &Voice) -> String {
    let Tally { ayes, nays, support } = voice.tally;
    let [ayes, nays, support] = [ayes, nays, support].map(|sum| amount::to_text(sum.0));
    let name = match voice.name.as_str() {
        "joint" => "several schemes together",
        name => name,
    };
    let why = match voice.excluded.as_deref() {
        None => String::new(),
        Some("affected") => "; NOT COUNTED: the referendum is about this scheme".to_owned(),
        Some(state) => format!("; NOT COUNTED: the scheme is {state}"),
    };
    format!("{name}: {ayes} aye, {nays} nay, support {support}{why}")
}

/// Whether the referendum passes in the worst case. The sums of that case are what decides.
fn verdict(referendum: &Referendum, critical: &Critical) -> String {
    let stands = if referendum.passing { "stands" } else { "DOES NOT stand" };
    let weakest = critical.weakest.as_deref().unwrap_or("none");
    let approval = wording::percent(&critical.least_approval);
    let support = wording::percent(&critical.least_support);
    format!("{stands} (weakest: {weakest}; then {approval} approve, {support} support)")
}

/// The same for programs; null for a referendum that is not critical.
pub(super) fn json(referendum: &Referendum) -> Value {
    let Some(critical) = &referendum.critical else { return Value::Null };
    let tally = |tally: Tally| {
        json!({
            "ayes": amount::to_json(tally.ayes.0),
            "nays": amount::to_json(tally.nays.0),
            "support": amount::to_json(tally.support.0),
        })
    };
    let voices = critical.voices.iter().map(|voice| {
        json!({ "name": voice.name, "tally": tally(voice.tally), "excluded": voice.excluded })
    });
    json!({
        "cryptographic": critical.cryptographic,
        "affected": critical.affected,
        "counted": tally(critical.counted),
        "least": tally(critical.least),
        "least_approval": critical.least_approval,
        "least_support": critical.least_support,
        "weakest": critical.weakest,
        "voices": voices.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn referendum(passing: bool) -> Referendum {
        let tally = |ayes: &str| json!({ "ayes": ayes, "nays": "0", "support": ayes });
        let voice = |name: &str, ayes: &str, excluded: Value| json!({ "scheme": 1, "name": name, "tally": tally(ayes), "excluded": excluded });
        serde_json::from_value(json!({
            "index": 7, "track": "crypto-sunset", "title": "t", "proposer": "p",
            "status": "deciding", "submitted": 1,
            "proposal": { "hash": "0x", "bytes": 1 },
            "tally": tally("5000000000000"), "electorate": "9", "approval": "100.000000",
            "supportShare": "50.000000", "passing": passing, "deposits": {},
            "critical": {
                "cryptographic": true, "affected": ["old"],
                "counted": tally("3"), "least": tally("2"),
                "leastApproval": "66.000000", "leastSupport": "20.500000", "weakest": "ml-dsa-44",
                "voices": [
                    voice("joint", "1000000000000", Value::Null),
                    voice("old", "2000000000000", json!("affected")),
                    voice("new", "0", json!("trial")),
                ],
            },
        }))
        .unwrap()
    }

    #[test]
    fn every_voice_has_a_line_that_says_why_it_does_not_count() {
        let lines: Vec<_> = facts(&referendum(true)).into_iter().map(|(_, line)| line).collect();
        assert!(lines[0].starts_with("several schemes together: 1.00"), "{}", lines[0]);
        assert!(!lines[0].contains("NOT COUNTED"));
        assert!(lines[1].ends_with("NOT COUNTED: the referendum is about this scheme"));
        assert!(lines[2].ends_with("NOT COUNTED: the scheme is trial"));
        assert!(lines[3].starts_with("stands (weakest: ml-dsa-44;"), "{}", lines[3]);
        let last = facts(&referendum(false)).pop().unwrap();
        assert!(last.1.starts_with("DOES NOT stand"), "{}", last.1);
    }

    #[test]
    fn others_have_no_such_lines() {
        let plain = Referendum { critical: None, ..referendum(true) };
        assert_eq!((facts(&plain).len(), json(&plain)), (0, Value::Null));
    }
}
