//! Facts about encryption keys and annexes; names in brackets are rules of `specs/encryption.md`.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows panics, which is how it should fail"
)]

mod annexes;
mod keys;
mod reveals;

use althing_crypto::{
    KemKeyPair,
    seal::{Envelope, Opener, SealPurpose, SealRecipient, Sealing},
    signing::{OsEntropy, random_kem},
};
use althing_frame::testing::{TestChain, TestRuntime, decode_pallet};
use althing_frame::{DispatchError, Invalid, Origin, PalletError as _, Track};
use althing_primitives::{AccountId, Balance, Hash256, SchemeId, TOKEN};
use pallet_crypto_registry::{Call as Registry, Limits, SchemeState};
use pallet_preimage::Proposal;
use pallet_referenda::{DecisionDeposit, Enactment};
use parity_scale_codec::{Decode, Encode};

use crate::*;

const ALICE: AccountId = AccountId([1; 32]);
const BOB: AccountId = AccountId([2; 32]);
const CAROL: AccountId = AccountId([3; 32]);
const ML_KEM: SchemeId = SchemeId::ML_KEM_768;
const KYBER: SchemeId = SchemeId::KYBER_768_R3;

fn decode(bytes: &[u8]) -> Result<Box<dyn althing_frame::Call>, Invalid> {
    match bytes.first() {
        Some(0) => decode_pallet::<pallet_system::Call>(0, bytes),
        Some(11) => decode_pallet::<Call>(INDEX, bytes),
        _ => Err(Invalid::Call),
    }
}

/// Three members with 10 000 tokens each at block 1; bob and carol are the council.
fn chain() -> TestChain {
    let mut chain = TestChain::new(TestRuntime::new(decode));
    let balances = [ALICE, BOB, CAROL].map(|who| (who, 10_000 * TOKEN)).to_vec();
    chain.apply_unrestricted(|tx| pallet_balances::Genesis { balances }.build(tx)).unwrap();
    let registry = pallet_crypto_registry::Genesis::dev(Limits::FAST);
    chain.apply_unrestricted(|tx| registry.build(tx)).unwrap();
    let voting = pallet_voting::Genesis::fast();
    chain.apply_unrestricted(|tx| voting.build(tx)).unwrap();
    let referenda = pallet_referenda::Genesis::fast().unwrap();
    chain.apply_unrestricted(|tx| referenda.build(tx)).unwrap();
    let council = council(&[BOB, CAROL]);
    chain.apply_unrestricted(|tx| Genesis { council }.build(tx)).unwrap();
    chain.take_events();
    chain
}

fn council(members: &[AccountId]) -> Council {
    members.to_vec().try_into().unwrap()
}

fn pair(kem: SchemeId) -> KemKeyPair {
    random_kem(kem).unwrap().generate(&mut OsEntropy).unwrap()
}

fn publish(kem: SchemeId, public: &[u8]) -> Call {
    Call::Publish { kem, public: public.to_vec().try_into().unwrap() }
}

fn reserved(chain: &TestChain, who: AccountId) -> Balance {
    pallet_balances::reserved(&chain.rows, &who).unwrap()
}

fn step(chain: &mut TestChain, call: Registry) {
    let origin = Origin::Track(call.track());
    chain.apply(origin, call).unwrap();
}

/// A question of alice's, number 0.
fn asked() -> TestChain {
    let mut chain = chain();
    let remark = b"fix it".to_vec().try_into().unwrap();
    let call = (0_u8, pallet_system::Call::Remark { remark }).encode();
    let question = pallet_referenda::Call::Submit {
        track: Track::Root,
        proposal: Proposal::of(&call).unwrap(),
        enactment: Enactment::After(0),
        title: b"a question".to_vec().try_into().unwrap(),
        decision: DecisionDeposit::Later,
    };
    chain.apply(Origin::Signed(ALICE), question).unwrap();
    chain.take_events();
    chain
}

/// Stop question 0; its deposits come back.
fn end(chain: &mut TestChain) {
    let stop = pallet_referenda::Call::Cancel { index: 0 };
    let stop = |tx: &mut althing_frame::Tx<'_>| {
        althing_frame::Call::dispatch(&stop, tx, Origin::Track(Track::Canceller))
    };
    chain.apply_unrestricted(stop).unwrap();
}

/// An annex and the key that bob opens it with.
struct Sealed {
    envelope: Envelope,
    bob: KemKeyPair,
    kem: SchemeId,
}

impl Sealed {
    /// Sealed by alice to bob as the annex of question 0, unless told otherwise.
    fn new(chain: &TestChain, kem: SchemeId, change: impl FnOnce(&mut Sealing<'_>)) -> Self {
        let bob = pair(kem);
        let recipients = [SealRecipient { account: BOB, kem, public: &bob.public }];
        let mut sealing = Sealing {
            genesis: chain.block.genesis_hash,
            purpose: SealPurpose::Annex { referendum: 0 },
            sender: ALICE,
            authors: &[],
            recipients: &recipients,
        };
        change(&mut sealing);
        let envelope = sealing.seal(b"the hole is here", &mut OsEntropy).unwrap();
        Self { envelope, bob, kem }
    }

    fn annex(chain: &TestChain) -> Self {
        Self::new(chain, ML_KEM, |_| {})
    }

    fn attach(&self) -> Call {
        attach(self.envelope.to_bytes())
    }

    fn opener(&self) -> Opener<'_> {
        let KemKeyPair { public, secret } = &self.bob;
        Opener { account: BOB, kem: self.kem, public, secret }
    }

