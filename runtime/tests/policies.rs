//! Policies end to end, with real signatures: hybrids, replays, escapes, friends.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use std::sync::Arc;

use althing_crypto::{Purpose, domain};
use althing_frame::{Invalid, Track};
use althing_primitives::{
    Circumstances, Era, Extra, Hash256, Implicit, JointPart, SchemeId, TOKEN, signing_payload,
};
use althing_runtime::{AlthingRuntime, ChainSpec, GovernancePreset, RuntimeCall};
use chain::calls::{aye, propose, remark, transfer};
use chain::policy::{
    accept, by_handle, draft, extra, extrinsic, implicit, joint, message, owner, part, proofs,
    refusal, rotate, scoped, set_policy, with_key,
};
use chain::{Chain, Wallet, member, members};
use pallet_accounts::{
    Call, DELAY_FAST, PENDING, POLICIES, PolicyDraft, Recovery, Scopes, next_commitment,
    possession_payload,
};
use pallet_voting::Ballot;
use parity_scale_codec::Encode;

const ML_DSA_44: SchemeId = SchemeId::ML_DSA_44;
const SLH: SchemeId = SchemeId::SLH_DSA_128S;
const SALT: [u8; 32] = [3; 32];

/// Bob's account under a key of each family, both needed; and the second key.
fn hybrid() -> (Chain, Wallet) {
    let mut chain = Chain::dev();
    let bob = member("bob");
    let hash = Wallet::fresh(SLH, 40).of_account(bob.account);
    let policy = draft(vec![owner(bob), owner(&hash)], 2);
    let call = set_policy(&chain, &bob.account, policy, &[&hash]);
    let set = chain.next(bob, call);
    accept(&mut chain, set);
    (chain, hash)
}

#[test]
fn a_hybrid_of_two_families_signs_with_both_halves_and_in_no_other_way() {
    let (mut chain, hash) = hybrid();
    let bob = member("bob");
    let (account, call) = (bob.account, remark("both"));
    let whole = message(&chain, &account, &[bob, &hash], &call);
    let try_with = |signature| extrinsic(&chain, &account, signature, &call);
    let refused = |signature| refusal(&chain, try_with(signature));
    let (one, two) = (part(bob, &whole), part(&hash, &whole));
    // Stripped, whatever its form, and whether or not the half was made for this.
    let alone = message(&chain, &account, &[bob], &call);
    assert_eq!(refused(joint(vec![one.clone()])), "TX-112");
    assert_eq!(refused(joint(vec![two.clone()])), "TX-112");
    assert_eq!(refused(by_handle(bob, &whole)), "TX-112");
    assert_eq!(refused(by_handle(bob, &alone)), "TX-112");
    assert_eq!(refused(with_key(&hash, &whole)), "TX-112");
    // Reordered, doubled, with one too many.
    assert_eq!(refused(joint(vec![two.clone(), one.clone()])), "TX-112");
    assert_eq!(refused(joint(vec![one.clone(), one.clone()])), "TX-112");
    assert_eq!(refused(joint(vec![one.clone(), two.clone(), two.clone()])), "TX-112");
    let reversed = message(&chain, &account, &[&hash, bob], &call);
    assert_eq!(refused(joint(vec![part(bob, &reversed), part(&hash, &reversed)])), "TX-107");
    // One half good, the other one made for something else, by somebody else, or not at all.
    assert_eq!(refused(joint(vec![part(bob, &alone), two.clone()])), "TX-107");
    assert_eq!(refused(joint(vec![one.clone(), part(&hash, &alone)])), "TX-107");
    let foreign = JointPart { signature: part(member("alice"), &whole).signature, ..one.clone() };
    let outcome = refused(joint(vec![foreign, two.clone()]));
    assert!(["TX-107", "TX-109"].contains(&outcome), "{outcome}");
    let blank = JointPart { signature: vec![0; 7856].try_into().unwrap(), ..two.clone() };
    assert_eq!(refused(joint(vec![one.clone(), blank])), "TX-107");
    let other = part(&hash, &message(&chain, &account, &[bob, &hash], &remark("other")));
    assert_eq!(refused(joint(vec![one.clone(), other])), "TX-107");
    // The pool agrees.
    let halved = try_with(joint(vec![one.clone()]));
    assert!(chain.runtime.check_for_pool(&chain.parent(), &halved).is_err());

    let good = try_with(joint(vec![one, two]));
    accept(&mut chain, good.clone());
    assert_eq!(refusal(&chain, good), "TX-105");
}

