//! The static rules inside one function.

use wasmparser::{FuncValidator, FunctionBody, Operator, WasmModuleResources};

use super::{
    ModuleError,
    calls::Body,
    examine::{invalid, limit},
    limits::{
        BODY_BYTES_MAX, BRANCH_TARGETS_FUNCTION_MAX, BRANCH_TARGETS_MAX, LOCALS_MAX, NESTING_MAX,
        OPERANDS_MAX,
    },
};

/// What was found in a function.
pub(super) struct Found {
    pub(super) instructions: u32,
    pub(super) calls: Body,
}

/// Validate the function and hold it against the bounds, instruction by instruction, so that
/// nothing beyond a bound is ever looked at.
pub(super) fn examine<T: WasmModuleResources>(
    validator: &mut FuncValidator<T>,
    body: &FunctionBody<'_>,
) -> Result<Found, ModuleError> {
    let bytes = u64::try_from(body.as_bytes().len()).unwrap_or(u64::MAX);
    limit("bytes in a function", bytes, u64::try_from(BODY_BYTES_MAX).unwrap_or(u64::MAX))?;
    let parameters = validator.len_locals();
    limit("locals in a function", local_count(parameters, body)?, LOCALS_MAX.into())?;

    let mut reader = body.get_operators_reader().map_err(|error| invalid(&error))?;
    let mut locals = body.get_binary_reader();
    validator.read_locals(&mut locals).map_err(|error| invalid(&error))?;
    let mut found = Found { instructions: 0, calls: Body::default() };
    let (mut operands, mut targets) = (0, 0_u32);
    while !reader.eof() {
        let (operator, offset) = reader.read_with_offset().map_err(|error| invalid(&error))?;
        targets = targets.saturating_add(branch_targets(&operator)?);
        validator.op(offset, &operator).map_err(|error| invalid(&error))?;
        limit(
            "blocks open at one place",
            validator.control_stack_height().into(),
            NESTING_MAX.into(),
        )?;
        operands = operands.max(validator.operand_stack_height());
        note(&operator, offset, &mut found.calls)?;
        found.instructions = found.instructions.saturating_add(1);
    }
    reader.finish().map_err(|error| invalid(&error))?;
    limit("values on the operand stack", operands.into(), OPERANDS_MAX.into())?;
    limit("branch targets in a function", targets.into(), BRANCH_TARGETS_FUNCTION_MAX.into())?;
    found.calls.slots = slots(validator.len_locals(), operands, bytes);
    found.calls.calls.sort_unstable();
    found.calls.calls.dedup();
    found.calls.indirect.sort_unstable();
    found.calls.indirect.dedup();
    Ok(found)
}

/// Values of 8 bytes that a call keeps: what the code names, and what the compiler may keep of its
/// own accord to compute it only once: less than one value for 16 bytes of code.
fn slots(locals: u32, operands: u32, bytes: u64) -> u64 {
    let named = u64::from(locals).saturating_add(operands.into());
    named.saturating_add(bytes >> 4).saturating_add(16)
}

/// Parameters and locals, counted before anything is allocated for them.
fn local_count(parameters: u32, body: &FunctionBody<'_>) -> Result<u64, ModuleError> {
    let mut count = u64::from(parameters);
    for group in body.get_locals_reader().map_err(|error| invalid(&error))? {
        let (of_group, _) = group.map_err(|error| invalid(&error))?;
        count = count.saturating_add(of_group.into());
    }
    Ok(count)
}

fn branch_targets(operator: &Operator<'_>) -> Result<u32, ModuleError> {
    let Operator::BrTable { targets } = operator else { return Ok(0) };
    limit("targets in a br_table", targets.len().into(), BRANCH_TARGETS_MAX.into())?;
    Ok(targets.len())
}

/// Note whom the function calls, and refuse what gives a module more memory: whether there is
/// more to be had is the machine's affair, and no verdict may depend on it.
fn note(operator: &Operator<'_>, offset: usize, calls: &mut Body) -> Result<(), ModuleError> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other instructions stay inside")]
    match operator {
        Operator::Call { function_index } => calls.calls.push(*function_index),
        Operator::CallIndirect { type_index, .. } => calls.indirect.push(*type_index),
        Operator::MemoryGrow { .. } => {
            return Err(ModuleError::Refused { what: "the instruction memory.grow", offset });
        }
        _ => {}
    }
    Ok(())
}
