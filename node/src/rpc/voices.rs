//! How a critical referendum is counted: by scheme, and without any one of them.

use althing_primitives::SchemeId;
use pallet_crypto_registry::SCHEMES;
use pallet_referenda::{CountedVoice, Exclusion, Outlook, Referendum};
use pallet_voting::Tally;
use serde_json::{Value, json};

use super::failure::Failure;
use super::gov::percent;
use crate::chain::Head;

/// Sums of votes as clients read them.
pub(super) fn tally(tally: Tally) -> Value {
    json!({
        "ayes": tally.ayes.to_string(),
        "nays": tally.nays.to_string(),
        "support": tally.support.to_string(),
    })
}

/// The part of a referendum that only critical ones have; null for others.
pub(super) fn critical(
    head: &Head,
    referendum: &Referendum,
    outlook: &Outlook,
) -> Result<Value, Failure> {
    if !referendum.is_critical() {
        return Ok(Value::Null);
    }
    let counting = &outlook.counting;
    let mut voices = Vec::new();
    for voice in counting.voices.iter() {
        voices.push(one(head, voice)?);
    }
    let mut affected = Vec::new();
    for scheme in referendum.affected.iter().flat_map(|affected| affected.iter()) {
        affected.push(name(head, *scheme)?);
    }
    let weakest = counting.weakest.map(|scheme| name(head, scheme)).transpose()?;
    Ok(json!({
        "cryptographic": referendum.is_cryptographic(),
        "affected": affected,
        "counted": tally(counting.counted),
        "least": tally(counting.least),
        "leastApproval": percent(outlook.least.approval),
        "leastSupport": percent(outlook.least.support),
        "weakest": weakest,
        "voices": voices,
    }))
}

fn one(head: &Head, counted: &CountedVoice) -> Result<Value, Failure> {
    let voice = counted.voice;
    let excluded = counted.excluded.map(|why| match why {
        Exclusion::Affected => "affected",
        Exclusion::State(state) => state.name(),
        Exclusion::Broken => "broken",
    });
    Ok(json!({
        "scheme": voice.scheme.0,
        "name": name(head, voice.scheme)?,
        "tally": tally(voice.tally),
        "excluded": excluded,
    }))
}

/// The name of a scheme; `joint` for ballots that several signed together.
fn name(head: &Head, scheme: SchemeId) -> Result<String, Failure> {
    if scheme == SchemeId::JOINT {
        return Ok("joint".to_owned());
    }
    let record = SCHEMES.get(&head.state, &scheme)?;
    Ok(record.map_or_else(|| scheme.to_string(), |record| record.name()))
}