#[test]
fn a_hybrid_costs_both_verifications() {
    let (chain, hash) = hybrid();
    let (bob, call) = (member("bob"), remark("both"));
    let both = message(&chain, &bob.account, &[bob, &hash], &call);
    let signature = joint(vec![part(bob, &both), part(&hash, &both)]);
    let extrinsic = extrinsic(&chain, &bob.account, signature, &call);
    let checked = chain.runtime.check_for_pool(&chain.parent(), &extrinsic).unwrap();
    let verify = |scheme| althing_crypto::scheme(scheme).unwrap().verify_weight();
    let two = verify(bob.scheme) + verify(SLH);
    assert!(checked.admission.weight.ref_time >= two);
    let voice = checked.admission.voice.unwrap();
    assert_eq!((voice.scheme(), voice.schemes()), (SchemeId::JOINT, &[bob.scheme, SLH][..]));
}

#[test]
fn keys_with_fewer_rights_do_what_they_may() {
    let mut chain = Chain::dev();
    let bob = member("bob");
    let key = |seed| Wallet::fresh(ML_DSA_44, seed).of_account(bob.account);
    let [spender, voter, session] = [41, 42, 43].map(key);
    let keys = vec![
        owner(bob),
        scoped(&spender, Scopes::TRANSFER, 5 * TOKEN, None),
        scoped(&voter, Scopes::VOTE, 0, None),
        scoped(&session, Scopes::SESSION, 0, Some(6)),
    ];
    let call = set_policy(&chain, &bob.account, draft(keys, 1), &[&spender, &voter, &session]);
    let set = chain.next(bob, call);
    accept(&mut chain, set);
    let question = propose(Track::SmallTipper, &remark("x"));
    let alice = member("alice");
    chain.block(vec![chain.next(alice, question)]);

    let (five, more) = (transfer(&alice.account, 5), transfer(&alice.account, 6));
    for (key, call) in [
        (&spender, more),
        (&spender, aye(0, 1)),
        (&spender, remark("x")),
        (&voter, five.clone()),
        (&voter, remark("x")),
        (&session, five.clone()),
        (&session, Call::CommitNext { next: None }.into()),
        (&voter, Call::RemoveKey { handle: bob.handle() }.into()),
        (&spender, rotate(&chain, bob, &voter).into()),
    ] {
        assert_eq!(refusal(&chain, chain.next(key, call.clone())), "TX-112", "{call:?}");
    }
    for (key, call) in [(&spender, five), (&voter, aye(0, 1)), (&session, remark("everyday"))] {
        let extrinsic = chain.next(key, call);
        accept(&mut chain, extrinsic);
    }
    chain.pass(1);
    assert_eq!(refusal(&chain, chain.next(&session, remark("late"))), "TX-112");
}

#[test]
fn a_signature_serves_one_chain() {
    let chain = Chain::dev();
    let spec = ChainSpec { time: 1, ..ChainSpec::dev(GovernancePreset::Fast).unwrap() };
    let runtime = Arc::new(AlthingRuntime::new());
    let genesis = spec.build(&runtime).unwrap();
    let other = Chain::at(runtime, genesis);
    let bob = member("bob");
    let call = remark("here");
    let immortal = Extra { era: Era::Immortal, ..extra(&chain, &bob.account) };
    let here = Implicit { birth: chain.genesis, ..implicit(&chain) };
    let signed = chain.signed_with(bob, immortal, &here, call);
    assert_eq!(chain.try_block(vec![signed.clone()], false).refused, []);
    assert_eq!(refusal(&other, signed), "TX-107");
}

#[test]
fn a_signature_serves_one_of_two_accounts_that_share_a_key() {
    let mut chain = Chain::dev();
    let (bob, carol) = (member("bob"), member("carol"));
    let policy = draft(vec![owner(carol), owner(bob)], 1);
    let call = set_policy(&chain, &carol.account, policy, &[bob]);
    let set = chain.next(carol, call);
    accept(&mut chain, set);
    // Both accounts are at rotation nonce 1 and nonce 1.
    let same = draft(vec![owner(bob)], 1);
    let call = set_policy(&chain, &bob.account, same, &[]);
    let set = chain.next(bob, call);
    accept(&mut chain, set);
    let call = transfer(&member("ivan").account, 5);
    let message = message(&chain, &bob.account, &[bob], &call);
    let signature = by_handle(bob, &message);
    let mine = extrinsic(&chain, &bob.account, signature.clone(), &call);
    let theirs = extrinsic(&chain, &carol.account, signature, &call);
    assert_eq!(refusal(&chain, theirs), "TX-107");
    accept(&mut chain, mine);
}

