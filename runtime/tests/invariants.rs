//! What stays true, by its number in `ARCHITECTURE.md`. A2 is in `parallel.rs` too, over generated
//! blocks; A8, that a killed node restarts at a durable block, is tested in `node`.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use althing_executor::State;
use althing_frame::{DispatchError, MemoryRows, Origin, Track};
use althing_primitives::{Extrinsic, TOKEN};
use althing_runtime::{
    AlthingRuntime, ChainSpec, GovernancePreset, InvariantError, RuntimeCall, check_invariants,
};
use chain::calls::{aye, propose, remark, spend};
use chain::generated::{Ask, call};
use chain::{Chain, member};
use pallet_system::ACCOUNT;
use parity_scale_codec::Encode;
use proptest::prelude::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Source files below `folder` that are part of the program, without their tests.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
            let code: Vec<_> =
                program.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            found.push((path, code.join("\n")));
        }
    }
    found
}

fn pallets() -> Vec<PathBuf> {
    let mut folders: Vec<_> = std::fs::read_dir(root().join("pallets"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert_eq!(folders.len(), 13);
    folders
}

#[test]
fn a1_nothing_below_the_node_reads_a_clock_a_file_the_environment_or_chance() {
    let words = [
        "std::time",
        "SystemTime",
        "Instant::",
        "std::fs",
        "std::env",
        "std::net",
        "HashMap",
        "HashSet",
        "getrandom",
        "thread_rng",
        ": f32",
        ": f64",
        "as f64",
    ];
    let mut folders: Vec<PathBuf> = pallets().iter().map(|pallet| pallet.join("src")).collect();
    for part in ["src", "primitives/src", "frame/src", "executor/src"] {
        folders.push(root().join("runtime").join(part));
    }
    for (path, code) in folders.iter().flat_map(|folder| sources(folder)) {
        for word in words {
            assert!(!code.contains(word), "{} in {}", word, path.display());
        }
    }
}

#[test]
fn a2_the_same_block_gives_the_same_bytes_on_every_number_of_workers() {
    let chain = Chain::dev();
    let extrinsics: Vec<Extrinsic> = chain::members()
        .iter()
        .flat_map(|wallet| (0..3).map(|nonce| chain.proven(wallet, nonce, remark("same"))))
        .collect();
    let reference = chain.try_block(extrinsics.clone(), true);
    for workers in 1..=8 {
        let other = chain.with_workers(workers).try_block(extrinsics.clone(), true);
        assert!(other.explanation.parallel > 0);
        assert_eq!((&other.header, &other.changes), (&reference.header, &reference.changes));
    }
}

/// Keys of the rows in which two states differ.
fn difference(one: &State, other: &State) -> BTreeSet<Vec<u8>> {
    let rows = |state: &State| -> BTreeSet<(Vec<u8>, Vec<u8>)> {
        let rows = state.range(&[], None, usize::MAX);
        rows.map(|(key, value)| (key.to_vec(), value.to_vec())).collect()
    };
    rows(one).symmetric_difference(&rows(other)).map(|(key, _)| key.clone()).collect()
}

fn failing_calls() -> Vec<Ask> {
    // Entering a module weighs more than a block: no member can send it.
    let registry = (0..6).chain([7]).map(Ask::Registry);
    let others = [
        Ask::Transfer { to: 0, tokens: 1_000_000 },
        Ask::TransferAllowDeath { to: 0, tokens: 1_000_000 },
        Ask::Rotate { seed: 1, honest: false },
        Ask::AddKey { seed: 1, honest: false },
        Ask::RemoveKey { added: None },
        Ask::RemoveKey { added: Some(1) },
        Ask::Note(0),
        Ask::Unnote(0),
        Ask::Unnote(1),
        Ask::CancelTask(0),
        Ask::Retry(0),
        Ask::Submit { track: 4, what: 3, now: true },
        Ask::Submit { track: 4, what: 5, now: true },
        Ask::PlaceDeposit(0),
        Ask::PlaceDeposit(9),
        Ask::RefundDecision(0),
        Ask::RefundSubmission(0),
        Ask::Cancel(0),
        Ask::Kill(0),
        Ask::Vote { referendum: 9, aye: true, tokens: 1, conviction: 1 },
        Ask::Vote { referendum: 0, aye: true, tokens: 200_000, conviction: 1 },
        Ask::VoteSplit { referendum: 0, aye: 0, nay: 0, abstain: None },
        Ask::RemoveVote(0),
        Ask::Spend(1),
        Ask::Payout(0),
        Ask::Void(0),
        Ask::Deposit(0),
        Ask::PublishKey { seed: 3 },
        Ask::WithdrawKey,
        Ask::SetCouncil,
        Ask::Attach { referendum: 0, honest: true },
        Ask::Attach { referendum: 0, honest: false },
        Ask::Detach(0),
        Ask::Reveal(0),
        Ask::Deposit(1_000_000),
    ];
    registry.chain(others).collect()
}

#[test]
fn a3_a_failed_call_changes_nothing_but_the_fee_and_the_nonce() {
    let mut chain = Chain::dev();
    let question = propose(Track::SmallSpender, &spend(&member("ivan").account, 5));
    let note = call(&chain, member("alice"), &Ask::Note(0));
    chain.proven_block(vec![
        chain.proven(member("alice"), 0, question),
        chain.proven(member("alice"), 1, note),
    ]);
    let bob = member("bob");
    let treasury = pallet_treasury::account();
    let empty = chain.try_block(Vec::new(), true);
    let allowed: BTreeSet<Vec<u8>> = [
        ACCOUNT.key(&bob.account),
        ACCOUNT.key(&treasury),
        pallet_system::events_key(),
        pallet_system::EVENT_COUNT.key(),
    ]
    .iter()
    .map(|key| key.as_bytes().to_vec())
    .collect();
    for ask in failing_calls() {
        let executed = chain.try_block(vec![chain.proven(bob, 0, call(&chain, bob, &ask))], true);
        assert_eq!(executed.refused, [], "{ask:?}");
        let receipt = &executed.receipts[1];
        assert!(receipt.outcome.is_err(), "{ask:?}");
        assert_eq!(difference(&executed.state, &empty.state), allowed, "{ask:?}");

        let mut expected = pallet_system::account(&chain.state, &bob.account).unwrap();
        expected.nonce += 1;
        expected.data.free -= receipt.fee;
        assert_eq!(pallet_system::account(&executed.state, &bob.account).unwrap(), expected);
        let pot = |state| pallet_balances::free(state, &treasury).unwrap();
        assert_eq!(pot(&executed.state), pot(&empty.state) + receipt.fee);
    }
}

/// The chain's rows with one of them changed.
fn tampered(chain: &Chain, key: &[u8], value: Option<Vec<u8>>) -> State {
    chain.state.apply(&[(key, value)])
}

#[test]
fn a4_funds_that_appear_from_nowhere_are_found() {
    let mut chain = Chain::dev();
    chain.block(vec![chain.next(member("bob"), remark("pays"))]);
    check_invariants(&chain.state).unwrap();
    let alice = member("alice").account;
    let mut info = pallet_system::account(&chain.state, &alice).unwrap();
    info.data.free += 1;
    let richer = tampered(&chain, ACCOUNT.key(&alice).as_bytes(), Some(info.encode()));
    let error = check_invariants(&richer).unwrap_err();
    assert!(
        matches!(
            error,
            InvariantError::Balances(pallet_balances::Broken::Issuance { issuance, held })
                if held == issuance + 1
        ),
        "{error}"
    );
}

#[test]
fn a5_a_tally_that_is_not_the_sum_of_its_ballots_is_found() {
    let mut chain = Chain::dev();
    let question = propose(Track::SmallSpender, &spend(&member("ivan").account, 5));
    chain.block(vec![chain.next(member("bob"), question)]);
    chain.block(vec![chain.next(member("bob"), aye(0, 7)), chain.next(member("alice"), aye(0, 5))]);
    check_invariants(&chain.state).unwrap();
    let mut tally = pallet_voting::tally(&chain.state, 0).unwrap();
    assert_eq!((tally.ayes, tally.support), (12 * TOKEN, 12 * TOKEN));
    tally.ayes += 1;
    let key = pallet_voting::TALLIES.key(&0);
    let other = tampered(&chain, key.as_bytes(), Some(tally.encode()));
    assert!(check_invariants(&other).is_err());
}

#[test]
fn a6_pallets_see_an_account_and_an_origin_never_a_signature() {
    for pallet in pallets() {
        let name = pallet.file_name().unwrap().to_str().unwrap().to_owned();
        // These hold keys and schemes as data, or signatures that prove a break: it is what they are for.
        if ["accounts", "canary", "crypto-registry"].contains(&&*name) {
            continue;
        }
        let manifest = std::fs::read_to_string(pallet.join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap();
        // It holds keys that open, which sign nothing.
        let has_keys = name == "encryption";
        assert!(has_keys || !dependencies.contains("althing-crypto"), "{name}");
        assert!(!dependencies.contains("pallet-accounts"), "{name}");
        for (path, code) in sources(&pallet.join("src")) {
            let key = (!has_keys).then_some("KeyHandle");
            for word in ["Signature", "WitnessCheck", "SignedPart"].into_iter().chain(key) {
                assert!(!code.contains(word), "{word} in {}", path.display());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a7_hostile_bytes_are_refused_by_every_function(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        name in 0_usize..6,
    ) {
        let chain = Chain::dev();
        let name = [
            "Metadata_metadata_at_version",
            "AccountNonceApi_account_nonce",
            "TaggedTransactionQueue_validate_transaction",
            "TransactionPaymentApi_query_info",
            "TransactionPaymentApi_query_fee_details",
            "AlthingApi_dry_run",
        ][name];
        let _ = chain.runtime.call_api(&chain.parent(), name, &bytes);
        let origin = Origin::Signed(member("bob").account);
        let run = chain.runtime.dry_run(&chain.parent(), origin, &bytes);
        prop_assert!(run.outcome.is_ok() || !run.outcome.unwrap_err().is_bug());
        if let Ok(extrinsic) = Extrinsic::decode(bytes) {
            let executed = chain.try_block(vec![extrinsic], false);
            prop_assert_eq!(executed.refused.len(), 1);
        }
    }

    #[test]
    fn a7_a_spoilt_byte_of_a_transaction_is_refused(
        at in 0_usize..2_600,
        flip in 1_u8..=255,
    ) {
        let chain = Chain::dev();
        let good = chain.next(member("bob"), remark("spoil me"));
        let mut bytes = good.bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        if let Ok(extrinsic) = Extrinsic::decode(bytes) {
            let executed = chain.try_block(vec![extrinsic], false);
            prop_assert_eq!(executed.refused.len(), 1);
            prop_assert_eq!(executed.receipts.len(), 1);
        }
    }
}

fn registry_calls() -> [(RuntimeCall, bool); 6] {
    use althing_crypto::SchemeId;
    use pallet_crypto_registry::Call;
    let scheme = SchemeId::SLH_DSA_128S;
    // Whether the call adds power.
    [
        (Call::Activate { scheme }.into(), true),
        (Call::Trial { scheme }.into(), true),
        (Call::Propose { scheme }.into(), true),
        (Call::Deprecate { scheme, sunset_after: None }.into(), false),
        (Call::Retire { scheme }.into(), false),
        (Call::Freeze { scheme, blocks: 5 }.into(), false),
    ]
}

#[test]
fn a9_the_fast_track_can_only_take_power_away() {
    let chain = Chain::dev();
    let try_as = |track, call: &RuntimeCall| {
        let run = chain.runtime.dry_run(&chain.parent(), Origin::Track(track), &call.encode());
        run.outcome != Err(DispatchError::BadOrigin)
    };
    for (call, adds) in registry_calls() {
        let may: Vec<Track> =
            Track::ALL.into_iter().filter(|track| try_as(*track, &call)).collect();
        let fast = may.contains(&Track::CryptoEmergency);
        let freezes = matches!(
            call,
            RuntimeCall::CryptoRegistry(pallet_crypto_registry::Call::Freeze { .. })
        );
        assert_eq!(fast, freezes, "{call:?}");
        if adds {
            assert_eq!(may, [Track::Root, Track::CryptoUpgrade], "{call:?}");
        }
        for outsider in [Origin::None, Origin::Signed(member("bob").account)] {
            let run = chain.runtime.dry_run(&chain.parent(), outsider, &call.encode());
            assert_eq!(run.outcome, Err(DispatchError::BadOrigin), "{call:?}");
        }
    }
}

#[test]
fn a9_every_track_that_adds_power_is_slower_than_the_one_that_removes_it() {
    let spec = ChainSpec::dev(GovernancePreset::Main).unwrap();
    let genesis = spec.build(&AlthingRuntime::new()).unwrap();
    let rows: MemoryRows = genesis
        .state
        .range(&[], None, usize::MAX)
        .map(|(key, value)| (key.into(), value[..].into()))
        .collect();
    let blocks = |track| {
        let info = pallet_referenda::TRACKS.get(&rows, &track).unwrap().unwrap();
        info.prepare_period + info.confirm_period + info.min_enactment_period
    };
    let fast = blocks(Track::CryptoEmergency);
    for track in [Track::Root, Track::CryptoUpgrade, Track::CryptoSunset, Track::Treasurer] {
        assert!(blocks(track) > 10 * fast, "{track:?}");
    }
}
