//! `gov_*`: tracks, referenda, ballots.

use althing_frame::{RowKey, Runtime, Track};
use althing_primitives::{AccountId, BlockNumber, Hash256};
use pallet_referenda::{Deciding, Enactment, Outlook, Referendum, Status};
use pallet_scheduler::Outcome;
use pallet_voting::{Ballot, Ratio};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::failure::Failure;
use super::methods::{Answer, Methods};
use super::voices;
use super::wire::hex;
use crate::chain::Head;

/// How many entries one page may hold.
const PAGE_MAX: usize = 1000;
/// How many members one page of ballots may look at.
const LOOKED_AT_MAX: usize = 10_000;
/// The longest call that a list shows.
const LISTED_CALL_BYTES_MAX: usize = 16 * 1024;

/// Register the family.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.slow(&["gov_tracks"], tracks)?;
    methods.slow(&["gov_referenda"], |context, arguments| {
        let head = context.head_at(arguments.at()?)?;
        let (count, skip) = page(arguments)?;
        let newest = (0..pallet_referenda::COUNT.get_or_default(&head.state)?).rev();
        let mut shown = Vec::new();
        for index in newest.skip(skip).take(count) {
            if let Some(one) = pallet_referenda::referendum(&head.state, index)? {
                shown.push(referendum(context, &head, (index, &one), LISTED_CALL_BYTES_MAX)?);
            }
        }
        Ok(shown.into())
    })?;
    methods.slow(&["gov_referendum"], |context, arguments| {
        let index: u32 = arguments.required("index")?;
        let head = context.head_at(arguments.at()?)?;
        match pallet_referenda::referendum(&head.state, index)? {
            Some(one) => referendum(context, &head, (index, &one), usize::MAX),
            None => Ok(Value::Null),
        }
    })?;
    methods.slow(&["gov_ballots"], ballots)?;
    methods.slow(&["gov_ballotsOf"], |context, arguments| {
        let who = arguments.account()?;
        let head = context.head_at(arguments.at()?)?;
        let cast = pallet_voting::BALLOTS.list_of(&head.state, &who)?;
        let show =
            |(index, one): &(u32, Ballot)| json!({ "referendum": index, "ballot": ballot(one) });
        Ok(cast.iter().map(show).collect())
    })
}

fn tracks(context: &Context, arguments: &mut Arguments) -> Answer {
    let head = context.head_at(arguments.at()?)?;
    let mut shown = Vec::new();
    for track in Track::ALL {
        let Some(info) = pallet_referenda::track(&head.state, track)? else { continue };
        shown.push(json!({
            "track": track as u8,
            "name": track.name(),
            "maxDeciding": info.max_deciding,
            "submissionDeposit": info.submission_deposit.to_string(),
            "decisionDeposit": info.decision_deposit.to_string(),
            "preparePeriod": info.prepare_period,
            "decisionPeriod": info.decision_period,
            "confirmPeriod": info.confirm_period,
            "minEnactment": info.min_enactment_period,
        }));
    }
    Ok(shown.into())
}

/// How many entries to show and how many to pass over before.
fn page(arguments: &mut Arguments) -> Result<(usize, usize), Failure> {
    let count = arguments.optional("count")?.unwrap_or(PAGE_MAX);
    let skip = arguments.optional("skip")?.unwrap_or(0);
    if count > PAGE_MAX {
        return Err(Failure::too_many(count as u64, PAGE_MAX as u64));
    }
    Ok((count, skip))
}