    fn key(&self, chain: &TestChain) -> ContentKey {
        let purpose = SealPurpose::Annex { referendum: 0 };
        let genesis = chain.block.genesis_hash;
        *self.envelope.content_key(&self.opener(), genesis, purpose).unwrap()
    }
}

fn attach(sealed: Vec<u8>) -> Call {
    Call::Attach { referendum: 0, sealed: sealed.try_into().unwrap() }
}

#[track_caller]
fn assert_refused(
    chain: &mut TestChain,
    who: AccountId,
    call: Call,
    expected: impl Into<DispatchError>,
) {
    let before = (chain.root(), chain.events().len());
    assert_eq!(chain.apply(Origin::Signed(who), call), Err(expected.into()));
    assert_eq!(before, (chain.root(), chain.events().len()), "a refusal leaves no trace");
}

#[test]
fn errors_have_distinct_indices_and_their_codes() {
    let (scheme, who, referendum) = (ML_KEM, ALICE, 0);
    let errors = [
        Error::UnknownKem { scheme },
        Error::KemState { scheme, name: "x".into(), state: "frozen", refused: "new seals" },
        Error::KeySize { scheme, expected: 1, found: 2 },
        Error::KeyNotCanonical { scheme },
        Error::NoKey { who },
        Error::TwiceOnCouncil { member: who },
        Error::NotAnEnvelope { reason: "x".into() },
        Error::NotItsAnnex { referendum },
        Error::OtherChain { found: Hash256([2; 32]) },
        Error::OtherSender { sender: BOB, who },
        Error::NotForTheCouncil,
        Error::CiphertextSize { scheme, expected: 1, found: 2 },
        Error::NotTheProposer { referendum, proposer: who },
        Error::AlreadyAttached { referendum },
        Error::NoAnnex { referendum },
        Error::MayNotReveal { referendum },
        Error::WrongContentKey { referendum },
        Error::AlreadyRevealed { referendum },
        Error::SignedTwice { scheme },
    ];
    for (at, error) in errors.iter().enumerate() {
        assert_eq!(usize::from(error.index()), at + 1);
        assert_eq!(error.code(), format!("ENC-{}", 101 + at));
        assert!(!error.to_string().contains("  "), "{error}");
    }
}

#[test]
fn hostile_bytes_are_no_call_and_do_no_harm() {
    for first in 0..=u8::MAX {
        // Whether it decodes does not matter; that it returns does.
        let _ = Call::decode(&mut &[first, first, first, first][..]);
    }
    let long = (3_u8, 0_u8, parity_scale_codec::Compact(u32::MAX)).encode();
    assert!(Call::decode(&mut &long[..]).is_err());
}

/// E1, E3
#[test]
fn owners_alone_publish_and_withdraw_keys() {
    use althing_frame::{Authority, Call as _};
    assert_eq!(publish(ML_KEM, &[]).authority(), Authority::Owners);
    assert_eq!(Call::Withdraw {}.authority(), Authority::Owners);
    for everyday in [attach(Vec::new()), Call::Detach { referendum: 0 }] {
        assert_eq!(everyday.authority(), Authority::Everyday);
        assert!(!everyday.pays_from_locked());
    }
}

/// E4
#[test]
fn referenda_set_the_council_and_nobody_else_does() {
    let mut chain = chain();
    let call = Call::SetCouncil { members: council(&[ALICE]) };
    let allowed = [Track::Root, Track::GeneralAdmin];
    let others = Track::ALL.into_iter().filter(|track| !allowed.contains(track));
    for origin in others.map(Origin::Track).chain([Origin::None, Origin::Signed(BOB)]) {
        assert_eq!(chain.apply(origin, call.clone()), Err(DispatchError::BadOrigin));
    }
    for track in allowed {
        chain.apply(Origin::Track(track), call.clone()).unwrap();
    }
    assert_eq!(*COUNCIL.get_or_default(&chain.rows).unwrap(), [ALICE]);
    assert!(chain.has_event(&Event::CouncilSet { members: council(&[ALICE]) }));
    check(&chain.rows).unwrap();
}

/// E4
#[test]
fn nobody_is_on_the_council_twice() {
    let mut chain = chain();
    let before = chain.root();
    let members = council(&[ALICE, BOB, ALICE]);
    let refusal = Err(Error::TwiceOnCouncil { member: ALICE }.into());
    let call = Call::SetCouncil { members: members.clone() };
    assert_eq!(chain.apply(Origin::Track(Track::Root), call), refusal);
    let genesis = Genesis { council: members };
    assert_eq!(chain.apply_unrestricted(|tx| genesis.build(tx)), refusal);
    assert_eq!(chain.root(), before);
}
