//! What holds for any history.

use proptest::prelude::*;

use super::*;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Spend(Track, u8, u64),
    Block(Vec<Ask>),
    Void(SpendId),
    PayIn(u64),
    Wait(u16),
}

/// One call of a member.
#[derive(Clone, Debug)]
enum Ask {
    Payout(SpendId),
    Deposit(u64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let track = prop::sample::select(&Track::ALL[..6]);
    let millis = 0..300_000_u64;
    let ask = prop_oneof![
        3 => (0..40_u32).prop_map(Ask::Payout),
        1 => millis.clone().prop_map(Ask::Deposit),
    ];
    prop_oneof![
        4 => (track, 2..6_u8, millis.clone()).prop_map(|(on, to, much)| Step::Spend(on, to, much)),
        3 => prop::collection::vec(ask, 1..12).prop_map(Step::Block),
        1 => (0..40_u32).prop_map(Step::Void),
        2 => millis.prop_map(Step::PayIn),
        2 => (1..200_u16).prop_map(Step::Wait),
    ]
}

fn millis(amount: u64) -> Balance {
    Balance::from(amount) * (TOKEN / 1_000)
}

/// A block of calls. What is paid is what those calls say that succeed, and what a call finds left
/// is what those before it left.
fn block(chain: &mut TestChain, asks: &[Ask]) {
    let before = pot_balance(&chain.rows).unwrap();
    let mut left = payable(&chain.rows).unwrap();
    let (mut paid, mut received) = (0, 0);
    begin(chain);
    for ask in asks {
        match *ask {
            Ask::Payout(id) => {
                let pending = PENDING.get(&chain.rows, &id).unwrap();
                let needed = pending.map(|spend| spend.amount);
                let outcome = payout(chain, id);
                let is_short = outcome.as_ref().is_err_and(|error| error.code() == "TRE-108");
                assert_eq!(is_short, needed.is_some_and(|needed| needed > left));
                if outcome.is_ok() {
                    let amount = needed.unwrap();
                    paid += amount;
                    left -= amount;
                }
            }
            Ask::Deposit(much) => {
                let amount = millis(much);
                let outcome = chain.apply(Origin::Signed(ALICE), Call::Deposit { amount });
                received += if outcome.is_ok() { amount } else { 0 };
            }
        }
    }
    end(chain);
    assert_eq!(pot_balance(&chain.rows).unwrap(), before - paid + received);
}

fn apply(chain: &mut TestChain, step: &Step) {
    let _ = match *step {
        Step::Spend(track, to, much) => {
            chain.apply(Origin::Track(track), spend(AccountId([to; 32]), millis(much)))
        }
        Step::Block(ref asks) => {
            block(chain, asks);
            Ok(())
        }
        Step::Void(spend) => chain.apply(Origin::Track(Track::Root), Call::Void { spend }),
        Step::PayIn(much) => {
            pay_in(chain, millis(much));
            Ok(())
        }
        Step::Wait(blocks) => {
            finalize(chain, chain.number() + BlockNumber::from(blocks));
            Ok(())
        }
    };
}

proptest! {
    /// TR-I1 and TR-I4: whatever happens, funds are moved and not made, and the queue is exact.
    /// The balances' own check compares the issuance with what everybody holds.
    #[test]
    fn no_history_makes_funds_or_loses_a_spend(steps in prop::collection::vec(any_step(), 1..60)) {
        let mut chain = chain(100 * TOKEN);
        for step in &steps {
            apply(&mut chain, step);
            checked(&chain);
        }
    }

    /// TR-I3: no span of a period holds more than a budget, whenever the spends fall.
    #[test]
    fn no_span_of_a_period_exceeds_the_budget(
        period in 1..100_u32,
        spends in prop::collection::vec((0..40_u32, 1..10_u128), 1..120),
    ) {
        let mut chain = chain(0);
        let budget = Budget { cap_per_spend: 10, cap_per_period: 25, period };
        let genesis = Genesis { budgets: vec![(Track::SmallTipper, budget)] };
        chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();

        let mut granted = Vec::new();
        for (wait, amount) in spends {
            let now = chain.number() + wait;
            chain.go_to(now, 0);
            let charge = chain
                .apply_unrestricted(|tx| crate::budget::charge(tx, Track::SmallTipper, amount));
            if charge.is_ok() {
                granted.push((now, amount));
            }
            let span = granted.iter().filter(|(at, _)| at + period > now);
            let spent: Balance = span.map(|(_, amount)| amount).sum();
            prop_assert!(spent <= budget.cap_per_period, "{spent} in {period} blocks");
        }
    }

    /// After a slice more than the period, the whole budget is there again.
    #[test]
    fn a_budget_renews(start in 0..10_000_u32, period in 1..1_000_u32) {
        let mut chain = chain(0);
        let budget = Budget { cap_per_spend: 10, cap_per_period: 10, period };
        let genesis = Genesis { budgets: vec![(Track::SmallTipper, budget)] };
        chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();
        let mut charge_at = |at| {
            chain.go_to(at, 0);
            chain.apply_unrestricted(|tx| crate::budget::charge(tx, Track::SmallTipper, 10))
        };
        charge_at(start).unwrap();
        prop_assert!(charge_at(start + period - 1).is_err());
        charge_at(start + period + period.div_ceil(WINDOW_SLICES)).unwrap();
    }
}
