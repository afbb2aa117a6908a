//! Modules that never reach the compiler: each static rule refuses one.

use althing_crypto::{Module, ModuleError, module::limits};

use crate::toy::{ABI, BUFFER, FACTS, MEMORY, VERIFY, refusal, toy, wat};

/// A verifier with `part` besides what it needs.
fn with(part: &str) -> Vec<u8> {
    wat(&[MEMORY, ABI, BUFFER, VERIFY, part])
}

/// The same with `part`, such as an import, before everything else.
fn beginning(part: &str) -> Vec<u8> {
    wat(&[part, MEMORY, ABI, BUFFER, VERIFY])
}

fn limit_of(code: &[u8]) -> (&'static str, u64) {
    match refusal(code) {
        ModuleError::Limit { what, found, max } if found > max => (what, max),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn invalid(code: &[u8], reason: &str) {
    match refusal(code) {
        ModuleError::Invalid { reason: found, .. } => {
            assert!(found.contains(reason), "{found}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn huge_code_is_refused_by_its_length() {
    let mut code = toy();
    code.resize(limits::CODE_BYTES_MAX + 1, 0);
    let max = limits::CODE_BYTES_MAX;
    assert_eq!(refusal(&code), ModuleError::Size { found: max + 1, max });
}

#[test]
fn an_import_is_refused_whatever_it_is() {
    for import in [
        r#"(import "env" "help" (func))"#,
        r#"(import "env" "help" (memory 1))"#,
        r#"(import "env" "help" (global i32))"#,
        r#"(import "env" "help" (table 1 funcref))"#,
    ] {
        let code = if import.contains("memory") {
            wat(&[import, ABI, BUFFER, VERIFY])
        } else {
            beginning(import)
        };
        let refused = ModuleError::Import { module: "env".into(), name: "help".into() };
        assert_eq!(refusal(&code), refused, "{import}");
    }
}

#[test]
fn a_start_function_is_refused() {
    let refused = refusal(&with("(func $go) (start $go)"));
    assert!(
        matches!(refused, ModuleError::Refused { what: "a start function", .. }),
        "{refused:?}"
    );
}

#[test]
fn more_memory_at_run_time_is_refused() {
    let grow = "(func (drop (memory.grow (i32.const 1))))";
    let refused = refusal(&with(grow));
    let what = "the instruction memory.grow";
    assert!(matches!(refused, ModuleError::Refused { what: found, .. } if found == what));
}

#[test]
fn huge_memory_and_tables_are_refused() {
    let memory = r#"(memory (export "memory") 65)"#;
    assert_eq!(limit_of(&wat(&[memory, ABI, BUFFER, VERIFY])), ("pages of memory", 64));
    let memory = r#"(memory (export "memory") 65536)"#;
    assert_eq!(limit_of(&wat(&[memory, ABI, BUFFER, VERIFY])), ("pages of memory", 64));
    assert_eq!(limit_of(&with("(table 4097 funcref)")), ("table entries", 4096));
    assert_eq!(limit_of(&with("(table 4000000000 funcref)")), ("table entries", 4096));
    let most =
        wat(&[r#"(memory (export "memory") 64)"#, ABI, BUFFER, VERIFY, "(table 4096 funcref)"]);
    assert_eq!(Module::examine(&most).unwrap().memory_pages, 64);
}

#[test]
fn floats_are_refused_wherever_they_stand() {
    for part in [
        "(func (drop (f32.const 1)))",
        "(func (drop (f64.const 1)))",
        "(func (param f32))",
        "(func (result f64) unreachable)",
        "(func (local f64))",
        "(global f32 (f32.const 0))",
        "(func (drop (i32.trunc_sat_f32_s (f32.const 1))))",
    ] {
        invalid(&with(part), "float");
    }
}

#[test]
fn proposals_after_the_first_version_are_refused() {
    for (part, reason) in [
        ("(func (drop (v128.const i32x4 0 0 0 0)))", "SIMD"),
        ("(func (drop (i32x4.relaxed_trunc_f32x4_s (v128.const i32x4 0 0 0 0))))", "SIMD"),
        ("(func (atomic.fence))", "threads"),
        ("(memory 1 1 shared)", "multiple memories"),
        ("(memory 1)", "multiple memories"),
        ("(func $f (return_call $f))", "tail calls"),
        ("(func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))", "bulk memory"),
        ("(func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))", "bulk memory"),
        ("(func (drop (ref.null func)))", "reference types"),
        ("(func (param externref))", "reference types"),
        ("(tag)", "exceptions"),
        ("(func (try_table))", "exceptions"),
        ("(type (struct))", "gc"),
        ("(func (result i32 i32) unreachable)", "multi-value"),
        ("(table 1 funcref) (table 1 funcref)", "multiple tables"),
        ("(global i32 (i32.add (i32.const 1) (i32.const 1)))", "constant expression"),
    ] {
        invalid(&with(part), reason);
    }
    let memory64 = r#"(memory (export "memory") i64 1)"#;
    invalid(
        &wat(&[memory64, ABI, "(func (export \"buffer\") (param i32) (result i32) unreachable)"]),
        "memory64",
    );
}

#[test]
fn every_export_must_be_there() {
    let all = [("memory", MEMORY), ("althing_abi", ABI), ("buffer", BUFFER), ("verify", VERIFY)];
    for (name, text) in all {
        let hidden = text.replace(&format!("(export \"{name}\")"), "");
        let parts = all.map(|(other, text)| if other == name { hidden.as_str() } else { text });
        assert_eq!(refusal(&wat(&parts)), ModuleError::NoExport { name }, "{name}");
    }
}

#[test]
fn exports_of_another_form_are_refused() {
    for (bad, name) in [
        (r#"(func (export "althing_abi") (result i64) (i64.const 1))"#, "althing_abi"),
        (r#"(func (export "althing_abi") (param i32) (result i32) (i32.const 1))"#, "althing_abi"),
        (r#"(global (export "althing_abi") i32 (i32.const 1))"#, "althing_abi"),
        (r#"(func (export "buffer") (result i32) (i32.const 1024))"#, "buffer"),
        (r#"(func (export "buffer") (param i64) (result i32) (i32.const 1024))"#, "buffer"),
        (r#"(func (export "verify") (param i32 i32) (result i32) (i32.const 1))"#, "verify"),
        (r#"(func (export "verify") (param i32 i32 i32))"#, "verify"),
    ] {
        let all = [("althing_abi", ABI), ("buffer", BUFFER), ("verify", VERIFY)];
        let parts = all.map(|(other, text)| if other == name { bad } else { text });
        let refused = refusal(&wat(&[&[MEMORY][..], &parts].concat()));
        let ModuleError::BadExport { name: found, .. } = refused else { panic!("{refused:?}") };
        assert_eq!(found, name);
    }
    let function = r#"(func (export "memory"))"#;
    let refused = refusal(&wat(&["(memory 1)", function, ABI, BUFFER, VERIFY]));
    assert_eq!(refused, ModuleError::BadExport { name: "memory", expected: "the memory" });
}

#[test]
fn recursion_is_refused_however_it_hides() {
    for part in [
        "(func $f (call $f))",
        "(func $f (call $g)) (func $g (call $h)) (func $h (call $f))",
        "(table 1 funcref) (elem (i32.const 0) $f) (func $f (call_indirect (i32.const 0)))",
        "(type $a (func)) (type $b (func)) (table 1 funcref) (elem (i32.const 0) $f)
         (func $f (type $a) (call $g)) (func $g (call_indirect (type $b) (i32.const 0)))",
    ] {
        assert!(matches!(refusal(&with(part)), ModuleError::Recursion { .. }), "{part}");
    }
    for part in [
        "(func $f (call $g) (call $g)) (func $g (call $h)) (func $h)",
        "(table 1 funcref) (elem (i32.const 0) $g) (func $g)
         (func $f (call_indirect (i32.const 0)))",
        "(table 1 funcref) (elem (i32.const 0) $f)
         (func $f (param i32) (call_indirect (i32.const 0)))",
    ] {
        Module::examine(&with(part)).unwrap();
    }
}

#[test]
fn a_chain_of_calls_that_keeps_too_much_is_refused() {
    let locals = "(local ".to_owned() + &"i64 ".repeat(500) + ")";
    let chain = |length: usize| {
        let step = |at| format!("(func $f{at} {locals} (call $f{}))", at + 1);
        let functions: String = (0..length).map(step).collect();
        functions + &format!("(func $f{length})")
    };
    Module::examine(&with(&chain(30))).unwrap();
    assert_eq!(limit_of(&with(&chain(33))), ("values on the stack", limits::STACK_SLOTS_MAX));
}

#[test]
fn functions_too_big_to_compile_quickly_are_refused() {
    let many = |count: usize, part: &str| part.repeat(count);
    let body = |inner: String| with(&format!("(func (local i32) {inner})"));
    for (code, what) in [
        (body(many(17_000, "(local.set 0 (i32.const 7))")), "bytes in a function"),
        (with(&format!("(func (local {}))", many(513, "i32 "))), "locals in a function"),
        (body(many(257, "(block ") + &many(257, ")")), "blocks open at one place"),
        (
            body(format!("(block (br_table {} (i32.const 0)))", many(1026, "0 "))),
            "targets in a br_table",
        ),
        (
            body(many(5, &format!("(block (br_table {} (i32.const 0)))", many(1000, "0 ")))),
            "branch targets in a function",
        ),
        (body(many(513, "(i32.const 0)") + &many(513, "drop ")), "values on the operand stack"),
        (with(&many(4097, "(func)")), "functions"),
        (with(&many(65, "(global i32 (i32.const 0))")), "globals"),
        (with(&format!("(func (param {}))", many(65, "i32 "))), "parameters of a function type"),
        (with(&many(1025, "(data (i32.const 0) \"a\")")), "data segments"),
    ] {
        assert_eq!(limit_of(&code).0, what);
    }
    let types = (0..513).map(|at| format!("(type (func (param {})))", kinds(at)));
    let types = types.collect::<Vec<_>>().concat();
    assert_eq!(limit_of(&with(&types)).0, "function types");
    let exports = (0..65).map(|at| format!("(export \"e{at}\" (memory 0))"));
    let exports = exports.collect::<Vec<_>>().concat();
    assert_eq!(limit_of(&with(&exports)).0, "exports");
    let long = format!("(export \"{}\" (memory 0))", "x".repeat(65));
    assert_eq!(limit_of(&with(&long)).0, "bytes in the name of an export");
    let element = "(elem (i32.const 0) $f)".repeat(1025);
    let elements = with(&format!("(table 1 funcref) (func $f) {element}"));
    assert_eq!(limit_of(&elements).0, "element segments");
}

/// Ten parameters that spell `number` in i32 and i64.
fn kinds(number: u32) -> String {
    (0..10).map(|bit| if number >> bit & 1 == 0 { "i32 " } else { "i64 " }).collect()
}

#[test]
fn a_local_count_that_overflows_is_refused_before_anything_is_allocated() {
    // (func (local i32 x 4294967295) ...), which the text format cannot say.
    let mut code = wat(&[MEMORY, ABI, BUFFER, VERIFY, "(func (local i64 i64 i64 i64 i64))"]);
    let at = code.windows(4).position(|bytes| bytes == [1, 5, 0x7e, 0x0b]).unwrap();
    code.splice(at..at + 4, [1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7e, 0x0b]);
    code[at - 1] += 4;
    let refused = Module::examine(&code).unwrap_err();
    let section = matches!(refused, ModuleError::Invalid { .. } | ModuleError::Limit { .. });
    assert!(section, "{refused:?}");
}

#[test]
fn segments_must_lie_within_what_they_fill() {
    for (part, what, index) in [
        ("(data (i32.const 65536) \"a\")", "memory", 0),
        ("(data (i32.const 0) \"a\") (data (i32.const -1) \"a\")", "memory", 1),
        ("(table 1 funcref) (func $f) (elem (i32.const 1) $f)", "table", 0),
        ("(table 1 funcref) (func $f) (elem (i32.const 0) $f $f)", "table", 0),
    ] {
        assert_eq!(refusal(&with(part)), ModuleError::Segment { what, index }, "{part}");
    }
    Module::examine(&with("(data (i32.const 65535) \"a\") (data (i32.const 65536) \"\")")).unwrap();
}

#[test]
fn anything_but_a_module_is_refused() {
    for code in [&b""[..], b"\0asm", b"\0asm\x0d\0\x01\0", b"#!/bin/sh", &[0xff; 100]] {
        let refused = refusal(code);
        assert!(matches!(refused, ModuleError::Invalid { .. }), "{refused:?}");
    }
    let mut trailing = toy();
    trailing.push(1);
    assert!(Module::compile(&trailing, FACTS).is_err());
}
