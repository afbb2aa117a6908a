//! The static rules (VM2 to VM5): one pass over the module before any compiler sees it.
//!
//! The validator of `wasmparser` decides what is WebAssembly, with every proposal switched off but
//! those below; this file adds bounds, the interface, and what would make a verdict depend on
//! something else than its input. Time and memory are linear in the length of the code.

use wasmparser::{
    ConstExpr, Data, DataKind, Element, ElementItems, ElementKind, ExternalKind, FuncType,
    FunctionBody, Operator, Parser, Payload, ValidPayload, Validator, WasmFeatures,
};

use super::{
    Kind, ModuleError, Shape, body,
    calls::Calls,
    interface::functions,
    limits::{
        CODE_BYTES_MAX, EXPORTS_MAX, FUNCTIONS_MAX, GLOBALS_MAX, MEMORY_PAGES_MAX, NAME_BYTES_MAX,
        PARAMETERS_MAX, SEGMENTS_MAX, STACK_SLOTS_MAX, TABLE_MAX, TYPES_MAX,
    },
};

/// What a module may use besides the first version of WebAssembly. No floats: their NaNs have
/// bits that differ between processors. No SIMD, no bulk memory: an instruction then does more
/// work than the fuel it costs. No threads, tail calls, exceptions, several memories, references
/// or garbage collection: nothing a verifier needs, and each a part of the engine that may be wrong.
const FEATURES: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::CALL_INDIRECT_OVERLONG);

/// Apply the static rules for a module of this kind.
pub(super) fn examine(code: &[u8], kind: Kind) -> Result<Shape, ModuleError> {
    if code.len() > CODE_BYTES_MAX {
        return Err(ModuleError::Size { found: code.len(), max: CODE_BYTES_MAX });
    }
    let mut examiner = Examiner::default();
    let mut validator = Validator::new_with_features(FEATURES);
    let mut parser = Parser::new(0);
    parser.set_features(FEATURES);
    for payload in parser.parse_all(code) {
        let payload = payload.map_err(|error| invalid(&error))?;
        before(&payload)?;
        match validator.payload(&payload).map_err(|error| invalid(&error))? {
            ValidPayload::Ok | ValidPayload::Parser(_) => {}
            ValidPayload::Func(function, body) => {
                let validator = function.into_validator(std::mem::take(&mut examiner.allocations));
                examiner.function(validator, &body)?;
            }
            ValidPayload::End(_) => examiner.interface(kind)?,
        }
        examiner.after(&payload)?;
    }
    examiner.finish(code.len(), kind)
}

/// A refusal by the validator.
pub(super) fn invalid(error: &wasmparser::BinaryReaderError) -> ModuleError {
    ModuleError::Invalid { offset: error.offset(), reason: error.message().into() }
}

/// `found` of `what`, unless that is too many.
pub(super) fn limit(what: &'static str, found: u64, max: u64) -> Result<(), ModuleError> {
    if found > max { Err(ModuleError::Limit { what, found, max }) } else { Ok(()) }
}

#[derive(Default)]
struct Examiner {
    shape: Shape,
    allocations: wasmparser::FuncValidatorAllocations,
    calls: Calls,
    exports: Vec<(String, ExternalKind, u32)>,
    globals: Vec<Option<u32>>,
}

