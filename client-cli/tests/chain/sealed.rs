//! What members seal to each other and to the council, over a real chain.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use althing_crypto::{
    SchemeId, scheme_by_name,
    seal::{SealPurpose, SealRecipient, Sealing},
    signing::{OsEntropy, random_kem, signing_scheme},
};
use althing_primitives::{Hash256, from_ss58};
use serde_json::Value;

use crate::wallet::Member;

const CONTENT: &str = "the hole is in the third curve";

/// A member and a file with something to say.
struct Sender {
    member: Member,
    folder: tempfile::TempDir,
}

impl Sender {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sender = Self { member: Member::new(), folder };
        fs::write(sender.path("report"), CONTENT).unwrap();
        sender
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn publish(&self, name: &str) -> Value {
        let made = self.member.run(&["key", "encryption", "new", name]);
        assert_eq!(made.code, 0, "{}", made.stderr);
        self.member.data(&["--account", name, "key", "encryption", "publish"])
    }

    /// Seal the report to `to` as `out`.
    fn seal(&self, to: &str, out: &str) -> Value {
        let (report, out) = (self.text("report"), self.text(out));
        self.member.data(&["--account", "alice", "seal", "--to", to, &report, "--out", &out])
    }

    fn seal_error(&self, to: &str) -> Value {
        let report = self.text("report");
        self.member.error(&["--account", "alice", "seal", "--to", to, &report])
    }

    fn open(&self, who: &str, file: &str, out: &str) -> Value {
        let (file, out) = (self.text(file), self.text(out));
        self.member.data(&["--account", who, "open", &file, "--out", &out])
    }

    fn open_error(&self, who: &str, file: &str) -> Value {
        let (file, out) = (self.text(file), self.text("never"));
        let error = self.member.error(&["--account", who, "open", &file, "--out", &out]);
        assert!(!self.path("never").exists());
        error
    }

    /// Run with `stdin`, as the owner of words would.
    fn type_in(&self, arguments: &[&str], stdin: &str) -> (i32, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_althing"))
            .args(["--url", self.member.node.url(), "--yes"])
            .args(arguments)
            .env_clear()
            .env("ALTHING_HOME", self.member.node.home())
            .env("ALTHING_PASSWORD", "secret")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }
}

#[test]
fn a_file_sealed_to_bob_opens_for_bob_and_for_nobody_else() {
    let sender = Sender::new();
    let unpublished = sender.seal_error("bob");
    assert_eq!(unpublished["code"], "SEA-001");
    let fix = unpublished["fix"][0].as_str().unwrap();
    assert!(fix.contains("althing --account bob key encryption publish"), "{fix}");

    let published = sender.publish("bob");
    assert_eq!(
        (&published["kem"], &published["public_knowledge"]),
        (&"ml-kem-768".into(), &true.into())
    );
    let shown = sender.member.data(&["--account", "bob", "key", "encryption", "show"]);
    assert_eq!(shown["published"]["handle"], published["handle"]);
    assert_eq!(shown["published"]["in_this_wallet"], true);

    let sealed = sender.seal("bob", "letter");
    assert_eq!(sealed["recipients"], serde_json::json!(["bob"]));
    let bytes = fs::read(sender.path("letter")).unwrap();
    assert!(!bytes.windows(8).any(|window| window == &CONTENT.as_bytes()[..8]));
    let opened = sender.open("bob", "letter", "read");
    assert_eq!((&opened["from"]["name"], &opened["to"]), (&"alice".into(), &"bob".into()));
    assert_eq!(opened["proved_by"], "ml-dsa-65");
    assert_eq!(sender.read("read"), CONTENT);
    let mode = fs::metadata(sender.path("read")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // Files are never overwritten, and the account need not be named.
    let again = ["open", &sender.text("letter"), "--out", &sender.text("read")];
    assert_eq!(sender.member.error(&again)["code"], "CLI-031");
    let unnamed = ["open", &sender.text("letter"), "--out", &sender.text("again")];
    assert_eq!(sender.member.data(&unnamed)["to"], "bob");
    for name in ["carol", "alice"] {
        let refusal = sender.open_error(name, "letter");
        assert_eq!(refusal["code"], "SEA-008", "{name}");
    }
}

#[test]
fn a_sealed_file_that_was_changed_does_not_open() {
    let sender = Sender::new();
    sender.publish("bob");
    sender.seal("bob", "letter");
    let whole = fs::read(sender.path("letter")).unwrap();
    for (at, codes) in [
        (3, &["SEA-005"][..]),
        (20, &["SEA-006"]),
        (50, &["SEA-012"]),
        (whole.len() / 2, &["SEA-005", "SEA-009", "SEA-012"]),
        (whole.len() - 1, &["SEA-009"]),
    ] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(sender.path("changed"), &bytes).unwrap();
        let refusal = sender.open_error("bob", "changed");
        let code = refusal["code"].as_str().unwrap();
        assert!(codes.contains(&code), "byte {at}: {refusal}");
    }
}

