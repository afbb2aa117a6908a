//! A pallet written from `specs/writing-a-pallet.md` alone.
//!
//! Design. Members promise hours of work to numbered tasks.
//!
//! - Owns: a row for each pledge, a sum of hours for each task, a row for each closed task.
//! - Invariants: the sum of a task is the sum of its pledges; a pledge has from one hour to
//!   [`HOURS_MAX`], so that a task with pledges has a sum that is not zero, which is a row.
//! - Parallelism: a pledge is a row of its task and member, and the hours of a task are a sum, so
//!   members who pledge to one task do not wait for each other. Closing a task conflicts with
//!   pledges to it, as it must.
//! - Failure: a call that is refused leaves no trace. A closed task keeps its pledges, and a
//!   member may still withdraw: closing ends new promises, it binds nobody to old ones.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

use std::sync::Arc;

use althing_executor::{Executed, Executor, Parent, Proof, State, Transaction, Workers};
use althing_frame::testing::{TestChain, TestRuntime, decode_pallet};
use althing_frame::{
    Access, DispatchError, DoubleMap, Fault, IterRows, Map, Origin, PalletMetadata, Rows, SumMap,
    Track, Tx, constant,
};
use althing_primitives::{
    AccountId, Blake2_128Concat, BlockNumber, Digest, Era, Extra, Extrinsic, Hash256, Header,
    Signature, SignedPart, Weight,
};
use pallet_system::limits::rows_weight;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use rayon::ThreadPoolBuilder;
use scale_info::{MetaType, TypeDef, TypeInfo, meta_type};

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "Pledges";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 21;
/// The most hours of one pledge.
pub const HOURS_MAX: u16 = 100;

/// The hours that each member pledged to a task.
///
/// Members choose task numbers freely, so both keys are hashed as a stranger's.
pub const PLEDGES: DoubleMap<u32, AccountId, u16, Blake2_128Concat, Blake2_128Concat> =
    DoubleMap::new(NAME, "Pledges");
/// The hours pledged to each task. Pledges only add, so they do not conflict.
pub const HOURS: SumMap<u32, u128, Blake2_128Concat> = SumMap::new(NAME, "Hours");
/// The tasks that take no more pledges, and the block in which each was closed.
pub const CLOSED: Map<u32, BlockNumber, Blake2_128Concat> = Map::new(NAME, "Closed");

althing_frame::pallet_errors! {
    /// Why a pledge, a withdrawal or a closing is refused.
    pub enum Error in pallet INDEX {
        /// The member has pledged to the task before.
        1 "PLG-101" AlreadyPledged { task: u32, hours: u16 } => "{hours} hours are pledged to task {task} already";
        /// The pledge is above the most hours.
        2 "PLG-102" TooManyHours { hours: u16, most: u16 } => "{hours} hours are more than the {most} of one pledge";
        /// The member has no pledge to withdraw.
        3 "PLG-103" NotPledged { task: u32, member: AccountId } => "{member} has no pledge to task {task}";
        /// The task takes no pledges and is not closed twice.
        4 "PLG-104" TaskClosed { task: u32, at: BlockNumber } => "task {task} is closed since block {at}";
        /// A pledge says something.
        5 "PLG-105" NoHours => "a pledge has at least one hour";
    }
}

/// What happened to pledges and tasks.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// A member pledged hours to a task.
    #[codec(index = 0)]
    Pledged {
        /// Who.
        who: AccountId,
        /// To which task.
        task: u32,
        /// How many hours.
        hours: u16,
    },
    /// A member withdrew a pledge.
    #[codec(index = 1)]
    Withdrawn {
        /// Who.
        who: AccountId,
        /// From which task.
        task: u32,
        /// How many hours the task lost.
        hours: u16,
    },
    /// A referendum closed a task.
    #[codec(index = 2)]
    Closed {
        /// Which.
        task: u32,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = INDEX;
}

