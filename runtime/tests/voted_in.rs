//! A scheme that the program was not compiled with: a referendum's enactment enters it, and members
//! sign with it from the next block on.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use althing_crypto::{Vectors, module::Vector};
use althing_executor::Executed;
use althing_frame::{Call as _, DispatchError, Origin, Runtime, Track, Tx};
use althing_primitives::{
    AccountId, Era, Extra, Extrinsic, Family, Implicit, KeyHandle, SchemeId, Signature, SignedPart,
    SignerKey, TOKEN, blake2_256, signing_payload, statement,
};
use althing_runtime::{AlthingRuntime, RuntimeCall, SPEC_VERSION, TRANSACTION_VERSION};
use chain::calls::{remark, transfer};
use chain::{Chain, member};
use pallet_crypto_registry::{SCHEMES, SchemeState};
use pallet_scheduler::Outcome;
use parity_scale_codec::Encode;

const TOY: SchemeId = SchemeId(256);
const KEY: &[u8; 4] = b"key1";

/// A signature of 8 bytes is valid if it is the sum of 31 times what came before and the next byte.
const CODE: &str = r#"(module (memory (export "memory") 4)
  (func (export "althing_abi") (result i32) (i32.const 1))
  (func (export "buffer") (param i32) (result i32) (i32.const 1024))
  (func (export "verify") (param i32 i32 i32) (result i32)
    (local $at i32) (local $end i32) (local $sum i64)
    (local.set $at (i32.const 1024))
    (local.set $end (i32.add (i32.add (local.get 0) (local.get 1)) (local.get $at)))
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (local.set $sum
            (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.load8_u (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next))))
    (i64.eq (local.get $sum) (i64.load (local.get $end)))))"#;

fn sign(message: &[u8]) -> Vec<u8> {
    let step = |sum: u64, byte: &u8| sum.wrapping_mul(31).wrapping_add((*byte).into());
    KEY.iter().chain(message).fold(0, step).to_le_bytes().to_vec()
}

fn vectors() -> Vec<u8> {
    let vector = |at: u8, valid: bool| {
        let public = if at == 0 { *b"key2" } else { *KEY };
        let message = vec![at; 3];
        let bytes = public.iter().chain(&message);
        let step = |sum: u64, byte: &u8| sum.wrapping_mul(31).wrapping_add((*byte).into());
        let signature = bytes.fold(0, step) ^ u64::from(!valid);
        Vector {
            public: public.to_vec().try_into().unwrap(),
            message: message.try_into().unwrap(),
            signature: signature.to_le_bytes().to_vec().try_into().unwrap(),
            valid,
        }
    };
    let all = (0..3).flat_map(|at| [vector(at, true), vector(at, false)]);
    Vectors::new(all.collect()).unwrap().encode()
}

fn add_module(fuel_max: u64) -> RuntimeCall {
    add_code(CODE, fuel_max)
}

fn add_code(code: &str, fuel_max: u64) -> RuntimeCall {
    let code = blake2_256(&wat::parse_str(code).unwrap());
    pallet_crypto_registry::Call::AddModule {
        scheme: TOY,
        name: b"toy".to_vec().try_into().unwrap(),
        family: Family::Code,
        public_bytes: 4,
        signature_bytes: 8,
        fuel_max,
        code,
        signer: None,
        vectors: blake2_256(&vectors()),
    }
    .into()
}

