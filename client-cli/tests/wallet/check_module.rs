//! `althing crypto check-module` on the shipped examples and on modules that are not fit for use.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::Wallet;

fn artifact(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/crypto/modules/artifacts");
    root.join(name).to_str().unwrap().to_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_shipped_module_passes_with_its_manifest_and_signer() {
    let wallet = Wallet::new();
    let file = artifact("ml-dsa-87-verifier.wasm");
    let (vectors, manifest) = (artifact("ml-dsa-87.vectors"), artifact("ml-dsa-87.json"));
    let signer = artifact("ml-dsa-87-signer.wasm");
    let arguments = [
        "crypto",
        "check-module",
        &file,
        "--vectors",
        &vectors,
        "--manifest",
        &manifest,
        "--signer",
        &signer,
    ];
    let document = wallet.json(&arguments);
    assert_eq!(document["command"], "crypto check-module", "{document}");
    let data = &document["data"];
    assert_eq!((&data["public"], &data["signature"]), (&json!(2592), &json!(4627)));
    assert_eq!(data["imports"], json!([]));
    assert_eq!(data["signer"]["round_trip"], true);
    let listed: Value = serde_json::from_slice(&std::fs::read(&manifest).unwrap()).unwrap();
    assert_eq!(data["hash"], listed["verifier"]["blake2b_256"]);
    assert_eq!(data["vectors"]["hash"], listed["vectors"]["blake2b_256"]);
    assert_eq!(data["fuel_max_suggested"], listed["fuel_max"]);
    let fuel = &data["fuel"]["valid"];
    assert!(
        fuel["min"].as_u64() <= fuel["median"].as_u64()
            && fuel["median"].as_u64() <= fuel["max"].as_u64()
    );

    let shown = wallet.run(&arguments);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    for line in ["imports\tnone", "valid\t5 accepted", "bit flipped\t15 refused"] {
        assert!(shown.stdout.contains(line), "{}", shown.stdout);
    }
}

#[test]
fn vectors_written_as_json_become_those_a_proposal_carries() {
    let wallet = Wallet::new();
    let (list, out) = (wallet.file("toy.json"), wallet.file("toy.vectors"));
    let module = wallet.file("toy.wasm");
    std::fs::write(&module, toy()).unwrap();
    std::fs::write(&list, serde_json::to_vec(&toy_vectors()).unwrap()).unwrap();
    let arguments = [
        "crypto",
        "check-module",
        text(&module),
        "--vectors",
        text(&list),
        "--vectors-out",
        text(&out),
    ];
    let first = wallet.json(&arguments);
    assert_eq!(first["data"]["vectors"]["valid_accepted"], 4, "{first}");
    let second = wallet.json(&["crypto", "check-module", text(&module), "--vectors", text(&out)]);
    assert_eq!(first["data"]["vectors"]["hash"], second["data"]["vectors"]["hash"]);
    // A file that is there is never overwritten.
    let again = wallet.json(&arguments);
    assert_eq!(again["error"]["code"], "CLI-031");
}

#[test]
fn what_is_not_fit_is_named_with_its_code() {
    let wallet = Wallet::new();
    let (module, vectors) = (wallet.file("toy.wasm"), wallet.file("toy.json"));
    let check = |code: &[u8], list: &Value, more: &[&str]| {
        std::fs::write(&module, code).unwrap();
        std::fs::write(&vectors, serde_json::to_vec(list).unwrap()).unwrap();
        let start = ["crypto", "check-module", text(&module), "--vectors", text(&vectors)];
        let ran = wallet.run(&[&["--json"], &start[..], more].concat());
        let document = ran.document();
        (ran.code, document["error"]["code"].as_str().unwrap().to_owned(), document)
    };
    let (code, error, _) = check(b"no module", &toy_vectors(), &[]);
    assert_eq!((code, error.as_str()), (6, "MOD-001"));

    let mut wrong = toy_vectors();
    wrong[7]["valid"] = true.into();
    let (code, error, document) = check(&toy(), &wrong, &[]);
    assert_eq!((code, error.as_str()), (6, "MOD-002"), "{document}");
    assert_eq!(document["error"]["details"]["vector"], 7);

    let few = json!(toy_vectors().as_array().unwrap()[..5]);
    let (code, error, _) = check(&toy(), &few, &[]);
    assert_eq!((code, error.as_str()), (6, "MOD-003"));

    let (code, error, _) = check(&toy(), &toy_vectors(), &["--fuel-max", "50"]);
    assert_eq!((code, error.as_str()), (6, "MOD-002"));

    let manifest = artifact("ml-dsa-87.json");
    let (code, error, _) = check(&toy(), &toy_vectors(), &["--manifest", &manifest]);
    assert_eq!((code, error.as_str()), (2, "MOD-004"));

    let signer = artifact("ml-dsa-87-signer.wasm");
    let (code, error, _) = check(&toy(), &toy_vectors(), &["--signer", &signer]);
    assert_eq!((code, error.as_str()), (6, "MOD-005"));
}

#[test]
fn the_list_of_schemes_still_needs_a_node() {
    let ran = Wallet::new().run(&["crypto", "--url", "ws://127.0.0.1:9"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
}

/// A verifier of sums, which anybody can make: no scheme, but known answers hold.
fn toy() -> Vec<u8> {
    const TEXT: &str = r#"(module
      (memory (export "memory") 1)
      (func (export "althing_abi") (result i32) (i32.const 1))
      (func (export "buffer") (param i32) (result i32) (i32.const 1024))
      (func (export "verify") (param $pk i32) (param $msg i32) (param $sig i32) (result i32)
        (local $at i32) (local $end i32) (local $sum i64)
        (local.set $at (i32.const 1024))
        (local.set $end (i32.add (i32.add (local.get $at) (local.get $pk)) (local.get $msg)))
        (loop $next
          (if (i32.lt_u (local.get $at) (local.get $end))
            (then
              (local.set $sum
                (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.load8_u (local.get $at))))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (br $next))))
        (i64.eq (local.get $sum) (i64.load (local.get $end)))))"#;
    wat::parse_str(TEXT).unwrap()
}

fn toy_vectors() -> Value {
    let vector = |public: &str, message: &str, valid: bool| {
        let bytes = public.bytes().chain(message.bytes());
        let sum = bytes.fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        let sum = if valid { sum } else { sum ^ 255 };
        let hex = |bytes: &[u8]| const_hex::encode_prefixed(bytes);
        json!({
            "public": hex(public.as_bytes()),
            "message": hex(message.as_bytes()),
            "signature": hex(&sum.to_le_bytes()),
            "valid": valid,
            "comment": "made here",
        })
    };
    let inputs = [("key1", ""), ("key2", "aye"), ("key1", "nay"), ("key2", "abstain")];
    let of = |valid| inputs.map(|(public, message)| vector(public, message, valid));
    json!([of(true), of(false)].concat())
}
