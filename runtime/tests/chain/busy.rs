//! A chain in the middle of its business.

use std::sync::OnceLock;

use althing_crypto::SchemeId;
use althing_frame::Track;
use althing_runtime::RuntimeCall;
use parity_scale_codec::Encode;

use super::calls::{aye, plain_remark, propose, spend};
use super::generated::{Ask, call};
use super::{Chain, member, members};

/// A chain on which one referendum has ended and others are about to pass: a spend, a change of
/// cryptography, a spend over its cap, and a call known by its hash.
pub fn busy_chain() -> Chain {
    static CHAIN: OnceLock<Chain> = OnceLock::new();
    CHAIN.get_or_init(build_busy_chain).clone()
}

fn build_busy_chain() -> Chain {
    let mut chain = Chain::dev();
    let small = |tokens| propose(Track::SmallSpender, &spend(&member("ivan").account, tokens));
    send_all(&mut chain, vec![small(5)]);
    vote_all(&mut chain, 0..1);
    chain.pass(8);
    let deprecate = pallet_crypto_registry::Call::Deprecate {
        scheme: SchemeId::SPHINCS_R3,
        sunset_after: None,
    };
    let long = plain_remark(&"long ".repeat(50));
    let note = pallet_preimage::Call::Note { bytes: long.encode().try_into().unwrap() };
    let tip = spend(&member("ivan").account, 9_000);
    let questions = vec![
        note.into(),
        small(6),
        propose(Track::CryptoSunset, &deprecate.into()),
        propose(Track::SmallTipper, &tip),
        propose(Track::Root, &long),
    ];
    send_all(&mut chain, questions);
    vote_all(&mut chain, 1..5);
    let notes = members()[..4].iter().zip(0..).map(|(wallet, seed)| {
        let note = call(&chain, wallet, &Ask::Note(seed));
        chain.proven(wallet, chain.nonce(&wallet.account), note)
    });
    // One member whom any friend may recover, one who needs two, both committed to a next key.
    let befriend = members()[6..8].iter().zip(2..).map(|(wallet, shape)| {
        let set = call(&chain, wallet, &Ask::SetPolicy { seed: 1, shape });
        chain.proven(wallet, chain.nonce(&wallet.account), set)
    });
    let notes = notes.chain(befriend).collect();
    assert!(chain.proven_block(notes).receipts.iter().all(|receipt| receipt.outcome.is_ok()));
    chain
}

/// A block of calls of the first member.
fn send_all(chain: &mut Chain, calls: Vec<RuntimeCall>) {
    let alice = member("alice");
    let first = chain.nonce(&alice.account);
    let extrinsics = (first..).zip(calls).map(|(nonce, call)| chain.proven(alice, nonce, call));
    let extrinsics = extrinsics.collect();
    assert!(chain.proven_block(extrinsics).receipts.iter().all(|receipt| receipt.outcome.is_ok()));
}

/// A block in which everybody votes for these referenda.
fn vote_all(chain: &mut Chain, referenda: core::ops::Range<u32>) {
    let mut votes = Vec::new();
    for wallet in members() {
        let first = chain.nonce(&wallet.account);
        for (nonce, index) in (first..).zip(referenda.clone()) {
            votes.push(chain.proven(wallet, nonce, aye(index, 80_000)));
        }
    }
    assert!(chain.proven_block(votes).receipts.iter().all(|receipt| receipt.outcome.is_ok()));
}
