//! The committed key takes over, whatever became of the others.

use althing_frame::Call as _;
use althing_primitives::Hash256;

use super::*;
use crate::{CHANGES, KeyEntry, PENDING, RECOVERIES, next_commitment};

const SALT: [u8; 32] = [5; 32];
const ESCAPE: Authority = Authority::Escape { salt: SALT };

fn commitment(key: &Key) -> Hash256 {
    next_commitment(key.scheme, &key.pair.public, &SALT)
}

/// `key` enrolled, committed to `next`.
fn committed(key: &Key, next: &Key) -> TestChain {
    let mut chain = chain(&[key]);
    commit(&mut chain, key, next);
    chain
}

fn commit(chain: &mut TestChain, key: &Key, next: &Key) {
    let call = Call::CommitNext { next: Some(commitment(next)) };
    apply(chain, key.account(), call).unwrap();
}

/// The transaction in which `next` takes over: its turn, then its call.
fn escape(
    chain: &mut TestChain,
    account: AccountId,
    next: &Key,
    then: Option<Hash256>,
) -> Result<(), Invalid> {
    let resolved = find(chain, &account, &next.witness(), ESCAPE)?;
    let parent = chain.clone();
    turn_for(chain, &parent, &account, (&resolved, &next.witness()), ESCAPE)?;
    apply(chain, account, Call::Escape { salt: SALT, next: then }).unwrap();
    Ok(())
}

#[test]
fn a_commitment_is_the_specified_hash() {
    let mut bytes = b"althing:next:v1".to_vec();
    bytes.extend([4, 0]);
    bytes.extend([0x05, 0x01]);
    bytes.extend([7; 65]);
    bytes.extend(SALT);
    let expected = althing_primitives::blake2_256(&bytes);
    assert_eq!(next_commitment(SchemeId(4), &[7; 65], &SALT), expected);
}

#[test]
fn the_committed_key_takes_over_when_the_present_scheme_is_gone() {
    for state in [SchemeState::Frozen, SchemeState::Retired, SchemeState::Active] {
        let (key, other, next) =
            (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2), Key::new(ML_DSA_65, 3));
        let mut chain = chain(&[&key]);
        let account = key.account();
        let call = other.add(&chain, &account, None);
        apply(&mut chain, account, call).unwrap();
        commit(&mut chain, &key, &next);
        set_state(&mut chain, ML_DSA_44, state);
        let then = Some(Hash256([8; 32]));
        escape(&mut chain, account, &next, then).unwrap();

        let policy = policy(&chain, &account);
        assert_eq!(*policy.keys, [KeyEntry::owner(ML_DSA_65, next.handle(), None)]);
        assert_eq!((policy.threshold, policy.next, policy.rotation_nonce), (1, then, 3));
        assert_eq!(reserved(&chain, &account), next.deposit());
        let (scheme, handle) = (ML_DSA_65, next.handle());
        assert!(chain.has_event(&Event::Escaped { account, scheme, handle, rotation_nonce: 3 }));
        find(&chain, &account, &next.named(), Authority::Everyday).unwrap();
        for old in [&key, &other] {
            assert_eq!(KEYS.get(&chain.rows, &account, &old.handle()).unwrap(), None);
            find(&chain, &account, &old.named(), Authority::Everyday).unwrap_err();
        }
        // The commitment is spent.
        assert_eq!(escape(&mut chain, account, &next, None).unwrap_err().code(), "TX-112");
    }
}

#[test]
fn only_the_committed_key_with_its_salt_takes_over_and_only_so() {
    let (key, next, other) =
        (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2), Key::new(ML_DSA_65, 3));
    let chain = committed(&key, &next);
    let account = key.account();
    let wrong = |witness: &Signature, authority| {
        find(&chain, &account, witness, authority).unwrap_err().code()
    };
    assert_eq!(wrong(&other.witness(), ESCAPE), "TX-112");
    assert_eq!(wrong(&key.witness(), ESCAPE), "TX-112");
    assert_eq!(wrong(&key.named(), ESCAPE), "TX-112");
    assert_eq!(wrong(&next.named(), ESCAPE), "TX-112");
    assert_eq!(wrong(&next.witness(), Authority::Escape { salt: [6; 32] }), "TX-112");
    for authority in [
        Authority::Policy,
        Authority::Rotation,
        Authority::Vote,
        Authority::Everyday,
        Authority::Transfer(0),
    ] {
        assert_eq!(wrong(&next.witness(), authority), "TX-112");
    }
    find(&chain, &account, &next.witness(), ESCAPE).unwrap();
    assert_eq!(find(&chain, &next.account(), &next.witness(), ESCAPE).map(|_| ()), Ok(()));
}