#[test]
fn a_signature_serves_one_purpose() {
    let chain = Chain::dev();
    let bob = member("bob");
    let new = Wallet::fresh(ML_DSA_44, 44).of_account(bob.account);
    let call = remark("purpose");
    let statement = message(&chain, &bob.account, &[bob], &call);
    // What bob signs as a proof, as a message to people, or without a purpose, sends nothing.
    let untagged = statement.strip_prefix(domain(Purpose::Tx)).unwrap();
    let payload = signing_payload(&call.encode(), &extra(&chain, &bob.account), &implicit(&chain));
    let others = Purpose::ALL.into_iter().filter(|purpose| *purpose != Purpose::Tx);
    let others = others.map(|purpose| [domain(purpose), untagged].concat());
    for other in others.chain([untagged.to_vec(), payload]) {
        let signed = extrinsic(&chain, &bob.account, by_handle(bob, &other), &call);
        assert_eq!(refusal(&chain, signed), "TX-107");
    }
    // And what a new key signs as anything else proves no possession.
    let Call::Rotate { replace, scheme, public, .. } = rotate(&chain, bob, &new) else { panic!() };
    let payload = possession_payload(&chain.genesis, &bob.account, 0, new.scheme, &new.public);
    let untagged = payload.strip_prefix(domain(Purpose::RotatePop)).unwrap();
    let others = Purpose::ALL.into_iter().filter(|purpose| *purpose != Purpose::RotatePop);
    for tag in others.map(domain).chain([&b""[..]]) {
        let proof = new.signer.sign(&[tag, untagged].concat()).unwrap();
        let proof = proof.try_into().unwrap();
        let call = Call::Rotate { replace, scheme, public: public.clone(), proof };
        let executed = chain.try_block(vec![chain.next(bob, call)], false);
        let error = executed.receipts[1].outcome.clone().unwrap_err();
        assert_eq!(error.code(), "ACC-110");
    }
}

#[test]
fn a_signature_from_before_a_change_of_the_policy_is_void_also_if_the_key_stayed() {
    let mut chain = Chain::dev();
    let bob = member("bob");
    let other = Wallet::fresh(ML_DSA_44, 45).of_account(bob.account);
    // Signed for the nonce that follows the change.
    let early = chain.signed(bob, 1, remark("early"));
    let add = {
        let payload = possession_payload(&chain.genesis, &bob.account, 0, ML_DSA_44, &other.public);
        let proof = other.signer.sign(&payload).unwrap().try_into().unwrap();
        let public = other.public.clone().try_into().unwrap();
        Call::AddKey { scheme: ML_DSA_44, public, proof, expires: None }
    };
    // In one block: the signature is good on the parent's rows, and void at its turn.
    let both = vec![chain.next(bob, add.clone()), early.clone()];
    let executed = chain.try_block(both, false);
    let outdated = Invalid::Outdated { epoch: 0, policy: 1 };
    assert_eq!(executed.refused, [(1, outdated)]);
    // In the next block.
    let added = chain.next(bob, add);
    accept(&mut chain, added);
    assert_eq!(refusal(&chain, early), "TX-107");
    assert_eq!(chain.try_block(vec![chain.next(bob, remark("now"))], false).refused, []);
}

#[test]
fn a_signature_from_before_a_change_of_the_registry_is_void() {
    let mut chain = Chain::dev();
    let scheme = SchemeId::SPHINCS_R3;
    let deprecate = pallet_crypto_registry::Call::Deprecate { scheme, sunset_after: None };
    let question = propose(Track::CryptoSunset, &deprecate.into());
    chain.block(vec![chain.next(member("alice"), question)]);
    let votes =
        members().iter().map(|one| chain.proven(one, chain.nonce(&one.account), aye(0, 80_000)));
    let votes = votes.collect();
    chain.proven_block(votes);
    let bob = member("bob");
    let early = chain.next(bob, remark("early"));
    assert_eq!(chain.try_block(vec![early.clone()], false).refused, []);
    chain.pass(30);
    let epoch = pallet_accounts::circumstances(&chain.state, &bob.account).unwrap();
    assert_eq!(epoch, Circumstances { epoch: 1, policy: 0 });
    assert_eq!(refusal(&chain, early), "TX-107");
}

