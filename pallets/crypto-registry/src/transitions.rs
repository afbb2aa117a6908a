//! The steps of a scheme's life, one function each (CR5 to CR9).

use althing_frame::{DispatchError, Fault, Tx};
use althing_primitives::{BlockNumber, SchemeId};

use crate::diversity::diversity_without;
use crate::{
    CENSUSES, EPOCH, Error, Event, FROZEN, Freeze, IDS, NEVER, SCHEMES, SCHEMES_MAX, SchemeKind,
    SchemeRecord, SchemeState, census, history, limits, modules,
};

/// End the freezes that have run out.
pub fn on_initialize(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    let now = tx.block().number;
    for scheme in FROZEN.get_or_default(tx)?.into_inner() {
        let mut record = known(tx, scheme)?;
        let broken = Fault::Broken { invariant: "CR-I3: a frozen scheme has a freeze" };
        let freeze = record.frozen.ok_or(broken)?;
        if !freeze.has_ended(now) {
            continue;
        }
        let to = freeze.returns_to;
        // Freezes that come again and again must not keep a scheme from retiring.
        let since = if to == SchemeState::Deprecated { record.since } else { now };
        record.enter(to, since);
        record.thawed = Some(now);
        unlist(tx, scheme)?;
        let epoch = settle(tx, scheme, &record)?;
        tx.emit(&Event::Thawed { scheme, to, epoch });
        // Who may be used again is not about to retire, as after an activation.
        if !to.may_be_retiring() && census::close(tx, scheme)? {
            tx.emit(&Event::RetirementCalledOff { scheme });
        }
    }
    Ok(())
}