/// What members and referenda ask of this pallet.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Pledge hours to a task, once for each task.
    #[codec(index = 0)]
    Pledge {
        /// To which task.
        task: u32,
        /// How many hours, from 1 to 100.
        hours: u16,
    },
    /// Withdraw a pledge, also from a closed task.
    #[codec(index = 1)]
    Withdraw {
        /// From which task.
        task: u32,
    },
    /// Close a task to new pledges. For referenda on the track of general administration.
    #[codec(index = 2)]
    Close {
        /// Which.
        task: u32,
    },
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let call = match self {
            Self::Pledge { .. } => "pledge",
            Self::Withdraw { .. } => "withdraw",
            Self::Close { .. } => "close",
        };
        (NAME, call)
    }

    fn access(&self, origin: &Origin, _: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        match (self, origin) {
            (Self::Pledge { task, .. }, Origin::Signed(who)) => {
                access.read(CLOSED.key(task)).write(PLEDGES.key(task, who)).add(HOURS.key(task));
            }
            (Self::Withdraw { task }, Origin::Signed(who)) => {
                access.write(PLEDGES.key(task, who)).add(HOURS.key(task));
            }
            (Self::Close { task }, Origin::Track(_)) => {
                access.write(CLOSED.key(task));
            }
            // Dispatch refuses these for their origin, before it looks at a row.
            (Self::Pledge { .. } | Self::Withdraw { .. }, Origin::None | Origin::Track(_))
            | (Self::Close { .. }, Origin::None | Origin::Signed(_)) => {}
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Pledge { .. } => rows_weight(2, 2),
            Self::Withdraw { .. } => rows_weight(1, 2),
            Self::Close { .. } => rows_weight(1, 1),
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        match self {
            Self::Pledge { task, hours } => pledge(tx, origin.signed()?, *task, *hours),
            Self::Withdraw { task } => withdraw(tx, origin.signed()?, *task),
            Self::Close { task } => {
                origin.track(&[Track::GeneralAdmin])?;
                close(tx, *task)
            }
        }
    }
}

fn pledge(tx: &mut Tx<'_>, who: AccountId, task: u32, hours: u16) -> Result<(), DispatchError> {
    if hours == 0 {
        return Err(Error::NoHours.into());
    }
    if hours > HOURS_MAX {
        return Err(Error::TooManyHours { hours, most: HOURS_MAX }.into());
    }
    refuse_closed(tx, task)?;
    if let Some(hours) = PLEDGES.get(tx, &task, &who)? {
        return Err(Error::AlreadyPledged { task, hours }.into());
    }
    PLEDGES.put(tx, &task, &who, &hours)?;
    HOURS.add(tx, &task, &u128::from(hours))?;
    tx.emit(&Event::Pledged { who, task, hours });
    Ok(())
}

fn withdraw(tx: &mut Tx<'_>, who: AccountId, task: u32) -> Result<(), DispatchError> {
    let Some(hours) = PLEDGES.get(tx, &task, &who)? else {
        return Err(Error::NotPledged { task, member: who }.into());
    };
    PLEDGES.remove(tx, &task, &who)?;
    HOURS.sub(tx, &task, &u128::from(hours))?;
    tx.emit(&Event::Withdrawn { who, task, hours });
    Ok(())
}

fn close(tx: &mut Tx<'_>, task: u32) -> Result<(), DispatchError> {
    refuse_closed(tx, task)?;
    let at = tx.block().number;
    CLOSED.put(tx, &task, &at)?;
    tx.emit(&Event::Closed { task });
    Ok(())
}

/// A task is closed once, and then takes no pledges.
fn refuse_closed(tx: &Tx<'_>, task: u32) -> Result<(), DispatchError> {
    match CLOSED.get(tx, &task)? {
        Some(at) => Err(Error::TaskClosed { task, at }.into()),
        None => Ok(()),
    }
}

