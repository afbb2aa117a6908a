//! Schemes whose verifiers are modules: entering them, and running them (CR14 to CR17).

use std::sync::Arc;

use althing_crypto::{Backend, GateError, Module, ModuleError, ModuleFacts, Vectors, gate, module};
use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{
    Hash256, PUBLIC_KEY_BYTES_MAX, SIGNATURE_BYTES_MAX, SchemeId, blake2_256,
};

use crate::genesis::built_in;
use crate::record::NewModule;
use crate::{
    Code, Error, Event, IDS, MODULES, SCHEMES, SchemeName, SchemeRecord, SchemeState, Verifier,
    transitions,
};

/// The lowest id of a scheme that is voted in. Lower ones are for schemes of the program.
pub const MODULE_ID_MIN: u16 = 256;
/// The most schemes whose verifiers are modules, retired ones aside.
pub const MODULE_SCHEMES_MAX: u32 = 16;
/// The largest fuel cap of a scheme: a tenth of a second by the highest price of fuel.
pub const MODULE_FUEL_MAX: u64 = 50_000_000;
/// The most that verifying one signature under a module can weigh, in picoseconds: for calls that
/// must say what they weigh before anyone has looked at the scheme.
pub const MODULE_VERIFY_WEIGHT_MAX: u64 = 101_340_000_000;
/// The most that examining, compiling and trying a module may weigh, in picoseconds (CR15).
pub const GATE_WEIGHT_MAX: u64 = 10_000_000_000_000;

/// Enter `scheme` on trial, with the verifier that `new` names, if it passes its gate.
pub(crate) fn add(tx: &mut Tx<'_>, scheme: SchemeId, new: NewModule) -> Result<(), DispatchError> {
    admissible(tx, scheme, &new)?;
    let mut record = SchemeRecord::of_module(new, tx.block().number);
    let Verifier::Module { code, signer, vectors, .. } = record.verifier else {
        return Err(Error::NoVerifier { scheme }.into());
    };
    let verifier = keep(tx, &code)?;
    let passed = pass_gate(&record, &verifier, &keep(tx, &vectors)?)?;
    if let Verifier::Module { memory_pages, .. } = &mut record.verifier {
        *memory_pages = passed;
    }
    MODULES.put(tx, &code, &verifier)?;
    if let Some(signer) = signer {
        let bytes = keep(tx, &signer)?;
        MODULES.put(tx, &signer, &bytes)?;
    }
    transitions::list(tx, scheme)?;
    let epoch = transitions::settle(tx, scheme, &record)?;
    tx.emit(&Event::ModuleAdded { scheme, code, epoch });
    Ok(())
}

/// Declare the rows that [`add`] touches beside those of every step.
pub(crate) fn add_access(access: &mut Access, new: &Verifier) {
    let Verifier::Module { code, signer, vectors, .. } = new else { return };
    for hash in [Some(code), Some(vectors), signer.as_ref()].into_iter().flatten() {
        let preimage = pallet_preimage::Proposal::Preimage { hash: *hash, len: 0 };
        pallet_preimage::fetch_access(access, &preimage);
        pallet_preimage::pin_access(access, &preimage);
    }
    for hash in [Some(code), signer.as_ref()].into_iter().flatten() {
        access.write(MODULES.key(hash));
    }
}

/// The bytes of a preimage that the registry relies on for ever from now on: nobody gets them back,
/// nor the deposit for them.
fn keep(tx: &mut Tx<'_>, hash: &Hash256) -> Result<Code, DispatchError> {
    let preimage = pallet_preimage::noted(tx, hash)?;
    pallet_preimage::pin(tx, &preimage)?;
    code_of(pallet_preimage::fetch(tx, &preimage)?)
}

fn code_of(bytes: Vec<u8>) -> Result<Code, DispatchError> {
    let broken = Fault::Broken { invariant: "a preimage is no longer than a module may be" };
    Ok(Code::try_from(bytes).map_err(|_| broken)?)
}

