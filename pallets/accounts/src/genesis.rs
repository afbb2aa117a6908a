//! The members of block 0.

use althing_frame::{DispatchError, Tx};
use althing_primitives::{AccountId, BlockNumber, KeyHandle, SchemeId};

use crate::{DELAY, Error, POLICIES, admission::enrol, changes::enrollable};

/// A key enrolled in block 0, with the account it makes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EnrolledKey {
    /// The scheme.
    pub scheme: SchemeId,
    /// The public key.
    pub public: Vec<u8>,
}

impl EnrolledKey {
    /// The key's handle.
    pub fn handle(&self) -> KeyHandle {
        KeyHandle::of(self.scheme, &self.public)
    }

    /// The account whose first policy is this key.
    pub fn account(&self) -> AccountId {
        AccountId::from_key(self.handle(), [0; 32])
    }
}

/// The members of block 0, whose keys carry no deposit, and how long changes wait.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Genesis {
    /// One key for each member.
    pub members: Vec<EnrolledKey>,
    /// How many blocks announced changes wait, at least one.
    pub delay: BlockNumber,
}

impl Genesis {
    /// Write the rows. The registry of schemes is built before.
    pub fn build(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        DELAY.put(tx, &self.delay)?;
        self.members.iter().try_for_each(|member| build_member(tx, member))
    }
}

fn build_member(tx: &mut Tx<'_>, member: &EnrolledKey) -> Result<(), DispatchError> {
    let scheme = member.scheme;
    let record = enrollable(tx, scheme)?;
    let (expected, found) = (u64::from(record.public_bytes), member.public.len() as u64);
    if expected != found {
        return Err(Error::KeySize { scheme, expected, found }.into());
    }
    let (account, handle) = (member.account(), member.handle());
    if POLICIES.contains(tx, &account)? {
        return Err(Error::KnownKey { handle: handle.0 }.into());
    }
    Ok(enrol(tx, &account, handle, (scheme, &member.public), 0)?)
}