/// Change the state as a hook could.
fn amend(chain: &mut Chain, step: impl FnOnce(&mut Tx<'_>) -> Result<(), DispatchError>) {
    let runtime = AlthingRuntime::new();
    let block = althing_frame::BlockEnv {
        number: chain.header.number + 1,
        parent_hash: chain.header.hash(),
        genesis_hash: chain.genesis,
        now: chain.next_time(),
    };
    let state = chain.state.clone();
    let mut tx = Tx::unrestricted(&state, &runtime as &dyn Runtime, block);
    step(&mut tx).unwrap();
    let effects = tx.into_effects();
    let changes = effects.rows().iter().map(|row| {
        let before = state.get(row.key.as_bytes()).map(|value| value.as_bytes().to_vec());
        (row.key.clone(), row.change.apply(before.as_deref(), &row.key).unwrap())
    });
    chain.state = state.apply(&changes.collect::<Vec<_>>());
}

/// A chain whose scheduler enacts these calls in its next block, as referenda would have it.
fn about_to_enact(mut chain: Chain, calls: &[(Track, RuntimeCall)]) -> Chain {
    amend(&mut chain, |tx| {
        for (number, (track, call)) in (0..).zip(calls) {
            let bytes = call.encode();
            if bytes.len() > 128 {
                let note = pallet_preimage::Call::Note { bytes: bytes.clone().try_into().unwrap() };
                let note = RuntimeCall::from(note).encode();
                tx.dispatch(&note, Origin::Signed(member("alice").account))?;
            }
            let proposal = pallet_preimage::Proposal::of(&bytes).unwrap();
            let relies_on = pallet_preimage::relied(call.relies_on()).unwrap();
            let (track, referendum) = (*track, Some(number));
            let enactment = pallet_scheduler::Enactment { track, proposal, referendum, relies_on };
            pallet_scheduler::schedule(tx, tx.block().number, enactment)?;
        }
        Ok(())
    });
    chain
}

/// How the first of the calls ended that the scheduler enacted.
fn outcome(chain: &Chain) -> Outcome {
    pallet_scheduler::result_of(&chain.state, 0).unwrap().unwrap().outcome
}

/// A chain on which code and vectors are noted.
fn noted() -> Chain {
    noted_with(CODE)
}

fn noted_with(code: &str) -> Chain {
    let mut chain = Chain::dev();
    for bytes in [wat::parse_str(code).unwrap(), vectors()] {
        let note = pallet_preimage::Call::Note { bytes: bytes.try_into().unwrap() };
        let extrinsic = chain.next(member("alice"), note);
        assert!(chain.block(vec![extrinsic]).receipts.iter().all(|one| one.outcome.is_ok()));
    }
    chain
}

/// The account of the toy's key, with funds on the chain.
fn toy_account() -> AccountId {
    AccountId::from_key(KeyHandle::of(TOY, KEY), [0; 32])
}

fn state_of(chain: &Chain, scheme: SchemeId) -> SchemeState {
    SCHEMES.get(&chain.state, &scheme).unwrap().unwrap().state
}

/// A call of the toy's account, key included.
fn signed(chain: &Chain, nonce: u32, call: impl Into<RuntimeCall>, spoil: u8) -> Extrinsic {
    let account = toy_account();
    let era = Era::mortal(64, chain.header.number);
    let extra = Extra { era, nonce, tip: 0, metadata_hash_mode: 0 };
    let implicit = Implicit {
        spec_version: SPEC_VERSION,
        transaction_version: TRANSACTION_VERSION,
        genesis: chain.genesis,
        birth: chain.header.hash(),
        metadata_hash: None,
    };
    let call = call.into().encode();
    let under = pallet_accounts::circumstances(&chain.state, &account).unwrap();
    let key = SignerKey { scheme: TOY, handle: KeyHandle::of(TOY, KEY) };
    let payload = signing_payload(&call, &extra, &implicit);
    let mut signature = sign(&statement(&account, under, &[key], &payload));
    signature[0] ^= spoil;
    let public = KEY.to_vec().try_into().unwrap();
    let signature =
        Signature::Key { scheme: TOY, public, signature: signature.try_into().unwrap() };
    Extrinsic::signed(SignedPart { account, signature, extra }, &call)
}

/// A chain on which the toy is on trial and its account has funds.
fn entered() -> Chain {
    let mut chain = about_to_enact(noted(), &[(Track::CryptoUpgrade, add_module(1_000_000))]);
    let fund = chain.next(member("bob"), transfer(&toy_account(), 500));
    chain.block(vec![fund]);
    assert_eq!(outcome(&chain), Outcome::Enacted);
    assert_eq!(state_of(&chain, TOY), SchemeState::Trial);
    chain.check();
    chain
}

fn assert_same(serial: &Executed, other: &Executed) {
    assert_eq!(serial.header, other.header);
    assert_eq!(serial.receipts, other.receipts);
    assert_eq!(serial.refused, other.refused);
    assert_eq!(serial.changes, other.changes);
}

#[test]
fn members_sign_under_a_module_in_the_block_after_its_enactment() {
    let mut chain = entered();
    let good = signed(&chain, 0, remark("voted in"), 0);
    let executed = chain.block(vec![good]);
    assert!(executed.refused.is_empty(), "{:?}", executed.refused);
    assert!(executed.receipts.iter().all(|receipt| receipt.outcome.is_ok()));
    assert_eq!(chain.nonce(&toy_account()), 1);
    let wrong = signed(&chain, 1, remark("forged"), 1);
    let executed = chain.try_block(vec![wrong], false);
    assert_eq!(executed.refused.len(), 1);
    assert!(executed.refused[0].1.to_string().contains("256"), "{:?}", executed.refused);
    chain.check();
}

/// The toy's code, but it answers wrongly about this vector and about nothing else.
fn wrong_about(vector: &Vector) -> String {
    let bytes = vector.public.iter().chain(vector.message.iter());
    let sum = bytes.fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
    let signature = u64::from_le_bytes(vector.signature[..].try_into().unwrap());
    let found = "(i64.load (local.get $end))";
    let verdict = format!("(i64.eq (local.get $sum) {found})");
    let sum = format!("(i64.eq (local.get $sum) (i64.const {}))", sum.cast_signed());
    let signature = format!("(i64.eq {found} (i64.const {}))", signature.cast_signed());
    assert!(CODE.contains(&verdict));
    CODE.replace(&verdict, &format!("(i32.xor {verdict} (i32.and {sum} {signature}))"))
}

#[test]
fn a_module_that_fails_its_gate_leaves_no_trace_but_the_result() {
    let vectors = Vectors::decode(&vectors()).unwrap();
    let wrong = vectors.all().iter().map(|vector| (wrong_about(vector), 1_000_000));
    // With one unit of fuel even the right code answers nothing.
    let failing: Vec<_> = wrong.chain([(CODE.to_owned(), 1)]).collect();
    assert_eq!(failing.len(), 7);
    for (code, fuel_max) in failing {
        let add = add_code(&code, fuel_max);
        let mut chain = about_to_enact(noted_with(&code), &[(Track::CryptoUpgrade, add)]);
        chain.pass(1);
        let refused = b"CRY-120".to_vec().try_into().unwrap();
        assert_eq!(outcome(&chain), Outcome::Failed { code: refused, retry_until: None });
        assert_eq!(SCHEMES.get(&chain.state, &TOY).unwrap(), None);
        assert_eq!(pallet_crypto_registry::EPOCH.get_or_default(&chain.state).unwrap(), 0);
        chain.check();
    }
}

#[test]
fn blocks_that_enact_and_use_a_module_are_the_same_on_every_number_of_workers() {
    let before = about_to_enact(noted(), &[(Track::CryptoUpgrade, add_module(100_000))]);
    let fund = before.next(member("bob"), transfer(&toy_account(), 500));
    let serial = before.try_block(vec![fund.clone()], false);
    let mut after = before.clone();
    after.advance(&serial);
    let mut block: Vec<Extrinsic> =
        (0..40).map(|nonce| signed(&after, nonce, remark("toy"), 0)).collect();
    block.extend(["bob", "erin"].map(|name| after.next(member(name), remark("native"))));
    block.push(signed(&after, 40, remark("forged"), 1));
    let used = after.try_block(block.clone(), false);
    assert_eq!((used.receipts.len() > 42, used.refused.len()), (true, 1));
    for workers in [2, 3, 8] {
        let parallel = before.with_workers(workers).try_block(vec![fund.clone()], false);
        assert_same(&serial, &parallel);
        assert_same(&used, &after.with_workers(workers).try_block(block.clone(), false));
    }
}

#[test]
fn a_block_under_a_module_verifies_again_after_the_module_has_retired() {
    let old = entered();
    let block = vec![signed(&old, 0, remark("old"), 0)];
    let executed = old.try_block(block.clone(), false);
    let mut chain = old.clone();
    chain.advance(&executed);
    amend(&mut chain, |tx| {
        pallet_crypto_registry::report_broken(tx, TOY)?;
        let retire = pallet_crypto_registry::Call::Retire { scheme: TOY };
        tx.dispatch(&RuntimeCall::from(retire).encode(), Origin::Track(Track::CryptoSunset))
    });
    assert_eq!(state_of(&chain, TOY), SchemeState::Retired);
    let refused = chain.try_block(vec![signed(&chain, 1, remark("late"), 0)], false);
    assert_eq!(refused.refused.len(), 1);
    // A node that replays the chain has the parent's rows of that time.
    assert_same(&executed, &old.try_block(block, false));
    let height = old.header.number + 1;
    let then = pallet_crypto_registry::state_at(&chain.state, TOY, height).unwrap();
    assert_eq!(then, Some(SchemeState::Trial));
}

#[test]
fn fees_under_a_module_are_those_of_its_record() {
    let chain = entered();
    let mut dear = about_to_enact(noted(), &[(Track::CryptoUpgrade, add_module(40_000_000))]);
    dear.block(Vec::new());
    let call = remark("fee").encode();
    let fee_on = |chain: &Chain, scheme| {
        let origin = (Origin::Signed(AccountId([77; 32])), scheme);
        let run = chain.runtime.dry_run_under(&chain.parent(), origin, &call);
        (run.fee, run.deposit)
    };
    let fee = |scheme| fee_on(&chain, scheme);
    let (toy, deposit) = fee(TOY);
    assert!(fee_on(&dear, TOY).0 > toy && toy > 0, "a larger fuel cap costs more");
    assert_eq!(deposit, pallet_accounts::key_deposit(4));
    assert_eq!(fee(SchemeId(999)), (0, 0));
}

/// Give the chain this many accounts, every fifth of them under `scheme` alone.
fn populate(chain: &mut Chain, accounts: u32, scheme: SchemeId) {
    let key = member("alice").public.clone();
    amend(chain, |tx| {
        for at in 0..accounts {
            let mut account = [3; 32];
            account[..4].copy_from_slice(&at.to_le_bytes());
            let account = AccountId(account);
            pallet_balances::mint(tx, &account, 100 * TOKEN)?;
            let scheme = if at % 5 == 0 { scheme } else { SchemeId::ML_DSA_65 };
            let handle = KeyHandle::of(scheme, &key);
            let mut policy = pallet_accounts::POLICIES.get(tx, &member("alice").account)?.unwrap();
            policy.keys =
                vec![pallet_accounts::KeyEntry::owner(scheme, handle, None)].try_into().unwrap();
            pallet_accounts::POLICIES.put(tx, &account, &policy)?;
        }
        Ok(())
    });
}

/// A chain of so many accounts that is to retire SPHINCS+ from its next block on.
fn retiring(accounts: u32) -> Chain {
    let scheme = SchemeId::SPHINCS_R3;
    let mut chain = Chain::dev();
    populate(&mut chain, accounts, scheme);
    amend(&mut chain, |tx| {
        let deprecate = pallet_crypto_registry::Call::Deprecate { scheme, sunset_after: None };
        tx.dispatch(&RuntimeCall::from(deprecate).encode(), Origin::Track(Track::Root))?;
        let mut record = SCHEMES.get(tx, &scheme)?.unwrap();
        record.sunset_at = Some(0);
        Ok(SCHEMES.put(tx, &scheme, &record)?)
    });
    let retire = pallet_crypto_registry::Call::Retire { scheme };
    about_to_enact(chain, &[(Track::CryptoSunset, retire.into())])
}

#[test]
fn a_chain_of_three_thousand_accounts_counts_them_over_several_blocks() {
    let scheme = SchemeId::SPHINCS_R3;
    let census =
        |chain: &Chain| pallet_crypto_registry::CENSUSES.get(&chain.state, &scheme).unwrap();
    let mut serial = retiring(3_000);
    let mut parallel = serial.with_workers(3);
    let mut cursors = Vec::new();
    for _ in 0..4 {
        let sender = member("bob");
        let block = vec![serial.next(sender, remark("meanwhile"))];
        let executed = serial.block(block.clone());
        assert_same(&executed, &parallel.block(block));
        cursors.push(census(&serial).and_then(|census| census.cursor).is_some());
    }
    // Enacted in the first block, counted in the three that follow: 1,024 twice, then the rest.
    assert_eq!(cursors, [false, true, true, false]);
    // A fifth of 300,000 tokens and one of the ten members, who have 100,000 each: 12 of 100.
    let postponed = census(&serial).unwrap();
    let last = postponed.last.unwrap();
    assert!(last.all > 1_290_000 * TOKEN && last.on >= 159_000 * TOKEN, "{last:?}");
    assert_eq!(state_of(&serial, scheme), SchemeState::Deprecated);
    assert_eq!(postponed.next_at, serial.header.number + 5);
    // Dave gets another key; what is left is less than a tenth.
    amend(&mut serial, |tx| {
        let dave = member("dave").account;
        let policy = pallet_accounts::POLICIES.get(tx, &member("alice").account)?.unwrap();
        Ok(pallet_accounts::POLICIES.put(tx, &dave, &policy)?)
    });
    serial.pass(7);
    assert_eq!(state_of(&serial, scheme), SchemeState::Retired);
    assert_eq!(census(&serial), None);
}

#[test]
fn a_scheme_that_ninety_percent_have_left_retires_in_the_next_block() {
    let mut chain = retiring(0);
    chain.pass(1);
    assert_eq!(state_of(&chain, SchemeId::SPHINCS_R3), SchemeState::Deprecated);
    chain.pass(1);
    assert_eq!(state_of(&chain, SchemeId::SPHINCS_R3), SchemeState::Retired);
}
