//! All that `bench all` runs: what the tables of `specs/benchmarks.md` need.

use althing_crypto::Backends;

use super::case::{Case, End};
use super::draft::Twist;
use super::members::Witness;
use super::workload::Workload;

/// Members of the transfers whose conflicts grow.
pub(crate) const CONFLICTS: [usize; 5] = [2, 10, 100, 1_000, 10_000];

/// Schemes whose verification is measured by itself, as far as the program has them.
pub(crate) const SCHEMES: [&str; 5] =
    ["ml-dsa-44", "ml-dsa-65", "fn-dsa-512", "slh-dsa-sha2-128s", "sphincs+-sha2-128s-r3"];

/// A case with the name of its file.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Name of the file, without ending.
    pub(crate) file: String,
    /// What to measure.
    pub(crate) case: Case,
}

/// The cases of the suite, made from one that says everything but the workload.
pub(crate) fn entries(base: &Case) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut add = |file: String, case: Case| entries.push(Entry { file, case });
    // Execution alone: signatures count as verified.
    let assumed = Case {
        witness: Witness::Assumed(base.witness.scheme()),
        end: End::Executed,
        // There is nothing to verify.
        backends: Backends::Fast,
        ..base.clone()
    };
    for accounts in CONFLICTS {
        let case =
            Case { workload: Workload::BstmP2p, accounts: Some(accounts), ..assumed.clone() };
        add(format!("bstm-p2p-{accounts}"), case);
    }
    for (reads, writes) in [(8, 5), (21, 4)] {
        let twist = Twist { reads, writes, ..base.twist };
        let case = Case { workload: Workload::BstmRw, twist, ..assumed.clone() };
        add(format!("bstm-rw-{reads}-{writes}"), case);
    }
    let plain = [
        Workload::Disjoint,
        Workload::Chain,
        Workload::Hotspot,
        Workload::DaoVote1,
        Workload::DaoVote100,
        Workload::DaoRevote,
        Workload::DaoTreasury,
        Workload::DaoMix,
    ];
    for workload in plain {
        add(workload.name().to_owned(), Case { workload, ..assumed.clone() });
    }
    let tiny = Case { workload: Workload::Tiny, transactions: None, ..assumed.clone() };
    add("tiny".to_owned(), tiny);
    let dry = Twist { dry: true, ..base.twist };
    let case = Case { workload: Workload::DaoTreasury, twist: dry, ..assumed.clone() };
    add("dao-treasury-dry".to_owned(), case);
    let barrier = Twist { barrier: true, ..base.twist };
    let case = Case { workload: Workload::DaoMix, twist: barrier, ..assumed };
    add("dao-mix-barrier".to_owned(), case);
    signed(base, &mut entries);
    entries
}

/// The same block with its signatures, executed and durable.
fn signed(base: &Case, entries: &mut Vec<Entry>) {
    let signed = Case {
        workload: Workload::DaoVote1,
        witness: Witness::Signed(base.witness.scheme()),
        ..base.clone()
    };
    let durable = match &base.end {
        End::Executed => End::Durable(std::env::temp_dir()),
        End::Durable(folder) => End::Durable(folder.clone()),
    };
    for (file, workload) in
        [("signed-dao-vote1", Workload::DaoVote1), ("signed-bstm-p2p", Workload::BstmP2p)]
    {
        let case = Case { workload, end: End::Executed, ..signed.clone() };
        entries.push(Entry { file: file.to_owned(), case });
    }
    let case = Case { end: durable, ..signed };
    entries.push(Entry { file: "durable-dao-vote1".to_owned(), case });
}
