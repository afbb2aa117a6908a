//! To stop a decision about a scheme is to decide about it (G92).

use althing_frame::{Access, Call as FrameCall, Concern, Fault, Rows, Tx};
use althing_primitives::{SchemeId, Weight};

use super::cryptography::with_schemes;
use super::*;

const LATTICE: SchemeId = SchemeId::ML_DSA_65;

fn freeze() -> Vec<u8> {
    let freeze = pallet_crypto_registry::Call::Freeze { scheme: LATTICE, blocks: 9 };
    (pallet_crypto_registry::INDEX, freeze).encode()
}

fn stop(call: Call) -> Vec<u8> {
    (INDEX, call).encode()
}

fn cancel_task(task: u32) -> Vec<u8> {
    (pallet_scheduler::INDEX, pallet_scheduler::Call::Cancel { task }).encode()
}

fn affected(chain: &TestChain, index: u32) -> Option<Vec<SchemeId>> {
    get(chain, index).affected.map(Affected::into_inner)
}

/// Everybody under the scheme that would be frozen wants the freeze stopped.
#[test]
fn gov_atk_h_a_scheme_does_not_rescue_itself_by_stopping_its_freeze() {
    let stops = [
        (Track::Canceller, stop(Call::Cancel { index: 0 })),
        (Track::Root, stop(Call::Cancel { index: 0 })),
        (Track::Root, stop(Call::Kill { index: 0 })),
    ];
    for (track, call) in stops {
        let mut chain = with_schemes();
        submit(&mut chain, BOB, question_of(Track::CryptoEmergency, &freeze()));
        let canceller = submit(&mut chain, CAROL, question_of(track, &call));
        assert_eq!(affected(&chain, canceller), Some(vec![LATTICE]));
        chain.voice = LATTICE;
        for who in MEMBERS {
            vote(&mut chain, who, canceller, aye(EACH));
        }
        let outlook = outlook(&chain.rows, canceller, 1).unwrap().unwrap();
        assert_eq!(outlook.counting.counted, pallet_voting::Tally::default());
        end_blocks(&mut chain, 22);
        assert_eq!(name(&chain, canceller), "rejected", "{track:?}");
        // Stopping that one is about the same scheme.
        let again = submit(&mut chain, DAVE, question_of(track, &stop(Call::Cancel { index: 1 })));
        assert_eq!(affected(&chain, again), Some(vec![LATTICE]));
    }
}

#[test]
fn gov_atk_h_a_scheme_does_not_rescue_itself_by_stopping_its_scheduled_freeze() {
    let mut chain = with_schemes();
    let Call::Submit { track, proposal, title, decision, .. } =
        question_of(Track::CryptoEmergency, &freeze())
    else {
        unreachable!("a question is a submission")
    };
    let enactment = Enactment::At(60);
    submit(&mut chain, BOB, Call::Submit { track, proposal, enactment, title, decision });
    for (who, voice) in [(ALICE, SchemeId::ML_DSA_44), (BOB, SchemeId::SLH_DSA_128S)] {
        chain.voice = voice;
        vote(&mut chain, who, 0, aye(EACH));
    }
    end_blocks(&mut chain, 10);
    let Status::Approved { task, .. } = status(&chain, 0) else { panic!("it is approved") };
    let rescue = submit(&mut chain, CAROL, question_of(Track::Root, &cancel_task(task)));
    assert_eq!(affected(&chain, rescue), Some(vec![LATTICE]));
}

/// On the tracks of cryptography every question is about it, whatever its call: a key that is
/// planted as a canary, or a remark. Who stops one must not do so with broken or fallen voices.
#[test]
fn gov_atk_h_stopping_a_question_on_a_track_of_cryptography_is_about_cryptography() {
    for track in [Track::CryptoUpgrade, Track::CryptoSunset, Track::CryptoEmergency] {
        let mut chain = with_schemes();
        submit(&mut chain, BOB, question(track));
        assert_eq!(affected(&chain, 0), None, "its call is about no scheme");
        for call in [Call::Cancel { index: 0 }, Call::Kill { index: 0 }] {
            let call = stop(call);
            let stopper = submit(&mut chain, CAROL, question_of(Track::Canceller, &call));
            assert_eq!(affected(&chain, stopper), Some(vec![]));
            assert!(get(&chain, stopper).is_critical() && get(&chain, stopper).is_cryptographic());
            // And so is stopping that.
            let call = stop(Call::Cancel { index: stopper });
            let again = submit(&mut chain, DAVE, question_of(Track::Canceller, &call));
            assert_eq!(affected(&chain, again), Some(vec![]));
        }
        chain.voice = LATTICE;
        for who in MEMBERS {
            vote(&mut chain, who, 1, aye(EACH));
        }
        end_blocks(&mut chain, 9);
        assert_ne!(name(&chain, 0), "cancelled", "one scheme alone stops nothing");
    }
}