/// Refuse what the registry cannot enter, before any code is looked at.
fn admissible(tx: &Tx<'_>, scheme: SchemeId, new: &NewModule) -> Result<(), DispatchError> {
    if scheme.0 < MODULE_ID_MIN {
        return Err(Error::ReservedId { scheme, minimum: MODULE_ID_MIN }.into());
    }
    let is_plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_name = |byte: &u8| is_plain(byte) || b".+-".contains(byte);
    if !new.name.first().is_some_and(is_plain) || !new.name.iter().all(is_name) {
        return Err(Error::BadName { name: text(&new.name) }.into());
    }
    if let Some(record) = SCHEMES.get(tx, &scheme)? {
        return Err(Error::KnownScheme { scheme, state: record.state }.into());
    }
    unclaimed(tx, scheme, &new.name)?;
    let mut modules = 0_u32;
    for other in IDS.get_or_default(tx)?.into_inner() {
        let record = transitions::known(tx, other)?;
        let is_used = record.module().is_some() && record.state != SchemeState::Retired;
        modules = modules.saturating_add(is_used.into());
    }
    if modules >= MODULE_SCHEMES_MAX {
        return Err(Error::TooManyModules { maximum: MODULE_SCHEMES_MAX }.into());
    }
    let fuel_max = match new.verifier {
        Verifier::Native => 0,
        Verifier::Module { fuel_max, .. } => fuel_max,
    };
    let bounds = [
        ("the size of public keys", new.public_bytes.into(), PUBLIC_KEY_BYTES_MAX.into()),
        ("the size of signatures", new.signature_bytes.into(), SIGNATURE_BYTES_MAX.into()),
        ("the fuel cap", fuel_max, MODULE_FUEL_MAX),
    ];
    let outside = bounds.into_iter().find(|(_, found, maximum)| *found == 0 || found > maximum);
    match outside {
        Some((what, found, maximum)) => Err(Error::OutOfBounds { what, found, maximum }.into()),
        None => Ok(()),
    }
}

/// Refuse a name that another scheme has: one of the registry, or one that the program brings along
/// and that may be proposed later.
pub(crate) fn unclaimed(
    tx: &Tx<'_>,
    scheme: SchemeId,
    name: &SchemeName,
) -> Result<(), DispatchError> {
    let taken = |by: SchemeId| Error::NameTaken { name: text(name), by }.into();
    for other in IDS.get_or_default(tx)?.into_inner() {
        if other != scheme && transitions::known(tx, other)?.name == *name {
            return Err(taken(other));
        }
    }
    let of_program = |other: &SchemeId| SchemeRecord::of_program(*other, SchemeState::Proposed, 0);
    let has_name = |other: &SchemeId| of_program(other).is_some_and(|known| known.name == *name);
    match built_in().find(|other| *other != scheme && has_name(other)) {
        Some(other) => Err(taken(other)),
        None => Ok(()),
    }
}

fn text(name: &SchemeName) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// Run the gate of a record once more, on what the chain keeps. Nothing to do for code of the
/// program: its tests are its gate.
pub(crate) fn pass_again(tx: &Tx<'_>, record: &SchemeRecord) -> Result<(), DispatchError> {
    let Verifier::Module { code, vectors, .. } = record.verifier else { return Ok(()) };
    let kept = Fault::Broken { invariant: "CR-I6: the registry keeps the code of its modules" };
    let verifier = MODULES.get(tx, &code)?.ok_or(kept)?;
    let preimage = pallet_preimage::noted(tx, &vectors)?;
    pass_gate(record, &verifier, &code_of(pallet_preimage::fetch(tx, &preimage)?)?)?;
    Ok(())
}

/// Declare the rows of [`pass_again`].
pub(crate) fn pass_again_access(access: &mut Access, record: &SchemeRecord) {
    let Verifier::Module { code, vectors, .. } = record.verifier else { return };
    access.read(MODULES.key(&code));
    let preimage = pallet_preimage::Proposal::Preimage { hash: vectors, len: 0 };
    pallet_preimage::fetch_access(access, &preimage);
}

