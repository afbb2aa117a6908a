//! Facts about the system pallet.

use althing_frame::testing::{TestChain, TestRuntime, decode_pallet};
use althing_frame::{
    Access, BeforeError, Call as _, CallClass, DispatchError, Event as _, Events, Fault, Invalid,
    Origin, Phase, PhaseEvents, Rows, Runtime as _, Track, Tx,
};
use althing_primitives::{AccountId, Hash256, Nonce, Weight, blake2_256};
use parity_scale_codec::{Compact, Decode, Encode};

use crate::*;

const ALICE: AccountId = AccountId([1; 32]);

fn chain() -> TestChain {
    TestChain::new(TestRuntime::new(|bytes| decode_pallet::<Call>(INDEX, bytes)))
}

fn remark(bytes: &[u8]) -> Call {
    Call::RemarkWithEvent { remark: bytes.to_vec().try_into().unwrap() }
}

fn funds(free: u128) -> AccountData {
    AccountData { free, ..AccountData::default() }
}

fn put(chain: &mut TestChain, data: AccountData) {
    let info = account(&chain.rows, &ALICE).unwrap();
    chain.apply_unrestricted(|tx| put_data(tx, &ALICE, info, data)).unwrap();
}

fn next_nonce(chain: &mut TestChain, found: Nonce) {
    chain.apply_unrestricted(|tx| use_nonce(tx, &ALICE, found)).unwrap();
}

#[test]
fn a_block_notes_its_height_and_its_parent() {
    let mut chain = chain();

    chain.apply_unrestricted(initialize).unwrap();

    assert_eq!(NUMBER.get(&chain.rows), Ok(Some(1)));
    assert_eq!(PARENT_HASH.get(&chain.rows), Ok(Some(Hash256([1; 32]))));
    assert_eq!(BLOCK_HASH.get(&chain.rows, &0), Ok(Some(Hash256([1; 32]))));
}

#[test]
fn genesis_and_the_last_4096_hashes_stay() {
    let mut chain = chain();
    for number in 1..=BLOCK_HASH_COUNT + 3 {
        chain.go_to(number, 0);
        chain.apply_unrestricted(initialize).unwrap();
    }

    let mut known: Vec<_> =
        BLOCK_HASH.list(&chain.rows).unwrap().into_iter().map(|(height, _)| height).collect();
    known.sort_unstable();

    assert_eq!(known.len(), 4097);
    assert_eq!(known[..2], [0, 3]);
    assert_eq!(known.last(), Some(&(BLOCK_HASH_COUNT + 2)));
}

#[test]
fn the_record_of_events_is_what_clients_decode_and_is_replaced_each_block() {
    let mut chain = chain();
    let event = Event::Remarked { sender: ALICE, hash: Hash256([7; 32]) };
    let mut events = Events::new();
    events.push(&event);
    let step = PhaseEvents { phase: Phase::ApplyExtrinsic(2), events: &events };

    chain.apply_unrestricted(|tx| record_events(tx, &[step, step])).unwrap();

    let bytes = chain.rows.row(&events_key()).unwrap().unwrap();
    let mut rest = &bytes[..];
    assert_eq!(Compact::<u32>::decode(&mut rest).unwrap().0, 2);
    for _ in 0..2 {
        assert_eq!(Phase::decode(&mut rest), Ok(Phase::ApplyExtrinsic(2)));
        assert_eq!(<[u8; 2]>::decode(&mut rest), Ok([0, 5]));
        assert_eq!(<(AccountId, Hash256)>::decode(&mut rest), Ok((ALICE, Hash256([7; 32]))));
        assert_eq!(Vec::<Hash256>::decode(&mut rest), Ok(vec![]));
    }
    assert!(rest.is_empty());
    assert_eq!(EVENT_COUNT.get(&chain.rows), Ok(Some(2)));

    chain.apply_unrestricted(|tx| record_events(tx, &[])).unwrap();
    assert_eq!(chain.rows.row(&events_key()), Ok(None));
    assert_eq!(EVENT_COUNT.get(&chain.rows), Ok(None));
}

