//! The second transaction of a new account: it commits the account to its reserve key, so that the
//! owner can move when the scheme of the first key falls (`specs/wallet.md`, W32).

use althing_primitives::{Balance, Hash256};
use scale_value::Value;
use serde_json::json;

use super::{Quote, Sender, SignKey, choice};
use crate::{
    amount,
    chain::{Chain, Placed, Wait},
    context::Context,
    key::Key,
    output::{CliError, Warning, codes},
};

/// What committing to the reserve costs after `call`; none if there is nothing to commit to.
pub(super) fn price(
    chain: &mut Chain,
    sender: &Sender,
    call: &[u8],
) -> Result<Option<Balance>, CliError> {
    // Who writes a file sends nothing, so nothing can follow.
    if sender.to_file.is_some() {
        return Ok(None);
    }
    let Some(reserve) = wanted(chain, sender, call)? else { return Ok(None) };
    let call = commit_call(chain, Some(reserve))?;
    let witness = choice::blank_witness(&[kept(sender)])?;
    let extrinsic = chain.terms(sender.account)?.extrinsic(witness, &call);
    Ok(Some(chain.fee_of(&extrinsic)?))
}

/// The warning that a first transaction which goes to a file leaves the account uncommitted.
pub(super) fn left_out(
    chain: &mut Chain,
    sender: &Sender,
    call: &[u8],
) -> Result<Option<Warning>, CliError> {
    let wanted = wanted(chain, sender, call)?;
    Ok(wanted.map(|_| later(&sender.name, "the file holds its first transaction alone")))
}

/// The reserve to commit to after `call`, if the account has one, the chain takes commitments, and
/// the call is not about keys: such a call brings its own.
fn wanted(chain: &mut Chain, sender: &Sender, call: &[u8]) -> Result<Option<Hash256>, CliError> {
    let Some(reserve) = sender.reserve else { return Ok(None) };
    let metadata = chain.metadata()?;
    let takes = metadata.has_call("Accounts", "commit_next")
        && metadata.decode_call(call)?.pallet != "Accounts";
    Ok(takes.then_some(reserve))
}

/// What the screen says of it.
pub(super) fn facts(fee: Balance) -> [(&'static str, String); 2] {
    let fee = amount::to_text_with_unit(fee);
    [
        ("then", format!("a second transaction commits your reserve key, fee {fee}")),
        ("reserve", "moves the account if your scheme falls: althing key escape".to_owned()),
    ]
}

/// Send the commitment. The first transaction stands, whatever becomes of this one.
pub(super) fn commit(
    context: &mut Context,
    chain: &mut Chain,
    sender: &Sender,
    keys: &[Key],
) -> Option<Result<Placed, Warning>> {
    let reserve = sender.reserve?;
    let done = send(context, chain, sender, (keys, reserve));
    if let Ok(placed) = &done
        && !context.global.json
    {
        let block = crate::wording::count(placed.number);
        context.out.hint(&format!("  reserve key committed in block {block}"));
    }
    Some(done.map_err(|error| later(&sender.name, &error.message)))
}

fn send(
    context: &Context,
    chain: &mut Chain,
    sender: &Sender,
    (keys, reserve): (&[Key], Hash256),
) -> Result<Placed, CliError> {
    let call = commit_call(chain, Some(reserve))?;
    let terms = chain.terms(sender.account)?;
    let signers = [kept(sender)];
    let statement = terms.statement(&[signers[0].signer()], &call);
    let extrinsic = terms.extrinsic(choice::sign(&signers, keys, &statement)?, &call);
    let wait = if context.global.wait == Wait::Final { Wait::Final } else { Wait::Block };
    let block = chain.send_and_watch(&extrinsic, wait)?;
    let placed = chain.placed(extrinsic.hash(), &block)?;
    match &placed.receipt.error {
        Some(refusal) => Err(refusal.to_error(&sender.name)),
        None => Ok(placed),
    }
}

/// That the account is not committed to its reserve yet, and how that is done.
pub(super) fn later(name: &str, why: &str) -> Warning {
    let message = format!("{name} is not committed to its reserve key: {why}");
    let fix = vec![format!("althing key commit-next {name}")];
    Warning { fix, ..Warning::new(codes::KEY_WARN_NO_RESERVE, message) }
}

/// The transaction for programs.
pub(super) fn json(quote: &Quote, done: Option<&Result<Placed, Warning>>) -> serde_json::Value {
    match done {
        Some(Ok(placed)) => json!({
            "fee": amount::to_json(placed.receipt.fee.0),
            "hash": placed.hash,
            "block": placed.number,
        }),
        _ => json!({ "fee": quote.pre_rotation.map(amount::to_json), "hash": null }),
    }
}

/// The call that commits an account.
pub fn commit_call(chain: &mut Chain, next: Option<Hash256>) -> Result<Vec<u8>, CliError> {
    let metadata = chain.metadata()?;
    Ok(metadata.encode_call("Accounts", "commit_next", [("next", commitment_value(next))])?)
}

/// A commitment as a value.
pub fn commitment_value(hash: Option<Hash256>) -> Value {
    match hash {
        Some(hash) => Value::unnamed_variant("Some", [Value::from_bytes(hash.0)]),
        None => Value::unnamed_variant("None", []),
    }
}

/// The sender's key once the chain keeps it.
fn kept(sender: &Sender) -> SignKey {
    SignKey { scheme: sender.scheme, handle: sender.handle, kept: true }
}