/// A page of the members who voted, in the order of their rows. It ends after so many ballots, or
/// after so many members looked at: then `next` says where to go on.
fn ballots(context: &Context, arguments: &mut Arguments) -> Answer {
    let index: u32 = arguments.required("index")?;
    let head = context.head_at(arguments.at()?)?;
    let count = arguments.optional("count")?.unwrap_or(PAGE_MAX);
    if count > PAGE_MAX {
        return Err(Failure::too_many(count as u64, PAGE_MAX as u64));
    }
    let after = arguments.optional_account()?;
    let start = after.map(|account| pallet_voting::MEMBERS.key(&account));
    let prefix = pallet_voting::MEMBERS.prefix();
    let start = start.as_ref().map(RowKey::as_bytes);
    let mut rows = head.state.range(&prefix, start, LOOKED_AT_MAX);
    let (mut shown, mut looked, mut last) = (Vec::new(), 0, None);
    while shown.len() < count {
        let Some((key, _)) = rows.next() else { break };
        // A map keeps its keys readable at the end.
        let member = key.last_chunk().map(|id| AccountId(*id));
        let member = member.ok_or_else(|| Failure::internal(&"a member's row has a short key"))?;
        looked += 1;
        last = Some(member);
        if let Some(one) = pallet_voting::ballot(&head.state, &member, index)? {
            shown.push(json!({ "member": context.address(&member), "ballot": ballot(&one) }));
        }
    }
    let is_cut = looked == LOOKED_AT_MAX || shown.len() == count;
    let next = last.filter(|_| is_cut).map(|member| context.address(&member));
    Ok(json!({ "ballots": shown, "next": next }))
}

fn ballot(one: &Ballot) -> Value {
    match one {
        Ballot::Standard { aye, balance, conviction } => json!({
            "type": "standard",
            "vote": if *aye { "aye" } else { "nay" },
            "balance": balance.to_string(),
            "conviction": *conviction as u8,
        }),
        Ballot::Split { aye, nay } => {
            json!({ "type": "split", "aye": aye.to_string(), "nay": nay.to_string() })
        }
        Ballot::SplitAbstain { aye, nay, abstain } => json!({
            "type": "split-abstain",
            "aye": aye.to_string(),
            "nay": nay.to_string(),
            "abstain": abstain.to_string(),
        }),
    }
}

/// The name members read: an approved referendum is enacted or failed once its call has run.
pub(super) fn status(head: &Head, index: u32, one: &Referendum) -> Result<&'static str, Failure> {
    let Status::Approved { .. } = one.status else { return Ok(one.status.name()) };
    Ok(match pallet_scheduler::result_of(&head.state, index)? {
        None => "approved",
        Some(record) if record.is_enacted() => "enacted",
        Some(_) => "failed",
    })
}

/// Whether a referendum can still change.
pub(super) fn is_settled(head: &Head, index: u32) -> Result<bool, Failure> {
    let Some(one) = pallet_referenda::referendum(&head.state, index)? else { return Ok(true) };
    Ok(!one.status.is_open() && status(head, index, &one)? != "approved")
}

#[derive(Default)]
struct Times {
    since: Option<BlockNumber>,
    deciding: Option<Deciding>,
    enacts_at: Option<BlockNumber>,
    ended: Option<BlockNumber>,
}

fn times(one: &Referendum) -> Times {
    let ended = |at| Times { since: Some(at), ended: Some(at), ..Times::default() };
    match one.status {
        Status::Preparing => Times { since: Some(one.submitted_at), ..Times::default() },
        Status::Queued { since } => Times { since: Some(since), ..Times::default() },
        Status::Deciding(deciding) => {
            Times { since: Some(deciding.since), deciding: Some(deciding), ..Times::default() }
        }
        Status::Approved { at, enacts_at, .. } => Times { enacts_at: Some(enacts_at), ..ended(at) },
        Status::Rejected { at }
        | Status::TimedOut { at }
        | Status::Cancelled { at }
        | Status::Killed { at } => ended(at),
    }
}

