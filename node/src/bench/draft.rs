//! What happens in the blocks of a workload, before anybody has a key or signs.
//!
//! A draft depends on the workload, its size and the seed alone, so it is the same everywhere.

use std::collections::BTreeSet;

use althing_primitives::{Balance, TOKEN};
use pallet_treasury::QUEUE_MAX;
use pallet_voting::{Ballot, Conviction};

use super::random::{Random, Zipf};
use super::workload::Workload;

/// What each pending spend pays.
pub(crate) const SPEND: Balance = 10 * TOKEN;
/// Deposits that come before each payout.
const DEPOSITS_PER_PAYOUT: usize = 10;
/// With a barrier, every so many transactions one runs alone.
const BARRIER_EVERY: usize = 1_000;

/// What a member does. Members are numbered from 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Action {
    /// Sends a little to another member.
    Pay { to: usize },
    /// Sends a little to the treasury.
    Deposit,
    /// Answers a referendum.
    Vote { referendum: u32, ballot: Ballot },
    /// Has a pending spend paid.
    Payout { spend: u32 },
    /// Opens a referendum: an exclusive call.
    Ask,
    /// Reads and writes plain rows of two members.
    Touch { to: usize },
}

/// A transaction to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Intent {
    /// Who sends it.
    pub(crate) from: usize,
    /// What it does.
    pub(crate) action: Action,
}

/// The variants of some workloads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Twist {
    /// The pot cannot pay all payouts of the block.
    pub(crate) dry: bool,
    /// Some transactions run alone.
    pub(crate) barrier: bool,
    /// Rows that a plain call reads, the written ones included.
    pub(crate) reads: usize,
    /// Rows that it writes.
    pub(crate) writes: usize,
}

impl Default for Twist {
    fn default() -> Self {
        Self { dry: false, barrier: false, reads: 8, writes: 5 }
    }
}

/// How large a workload is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Size {
    /// Members, unless the workload's own number is meant.
    pub(crate) accounts: Option<usize>,
    /// Transactions in each block.
    pub(crate) transactions: usize,
    /// Blocks, one after the other.
    pub(crate) blocks: usize,
    /// What chance begins with.
    pub(crate) seed: u64,
    /// Variants.
    pub(crate) twist: Twist,
}

/// The blocks, and what has to be there before them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Draft {
    /// How many members there are.
    pub(crate) accounts: usize,
    /// Open referenda.
    pub(crate) referenda: u32,
    /// Spends that wait for their payout, of [`SPEND`] each.
    pub(crate) spends: u32,
    /// What the treasury can pay.
    pub(crate) pot: Balance,
    /// The transactions of each block.
    pub(crate) blocks: Vec<Vec<Intent>>,
}

impl Draft {
    /// The blocks of `workload`.
    pub(crate) fn of(workload: Workload, size: &Size) -> Self {
        let accounts = accounts(workload, size);
        let (referenda, spends) = match workload {
            Workload::DaoVote1 | Workload::DaoRevote => (1, 0),
            Workload::DaoVote100 => (100, 0),
            Workload::DaoMix => (20, QUEUE_MAX),
            Workload::DaoTreasury => (0, QUEUE_MAX),
            Workload::BstmP2p
            | Workload::BstmRw
            | Workload::Disjoint
            | Workload::Chain
            | Workload::Hotspot
            | Workload::Tiny => (0, 0),
        };
        // All payouts of a block, twice over; or half of them.
        let payouts = (size.transactions / (DEPOSITS_PER_PAYOUT + 1)).min(QUEUE_MAX as usize);
        let pot = if size.twist.dry {
            SPEND.saturating_mul(payouts as u128 / 2).saturating_add(TOKEN)
        } else {
            SPEND.saturating_mul(2).saturating_mul(u128::from(QUEUE_MAX))
        };
        let mut author = Author {
            random: Random::new(size.seed),
            zipf: (workload == Workload::DaoMix).then(|| Zipf::new(accounts)),
            accounts,
            referenda,
            twist: size.twist,
            next_spend: 0,
        };
        let block = |_| author.block(workload, size.transactions);
        let blocks = (0..size.blocks).map(block).collect();
        Self { accounts, referenda, spends, pot, blocks }
    }

