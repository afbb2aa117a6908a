//! Which key a transaction names, and whether it may sign.

use althing_frame::Call as _;
use pallet_crypto_registry::LIMITS;

use super::*;
use crate::{KeyEntry, Scopes, witness_keys};

const SPHINCS: SchemeId = SchemeId::SPHINCS_R3;

/// The account of `key`, funded but never used.
pub(super) fn newcomer(key: &Key) -> (TestChain, AccountId) {
    let mut chain = chain(&[]);
    fund(&mut chain, key.account(), FUNDS);
    (chain, key.account())
}

/// The published key of a scheme whose backend takes no seeds.
fn sphincs() -> Key {
    Key { scheme: SPHINCS, pair: althing_crypto::signing::dev_sphincs_r3() }
}

fn edit_key(chain: &mut TestChain, account: &AccountId, edit: impl FnOnce(&mut KeyEntry)) {
    let mut policy = policy(chain, account);
    edit(&mut policy.keys.as_mut_slice()[0]);
    chain.apply_unrestricted(|tx| POLICIES.put(tx, account, &policy)).unwrap();
}

#[test]
fn the_first_transaction_enrols_its_key_against_a_deposit() {
    let key = Key::new(ML_DSA_65, 1);
    let (mut chain, account) = newcomer(&key);
    let resolved = find(&chain, &account, &key.witness(), Authority::Everyday).unwrap();
    let keys = witness_keys(&chain.rows, &account, &key.witness()).unwrap();
    assert_eq!(keys[0].public, key.pair.public);
    assert_eq!(resolved.deposit, key.deposit());
    assert_eq!(resolved.deposit, 245_200_000_000);

    let parent = chain.clone();
    turn(&mut chain, &parent, &account, (&resolved, &key.witness())).unwrap();
    let policy = policy(&chain, &account);
    assert_eq!(*policy.keys, [KeyEntry::owner(ML_DSA_65, key.handle(), None)]);
    assert_eq!((policy.threshold, policy.next, policy.rotation_nonce), (1, None, 0));
    assert_eq!(reserved(&chain, &account), key.deposit());
    let (scheme, handle, deposit) = (ML_DSA_65, key.handle(), key.deposit());
    assert!(chain.has_event(&Event::KeyEnrolled { account, scheme, handle, deposit }));

    let later = find(&chain, &account, &key.named(), Authority::Everyday).unwrap();
    assert_eq!(later, Resolved { deposit: 0, ..resolved });
}

#[test]
fn a_second_transaction_of_the_first_block_enrols_nothing_more() {
    let key = Key::new(ML_DSA_44, 1);
    let (mut chain, account) = newcomer(&key);
    let parent = chain.clone();
    let resolved = find(&parent, &account, &key.witness(), Authority::Everyday).unwrap();
    for _ in 0..2 {
        turn(&mut chain, &parent, &account, (&resolved, &key.witness())).unwrap();
    }
    assert_eq!(reserved(&chain, &account), key.deposit());
}

#[test]
fn who_cannot_afford_the_deposit_is_not_enrolled() {
    let key = Key::new(ML_DSA_44, 1);
    let (mut chain, account) = (chain(&[]), key.account());
    fund(&mut chain, account, TOKEN / 10);
    let (parent, root) = (chain.clone(), chain.root());
    let resolved = find(&chain, &account, &key.witness(), Authority::Everyday).unwrap();
    let outcome = turn(&mut chain, &parent, &account, (&resolved, &key.witness()));
    let available = TOKEN / 10 - pallet_balances::EXISTENTIAL_DEPOSIT;
    assert_eq!(outcome, Err(Invalid::Payment { who: account, needed: key.deposit(), available }));
    assert_eq!(chain.root(), root);
}

#[test]
fn a_first_use_must_carry_the_key_that_made_the_account() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let (chain, account) = newcomer(&key);
    let handle = key.handle();
    let named = find(&chain, &account, &key.named(), Authority::Everyday);
    assert_eq!(named, Err(Invalid::UnknownKey { handle }));
    let handle = other.handle();
    let wrong = find(&chain, &account, &other.witness(), Authority::Everyday);
    assert_eq!(wrong, Err(Invalid::WrongKey { who: account, handle }));
}

#[test]
fn a_key_of_another_account_does_not_sign() {
    let (alice, bob) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let chain = chain(&[&alice, &bob]);
    for witness in [bob.witness(), bob.named()] {
        let outcome = find(&chain, &alice.account(), &witness, Authority::Everyday);
        let (who, handle) = (alice.account(), bob.handle());
        assert_eq!(outcome, Err(Invalid::WrongKey { who, handle }));
    }
}