#[test]
fn a_nonce_is_used_once_and_in_order() {
    let mut chain = chain();
    assert_eq!(check_nonce(&chain.rows, &ALICE, 0), Ok(()));

    next_nonce(&mut chain, 0);

    let refusal = |found| check_nonce(&chain.rows, &ALICE, found);
    assert_eq!(refusal(0), Err(BeforeError::Invalid(Invalid::Stale { found: 0, next: 1 })));
    assert_eq!(refusal(1), Ok(()));
    assert_eq!(refusal(2), Err(BeforeError::Invalid(Invalid::Future { found: 2, next: 1 })));
}

#[test]
fn the_last_nonce_is_never_used() {
    let mut chain = chain();
    let info = AccountInfo { nonce: u32::MAX, ..AccountInfo::default() };
    chain.apply_unrestricted(|tx| ACCOUNT.put(tx, &ALICE, &info)).unwrap();

    let refusal = check_nonce(&chain.rows, &ALICE, u32::MAX);

    let stale = Invalid::Stale { found: u32::MAX, next: u32::MAX };
    assert_eq!(refusal, Err(BeforeError::Invalid(stale)));
}

#[test]
fn an_account_without_funds_leaves_no_row_unless_it_has_a_nonce() {
    let mut chain = chain();
    let empty = chain.root();
    put(&mut chain, funds(5));
    assert!(chain.has_event(&Event::NewAccount { account: ALICE }));

    put(&mut chain, funds(0));
    assert_eq!(chain.root(), empty);
    assert!(chain.has_event(&Event::KilledAccount { account: ALICE }));

    put(&mut chain, funds(5));
    next_nonce(&mut chain, 0);
    put(&mut chain, funds(0));
    assert_eq!(account(&chain.rows, &ALICE).unwrap().nonce, 1);
    assert_eq!(account(&chain.rows, &ALICE).unwrap().providers, 0);
}

#[test]
fn a_remark_leaves_its_hash_in_the_events() {
    let mut chain = chain();

    chain.apply(Origin::Signed(ALICE), remark(b"hello")).unwrap();

    assert!(chain.has_event(&Event::Remarked { sender: ALICE, hash: blake2_256(b"hello") }));
    let silent = Call::Remark { remark: b"hello".to_vec().try_into().unwrap() };
    chain.apply(Origin::Track(Track::Root), silent.clone()).unwrap();
    assert_eq!(chain.apply(Origin::None, silent), Err(DispatchError::BadOrigin));
    assert_eq!(chain.apply(Origin::None, remark(b"x")), Err(DispatchError::BadOrigin));
    assert_eq!(chain.events().len(), 1);
}

#[test]
fn calls_decode_whole_or_not_at_all() {
    let runtime = TestRuntime::new(|bytes| decode_pallet::<Call>(INDEX, bytes));
    let bytes = (INDEX, remark(b"hello")).encode();
    assert_eq!(bytes[..2], [0, 7]);
    assert_eq!(runtime.decode_call(&bytes).unwrap().name(), ("System", "remark_with_event"));
    for end in 0..bytes.len() {
        assert!(runtime.decode_call(&bytes[..end]).is_err());
    }
    assert!(runtime.decode_call(&[bytes.as_slice(), &[0]].concat()).is_err());
}

/// A call that touches what it does not declare.
#[derive(Debug)]
struct Liar;

impl althing_frame::Call for Liar {
    fn name(&self) -> (&'static str, &'static str) {
        ("Test", "lie")
    }

    fn access(&self, _: &Origin, _: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        access.read(ACCOUNT.key(&ALICE));
        Ok(())
    }

    fn weight(&self) -> Weight {
        Weight::ZERO
    }

    fn dispatch(&self, tx: &mut Tx<'_>, _: Origin) -> Result<(), DispatchError> {
        Ok(ACCOUNT.put(tx, &ALICE, &AccountInfo::default())?)
    }
}

#[test]
fn a_row_outside_the_declared_access_is_refused_and_changes_nothing() {
    let mut chain = chain();
    let before = chain.root();

    let refusal = chain.apply(Origin::None, Liar).unwrap_err();

    assert_eq!(refusal.code(), "SYS-106");
    let same = DispatchError::from(Error::AccessViolation);
    assert_eq!(same.code(), refusal.code());
    assert_eq!(same.encode(), refusal.encode());
    assert_eq!(refusal.encode(), [3, 0, 6, 0, 0, 0]);
    assert_eq!(chain.root(), before);
}

