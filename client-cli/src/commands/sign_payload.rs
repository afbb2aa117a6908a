//! `althing sign-payload`: sign for another client.
//!
//! Reads a signer payload as 0x-hex (call, extra and implicit laid end to end) and prints the
//! chain's signature enum, variant byte first, as 0x-hex. Around the payload the wallet signs who
//! sends it and under which rules, as the extrinsic rules say (F6); the rules are asked of the node,
//! or given where there is none. A payload longer than 256 bytes stands in it by its BLAKE2b-256; a
//! client that hashes by itself passes the 32 bytes and gets the same signature. The public key
//! travels along, so the answer is right for the first use of a key and for every later one. Keys
//! that sign together give one joint answer, by their handles.

use althing_primitives::{Circumstances, EXTRINSIC_BYTES_MAX, blake2_256, statement};
use parity_scale_codec::Encode as _;
use serde_json::json;

use crate::{
    account::Signer,
    context::Context,
    output::{Body, CliError, Reply, Warning, codes},
    transact::joint_witness,
};

/// Twice the longest extrinsic, with room for white space.
const INPUT_BYTES_MAX: u64 = EXTRINSIC_BYTES_MAX as u64 * 2 + 4096;
/// Payloads longer than this are hashed, as every Substrate client does.
const PAYLOAD_BYTES_MAX: usize = 256;

/// Arguments of `sign-payload`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  echo 0x0400ab | althing --account alice sign-payload
  althing --account cold --json sign-payload --epoch 3 --policy 0 < payload.hex")]
pub struct Arguments {
    /// The registry's epoch, where no node can be asked (`althing crypto` shows it)
    #[arg(long, value_name = "N", requires = "policy")]
    epoch: Option<u32>,
    /// How often the account's keys have changed, where no node can be asked (`althing account`)
    #[arg(long, value_name = "N", requires = "epoch")]
    policy: Option<u32>,
}

/// Sign standard input.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let name = context.account_name()?.to_owned();
    let text = context.ask.input(&mut context.out, "Payload: ", INPUT_BYTES_MAX)?;
    let mut payload = decode(text.trim())?;
    if payload.len() > PAYLOAD_BYTES_MAX {
        payload = blake2_256(&payload).0.to_vec();
    }
    let keystore = context.keystore()?;
    let signer = Signer::unlock(&keystore, &name, context.ask, &mut context.out)?;
    let under = match (arguments.epoch, arguments.policy) {
        (Some(epoch), Some(policy)) => Circumstances { epoch, policy },
        _ => context.chain()?.account(&signer.account)?.circumstances(),
    };
    let keys: Vec<_> = std::iter::once(&signer.key).chain(&signer.others).collect();
    let signers: Vec<_> = keys.iter().map(|key| key.signer()).collect();
    let message = statement(&signer.account, under, &signers, &payload);
    let witness = if keys.len() > 1 {
        joint_witness(&keys, &message)?
    } else {
        signer.key.witness(&message)?
    };
    let witness = const_hex::encode_prefixed(witness.encode());

    let data = json!({
        "account": signer.name,
        "address": signer.account.to_string(),
        "scheme": signer.key.scheme().name(),
        "handle": signer.key.handle().0.to_string(),
        "epoch": under.epoch,
        "policy": under.policy,
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
