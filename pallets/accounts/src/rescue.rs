//! A referendum gives a stranded account a new key (AC23).

use althing_frame::{DispatchError, Origin, Track, Tx};
use althing_primitives::AccountId;

use crate::apply::replace;
use crate::changes::{may_enrol, next_nonce, rotating, with_key};
use crate::possession::NewKey;
use crate::{Error, Event, KeyEntry, POLICIES, Policy};

/// The track, besides root, whose referenda rescue accounts.
pub(crate) const TRACK: Track = Track::CryptoSunset;

pub(crate) fn rescue(
    tx: &mut Tx<'_>,
    origin: Origin,
    account: &AccountId,
    new: NewKey<'_>,
) -> Result<(), DispatchError> {
    let track = origin.track(&[TRACK])?;
    let before = match POLICIES.get(tx, account)? {
        Some(policy) => {
            ensure_stranded(tx, account, &policy)?;
            policy
        }
        // Such an account may be anybody's, the treasury's too.
        None if track == Track::Root => Policy::none(),
        None => return Err(Error::NoPolicy { account: *account }.into()),
    };
    let record = may_enrol(tx, account, new.scheme)?;
    new.verify_alone(tx, &record, (account, before.rotation_nonce))?;
    let rotation_nonce = next_nonce(&before)?;
    let (scheme, handle) = (new.scheme, new.handle());
    if before.key(handle).is_some() {
        return Err(Error::KnownKey { handle: handle.0 }.into());
    }
    let mut policy = Policy { rotation_nonce, ..Policy::none() };
    let entry = KeyEntry::owner(scheme, handle, None);
    policy.keys.try_push(entry).map_err(|_| Error::TooManyKeys { maximum: 0 })?;
    let change = with_key(policy, new)?;
    // A rescue does not fail for want of a deposit: the members decided to keep this key.
    match tx.layered(|tx| replace(tx, account, &before, &change)) {
        Err(DispatchError::Refused(_)) => {
            replace(tx, account, &before, &change.without_deposits())?;
        }
        outcome => outcome?,
    }
    tx.emit(&Event::Rescued { account: *account, scheme, handle, rotation_nonce });
    Ok(())
}

/// Whether nobody can sign a change of the policy any more, nor anybody else make one.
fn ensure_stranded(tx: &Tx<'_>, account: &AccountId, policy: &Policy) -> Result<(), DispatchError> {
    let now = tx.block().number;
    let way = if policy.next.is_some() {
        "its committed next key can take over (escape)"
    } else if policy.recovery.is_some() {
        "its friends can recover it (propose_recovery)"
    } else {
        let owners = policy.keys.iter().filter(|key| key.is_owner() && key.is_live(now));
        if !policy.is_reached_by(rotating(tx, owners)?.into_iter()) {
            return Ok(());
        }
        "its owner keys can still rotate (rotate, set_policy)"
    };
    Err(Error::NotStranded { account: *account, way }.into())
}
