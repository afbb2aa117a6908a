//! A life of an account against a real node, in which every command that unlocks or makes something
//! runs to its end: what it prints holds no secret, neither of before nor of later.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    io::Write as _,
    process::{Command, Stdio},
};

use althing::{
    derive::Words,
    encryption::kem_named,
    keystore::{Keystore, Password},
};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::wallet::{Member, Ran};

const HYBRID: &str = "ml-dsa-65+slh-dsa-sha2-128s";
/// What may show words, once, on standard error (C2).
const SHOWS_WORDS: [&str; 3] = ["key new", "key rotate", "recovery ask"];
/// The end of an expanded secret is the public key, so only its beginning is secret.
const SECRET_BYTES: usize = 16;

/// A wallet that remembers all it printed and all it ought to keep to itself.
struct Watched {
    member: Member,
    json: bool,
    printed: RefCell<Vec<(String, Ran)>>,
    secrets: RefCell<BTreeSet<Vec<u8>>>,
    words: RefCell<Vec<Vec<String>>>,
}

/// The 24 words among these lines.
fn words_in(text: &str) -> Option<Vec<String>> {
    let rows = text.lines().filter(|line| line.starts_with("  "));
    let tokens: Vec<_> = rows.flat_map(str::split_whitespace).collect();
    let numbered = |n: usize| {
        let wanted = n.to_string();
        let pair = tokens.windows(2).find(|pair| pair[0] == wanted && pair[1].len() >= 3);
        pair.map(|pair| pair[1].to_owned())
    };
    (1..=24).map(numbered).collect()
}

/// How bytes look when somebody prints them.
fn spellings(bytes: &[u8]) -> [String; 3] {
    let spaced = format!("{:?}", &bytes[..8]);
    let spaced = spaced.trim_matches(['[', ']']).to_owned();
    [const_hex::encode(bytes), spaced.replace(' ', ""), spaced]
}

/// How words look: three in a row, as two may stand beside each other in plain English.
fn phrases(words: &[String]) -> Vec<String> {
    let all = words.windows(3).zip(1..).flat_map(|(three, n)| {
        let numbered = three.iter().zip(n..).map(|(word, n): (_, usize)| format!("{n} {word}"));
        let numbered: Vec<_> = numbered.collect();
        [three.join(" "), three.join(","), numbered.join(" ")]
    });
    all.collect()
}

