//! One line for each block with transactions, on standard error.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::chain::{BlockNotice, StoredReceipt};

/// Print a line for each block until the chain ends. Lines are left out rather than let the chain
/// wait.
pub(super) async fn follow(mut notices: Receiver<Arc<BlockNotice>>) {
    loop {
        match notices.recv().await {
            Ok(notice) => print(&notice),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

fn print(notice: &BlockNotice) {
    if let Some(line) = line(notice.head.number, &notice.receipts) {
        let conflicts = match notice.explanation.conflicts {
            0 => String::new(),
            conflicts => format!("   {conflicts} waited for another"),
        };
        // A closed standard error is no reason to stop.
        let _ = writeln!(std::io::stderr(), "{line}{conflicts}");
    }
}

/// The line of a block; none if it has no transactions that somebody paid for.
fn line(number: u32, receipts: &[StoredReceipt]) -> Option<String> {
    let paid: Vec<_> = receipts.iter().filter(|receipt| receipt.fee > 0).collect();
    if paid.is_empty() {
        return None;
    }
    let mut calls: BTreeMap<String, usize> = BTreeMap::new();
    for receipt in &paid {
        let failed = receipt.outcome.as_ref().err();
        let failed = failed.map_or(String::new(), |failure| format!(" failed {}", failure.code));
        let count =
            calls.entry(format!("{}.{}{failed}", receipt.pallet, receipt.call)).or_default();
        *count = count.saturating_add(1);
    }
    let calls = calls.into_iter().map(|(call, count)| match count {
        1 => call,
        count => format!("{call} x{count}"),
    });
    let calls: Vec<String> = calls.collect();
    Some(format!("#{number:<6} {:>5} tx   {}", paid.len(), calls.join(", ")))
}

#[cfg(test)]
mod tests {
    use althing_primitives::{Hash256, Weight};

    use super::*;
    use crate::chain::Failure;

    fn receipt(call: &str, outcome: Result<(), Failure>) -> StoredReceipt {
        StoredReceipt {
            hash: Hash256::default(),
            pallet: "Balances".into(),
            call: call.into(),
            weight: Weight::ZERO,
            fee: 1,
            outcome,
            events: Vec::new(),
        }
    }

    #[test]
    fn a_block_is_one_line_that_names_calls_and_refusals() {
        let failure = Failure {
            pallet: String::new(),
            name: String::new(),
            code: "BAL-101".into(),
            message: String::new(),
            values: Vec::new(),
            error: Vec::new(),
        };
        let receipts = [
            receipt("transfer_keep_alive", Ok(())),
            receipt("transfer_keep_alive", Ok(())),
            receipt("transfer_all", Err(failure)),
        ];
        assert_eq!(
            line(3, &receipts).unwrap(),
            "#3          3 tx   Balances.transfer_all failed BAL-101, Balances.transfer_keep_alive x2"
        );
        assert_eq!(line(4, &[]), None);
    }
}
