//! Whether the states of the signers' schemes let them sign this (`specs/crypto-registry.md`, CR2): told
//! before anything is shown, since the chain tries a call without looking at the keys.

use super::{Quote, Sender};
use crate::{
    chain::{Chain, replies::Scheme},
    commands::key::way_out,
    output::CliError,
};

/// Refuse what the chain would refuse for the state of a scheme.
pub(super) fn ensure_may_sign(
    chain: &mut Chain,
    sender: &Sender,
    (quote, call): (&Quote, &[u8]),
) -> Result<(), CliError> {
    // Who moves to a reserve key signs with it, whatever it is of.
    if chain.is_recorded() || sender.fixed.is_some() {
        return Ok(());
    }
    let schemes: Vec<Scheme> = chain.read("crypto_schemes", &[])?;
    let next = chain.info().head.number.saturating_add(1);
    let is_rotation = {
        let call = chain.metadata()?.decode_call(call)?;
        call.pallet == "Accounts"
    };
    for key in &quote.signers {
        let id = key.scheme.id().0;
        let Some(scheme) = schemes.iter().find(|scheme| scheme.id == id) else { continue };
        let refused = match scheme.state.as_str() {
            "proposed" | "frozen" | "retired" => true,
            "deprecated" if is_rotation => false,
            // After its sunset, or as the first use of an account.
            "deprecated" => scheme.sunset_at.is_some_and(|at| at <= next) || sender.ring.is_none(),
            _ => false,
        };
        if refused {
            let who = (sender.name.as_str(), sender.policy());
            return Err(way_out::refusal(chain, who, &[id])?.nothing_sent());
        }
    }
    Ok(())
}