#[test]
fn the_committed_keys_own_scheme_must_let_keys_rotate() {
    let (key, next) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = committed(&key, &next);
    let account = key.account();
    for state in [SchemeState::Proposed, SchemeState::Frozen, SchemeState::Retired] {
        set_state(&mut chain, ML_DSA_65, state);
        let outcome = find(&chain, &account, &next.witness(), ESCAPE);
        assert_eq!(outcome.unwrap_err().code(), "TX-111", "{state}");
    }
    for state in [SchemeState::Trial, SchemeState::Active, SchemeState::Deprecated] {
        set_state(&mut chain, ML_DSA_65, state);
        find(&chain, &account, &next.witness(), ESCAPE).unwrap();
    }
}

#[test]
fn an_account_without_commitment_has_no_escape() {
    let (key, next) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    assert_eq!(escape(&mut chain, account, &next, None).unwrap_err().code(), "TX-112");
    let outcome = apply(&mut chain, account, Call::Escape { salt: SALT, next: None });
    assert_eq!(outcome, refused(Error::NoCommitment { account }));
    let (stranger, call) = (next.account(), Call::CommitNext { next: None });
    let outcome = apply(&mut chain, stranger, call);
    assert_eq!(outcome, refused(Error::NoPolicy { account: stranger }));
}

#[test]
fn a_commitment_can_be_replaced_and_taken_back() {
    let (key, next) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = committed(&key, &next);
    let account = key.account();
    let (next_hash, rotation_nonce) = (Some(commitment(&next)), 1);
    assert!(chain.has_event(&Event::NextCommitted { account, next: next_hash, rotation_nonce }));
    apply(&mut chain, account, Call::CommitNext { next: None }).unwrap();
    assert_eq!(policy(&chain, &account).next, None);
    assert_eq!(escape(&mut chain, account, &next, None).unwrap_err().code(), "TX-112");
}

#[test]
fn an_escape_voids_an_announced_change_and_keeps_the_friends() {
    let (key, next, thief) =
        (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2), Key::new(ML_DSA_44, 3));
    let ann = Key::new(ML_DSA_44, 4);
    let mut chain = committed(&key, &next);
    let account = key.account();
    fund(&mut chain, ann.account(), FUNDS);
    let safe = PolicyDraft {
        next: Some(commitment(&next)),
        recovery: Some(friends(&[&ann], 1)),
        ..draft(vec![owner(&key, 1)], 1)
    };
    let call = set_policy(&chain, &account, safe, &[]);
    apply(&mut chain, account, call).unwrap();
    // The thief of the key announces another one.
    let call = thief.rotate(&chain, &account, &key);
    apply(&mut chain, account, call).unwrap();
    assert!(PENDING.contains(&chain.rows, &account).unwrap());
    escape(&mut chain, account, &next, None).unwrap();
    assert!(!PENDING.contains(&chain.rows, &account).unwrap());
    assert_eq!(CHANGES.get(&chain.rows, &account, &account).unwrap(), None);
    assert_eq!(reserved(&chain, &account), next.deposit());
    for _ in 0..10 {
        finish(&mut chain);
    }
    let policy = policy(&chain, &account);
    assert_eq!(policy.keys[0].handle, next.handle());
    assert_eq!(policy.recovery, Some(friends(&[&ann], 1)));
}

