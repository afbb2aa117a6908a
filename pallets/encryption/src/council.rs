//! Who reads sealed annexes before the public does (E4).

use althing_frame::{DispatchError, Tx};
use althing_primitives::AccountId;

use crate::{COUNCIL, Council, Error, Event};

/// The council of block 0.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Genesis {
    /// Its members, each once.
    pub council: Council,
}

impl Genesis {
    /// Write the row; none for an empty council.
    pub fn build(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        if self.council.is_empty() { Ok(()) } else { put(tx, &self.council) }
    }
}

/// Replace the council.
pub(crate) fn set(tx: &mut Tx<'_>, members: &Council) -> Result<(), DispatchError> {
    put(tx, members)?;
    tx.emit(&Event::CouncilSet { members: members.clone() });
    Ok(())
}

fn put(tx: &mut Tx<'_>, members: &Council) -> Result<(), DispatchError> {
    match twice(members) {
        Some(member) => Err(Error::TwiceOnCouncil { member }.into()),
        None => Ok(COUNCIL.put(tx, members)?),
    }
}

/// The first account that is listed a second time.
pub(crate) fn twice(members: &[AccountId]) -> Option<AccountId> {
    let before = |at| members.iter().take(at);
    let mut all = members.iter().enumerate();
    all.find(|(at, member)| before(*at).any(|other| other == *member)).map(|(_, member)| *member)
}
