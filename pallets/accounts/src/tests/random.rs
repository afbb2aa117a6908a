//! Random sequences of changes, with the invariants after each (AC-I1, AC-I2, AC-I6, AC-I7).

use proptest::prelude::*;

use super::*;
use crate::next_commitment;

const SALT: [u8; 32] = [0; 32];

/// One thing that somebody does; small numbers name keys, members and shapes.
#[derive(Clone, Debug)]
enum Step {
    Rotate { old: usize, new: usize },
    Add { new: usize, expires: bool },
    Remove(usize),
    Set { first: usize, second: usize, shape: u8 },
    Commit(Option<usize>),
    Escape(usize),
    Object(usize),
    CancelChange,
    Propose { by: usize, new: usize },
    Approve { by: usize, new: usize },
    CancelRecovery,
    Withdraw(usize),
    Pass(u8),
    Close(u8),
}

fn any_step() -> impl Strategy<Value = Step> {
    let key = || 0_usize..5;
    let friend = || 0_usize..3;
    prop_oneof![
        1 => (key(), key()).prop_map(|(old, new)| Step::Rotate { old, new }),
        1 => (key(), any::<bool>()).prop_map(|(new, expires)| Step::Add { new, expires }),
        1 => key().prop_map(Step::Remove),
        3 => (key(), key(), 0_u8..6)
            .prop_map(|(first, second, shape)| Step::Set { first, second, shape }),
        1 => prop::option::of(key()).prop_map(Step::Commit),
        1 => key().prop_map(Step::Escape),
        1 => friend().prop_map(Step::Object),
        1 => Just(Step::CancelChange),
        2 => (friend(), key()).prop_map(|(by, new)| Step::Propose { by, new }),
        2 => (friend(), key()).prop_map(|(by, new)| Step::Approve { by, new }),
        1 => Just(Step::CancelRecovery),
        1 => friend().prop_map(Step::Withdraw),
        3 => (1_u8..7).prop_map(Step::Pass),
        1 => (0_u8..4).prop_map(Step::Close),
    ]
}

struct World {
    chain: TestChain,
    keys: Vec<Key>,
    friends: Vec<Key>,
    account: AccountId,
}

impl World {
    fn new() -> Self {
        let scheme = |seed: u8| if seed.is_multiple_of(2) { ML_DSA_44 } else { ML_DSA_65 };
        let keys: Vec<_> = (0..5).map(|seed| Key::new(scheme(seed), seed + 1)).collect();
        let friends: Vec<_> = (10..13).map(|seed| Key::new(scheme(seed), seed)).collect();
        let members: Vec<_> = keys.iter().take(1).chain(&friends).collect();
        let (chain, account) = (chain(&members), keys[0].account());
        Self { chain, keys, friends, account }
    }

    fn draft(&self, first: usize, second: usize, shape: u8) -> (PolicyDraft, Vec<&Key>) {
        let second_key = match shape {
            0 => None,
            1 => Some(KeyDraft { scopes: Scopes::VOTE, ..owner(&self.keys[second], 1) }),
            2 => Some(KeyDraft {
                expires: Some(self.chain.block.number + 9),
                ..owner(&self.keys[second], 1)
            }),
            _ => Some(owner(&self.keys[second], 1)),
        };
        let keys: Vec<_> = [owner(&self.keys[first], 1)].into_iter().chain(second_key).collect();
        let threshold = if shape == 4 { 2 } else { 1 };
        let all: Vec<_> = self.friends.iter().collect();
        let recovery = (shape >= 3).then(|| friends(&all, 2));
        let next = Some(next_commitment(ML_DSA_44, &self.keys[4].pair.public, &SALT));
        let draft = PolicyDraft { next, recovery, ..draft(keys, threshold) };
        let present = POLICIES.get(&self.chain.rows, &self.account).unwrap().unwrap();
        let is_new = |key: &&Key| {
            draft.keys.iter().any(|one| one.handle() == key.handle())
                && present.key(key.handle()).is_none()
        };
        let mut new: Vec<_> = self.keys.iter().filter(is_new).collect();
        new.sort_by_key(|key| draft.keys.iter().position(|one| one.handle() == key.handle()));
        (draft, new)
    }

