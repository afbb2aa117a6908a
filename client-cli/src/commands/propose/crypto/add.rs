//! `althing propose crypto add`: a scheme that no program knows, as a module.
//!
//! Modules and vectors are far longer than a proposal, so the chain is asked to keep them first, one
//! transaction each; then the members are asked. The gate that the chain applies at the end is
//! applied here at the start: a module that fails it costs its proposer nothing.

use std::path::PathBuf;

use parity_scale_codec::{Compact, Encode as _};
use scale_value::{Composite, Value};
use serde_json::{Value as Json, json};

use super::super::{Asking, Question, submit};
use crate::{
    account::Signer,
    amount,
    chain::{Bytes, Chain, replies::Scheme},
    context::Context,
    modules::{Candidate, Checked, Manifest, SchemeFacts},
    output::{Body, CliError, Reply, codes},
    transact::{Intent, Quote, Sender, prepare, quote},
    wording,
};

/// The lowest number of a scheme that is voted in.
const ID_MIN: u16 = 256;
/// The most bytes that any transaction has beside its call: signature, key and extensions.
const BESIDE_CALL_MAX: usize = 80 * 1024;

/// Arguments of `propose crypto add`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing --account alice propose crypto add --module ml-dsa-87-verifier.wasm --vectors ml-dsa-87.vectors --signer ml-dsa-87-signer.wasm --title \"ML-DSA-87\"
  althing --account alice --dry-run propose crypto add --module v.wasm --vectors v.vectors --name x --family hash --public 48 --signature 16224 --fuel-max 9000000 --title X"
)]
pub struct Arguments {
    /// The verifier module
    #[arg(long, value_name = "FILE")]
    module: PathBuf,
    /// Known answers, which the verifier must give
    #[arg(long, value_name = "FILE")]
    vectors: PathBuf,
    /// The signer module, so that every wallet can learn the scheme from the chain
    #[arg(long, value_name = "FILE")]
    signer: Option<PathBuf>,
    /// Facts about the scheme; without it, NAME.json beside the module
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Name of the scheme
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Number of the scheme; without it, the next free one from 256 on
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(256..))]
    id: Option<u16>,
    /// The assumption it rests on: lattice, hash or code
    #[arg(long, value_name = "F")]
    family: Option<String>,
    /// Exact bytes of a public key
    #[arg(long, value_name = "BYTES")]
    public: Option<u32>,
    /// Exact bytes of a signature
    #[arg(long, value_name = "BYTES")]
    signature: Option<u32>,
    /// Fuel that one verification may use
    #[arg(long, value_name = "N")]
    fuel_max: Option<u64>,
    #[command(flatten)]
    asking: Asking,
}

/// Check it, have the chain keep it, and ask the members.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let manifest = manifest(arguments)?;
    // The number is the chain's; what can be refused without it is refused before.
    let facts = manifest.facts(arguments.id.unwrap_or(ID_MIN))?;
    let signer = arguments.signer.as_deref();
    let mut candidate = Candidate::read(facts, &arguments.module, &arguments.vectors, signer)?;
    manifest.check_files(&candidate)?;
    let checked = candidate.check()?;
    context.out.hint(&report(&candidate, &checked));

    let mut chain = context.chain()?;
    candidate.facts.id = number(&mut chain, &candidate.facts, arguments.id)?;
    let notes = note_all(&candidate, context, &mut chain)?;
    let call = encode(&mut chain, &candidate)?;
    let facts = &candidate.facts;
    let what = format!(
        "add {} as scheme {} ({}, verified by a module of {})",
        facts.name,
        facts.id,
        facts.family,
        wording::size(candidate.verifier.len())
    );
    let blobs = candidate.blobs().into_iter();
    let blobs = blobs.map(|(what, hash, bytes)| {
        json!({ "what": what, "hash": hash.to_string(), "bytes": bytes.len() })
    });
    let data = json!({
        "scheme": facts.name,
        "scheme_id": facts.id,
        "step": "add",
        "gate": gate_json(&checked),
        "blobs": blobs.collect::<Vec<_>>(),
        "notes": notes,
    });
    if context.global.dry_run && data["notes"].as_array().is_some_and(|notes| !notes.is_empty()) {
        // A referendum is refused as long as the chain does not keep what its call relies on (G75), so
        // what comes after the notes cannot be tried before them.
        let facts = vec![("referendum", format!("{what}, on crypto-upgrade, once they are kept"))];
        return Ok(Reply::new(data, Body::Facts(facts)).on(chain.tag()));
    }
    let track = "crypto-upgrade".to_owned();
    let question = Question { asking: &arguments.asking, track, call, what, data };
    submit(question, context, &mut chain)
}

