//! `althing propose call`: any call of the chain, written by its metadata.

use serde_json::json;

use super::{Asking, Question, submit};
use crate::{
    context::Context,
    output::{CliError, Reply, codes},
    people,
};

/// Arguments of `propose call`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing --account alice propose call referenda.cancel index=3 --track canceller --title \"Withdraw 3\"
  althing --account alice propose call treasury.spend beneficiary=bob amount=5k memo=Docs --track small-spender --title Docs
  althing --account alice propose call 0x0000106869 --track root --title Remark"
)]
pub struct Arguments {
    /// pallet.call, or the whole call as 0x-hex
    #[arg(value_name = "PALLET.CALL")]
    call: String,
    /// Fields as name=value
    #[arg(value_name = "NAME=VALUE")]
    fields: Vec<String>,
    /// Track that decides, whose power the call will have
    #[arg(long, value_name = "TRACK")]
    track: String,
    #[command(flatten)]
    asking: Asking,
}

/// Submit it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let metadata = chain.metadata()?;
    let call = if let Some(digits) = arguments.call.strip_prefix("0x") {
        const_hex::decode(digits).map_err(|error| {
            CliError::new(codes::BAD_HEX, format!("the call is not 0x-hex: {error}"))
        })?
    } else {
        let (pallet, name) = arguments.call.split_once('.').ok_or_else(|| {
            let message = format!("{:?} is not of the form pallet.call", arguments.call);
            CliError::new(codes::META_UNKNOWN, message).nothing_sent()
        })?;
        let mut resolve =
            |text: &str| people::resolve(&chain, &keystore, text).map(|who| who.account());
        metadata
            .encode_text(pallet, name, &arguments.fields, &mut resolve)
            .map_err(|error| CliError::from(error).nothing_sent())?
    };
    let decoded = metadata.decode_call(&call)?;
    let render = chain.render(&metadata);
    let what = render.call_text(&decoded);
    let data = json!({ "decoded": render.call_json(&decoded) });
    let track = arguments.track.clone();
    submit(Question { asking: &arguments.asking, track, call, what, data }, context, &mut chain)
}
