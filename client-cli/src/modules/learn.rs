//! Take a scheme over from a chain, or from files.

use std::path::Path;

use althing_crypto::signing::SigningScheme;
use serde_json::{Value, json};

use super::{
    Library, ModuleScheme, ModulesError, SchemeFacts, keep_loaded,
    library::{MODULE_BYTES_MAX, RECORD_FORMAT, check_hash, family, read},
    load,
};
use crate::{
    chain::{Bytes, Chain, parse_hash, replies::Scheme},
    keystore::HexArray,
    output::CliError,
};

/// Where the signer comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// The chain keeps it.
    Chain,
    /// A local file, which must be the registry's if the registry names one.
    File(&'a Path),
}

/// What the registry says of the signature scheme called `name`, if there is one.
pub fn in_registry(chain: &mut Chain, name: &str) -> Result<Option<Scheme>, CliError> {
    let schemes: Vec<Scheme> = chain.read("crypto_schemes", &[])?;
    let wanted = name.to_ascii_lowercase();
    Ok(schemes.into_iter().find(|scheme| scheme.kind == "signature" && scheme.name == wanted))
}

/// Fetch the scheme called `name`, check its modules, try them out, and keep them if there is a
/// library.
pub fn learn(
    chain: &mut Chain,
    library: Option<&Library>,
    name: &str,
    source: Source<'_>,
) -> Result<&'static dyn SigningScheme, CliError> {
    let unknown = || ModulesError::NotInRegistry { name: name.to_owned() };
    let scheme = in_registry(chain, name)?.ok_or_else(unknown)?;
    let verifier = verifier_of(chain, &scheme)?;
    let hash = |field: &'static str| {
        let text = verifier[field].as_str().and_then(parse_hash);
        let row = || ModulesError::Row { name: scheme.name.clone(), field };
        text.map(|hash| HexArray(hash.0)).ok_or_else(row)
    };
    let code = hash("code")?;
    let named = verifier["signer"].as_str().and_then(parse_hash).map(|hash| HexArray(hash.0));
    let bytes = match (source, named) {
        (Source::Chain, None) => {
            let name = scheme.name.clone();
            return Err(ModulesError::NotKept { what: "signer", name }.into());
        }
        (Source::Chain, Some(hash)) => module(chain, &scheme.name, "signer", hash)?,
        (Source::File(path), _) => read(path, MODULE_BYTES_MAX)?,
    };
    let signer = named.unwrap_or(HexArray(althing_primitives::blake2_256(&bytes).0));
    check_hash("the signer", signer, &bytes).map_err(|error| {
        CliError::from(error).fix([
            "leave --signer-module out: the chain keeps the signer that its members voted for",
        ])
    })?;
    let fuel = || ModulesError::Row { name: scheme.name.clone(), field: "fuel_max" };
    let genesis = chain.genesis()?;
    let facts = SchemeFacts {
        format: RECORD_FORMAT.to_owned(),
        id: scheme.id,
        name: scheme.name.clone(),
        family: scheme.family.clone(),
        public_bytes: scheme.public_bytes,
        signature_bytes: scheme.signature_bytes,
        fuel_max: number(&verifier["fuel_max"]).ok_or_else(fuel)?,
        verifier: code,
        signer,
        genesis: Some(HexArray(genesis.0)),
    };
    let verifier = module(chain, &facts.name, "verifier", code)?;
    Ok(keep(library, facts, &bytes, &verifier)?)
}

/// Take a scheme from a signer and a verifier in files, under facts that no registry confirms.
pub fn from_files(
    library: Option<&Library>,
    facts: SchemeFacts,
    signer: &Path,
    verifier: &Path,
) -> Result<&'static dyn SigningScheme, ModulesError> {
    if family(&facts.family).is_none() {
        return Err(ModulesError::Row { name: facts.name, field: "family" });
    }
    let (signer, verifier) = (read(signer, MODULE_BYTES_MAX)?, read(verifier, MODULE_BYTES_MAX)?);
    let hash = |bytes: &[u8]| HexArray(althing_primitives::blake2_256(bytes).0);
    let facts = SchemeFacts { signer: hash(&signer), verifier: hash(&verifier), ..facts };
    keep(library, facts, &signer, &verifier)
}