/// Text without what may stand between words.
fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace(['"', '\''], "").replace(", ", ",");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Watched {
    fn new(json: bool) -> Self {
        let (printed, secrets) = (RefCell::default(), RefCell::default());
        Self { member: Member::new(), json, printed, secrets, words: RefCell::default() }
    }

    fn file(&self, name: &str) -> String {
        self.member.node.home().join(name).display().to_string()
    }

    /// Run with `stdin`; what came of it is 0 or not.
    fn attempt(&self, arguments: &[&str], stdin: &str) -> i32 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_althing"));
        // A command for machines without a network takes no address of one.
        if !arguments.contains(&"--offline") && arguments.first() != Some(&"sign") {
            command.args(["--url", self.member.node.url()]);
        }
        command.args(self.json.then_some("--json")).arg("--yes").args(arguments);
        command.env_clear().env("ALTHING_HOME", self.member.node.home());
        command.env("ALTHING_PASSWORD", "secret");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Who does not read its input has closed it.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        let ran = Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        let (code, line) = (ran.code, arguments.join(" "));
        if let Some(words) = words_in(&ran.stderr) {
            assert!(SHOWS_WORDS.iter().any(|shows| line.starts_with(shows)), "{line} shows words");
            self.words.borrow_mut().push(words);
        }
        self.printed.borrow_mut().push((line, ran));
        code
    }

    /// Run what must succeed.
    fn run(&self, arguments: &[&str]) {
        self.run_with(arguments, "");
    }

    fn run_with(&self, arguments: &[&str], stdin: &str) {
        let code = self.attempt(arguments, stdin);
        let printed = self.printed.borrow();
        let (line, ran) = printed.last().unwrap();
        assert_eq!(code, 0, "{line}: {}{}", ran.stdout, ran.stderr);
    }

    /// Run what must be refused.
    fn refuse(&self, arguments: &[&str]) {
        assert_ne!(self.attempt(arguments, ""), 0, "{arguments:?}");
    }

    /// The words that were shown last.
    fn last_words(&self) -> String {
        self.words.borrow().last().unwrap().join(" ")
    }

    fn keep(&self, secret: &[u8]) {
        self.secrets.borrow_mut().insert(secret[..SECRET_BYTES].to_vec());
    }

    /// Note what a file has as its secret in the clear.
    fn keep_exported(&self, path: &str) {
        let file: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        self.keep(&const_hex::decode(file["secret"].as_str().unwrap()).unwrap());
    }

    /// Note all that the wallet holds now: keys, reserves, and what follows from words.
    fn keep_all(&self) {
        let password = Password::new(Zeroizing::new("secret".to_owned())).unwrap();
        for (_, file) in Keystore::at(&self.member.node.home()).list().unwrap() {
            let file = file.unwrap();
            for entry in file.keys() {
                self.keep(file.open(entry, &password).unwrap().material().secret.expose());
            }
        }
        let kem = kem_named("ml-kem-768").unwrap();
        for words in self.words.borrow().iter() {
            let words = Words::parse(&words.join(" ")).unwrap();
            self.keep(words.reserve_root().unwrap().expose());
            self.keep(words.kem_seed(kem, 0).unwrap().expose());
        }
    }

    /// Nothing that was printed holds anything that was noted. Words are on the standard error of the
    /// command that made them, and nowhere else.
    fn check(&self) {
        let secrets = self.secrets.borrow();
        let secrets: Vec<_> = secrets.iter().flat_map(|bytes| spellings(bytes)).collect();
        for (line, ran) in self.printed.borrow().iter() {
            let own = words_in(&ran.stderr);
            for (stream, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
                let (lower, plain) = (text.to_lowercase(), plain(text));
                let shown = secrets.iter().any(|secret| lower.contains(secret));
                assert!(!shown, "a secret on the {stream} of {line}");
                for words in self.words.borrow().iter() {
                    let may = stream == "stderr" && own.as_ref() == Some(words);
                    let shown = phrases(words).iter().any(|phrase| plain.contains(phrase));
                    assert_eq!(shown, may, "words on the {stream} of {line}");
                }
            }
        }
    }
}

/// An account that pays, votes, signs elsewhere, seals and opens.
fn everyday(wallet: &Watched) {
    wallet.run(&["key", "new", "zoe", "--scheme", "ml-dsa-44", "--kdf", "light"]);
    let words = wallet.last_words();
    wallet.run(&["--account", "alice", "send", "zoe", "500"]);
    wallet.run(&["--account", "zoe", "send", "bob", "1"]);
    wallet.refuse(&["--account", "zoe", "send", "bob", "900"]);
    for command in ["list", "show zoe", "policy zoe", "check zoe"] {
        let command: Vec<_> = command.split(' ').collect();
        wallet.run(&[&["key"], &command[..]].concat());
    }
    wallet.run_with(&["key", "check", "zoe", "--words"], &words);
    wallet.run_with(&["--account", "zoe", "sign-payload"], "0x0400ab");

    wallet.run_with(&["key", "encryption", "new", "zoe", "--kdf", "light"], &words);
    wallet.run(&["--account", "zoe", "key", "encryption", "publish"]);
    wallet.run(&["--account", "zoe", "key", "encryption", "show"]);
    let [report, letter, read] = ["report", "letter", "read"].map(|name| wallet.file(name));
    fs::write(&report, "the hole is in the third curve").unwrap();
    wallet.run(&["--account", "zoe", "seal", "--to", "zoe", &report, "--out", &letter]);
    wallet.run(&["--account", "zoe", "open", &letter, "--out", &read]);
    wallet.refuse(&["--account", "zoe", "open", &report, "--out", &read]);

    let ask = ["propose", "call", "system.remark", "remark=hi", "--track", "small-tipper"];
    wallet.run(&[&["--account", "zoe"], &ask[..], &["--title", "Hi"]].concat());
    wallet.run(&["--account", "zoe", "vote", "0", "aye", "--weight", "5"]);
    wallet.run(&["--account", "zoe", "unvote", "0"]);

    let [facts, signed, open] = ["facts.json", "tx.json", "open.json"].map(|n| wallet.file(n));
    wallet.run(&["--account", "zoe", "offline-facts", "--out", &facts]);
    let offline = ["--offline", &facts, "--signed", &signed, "--account", "zoe"];
    wallet.run(&[&offline[..], &["send", "bob", "1"]].concat());
    wallet.run(&["tx-send", &signed]);
    wallet.run(&["--account", "zoe", "--unsigned", &open, "send", "bob", "1"]);
    wallet.run(&["sign", &open, "--account", "zoe"]);
    wallet.run(&["tx-send", &open]);
}