#[test]
fn a_signature_dies_with_its_era() {
    let mut chain = Chain::dev();
    chain.pass(1);
    let bob = member("bob");
    let mortal = Extra { era: Era::mortal(4, chain.header.number), ..extra(&chain, &bob.account) };
    let signed = chain.signed_with(bob, mortal, &implicit(&chain), remark("short"));
    assert_eq!(chain.try_block(vec![signed.clone()], false).refused, []);
    chain.pass(4);
    assert_ne!(refusal(&chain, signed), "");
}

#[test]
fn after_a_rotation_the_old_key_is_inert_and_its_ballot_stays_the_accounts() {
    let mut chain = Chain::dev();
    let (alice, bob) = (member("alice"), member("bob"));
    let new = Wallet::fresh(ML_DSA_44, 46).of_account(bob.account);
    chain.block(vec![chain.next(alice, propose(Track::SmallSpender, &remark("x")))]);
    let vote = chain.next(bob, aye(0, 10));
    accept(&mut chain, vote);
    // A vote by the old key that waits while the rotation is in a block.
    let waiting = chain.signed(bob, chain.nonce(&bob.account) + 1, aye(0, 20));
    let handle = bob.handle();
    let rotation = chain.next(bob, rotate(&chain, bob, &new));
    let built = chain.block(vec![rotation, waiting.clone()]);
    assert_eq!(built.refused, [(1, Invalid::WrongKey { who: bob.account, handle })]);
    assert_eq!(refusal(&chain, waiting), "TX-112");
    for call in [aye(0, 30), remark("old"), rotate(&chain, bob, &new).into()] {
        assert_eq!(refusal(&chain, chain.next(bob, call)), "TX-112");
    }
    // The ballot is the account's: one, which the new key replaces.
    let revote = chain.next(&new, aye(0, 5));
    accept(&mut chain, revote);
    let ballot = pallet_voting::BALLOTS.get(&chain.state, &bob.account, &0).unwrap();
    assert!(matches!(ballot, Some(Ballot::Standard { balance, .. }) if balance == 5 * TOKEN));
}

#[test]
fn the_committed_key_escapes_from_a_frozen_scheme_end_to_end() {
    let mut chain = Chain::dev();
    let bob = member("bob");
    let scheme = bob.scheme;
    let next = Wallet::fresh(SLH, 47).of_account(bob.account);
    let commit = Call::CommitNext { next: Some(next_commitment(SLH, &next.public, &SALT)) };
    let committed = chain.next(bob, commit);
    accept(&mut chain, committed);
    let funds = pallet_balances::total(&chain.state, &bob.account).unwrap();
    // Nobody but the committed key, and not before the freeze matters.
    let escape = |salt| Call::Escape { salt, next: Some(Hash256([1; 32])) };
    assert_eq!(refusal(&chain, chain.next(bob, escape(SALT))), "TX-112");
    assert_eq!(refusal(&chain, chain.next(&next, escape([0; 32]))), "TX-112");
    assert_eq!(refusal(&chain, chain.next(&next, remark("not yet"))), "TX-112");

    let freeze = pallet_crypto_registry::Call::Freeze { scheme, blocks: 50 };
    chain.block(vec![chain.next(member("alice"), propose(Track::CryptoEmergency, &freeze.into()))]);
    let votes =
        members().iter().map(|one| chain.proven(one, chain.nonce(&one.account), aye(0, 80_000)));
    let votes = votes.collect();
    chain.proven_block(votes);
    chain.pass(8);
    assert_eq!(refusal(&chain, chain.next(bob, remark("frozen"))), "TX-111");
    let rescuer = rotate(&chain, bob, &next);
    assert_eq!(refusal(&chain, chain.next(bob, rescuer)), "TX-111");
    // A signature that is none lets nobody in.
    let call: RuntimeCall = escape(SALT).into();
    let good = chain.next(&next, call.clone());
    let forged = with_key(&next, b"something else");
    assert_eq!(refusal(&chain, extrinsic(&chain, &bob.account, forged, &call)), "TX-107");
    accept(&mut chain, good.clone());
    assert_ne!(refusal(&chain, good), "");
    let policy = POLICIES.get(&chain.state, &bob.account).unwrap().unwrap();
    assert_eq!((policy.keys.len(), policy.keys[0].handle), (1, next.handle()));
    assert_eq!((policy.next, policy.rotation_nonce), (Some(Hash256([1; 32])), 2));
    let left = pallet_balances::total(&chain.state, &bob.account).unwrap();
    assert!(left < funds, "the account pays the fee");
    assert!(left > funds - TOKEN);
    let everyday = chain.next(&next, remark("free"));
    accept(&mut chain, everyday);
}