/// An envelope in the name of `sender`, signed by the key in an exported file alone. Whom it is for
/// does not matter: who wrote it is asked first.
fn in_the_name_of(sender: &str, file: &Path, genesis: &str) -> Vec<u8> {
    let secret: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let seed = const_hex::decode(secret["secret"].as_str().unwrap()).unwrap();
    let scheme = scheme_by_name(secret["scheme"].as_str().unwrap()).unwrap();
    let scheme = signing_scheme(scheme.id()).unwrap();
    let signer = scheme.signer(&scheme.generate_from_seed(&seed).unwrap().secret).unwrap();
    let kem = random_kem(SchemeId::ML_KEM_768).unwrap().generate(&mut OsEntropy).unwrap();
    let account = from_ss58(sender).unwrap().0;
    let recipient = SealRecipient { account, kem: SchemeId::ML_KEM_768, public: &kem.public };
    let genesis: [u8; 32] = const_hex::decode(genesis).unwrap().try_into().unwrap();
    let sealing = Sealing {
        genesis: Hash256(genesis),
        purpose: SealPurpose::File,
        sender: account,
        authors: &[&*signer],
        recipients: &[recipient],
    };
    sealing.seal(CONTENT.as_bytes(), &mut OsEntropy).unwrap().to_bytes()
}

#[test]
fn keys_that_act_together_prove_together_and_minor_keys_prove_nothing() {
    let sender = Sender::new();
    let member = &sender.member;
    sender.publish("bob");
    member.funded_key("zoe", "ml-dsa-65", "30");
    member.data(&["--account", "zoe", "send", "bob", "1"]);
    let (report, exported) = (sender.text("report"), sender.text("laptop.json"));
    member.data(&["key", "add", "zoe", "--scope", "vote", "--export", &exported]);
    let import = ["--yes", "key", "import", "laptop", "--secret-file", &exported, "--kdf", "light"];
    assert_eq!(member.run(&import).code, 0);
    let refused = member.error(&["--account", "laptop", "seal", "--to", "bob", &report]);
    assert_eq!(refused["code"], "KEY-327");
    let address = member.data(&["account", "zoe"])["address"].as_str().unwrap().to_owned();
    let status = member.run(&["--json", "status"]);
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    let genesis = status["chain"]["genesis"].as_str().unwrap();
    let forged = in_the_name_of(&address, &sender.path("laptop.json"), genesis);
    fs::write(sender.path("forged"), forged).unwrap();
    let refused = sender.open_error("bob", "forged");
    assert_eq!(refused["code"], "SEA-012");
    assert!(refused["message"].as_str().unwrap().contains("may not speak for them"), "{refused}");

    let hybrid = "ml-dsa-65+slh-dsa-sha2-128s";
    member.data(&["key", "rotate", "zoe", "--to-scheme", hybrid, "--kdf", "light"]);
    let out = sender.text("both");
    member.data(&["--account", "zoe", "seal", "--to", "bob", &report, "--out", &out]);
    assert_eq!(sender.open("bob", "both", "read")["proved_by"], hybrid);
    assert_eq!(sender.read("read"), CONTENT);
}

#[test]
fn a_forged_sender_is_refused_unless_asked_for() {
    let sender = Sender::new();
    let member = &sender.member;
    sender.publish("bob");
    member.funded_key("zoe", "ml-dsa-44", "10");
    // Zoe has no key on the chain yet: nothing she signs proves anything.
    let report = sender.text("report");
    let early = member.error(&["--account", "zoe", "seal", "--to", "bob", &report]);
    assert_eq!(early["code"], "KEY-323");
    member.data(&["--account", "zoe", "send", "bob", "1"]);
    let out = sender.text("letter");
    member.data(&["--account", "zoe", "seal", "--to", "bob", &report, "--out", &out]);
    member.data(&["key", "rotate", "zoe", "--to-scheme", "ml-dsa-65", "--kdf", "light"]);
    // The key that signed is not hers any more.
    assert_eq!(sender.open_error("bob", "letter")["code"], "SEA-012");
    let read = sender.text("read");
    let trusting = ["--account", "bob", "--yes", "open", &out, "--out", &read, "--unproven"];
    let ran = member.run(&trusting);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("SEA-351"), "{}", ran.stderr);
    assert_eq!(sender.read("read"), CONTENT);
}

