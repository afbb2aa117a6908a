//! What the runtime says of a transaction before its signature is looked at.

use althing_frame::{Admission, BeforeError, BlockEnv, CallClass, Invalid, Runtime, Tx};
use althing_primitives::{Extrinsic, Hash256, Moment, Nonce};

use crate::chain::Head;

/// Which block a transaction is checked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) runtime: &'a dyn Runtime,
    pub(crate) head: &'a Head,
    pub(crate) genesis: Hash256,
    pub(crate) now: Moment,
}

/// A transaction that may enter the next block, or one after it.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) admission: Admission,
    pub(crate) class: CallClass,
    /// The sender's next nonce after the head.
    pub(crate) next: Nonce,
}

/// Check call, key, nonce and fee of a signed transaction on the rows after the head. A nonce
/// ahead of the account's is fine.
pub(crate) fn check(
    place: Place<'_>,
    extrinsic: &Extrinsic,
    nonce: Nonce,
) -> Result<Checked, BeforeError> {
    let Place { runtime, head, genesis, now } = place;
    let block = BlockEnv {
        number: head.number.saturating_add(1),
        parent_hash: head.hash,
        genesis_hash: genesis,
        now: now.max(head.time),
    };
    let call = runtime.decode_call(extrinsic.call())?;
    let admission = runtime.admit(&head.state, &block, extrinsic, call.as_ref())?;
    // The effects are thrown away: only the verdict is wanted.
    let mut tx = Tx::unrestricted(&head.state, runtime, block);
    let next = match runtime.before(&mut tx, extrinsic, &admission) {
        Ok(()) => nonce,
        Err(BeforeError::Invalid(Invalid::Future { next, .. })) => next,
        Err(error) => return Err(error),
    };
    Ok(Checked { admission, class: call.class(), next })
}
