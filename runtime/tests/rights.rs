//! What keys with fewer rights cannot do to an account, and what its owners always can.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use althing_frame::{Origin, Track};
use althing_primitives::{AccountId, Balance, SchemeId, TOKEN};
use althing_runtime::RuntimeCall;
use chain::calls::{aye, propose, remark, transfer};
use chain::generated::{self, Ask};
use chain::policy::{accept, draft, owner, refusal, rotate, scoped, set_policy, with_tip};
use chain::{Chain, Wallet, member};
use pallet_accounts::{Call, Scopes, next_commitment};
use pallet_balances::Existence;
use pallet_voting::{Ballot, Call as Voting, Conviction};
use parity_scale_codec::Encode;

const ML_DSA_44: SchemeId = SchemeId::ML_DSA_44;
const SLH: SchemeId = SchemeId::SLH_DSA_128S;
const SALT: [u8; 32] = [3; 32];
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

fn spendable(chain: &Chain, who: &AccountId) -> Balance {
    pallet_balances::spendable(&chain.state, who, Existence::KeepAlive).unwrap()
}

/// The voter puts all that the account has behind a ballot, to the last unit.
fn lock_everything(chain: &mut Chain, voter: &Wallet) {
    let who = voter.account;
    let total = pallet_balances::total(&chain.state, &who).unwrap();
    let all_of = |balance| {
        let ballot = Ballot::Standard { aye: true, balance, conviction: Conviction::Locked6x };
        Voting::Vote { referendum: 0, ballot }
    };
    let asked = chain.next(voter, all_of(total));
    let fee = chain.runtime.check_for_pool(&chain.parent(), &asked).unwrap().admission.fee;
    let locking = chain.next(voter, all_of(total - fee));
    accept(chain, locking);
    assert_eq!(spendable(chain, &who), 0);
}

/// F15
#[test]
fn owners_take_an_account_back_from_a_voter_who_locked_all_of_it() {
    let (mut chain, Staff { voter, session, .. }) = staffed();
    let bob = member("bob");
    lock_everything(&mut chain, &voter);
    let (remove, unlock) = (Voting::RemoveVote { referendum: 0 }, Voting::Unlock);
    for (key, call) in [
        (&voter, aye(0, 1)),
        (&voter, unlock.clone().into()),
        (&voter, remove.clone().into()),
        (&session, unlock.clone().into()),
        (&session, remark("everyday")),
        (bob, remark("everyday")),
        (bob, aye(0, 1)),
        (bob, transfer(&member("alice").account, 1)),
    ] {
        assert_eq!(refusal(&chain, chain.next(key, call.clone())), "TX-103", "{call:?}");
    }
    let tipped = with_tip(&chain, bob, 1, unlock.clone());
    assert_eq!(refusal(&chain, tipped), "TX-103");

    let mut taken_back = chain.clone();
    for call in [remove.into(), remark("free")] {
        let offered = taken_back.next(bob, call);
        taken_back.runtime.check_for_pool(&taken_back.parent(), &offered).unwrap();
        accept(&mut taken_back, offered);
        assert!(spendable(&taken_back, &bob.account) > TOKEN);
    }

    let next = Wallet::fresh(SLH, 44).of_account(bob.account);
    let commit = Call::CommitNext { next: Some(next_commitment(SLH, &next.public, &SALT)) };
    let dismiss = Call::RemoveKey { handle: voter.handle() };
    for call in [unlock.into(), dismiss.into(), RuntimeCall::from(commit)] {
        let offered = chain.next(bob, call);
        chain.runtime.check_for_pool(&chain.parent(), &offered).unwrap();
        accept(&mut chain, offered);
        assert_eq!(spendable(&chain, &bob.account), 0, "the ballot is still there");
    }
    let mut escaped = chain.clone();
    let escape = escaped.next(&next, Call::Escape { salt: SALT, next: None });
    escaped.runtime.check_for_pool(&escaped.parent(), &escape).unwrap();
    accept(&mut escaped, escape);

    let rotation = chain.next(bob, rotate(&chain, bob, &next));
    accept(&mut chain, rotation);
}

/// F15: what fits is found before anyone signs.
#[test]
fn a_dry_run_finds_that_locked_funds_pay_for_the_owners_way_out() {
    let (mut chain, Staff { voter, .. }) = staffed();
    let bob = member("bob");
    lock_everything(&mut chain, &voter);
    let remove: RuntimeCall = Call::RemoveKey { handle: voter.handle() }.into();
    let origin = Origin::Signed(bob.account);
    let run = chain.runtime.dry_run(&chain.parent(), origin, &remove.encode());
    assert_eq!(run.outcome, Ok(()));
    assert!(run.fee > 0);
}

/// AC4
#[test]
fn a_session_key_signs_until_the_block_in_which_it_expires() {
    let (mut chain, Staff { session, .. }) = staffed();
    while chain.header.number + 2 < EXPIRES {
        chain.pass(1);
    }
    // For the last block in which it may, and for the next one.
    let in_time = chain.next(&session, remark("in time"));
    accept(&mut chain, in_time);
    assert_eq!(chain.header.number + 1, EXPIRES);
    for call in [remark("late"), aye(0, 1)] {
        let late = chain.next(&session, call);
        assert!(chain.runtime.check_for_pool(&chain.parent(), &late).is_err());
        assert_eq!(refusal(&chain, late), "TX-112");
    }
}

/// AC4, E1: whoever replaces the key reads what is sealed to it.
#[test]
fn owners_alone_publish_and_withdraw_an_encryption_key() {
    let (mut chain, staff) = staffed();
    let bob = member("bob");
    let publish = generated::call(&chain, bob, &Ask::PublishKey { seed: 1 });
    let withdraw: RuntimeCall = pallet_encryption::Call::Withdraw {}.into();
    for key in [&staff.spender, &staff.voter, &staff.session] {
        for call in [&publish, &withdraw] {
            assert_eq!(refusal(&chain, chain.next(key, call.clone())), "TX-112");
        }
    }
    for call in [publish, withdraw] {
        let by_owner = chain.next(bob, call);
        accept(&mut chain, by_owner);
    }
}