/// What the authors say, with what the command line says instead.
fn manifest(arguments: &Arguments) -> Result<Manifest, CliError> {
    let place = arguments.manifest.clone().or_else(|| Manifest::beside(&arguments.module));
    let said = place.map(|path| Manifest::read(&path)).transpose()?.unwrap_or_default();
    Ok(Manifest {
        name: arguments.name.clone().or(said.name),
        family: arguments.family.clone().or(said.family),
        public: arguments.public.or(said.public),
        signature: arguments.signature.or(said.signature),
        fuel_max: arguments.fuel_max.or(said.fuel_max),
        ..said
    })
}

fn report(candidate: &Candidate, checked: &Checked) -> String {
    let gate = &checked.gate;
    format!(
        "{} passes the gate: {} valid vectors accepted, {} invalid and {} spoilt ones refused, {} of {} fuel.",
        candidate.facts.name,
        gate.positive,
        gate.negative,
        gate.flipped,
        wording::count(gate.fuel_max),
        wording::count(candidate.facts.fuel_max)
    )
}

fn gate_json(checked: &Checked) -> Json {
    let gate = &checked.gate;
    json!({
        "positive": gate.positive,
        "negative": gate.negative,
        "flipped": gate.flipped,
        "fuel_max": gate.fuel_max,
        "memory_pages": checked.memory_pages,
    })
}

/// The number asked for, or the next free one; name and number must be new to the chain.
fn number(chain: &mut Chain, facts: &SchemeFacts, asked: Option<u16>) -> Result<u16, CliError> {
    let schemes: Vec<Scheme> = chain.read("crypto_schemes", &[])?;
    let taken = |what: &str, by: &Scheme| {
        let message = format!("{what} is taken by scheme {} ({})", by.id, by.name);
        CliError::new(codes::MODULE_FACTS, message)
            .detail("scheme", by.name.as_str())
            .detail("scheme_id", by.id)
            .fix(["choose another --name or --id; althing crypto lists those there are"])
            .nothing_sent()
    };
    if let Some(other) = schemes.iter().find(|scheme| scheme.name == facts.name) {
        return Err(taken("the name", other));
    }
    let own = |name: &str| {
        althing_crypto::scheme_by_name(name).is_some()
            || althing_crypto::kem_by_name(name).is_some()
    };
    if own(&facts.name) {
        let message = format!("{} is the name of a scheme of this program", facts.name);
        return Err(CliError::new(codes::MODULE_FACTS, message)
            .detail("scheme", facts.name.as_str())
            .fix(["choose another --name"])
            .nothing_sent());
    }
    let free = |id: u16| schemes.iter().all(|scheme| scheme.id != id);
    match asked {
        Some(id) => match schemes.iter().find(|scheme| scheme.id == id) {
            Some(other) => Err(taken("the number", other)),
            None => Ok(id),
        },
        None => (ID_MIN..=u16::MAX)
            .find(|id| free(*id))
            .ok_or_else(|| CliError::new(codes::MODULE_FACTS, "no number is free").nothing_sent()),
    }
}

/// A blob that the chain does not keep yet.
struct Note {
    what: &'static str,
    bytes: usize,
    call: Vec<u8>,
    quote: Quote,
}

impl Note {
    /// What the chain sets aside for it, as it says itself.
    fn deposit(&self) -> u128 {
        let mut events = self.quote.events.iter();
        let noted = events.find(|event| event.is("Preimage", "Noted"));
        noted.and_then(|event| event.number("deposit")).unwrap_or(0)
    }
}