impl Examiner {
    /// What a section says, once it is known to be valid.
    fn after(&mut self, payload: &Payload<'_>) -> Result<(), ModuleError> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "other sections have no bounds of ours")]
        match payload {
            Payload::TypeSection(types) => {
                for ty in types.clone().into_iter_err_on_gc_types() {
                    self.calls.types.push(function_type(ty.map_err(|error| invalid(&error))?)?);
                }
            }
            Payload::FunctionSection(functions) => {
                for ty in functions.clone() {
                    self.calls.functions.push(ty.map_err(|error| invalid(&error))?);
                }
            }
            Payload::TableSection(tables) => {
                for table in tables.clone() {
                    let size = table.map_err(|error| invalid(&error))?.ty.initial;
                    limit("table entries", size, TABLE_MAX)?;
                    self.shape.table = narrow(size);
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories.clone() {
                    let pages = memory.map_err(|error| invalid(&error))?.initial;
                    limit("pages of memory", pages, MEMORY_PAGES_MAX)?;
                    self.shape.memory_pages = narrow(pages);
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals.clone() {
                    let global = global.map_err(|error| invalid(&error))?;
                    let constant = (!global.ty.mutable).then(|| constant(&global.init_expr, &[]));
                    self.globals.push(constant.flatten());
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports.clone() {
                    let export = export.map_err(|error| invalid(&error))?;
                    limit(
                        "bytes in the name of an export",
                        size(export.name.len()),
                        size(NAME_BYTES_MAX),
                    )?;
                    self.exports.push((export.name.to_owned(), export.kind, export.index));
                }
            }
            Payload::ElementSection(segments) => {
                for (index, segment) in (0..).zip(segments.clone()) {
                    self.element(index, segment.map_err(|error| invalid(&error))?)?;
                }
            }
            Payload::DataSection(segments) => {
                for (index, segment) in (0..).zip(segments.clone()) {
                    self.data(index, &segment.map_err(|error| invalid(&error))?)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn element(&mut self, index: u32, segment: Element<'_>) -> Result<(), ModuleError> {
        let outside = ModuleError::Segment { what: "table", index };
        let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(items)) =
            (segment.kind, segment.items)
        else {
            return Err(outside);
        };
        let start = constant(&offset_expr, &self.globals).ok_or_else(|| outside.clone())?;
        if u64::from(start).saturating_add(items.count().into()) > self.shape.table.into() {
            return Err(outside);
        }
        limit("entries in element segments", items.count().into(), TABLE_MAX)?;
        for item in items {
            self.calls.in_table.insert(item.map_err(|error| invalid(&error))?);
        }
        Ok(())
    }

    fn data(&mut self, index: u32, segment: &Data<'_>) -> Result<(), ModuleError> {
        let outside = ModuleError::Segment { what: "memory", index };
        let DataKind::Active { offset_expr, .. } = &segment.kind else { return Err(outside) };
        let Some(start) = constant(offset_expr, &self.globals) else { return Err(outside) };
        let end = u64::from(start).saturating_add(size(segment.data.len()));
        if end > u64::from(self.shape.memory_pages).saturating_mul(65536) {
            return Err(outside);
        }
        let bytes = narrow(size(segment.data.len()));
        self.shape.data_bytes = self.shape.data_bytes.saturating_add(bytes);
        Ok(())
    }

    fn function(
        &mut self,
        mut validator: wasmparser::FuncValidator<wasmparser::ValidatorResources>,
        body: &FunctionBody<'_>,
    ) -> Result<(), ModuleError> {
        let found = body::examine(&mut validator, body)?;
        self.allocations = validator.into_allocations();
        let shape = &mut self.shape;
        shape.functions = shape.functions.saturating_add(1);
        shape.instructions = shape.instructions.saturating_add(found.instructions);
        shape.body_bytes_max = shape.body_bytes_max.max(narrow(size(body.as_bytes().len())));
        self.calls.bodies.push(found.calls);
        Ok(())
    }

    /// VM4: everything the chain or the wallet will call is there and has its form.
    fn interface(&self, kind: Kind) -> Result<(), ModuleError> {
        let find = |name: &'static str| {
            let mut named = self.exports.iter().filter(|(export, ..)| export == name);
            named.next().ok_or(ModuleError::NoExport { name })
        };
        if find("memory")?.1 != ExternalKind::Memory {
            return Err(ModuleError::BadExport { name: "memory", expected: "the memory" });
        }
        for wanted in functions(kind) {
            let (_, export, index) = find(wanted.name)?;
            let is_function = *export == ExternalKind::Func;
            let ty = self.calls.type_of(*index).filter(|_| is_function);
            if !ty.is_some_and(|ty| wanted.fits(ty)) {
                return Err(ModuleError::BadExport { name: wanted.name, expected: wanted.form });
            }
        }
        Ok(())
    }

    fn finish(mut self, code_bytes: usize, kind: Kind) -> Result<Shape, ModuleError> {
        if kind == Kind::Verifier {
            self.shape.stack_slots = self.calls.stack_slots()?;
            limit("values on the stack", self.shape.stack_slots, STACK_SLOTS_MAX)?;
        }
        self.shape.code_bytes = narrow(size(code_bytes));
        self.shape.exports = self.exports.into_iter().map(|(name, ..)| name).collect();
        Ok(self.shape)
    }
}

/// Counts that must be known to be small before the validator allocates for them.
fn before(payload: &Payload<'_>) -> Result<(), ModuleError> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "other sections belong to the validator")]
    match payload {
        Payload::TypeSection(types) => {
            limit("function types", types.count().into(), TYPES_MAX.into())
        }
        Payload::ImportSection(imports) => {
            let first = imports.clone().into_iter().next();
            first.map_or(Ok(()), |import| {
                let import = import.map_err(|error| invalid(&error))?;
                Err(ModuleError::Import { module: short(import.module), name: short(import.name) })
            })
        }
        Payload::FunctionSection(functions) => {
            limit("functions", functions.count().into(), FUNCTIONS_MAX.into())
        }
        Payload::GlobalSection(globals) => {
            limit("globals", globals.count().into(), GLOBALS_MAX.into())
        }
        Payload::ExportSection(exports) => {
            limit("exports", exports.count().into(), EXPORTS_MAX.into())
        }
        Payload::ElementSection(segments) => {
            limit("element segments", segments.count().into(), SEGMENTS_MAX.into())
        }
        Payload::DataSection(segments) => {
            limit("data segments", segments.count().into(), SEGMENTS_MAX.into())
        }
        Payload::StartSection { range, .. } => {
            Err(ModuleError::Refused { what: "a start function", offset: range.start })
        }
        _ => Ok(()),
    }
}

fn function_type(ty: FuncType) -> Result<FuncType, ModuleError> {
    limit("parameters of a function type", size(ty.params().len()), size(PARAMETERS_MAX))?;
    Ok(ty)
}

/// The value of a constant expression: a number, or an immutable global that is one.
fn constant(expression: &ConstExpr<'_>, globals: &[Option<u32>]) -> Option<u32> {
    let mut operators = expression.get_operators_reader().into_iter();
    let first = operators.next()?.ok()?;
    let last = operators.next()?.ok()?;
    if last != Operator::End || operators.next().is_some() {
        return None;
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "anything else is no plain number")]
    match first {
        Operator::I32Const { value } => Some(value.cast_unsigned()),
        Operator::GlobalGet { global_index } => {
            globals.get(usize::try_from(global_index).ok()?).copied().flatten()
        }
        _ => None,
    }
}

fn short(name: &str) -> Box<str> {
    name.chars().take(NAME_BYTES_MAX).collect()
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn narrow(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