    /// How many votes of a block of first votes are none, since there are too few members.
    pub(crate) fn votes_again(&self, workload: Workload, transactions: usize) -> usize {
        if !matches!(workload, Workload::DaoVote1 | Workload::DaoVote100) {
            return 0;
        }
        let votes = self.blocks.first().into_iter().flatten();
        let first: BTreeSet<_> = votes
            .filter_map(|intent| match intent.action {
                Action::Vote { referendum, .. } => Some((intent.from, referendum)),
                _ => None,
            })
            .collect();
        transactions.saturating_sub(first.len())
    }
}

fn accounts(workload: Workload, size: &Size) -> usize {
    let own = || match workload {
        // A receiver for each sender.
        Workload::Disjoint | Workload::Tiny => size.transactions.saturating_mul(2),
        Workload::Chain => size.transactions.saturating_add(1),
        Workload::DaoRevote => size.transactions.div_ceil(2),
        _ => size.transactions,
    };
    size.accounts.or(workload.accounts()).unwrap_or_else(own).max(2)
}

/// Writes block after block.
struct Author {
    random: Random,
    zipf: Option<Zipf>,
    accounts: usize,
    referenda: u32,
    twist: Twist,
    next_spend: u32,
}

impl Author {
    fn block(&mut self, workload: Workload, transactions: usize) -> Vec<Intent> {
        (0..transactions).map(|at| self.intent(workload, (at, transactions))).collect()
    }

    fn intent(&mut self, workload: Workload, (at, of): (usize, usize)) -> Intent {
        let own = at % self.accounts;
        match workload {
            Workload::BstmP2p => self.between(Self::uniform, |to| Action::Pay { to }),
            Workload::BstmRw => self.between(Self::uniform, |to| Action::Touch { to }),
            Workload::Hotspot => self.between(Self::hot, |to| Action::Pay { to }),
            Workload::Disjoint | Workload::Tiny => {
                let half = self.accounts / 2;
                let from = at % half.max(1);
                Intent { from, action: Action::Pay { to: from.saturating_add(half) } }
            }
            Workload::Chain => {
                let to = own.saturating_add(1) % self.accounts;
                Intent { from: own, action: Action::Pay { to } }
            }
            Workload::DaoVote1 | Workload::DaoVote100 => {
                Intent { from: own, action: self.vote(at, false) }
            }
            Workload::DaoRevote => {
                // The first half of the block votes, the second half thinks again.
                let half = of.div_ceil(2).max(1);
                let from = (at % half) % self.accounts;
                Intent { from, action: self.vote(at % half, at >= half) }
            }
            Workload::DaoTreasury => Intent { from: own, action: self.treasury(at) },
            Workload::DaoMix => self.mixed(at),
        }
    }

    fn between(
        &mut self,
        pair: fn(&mut Self) -> (usize, usize),
        action: fn(usize) -> Action,
    ) -> Intent {
        let (from, to) = pair(self);
        Intent { from, action: action(to) }
    }

    fn uniform(&mut self) -> (usize, usize) {
        self.random.two_below(self.accounts)
    }

    fn hot(&mut self) -> (usize, usize) {
        let hot = (self.accounts / 5).max(1);
        let from = self.hot_one(hot);
        loop {
            let to = self.hot_one(hot);
            if to != from {
                return (from, to);
            }
            if self.accounts <= hot.saturating_add(1) {
                return self.uniform();
            }
        }
    }

    fn hot_one(&mut self, hot: usize) -> usize {
        if self.random.percent(80) {
            return self.random.below(hot);
        }
        let cold = self.accounts.saturating_sub(hot).max(1);
        hot.saturating_add(self.random.below(cold)).min(self.accounts.saturating_sub(1))
    }

    /// Three convictions, two ayes to a nay; the other side when it is changed.
    fn vote(&self, at: usize, changed: bool) -> Action {
        let conviction =
            [Conviction::Locked1x, Conviction::Locked2x, Conviction::Locked3x][at / 3 % 3];
        let aye = at.is_multiple_of(3) == changed;
        let referendum = u32::try_from(at).unwrap_or_default() % self.referenda.max(1);
        let ballot = Ballot::Standard { aye, balance: TOKEN, conviction };
        Action::Vote { referendum, ballot }
    }