pub(crate) fn propose(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<(), DispatchError> {
    if let Some(record) = SCHEMES.get(tx, &scheme)? {
        return Err(Error::KnownScheme { scheme, state: record.state }.into());
    }
    let record = SchemeRecord::of_program(scheme, SchemeState::Proposed, tx.block().number)
        .ok_or(Error::NoVerifier { scheme })?;
    // The program learnt of it after the chain may have voted in another under its name.
    modules::unclaimed(tx, scheme, &record.name)?;
    list(tx, scheme)?;
    let epoch = settle(tx, scheme, &record)?;
    tx.emit(&Event::Proposed { scheme, epoch });
    Ok(())
}

pub(crate) fn trial(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<(), DispatchError> {
    let mut record = known(tx, scheme)?;
    match record.state {
        SchemeState::Proposed => {}
        from @ (SchemeState::Trial
        | SchemeState::Active
        | SchemeState::Deprecated
        | SchemeState::Frozen
        | SchemeState::Retired) => return Err(no_step(scheme, from, SchemeState::Trial)),
    }
    whole(scheme, &record)?;
    record.enter(SchemeState::Trial, tx.block().number);
    let epoch = settle(tx, scheme, &record)?;
    tx.emit(&Event::TrialStarted { scheme, epoch });
    Ok(())
}

pub(crate) fn activate(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<(), DispatchError> {
    let mut record = known(tx, scheme)?;
    let from = record.state;
    match from {
        SchemeState::Trial | SchemeState::Deprecated | SchemeState::Frozen => {}
        SchemeState::Proposed | SchemeState::Active | SchemeState::Retired => {
            return Err(no_step(scheme, from, SchemeState::Active));
        }
    }
    whole(scheme, &record)?;
    modules::pass_again(tx, &record)?;
    if from == SchemeState::Frozen {
        unlist(tx, scheme)?;
    }
    // Who may be used for everything is not about to retire.
    census::close(tx, scheme)?;
    record.enter(SchemeState::Active, tx.block().number);
    record.sunset_at = None;
    let epoch = settle(tx, scheme, &record)?;
    tx.emit(&Event::Activated { scheme, from, epoch });
    Ok(())
}

pub(crate) fn deprecate(
    tx: &mut Tx<'_>,
    scheme: SchemeId,
    sunset_after: Option<BlockNumber>,
) -> Result<(), DispatchError> {
    let mut record = known(tx, scheme)?;
    let now = tx.block().number;
    let from = record.state;
    let no_step = || no_step(scheme, from, SchemeState::Deprecated);
    // It would rotate again, and a forged rotation is theft.
    whole(scheme, &record)?;
    let sunset_at = sunset_after.map(|after| sunset(tx, after)).transpose()?;
    match from {
        SchemeState::Trial | SchemeState::Active => {
            diversity_without(tx, scheme, &record)?;
            record.enter(SchemeState::Deprecated, now);
        }
        // A second decision may set the sunset or bring it forward.
        SchemeState::Deprecated if sunset_at.is_some() => {}
        // The freeze goes on: the fast track of deprecation must not give power back.
        SchemeState::Frozen => {
            let freeze = record.frozen.as_mut().ok_or_else(no_step)?;
            if freeze.returns_to == SchemeState::Deprecated && sunset_at.is_none() {
                return Err(no_step());
            }
            if freeze.returns_to != SchemeState::Deprecated {
                freeze.returns_to = SchemeState::Deprecated;
                record.since = now;
            }
        }
        SchemeState::Deprecated | SchemeState::Proposed | SchemeState::Retired => {
            return Err(no_step());
        }
    }
    // Never put off, never lifted: calls that were to end must not go on.
    let sunset_at = [record.sunset_at, sunset_at].into_iter().flatten().min();
    record.sunset_at = sunset_at;
    let epoch = settle(tx, scheme, &record)?;
    tx.emit(&Event::Deprecated { scheme, sunset_at, epoch });
    Ok(())
}

/// End the life of `scheme`: at once if nobody signs with it or nobody should, else as soon as
/// enough weight has left it (CR20).
pub(crate) fn retire(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<(), DispatchError> {
    let record = known(tx, scheme)?;
    let now = tx.block().number;
    let is_broken = record.broken.is_some();
    match record.state {
        SchemeState::Proposed => return end(tx, scheme, record),
        SchemeState::Deprecated if !is_broken => {
            let grace = record.since.saturating_add(limits(tx)?.grace_blocks_min);
            let until = record.sunset_at.unwrap_or(grace);
            if now < until {
                return Err(Error::GraceNotOver { scheme, until, now }.into());
            }
        }
        SchemeState::Deprecated | SchemeState::Frozen => {}
        from @ (SchemeState::Trial | SchemeState::Active | SchemeState::Retired) => {
            return Err(no_step(scheme, from, SchemeState::Retired));
        }
    }
    if is_broken || record.kind == SchemeKind::Kem {
        return end(tx, scheme, record);
    }
    if let Some(census) = CENSUSES.get(tx, &scheme)? {
        return Err(Error::AlreadyRetiring { scheme, since: census.asked_at }.into());
    }
    census::open(tx, scheme)
}

/// The scheme may not be used any more, for ever.
pub(crate) fn end(
    tx: &mut Tx<'_>,
    scheme: SchemeId,
    mut record: SchemeRecord,
) -> Result<(), DispatchError> {
    if record.state == SchemeState::Frozen {
        unlist(tx, scheme)?;
    }
    census::close(tx, scheme)?;
    record.enter(SchemeState::Retired, tx.block().number);
    let epoch = settle(tx, scheme, &record)?;
    tx.emit(&Event::Retired { scheme, epoch });
    Ok(())
}

pub(crate) fn freeze(
    tx: &mut Tx<'_>,
    scheme: SchemeId,
    blocks: BlockNumber,
) -> Result<(), DispatchError> {
    let mut record = known(tx, scheme)?;
    let now = tx.block().number;
    let maximum = limits(tx)?.freeze_blocks_max;
    if blocks == 0 || blocks > maximum {
        return Err(Error::FreezeLength { blocks, maximum }.into());
    }
    let until = now.saturating_add(blocks);
    let from = record.state;
    match from {
        SchemeState::Trial | SchemeState::Active | SchemeState::Deprecated => {
            let not_before = record.thawed.map_or(0, |thawed| thawed.saturating_add(maximum));
            // Nobody waits for a scheme that does not come back.
            if now < not_before && record.broken.is_none() {
                return Err(Error::FreezeTooSoon { scheme, not_before, now }.into());
            }
            diversity_without(tx, scheme, &record)?;
            record.suspend(until, now);
            list_frozen(tx, scheme)?;
        }
        SchemeState::Frozen => {
            let no_step = || no_step(scheme, from, SchemeState::Frozen);
            let freeze = record.frozen.as_mut().ok_or_else(no_step)?;
            freeze.end().ok_or_else(no_step)?;
            if freeze.renewed {
                return Err(Error::FreezeRenewed { scheme, until: freeze.until }.into());
            }
            freeze.until = freeze.until.max(until);
            freeze.renewed = true;
        }
        SchemeState::Proposed | SchemeState::Retired => {
            return Err(no_step(scheme, from, SchemeState::Frozen));
        }
    }
    let until = record.frozen.map_or(until, |freeze| freeze.until);
    let epoch = settle(tx, scheme, &record)?;
    tx.emit(&Event::Frozen { scheme, until, epoch });
    Ok(())
}

impl SchemeRecord {
    pub(crate) fn enter(&mut self, state: SchemeState, since: BlockNumber) {
        self.state = state;
        self.since = since;
        self.frozen = None;
    }

    /// Freeze a scheme that is in use or deprecated: until then if it is whole, until it retires if
    /// it is broken. The grace of a deprecated one goes on.
    pub(crate) fn suspend(&mut self, until: BlockNumber, now: BlockNumber) {
        let (until, returns_to) = match self.broken {
            Some(_) => (NEVER, SchemeState::Deprecated),
            None => (until, self.state),
        };
        let since = if self.state == SchemeState::Deprecated { self.since } else { now };
        self.enter(SchemeState::Frozen, since);
        self.frozen = Some(Freeze { until, returns_to, renewed: false });
    }
}

pub(crate) fn known(tx: &Tx<'_>, scheme: SchemeId) -> Result<SchemeRecord, DispatchError> {
    Ok(SCHEMES.get(tx, &scheme)?.ok_or(Error::UnknownScheme { scheme })?)
}

fn no_step(scheme: SchemeId, from: SchemeState, to: SchemeState) -> DispatchError {
    Error::NoSuchStep { scheme, from, to }.into()
}

/// Refuse to let a scheme that is broken be used, in whatever way.
fn whole(scheme: SchemeId, record: &SchemeRecord) -> Result<(), DispatchError> {
    match record.broken {
        Some(since) => Err(Error::Broken { scheme, since }.into()),
        None => Ok(()),
    }
}

fn sunset(tx: &Tx<'_>, after: BlockNumber) -> Result<BlockNumber, DispatchError> {
    let minimum = limits(tx)?.grace_blocks_min;
    if after < minimum {
        return Err(Error::SunsetTooSoon { after, minimum }.into());
    }
    Ok(tx.block().number.saturating_add(after))
}

pub(crate) fn list(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<(), DispatchError> {
    let mut ids = IDS.get_or_default(tx)?;
    let at = ids.partition_point(|known| *known < scheme);
    ids.try_insert(at, scheme).map_err(|_| Error::Full { maximum: SCHEMES_MAX })?;
    Ok(IDS.put(tx, &ids)?)
}

pub(crate) fn list_frozen(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<(), DispatchError> {
    let mut ids = FROZEN.get_or_default(tx)?;
    let at = ids.partition_point(|known| *known < scheme);
    ids.try_insert(at, scheme).map_err(|_| Error::Full { maximum: SCHEMES_MAX })?;
    Ok(FROZEN.put(tx, &ids)?)
}

fn unlist(tx: &mut Tx<'_>, scheme: SchemeId) -> Result<(), DispatchError> {
    let mut ids = FROZEN.get_or_default(tx)?;
    ids.retain(|frozen| *frozen != scheme);
    Ok(FROZEN.put(tx, &ids)?)
}

/// Write the record; the registry's epoch and the scheme's history go on with it.
pub(crate) fn settle(
    tx: &mut Tx<'_>,
    scheme: SchemeId,
    record: &SchemeRecord,
) -> Result<u32, DispatchError> {
    SCHEMES.put(tx, &scheme, record)?;
    let broken = Fault::Broken { invariant: "the registry's epoch fits 32 bits" };
    let epoch = EPOCH.get_or_default(tx)?.checked_add(1).ok_or(broken)?;
    EPOCH.put(tx, &epoch)?;
    history::note(tx, scheme, epoch, record.state)?;
    Ok(epoch)
}
