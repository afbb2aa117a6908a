//! A4, B-I1 and B-I2 hold whatever members do, and what is refused changes nothing.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Transfer { from: AccountId, to: AccountId, amount: Balance, existence: Existence },
    TransferAll { from: AccountId, to: AccountId, existence: Existence },
    Reserve { who: AccountId, amount: Balance },
    Unreserve { who: AccountId, amount: Balance },
    Slash { who: AccountId, amount: Balance },
    Repatriate { from: AccountId, to: AccountId, amount: Balance },
    Lock { who: AccountId, id: u8, amount: Balance },
    Burn { who: AccountId, amount: Balance },
    Mint { who: AccountId, amount: Balance },
}

fn any_account() -> impl Strategy<Value = AccountId> {
    prop_oneof![Just(ALICE), Just(BOB), Just(CAROL), Just(AccountId([4; 32]))]
}

/// Amounts around the edges: nothing, the existential deposit, all, far too much.
fn any_amount() -> impl Strategy<Value = Balance> {
    prop_oneof![
        8 => 0..12 * ED,
        2 => (0..12_u128).prop_map(|count| count.saturating_mul(ED)),
        2 => ED - 2..ED + 2,
        1 => Just(Balance::MAX),
    ]
}

fn any_existence() -> impl Strategy<Value = Existence> {
    prop_oneof![Just(Existence::KeepAlive), Just(Existence::AllowDeath)]
}

fn any_step() -> impl Strategy<Value = Step> {
    let one = || (any_account(), any_amount());
    let two = || (any_account(), any_account(), any_amount());
    prop_oneof![
        (two(), any_existence()).prop_map(|((from, to, amount), existence)| Step::Transfer {
            from,
            to,
            amount,
            existence
        }),
        (any_account(), any_account(), any_existence())
            .prop_map(|(from, to, existence)| Step::TransferAll { from, to, existence }),
        one().prop_map(|(who, amount)| Step::Reserve { who, amount }),
        one().prop_map(|(who, amount)| Step::Unreserve { who, amount }),
        one().prop_map(|(who, amount)| Step::Slash { who, amount }),
        two().prop_map(|(from, to, amount)| Step::Repatriate { from, to, amount }),
        (one(), 0..10_u8).prop_map(|((who, amount), id)| Step::Lock { who, id, amount }),
        one().prop_map(|(who, amount)| Step::Burn { who, amount }),
        one().prop_map(|(who, amount)| Step::Mint { who, amount }),
    ]
}

impl Step {
    fn declare(&self, access: &mut Access) {
        match self {
            Self::Transfer { from, to, .. } | Self::TransferAll { from, to, .. } => {
                transfer_access(access, from, to);
            }
            Self::Reserve { who, .. } | Self::Unreserve { who, .. } => reserve_access(access, who),
            Self::Slash { who, .. } => slash_reserved_access(access, who),
            Self::Repatriate { from, to, .. } => repatriate_reserved_access(access, from, to),
            Self::Lock { who, .. } => lock_access(access, who),
            Self::Burn { who, .. } => burn_access(access, who),
            Self::Mint { who, .. } => mint_access(access, who),
        }
    }

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        match self {
            Self::Transfer { from, to, amount, existence } => {
                transfer(tx, from, to, *amount, *existence)
            }
            Self::TransferAll { from, to, existence } => {
                transfer_all(tx, from, to, *existence).map(|_| ())
            }
            Self::Reserve { who, amount } => reserve(tx, who, *amount),
            Self::Unreserve { who, amount } => unreserve(tx, who, *amount),
            Self::Slash { who, amount } => slash_reserved(tx, who, *amount),
            Self::Repatriate { from, to, amount } => repatriate_reserved(tx, from, to, *amount),
            Self::Lock { who, id, amount } => set_lock(tx, who, [*id; 8], *amount),
            Self::Burn { who, amount } => burn(tx, who, *amount, Existence::AllowDeath),
            Self::Mint { who, amount } => mint(tx, who, *amount),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The invariants hold after every step; a refusal is a rule, never a fault, and leaves no
    /// trace.
    #[test]
    fn funds_neither_appear_nor_vanish(steps in proptest::collection::vec(any_step(), 1..40)) {
        let mut chain = chain(&[(ALICE, 10 * ED), (BOB, 3 * ED), (CAROL, ED)]);
        for step in &steps {
            let before = chain.root();
            let outcome = confined(&mut chain, |access| step.declare(access), |tx| step.run(tx));
            if let Err(refusal) = outcome {
                prop_assert!(refusal.refusal().is_some(), "{step:?}: {refusal:?}");
                prop_assert_eq!(chain.root(), before);
            }
            prop_assert_eq!(check(&chain.rows, 0), Ok(()), "{:?}", step);
        }
    }

    /// What is called spendable can be transferred whole, and one unit more cannot.
    #[test]
    fn exactly_what_is_spendable_can_be_spent(
        steps in proptest::collection::vec(any_step(), 0..12),
        existence in any_existence(),
    ) {
        let mut chain = chain(&[(ALICE, 10 * ED), (BOB, 3 * ED), (CAROL, ED)]);
        for step in &steps {
            let _ = confined(&mut chain, |access| step.declare(access), |tx| step.run(tx));
        }
        let most = spendable(&chain.rows, &ALICE, existence).unwrap();
        let sink = AccountId([5; 32]);
        chain.apply_unrestricted(|tx| credit_sink(tx, &sink)).unwrap();
        let mut pay = |amount: Balance| {
            let declare = |access: &mut Access| transfer_access(access, &ALICE, &sink);
            confined(&mut chain, declare, |tx| transfer(tx, &ALICE, &sink, amount, existence))
        };
        if let Some(over) = most.checked_add(1) {
            prop_assert!(pay(over).is_err());
        }
        prop_assert!(pay(most).is_ok());
    }
}

/// An account that can receive any amount. Its funds are outside the issuance, so that making them
/// cannot overflow it.
fn credit_sink(tx: &mut Tx<'_>, sink: &AccountId) -> Result<(), DispatchError> {
    deposit(tx, sink, ED)
}