/// The activation gate: the static rules, the compiler, every known answer, and the negative ones
/// that follow from the positive ones. Aborts at the first mismatch (CR15). Says how many pages of
/// memory the module has.
fn pass_gate(record: &SchemeRecord, code: &Code, vectors: &Code) -> Result<u32, DispatchError> {
    let Some((_, facts)) = record.module() else { return Ok(0) };
    let vectors = Vectors::decode(vectors)
        .map_err(|error| Error::BadVectors { reason: error.to_string() })?;
    let weight = gate_weight(code.len(), &vectors, facts);
    if weight > GATE_WEIGHT_MAX {
        return Err(Error::GateTooHeavy { weight, maximum: GATE_WEIGHT_MAX }.into());
    }
    // Not from the memory of compiled modules: who tries many must not push out those in use.
    let module = Module::compile(code, facts).map_err(|error| refused(&error))?;
    match gate(&module, &vectors) {
        Ok(_) => Ok(module.shape().memory_pages),
        Err(error) => {
            let (GateError::Sizes { index: vector, .. }
            | GateError::Mismatch { index: vector, .. }
            | GateError::Flipped { index: vector, .. }
            | GateError::Fuel { index: vector, .. }) = error;
            Err(Error::GateFailed { vector, reason: error.to_string() }.into())
        }
    }
}

/// What the gate may take at most, in picoseconds.
pub(crate) fn gate_weight(code_bytes: usize, vectors: &Vectors, facts: ModuleFacts) -> u64 {
    let run = althing_crypto::module::weight_at_most(facts.fuel_max);
    let runs = vectors.runs().saturating_mul(run);
    althing_crypto::module::compile_weight(code_bytes).saturating_add(runs)
}

fn refused(error: &ModuleError) -> DispatchError {
    // Others may well run it: this node must not go on as if they did not.
    if let ModuleError::Engine { .. } = error {
        return RUNS.into();
    }
    Error::BadModule { reason: error.to_string() }.into()
}

const RUNS: Fault = Fault::Broken { invariant: "CR-I6: this machine runs every kept module" };

/// The code that decides on signatures under `scheme`, if it was voted in; none if the program has
/// it. Compiled once per process; the rows are asked for the code only if it is not at hand.
pub fn voted_in<R: Rows + ?Sized>(
    rows: &R,
    scheme: SchemeId,
    record: &SchemeRecord,
) -> Result<Option<Arc<dyn Backend>>, Fault> {
    let Some((code, facts)) = record.module().filter(|_| scheme.0 >= MODULE_ID_MIN) else {
        return Ok(None);
    };
    let mut fault = None;
    let fetch = || match MODULES.get(rows, &code) {
        Ok(bytes) => bytes.map(Code::into_inner),
        Err(error) => {
            fault = Some(error);
            None
        }
    };
    match (module(&code, facts, fetch), fault) {
        (Ok(module), _) => Ok(Some(module)),
        (Err(_), Some(fault)) => Err(fault),
        (Err(_), None) => Err(RUNS),
    }
}

/// The same for whoever does not have the record at hand.
pub fn code_for<R: Rows + ?Sized>(
    rows: &R,
    scheme: SchemeId,
) -> Result<Option<Arc<dyn Backend>>, Fault> {
    if scheme.0 < MODULE_ID_MIN {
        return Ok(None);
    }
    match SCHEMES.get(rows, &scheme)? {
        Some(record) => voted_in(rows, scheme, &record),
        None => Ok(None),
    }
}

/// Declare the rows that [`voted_in`] may read, for calls that verify: that it read none last time
/// says nothing about the next.
pub fn voted_in_access(access: &mut Access, record: &SchemeRecord) {
    if let Some((code, _)) = record.module() {
        access.read(MODULES.key(&code));
    }
}

/// Whether the rows keep all code of `record`, each under its hash (CR-I6).
pub(crate) fn is_kept<R: Rows + ?Sized>(rows: &R, record: &SchemeRecord) -> Result<bool, Fault> {
    let Verifier::Module { code, signer, .. } = record.verifier else { return Ok(true) };
    for hash in core::iter::once(code).chain(signer) {
        let bytes = MODULES.get(rows, &hash)?;
        if bytes.is_none_or(|bytes| blake2_256(&bytes) != hash) {
            return Ok(false);
        }
    }
    Ok(true)
}