#[test]
fn the_scheme_is_the_policys_word() {
    let key = Key::new(ML_DSA_65, 1);
    let chain = chain(&[&key]);
    let (who, handle) = (key.account(), key.handle());
    let signature = Key::new(ML_DSA_44, 1).blank();
    let claim = Signature::Handle { scheme: ML_DSA_44, handle, signature };
    assert_eq!(
        find(&chain, &who, &claim, Authority::Everyday),
        Err(Invalid::WrongKey { who, handle })
    );
}

#[test]
fn classical_and_unknown_schemes_never_resolve() {
    let key = Key::new(ML_DSA_65, 1);
    let chain = chain(&[&key]);
    let who = key.account();
    for classical in
        [Signature::Ed25519([0; 64]), Signature::Sr25519([0; 64]), Signature::Ecdsa([0; 65])]
    {
        let outcome = find(&chain, &who, &classical, Authority::Everyday);
        assert_eq!(outcome, Err(Invalid::ClassicalSignature));
    }
    for scheme in [SchemeId(0), SchemeId(9), SchemeId::ML_KEM_768] {
        let signature = Vec::new().try_into().unwrap();
        let claim = Signature::Handle { scheme, handle: key.handle(), signature };
        let outcome = find(&chain, &who, &claim, Authority::Everyday);
        assert_eq!(outcome, Err(Invalid::UnknownScheme { scheme }));
    }
}

#[test]
fn keys_and_signatures_of_wrong_size_are_refused_before_they_are_verified() {
    let key = Key::new(ML_DSA_44, 1);
    let (chain, account) = newcomer(&key);
    let scheme = ML_DSA_44;
    let with = |public: usize, signature: usize| Signature::Key {
        scheme,
        public: vec![0; public].try_into().unwrap(),
        signature: vec![0; signature].try_into().unwrap(),
    };
    let size = |part, expected, found| Err(Invalid::WitnessSize { scheme, part, expected, found });
    let outcome = find(&chain, &account, &with(1311, 2420), Authority::Everyday);
    assert_eq!(outcome, size("public keys", 1312, 1311));
    let outcome = find(&chain, &account, &with(1312, 2421), Authority::Everyday);
    assert_eq!(outcome, size("signatures", 2420, 2421));
}

#[test]
fn a_deprecated_scheme_enrols_nobody_and_still_serves_its_members() {
    let member = sphincs();
    let mut chain = chain(&[&member]);
    set_state(&mut chain, SPHINCS, SchemeState::Deprecated);
    let mut public = member.pair.public.clone();
    public[0] ^= 1;
    let newcomer = EnrolledKey { scheme: SPHINCS, public: public.clone() }.account();
    let public = public.try_into().unwrap();
    let witness = Signature::Key { scheme: SPHINCS, public, signature: member.blank() };
    for wanted in [Authority::Everyday, Authority::Policy] {
        let outcome = find(&chain, &newcomer, &witness, wanted);
        let (state, refused) = ("deprecated", "new keys");
        assert_eq!(outcome, Err(Invalid::SchemeState { scheme: SPHINCS, state, refused }));
        find(&chain, &member.account(), &member.named(), wanted).unwrap();
    }
}

#[test]
fn after_the_sunset_a_member_can_rotate_and_nothing_else() {
    let (old, new) = (sphincs(), Key::new(ML_DSA_65, 1));
    let mut chain = chain(&[&old]);
    let account = old.account();
    let deprecate =
        pallet_crypto_registry::Call::Deprecate { scheme: SPHINCS, sunset_after: Some(20) };
    chain.apply(Origin::Track(deprecate.track()), deprecate).unwrap();
    chain.block.number = 21;
    let refused = "calls since its sunset";
    let outcome = find(&chain, &account, &old.named(), Authority::Everyday);
    let state = "deprecated";
    assert_eq!(outcome, Err(Invalid::SchemeState { scheme: SPHINCS, state, refused }));
    let call = new.rotate(&chain, &account, &old);
    find(&chain, &account, &old.named(), call.authority()).unwrap();
    apply(&mut chain, account, call).unwrap();
    find(&chain, &account, &new.named(), Authority::Everyday).unwrap();
}

#[test]
fn proposed_frozen_and_retired_schemes_sign_nothing() {
    for (state, name) in [
        (SchemeState::Proposed, "proposed"),
        (SchemeState::Frozen, "frozen"),
        (SchemeState::Retired, "retired"),
    ] {
        let key = Key::new(ML_DSA_44, 1);
        let mut chain = chain(&[&key]);
        set_state(&mut chain, ML_DSA_44, state);
        for (wanted, refused) in [(Authority::Everyday, "calls"), (Authority::Policy, "rotations")]
        {
            let outcome = find(&chain, &key.account(), &key.named(), wanted);
            let scheme = ML_DSA_44;
            assert_eq!(outcome, Err(Invalid::SchemeState { scheme, state: name, refused }));
        }
    }
}