/// Keys that come and go.
fn changes(wallet: &Watched) {
    let [laptop, copy] = ["laptop.json", "copy.json"].map(|name| wallet.file(name));
    wallet.run(&["key", "add", "zoe", "--scope", "vote", "--export", &laptop]);
    wallet.keep_exported(&laptop);
    wallet.refuse(&["key", "add", "zoe", "--scope", "vote", "--export", &laptop]);
    let import = ["key", "import", "laptop", "--secret-file", &laptop, "--kdf", "light"];
    wallet.run(&import);
    wallet.refuse(&import);
    wallet.run(&["--account", "laptop", "vote", "0", "aye", "--weight", "5"]);
    wallet.refuse(&["--account", "laptop", "send", "bob", "1"]);
    let limit = ["--scope", "transfer", "--limit", "5", "--kdf", "light"];
    wallet.run(&[&["key", "add", "zoe"], &limit[..]].concat());
    wallet.run(&["key", "export", "zoe", "--out", &copy]);
    wallet.keep_exported(&copy);
    wallet.refuse(&["key", "export", "zoe", "--out", &copy]);
    wallet.keep_all();

    wallet.run(&["key", "rotate", "zoe", "--to-scheme", HYBRID, "--kdf", "light"]);
    wallet.keep_all();
    wallet.run(&["--account", "zoe", "send", "bob", "1"]);
    wallet.run(&["key", "escape", "zoe", "--kdf", "light"]);
    wallet.keep_all();
    wallet.run(&["--account", "zoe", "send", "bob", "1"]);
}

/// Friends who give an account new keys.
fn recovery(wallet: &Watched) {
    let old = ["--scheme", "sphincs+-sha2-128s-r3", "--no-pre-rotation", "--kdf", "light"];
    wallet.run(&[&["key", "new", "old"], &old[..]].concat());
    wallet.run(&["--account", "alice", "send", "old", "300"]);
    wallet.run(&["--account", "old", "send", "bob", "1"]);
    wallet.run(&["key", "commit-next", "old", "--kdf", "light"]);
    wallet.run(&["recovery", "set", "old", "--friends", "alice,carol", "--threshold", "2"]);
    wallet.run(&["key", "rotate", "old", "--to-scheme", "ml-dsa-65", "--kdf", "light"]);
    wallet.keep_all();
    wallet.run(&["key", "cancel", "old"]);
    let request = wallet.file("request.json");
    let address = wallet.member.data(&["account", "old"])["address"].as_str().unwrap().to_owned();
    let ask = ["recovery", "ask", &address, "--name", "old2", "--kdf", "light", "--out", &request];
    wallet.run(&ask);
    wallet.run(&["--account", "alice", "recovery", "propose", &request]);
    wallet.run(&["recovery", "cancel", "old"]);
    wallet.keep_all();
}

#[test]
fn nothing_that_runs_to_its_end_prints_a_secret() {
    for json in [false, true] {
        let wallet = Watched::new(json);
        everyday(&wallet);
        changes(&wallet);
        recovery(&wallet);
        wallet.check();
        // Four sets of words and what they give; that the secrets are the right ones, export shows.
        assert_eq!(wallet.words.borrow().len(), 4);
        let exported = wallet.member.run(&["--json", "--yes", "key", "export", "zoe"]).stdout;
        let secrets = wallet.secrets.borrow();
        assert!(secrets.len() > 12, "{}", secrets.len());
        assert!(secrets.iter().any(|bytes| exported.contains(&spellings(bytes)[0])));
    }
}
