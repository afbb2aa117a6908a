//! Tests of the registry: the chain they run on, then one file per group of rules.

mod broken;
mod census;
mod gate;
mod genesis;
mod history;
mod kems;
mod lifecycle;
mod modules;
mod toy;
mod uses;

use althing_frame::{
    DispatchError, Origin, PalletError, Track,
    testing::{TestChain, TestRuntime, decode_pallet},
};
use althing_primitives::{BlockNumber, SchemeId, TOKEN};

use crate::{
    Call, EPOCH, Error, FROZEN, Freeze, Genesis, HISTORY, IDS, INDEX, LIMITS, Limits, SCHEMES,
    SchemeRecord, SchemeState, Step, check, on_initialize,
};

/// The scheme most tests change: the diversity of the other three does not depend on it.
const SPHINCS: SchemeId = SchemeId::SPHINCS_R3;

fn runtime() -> TestRuntime {
    TestRuntime::new(|bytes| decode_pallet::<Call>(INDEX, bytes))
}

fn chain(genesis: &Genesis) -> TestChain {
    let mut chain = TestChain::new(runtime());
    chain.block.number = 0;
    chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();
    chain.block.number = 1;
    chain
}

fn dev() -> TestChain {
    chain(&Genesis::dev(Limits::FAST))
}

fn record(chain: &TestChain, scheme: SchemeId) -> SchemeRecord {
    SCHEMES.get(&chain.rows, &scheme).unwrap().unwrap()
}

fn epoch(chain: &TestChain) -> u32 {
    EPOCH.get_or_default(&chain.rows).unwrap()
}

/// Put `scheme` in `state`, as of block 1, whatever the rules say.
fn force(chain: &mut TestChain, scheme: SchemeId, state: SchemeState) {
    let mut record = record(chain, scheme);
    record.state = state;
    record.since = 1;
    record.frozen = (state == SchemeState::Frozen).then_some(Freeze {
        until: 11,
        returns_to: SchemeState::Active,
        renewed: false,
    });
    let ids = if record.frozen.is_some() { vec![scheme] } else { Vec::new() };
    chain
        .apply_unrestricted(|tx| {
            FROZEN.put(tx, &ids.try_into().unwrap())?;
            let epoch = EPOCH.get_or_default(tx)?;
            HISTORY.put(tx, &scheme, &epoch, &Step { at: 1, state })?;
            SCHEMES.put(tx, &scheme, &record)
        })
        .unwrap();
}

/// Make `call` by referendum on its own track, confined to the access it declares.
fn enact(chain: &mut TestChain, call: Call) -> Result<(), DispatchError> {
    let before = (chain.root(), chain.events().len());
    let outcome = chain.apply(Origin::Track(call.track()), call);
    if outcome.is_err() {
        assert_eq!(before, (chain.root(), chain.events().len()), "a refusal leaves no trace");
    }
    check(&chain.rows).unwrap();
    outcome
}

fn begin_block(chain: &mut TestChain, number: BlockNumber) {
    chain.block.number = number;
    chain.apply_unrestricted(on_initialize).unwrap();
    check(&chain.rows).unwrap();
}

fn deprecate(scheme: SchemeId, sunset_after: Option<BlockNumber>) -> Call {
    Call::Deprecate { scheme, sunset_after }
}

fn refused(error: Error) -> Result<(), DispatchError> {
    Err(error.into())
}

#[test]
fn errors_have_distinct_indices_and_their_codes() {
    let scheme = SPHINCS;
    let state = SchemeState::Active;
    let errors = [
        Error::UnknownScheme { scheme },
        Error::KnownScheme { scheme, state },
        Error::NoVerifier { scheme },
        Error::NoSuchStep { scheme, from: state, to: state },
        Error::TooFewLeft { scheme, schemes: 1, families: 1 },
        Error::SunsetTooSoon { after: 1, minimum: 2 },
        Error::GraceNotOver { scheme, until: 2, now: 1 },
        Error::FreezeLength { blocks: 0, maximum: 1 },
        Error::FreezeRenewed { scheme, until: 2 },
        Error::FreezeTooSoon { scheme, not_before: 2, now: 1 },
        Error::Full { maximum: 64 },
        Error::ReservedId { scheme, minimum: 256 },
        Error::BadName { name: "X".into() },
        Error::NameTaken { name: "x".into(), by: scheme },
        Error::OutOfBounds { what: "the fuel cap", found: 0, maximum: 1 },
        Error::TooManyModules { maximum: 16 },
        Error::BadVectors { reason: "none".into() },
        Error::GateTooHeavy { weight: 2, maximum: 1 },
        Error::BadModule { reason: "empty".into() },
        Error::GateFailed { vector: 3, reason: "wrong".into() },
        Error::Broken { scheme, since: 1 },
        Error::AlreadyRetiring { scheme, since: 1 },
        Error::NotRetiring { scheme },
    ];
    for (at, error) in errors.iter().enumerate() {
        assert_eq!(usize::from(error.index()), at + 1);
        assert_eq!(error.code(), format!("CRY-{}", 101 + at));
        assert!(!error.to_string().contains("  "), "{error}");
    }
}