/// Verify over a whole state that the hours of each task are the sum of its pledges.
pub fn check(rows: &dyn IterRows) -> Result<(), Fault> {
    let mut listed = 0_usize;
    for (task, hours) in HOURS.list(rows)? {
        let mut parts = 0_u128;
        for (_, part) in PLEDGES.list_of(rows, &task)? {
            if part == 0 || part > HOURS_MAX {
                return Err(Fault::Broken { invariant: "a pledge has from 1 to 100 hours" });
            }
            parts = parts.saturating_add(u128::from(part));
            listed = listed.saturating_add(1);
        }
        if parts != hours {
            return Err(Fault::Broken { invariant: "the hours of a task are its pledges" });
        }
    }
    // The tasks above are those with a sum: a pledge to another one would be seen by nobody, so
    // the rows themselves are counted too.
    if listed == rows.rows_with_prefix(&PLEDGES.prefix()).len() {
        Ok(())
    } else {
        Err(Fault::Broken { invariant: "each task with pledges has a sum" })
    }
}

/// What clients are told of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: vec![
            PLEDGES.entry_optional("The hours that each member pledged to a task."),
            HOURS.entry("The hours pledged to each task."),
            CLOSED.entry_optional("The tasks that take no more pledges, and since which block."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![constant("HoursMax", &HOURS_MAX, "The most hours of one pledge.")],
        docs: "Hours of work that members promise to tasks.",
    }
}

const ANNA: AccountId = AccountId([1; 32]);
const BRAM: AccountId = AccountId([2; 32]);
const GARDEN: u32 = 7;
const ROOF: u32 = 8;

/// A chain of this pallet whose invariants are verified after each step.
struct Chain(TestChain);

impl Chain {
    fn new() -> Self {
        Self(TestChain::new(TestRuntime::without_calls()))
    }

    fn does(&mut self, origin: Origin, call: Call) {
        assert_eq!(self.0.apply(origin, call), Ok(()));
        assert_eq!(check(&self.0.rows), Ok(()));
    }

    fn refuses(&mut self, origin: Origin, call: Call, refusal: impl Into<DispatchError>) {
        let before = self.0.root();
        assert_eq!(self.0.apply(origin, call), Err(refusal.into()));
        assert_eq!(self.0.root(), before);
        assert_eq!(check(&self.0.rows), Ok(()));
    }

    fn hours(&self, task: u32) -> Result<u128, Fault> {
        HOURS.get(&self.0.rows, &task)
    }

    fn pledge(&self, task: u32, who: AccountId) -> Result<Option<u16>, Fault> {
        PLEDGES.get(&self.0.rows, &task, &who)
    }
}

fn pledge_to(task: u32, hours: u16) -> Call {
    Call::Pledge { task, hours }
}

#[test]
fn a_pledge_is_a_row_and_adds_its_hours() {
    let mut chain = Chain::new();
    chain.does(Origin::Signed(ANNA), pledge_to(GARDEN, 12));
    assert_eq!(chain.pledge(GARDEN, ANNA), Ok(Some(12)));
    assert_eq!(chain.hours(GARDEN), Ok(12));
    assert!(chain.0.has_event(&Event::Pledged { who: ANNA, task: GARDEN, hours: 12 }));
}

#[test]
fn a_second_pledge_to_one_task_is_refused() {
    let mut chain = Chain::new();
    chain.does(Origin::Signed(ANNA), pledge_to(GARDEN, 12));
    let refusal = Error::AlreadyPledged { task: GARDEN, hours: 12 };
    chain.refuses(Origin::Signed(ANNA), pledge_to(GARDEN, 3), refusal);
    assert_eq!(chain.pledge(GARDEN, ANNA), Ok(Some(12)));
}

#[test]
fn a_member_pledges_to_two_tasks() {
    let mut chain = Chain::new();
    chain.does(Origin::Signed(ANNA), pledge_to(GARDEN, 12));
    chain.does(Origin::Signed(ANNA), pledge_to(ROOF, 3));
    assert_eq!((chain.hours(GARDEN), chain.hours(ROOF)), (Ok(12), Ok(3)));
}