/// Have the chain keep every blob that it does not keep yet, after one question about all of them.
fn note_all(
    candidate: &Candidate,
    context: &mut Context,
    chain: &mut Chain,
) -> Result<Vec<Json>, CliError> {
    let sender = Sender::find(context, chain)?;
    let mut notes = Vec::new();
    for (what, hash, bytes) in candidate.blobs() {
        if is_kept(chain, &hash.to_string())? {
            context.out.hint(&format!("The chain keeps the {what} already."));
            continue;
        }
        let call = note_call(chain, bytes)?;
        let most = althing_primitives::EXTRINSIC_BYTES_MAX as usize;
        if call.len().saturating_add(BESIDE_CALL_MAX) > most {
            let message = format!("the {what} is longer than a transaction carries");
            return Err(CliError::new(codes::MODULE_FACTS, message).nothing_sent());
        }
        let quote = quote(chain, &sender, &call)?;
        notes.push(Note { what, bytes: bytes.len(), call, quote });
    }
    let fees: u128 = notes.iter().map(|note| note.quote.cost()).sum();
    let deposits: u128 = notes.iter().map(Note::deposit).sum();
    if !notes.is_empty() {
        let text = format!(
            "{} transactions make the chain keep it: {} in fees, {} set aside. Once the scheme is added, what it needs stays for good and so does that deposit.",
            notes.len(),
            amount::to_text_with_unit(fees),
            amount::to_text_with_unit(deposits)
        );
        context.out.notice(&text);
    }
    let mut told: Vec<Json> = notes
        .iter()
        .map(|note| {
            json!({
                "what": note.what,
                "bytes": note.bytes,
                "fee": amount::to_json(note.quote.cost()),
                "deposit": amount::to_json(note.deposit()),
            })
        })
        .collect();
    if context.global.dry_run || notes.is_empty() {
        return Ok(told);
    }
    let needed = fees.saturating_add(deposits);
    if sender.on_chain.spendable.0 < needed {
        let message = format!("{} cannot pay for it", sender.name);
        return Err(CliError::new(codes::TOO_POOR, message)
            .detail("needed", amount::to_json(needed))
            .detail("spendable", amount::to_json(sender.on_chain.spendable.0))
            .nothing_sent());
    }
    let question = format!("Sign {} transactions as {}?", notes.len(), sender.name);
    context.ask.confirm(&mut context.out, &question).map_err(CliError::nothing_sent)?;
    let keystore = context.keystore()?;
    let signer = Signer::unlock(&keystore, &sender.name, context.ask, &mut context.out)
        .map_err(CliError::nothing_sent)?;
    let keys: Vec<_> = std::iter::once(signer.key).chain(signer.others).collect();
    for (note, told) in notes.into_iter().zip(&mut told) {
        let what = format!("have the chain keep the {} of {}", note.what, candidate.facts.name);
        let effects = vec![("bytes", wording::size(note.bytes))];
        // The first of them may have entered the key, so the sender is looked at anew.
        let sender = Sender::find(context, chain)?;
        let ready = prepare(context, chain, sender, Intent { call: note.call, what, effects })?;
        let outcome = ready.send_with(&keys, context, chain)?;
        told["transaction"] = outcome.json(chain)?;
    }
    Ok(told)
}

/// Whether the chain keeps the bytes with this hash.
fn is_kept(chain: &mut Chain, hash: &str) -> Result<bool, CliError> {
    let mut nobody = |text: &str| Err(CliError::new(codes::BUG, text.to_owned()));
    let metadata = chain.metadata()?;
    let key = metadata.row_key(("Preimage", "Status"), &[hash.to_owned()], &mut nobody)?;
    let key = json!(const_hex::encode_prefixed(key));
    let value: Option<Bytes> = chain.read("state_getStorage", &[key])?;
    Ok(value.is_some())
}

/// The call that notes `bytes`. It is written for no bytes first: a megabyte of single values would
/// take a hundred.
fn note_call(chain: &mut Chain, bytes: &[u8]) -> Result<Vec<u8>, CliError> {
    let nothing = [("bytes", Value::from_bytes([]))];
    let mut call = chain.metadata()?.encode_call("Preimage", "note", nothing)?;
    let length = Compact(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    if call.pop() != Some(0) {
        let message = "Preimage.note takes something else than bytes";
        return Err(CliError::new(codes::META_BAD, message).nothing_sent());
    }
    length.encode_to(&mut call);
    call.extend_from_slice(bytes);
    Ok(call)
}

fn encode(chain: &mut Chain, candidate: &Candidate) -> Result<Vec<u8>, CliError> {
    let facts = &candidate.facts;
    let hash = |hash: [u8; 32]| Value::from_bytes(hash);
    let signer = match &candidate.signer {
        Some(_) => Value::unnamed_variant("Some", [hash(facts.signer.0)]),
        None => Value::unnamed_variant("None", []),
    };
    let vectors = althing_primitives::blake2_256(&candidate.vectors);
    let fields = Composite::named([
        ("scheme", Value::u128(facts.id.into())),
        ("name", Value::from_bytes(facts.name.as_bytes())),
        ("family", Value::unnamed_variant(capital(&facts.family), [])),
        ("public_bytes", Value::u128(facts.public_bytes.into())),
        ("signature_bytes", Value::u128(facts.signature_bytes.into())),
        ("fuel_max", Value::u128(facts.fuel_max.into())),
        ("code", hash(facts.verifier.0)),
        ("signer", signer),
        ("vectors", hash(vectors.0)),
    ]);
    Ok(chain.metadata()?.encode_fields("CryptoRegistry", "add_module", fields)?)
}

/// `lattice` is the variant `Lattice`.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