#[test]
fn a_scheme_on_trial_serves_accounts_up_to_its_cap() {
    let key = Key::new(ML_DSA_44, 1);
    let mut chain = chain(&[&key]);
    let account = key.account();
    set_state(&mut chain, ML_DSA_44, SchemeState::Trial);
    let cap = |chain: &mut TestChain, trial_balance_max| {
        let limits = Limits { trial_balance_max, ..Limits::FAST };
        chain.apply_unrestricted(|tx| LIMITS.put(tx, &limits)).unwrap();
    };
    cap(&mut chain, FUNDS);
    find(&chain, &account, &key.named(), Authority::Everyday).unwrap();
    cap(&mut chain, FUNDS - 1);
    let outcome = find(&chain, &account, &key.named(), Authority::Everyday);
    assert_eq!(outcome.unwrap_err().code(), "TX-111");
    find(&chain, &account, &key.named(), Authority::Policy).unwrap();
}

#[test]
fn a_key_signs_until_it_expires() {
    let key = Key::new(ML_DSA_44, 1);
    let mut chain = chain(&[&key]);
    let (who, handle) = (key.account(), key.handle());
    edit_key(&mut chain, &who, |key| key.expires = Some(10));
    chain.block.number = 9;
    find(&chain, &who, &key.named(), Authority::Everyday).unwrap();
    chain.block.number = 10;
    let outcome = find(&chain, &who, &key.named(), Authority::Everyday);
    assert_eq!(outcome, Err(Invalid::WrongKey { who, handle }));
}

#[test]
fn a_key_below_the_threshold_or_without_the_scope_does_not_sign_alone() {
    type Edit = fn(&mut KeyEntry);
    let edits: [Edit; 2] = [|key| key.weight = 0, |key| key.scopes = Scopes::VOTE];
    for edit in edits {
        let key = Key::new(ML_DSA_44, 1);
        let mut chain = chain(&[&key]);
        let (who, handle) = (key.account(), key.handle());
        edit_key(&mut chain, &who, edit);
        let outcome = find(&chain, &who, &key.named(), Authority::Everyday);
        assert_eq!(outcome, Err(Invalid::WrongKey { who, handle }));
        assert_eq!(check(&chain.rows), Err(crate::Flaw::Uncontrolled { account: who }));
    }
}

#[test]
fn a_key_rotated_away_earlier_in_the_block_signs_nothing_more() {
    let (old, new) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&old]);
    let (who, handle) = (old.account(), old.handle());
    let parent = chain.clone();
    let resolved = find(&parent, &who, &old.named(), Authority::Everyday).unwrap();
    turn(&mut chain, &parent, &who, (&resolved, &old.named())).unwrap();
    let call = new.rotate(&chain, &who, &old);
    apply(&mut chain, who, call).unwrap();
    let outcome = turn(&mut chain, &parent, &who, (&resolved, &old.named()));
    assert_eq!(outcome, Err(Invalid::WrongKey { who, handle }));
}

#[test]
fn a_known_account_is_only_read() {
    let key = Key::new(ML_DSA_44, 1);
    let chain = chain(&[&key]);
    let mut access = Access::new();
    let signers = key.named().signers();
    let keys = (&signers[..], Authority::Everyday);
    authorise_access(&chain.rows, &mut access, &key.account(), keys).unwrap();
    let mut read = Access::new();
    read.read(POLICIES.key(&key.account()));
    assert_eq!(access, read);
}

#[test]
fn an_account_that_rotated_does_not_enrol_its_first_key_again() {
    let (old, new) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&old]);
    let (who, handle) = (old.account(), old.handle());
    let call = new.rotate(&chain, &who, &old);
    apply(&mut chain, who, call).unwrap();
    let outcome = find(&chain, &who, &old.witness(), Authority::Everyday);
    assert_eq!(outcome, Err(Invalid::WrongKey { who, handle }));
}

#[test]
fn what_was_signed_under_another_policy_is_outdated_also_by_a_key_that_stayed() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    let parent = chain.clone();
    let resolved = find(&parent, &account, &key.named(), Authority::Everyday).unwrap();
    let call = other.add(&chain, &account, None);
    apply(&mut chain, account, call).unwrap();
    let outcome = turn(&mut chain, &parent, &account, (&resolved, &key.named()));
    assert_eq!(outcome, Err(Invalid::Outdated { epoch: 0, policy: 1 }));
}

#[test]
fn calls_about_policies_take_the_owners_authority() {
    let key = Key::new(ML_DSA_44, 1);
    let chain = chain(&[&key]);
    let account = key.account();
    let rotate = key.rotate(&chain, &account, &key);
    assert_eq!(rotate.authority(), Authority::Rotation);
    let others = [
        Call::RemoveKey { handle: key.handle() },
        Call::CommitNext { next: None },
        Call::Object { account },
        Call::CancelChange {},
        Call::CancelRecovery {},
        Call::WithdrawRecovery { account },
    ];
    for call in others {
        assert_eq!(call.authority(), Authority::Policy);
    }
}
