//! Which ballots count in a referendum, and what is left of them without any one scheme (rules G90
//! to G94).
//!
//! Most referenda count every ballot. A critical one has its ballots by voice, the scheme that
//! answers for them, and must stand without any one of these. One that decides about cryptography
//! leaves out the voices of schemes that are not active, and of those whose fate it decides.

use althing_frame::{Fault, Rows};
use althing_primitives::{BlockNumber, BoundedVec, SchemeId};
use pallet_crypto_registry::{SCHEMES, SchemeState};
use pallet_voting::{Resilience, Tally, VOICES_MAX, Voice};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::Referendum;

/// Why ballots do not count.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Exclusion {
    /// The referendum decides the fate of their scheme.
    #[codec(index = 0)]
    Affected,
    /// Their scheme is not active.
    #[codec(index = 1)]
    State(SchemeState),
    /// Somebody has proved that their scheme is broken.
    #[codec(index = 2)]
    Broken,
}

/// The ballots cast under one scheme, and whether they count.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct CountedVoice {
    /// The ballots.
    pub voice: Voice,
    /// Why they do not count; none if they do.
    pub excluded: Option<Exclusion>,
}

/// The voices of a poll, in ascending order of their schemes.
pub type CountedVoices = BoundedVec<CountedVoice, VOICES_MAX>;

/// What the ballots of a referendum come to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Counting {
    /// Its voices; none unless it is critical.
    pub voices: CountedVoices,
    /// The sum of the ballots that count.
    pub counted: Tally,
    /// What of it stands whichever scheme is taken away; the sum itself unless it is critical.
    pub least: Tally,
    /// The scheme on whose ayes it rests most; none if it is not critical, or rests on none.
    pub weakest: Option<SchemeId>,
}

impl Counting {
    /// What follows from all ballots and from the voices of a referendum.
    pub(crate) fn of(
        tally: Tally,
        voices: CountedVoices,
        referendum: &Referendum,
    ) -> Result<Self, Fault> {
        let overflow =
            |_| Fault::Broken { invariant: "V7: voices add up to the tally of their poll" };
        let counting = voices.iter().filter(|voice| voice.excluded.is_none());
        let resilience = if referendum.is_critical() {
            Resilience::of(counting.map(|counted| counted.voice)).map_err(overflow)?
        } else {
            Resilience::whole(tally)
        };
        let Resilience { counted, least, weakest } = resilience;
        Ok(Self { voices, counted, least, weakest })
    }
}

/// What the ballots of an open referendum come to in block `now`.
pub(crate) fn count<R: Rows + ?Sized>(
    rows: &R,
    (index, referendum): (u32, &Referendum),
    now: BlockNumber,
) -> Result<Counting, Fault> {
    let voices = voices(rows, (index, referendum), now)?;
    Counting::of(pallet_voting::tally(rows, index)?, voices, referendum)
}

/// The voices of an open referendum, and which of them count in block `now`. None unless it is
/// critical.
pub(crate) fn voices<R: Rows + ?Sized>(
    rows: &R,
    (index, referendum): (u32, &Referendum),
    now: BlockNumber,
) -> Result<CountedVoices, Fault> {
    let mut counted = CountedVoices::new();
    if !referendum.is_critical() {
        return Ok(counted);
    }
    for voice in pallet_voting::voices(rows, index)? {
        let excluded = exclusion(rows, referendum, voice.scheme, now)?;
        let bound = Fault::Broken { invariant: "the registry holds at most 64 schemes" };
        counted.try_push(CountedVoice { voice, excluded }).map_err(|_| bound)?;
    }
    Ok(counted)
}

/// Why ballots under `scheme` do not count in block `now`. What counts is the state in this block, not
/// that of the block in which they were cast: a scheme that has fallen meanwhile is not heard.
fn exclusion<R: Rows + ?Sized>(
    rows: &R,
    referendum: &Referendum,
    scheme: SchemeId,
    now: BlockNumber,
) -> Result<Option<Exclusion>, Fault> {
    if scheme == SchemeId::JOINT || !referendum.is_cryptographic() {
        return Ok(None);
    }
    if referendum.affected.as_ref().is_some_and(|affected| affected.contains(&scheme)) {
        return Ok(Some(Exclusion::Affected));
    }
    // A voice is a scheme of the registry, which forgets none.
    let Some(record) = SCHEMES.get(rows, &scheme)? else {
        return Ok(Some(Exclusion::State(SchemeState::Retired)));
    };
    if record.counts_about_cryptography(now) {
        return Ok(None);
    }
    let state = record.state_at(now);
    let is_active = state == SchemeState::Active;
    Ok(Some(if is_active { Exclusion::Broken } else { Exclusion::State(state) }))
}