#[test]
fn only_the_track_of_a_call_and_root_may_make_it() {
    let scheme = SPHINCS;
    let calls = [
        (Call::Activate { scheme }, Track::CryptoUpgrade),
        (Call::Trial { scheme }, Track::CryptoUpgrade),
        (Call::Propose { scheme }, Track::CryptoUpgrade),
        (deprecate(scheme, None), Track::CryptoSunset),
        (Call::Retire { scheme }, Track::CryptoSunset),
        (Call::Freeze { scheme, blocks: 1 }, Track::CryptoEmergency),
        (toy::add(SchemeId(256), "toy"), Track::CryptoUpgrade),
        (Call::CallOffRetirement { scheme }, Track::CryptoSunset),
    ];
    let member = althing_primitives::AccountId([7; 32]);
    for (call, track) in calls {
        let mut chain = dev();
        let others = Track::ALL.into_iter().filter(|other| ![track, Track::Root].contains(other));
        let origins = others.map(Origin::Track).chain([Origin::Signed(member), Origin::None]);
        for origin in origins {
            let outcome = chain.apply(origin, call.clone());
            assert_eq!(outcome, Err(DispatchError::BadOrigin), "{call:?} {origin:?}");
        }
        for origin in [Origin::Track(track), Origin::Track(Track::Root)] {
            let outcome = dev().apply(origin, call.clone());
            assert_ne!(outcome, Err(DispatchError::BadOrigin), "{call:?} {origin:?}");
        }
    }
}

#[test]
fn a_referendum_can_carry_every_call() {
    let bytes = [INDEX, 2, 1, 0, 1, 20, 0, 0, 0];
    let mut chain = dev();
    chain.apply_unrestricted(|tx| tx.dispatch(&bytes, Origin::Track(Track::CryptoSunset))).unwrap();
    assert_eq!(record(&chain, SPHINCS).sunset_at, Some(21));
}

/// CR13, CR22, in the numbers of the specification.
#[test]
fn limits_are_those_of_the_specification() {
    let days = |days: BlockNumber| days * 24 * 60 * 60 / 6;
    let fast = Limits {
        grace_blocks_min: 20,
        freeze_blocks_max: 100,
        trial_balance_max: 1_000_000 * TOKEN,
        migrated_percent_min: 90,
        postpone_blocks: 5,
    };
    let main = Limits {
        grace_blocks_min: days(180),
        freeze_blocks_max: days(14),
        trial_balance_max: 100 * TOKEN,
        migrated_percent_min: 90,
        postpone_blocks: 14_400,
    };
    assert_eq!((Limits::FAST, Limits::MAIN), (fast, main));
}

/// CR1.
#[test]
fn the_registry_holds_sixty_four_schemes() {
    let mut chain = toy::ready();
    let fill = |tx: &mut althing_frame::Tx<'_>| {
        let mut ids = IDS.get_or_default(tx)?;
        let model = SCHEMES.get(tx, &SPHINCS)?.unwrap();
        for id in (1_000..).map(SchemeId).take(64 - ids.len()) {
            let name = format!("scheme-{id}").into_bytes().try_into().unwrap();
            SCHEMES.put(tx, &id, &SchemeRecord { name, ..model.clone() })?;
            ids.try_push(id).unwrap();
        }
        IDS.put(tx, &ids)
    };
    chain.apply_unrestricted(fill).unwrap();
    let call = toy::add(toy::TOY, "toy");
    let outcome = chain.apply(Origin::Track(call.track()), call);
    assert_eq!(outcome, refused(Error::Full { maximum: 64 }));
}

/// CR13.
#[test]
fn limits_are_kept_in_state() {
    assert_eq!(LIMITS.get(&dev().rows).unwrap(), Some(Limits::FAST));
    assert_eq!(LIMITS.get(&chain(&Genesis::main()).rows).unwrap(), Some(Limits::MAIN));
}