#[test]
fn a_pledge_has_at_most_a_hundred_hours() {
    let mut chain = Chain::new();
    let refusal = Error::TooManyHours { hours: 101, most: 100 };
    chain.refuses(Origin::Signed(ANNA), pledge_to(GARDEN, 101), refusal);
    let refusal = Error::TooManyHours { hours: u16::MAX, most: 100 };
    chain.refuses(Origin::Signed(ANNA), pledge_to(GARDEN, u16::MAX), refusal);
    chain.does(Origin::Signed(ANNA), pledge_to(GARDEN, 100));
    assert_eq!(chain.hours(GARDEN), Ok(100));
}

#[test]
fn a_pledge_has_at_least_one_hour() {
    let mut chain = Chain::new();
    chain.refuses(Origin::Signed(ANNA), pledge_to(GARDEN, 0), Error::NoHours);
    chain.does(Origin::Signed(ANNA), pledge_to(GARDEN, 1));
    assert_eq!(chain.hours(GARDEN), Ok(1));
}

#[test]
fn the_hours_of_a_task_are_the_sum_of_its_pledges() {
    let mut chain = Chain::new();
    chain.does(Origin::Signed(ANNA), pledge_to(GARDEN, 12));
    chain.does(Origin::Signed(BRAM), pledge_to(GARDEN, 30));
    chain.does(Origin::Signed(BRAM), pledge_to(ROOF, 5));
    assert_eq!((chain.hours(GARDEN), chain.hours(ROOF)), (Ok(42), Ok(5)));
    chain.does(Origin::Signed(ANNA), Call::Withdraw { task: GARDEN });
    assert_eq!((chain.hours(GARDEN), chain.hours(ROOF)), (Ok(30), Ok(5)));
}

#[test]
fn a_withdrawn_pledge_leaves_nothing_and_may_be_made_again() {
    let mut chain = Chain::new();
    chain.does(Origin::Signed(ANNA), pledge_to(GARDEN, 12));
    chain.does(Origin::Signed(ANNA), Call::Withdraw { task: GARDEN });
    assert!(chain.0.has_event(&Event::Withdrawn { who: ANNA, task: GARDEN, hours: 12 }));
    assert_eq!((chain.pledge(GARDEN, ANNA), chain.hours(GARDEN)), (Ok(None), Ok(0)));
    chain.does(Origin::Signed(ANNA), pledge_to(GARDEN, 4));
    assert_eq!(chain.hours(GARDEN), Ok(4));
}

#[test]
fn only_a_pledge_of_the_member_is_withdrawn() {
    let mut chain = Chain::new();
    let withdraw = Call::Withdraw { task: GARDEN };
    chain.does(Origin::Signed(ANNA), pledge_to(GARDEN, 12));
    let refusal = Error::NotPledged { task: GARDEN, member: BRAM };
    chain.refuses(Origin::Signed(BRAM), withdraw.clone(), refusal);
    chain.does(Origin::Signed(ANNA), withdraw.clone());
    let refusal = Error::NotPledged { task: GARDEN, member: ANNA };
    chain.refuses(Origin::Signed(ANNA), withdraw, refusal);
}

#[test]
fn a_closed_task_takes_no_pledges_and_other_tasks_do() {
    let mut chain = Chain::new();
    chain.0.go_to(5, 30_000);
    chain.does(Origin::Track(Track::GeneralAdmin), Call::Close { task: GARDEN });
    assert!(chain.0.has_event(&Event::Closed { task: GARDEN }));
    chain.0.go_to(6, 36_000);
    let refusal = Error::TaskClosed { task: GARDEN, at: 5 };
    chain.refuses(Origin::Signed(ANNA), pledge_to(GARDEN, 12), refusal);
    chain.does(Origin::Signed(ANNA), pledge_to(ROOF, 12));
}

