//! A break, played with the canary of twelve bits: somebody finds the secret, the scheme is frozen,
//! the finder is paid, and a member escapes by the reserve key.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use althing_crypto::signing::{KeyPair, signing_scheme};
use althing_primitives::{SchemeId, blake2_256};
use althing_runtime::RuntimeCall;
use chain::calls::remark;
use chain::policy::{draft, owner, rotate, set_policy};
use chain::{Chain, Wallet, member};
use pallet_accounts::{
    Call as Accounts, DELAY_FAST, PENDING, POLICIES, PolicyDraft, Recovery, next_commitment,
};
use pallet_canary::{Call, Canary, FALLEN, REDUCED, REWARD, report_message};
use pallet_crypto_registry::{SCHEMES, SchemeState};
use parity_scale_codec::Encode;

const BROKEN: SchemeId = SchemeId::ML_DSA_44;
const SLH: SchemeId = SchemeId::SLH_DSA_128S;
const SALT: [u8; 32] = [5; 32];

/// Try every secret that the canary may have, as whoever breaks it does.
fn search(public: &[u8], bits: u16) -> KeyPair {
    let scheme = signing_scheme(BROKEN).unwrap();
    let pair = |x: u16| {
        let seed = blake2_256(&(b"althing:canary:weak:v1", BROKEN, x).encode());
        scheme.generate_from_seed(&seed.0).unwrap()
    };
    (0..1_u16 << bits).map(pair).find(|pair| pair.public == public).unwrap()
}

fn accept(chain: &mut Chain, wallet: &Wallet, call: impl Into<RuntimeCall>) {
    let extrinsic = chain.next(wallet, call);
    let executed = chain.block(vec![extrinsic]);
    assert_eq!(executed.refused, []);
    assert_eq!(executed.receipts[1].outcome, Ok(()));
    chain.check();
}

fn is_refused(chain: &Chain, wallet: &Wallet, call: impl Into<RuntimeCall>) -> &'static str {
    let extrinsic = chain.next(wallet, call);
    chain.try_block(vec![extrinsic], false).refused[0].1.code()
}

/// Break the scheme and say so.
fn report(chain: &mut Chain, finder: &Wallet) {
    let reduced = REDUCED.get(&chain.state, &BROKEN).unwrap().unwrap();
    let found = search(&reduced.public, reduced.bits);
    let message = report_message(&chain.genesis, BROKEN, Canary::Reduced, &finder.account);
    let signature = signing_scheme(BROKEN).unwrap().sign(&found.secret, &message).unwrap();
    let signature = signature.try_into().unwrap();
    accept(chain, finder, Call::Report { scheme: BROKEN, canary: Canary::Reduced, signature });
}

#[test]
fn a_broken_canary_freezes_its_scheme_pays_the_finder_and_members_escape() {
    let mut chain = Chain::dev();
    let (alice, bob) = (member("alice"), member("bob"));
    let reserve = Wallet::fresh(SLH, 61).of_account(bob.account);
    let next = Some(next_commitment(SLH, &reserve.public, &SALT));
    accept(&mut chain, bob, Accounts::CommitNext { next });

    let before = chain.free(&alice.account);
    report(&mut chain, alice);

    let record = SCHEMES.get(&chain.state, &BROKEN).unwrap().unwrap();
    assert_eq!(record.state_at(chain.header.number), SchemeState::Frozen);
    let reward = REWARD.get_or_default(&chain.state).unwrap();
    let fallen = FALLEN.get(&chain.state, &BROKEN, &Canary::Reduced).unwrap().unwrap();
    assert_eq!((fallen.finder, fallen.paid), (alice.account, reward));
    assert!(chain.free(&alice.account) > before + reward / 2);
    assert_eq!(is_refused(&chain, bob, remark("frozen")), "TX-111");

    accept(&mut chain, &reserve, Accounts::Escape { salt: SALT, next: None });
    accept(&mut chain, &reserve, remark("free"));
    // No freeze by referendum lasts that long; this one lasts until the scheme retires (CR19, CAN5).
    chain.pass(110);
    let record = SCHEMES.get(&chain.state, &BROKEN).unwrap().unwrap();
    assert_eq!(record.state_at(chain.header.number), SchemeState::Frozen);
}

/// AC19: whoever can break a scheme announces first, and reports then.
#[test]
fn a_change_that_waits_under_a_scheme_falls_with_it() {
    let mut chain = Chain::dev();
    let (alice, bob) = (member("alice"), member("bob"));
    assert_eq!(bob.scheme, BROKEN);
    let friends = vec![alice.account].try_into().unwrap();
    let recovery = Some(Recovery { friends, threshold: 1 });
    let safe = PolicyDraft { recovery, ..draft(vec![owner(bob)], 1) };
    let call = set_policy(&chain, &bob.account, safe, &[]);
    accept(&mut chain, bob, call);
    let stolen = Wallet::fresh(SLH, 62).of_account(bob.account);
    let call = rotate(&chain, bob, &stolen);
    accept(&mut chain, bob, call);
    let before = POLICIES.get(&chain.state, &bob.account).unwrap();

    report(&mut chain, alice);
    chain.pass(DELAY_FAST + 1);
    chain.check();
    assert!(!PENDING.contains(&chain.state, &bob.account).unwrap());
    assert_eq!(POLICIES.get(&chain.state, &bob.account).unwrap(), before);
    assert_eq!(is_refused(&chain, &stolen, remark("mine")), "TX-112");
}