    fn call(&self, step: &Step) -> Option<(AccountId, Call)> {
        let (chain, account) = (&self.chain, self.account);
        let key = |at: usize| &self.keys[at];
        let friend = |at: usize| self.friends[at].account();
        let recovery = |new: usize| self.draft(new, 0, 0);
        Some(match *step {
            Step::Rotate { old, new } => (account, key(new).rotate(chain, &account, key(old))),
            Step::Add { new, expires } => {
                let expires = expires.then_some(chain.block.number + 3);
                (account, key(new).add(chain, &account, expires))
            }
            Step::Remove(at) => (account, Call::RemoveKey { handle: key(at).handle() }),
            Step::Set { first, second, shape } => {
                let (draft, new) = self.draft(first, second, shape);
                (account, set_policy(chain, &account, draft, &new))
            }
            Step::Commit(next) => {
                let commit =
                    |at: usize| next_commitment(key(at).scheme, &key(at).pair.public, &SALT);
                (account, Call::CommitNext { next: next.map(commit) })
            }
            Step::Object(by) => (friend(by), Call::Object { account }),
            Step::CancelChange => (account, Call::CancelChange {}),
            Step::Propose { by, new } => {
                let (draft, new) = recovery(new);
                let proofs = proofs(chain, &account, &draft, &new);
                (friend(by), Call::ProposeRecovery { account, draft, proofs })
            }
            Step::Approve { by, new } => {
                let draft_hash = recovery(new).0.hash();
                (friend(by), Call::ApproveRecovery { account, draft_hash })
            }
            Step::CancelRecovery => (account, Call::CancelRecovery {}),
            Step::Withdraw(by) => (friend(by), Call::WithdrawRecovery { account }),
            Step::Escape(_) | Step::Pass(_) | Step::Close(_) => return None,
        })
    }

    fn take(&mut self, step: &Step) {
        let account = self.account;
        match *step {
            Step::Escape(at) => {
                let (authority, key) = (Authority::Escape { salt: SALT }, &self.keys[at]);
                let witness = key.witness();
                if let Ok(resolved) = find(&self.chain, &account, &witness, authority) {
                    let parent = self.chain.clone();
                    let transaction = (&resolved, &witness);
                    turn_for(&mut self.chain, &parent, &account, transaction, authority).unwrap();
                    let call = Call::Escape { salt: SALT, next: None };
                    apply(&mut self.chain, account, call).unwrap();
                }
            }
            Step::Pass(blocks) => (0..blocks).for_each(|_| finish(&mut self.chain)),
            Step::Close(to) => {
                let states = [SchemeState::Active, SchemeState::Deprecated, SchemeState::Frozen];
                let state = states.get(usize::from(to)).copied().unwrap_or(SchemeState::Active);
                set_state(&mut self.chain, ML_DSA_65, state);
            }
            _ => {
                let (who, call) = self.call(step).unwrap();
                // Refusals are as welcome as changes: `apply` holds both to the invariants.
                let outcome = apply(&mut self.chain, who, call);
                let code = outcome.as_ref().map_or_else(DispatchError::code, |()| "");
                assert!(!code.starts_with("SYS"), "{step:?}: {outcome:?}");
            }
        }
    }

    /// What accounts have set aside is what their keys, changes and recoveries cost.
    fn deposits_add_up(&self) {
        let rows = &self.chain.rows;
        for who in [&self.account]
            .into_iter()
            .chain(&self.friends.iter().map(Key::account).collect::<Vec<_>>())
        {
            let kept = KEYS.list_of(rows, who).unwrap();
            let kept: Balance = kept.iter().map(|(_, key)| key.deposit).sum();
            let change = crate::CHANGES.get(rows, &self.account, who).unwrap();
            let change = change.map_or(0, |change| change.deposit);
            assert_eq!(reserved(&self.chain, who), kept + change);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_changes_breaks_an_invariant(steps in prop::collection::vec(any_step(), 1..24)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
            world.deposits_add_up();
        }
    }
}