/// AC17: nor do friends, or whoever has their keys, take the account from its reserve key.
#[test]
fn an_escape_voids_recoveries_that_are_proposed_or_wait() {
    let (key, next) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let [ann, ben, new] = [3, 4, 5].map(|seed| Key::new(ML_DSA_44, seed));
    let account = key.account();
    for waits in [false, true] {
        let mut chain = committed(&key, &next);
        for friend in [&ann, &ben] {
            fund(&mut chain, friend.account(), FUNDS);
        }
        let safe = PolicyDraft {
            next: Some(commitment(&next)),
            recovery: Some(friends(&[&ann, &ben], 2)),
            ..draft(vec![owner(&key, 1)], 1)
        };
        let call = set_policy(&chain, &account, safe, &[]);
        apply(&mut chain, account, call).unwrap();
        let draft = draft(vec![owner(&new, 1)], 1);
        let (proofs, draft_hash) = (proofs(&chain, &account, &draft, &[&new]), draft.hash());
        let propose = Call::ProposeRecovery { account, draft, proofs };
        chain.joint = Some(Voice::of([ML_DSA_44, SchemeId::SLH_DSA_128S]));
        apply(&mut chain, ann.account(), propose).unwrap();
        let approve = Call::ApproveRecovery { account, draft_hash };
        if waits {
            apply(&mut chain, ben.account(), approve.clone()).unwrap();
        }
        assert_eq!(PENDING.contains(&chain.rows, &account).unwrap(), waits);
        escape(&mut chain, account, &next, None).unwrap();
        assert!(!PENDING.contains(&chain.rows, &account).unwrap());
        assert!(!RECOVERIES.contains(&chain.rows, &account).unwrap());
        let unknown = refused(Error::UnknownRecovery { draft_hash });
        assert_eq!(apply(&mut chain, ben.account(), approve), unknown);
        for _ in 0..10 {
            finish(&mut chain);
        }
        assert_eq!(policy(&chain, &account).keys[0].handle, next.handle());
        // The friend has the deposit back for the asking.
        apply(&mut chain, ann.account(), Call::WithdrawRecovery { account }).unwrap();
        assert_eq!(reserved(&chain, &ann.account()), 0);
    }
}

#[test]
fn an_escape_that_cannot_pay_its_key_is_refused_before_it_shows_it() {
    let (key, next) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = committed(&key, &next);
    let account = key.account();
    let resolved = find(&chain, &account, &next.witness(), ESCAPE).unwrap();
    // Keys of genesis have no deposit that could be freed.
    assert_eq!(resolved.deposit, next.deposit());
    let leave = TOKEN / 10;
    let dust = |tx: &mut althing_frame::Tx<'_>| {
        pallet_balances::burn(tx, &account, FUNDS - leave, pallet_balances::Existence::AllowDeath)
    };
    chain.apply_unrestricted(dust).unwrap();
    let (root, parent) = (chain.root(), chain.clone());
    let witness = next.witness();
    let outcome = turn_for(&mut chain, &parent, &account, (&resolved, &witness), ESCAPE);
    assert_eq!(outcome.unwrap_err().code(), "TX-103");
    assert_eq!(chain.root(), root);
}

#[test]
fn freed_deposits_pay_for_the_key_that_takes_over() {
    let (key, next) = (Key::new(ML_DSA_65, 1), Key::new(ML_DSA_44, 2));
    let mut chain = chain(&[]);
    let account = key.account();
    fund(&mut chain, account, FUNDS);
    let parent = chain.clone();
    let resolved = find(&chain, &account, &key.witness(), Authority::Everyday).unwrap();
    turn(&mut chain, &parent, &account, (&resolved, &key.witness())).unwrap();
    commit(&mut chain, &key, &next);
    let resolved = find(&chain, &account, &next.witness(), ESCAPE).unwrap();
    assert_eq!(resolved.deposit, 0);
}

#[test]
fn a_committed_key_that_is_in_the_policy_becomes_the_only_one() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    let call = other.add(&chain, &account, None);
    apply(&mut chain, account, call).unwrap();
    commit(&mut chain, &key, &other);
    escape(&mut chain, account, &other, None).unwrap();
    assert_eq!(policy(&chain, &account).keys.len(), 1);
    assert_eq!(reserved(&chain, &account), other.deposit());
}

#[test]
fn an_escape_takes_the_authority_that_its_salt_opens() {
    let call = Call::Escape { salt: SALT, next: None };
    assert_eq!(call.authority(), ESCAPE);
}
