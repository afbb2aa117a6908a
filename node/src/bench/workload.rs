//! The workloads by name, and what each of them is.

use core::fmt;
use core::str::FromStr;

/// A kind of block. Names and definitions are those of the literature where it has one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Workload {
    /// Transfers between random members.
    BstmP2p,
    /// Reads and writes of plain rows.
    BstmRw,
    /// Transfers of which no two share a member.
    Disjoint,
    /// Each transfer depends on the one before.
    Chain,
    /// Transfers that mostly touch a few members.
    Hotspot,
    /// Votes on one referendum.
    DaoVote1,
    /// Votes on a hundred referenda.
    DaoVote100,
    /// Votes that are changed in the same block.
    DaoRevote,
    /// Deposits into the treasury's pot, and payouts from it.
    DaoTreasury,
    /// All of it together.
    DaoMix,
    /// Blocks of 1, 8 and 64 transfers.
    Tiny,
}

/// Text that names no workload.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("there is no workload called {name}; there are: {}", names())]
pub(crate) struct UnknownWorkload {
    name: String,
}

impl Workload {
    /// All of them, in the order in which they are listed and run.
    pub(crate) const ALL: [Self; 11] = [
        Self::BstmP2p,
        Self::BstmRw,
        Self::Disjoint,
        Self::Chain,
        Self::Hotspot,
        Self::DaoVote1,
        Self::DaoVote100,
        Self::DaoRevote,
        Self::DaoTreasury,
        Self::DaoMix,
        Self::Tiny,
    ];

    /// The name people type; upper and lower case are alike.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::BstmP2p => "bstm-p2p",
            Self::BstmRw => "bstm-rw",
            Self::Disjoint => "disjoint",
            Self::Chain => "chain",
            Self::Hotspot => "hotspot",
            Self::DaoVote1 => "dao-vote1",
            Self::DaoVote100 => "dao-vote100",
            Self::DaoRevote => "dao-revote",
            Self::DaoTreasury => "dao-treasury",
            Self::DaoMix => "dao-mix",
            Self::Tiny => "tiny",
        }
    }

    /// What a block of it holds.
    pub(crate) const fn about(self) -> &'static str {
        match self {
            Self::BstmP2p => {
                "transfers; sender and receiver uniform and distinct among --accounts (2, 10, 100, \
                 1000, 10000; default 10000), as in the Block-STM paper"
            }
            Self::BstmRw => {
                "a call of the benchmark's own that reads --reads rows and writes --writes of \
                 them (default 8 and 5, as Aptos p2p; Diem p2p is 21 and 4), between two of \
                 --accounts (default 10000)"
            }
            Self::Disjoint => "transfers of which no two share a sender or a receiver",
            Self::Chain => "transfers, each from the account that the one before paid",
            Self::Hotspot => {
                "transfers; each side is with a probability of 80 % one of the first 20 % of \
                 --accounts (default 10000)"
            }
            Self::DaoVote1 => {
                "votes of distinct members on one referendum, three convictions, two ayes to a \
                 nay"
            }
            Self::DaoVote100 => "the same votes on 100 referenda",
            Self::DaoRevote => {
                "each voter votes and then changes the vote, in one block (delegation is not part \
                 of this chain yet)"
            }
            Self::DaoTreasury => {
                "ten deposits into the treasury's pot to one payout of a pending spend (as many as can be \
                 pending); --dry lets the pot run dry in the middle of the block \
                 (approvals are enacted by referenda, after the transactions, so none are in it)"
            }
            Self::DaoMix => {
                "60 % transfers (both sides Zipf 1.0 over --accounts, default 100000), 30 % votes \
                 on 20 referenda, 10 % deposits and payouts; --barrier makes every 1000th an \
                 exclusive call"
            }
            Self::Tiny => "disjoint transfers in blocks of 1, 8 and 64; --transactions takes one",
        }
    }

    /// How many accounts it has unless it is told, or `None` if transactions decide.
    pub(crate) const fn accounts(self) -> Option<usize> {
        match self {
            Self::BstmP2p | Self::BstmRw | Self::Hotspot => Some(10_000),
            Self::DaoMix => Some(100_000),
            Self::Disjoint
            | Self::Chain
            | Self::DaoVote1
            | Self::DaoVote100
            | Self::DaoRevote
            | Self::DaoTreasury
            | Self::Tiny => None,
        }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Workload {
    type Err = UnknownWorkload;

    fn from_str(name: &str) -> Result<Self, UnknownWorkload> {
        let known = |one: &Self| one.name().eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(known).ok_or_else(|| UnknownWorkload { name: name.to_owned() })
    }
}

fn names() -> String {
    Workload::ALL.map(Workload::name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_is_found_by_its_name_in_any_case() {
        for workload in Workload::ALL {
            assert_eq!(workload.name().to_uppercase().parse(), Ok(workload));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_all_known_ones() {
        let refusal = "nosuch".parse::<Workload>().unwrap_err().to_string();
        assert!(Workload::ALL.iter().all(|one| refusal.contains(one.name())), "{refusal}");
    }
}
