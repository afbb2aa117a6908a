//! `althing sign-payload`: sign for another client.
//!
//! Reads a signer payload as 0x-hex (call, extra and implicit laid end to end) and prints the
//! chain's signature enum, variant byte first, as 0x-hex. A payload longer than 256 bytes is signed
//! by its BLAKE2b-256, as the extrinsic rules say; a client that hashes by itself passes the 32
//! bytes and gets the same signature. The public key travels along, so the answer is right for the
//! first use of a key and for every later one.

use althing_primitives::EXTRINSIC_BYTES_MAX;
use parity_scale_codec::Encode as _;
use serde_json::json;

use crate::{
    account::Signer,
    context::Context,
    output::{Body, CliError, Reply, Warning, codes},
};

/// Twice the longest extrinsic, with room for white space.
const INPUT_BYTES_MAX: u64 = EXTRINSIC_BYTES_MAX as u64 * 2 + 4096;

/// Arguments of `sign-payload`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  echo 0x0400ab | althing --account cold sign-payload
  althing --account cold --json sign-payload < payload.hex")]
pub struct Arguments {}

/// Sign standard input.
pub fn run(_: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let name = context.account_name()?.to_owned();
    let text = context.ask.input(&mut context.out, "Payload: ", INPUT_BYTES_MAX)?;
    let payload = decode(text.trim())?;
    let keystore = context.keystore()?;
    let signer = Signer::unlock(&keystore, &name, context.ask, &mut context.out)?;
    let scheme = signer.key.scheme().name();
    let witness = const_hex::encode_prefixed(signer.key.witness(&payload)?.encode());

    let data = json!({
        "account": signer.name,
        "address": signer.account.to_string(),
        "scheme": scheme,
        "handle": signer.key.handle().0.to_string(),
        "signature": witness,
    });
    let reply = Reply::new(data, Body::Text(witness));
    if !signer.is_dev_member {
        return Ok(reply);
    }
    let message = format!("{name} is a dev member: everyone has this key");
    Ok(reply.warn(Warning::new(codes::KEY_WARN_DEV_KEY, message)))
}

fn decode(text: &str) -> Result<Vec<u8>, CliError> {
    let wrong = |message: &str| CliError::new(codes::BAD_HEX, message);
    let digits = text.strip_prefix("0x").ok_or_else(|| wrong("the payload is not 0x-hex"))?;
    if digits.is_empty() {
        return Err(wrong("the payload is empty"));
    }
    const_hex::decode(digits).map_err(|error| wrong(&format!("the payload is not 0x-hex: {error}")))
}