#[test]
fn words_make_the_encryption_key_and_a_replaced_one_still_opens() {
    let sender = Sender::new();
    let member = &sender.member;
    let made = member.run(&["--yes", "key", "new", "zoe", "--kdf", "light"]);
    let words = words_in(&made.stderr);
    assert_eq!(words.len(), 24, "{}", made.stderr);
    member.data(&["--account", "alice", "send", "zoe", "100"]);

    let new = ["key", "encryption", "new", "zoe", "--kdf", "light"];
    let (code, stderr) = sender.type_in(&new, &"abandon ".repeat(24));
    assert_eq!(code, 2, "{stderr}");
    let art = format!("{}art", "abandon ".repeat(23));
    let (_, stderr) = sender.type_in(&new, &art);
    assert!(stderr.contains("KEY-324"), "{stderr}");
    assert_eq!(sender.type_in(&new, &words.join(" ")).0, 0);
    let first = member.data(&["--account", "zoe", "key", "encryption", "publish"]);
    assert_eq!(first["path"], "althing:derive:v1/ml-kem-768/0");
    sender.seal("zoe", "one");

    let (code, _) = sender.type_in(&[&new[..], &["--index", "1"]].concat(), &words.join(" "));
    assert_eq!(code, 0);
    let second = member.data(&["--account", "zoe", "key", "encryption", "publish"]);
    assert_ne!(first["handle"], second["handle"]);
    sender.seal("zoe,zoe", "two");
    for (at, file) in ["one", "two"].iter().enumerate() {
        let out = format!("read{at}");
        sender.open("zoe", file, &out);
        assert_eq!(sender.read(&out), CONTENT);
    }
    let before = member.data(&["account", "zoe"])["reserved"].clone();
    member.data(&["--account", "zoe", "key", "encryption", "withdraw"]);
    assert_ne!(member.data(&["account", "zoe"])["reserved"], before);
    assert_eq!(sender.seal_error("zoe")["code"], "SEA-001");
    let none = member.error(&["--account", "zoe", "key", "encryption", "withdraw"]);
    assert_eq!(none["code"], "SEA-001");
    sender.open("zoe", "two", "read2");

    // Nothing of the secrets is in the files or in what was shown.
    let file = fs::read_to_string(member.node.home().join("encryption/zoe.json")).unwrap();
    assert!(file.contains("althing-encryption-key/1") && !file.contains("abandon"));
}

#[test]
fn a_key_without_words_is_kept_expanded_and_says_so() {
    let sender = Sender::new();
    let member = &sender.member;
    member.funded_key("zoe", "ml-dsa-44", "100");
    for (kem, random) in [("kyber-768-r3", None), ("ml-kem-768", Some("--random"))] {
        let new = ["key", "encryption", "new", "zoe", "--kdf", "light", "--kem", kem];
        let made = member.run(&new.into_iter().chain(random).collect::<Vec<_>>());
        assert_eq!(made.code, 0, "{}", made.stderr);
        assert!(made.stderr.contains("KEY-352"), "{}", made.stderr);
        let published = member.data(&["--account", "zoe", "key", "encryption", "publish"]);
        assert_eq!(published["kem"], kem);
        sender.seal("zoe", &format!("to-{kem}"));
        sender.open("zoe", &format!("to-{kem}"), &format!("read-{kem}"));
        assert_eq!(sender.read(&format!("read-{kem}")), CONTENT);
    }
}

