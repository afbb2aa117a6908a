//! Friends give an account new keys together.

use althing_primitives::Hash256;

use super::*;
use crate::{CHANGES, KeyEntry, PENDING, RECOVERIES, RECOVERY_DEPOSIT};

const SLH: SchemeId = SchemeId::SLH_DSA_128S;

struct Cast {
    chain: TestChain,
    lost: Key,
    ann: Key,
    ben: Key,
    cid: Key,
    new: Key,
}

/// An account that two of three friends may recover.
fn cast() -> Cast {
    let [lost, ann, ben, cid, new] = [1, 2, 3, 4, 5].map(|seed| Key::new(ML_DSA_44, seed));
    let mut chain = befriended(&lost, &[&ann, &ben, &cid], 2);
    // Who says nothing else signs on two assumptions.
    chain.joint = Some(Voice::of([ML_DSA_44, SLH]));
    Cast { chain, lost, ann, ben, cid, new }
}

fn propose(chain: &TestChain, account: AccountId, new: &Key) -> (Call, Hash256) {
    let draft = draft(vec![owner(new, 1)], 1);
    let (proofs, hash) = (proofs(chain, &account, &draft, &[new]), draft.hash());
    (Call::ProposeRecovery { account, draft, proofs }, hash)
}

/// Make `call` with a key whose scheme answers for it.
fn with_voice(
    chain: &mut TestChain,
    voice: SchemeId,
    account: AccountId,
    call: Call,
) -> Result<(), DispatchError> {
    with_voices(chain, &[voice], account, call)
}

/// Make `call` with keys whose schemes answer for it together.
fn with_voices(
    chain: &mut TestChain,
    schemes: &[SchemeId],
    account: AccountId,
    call: Call,
) -> Result<(), DispatchError> {
    chain.joint = Some(Voice::of(schemes.iter().copied()));
    apply(chain, account, call)
}

fn wait(chain: &mut TestChain) {
    for _ in 0..=DELAY_FAST {
        finish(chain);
    }
}

#[test]
fn friends_give_a_lost_account_new_keys_after_the_delay() {
    let Cast { mut chain, lost, ann, ben, new, .. } = cast();
    let account = lost.account();
    let (call, draft_hash) = propose(&chain, account, &new);
    with_voice(&mut chain, ML_DSA_44, ann.account(), call).unwrap();
    let (proposer, deposit) = (ann.account(), RECOVERY_DEPOSIT + new.deposit());
    assert!(chain.has_event(&Event::RecoveryProposed { account, proposer, draft_hash, deposit }));
    assert_eq!(reserved(&chain, &proposer), deposit);
    assert!(!PENDING.contains(&chain.rows, &account).unwrap());
    let approve = Call::ApproveRecovery { account, draft_hash };
    with_voice(&mut chain, SLH, ben.account(), approve).unwrap();
    let (friend, approvals) = (ben.account(), 2);
    assert!(chain.has_event(&Event::RecoveryApproved { account, friend, draft_hash, approvals }));
    find(&chain, &account, &lost.named(), Authority::Everyday).unwrap();
    wait(&mut chain);
    let policy = policy(&chain, &account);
    assert_eq!(*policy.keys, [KeyEntry::owner(ML_DSA_44, new.handle(), None)]);
    assert_eq!(policy.rotation_nonce, 2);
    find(&chain, &account, &lost.named(), Authority::Everyday).unwrap_err();
    find(&chain, &account, &new.named(), Authority::Everyday).unwrap();
    assert_eq!((reserved(&chain, &account), reserved(&chain, &proposer)), (new.deposit(), 0));
    assert!(!RECOVERIES.contains(&chain.rows, &account).unwrap());
    assert_eq!(CHANGES.get(&chain.rows, &account, &proposer).unwrap(), None);
}

#[test]
fn approvals_on_one_assumption_are_not_enough() {
    let Cast { mut chain, lost, ann, ben, cid, new } = cast();
    let account = lost.account();
    let (call, draft_hash) = propose(&chain, account, &new);
    let approve = || Call::ApproveRecovery { account, draft_hash };
    with_voice(&mut chain, ML_DSA_44, ann.account(), call).unwrap();
    with_voice(&mut chain, ML_DSA_65, ben.account(), approve()).unwrap();
    assert!(!PENDING.contains(&chain.rows, &account).unwrap());
    with_voice(&mut chain, SLH, cid.account(), approve()).unwrap();
    assert!(PENDING.contains(&chain.rows, &account).unwrap());
}

#[test]
fn a_friend_who_signs_on_two_assumptions_counts_for_both() {
    let Cast { mut chain, lost, ann, ben, new, .. } = cast();
    let account = lost.account();
    let (call, draft_hash) = propose(&chain, account, &new);
    with_voice(&mut chain, ML_DSA_44, ann.account(), call).unwrap();
    let approve = Call::ApproveRecovery { account, draft_hash };
    with_voices(&mut chain, &[ML_DSA_44, SLH], ben.account(), approve).unwrap();
    assert!(PENDING.contains(&chain.rows, &account).unwrap());
}

