//! Every conviction, tally and lock of `specs/vectors/governance.json`.

#![expect(clippy::unwrap_used, reason = "test data that does not read must fail the test")]

use pallet_voting::{
    Ballot, Conviction, Delegations, LockLadder, LockStep, Ratio, Tally, TallyError,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    conviction: Vec<ConvictionRow>,
    conviction_votes: Vec<VotesRow>,
    tallies: Vec<Poll>,
    unlock_ladder: LadderCase,
}

#[derive(Deserialize)]
struct ConvictionRow {
    name: String,
    multiplier: String,
    lock_periods: u32,
}

#[derive(Deserialize)]
struct VotesRow {
    balance: u128,
    conviction: usize,
    votes: u128,
}

#[derive(Deserialize)]
struct Poll {
    id: String,
    #[serde(default)]
    active_issuance: u128,
    #[serde(default)]
    votes: Vec<Vote>,
    tally: Option<Expected>,
    #[serde(default)]
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Vote {
    kind: String,
    #[serde(default)]
    balance: u128,
    #[serde(default)]
    conviction: usize,
    #[serde(default)]
    aye: u128,
    #[serde(default)]
    nay: u128,
    #[serde(default)]
    abstain: u128,
}

#[derive(Deserialize)]
struct Expected {
    ayes: u128,
    nays: u128,
    support: u128,
    approval: Option<String>,
    support_ratio: Option<String>,
}

#[derive(Deserialize)]
struct Step {
    #[serde(rename = "do")]
    action: String,
    tally: Option<Expected>,
}

#[derive(Deserialize)]
struct LadderCase {
    locks: Vec<Lock>,
    locked_at: Vec<LockedAt>,
}

#[derive(Deserialize)]
struct Lock {
    amount: u128,
    until: u32,
}

#[derive(Deserialize)]
struct LockedAt {
    block: u32,
    locked: u128,
}

impl Vote {
    fn ballot(&self) -> Ballot {
        let (aye, nay, abstain) = (self.aye, self.nay, self.abstain);
        match self.kind.as_str() {
            "aye" | "nay" => Ballot::Standard {
                aye: self.kind == "aye",
                balance: self.balance,
                conviction: Conviction::ALL[self.conviction],
            },
            "split" => Ballot::Split { aye, nay },
            "split_abstain" => Ballot::SplitAbstain { aye, nay, abstain },
            other => panic!("unknown kind of vote {other}"),
        }
    }
}

impl Expected {
    fn tally(&self) -> Tally {
        Tally { ayes: self.ayes, nays: self.nays, support: self.support }
    }
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../specs/vectors/governance.json")).unwrap()
}

fn ratio(text: &str) -> Ratio {
    let (numerator, denominator) = text.split_once('/').unwrap();
    Ratio::new(numerator.parse().unwrap(), denominator.parse().unwrap()).unwrap()
}

#[test]
fn convictions_have_their_names_weights_and_periods() {
    let rows = vectors().conviction;
    assert_eq!(rows.len(), Conviction::ALL.len());
    for (row, conviction) in rows.iter().zip(Conviction::ALL) {
        assert_eq!(row.name, format!("{conviction:?}"));
        assert_eq!(row.lock_periods, conviction.lock_periods());
        let weight = conviction.votes(10).unwrap();
        assert_eq!(ratio(&row.multiplier), Ratio::new(weight, 10).unwrap());
    }
}

#[test]
fn votes_are_exact_multiples_or_the_tenth_rounded_down() {
    let rows = vectors().conviction_votes;
    assert_eq!(rows.len(), 7);
    for row in rows {
        assert_eq!(Conviction::ALL[row.conviction].votes(row.balance), Ok(row.votes));
    }
}

#[test]
fn t1_ballots_of_every_kind_add_up() {
    let poll = vectors().tallies.remove(0);
    assert_eq!(poll.id, "T1");
    let mut tally = Tally::default();
    for vote in &poll.votes {
        let contribution = vote.ballot().contribution(Delegations::default()).unwrap();
        tally = tally.checked_add(contribution).unwrap();
    }
    let expected = poll.tally.unwrap();
    assert_eq!(tally, expected.tally());
    assert_eq!(tally.approval().unwrap(), ratio(&expected.approval.unwrap()));
    assert_eq!(tally.support_of(poll.active_issuance, 0), ratio(&expected.support_ratio.unwrap()));
}

#[test]
fn t2_a_delegator_who_votes_takes_the_delegated_weight_out_of_that_poll() {
    let poll = vectors().tallies.remove(1);
    assert_eq!(poll.id, "T2");
    let after = |step: usize| poll.steps[step].tally.as_ref().unwrap().tally();
    assert!(poll.steps[0].action.starts_with("bob delegates 200 at Locked3x to alice"));

    let bob = Delegations::of(200, Conviction::Locked3x).unwrap();
    let alice = Ballot::Standard { aye: true, balance: 100, conviction: Conviction::Locked1x };
    let mut tally = alice.contribution(bob).unwrap();
    assert_eq!(tally, after(1));

    let own = Ballot::Standard { aye: false, balance: 50, conviction: Conviction::Locked1x };
    let own = own.contribution(Delegations::default()).unwrap();
    tally = tally.checked_sub(alice.carried(bob)).unwrap().checked_add(own).unwrap();
    assert_eq!(tally, after(2));

    tally = tally.checked_sub(own).unwrap().checked_add(alice.carried(bob)).unwrap();
    assert_eq!(tally, after(3));

    // The delegate turns to a split ballot: the delegated weight is on neither side.
    let turned = Ballot::Split { aye: 60, nay: 40 }.contribution(bob).unwrap();
    let before = alice.contribution(bob).unwrap();
    tally = tally.checked_sub(before).unwrap().checked_add(turned).unwrap();
    assert_eq!(tally, Tally { ayes: 6, nays: 4, support: 60 });
}

#[test]
fn t3_a_long_lock_of_little_does_not_prolong_a_short_lock_of_much() {
    let case = vectors().unlock_ladder;
    let mut ladder = LockLadder::new();
    for lock in &case.locks {
        ladder.add(LockStep { amount: lock.amount, until: lock.until }).unwrap();
    }
    assert_eq!(ladder.steps().len(), 2);
    assert_eq!(case.locked_at.len(), 4);
    for row in case.locked_at {
        assert_eq!(ladder.locked_at(row.block), row.locked, "block {}", row.block);
    }
}

#[test]
fn a_weight_above_128_bits_is_refused() {
    let balance = u128::MAX / 6 + 1;
    let conviction = Conviction::Locked6x;
    assert_eq!(conviction.votes(balance), Err(TallyError::TooManyVotes { balance, conviction }));
}