#[test]
fn the_council_reads_an_annex_before_the_public_does() {
    let sender = Sender::new();
    let member = &sender.member;
    let report = sender.text("report");
    let question = ["propose", "call", "system.remark", "remark=fix", "--track", "root"];
    member.data(&[&["--account", "alice"], &question[..], &["--title", "A fix"]].concat());
    let attach = ["--account", "alice", "annex", "attach", "0", &report];
    assert_eq!(member.error(&attach)["code"], "SEA-010");
    sender.publish("alice");
    sender.publish("bob");
    let council = member.data(&["annex", "council"]);
    assert_eq!(council["council"][1]["name"], "bob");
    assert_eq!(council["council"][1]["kem"], "ml-kem-768");
    assert!(council["council"][2]["kem"].is_null());

    let tried = member.data(&[&["--dry-run"], &attach[..]].concat());
    assert_eq!(tried["dry_run"], true);
    assert_eq!(member.error(&["annex", "read", "0"])["code"], "SEA-011");
    let attached = member.run(&[&["--yes"], &attach[..]].concat());
    assert_eq!(attached.code, 0, "{}", attached.stderr);
    // Carol is on the council and has published nothing: told, and no reason to wait for her.
    assert!(attached.stderr.contains("SEA-353") && attached.stderr.contains("carol"));
    assert_eq!(member.error(&attach)["code"], "ENC-114");
    let others = ["--account", "bob", "annex", "attach", "0", &report];
    assert_eq!(member.error(&others)["code"], "ENC-113");

    for name in ["alice", "bob"] {
        let read = member.data(&["--account", name, "annex", "read", "0"]);
        assert_eq!((&read["text"], &read["revealed"]), (&CONTENT.into(), &false.into()));
    }
    for name in ["carol", "dave"] {
        let refusal = member.error(&["--account", name, "annex", "read", "0"]);
        assert_eq!(refusal["code"], "SEA-008", "{name}");
    }
    let early = member.error(&["--account", "bob", "annex", "reveal", "0"]);
    assert_eq!(early["code"], "ENC-116");
    assert_eq!(member.error(&["--account", "alice", "annex", "detach", "0"])["code"], "GOV-108");
    // Trying it out gives nothing away, and a file would.
    let tried = member.data(&["--account", "alice", "--dry-run", "annex", "reveal", "0"]);
    assert_eq!(tried["dry_run"], true);
    let file = sender.text("reveal.unsigned");
    let refused =
        member.error(&["--account", "alice", "--unsigned", &file, "annex", "reveal", "0"]);
    assert_eq!(refused["code"], "SEA-015");
    assert!(!sender.path("reveal.unsigned").exists());
    let read = member.data(&["--account", "alice", "annex", "read", "0"]);
    assert_eq!(read["revealed"], false);
    member.data(&["--account", "alice", "annex", "reveal", "0"]);
    let out = sender.text("public");
    let read = member.data(&["--account", "dave", "annex", "read", "0", "--out", &out]);
    assert_eq!((&read["revealed"], &read["from"]["name"]), (&true.into(), &"alice".into()));
    assert_eq!(sender.read("public"), CONTENT);
}

/// The contract of the life cycle, by referendum: a frozen KEM takes no new seals and no new keys,
/// and what was sealed before still opens.
#[test]
fn a_frozen_kem_takes_no_new_seals_and_old_ones_still_open() {
    let sender = Sender::new();
    let member = &sender.member;
    sender.publish("bob");
    sender.seal("bob", "old");
    member.funded_key("zoe", "ml-dsa-44", "100");
    let freeze = ["propose", "crypto", "freeze", "--scheme", "ml-kem-768", "--blocks", "100"];
    member.data(&[&["--account", "alice"], &freeze[..], &["--title", "Broken"]].concat());
    for name in ["alice", "bob", "erin"] {
        let weight = ["--weight", "90k", "--conviction", "1"];
        member.data(&[&["--account", name, "vote", "0", "aye"], &weight[..]].concat());
    }
    let mut status = Value::Null;
    for _ in 0..40 {
        status = member.data(&["referendum", "show", "0"])["status"].clone();
        if status == "enacted" {
            break;
        }
        member.data(&["--account", "dave", "send", "judy", "1"]);
    }
    assert_eq!(status, "enacted");

    let refusal = sender.seal_error("bob");
    assert_eq!(
        (&refusal["code"], &refusal["details"]["state"]),
        (&"SEA-002".into(), &"frozen".into())
    );
    assert!(refusal["message"].as_str().unwrap().contains("frozen"), "{refusal}");
    let publish = member.error(&["--account", "carol", "key", "encryption", "publish"]);
    assert_eq!(publish["code"], "ENC-102");
    sender.open("bob", "old", "read");
    assert_eq!(sender.read("read"), CONTENT);

    // The other KEM goes on.
    let new = ["key", "encryption", "new", "zoe", "--kdf", "light", "--kem", "kyber-768-r3"];
    assert_eq!(member.run(&new).code, 0);
    member.data(&["--account", "zoe", "key", "encryption", "publish"]);
    sender.seal("zoe", "new");
    sender.open("zoe", "new", "read-new");
}

/// The 24 words among the lines that `key new` shows.
fn words_in(stderr: &str) -> Vec<String> {
    let rows = stderr.lines().filter(|line| line.starts_with("  "));
    let tokens: Vec<_> = rows.flat_map(str::split_whitespace).collect();
    let numbered = |n: usize| {
        let wanted = n.to_string();
        let pair = tokens.windows(2).find(|pair| pair[0] == wanted && pair[1].len() >= 3);
        pair.map(|pair| pair[1].to_owned())
    };
    (1..=24).filter_map(numbered).collect()
}