/// AC21: one assumption stays one, however many keys rest on it.
#[test]
fn a_friend_who_signs_under_two_lattices_counts_for_one_assumption() {
    let Cast { mut chain, lost, ann, ben, cid, new } = cast();
    let account = lost.account();
    let (call, draft_hash) = propose(&chain, account, &new);
    let approve = || Call::ApproveRecovery { account, draft_hash };
    let lattices = [ML_DSA_44, ML_DSA_65];
    with_voices(&mut chain, &lattices, ann.account(), call).unwrap();
    with_voices(&mut chain, &lattices, ben.account(), approve()).unwrap();
    assert!(!PENDING.contains(&chain.rows, &account).unwrap());
    with_voice(&mut chain, SLH, cid.account(), approve()).unwrap();
    assert!(PENDING.contains(&chain.rows, &account).unwrap());
}

#[test]
fn one_friend_who_suffices_needs_one_assumption() {
    let [lost, ann, new] = [1, 2, 3].map(|seed| Key::new(ML_DSA_44, seed));
    let mut chain = befriended(&lost, &[&ann], 1);
    let account = lost.account();
    let (call, _) = propose(&chain, account, &new);
    with_voice(&mut chain, ML_DSA_44, ann.account(), call).unwrap();
    wait(&mut chain);
    assert_eq!(policy(&chain, &account).keys[0].handle, new.handle());
}

#[test]
fn the_owners_cancel_recoveries_proposed_or_announced() {
    let Cast { mut chain, lost, ann, ben, new, .. } = cast();
    let account = lost.account();
    let nothing = refused(Error::NoRecoveryProposed { account });
    assert_eq!(apply(&mut chain, account, Call::CancelRecovery {}), nothing);
    let (call, draft_hash) = propose(&chain, account, &new);
    apply(&mut chain, ann.account(), call).unwrap();
    let approve = || Call::ApproveRecovery { account, draft_hash };
    for announced in [true, false] {
        let mut chain = chain.clone();
        if announced {
            apply(&mut chain, ben.account(), approve()).unwrap();
            let outcome = apply(&mut chain, account, Call::CancelChange {});
            assert_eq!(outcome, refused(Error::NoChange { account }));
        }
        apply(&mut chain, account, Call::CancelRecovery {}).unwrap();
        assert!(chain.has_event(&Event::RecoveryCancelled { account }));
        assert!(!PENDING.contains(&chain.rows, &account).unwrap());
        let unknown = refused(Error::UnknownRecovery { draft_hash });
        assert_eq!(apply(&mut chain, ben.account(), approve()), unknown);
        wait(&mut chain);
        assert_eq!(policy(&chain, &account).keys[0].handle, lost.handle());
        // The friend fetches the deposit, and may propose again.
        let again = propose(&chain, account, &new).0;
        let already = refused(Error::ProposedAlready { account });
        assert_eq!(apply(&mut chain, ann.account(), again.clone()), already);
        apply(&mut chain, ann.account(), Call::WithdrawRecovery { account }).unwrap();
        let (proposer, deposit) = (ann.account(), RECOVERY_DEPOSIT + new.deposit());
        assert!(chain.has_event(&Event::RecoveryWithdrawn { account, proposer, deposit }));
        assert_eq!(reserved(&chain, &proposer), 0);
        apply(&mut chain, ann.account(), again).unwrap();
    }
}

#[test]
fn friends_who_decide_object_to_what_the_present_keys_wanted() {
    let Cast { mut chain, lost, ann, ben, cid, new } = cast();
    let account = lost.account();
    let call = cid.rotate(&chain, &account, &lost);
    apply(&mut chain, account, call).unwrap();
    let (call, draft_hash) = propose(&chain, account, &new);
    apply(&mut chain, ann.account(), call).unwrap();
    apply(&mut chain, ben.account(), Call::ApproveRecovery { account, draft_hash }).unwrap();
    assert_eq!(reserved(&chain, &account), 0);
    let pending = refused(Error::ChangePending { effective_at: 1 + DELAY_FAST });
    assert_eq!(apply(&mut chain, account, Call::CommitNext { next: None }), pending);
    let withdraw = Call::WithdrawRecovery { account };
    assert_eq!(apply(&mut chain, ann.account(), withdraw), pending);
    let approve = Call::ApproveRecovery { account, draft_hash };
    assert_eq!(apply(&mut chain, cid.account(), approve), pending);
    wait(&mut chain);
    assert_eq!(policy(&chain, &account).keys[0].handle, new.handle());
}

