//! States that no block could leave behind: a row that does not decode, or one with wild numbers.
//! The node stops with a fault then; it does not panic.

use althing_crypto::SchemeId;
use althing_executor::{BlockError, Proof, State, Transaction};
use althing_frame::Track;
use althing_runtime::check_invariants;
use parity_scale_codec::Encode;

use crate::chain::calls::{aye, propose, remark, spend, transfer};
use crate::chain::generated::{Ask, call};
use crate::chain::{Chain, Wallet, member};
use crate::check::survives;
use crate::generator::{Rng, cases};
use crate::shapes;

/// Whoever has funds and has not signed anything yet.
pub(crate) fn newcomer() -> Wallet {
    Wallet::fresh(SchemeId::ML_DSA_44, 9)
}

/// A development chain on which much is under way: a referendum being decided with ballots, one
/// that waits for a deposit, one enacted, a preimage, an
/// encryption key, an annex.
pub(crate) fn busy_chain() -> Chain {
    let mut chain = Chain::dev();
    let spend = spend(&member("ivan").account, 5);
    let names = ["alice", "bob", "erin", "frank", "grace", "heidi"];
    let say = |chain: &Chain, call: &dyn Fn() -> althing_runtime::RuntimeCall| {
        let wallets = names.iter().map(|name| member(name));
        wallets.map(|wallet| chain.proven(wallet, chain.nonce(&wallet.account), call())).collect()
    };
    let propose_on = |chain: &Chain, track| {
        let wallet = member("bob");
        chain.proven(wallet, chain.nonce(&wallet.account), propose(track, &spend))
    };
    let judy = member("judy");
    let fund = chain.proven(judy, 0, transfer(&newcomer().account, 100));
    chain.proven_block(vec![propose_on(&chain, Track::SmallSpender), fund]);
    chain.proven_block(say(&chain, &|| aye(0, 50_000)));
    for _ in 0..40 {
        chain.proven_block(Vec::new());
    }
    chain.proven_block(vec![propose_on(&chain, Track::BigSpender)]);
    let bytes = remark("on chain").encode().try_into().unwrap();
    let note = pallet_preimage::Call::Note { bytes };
    let carol = member("carol");
    let note = chain.proven(carol, chain.nonce(&carol.account), note);
    chain.proven_block(vec![note]);
    let (bob, grace) = (member("bob"), member("grace"));
    let asks =
        [(grace, Ask::PublishKey { seed: 1 }), (bob, Ask::Attach { referendum: 1, honest: true })];
    let sealed = asks.map(|(who, ask)| chain.next(who, call(&chain, who, &ask)));
    chain.proven_block(sealed.to_vec());
    let reveal = call(&chain, bob, &Ask::Reveal(1));
    chain.proven_block(vec![chain.next(bob, reveal)]);
    chain.proven_block(say(&chain, &|| aye(1, 1_000)));
    chain
}

/// Another value for some row: of the item's own type as often as not.
fn wild_row(chain: &Chain, rng: &mut Rng) -> (Vec<u8>, Vec<u8>) {
    let items: Vec<_> = shapes::items().collect();
    loop {
        let (pallet, entry) = *rng.pick(&items);
        let prefix = althing_primitives::row_prefix(pallet, &entry.name);
        let keys: Vec<_> = chain.state.range(&prefix, None, 1_000).map(|(key, _)| key).collect();
        if !keys.is_empty() {
            return (rng.pick(&keys).to_vec(), shapes::row(entry, rng));
        }
    }
}

#[test]
fn the_busy_chain_has_rows_of_most_items() {
    let chain = busy_chain();
    chain.check();
    let empty: Vec<_> = shapes::items()
        .filter(|(pallet, entry)| {
            let prefix = althing_primitives::row_prefix(pallet, &entry.name);
            chain.state.range(&prefix, None, 1).next().is_none()
        })
        .map(|(pallet, entry)| format!("{pallet}.{}", entry.name))
        .collect();
    // Some are there within a block only, others while a member's change or recovery waits.
    assert!(empty.len() <= 25, "{empty:?}");
}

#[test]
fn a_wild_row_stops_a_block_or_does_not_but_never_panics() {
    let chain = busy_chain();
    let (bob, judy) = (member("bob"), member("judy"));
    let mut bugs = 0;
    // The key travels before its row, so that spoilt bytes hit the row.
    let mut key = Vec::new();
    let mut rng = Rng::of("keys of wild rows");
    let row = &mut |values: &mut Rng| wild_row(&chain, values).1;
    survives("wild rows", cases() / 4, row, &mut |bytes| {
        if rng.one_in(2) {
            key = wild_row(&chain, &mut rng).0;
        }
        bugs += usize::from(run(&chain, &key, bytes, (bob, judy)));
    });
    let mut rng = Rng::of("wild rows of their types");
    for _ in 0..cases() / 2 {
        let (key, value) = wild_row(&chain, &mut rng);
        bugs += usize::from(run(&chain, &key, &value, (bob, judy)));
    }
    assert!(bugs > 0, "no row was read");
}

/// Run a few blocks on the chain with this row. Whether a block told of a bug.
fn run(chain: &Chain, key: &[u8], value: &[u8], (one, other): (&Wallet, &Wallet)) -> bool {
    let state: State = chain.state.apply(&[(key, Some(value))]);
    let mut wild = Chain { state, ..chain.clone() };
    let _ = check_invariants(&wild.state);
    let call = transfer(&other.account, 1).encode();
    let origin = althing_frame::Origin::Signed(one.account);
    let _ = wild.runtime.dry_run(&wild.parent(), origin, &call);
    let args = one.account.encode();
    let _ = wild.runtime.call_api(&wild.parent(), "AccountNonceApi_account_nonce", &args);
    let body = |chain: &Chain| {
        let signed = |wallet: &Wallet, call| {
            let known = pallet_system::account(&chain.state, &wallet.account);
            let nonce = known.map_or(0, |account| account.nonce);
            let handles =
                pallet_accounts::KEYS.get(&chain.state, &wallet.account, &wallet.handle());
            let extrinsic = handles.ok().map(|_| chain.proven(wallet, nonce, call));
            extrinsic.map(|extrinsic| Transaction { extrinsic, proven: Proof::Assumed })
        };
        [signed(one, transfer(&other.account, 1)), signed(other, aye(1, 5))]
    };
    for _ in 0..2 {
        let transactions = body(&wild).into_iter().flatten().collect();
        match wild.executor.build(&wild.parent(), wild.next_time(), transactions) {
            Ok(executed) => wild.advance(&executed),
            Err(BlockError::Bug { .. } | BlockError::Invalid { .. }) => return true,
            Err(other) => panic!("{other}"),
        }
    }
    false
}