#[test]
fn genesis_and_upgrades_write_the_well_known_row() {
    let mut chain = chain();
    let genesis = Genesis { code: b"althing/1".to_vec() };

    chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();
    assert_eq!(chain.rows.row(&code_key()), Ok(Some(b"althing/1"[..].into())));

    chain.apply_unrestricted(|tx| set_code(tx, b"althing/2")).unwrap();
    assert_eq!(chain.rows.row(&code_key()), Ok(Some(b"althing/2"[..].into())));
    assert!(chain.has_event(&Event::CodeUpdated));
}

#[test]
fn outcomes_encode_as_clients_read_them() {
    let weight = Weight { ref_time: 1, proof_size: 0 };
    let success = outcome(weight, CallClass::Operational, &Ok(()));
    assert_eq!(success.to_outer(), [0, 0, 4, 0, 1, 0]);

    let failure = outcome(weight, CallClass::Mandatory, &Err(DispatchError::BadOrigin));
    assert_eq!(failure.to_outer(), [0, 1, 2, 4, 0, 2, 1]);
}

#[test]
fn an_account_row_has_eighty_bytes_in_the_order_clients_read() {
    let data = AccountData { free: 5, reserved: 6, frozen: 7, flags: 0 };
    let info = AccountInfo { nonce: 1, consumers: 2, providers: 3, sufficients: 4, data };
    let fields = (1_u32, 2_u32, 3_u32, 4_u32, 5_u128, 6_u128, 7_u128, 0_u128);
    assert_eq!(info.encode(), fields.encode());
    assert_eq!(info.encode().len(), 80);
}

#[test]
fn clients_find_types_and_constants_by_name() {
    use scale_info::{IntoPortable as _, Registry, TypeInfo, meta_type};
    fn path<T: TypeInfo>() -> String {
        T::type_info().path.segments.join("::")
    }
    assert_eq!(path::<AccountInfo>(), "frame_system::AccountInfo");
    assert_eq!(path::<AccountData>(), "pallet_balances::types::AccountData");
    assert_eq!(path::<DispatchEventInfo>(), "frame_system::DispatchEventInfo");
    assert_eq!(path::<limits::BlockWeights>(), "frame_system::limits::BlockWeights");
    assert_eq!(path::<limits::BlockLength>(), "frame_system::limits::BlockLength");
    assert_eq!(path::<limits::RuntimeDbWeight>(), "sp_weights::RuntimeDbWeight");

    let metadata = metadata::<Event>(&chain_version(), 42);
    let names: Vec<_> = metadata.constants.iter().map(|constant| constant.name).collect();
    let expected =
        ["BlockWeights", "BlockLength", "BlockHashCount", "DbWeight", "Version", "SS58Prefix"];
    assert_eq!(names, expected);
    assert_eq!(metadata.constants[5].value, 42_u16.encode());
    let storage: Vec<_> = metadata.storage.iter().map(|entry| entry.name).collect();
    let expected =
        ["Account", "BlockHash", "Number", "ParentHash", "Digest", "Events", "EventCount"];
    assert_eq!(storage, expected);
    let mut registry = Registry::new();
    meta_type::<limits::BlockWeights>().type_info().into_portable(&mut registry);
}

fn chain_version() -> althing_primitives::RuntimeVersion {
    TestRuntime::without_calls().version()
}

#[test]
fn normal_calls_leave_a_quarter_of_the_block() {
    let weights = limits::block_weights();
    assert_eq!(weights.max_block.ref_time, 2_000_000_000_000);
    assert_eq!(weights.per_class.normal.max_total.unwrap().ref_time, 1_500_000_000_000);
    assert_eq!(limits::block_length().max.normal, 12 * 1024 * 1024);
    assert_eq!(remark(&[0; 1000]).weight(), Weight { ref_time: 2_500_000, proof_size: 0 });
}