#[test]
fn gov_atk_h_stopping_what_a_track_of_cryptography_scheduled_is_about_cryptography() {
    for (track, expected) in [(Track::CryptoUpgrade, Some(vec![])), (Track::SmallTipper, None)] {
        for referendum in [None, Some(0)] {
            let mut chain = with_schemes();
            submit(&mut chain, BOB, question(track));
            let enactment = pallet_scheduler::Enactment {
                proposal: Proposal::of(&remark("late")).unwrap(),
                track,
                referendum,
                relies_on: pallet_preimage::Relied::new(),
            };
            chain
                .apply_unrestricted(|tx| pallet_scheduler::schedule(tx, 60, enactment.clone()))
                .unwrap();
            let stopper = submit(&mut chain, CAROL, question_of(Track::Root, &cancel_task(0)));
            assert_eq!(affected(&chain, stopper), expected);
        }
    }
}

#[test]
fn stopping_what_is_not_about_schemes_counts_everybody_and_costs_nothing() {
    let mut chain = with_schemes();
    submit(&mut chain, BOB, question(Track::SmallTipper));
    let call = stop(Call::Cancel { index: 0 });
    let canceller = submit(&mut chain, CAROL, question_of(Track::Canceller, &call));
    assert_eq!(affected(&chain, canceller), None);
    chain.voice = LATTICE;
    vote(&mut chain, ALICE, canceller, aye(EACH));
    assert_eq!(pallet_voting::voices(&chain.rows, canceller), Ok(Vec::new()));
    end_blocks(&mut chain, 16);
    assert_eq!(name(&chain, 0), "cancelled");
}

/// Else a referendum could lie ready to stop a freeze that nobody has proposed yet.
#[test]
fn gov_atk_h_what_is_to_be_stopped_must_exist_at_submission() {
    let mut chain = with_schemes();
    let before = chain.root();
    let unknown = Error::UnknownReferendum { index: 0 };
    for call in [Call::Cancel { index: 0 }, Call::Kill { index: 0 }] {
        let refusal = chain.apply(Origin::Signed(BOB), question_of(Track::Root, &stop(call)));
        assert_eq!(refusal, Err(unknown.clone().into()), "its own number is not known either");
    }
    let refusal = chain.apply(Origin::Signed(BOB), question_of(Track::Root, &cancel_task(0)));
    assert_eq!(refusal, Err(pallet_scheduler::Error::UnknownTask { task: 0 }.into()));
    assert_eq!(chain.root(), before);
}

/// A call about the schemes `1..=count`.
#[derive(Debug)]
struct About {
    count: u16,
}

impl FrameCall for About {
    fn name(&self) -> (&'static str, &'static str) {
        ("Test", "about")
    }

    fn access(&self, _: &Origin, _: &dyn Rows, _: &mut Access) -> Result<(), Fault> {
        Ok(())
    }

    fn weight(&self) -> Weight {
        Weight { ref_time: 0, proof_size: 0 }
    }

    fn concern(&self) -> Concern {
        // In no order, and each twice.
        let schemes = (1..=self.count).chain((1..=self.count).rev());
        Concern::Schemes(schemes.map(SchemeId).collect())
    }

    fn dispatch(&self, _: &mut Tx<'_>, _: Origin) -> Result<(), DispatchError> {
        Ok(())
    }
}

/// Call bytes `[200, count]`.
pub(super) fn decode_about(bytes: &[u8]) -> Result<Box<dyn FrameCall>, Invalid> {
    match bytes {
        [200, count] => Ok(Box::new(About { count: u16::from(*count) })),
        _ => Err(Invalid::Call),
    }
}

/// G91: at most eight.
#[test]
fn a_proposal_about_too_many_schemes_is_refused() {
    let mut chain = with_schemes();
    let most = submit(&mut chain, BOB, question_of(Track::Root, &[200, 8]));
    assert_eq!(affected(&chain, most).unwrap(), (1..=8).map(SchemeId).collect::<Vec<_>>());
    let before = chain.root();
    let refusal = chain.apply(Origin::Signed(BOB), question_of(Track::Root, &[200, 9]));
    assert_eq!(refusal, Err(Error::TooManySchemes { found: 9, max: AFFECTED_MAX }.into()));
    assert_eq!(chain.root(), before);
}