fn referendum(
    context: &Context,
    head: &Head,
    (index, one): (u32, &Referendum),
    call_bytes_max: usize,
) -> Answer {
    let times = times(one);
    let outlook = pallet_referenda::outlook(&head.state, index, head.number)?;
    let info = pallet_referenda::track(&head.state, one.track)?;
    let decision = info.map_or(0, |info| info.decision_period);
    let deposit = |deposit: Option<pallet_preimage::Deposit>| {
        deposit.map(
            |one| json!({ "who": context.address(&one.who), "amount": one.amount.to_string() }),
        )
    };
    let mut shown = json!({
        "index": index,
        "track": one.track.name(),
        "title": String::from_utf8_lossy(&one.title),
        "proposer": context.address(&one.proposer),
        "status": status(head, index, one)?,
        "submitted": one.submitted_at,
        "since": times.since,
        "decidingSince": times.deciding.map(|deciding| deciding.since),
        "decisionEnds": times.deciding.map(|deciding| deciding.since.saturating_add(decision)),
        "confirmingUntil": times.deciding.and_then(|deciding| deciding.confirming_until),
        "enactsAt": times.enacts_at,
        "ended": times.ended,
        "enactAfter": enact_after(one.enactment),
        "proposal": proposal(context, head, one, call_bytes_max),
        "deposits": {
            "submission": deposit(one.submission_deposit),
            "decision": deposit(one.decision_deposit),
        },
        "enactment": enactment(head, index)?,
    });
    if let (Some(fields), Some(outlook)) = (shown.as_object_mut(), outlook) {
        fields.extend(standing(&outlook));
        fields.insert("critical".to_owned(), voices::critical(head, one, &outlook)?);
    }
    Ok(shown)
}

fn enact_after(enactment: Enactment) -> Value {
    match enactment {
        Enactment::At(block) => json!({ "at": block }),
        Enactment::After(blocks) => json!({ "after": blocks }),
    }
}

fn standing(outlook: &Outlook) -> serde_json::Map<String, Value> {
    let tally = outlook.count.tally;
    let passing = outlook.least.approval >= outlook.required.approval
        && outlook.least.support >= outlook.required.support;
    let fields = json!({
        "tally": voices::tally(tally),
        "electorate": outlook.count.electorate.to_string(),
        "approval": percent(outlook.standing.approval),
        "approvalNeeded": percent(outlook.required.approval),
        "supportShare": percent(outlook.standing.support),
        "supportNeeded": percent(outlook.required.support),
        "passing": passing,
    });
    match fields {
        Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    }
}

/// A share in percent with six places, cut off and never rounded up.
pub(super) fn percent(share: Ratio) -> String {
    let share = share.reduced();
    let scaled = share
        .numerator()
        .checked_mul(100_000_000)
        .and_then(|numerator| numerator.checked_div(share.denominator()))
        // Both parts are then far above the precision shown.
        .unwrap_or_else(|| {
            let denominator = (share.denominator() >> 32).max(1);
            (share.numerator() >> 32)
                .saturating_mul(100_000_000)
                .checked_div(denominator)
                .unwrap_or(0)
        });
    format!("{}.{:06}", scaled / 1_000_000, scaled % 1_000_000)
}

fn proposal(context: &Context, head: &Head, one: &Referendum, bytes_max: usize) -> Value {
    let is_shown = one.proposal.call_bytes() as usize <= bytes_max;
    let call = is_shown.then(|| pallet_preimage::fetch(&head.state, &one.proposal).ok()).flatten();
    let name = call.as_ref().and_then(|bytes| context.runtime.decode_call(bytes).ok());
    let text = name.map(|call| format!("{}.{}", call.name().0, call.name().1));
    let hash: Hash256 = one.proposal.hash();
    json!({
        "hash": hex(hash),
        "bytes": one.proposal.call_bytes(),
        "call": call.map(hex),
        "text": text,
    })
}

fn enactment(head: &Head, index: u32) -> Result<Value, Failure> {
    let Some(record) = pallet_scheduler::result_of(&head.state, index)? else {
        return Ok(Value::Null);
    };
    let (error, retry_until) = match &record.outcome {
        Outcome::Enacted => (None, None),
        Outcome::Failed { code, retry_until } => {
            (Some(String::from_utf8_lossy(code).into_owned()), *retry_until)
        }
        Outcome::Cancelled => (Some("cancelled".to_owned()), None),
    };
    let ok = record.is_enacted();
    Ok(json!({ "block": record.block, "ok": ok, "error": error, "retryUntil": retry_until }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_cut_off_after_six_places() {
        let share = |numerator, denominator| percent(Ratio::new(numerator, denominator).unwrap());
        assert_eq!(share(2, 3), "66.666666");
        assert_eq!(share(1, 1), "100.000000");
        assert_eq!(share(0, 7), "0.000000");
        assert_eq!(share(u128::MAX, u128::MAX), "100.000000");
        assert_eq!(share(u128::MAX / 2, u128::MAX), "49.999999");
    }
}
