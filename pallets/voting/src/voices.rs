//! Ballots of critical polls, kept apart by the scheme that answers for them (rule G90).

use althing_frame::{Access, Fault, Rows, Tx};
use althing_primitives::SchemeId;
use pallet_crypto_registry::IDS;

use crate::{POLLS, Poll, Tally, VOICES, Voice};

/// How many voices a poll can have: every scheme of the registry, and several together.
pub const VOICES_MAX: u32 = pallet_crypto_registry::SCHEMES_MAX + 1;

/// A ballot that nobody signed cannot be put anywhere.
const VOICE: Fault = Fault::Broken { invariant: "V7: a ballot of a critical poll has a voice" };

/// The voices that a poll has, in ascending order of their schemes; those without ballots are left
/// out, and polls that are not critical or closed have none.
pub fn voices<R: Rows + ?Sized>(rows: &R, referendum: u32) -> Result<Vec<Voice>, Fault> {
    let mut voices = Vec::new();
    for scheme in possible(rows)? {
        let tally = VOICES.get(rows, &(referendum, scheme))?;
        if tally != Tally::default() {
            voices.push(Voice { scheme, tally });
        }
    }
    Ok(voices)
}

/// Under which scheme a ballot on `poll` is put; none where they are not kept apart.
pub(crate) fn voice_of(tx: &Tx<'_>, poll: &Poll) -> Result<Option<SchemeId>, Fault> {
    if !poll.is_critical {
        return Ok(None);
    }
    Ok(Some(tx.voice().ok_or(VOICE)?))
}

/// Declare every voice under which the ballot may be put or may have been put before.
///
/// Who signed is not the call's to know. The rows are only added to, so ballots of different members
/// still never wait for each other. Schemes enter the registry in the serial phases of a block, so
/// the parent's list is that of the whole block. A poll that the parent does not have may be opened
/// before this call's turn, and may be critical.
pub(crate) fn access<R: Rows + ?Sized>(
    access: &mut Access,
    parent: &R,
    referendum: u32,
) -> Result<(), Fault> {
    if POLLS.get(parent, &referendum)?.is_some_and(|poll| !poll.is_critical) {
        return Ok(());
    }
    for scheme in possible(parent)? {
        access.add(VOICES.key(&(referendum, scheme)));
    }
    Ok(())
}

/// Forget the voices of a poll that closes.
pub(crate) fn clear(tx: &mut Tx<'_>, referendum: u32) -> Result<(), Fault> {
    for Voice { scheme, .. } in voices(tx, referendum)? {
        VOICES.put(tx, &(referendum, scheme), &Tally::default())?;
    }
    Ok(())
}

/// Every voice that there can be: several together, and each scheme of the registry.
fn possible<R: Rows + ?Sized>(rows: &R) -> Result<Vec<SchemeId>, Fault> {
    let known = IDS.get_or_default(rows)?;
    Ok(core::iter::once(SchemeId::JOINT).chain(known.iter().copied()).collect())
}