    fn treasury(&mut self, at: usize) -> Action {
        let is_payout = at % (DEPOSITS_PER_PAYOUT + 1) == DEPOSITS_PER_PAYOUT;
        if !is_payout || self.next_spend >= QUEUE_MAX {
            return Action::Deposit;
        }
        let spend = self.next_spend;
        self.next_spend = spend.saturating_add(1);
        Action::Payout { spend }
    }

    fn mixed(&mut self, at: usize) -> Intent {
        let (from, to) = self.zipf_pair();
        if self.twist.barrier && at % BARRIER_EVERY == BARRIER_EVERY - 1 {
            return Intent { from, action: Action::Ask };
        }
        let action = match self.random.below(10) {
            0..6 => Action::Pay { to },
            6..9 => {
                let at = self.random.below(usize::from(u16::MAX));
                return Intent {
                    from: self.random.below(self.accounts),
                    action: self.vote(at, false),
                };
            }
            _ => self.treasury(at),
        };
        Intent { from, action }
    }

    fn zipf_pair(&mut self) -> (usize, usize) {
        let Some(zipf) = &self.zipf else { return self.random.two_below(self.accounts) };
        let from = zipf.pick(&mut self.random);
        loop {
            let to = zipf.pick(&mut self.random);
            if to != from {
                return (from, to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(transactions: usize) -> Size {
        Size { accounts: None, transactions, blocks: 2, seed: 1, twist: Twist::default() }
    }

    fn parties(intent: &Intent) -> Vec<usize> {
        match intent.action {
            Action::Pay { to } | Action::Touch { to } => vec![intent.from, to],
            _ => vec![intent.from],
        }
    }

    #[test]
    fn every_draft_is_as_long_as_asked_and_names_only_its_accounts() {
        for workload in Workload::ALL {
            let draft = Draft::of(workload, &size(100));
            assert_eq!(draft, Draft::of(workload, &size(100)), "{workload}");
            assert_eq!(draft.blocks.len(), 2);
            for block in &draft.blocks {
                assert_eq!(block.len(), 100, "{workload}");
                let known = |intent| parties(intent).iter().all(|one| *one < draft.accounts);
                assert!(block.iter().all(known), "{workload}");
            }
        }
    }

    #[test]
    fn disjoint_transfers_share_no_account_and_chained_ones_always_do() {
        let draft = Draft::of(Workload::Disjoint, &size(100));
        let all: Vec<_> = draft.blocks[0].iter().flat_map(parties).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());

        let draft = Draft::of(Workload::Chain, &size(100));
        for pair in draft.blocks[0].windows(2) {
            assert_eq!(parties(&pair[0])[1], pair[1].from);
        }
    }

    #[test]
    fn too_few_members_vote_again() {
        let again = |accounts, workload| {
            Draft::of(workload, &Size { accounts, ..size(100) }).votes_again(workload, 100)
        };
        assert_eq!(again(None, Workload::DaoVote1), 0);
        assert_eq!(again(Some(10), Workload::DaoVote1), 90);
        assert_eq!(again(Some(10), Workload::DaoVote100), 0);
        assert_eq!(again(Some(10), Workload::DaoRevote), 0);
    }

    #[test]
    fn two_accounts_are_enough_for_transfers() {
        for workload in [Workload::BstmP2p, Workload::Hotspot, Workload::DaoMix] {
            let draft = Draft::of(workload, &Size { accounts: Some(2), ..size(100) });
            assert_eq!(draft.accounts, 2, "{workload}");
        }
    }

    #[test]
    fn payouts_name_each_spend_once() {
        let draft = Draft::of(Workload::DaoTreasury, &size(25_000));
        let spends: Vec<_> = draft
            .blocks
            .iter()
            .flatten()
            .filter_map(|intent| match intent.action {
                Action::Payout { spend } => Some(spend),
                _ => None,
            })
            .collect();
        assert_eq!(spends, (0..QUEUE_MAX).collect::<Vec<_>>());
    }
}
