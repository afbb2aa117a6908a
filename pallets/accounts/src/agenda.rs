//! In which block an announced change takes effect: a bounded number in each (AC19).

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, BlockNumber};

use crate::{AGENDA, Agenda, DELAY, Error, PENDING};

/// How many blocks are searched for room, from the first one after the delay on.
pub const SEARCH_BLOCKS: BlockNumber = 8;

/// How long changes wait on chains whose referenda take minutes, in blocks.
pub const DELAY_FAST: BlockNumber = 5;
/// A day of six-second blocks.
pub const DELAY_MAIN: BlockNumber = 14_400;

/// The blocks in which a change that is announced in block `now` may take effect.
fn candidates<R: Rows + ?Sized>(
    rows: &R,
    now: BlockNumber,
) -> Result<impl Iterator<Item = BlockNumber> + use<R>, Fault> {
    // This block's own agenda is looked at last; what is placed on it later would wait for ever.
    let delay = DELAY.get_or_default(rows)?.max(1);
    let first = now.saturating_add(delay);
    Ok(first..=first.saturating_add(SEARCH_BLOCKS.saturating_sub(1)))
}

/// Declare the rows that [`place`] and [`displace`] touch in the block after `parent`, where
/// earlier transactions may have placed a change of `account`.
pub(crate) fn access(
    parent: &dyn Rows,
    access: &mut Access,
    account: &AccountId,
) -> Result<(), Fault> {
    access.read(DELAY.key());
    let now = pallet_system::NUMBER.get_or_default(parent)?.saturating_add(1);
    for at in candidates(parent, now)? {
        access.write(AGENDA.key(&at));
    }
    if let Some(pending) = PENDING.get(parent, account)? {
        access.write(AGENDA.key(&pending.effective_at));
    }
    Ok(())
}

/// Give `account` a place in the first block after the delay that has room.
pub(crate) fn place(tx: &mut Tx<'_>, account: &AccountId) -> Result<BlockNumber, DispatchError> {
    let (mut from, mut to) = (None, 0);
    for at in candidates(tx, tx.block().number)? {
        let mut agenda = AGENDA.get_or_default(tx, &at)?;
        if agenda.try_push(*account).is_ok() {
            AGENDA.put(tx, &at, &agenda)?;
            return Ok(at);
        }
        from = from.or(Some(at));
        to = at;
    }
    Err(Error::AgendaFull { from: from.unwrap_or(to), to }.into())
}

/// Free the place of `account` in block `at`.
pub(crate) fn displace(tx: &mut Tx<'_>, account: &AccountId, at: BlockNumber) -> Result<(), Fault> {
    let mut agenda = AGENDA.get_or_default(tx, &at)?;
    agenda.retain(|placed| placed != account);
    if agenda.is_empty() { AGENDA.remove(tx, &at) } else { AGENDA.put(tx, &at, &agenda) }
}

/// Take this block's agenda.
pub(crate) fn take(tx: &mut Tx<'_>) -> Result<Agenda, Fault> {
    let now = tx.block().number;
    let agenda = AGENDA.get_or_default(tx, &now)?;
    if !agenda.is_empty() {
        AGENDA.remove(tx, &now)?;
    }
    Ok(agenda)
}