fn keep(
    library: Option<&Library>,
    facts: SchemeFacts,
    signer: &[u8],
    verifier: &[u8],
) -> Result<&'static dyn SigningScheme, ModulesError> {
    let known = library.map_or_else(|| Ok(Vec::new()), Library::list)?;
    let same = known.iter().find(|known| known.note() == facts.note());
    if let (Some(library), Some(known)) = (library, same) {
        // Only what has the recorded hashes is put back, and only where it is missing (M3).
        if let Err(altered) = library.code(known) {
            library.repair(known, signer, verifier).map_err(|error| match error {
                ModulesError::Hash { .. } => altered,
                other => other,
            })?;
        }
        return Ok(load(known)?);
    }
    let scheme = ModuleScheme::new(facts.clone(), signer, verifier)?;
    if !scheme.try_out()? {
        return Err(ModulesError::Misfit { name: facts.name });
    }
    if let Some(library) = library {
        library.keep(&facts, signer, verifier)?;
    }
    Ok(keep_loaded(scheme))
}

/// The registry's record of how a scheme is verified, if by a module.
fn verifier_of(chain: &mut Chain, scheme: &Scheme) -> Result<Value, CliError> {
    let row = ("CryptoRegistry", "Schemes");
    let bytes = row_bytes(chain, row, &scheme.id.to_string())?;
    let missing = |field| ModulesError::Row { name: scheme.name.clone(), field };
    let (key, bytes) = bytes.ok_or_else(|| missing("the row"))?;
    let metadata = chain.metadata()?;
    let row = metadata.row(&key).ok_or_else(|| missing("the row"))?;
    let value = metadata.row_value(&row, &bytes).ok_or_else(|| missing("the value"))?;
    let record = chain.render(&metadata).value_json(&value);
    match &record["verifier"]["Module"] {
        Value::Object(fields) => Ok(Value::Object(fields.clone())),
        _ if althing_crypto::scheme_by_name(&scheme.name).is_some() => {
            Err(ModulesError::BuiltIn { name: scheme.name.clone() }.into())
        }
        _ => Err(ModulesError::NoModule { name: scheme.name.clone() }.into()),
    }
}

/// A module that the chain keeps, found to have its hash.
fn module(
    chain: &mut Chain,
    name: &str,
    what: &'static str,
    hash: HexArray<32>,
) -> Result<Vec<u8>, CliError> {
    let text = const_hex::encode_prefixed(hash.0);
    let value = row_bytes(chain, ("CryptoRegistry", "Modules"), &text)?;
    let not_kept = || ModulesError::NotKept { what, name: name.to_owned() };
    let (_, value) = value.ok_or_else(not_kept)?;
    let bytes: Vec<u8> =
        parity_scale_codec::DecodeAll::decode_all(&mut &value[..]).map_err(|_| not_kept())?;
    check_hash(&format!("the {what} of {name}"), hash, &bytes)
        .map_err(|error| CliError::from(error).fix(["ask another node: --url ws://HOST:PORT"]))?;
    Ok(bytes)
}

/// A row as it stands in the state.
type KeyAndValue = (Vec<u8>, Vec<u8>);

/// Key and value of a row with one key, by the chain's metadata.
fn row_bytes(
    chain: &mut Chain,
    row: (&str, &str),
    key: &str,
) -> Result<Option<KeyAndValue>, CliError> {
    let metadata = chain.metadata()?;
    let mut nobody = |text: &str| {
        let message = format!("{text:?} names no account here");
        Err(CliError::new(crate::output::codes::BUG, message))
    };
    let key = metadata.row_key(row, &[key.to_owned()], &mut nobody)?;
    let value: Option<Bytes> =
        chain.read("state_getStorage", &[json!(const_hex::encode_prefixed(&key))])?;
    Ok(value.map(|Bytes(value)| (key, value)))
}

/// A number, which is text when it is large.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
