//! Keys from outside: made, listed, moved, used, and never shown.
use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::support::{Wallet, words_in};
use althing_crypto::{scheme, signing::DEV_MEMBERS};
use althing_primitives::{AccountId, Circumstances, Signature, blake2_256, statement};
use parity_scale_codec::Decode as _;

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_new_key_prints_its_address_and_hands_over_its_words() {
    let wallet = Wallet::new();
    let ran = wallet.run(&["--quiet", "key", "new", "cold", "--kdf", "light"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(words_in(&ran.stderr).len(), 24, "{}", ran.stderr);
    let shown = wallet.json(&["key", "show", "cold"]);
    assert_eq!(shown["data"]["address"], ran.stdout.trim_end());
    assert_eq!(shown["data"]["keys"][0]["scheme"], "ml-dsa-65");
    assert_eq!(shown["data"]["keys"][0]["path"], "althing:derive:v1/ml-dsa-65/0");
    assert_eq!(mode(&wallet.key_file("cold")), 0o600);
    assert_eq!(mode(wallet.key_file("cold").parent().unwrap()), 0o700);
}

#[test]
fn words_restore_the_same_account() {
    let wallet = Wallet::new();
    let made = wallet.run(&["key", "new", "one", "--scheme", "ml-dsa-44", "--kdf", "light"]);
    let words = words_in(&made.stderr).join(" ");
    let import = ["key", "import", "two", "--scheme", "ml-dsa-44", "--kdf", "light"];
    let restored = wallet.run_with(&import, &words, Some("other"));
    assert_eq!((restored.code, restored.stdout), (0, made.stdout), "{}", restored.stderr);

    let wrong = wallet.run_with(
        &["--json", "key", "import", "three", "--scheme", "ml-dsa-44"],
        &words.replacen(' ', " zoo ", 1),
        Some("other"),
    );
    assert_eq!(wrong.document()["error"]["code"], "KEY-312");
}

#[test]
fn an_exported_secret_restores_the_same_account() {
    for name in ["ml-dsa-44", "sphincs+-sha2-128s-r3"] {
        let wallet = Wallet::with(&[("one", name)]);
        let file = wallet.file("one.secret.json");
        let path = file.to_str().unwrap();
        let exported = wallet.run(&["--yes", "key", "export", "one", "--out", path]);
        assert_eq!(exported.code, 0, "{}", exported.stderr);
        assert_eq!(mode(&file), 0o600);
        let import = ["key", "import", "two", "--secret-file", path, "--kdf", "light"];
        assert_eq!(wallet.run(&import).code, 0);
        let listed = wallet.json(&["key", "list"]);
        let accounts = listed["data"]["accounts"].as_array().unwrap();
        assert_eq!(accounts[0]["address"], accounts[1]["address"]);
        assert_eq!(accounts[0]["keys"][0]["handle"], accounts[1]["keys"][0]["handle"]);
    }
}

#[test]
fn a_scheme_without_seeds_says_that_no_words_restore_its_keys() {
    let wallet = Wallet::new();
    let scheme = "sphincs+-sha2-128s-r3";
    let made = wallet.json(&["key", "new", "old", "--scheme", scheme, "--kdf", "light"]);
    assert_eq!(made["data"]["restorable_from_words"], false);
    assert_eq!(made["warnings"][0]["code"], "KEY-352");
    let refused = wallet.json(&["key", "import", "x", "--scheme", scheme]);
    assert_eq!(refused["error"]["code"], "KEY-315");
}

#[test]
fn a_dry_run_writes_nothing_and_shows_no_words() {
    let wallet = Wallet::new();
    let ran = wallet.run(&["--dry-run", "key", "new", "cold"]);
    assert_eq!(ran.code, 0);
    assert!(words_in(&ran.stderr).is_empty());
    assert!(!wallet.key_file("cold").exists());
}

#[test]
fn a_key_is_never_overwritten_and_may_hide_a_dev_member() {
    let wallet = Wallet::new();
    let made = wallet.json(&["key", "new", "alice", "--scheme", "ml-dsa-44", "--kdf", "light"]);
    assert_eq!(made["warnings"][0]["code"], "KEY-351");
    let before = fs::read(wallet.key_file("alice")).unwrap();
    assert_eq!(wallet.json(&["key", "new", "alice"])["error"]["code"], "KEY-303");
    assert_eq!(fs::read(wallet.key_file("alice")).unwrap(), before);
}

#[test]
fn a_file_open_to_others_is_refused_with_the_command_that_closes_it() {
    let wallet = Wallet::with(&[("cold", "ml-dsa-44")]);
    let file = wallet.key_file("cold");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = wallet.json(&["key", "show", "cold"]);
    assert_eq!(refused["error"]["code"], "KEY-308");
    assert_eq!(refused["error"]["fix"][0], format!("chmod 600 {}", file.display()));
    assert_eq!(wallet.json(&["key", "list"])["warnings"][0]["code"], "KEY-354");
}

#[test]
fn a_wrong_password_is_told_from_an_altered_file() {
    let wallet = Wallet::with(&[("one", "ml-dsa-44"), ("two", "ml-dsa-44")]);
    let export = ["--json", "--yes", "key", "export", "one"];
    let wrong = wallet.run_with(&export, "", Some("wrong")).document();
    assert_eq!(wrong["error"]["code"], "KEY-304");

    let text = fs::read_to_string(wallet.key_file("one")).unwrap();
    let other = fs::read_to_string(wallet.key_file("two")).unwrap();
    let mut one: serde_json::Value = serde_json::from_str(&text).unwrap();
    let two: serde_json::Value = serde_json::from_str(&other).unwrap();
    one["keys"][0]["secret"] = two["keys"][0]["secret"].clone();
    fs::write(wallet.key_file("one"), one.to_string()).unwrap();
    assert_eq!(wallet.run(&export).document()["error"]["code"], "KEY-305");
}

fn sign(wallet: &Wallet, account: &str, payload: &[u8]) -> Signature {
    sign_as(wallet, account, payload, "secret")
}

fn sign_as(wallet: &Wallet, account: &str, payload: &[u8], password: &str) -> Signature {
    let input = const_hex::encode_prefixed(payload) + "\n";
    let arguments = ["--account", account, "sign-payload", "--epoch", "5", "--policy", "2"];
    let ran = wallet.run_with(&arguments, &input, Some(password));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let bytes = const_hex::decode(ran.stdout.trim_end()).unwrap();
    assert_eq!(bytes[0], 16);
    let mut rest = &bytes[..];
    let signature = Signature::decode(&mut rest).unwrap();
    assert!(rest.is_empty());
    signature
}

fn is_valid(witness: &Signature, payload: &[u8]) -> bool {
    let Signature::Key { scheme: id, public, signature } = witness else { return false };
    let account = AccountId::from_key(witness.handle().unwrap(), [0; 32]);
    let under = Circumstances { epoch: 5, policy: 2 };
    let message = statement(&account, under, &witness.signers(), payload);
    scheme(*id).unwrap().verify(public, &message, signature)
}

#[test]
fn a_signed_payload_verifies_and_a_long_one_by_its_hash() {
    let wallet = Wallet::with(&[("cold", "ml-dsa-44")]);
    let short = sign(&wallet, "cold", &[7; 256]);
    assert!(is_valid(&short, &[7; 256]));
    let long = sign(&wallet, "cold", &[7; 257]);
    assert!(is_valid(&long, &blake2_256(&[7; 257]).0));
    let account = AccountId::from_key(long.handle().unwrap(), [0; 32]).to_string();
    assert_eq!(wallet.json(&["key", "show", "cold"])["data"]["address"], account);
}

#[test]
fn dev_members_sign_without_a_password_and_with_a_warning() {
    let wallet = Wallet::new();
    for member in DEV_MEMBERS.iter().take(4) {
        let signature = sign(&wallet, member.name, b"aye");
        assert_eq!(signature.scheme(), Some(member.scheme));
        assert!(is_valid(&signature, b"aye"), "{}", member.name);
    }
    let ran = wallet.run_with(
        &["--json", "--account", "bob", "sign-payload", "--epoch", "0", "--policy", "0"],
        "0x00",
        None,
    );
    assert_eq!(ran.document()["warnings"][0]["code"], "KEY-355");
}

#[test]
fn payloads_that_are_not_hex_are_refused() {
    let wallet = Wallet::new();
    for input in ["", "0x", "00", "0x0", "0xzz", "0x00 00"] {
        let ran = wallet.run_with(&["--json", "--account", "bob", "sign-payload"], input, None);
        assert_eq!(ran.document()["error"]["code"], "CLI-013", "{input}");
        assert_eq!(ran.code, 2);
    }
}

#[test]
fn no_command_but_export_shows_a_secret() {
    let wallet = Wallet::with(&[("cold", "slh-dsa-sha2-128s"), ("old", "sphincs+-sha2-128s-r3")]);
    let out = wallet.file("never.json");
    let out = out.to_str().unwrap();
    // Nobody answers there: what needs a node fails late, with everything unlocked that it unlocks.
    let url = ["--url", "ws://127.0.0.1:9", "--timeout", "1s"];
    for name in ["cold", "old"] {
        let exported = wallet.run(&["--yes", "--json", "key", "export", name]).document();
        let secret = exported["data"]["secret"].as_str().unwrap();
        // The end of an expanded secret is the public key, so only its beginning is secret.
        let secret = &secret[2..34];
        let file = fs::read_to_string(wallet.key_file(name)).unwrap();
        assert!(!file.contains(secret));
        for arguments in [
            &["key", "list"][..],
            &["key", "show", name],
            &["--account", name, "sign-payload"],
            &["key", "export", name],
            &["key", "new", name],
            &["key", "import", name],
            &["key", "check", name],
            &["key", "check", name, "--words"],
            &["key", "policy", name],
            &["key", "commit-next", name],
            &["key", "escape", name],
            &["key", "cancel", name],
            &["key", "rotate", name, "--to-scheme", "ml-dsa-65+slh-dsa-sha2-128s"],
            &["key", "add", name, "--scope", "vote", "--export", out],
            &["key", "remove", name, "ml-dsa-65"],
            &["recovery", "set", name, "--friends", "alice", "--threshold", "1"],
            &["recovery", "ask", name, "--name", "new", "--out", out],
            &["recovery", "cancel", name],
        ] {
            for extra in [None, Some("--json"), Some("--quiet")] {
                let mut all = [&url[..], arguments].concat();
                all.extend(extra);
                let ran = wallet.run_with(&all, "0x00", Some("secret"));
                assert!(!ran.stdout.contains(secret), "{all:?}");
                assert!(!ran.stderr.contains(secret), "{all:?}");
                assert!(!ran.stderr.contains("Password(\""), "{all:?}");
            }
        }
        assert!(!wallet.file("never.json").exists());
    }
}

#[test]
fn a_new_key_has_a_reserve_unless_it_is_not_wanted() {
    let wallet = Wallet::with(&[("cold", "ml-dsa-65"), ("old", "sphincs+-sha2-128s-r3")]);
    let keys = |name: &str| wallet.json(&["key", "show", name])["data"]["keys"].clone();
    let cold = keys("cold");
    assert_eq!(cold[1]["status"], "reserve");
    assert_eq!(cold[1]["scheme"], "slh-dsa-sha2-128s");
    assert_eq!(cold[1]["path"], "althing:derive:v1/reserve/slh-dsa-sha2-128s/0");
    assert!(cold[0]["commitment"].is_null() && cold[1]["commitment"].is_string());
    assert!(keys("old")[1]["path"].is_null() && keys("old")[1]["commitment"].is_string());
    let none = ["key", "new", "plain", "--no-pre-rotation", "--kdf", "light"];
    assert_eq!(wallet.run(&none).code, 0);
    assert_eq!(keys("plain").as_array().unwrap().len(), 1);
    let made =
        wallet.json(&["key", "new", "x", "--scheme", "sphincs+-sha2-128s-r3", "--kdf", "light"]);
    let warnings = made["warnings"].as_array().unwrap();
    let without_words = warnings.iter().filter(|warning| warning["code"] == "KEY-352");
    assert_eq!(without_words.count(), 2, "{made}");
}

#[test]
fn words_alone_restore_the_reserve_before_and_after_an_escape() {
    let wallet = Wallet::new();
    let made = wallet.run(&["key", "new", "one", "--kdf", "light"]);
    let words = words_in(&made.stderr).join(" ");
    let keys = |name: &str| wallet.json(&["key", "show", name])["data"]["keys"].clone();
    let import = ["key", "import", "two", "--kdf", "light"];
    assert_eq!(wallet.run_with(&import, &words, Some("other")).code, 0);
    for (at, field) in [(0, "handle"), (1, "handle"), (1, "commitment")] {
        assert_eq!(keys("one")[at][field], keys("two")[at][field], "{at} {field}");
    }
    let address = made.stdout.trim_end();
    let import = ["key", "import", "three", "--escaped", "1", "--address", address];
    let ran = wallet.run_with(&[&import[..], &["--kdf", "light"]].concat(), &words, Some("x"));
    assert_eq!((ran.code, ran.stdout.trim_end()), (0, address), "{}", ran.stderr);
    let three = keys("three");
    assert_eq!(
        (&three[0]["handle"], &three[0]["status"]),
        (&keys("one")[1]["handle"], &"current".into())
    );
    assert_eq!(
        (&three[1]["status"], three[1]["handle"] == three[0]["handle"]),
        (&"reserve".into(), false)
    );
    // Sealed as the root of all reserves, it opens as the key that signs.
    let signed = sign_as(&wallet, "three", b"aye", "x");
    let Signature::Key { scheme: id, .. } = signed else { panic!("{signed:?}") };
    assert_eq!(scheme(id).unwrap().name(), "slh-dsa-sha2-128s");
}

#[test]
fn words_are_checked_against_the_keys_and_the_reserve() {
    let wallet = Wallet::new();
    let made = wallet.run(&["key", "new", "one", "--kdf", "light"]);
    let words = words_in(&made.stderr).join(" ");
    let check = ["--json", "key", "check", "one", "--words"];
    let checked = wallet.run_with(&check, &words, None).document();
    let verdicts: Vec<_> = checked["data"]["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["PASS", "PASS"]);
    let other = wallet.run(&["key", "new", "two", "--kdf", "light"]);
    let refused = wallet.run_with(&check, &words_in(&other.stderr).join(" "), None);
    assert_eq!((refused.code, refused.document()["error"]["code"].as_str()), (6, Some("KEY-324")));
}

#[test]
fn rights_that_do_not_fit_together_are_refused_before_a_node_is_asked() {
    let wallet = Wallet::with(&[("cold", "ml-dsa-44")]);
    for rights in [
        &["--scope", "session"][..],
        &["--scope", "transfer"],
        &["--scope", "vote", "--limit", "5"],
    ] {
        let ran = wallet.json(&[&["key", "add", "cold"], rights].concat());
        assert_eq!(ran["error"]["code"], "KEY-331", "{rights:?}");
    }
}

#[test]
fn words_stay_out_of_standard_output() {
    let wallet = Wallet::new();
    let ran = wallet.run(&["--json", "key", "new", "cold", "--kdf", "light"]);
    let words = words_in(&ran.stderr);
    assert_eq!(words.len(), 24);
    // A single word may well be a field of the answer, such as "address"; a pair cannot.
    for pair in words.windows(2) {
        assert!(!ran.stdout.contains(&pair.join(" ")));
        assert!(!ran.stdout.contains(&pair.join("\",\"")));
    }
}

#[test]
fn words_that_went_to_no_terminal_are_warned_about() {
    let wallet = Wallet::new();
    let made = wallet.json(&["key", "new", "carol", "--kdf", "light"]);
    let warned = |code: &str| {
        let warnings = made["warnings"].as_array().unwrap();
        warnings.iter().any(|warning| warning["code"] == code)
    };
    assert!(warned("KEY-357") && warned("KEY-353"), "{made}");
}

#[test]
fn no_words_are_shown_for_keys_that_cannot_be_kept() {
    let wallet = Wallet::new();
    // A file where the folder of keys should be.
    fs::write(wallet.file("keys"), "").unwrap();
    let ran = wallet.run(&["key", "new", "cold", "--kdf", "light"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("error[KEY-309]"), "{}", ran.stderr);
    assert!(words_in(&ran.stderr).is_empty());
}

#[test]
fn an_export_says_what_it_does_not_hold() {
    let wallet = Wallet::with(&[("cold", "ml-dsa-44"), ("old", "sphincs+-sha2-128s-r3")]);
    let exported = |name: &str| {
        let ran = wallet.run(&["--json", "--yes", "key", "export", name]).document();
        ran["warnings"].as_array().unwrap().len()
    };
    assert_eq!((exported("cold"), exported("old")), (0, 1));
    let other = wallet.run(&["--json", "--yes", "key", "export", "cold", "--handle", "0xff00ff"]);
    assert_eq!(other.document()["error"]["code"], "KEY-332");
}

#[test]
fn a_check_that_fails_shows_people_a_table_and_no_records() {
    let wallet = Wallet::with(&[("one", "ml-dsa-44")]);
    let other = wallet.run(&["key", "new", "two", "--kdf", "light"]);
    let words = words_in(&other.stderr).join(" ");
    let ran = wallet.run_with(&["key", "check", "one", "--words"], &words, None);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    assert_eq!(ran.stdout.lines().next(), Some("OTHER WORDS\tcurrent\tml-dsa-44"));
    assert!(!ran.stderr.contains('{'), "{}", ran.stderr);
}
