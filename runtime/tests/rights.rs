//! What keys with fewer rights cannot do to an account, and what its owners always can.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use althing_frame::Track;
use althing_primitives::{Balance, SchemeId, TOKEN};
use chain::calls::{aye, propose, remark, transfer};
use chain::policy::{accept, draft, owner, refusal, scoped, set_policy, with_tip};
use chain::{Chain, Wallet, member};
use pallet_accounts::{Call, Scopes};

const ML_DSA_44: SchemeId = SchemeId::ML_DSA_44;
/// The first block in which the session of [`Staff`] is over.
const EXPIRES: u32 = 8;

/// Bob's keys with fewer rights.
struct Staff {
    spender: Wallet,
    voter: Wallet,
    session: Wallet,
}

/// Bob has a key for transfers of up to five tokens, one for ballots, and one for a session; alice
/// has asked a question.
fn staffed() -> (Chain, Staff) {
    let mut chain = Chain::dev();
    let bob = member("bob");
    let key = |seed| Wallet::fresh(ML_DSA_44, seed).of_account(bob.account);
    let [spender, voter, session] = [41, 42, 43].map(key);
    let keys = vec![
        owner(bob),
        scoped(&spender, Scopes::TRANSFER, 5 * TOKEN, None),
        scoped(&voter, Scopes::VOTE, 0, None),
        scoped(&session, Scopes::SESSION, 0, Some(EXPIRES)),
    ];
    let call = set_policy(&chain, &bob.account, draft(keys, 1), &[&spender, &voter, &session]);
    let set = chain.next(bob, call);
    accept(&mut chain, set);
    let question = propose(Track::SmallTipper, &remark("x"));
    chain.block(vec![chain.next(member("alice"), question)]);
    (chain, Staff { spender, voter, session })
}

/// AC4: a tip is money sent away.
#[test]
fn a_tip_is_the_owners_or_within_the_limit_of_a_transfer() {
    let (mut chain, Staff { spender, voter, session }) = staffed();
    let (alice, bob) = (member("alice"), member("bob"));
    let all = chain.free(&bob.account) - TOKEN;
    let three = || transfer(&alice.account, 3);
    for tip in [1, all, Balance::MAX] {
        for (key, call) in [(&voter, aye(0, 1)), (&session, aye(0, 1)), (&session, remark("x"))] {
            assert_eq!(refusal(&chain, with_tip(&chain, key, tip, call)), "TX-112", "{tip}");
        }
    }
    for tip in [2 * TOKEN + 1, all, Balance::MAX] {
        assert_eq!(refusal(&chain, with_tip(&chain, &spender, tip, three())), "TX-112", "{tip}");
        let offered = with_tip(&chain, &spender, tip, three());
        assert!(chain.runtime.check_for_pool(&chain.parent(), &offered).is_err());
    }
    let paid = with_tip(&chain, &spender, 2 * TOKEN, three());
    accept(&mut chain, paid);
    let generous = with_tip(&chain, bob, 7 * TOKEN, aye(0, 1));
    accept(&mut chain, generous);
}
