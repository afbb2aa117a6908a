//! The output contract, on streams in memory.

use std::{cell::RefCell, rc::Rc};

use super::*;

#[derive(Clone, Default)]
struct Memory(Rc<RefCell<Vec<u8>>>);

impl Memory {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Closed(io::ErrorKind);

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn output(style: Style) -> (Output, Memory, Memory) {
    let (stdout, stderr) = (Memory::default(), Memory::default());
    (Output::to(Box::new(stdout.clone()), Box::new(stderr.clone()), style), stdout, stderr)
}

fn reply() -> Reply {
    Reply::new(json!({ "n": 1 }), Body::Text("one".into()))
        .warn(Warning::new(codes::KEY_WARN_NO_WORDS, "no words"))
        .hint("Next: two")
}

#[test]
fn text_mode_puts_only_the_result_on_standard_output() {
    let (mut output, stdout, stderr) = output(Style::default());
    assert_eq!(output.finish("x", Ok(reply())), Exit::Done);
    assert_eq!(stdout.text(), "one\n");
    assert!(stderr.text().contains("warning[KEY-352]: no words"));
    assert!(stderr.text().contains("Next: two"));
}

#[test]
fn json_mode_gives_one_document_with_the_warnings_inside() {
    let (mut output, stdout, stderr) =
        output(Style { json: true, quiet: true, ..Style::default() });
    output.finish("x", Ok(reply()));
    let document: Value = serde_json::from_str(&stdout.text()).unwrap();
    assert_eq!(document["schema"], SCHEMA);
    assert_eq!(document["ok"], true);
    assert_eq!(document["data"]["n"], 1);
    assert_eq!(document["warnings"][0]["code"], "KEY-352");
    assert_eq!(stderr.text(), "");
}

#[test]
fn a_failure_is_a_document_too() {
    let (mut output, stdout, _) = output(Style { json: true, ..Style::default() });
    let error = CliError::new(codes::KEY_UNKNOWN, "no key \"a\"").detail("name", "a");
    assert_eq!(output.finish("key show", Err(error)), Exit::Usage);
    let document: Value = serde_json::from_str(&stdout.text()).unwrap();
    assert_eq!(document["ok"], false);
    assert_eq!(document["command"], "key show");
    assert_eq!(document["error"]["code"], "KEY-302");
    assert_eq!(document["error"]["details"]["name"], "a");
    assert_eq!(document["error"]["fix"][0], "althing key list");
}

#[test]
fn quiet_silences_hints_but_not_errors() {
    let (mut output, _, stderr) = output(Style { quiet: true, ..Style::default() });
    output.hint("hint");
    output.finish("x", Err(CliError::new(codes::USAGE, "what")));
    assert!(!stderr.text().contains("hint"));
    assert!(stderr.text().contains("error[CLI-001]: what"));
}

#[test]
fn a_reader_that_left_is_success_and_a_full_disk_is_not() {
    let run = |kind| {
        let mut output =
            Output::to(Box::new(Closed(kind)), Box::new(Memory::default()), Style::default());
        output.finish("x", Ok(reply()))
    };
    assert_eq!(run(io::ErrorKind::BrokenPipe), Exit::Done);
    assert_eq!(run(io::ErrorKind::StorageFull), Exit::Refused);
}

#[test]
fn colour_appears_only_when_allowed() {
    for colour in [false, true] {
        let (mut output, _, stderr) = output(Style { colour, ..Style::default() });
        output.finish("x", Err(CliError::new(codes::USAGE, "what")));
        assert_eq!(stderr.text().contains('\u{1b}'), colour);
    }
}

#[test]
fn a_stream_gives_one_object_per_line() {
    let (mut output, stdout, _) = output(Style { json: true, ..Style::default() });
    assert!(output.record(&json!({ "block": 1 }), "#1").unwrap());
    assert!(output.record(&json!({ "block": 2 }), "#2").unwrap());
    assert_eq!(stdout.text(), "{\"block\":1}\n{\"block\":2}\n");
}