#[test]
fn friends_may_object_to_other_friends_recovery() {
    let Cast { mut chain, lost, ann, ben, cid, new } = cast();
    let account = lost.account();
    let (call, draft_hash) = propose(&chain, account, &new);
    apply(&mut chain, ann.account(), call).unwrap();
    apply(&mut chain, ben.account(), Call::ApproveRecovery { account, draft_hash }).unwrap();
    for friend in [&cid, &ben] {
        apply(&mut chain, friend.account(), Call::Object { account }).unwrap();
    }
    assert!(!PENDING.contains(&chain.rows, &account).unwrap());
    assert!(!RECOVERIES.contains(&chain.rows, &account).unwrap());
    apply(&mut chain, ann.account(), Call::WithdrawRecovery { account }).unwrap();
    assert_eq!(reserved(&chain, &ann.account()), 0);
}

#[test]
fn a_change_of_the_policy_ends_the_recoveries_under_the_old_one() {
    let Cast { mut chain, lost, ann, ben, new, .. } = cast();
    let account = lost.account();
    let (call, draft_hash) = propose(&chain, account, &new);
    apply(&mut chain, ann.account(), call).unwrap();
    apply(&mut chain, account, Call::CommitNext { next: None }).unwrap();
    wait(&mut chain);
    let approve = Call::ApproveRecovery { account, draft_hash };
    let unknown = refused(Error::UnknownRecovery { draft_hash });
    assert_eq!(apply(&mut chain, ben.account(), approve), unknown);
}

#[test]
fn what_is_no_recovery_is_refused() {
    let Cast { mut chain, lost, ann, ben, cid, new } = cast();
    let (account, who) = (lost.account(), new.account());
    let (call, draft_hash) = propose(&chain, account, &new);
    let approve = || Call::ApproveRecovery { account, draft_hash };
    let stranger = refused(Error::NotFriend { account, who });
    assert_eq!(apply(&mut chain, who, call.clone()), stranger);
    assert_eq!(apply(&mut chain, who, approve()), stranger);
    let unknown = refused(Error::UnknownRecovery { draft_hash });
    assert_eq!(apply(&mut chain, ann.account(), approve()), unknown);
    let nothing = refused(Error::NoRecoveryProposed { account });
    let withdraw = || Call::WithdrawRecovery { account };
    assert_eq!(apply(&mut chain, ann.account(), withdraw()), nothing);
    // An own change that waits is not a recovery.
    let mut announced = chain.clone();
    apply(&mut announced, account, Call::CommitNext { next: None }).unwrap();
    assert_eq!(
        apply(&mut announced, account, withdraw()),
        refused(Error::ChangePending { effective_at: 6 })
    );

    let draft = draft(vec![owner(&new, 1)], 1);
    let proofs = proofs(&chain, &account, &draft, &[&cid]);
    let forged = Call::ProposeRecovery { account, draft, proofs };
    let outcome = apply(&mut chain, ann.account(), forged);
    assert_eq!(outcome.unwrap_err().code(), "ACC-110");
    apply(&mut chain, ann.account(), call.clone()).unwrap();
    let who = ann.account();
    assert_eq!(apply(&mut chain, who, approve()), refused(Error::SaidAlready { who }));
    let already = refused(Error::ProposedAlready { account });
    assert_eq!(apply(&mut chain, ben.account(), call), already);
    let (other, _) = propose(&chain, account, &cid);
    assert_eq!(apply(&mut chain, ann.account(), other), already);
    let outcome = apply(
        &mut chain,
        lost.account(),
        Call::ApproveRecovery { account: cid.account(), draft_hash },
    );
    assert_eq!(outcome, refused(Error::NoRecovery { account: cid.account() }));
}

#[test]
fn a_friend_lends_what_the_account_lacks_for_its_new_keys() {
    let Cast { mut chain, lost, ann, ben, new, .. } = cast();
    let account = lost.account();
    chain
        .apply_unrestricted(|tx| {
            pallet_balances::burn(tx, &account, FUNDS, pallet_balances::Existence::AllowDeath)
        })
        .unwrap();
    assert_eq!(pallet_balances::total(&chain.rows, &account).unwrap(), 0);
    let (call, draft_hash) = propose(&chain, account, &new);
    apply(&mut chain, ann.account(), call).unwrap();
    apply(&mut chain, ben.account(), Call::ApproveRecovery { account, draft_hash }).unwrap();
    wait(&mut chain);
    assert_eq!(policy(&chain, &account).keys[0].handle, new.handle());
    let lent = new.deposit() + pallet_balances::EXISTENTIAL_DEPOSIT;
    assert_eq!(pallet_balances::total(&chain.rows, &account).unwrap(), lent);
    assert_eq!(pallet_balances::total(&chain.rows, &ann.account()).unwrap(), FUNDS - lent);
    assert_eq!(reserved(&chain, &ann.account()), 0);
}