#[test]
fn a_closed_task_keeps_its_pledges_and_members_may_withdraw_them() {
    let mut chain = Chain::new();
    chain.does(Origin::Signed(ANNA), pledge_to(GARDEN, 12));
    chain.does(Origin::Signed(BRAM), pledge_to(GARDEN, 30));
    chain.does(Origin::Track(Track::GeneralAdmin), Call::Close { task: GARDEN });
    assert_eq!(chain.hours(GARDEN), Ok(42));
    chain.does(Origin::Signed(ANNA), Call::Withdraw { task: GARDEN });
    assert_eq!(chain.hours(GARDEN), Ok(30));
}

#[test]
fn a_task_is_closed_once() {
    let mut chain = Chain::new();
    let close = Call::Close { task: GARDEN };
    chain.does(Origin::Track(Track::GeneralAdmin), close.clone());
    let refusal = Error::TaskClosed { task: GARDEN, at: chain.0.number() };
    chain.refuses(Origin::Track(Track::GeneralAdmin), close, refusal);
}

#[test]
fn only_general_admin_and_root_close_a_task() {
    let mut chain = Chain::new();
    for origin in [Origin::None, Origin::Signed(ANNA), Origin::Track(Track::Treasurer)] {
        chain.refuses(origin, Call::Close { task: GARDEN }, DispatchError::BadOrigin);
    }
    chain.does(Origin::Track(Track::Root), Call::Close { task: GARDEN });
}

#[test]
fn only_members_pledge_and_withdraw() {
    let mut chain = Chain::new();
    for call in [pledge_to(GARDEN, 12), Call::Withdraw { task: GARDEN }] {
        chain.refuses(Origin::None, call.clone(), DispatchError::BadOrigin);
        let referendum = Origin::Track(Track::GeneralAdmin);
        chain.refuses(referendum, call, DispatchError::BadOrigin);
    }
}

#[test]
fn each_refusal_has_its_code() {
    let codes = [
        (Error::AlreadyPledged { task: 1, hours: 1 }, "PLG-101"),
        (Error::TooManyHours { hours: 101, most: 100 }, "PLG-102"),
        (Error::NotPledged { task: 1, member: ANNA }, "PLG-103"),
        (Error::TaskClosed { task: 1, at: 1 }, "PLG-104"),
        (Error::NoHours, "PLG-105"),
    ];
    for (error, code) in codes {
        assert_eq!(DispatchError::from(error).code(), code);
    }
}

#[test]
fn a_wrong_sum_and_a_pledge_without_one_are_found() {
    let mut chain = Chain::new().0;
    chain.apply_unrestricted(|tx| PLEDGES.put(tx, &GARDEN, &ANNA, &12)).expect("a row is put");
    let invariant = "each task with pledges has a sum";
    assert_eq!(check(&chain.rows), Err(Fault::Broken { invariant }));
    chain.apply_unrestricted(|tx| HOURS.add(tx, &GARDEN, &13)).expect("a sum is added to");
    let invariant = "the hours of a task are its pledges";
    assert_eq!(check(&chain.rows), Err(Fault::Broken { invariant }));
    chain.apply_unrestricted(|tx| HOURS.sub(tx, &GARDEN, &1)).expect("a sum is taken from");
    assert_eq!(check(&chain.rows), Ok(()));
}