#[test]
fn friends_of_two_families_recover_an_account_and_stop_a_thief() {
    let mut chain = Chain::dev();
    let (bob, alice) = (member("bob"), member("alice"));
    let others: Vec<_> = members().iter().filter(|one| one.account != bob.account).collect();
    let is_hash = |one: &&&Wallet| [SchemeId::SPHINCS_R3, SLH].contains(&one.scheme);
    let hashed = *others.iter().find(is_hash).unwrap();
    let friends = vec![alice.account, hashed.account].try_into().unwrap();
    let recovery = Some(Recovery { friends, threshold: 2 });
    let safe = PolicyDraft { recovery, ..draft(vec![owner(bob)], 1) };
    let call = set_policy(&chain, &bob.account, safe, &[]);
    let set = chain.next(bob, call);
    accept(&mut chain, set);
    let thief = Wallet::fresh(ML_DSA_44, 48).of_account(bob.account);
    let stolen = chain.next(bob, rotate(&chain, bob, &thief));
    accept(&mut chain, stolen);
    let account = bob.account;
    for friend in [alice, hashed] {
        let object = chain.next(friend, Call::Object { account });
        accept(&mut chain, object);
    }
    chain.pass(DELAY_FAST + 1);
    assert_eq!(refusal(&chain, chain.next(&thief, remark("mine"))), "TX-112");

    let new = Wallet::fresh(ML_DSA_44, 49).of_account(account);
    let policy = draft(vec![owner(&new)], 1);
    let (proofs, draft_hash) = (proofs(&chain, &account, &policy, &[&new]), policy.hash());
    let propose = Call::ProposeRecovery { account, draft: policy, proofs };
    let proposed = chain.next(alice, propose);
    accept(&mut chain, proposed);
    let approved = chain.next(hashed, Call::ApproveRecovery { account, draft_hash });
    accept(&mut chain, approved);
    chain.pass(DELAY_FAST);
    let recovered = chain.next(&new, remark("recovered"));
    accept(&mut chain, recovered);
    assert_eq!(refusal(&chain, chain.next(bob, remark("lost"))), "TX-112");
}

/// AC21: two lattices are one family.
#[test]
fn a_friend_who_signs_with_two_lattice_keys_is_one_of_one_family() {
    let mut chain = Chain::dev();
    let (bob, alice) = (member("bob"), member("alice"));
    let lattices = [ML_DSA_44, SchemeId::ML_DSA_65];
    let second = lattices.into_iter().find(|scheme| *scheme != alice.scheme).unwrap();
    let second = Wallet::fresh(second, 52).of_account(alice.account);
    let both = draft(vec![owner(alice), owner(&second)], 2);
    let call = set_policy(&chain, &alice.account, both, &[&second]);
    let set = chain.next(alice, call);
    accept(&mut chain, set);
    let is_lattice = |one: &&Wallet| lattices.contains(&one.scheme);
    let others =
        || members().iter().filter(|one| ![bob.account, alice.account].contains(&one.account));
    let lattice = others().find(is_lattice).unwrap();
    let hashed = others().find(|one| one.scheme == SLH).unwrap();
    let friends = vec![alice.account, lattice.account, hashed.account].try_into().unwrap();
    let recovery = Some(Recovery { friends, threshold: 2 });
    let safe = PolicyDraft { recovery, ..draft(vec![owner(bob)], 1) };
    let call = set_policy(&chain, &bob.account, safe, &[]);
    let set = chain.next(bob, call);
    accept(&mut chain, set);

    let account = bob.account;
    let new = Wallet::fresh(ML_DSA_44, 53).of_account(account);
    let policy = draft(vec![owner(&new)], 1);
    let (proofs, draft_hash) = (proofs(&chain, &account, &policy, &[&new]), policy.hash());
    let propose: RuntimeCall = Call::ProposeRecovery { account, draft: policy, proofs }.into();
    let quorum = POLICIES.get(&chain.state, &alice.account).unwrap().unwrap();
    let quorum: Vec<_> = quorum.keys.iter().map(|key| key.handle).collect();
    assert_eq!(quorum, [alice.handle(), second.handle()]);
    let whole = message(&chain, &alice.account, &[alice, &second], &propose);
    let signature = joint(vec![part(alice, &whole), part(&second, &whole)]);
    let proposed = extrinsic(&chain, &alice.account, signature, &propose);
    let checked = chain.runtime.check_for_pool(&chain.parent(), &proposed).unwrap();
    assert_eq!(checked.admission.voice.unwrap().scheme(), SchemeId::JOINT);
    accept(&mut chain, proposed);
    let approve = || Call::ApproveRecovery { account, draft_hash };
    let waits = |chain: &Chain| PENDING.contains(&chain.state, &account).unwrap();
    for (friend, decided) in [(lattice, false), (hashed, true)] {
        let approved = chain.next(friend, approve());
        accept(&mut chain, approved);
        assert_eq!(waits(&chain), decided);
    }
}