#[test]
fn a_recovery_whose_scheme_closed_meanwhile_is_dropped() {
    let [lost, ann] = [1, 2].map(|seed| Key::new(ML_DSA_44, seed));
    let new = Key::new(ML_DSA_65, 3);
    let mut chain = befriended(&lost, &[&ann], 1);
    let account = lost.account();
    let (call, _) = propose(&chain, account, &new);
    apply(&mut chain, ann.account(), call).unwrap();
    set_state(&mut chain, ML_DSA_65, SchemeState::Deprecated);
    wait(&mut chain);
    assert!(chain.has_event(&Event::ChangeDropped { account, pallet: 4, error: 6 }));
    assert_eq!(reserved(&chain, &ann.account()), 0);
    assert!(!RECOVERIES.contains(&chain.rows, &account).unwrap());
}

/// AC13: friends and owners whose scheme has had its sunset still stand up for an account.
#[test]
fn after_the_sunset_friends_object_and_approve_and_owners_cancel() {
    let Cast { mut chain, lost, ann, ben, cid, .. } = cast();
    let account = lost.account();
    let scheme = ML_DSA_44;
    let deprecate = pallet_crypto_registry::Call::Deprecate { scheme, sunset_after: Some(20) };
    chain.apply(Origin::Track(deprecate.track()), deprecate).unwrap();
    chain.apply_unrestricted(|tx| pallet_system::NUMBER.put(tx, &20)).unwrap();
    chain.block.number = 21;
    let by = |chain: &mut TestChain, key: &Key, call: Call| {
        let account = key.account();
        find(chain, &account, &key.named(), Authority::Everyday).unwrap_err();
        let authority = althing_frame::Call::authority(&call);
        let resolved = find(chain, &account, &key.named(), authority).unwrap();
        let parent = chain.clone();
        turn_for(chain, &parent, &account, (&resolved, &key.named()), authority).unwrap();
        apply(chain, account, call).unwrap();
    };
    by(&mut chain, &lost, Call::CommitNext { next: None });
    for friend in [&cid, &ben] {
        by(&mut chain, friend, Call::Object { account });
    }
    assert!(!PENDING.contains(&chain.rows, &account).unwrap());

    let new = Key::new(ML_DSA_65, 6);
    let (call, draft_hash) = propose(&chain, account, &new);
    by(&mut chain, &ann, call);
    by(&mut chain, &ben, Call::ApproveRecovery { account, draft_hash });
    assert!(PENDING.contains(&chain.rows, &account).unwrap());
    by(&mut chain, &lost, Call::CancelRecovery {});
    assert!(!PENDING.contains(&chain.rows, &account).unwrap());
    assert!(!RECOVERIES.contains(&chain.rows, &account).unwrap());
}

/// AC21: what a break forges alone is no decision of friends.
#[test]
fn a_recovery_is_dropped_if_the_approvals_under_broken_schemes_sufficed() {
    let [lost, ann] = [1, 2].map(|seed| Key::new(ML_DSA_44, seed));
    let new = Key::new(ML_DSA_65, 3);
    let mut chain = befriended(&lost, &[&ann], 1);
    let account = lost.account();
    let (call, _) = propose(&chain, account, &new);
    with_voice(&mut chain, ML_DSA_44, ann.account(), call).unwrap();
    break_scheme(&mut chain, ML_DSA_44);
    wait(&mut chain);
    assert!(chain.has_event(&Event::ChangeDropped { account, pallet: 4, error: 33 }));
    assert_eq!(policy(&chain, &account).keys[0].handle, lost.handle());
    assert_eq!(reserved(&chain, &ann.account()), 0);
    assert!(!RECOVERIES.contains(&chain.rows, &account).unwrap());
}

/// AC21
#[test]
fn a_recovery_by_friends_of_two_families_outlives_the_break_of_one() {
    let [lost, ann, ben, cid] = [1, 2, 3, 4].map(|seed| Key::new(ML_DSA_44, seed));
    let new = Key::new(ML_DSA_65, 5);
    for broken in [&[ML_DSA_44][..], &[SLH], &[ML_DSA_44, SLH]] {
        let mut chain = befriended(&lost, &[&ann, &ben, &cid], 2);
        let account = lost.account();
        let (call, draft_hash) = propose(&chain, account, &new);
        with_voice(&mut chain, ML_DSA_44, ann.account(), call).unwrap();
        let approve = Call::ApproveRecovery { account, draft_hash };
        with_voice(&mut chain, SLH, ben.account(), approve).unwrap();
        for scheme in broken {
            break_scheme(&mut chain, *scheme);
        }
        wait(&mut chain);
        let recovered = policy(&chain, &account).keys[0].handle == new.handle();
        assert_eq!(recovered, broken.len() == 1, "{broken:?}");
    }
}