#[test]
fn metadata_names_every_row_and_documents_every_variant() {
    let told = metadata();
    assert_eq!((told.name, told.index), (NAME, INDEX));
    let rows: Vec<_> = told.storage.iter().map(|row| (row.name, row.has_default)).collect();
    assert_eq!(rows, [("Pledges", false), ("Hours", true), ("Closed", false)]);
    let names = |of: Option<MetaType>| {
        let Some(TypeDef::Variant(of)) = of.map(|of| of.type_info().type_def) else {
            return Vec::new();
        };
        assert!(of.variants.iter().all(|variant| !variant.docs.is_empty()));
        of.variants.iter().map(|variant| variant.name).collect()
    };
    assert_eq!(names(told.calls), ["Pledge", "Withdraw", "Close"]);
    assert_eq!(names(told.events), ["Pledged", "Withdrawn", "Closed"]);
    let errors = ["AlreadyPledged", "TooManyHours", "NotPledged", "TaskClosed", "NoHours"];
    assert_eq!(names(told.errors), errors);
}

/// How many members act in one block: a smaller block is not worth a pool, and runs serially.
const CROWD: u8 = 64;

fn pool() -> Workers {
    let pool = ThreadPoolBuilder::new().num_threads(2).build().expect("two threads start");
    Workers::Pool(Arc::new(pool))
}

/// A call that a member signed. The runtime of tests asks for no valid signature, nonce or fee.
fn signed(member: u8, call: &Call) -> Transaction {
    let part = SignedPart {
        account: AccountId([member; 32]),
        signature: Signature::Ed25519([0; 64]),
        extra: Extra { era: Era::Immortal, nonce: 0, tip: 0, metadata_hash_mode: 0 },
    };
    let bytes = (INDEX, call).encode();
    Transaction { extrinsic: Extrinsic::signed(part, &bytes), proven: Proof::Assumed }
}

/// The block after a header and its state, in which each member of the crowd makes one call.
fn block(header: &Header, state: &State, workers: Workers, call: impl Fn(u8) -> Call) -> Executed {
    let runtime = TestRuntime::new(|bytes| decode_pallet::<Call>(INDEX, bytes));
    let parent = Parent { header, state, genesis: Hash256::default() };
    let crowd = (1..=CROWD).map(|member| signed(member, &call(member))).collect();
    let now = u64::from(header.number).saturating_add(1).saturating_mul(6_000);
    let block = Executor::new(Arc::new(runtime), workers).build(&parent, now, crowd);
    let block = block.expect("a block is built");
    assert!(block.refused.is_empty());
    assert!(block.receipts.iter().all(|receipt| receipt.outcome.is_ok()));
    block
}

/// The block of the crowd, held to be the same whether built serially or by a pool.
fn block_both_ways(header: &Header, state: &State, call: impl Fn(u8) -> Call) -> Executed {
    let serial = block(header, state, Workers::Serial, &call);
    let pooled = block(header, state, pool(), &call);
    assert_eq!(pooled.header, serial.header);
    assert_eq!(pooled.receipts, serial.receipts);
    assert_eq!(pooled.changes, serial.changes);
    pooled
}

fn genesis(state: &State) -> Header {
    Header {
        parent_hash: Hash256::default(),
        number: 0,
        state_root: state.root(),
        extrinsics_root: Hash256::default(),
        digest: Digest::default(),
    }
}

#[test]
fn pledges_of_many_members_to_one_task_do_not_conflict() {
    let state = State::empty();
    let pledged = block_both_ways(&genesis(&state), &state, |_| pledge_to(GARDEN, 2));
    // Every call beside every other: no call waited, and the longest chain of calls is one call.
    assert_eq!(pledged.explanation.parallel, usize::from(CROWD));
    assert_eq!((pledged.explanation.critical_path, pledged.explanation.conflicts), (1, 0));
    assert_eq!(HOURS.get(&pledged.state, &GARDEN), Ok(128));

    let withdraw = |_| Call::Withdraw { task: GARDEN };
    let withdrawn = block_both_ways(&pledged.header, &pledged.state, withdraw);
    assert_eq!(withdrawn.explanation.parallel, usize::from(CROWD));
    assert_eq!((withdrawn.explanation.critical_path, withdrawn.explanation.conflicts), (1, 0));
    assert_eq!(HOURS.get(&withdrawn.state, &GARDEN), Ok(0));
}