#[test]
fn an_account_that_lost_all_funds_keeps_nonce_and_policy_so_nothing_is_replayed() {
    let mut chain = Chain::dev();
    let (bob, alice) = (member("bob"), member("alice"));
    let immortal = |nonce, call| {
        let extra = Extra { era: Era::Immortal, nonce, ..extra(&chain, &bob.account) };
        let implicit = Implicit { birth: chain.genesis, ..implicit(&chain) };
        chain.signed_with(bob, extra, &implicit, call)
    };
    let paid = immortal(0, transfer(&alice.account, 7));
    let dest = althing_primitives::MultiAddress::Id(alice.account);
    let all = immortal(1, pallet_balances::Call::TransferAll { dest, keep_alive: false }.into());
    accept(&mut chain, paid.clone());
    accept(&mut chain, all.clone());
    let gone = pallet_system::account(&chain.state, &bob.account).unwrap();
    assert_eq!((gone.data.free, gone.data.reserved, gone.nonce), (0, 0, 2));
    assert!(POLICIES.contains(&chain.state, &bob.account).unwrap());
    let refund = chain.next(alice, transfer(&bob.account, 50));
    accept(&mut chain, refund);
    for replayed in [paid, all] {
        assert_eq!(refusal(&chain, replayed), "TX-105");
    }
    let again = chain.next(bob, remark("back"));
    accept(&mut chain, again);
}

#[test]
fn a_newcomer_under_a_deprecated_scheme_begins_with_its_rotation() {
    let mut chain = Chain::dev();
    let old = Wallet::fresh(ML_DSA_44, 50);
    let new = Wallet::fresh(SLH, 51).of_account(old.account);
    let deprecate =
        pallet_crypto_registry::Call::Deprecate { scheme: ML_DSA_44, sunset_after: None };
    let question = propose(Track::CryptoSunset, &deprecate.into());
    let alice = member("alice");
    chain.block(vec![chain.next(alice, question)]);
    let votes =
        members().iter().map(|one| chain.proven(one, chain.nonce(&one.account), aye(0, 80_000)));
    let votes = votes.collect();
    chain.proven_block(votes);
    chain.pass(30);
    let fund = chain.next(alice, transfer(&old.account, 10));
    accept(&mut chain, fund);
    assert_eq!(refusal(&chain, chain.next(&old, remark("stay"))), "TX-111");
    // A rotation that fails leaves the account as unused as before.
    let Call::Rotate { replace, scheme, public, .. } = rotate(&chain, &old, &new) else { panic!() };
    let proof = vec![0; 7856].try_into().unwrap();
    let bad = chain.next(&old, Call::Rotate { replace, scheme, public, proof });
    let executed = chain.block(vec![bad]);
    assert!(executed.receipts[1].outcome.is_err());
    assert!(!POLICIES.contains(&chain.state, &old.account).unwrap());
    let leave = chain.next(&old, rotate(&chain, &old, &new));
    accept(&mut chain, leave);
    let hello = chain.next(&new, remark("hello"));
    accept(&mut chain, hello);
    assert_eq!(refusal(&chain, chain.next(&old, remark("back"))), "TX-112");
}
