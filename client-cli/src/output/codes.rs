//! Every public error and warning code of the wallet, in one list.
//!
//! A code is an area and a number. It is never reused, `althing explain CODE` prints its entry
//! offline, and codes that the chain answers with are passed through unchanged.

use super::Exit;

/// What helps against an error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Remedy {
    /// A command, or a change of the command, that usually helps.
    Do(&'static str),
    /// Nothing does, for this reason.
    None(&'static str),
}

/// A public code and what it means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CodeInfo {
    /// Area and number, such as `KEY-304`.
    pub code: &'static str,
    /// How a run ends with it.
    pub exit: Exit,
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// What helps.
    pub remedy: Remedy,
}

macro_rules! codes {
    ($($name:ident = $code:literal, $exit:ident, $meaning:literal, $remedy:expr;)*) => {
        $(
            #[doc = concat!("`", $code, "`: ", $meaning, ".")]
            pub const $name: CodeInfo = CodeInfo {
                code: $code,
                exit: Exit::$exit,
                meaning: $meaning,
                remedy: $remedy,
            };
        )*

        /// Every code, by area and number.
        pub const ALL: &[CodeInfo] = &[$($name),*];
    };
}

use Remedy::{Do, None as Nothing};

codes! {
    USAGE = "CLI-001", Usage, "the command line could not be understood",
        Do("althing --help");
    BAD_AMOUNT = "CLI-010", Usage, "an amount is not an exact decimal of at most 12 places",
        Do("write 12000, 12_000, 12k or 1.5, with or without ALT");
    BAD_ADDRESS = "CLI-011", Usage, "an address is neither a known name nor a valid SS58 address",
        Do("althing key list");
    BAD_DURATION = "CLI-012", Usage, "a duration is not a number with ms, s, m or h",
        Do("write 500ms, 30s, 2m or 1h");
    BAD_HEX = "CLI-013", Usage, "input that must be 0x-hex is not",
        Do("pass 0x followed by an even number of hexadecimal digits");
    INPUT_TOO_LONG = "CLI-014", Usage, "input is longer than this command accepts",
        Nothing("no command of this program needs that much input");
    NOBODY_TO_ASK = "CLI-021", NobodyToAsk, "a value is missing and nobody can be asked",
        Do("add the flag named in the message, or run it in a terminal without --json");
    DECLINED = "CLI-022", Refused, "the question was answered with no",
        Nothing("it was your decision; run it again to change it");
    NO_ACCOUNT = "CLI-023", Usage, "the command needs an account and none was named",
        Do("add --account NAME");
    UNKNOWN_CODE = "CLI-024", Usage, "no error code of this name is known",
        Do("althing explain");
    CANNOT_READ_INPUT = "CLI-030", Refused, "standard input or a file could not be read",
        Nothing("the operating system refused; its reason is in the message");
    CANNOT_WRITE_OUTPUT = "CLI-031", Refused, "the result could not be written",
        Nothing("the operating system refused; its reason is in the message");
    HOME_IO = "CLI-033", Refused, "a file in the folder of this program could not be read or written",
        Nothing("the operating system refused; its reason is in the message");
    NO_HOME = "CLI-032", Usage, "neither ALTHING_HOME nor HOME is set",
        Do("export ALTHING_HOME=/path/to/folder");
    BAD_TITLE = "CLI-034", Usage, "a title has 1 to 128 bytes",
        Do("shorten it");
    NO_TRACK = "CLI-035", Usage, "no track fits, or none of this name is known",
        Do("althing tracks");
    OTHER_NETWORK = "CLI-036", Usage, "an address carries the prefix of another network",
        Do("ask for the address on this chain");
    UNKNOWN_REFERENDUM = "CLI-037", Refused, "there is no referendum of this number",
        Do("althing referenda");
    UNKNOWN_BLOCK = "CLI-038", Refused, "there is no block of this height or hash",
        Do("althing status");
    UNKNOWN_TX = "CLI-039", Refused, "the transaction is in none of the blocks looked at",
        Do("add --back 10000");
    NOT_THE_OUTCOME = "CLI-040", Refused, "the referendum ended in another way than waited for",
        Do("althing referendum show INDEX");
    BAD_MEMO = "CLI-042", Usage, "a memo has at most 128 bytes", Do("shorten it");
    BAD_BLOCK = "CLI-043", Usage, "a block is named neither by its height nor by its hash",
        Do("write its height, such as 1042, or its hash as 0x and 64 hexadecimal digits");
    NO_DEPOSIT = "CLI-041", Refused, "no deposit is set aside for the referendum",
        Do("althing referendum show INDEX");
    PROPOSE_WARN_IMPOSSIBLE = "CLI-351", Done,
        "what is proposed is impossible in the present state of its scheme",
        Do("althing crypto");
    TOUR_SURPRISE = "CLI-050", CheckFailed, "the tour met something that should not be",
        Do("run it again; report the step, the message and the output of: althing version");
    TOUR_NO_NODE = "CLI-051", Refused, "althing-node is not beside this program",
        Do("cargo build --release --package althing-node --package althing");
    BUG = "BUG-001", Refused, "this is our mistake",
        Do("report the command, the message and the output of: althing version");

    KEY_BAD_NAME = "KEY-301", Usage, "a key name has 1 to 32 of the characters a-z 0-9 - _",
        Do("choose another name");
    KEY_UNKNOWN = "KEY-302", Usage, "no key of this name is in the keystore",
        Do("althing key list");
    KEY_EXISTS = "KEY-303", Usage, "a key of this name exists already and is never overwritten",
        Do("choose another name");
    KEY_WRONG_PASSWORD = "KEY-304", Refused, "the password does not open this key",
        Do("try again; ALTHING_PASSWORD is used when set");
    KEY_ALTERED = "KEY-305", Refused,
        "the key file was changed after it was written: its header does not belong to its secret",
        Do("restore the file from a backup, or import the words again under another name");
    KEY_CORRUPT = "KEY-306", Refused, "the key file cannot be understood",
        Do("restore the file from a backup, or import the words again under another name");
    KEY_FORMAT = "KEY-307", Refused, "the key file has a format this program does not read",
        Do("use the program version that wrote it, or import the words again");
    KEY_TOO_OPEN = "KEY-308", Refused, "other users may read the key file",
        Do("chmod 600 the file named in the message");
    KEY_IO = "KEY-309", Refused, "the keystore could not be read or written",
        Nothing("the operating system refused; its reason is in the message");
    KEY_EMPTY_PASSWORD = "KEY-310", Usage, "a key needs a password that is not empty",
        Do("choose a password, or set ALTHING_PASSWORD to one");
    KEY_PASSWORDS_DIFFER = "KEY-311", Usage, "the two passwords typed are not the same",
        Do("try again");
    KEY_BAD_WORDS = "KEY-312", Usage, "the words are not 24 words of the BIP-39 English list",
        Do("check spelling and order; the last word holds a checksum");
    KEY_WORDS_NOT_CONFIRMED = "KEY-313", Refused, "the words typed back do not match",
        Do("start again with: althing key new");
    KEY_UNKNOWN_SCHEME = "KEY-314", Usage, "no signature scheme of this name is known",
        Do("althing version");
    KEY_NO_SEED = "KEY-315", Usage, "keys of this scheme cannot be made from words",
        Do("import its secret file with --secret-file, or choose another scheme");
    KEY_BAD_SECRET = "KEY-316", Usage, "the secret is not one of this scheme",
        Do("pass the file that althing key export wrote");
    KEY_NAME_NOT_TYPED = "KEY-317", Refused, "the name typed is not the name of the key",
        Do("run it again and type the name");
    KEY_KDF = "KEY-318", Refused, "the key file asks for key derivation outside the limits",
        Do("restore the file from a backup");
    KEY_NO_CURRENT = "KEY-319", Refused, "the account has no current key in this keystore",
        Do("import the key that the account uses now");
    KEY_RANDOM = "KEY-320", Refused, "the operating system gave no random bytes",
        Nothing("a key made without them would be guessable");
    KEY_CRYPTO = "KEY-321", Refused, "the signature scheme refused its own key",
        Do("restore the file from a backup, or import the words again under another name");
    KEY_NOT_ON_CHAIN = "KEY-322", Refused,
        "the account has other keys on the chain than the one this wallet would sign with",
        Do("althing account NAME");
    KEY_NOT_ENROLLED = "KEY-323", Refused, "the account has no key that a new one could replace",
        Do("send one transaction first: it enters the key");
    KEY_CHECK_FAILED = "KEY-324", CheckFailed, "the words do not make the key this account signs with",
        Do("check the words; althing key show NAME tells which keys have words");
    KEY_USED = "KEY-325", Usage, "the account had this key before and does not go back to it",
        Do("take another one of your words with --index N, or new words");
    KEY_MISSING = "KEY-326", Refused, "this wallet holds too few of the keys that the account signs with",
        Do("althing key policy NAME; sign in the wallet that holds the other keys");
    KEY_NOT_ALLOWED = "KEY-327", Refused, "the keys of this wallet may not sign such a call",
        Do("althing key policy NAME; sign in the wallet that holds an owner key");
    KEY_UNWELL = "KEY-328", CheckFailed, "a key of the account will not sign for long, or does not already",
        Do("run the commands that the message names");
    KEY_NO_RESERVE = "KEY-329", Refused, "no reserve key of this wallet is committed on the chain",
        Do("althing key policy NAME; friends can recover the account: althing recovery ask --help");
    KEY_OTHER_OWNERS = "KEY-330", Refused, "keys outside this wallet control the account too",
        Do("althing key policy NAME");
    KEY_BAD_RIGHTS = "KEY-331", Usage, "the rights asked for a key do not fit together",
        Do("a limit belongs to --scope transfer, and a session key must expire");
    KEY_NO_SUCH = "KEY-332", Usage, "the account has no such key, or several",
        Do("althing key policy NAME");
    KEY_NO_COMMITMENTS = "KEY-333", Refused, "the chain does not know calls about whole policies",
        Do("use a chain of a newer version: althing version");
    KEY_NO_CHANGE = "KEY-335", Refused, "no change of the account's keys waits that its owner could stop",
        Do("althing key policy NAME");
    KEY_NO_FRIENDS = "KEY-336", Refused, "the account has named no friends who may recover it",
        Do("althing key policy NAME");
    RECOVERY_FILE = "KEY-334", Usage, "the file is no request for a recovery, or one for another state",
        Do("ask for a new one: althing recovery ask --help");

    KEY_SEVERAL = "KEY-337", Usage, "the account has several keys, and which one is meant was not said",
        Do("althing key show NAME");
    KEY_DEV_MEMBER = "KEY-338", Usage, "the keys of a dev member are everyone's and are not changed",
        Do("althing key new mine");

    KEY_SELF_CHECK = "KEY-340", Refused, "the signature made was not valid and was thrown away",
        Do("try again; if it happens twice, do not trust this machine or this signer module");
    MODULE_ALTERED = "KEY-341", Refused, "a module or its record is not what it was when it was kept",
        Do("move the file named in the message away, then: althing crypto learn NAME");
    MODULE_REFUSED = "KEY-342", Refused, "a module does not keep the rules, or does not fit its scheme",
        Do("althing crypto check-module FILE --vectors FILE");
    MODULE_AMBIGUOUS = "KEY-343", Usage, "two learned schemes of two chains have this name",
        Do("name the chain: add --url, so that its registry can say which one is meant");
    MODULE_NOT_LEARNED = "KEY-344", Refused, "the key is of a scheme that this wallet has not learned",
        Do("althing crypto learn NAME, with a node of the chain");
    MODULE_NOT_KEPT = "KEY-345", Refused, "the chain has no signer module for this scheme",
        Do("add --signer-module FILE, with the file that the scheme's authors publish");
    MODULE_FACTS = "KEY-346", Usage, "a fact about the module is missing or wrong",
        Do("add --manifest FILE, or the flag named in the message");
    MODULE_GATE = "KEY-347", CheckFailed, "the module fails the gate, so no deposit is spent on it",
        Do("althing crypto check-module FILE --vectors FILE");

    KEY_WARN_DEV_NAME = "KEY-351", Done, "the key has the name of a dev member and hides it",
        Do("choose another name if you meant to use the dev member too");
    KEY_WARN_NO_WORDS = "KEY-352", Done, "the key cannot be restored from words",
        Do("keep a copy of the file that althing key export writes");
    KEY_WARN_UNCHECKED = "KEY-353", Done, "the words were not typed back, so nobody checked them",
        Do("run it in a terminal without --yes to be asked");
    KEY_WARN_SKIPPED = "KEY-354", Done, "a file in the keystore was left out of the list",
        Do("see the code in the message");
    KEY_WARN_PENDING = "KEY-356", Done, "a rotation was sent and is not in a block yet",
        Do("althing key show NAME");
    KEY_WARN_LOGGED = "KEY-357", Done, "the words were not shown on a terminal but went to a file",
        Do("destroy whatever keeps the standard error of this run once the words are safe");
    KEY_WARN_NO_RESERVE = "KEY-358", Done, "the account is not committed to a reserve key",
        Do("althing key commit-next NAME");
    KEY_WARN_WAITS = "KEY-359", Done, "the change of keys waits, since friends may object to it",
        Do("althing key policy NAME");
    KEY_WARN_CLEAR = "KEY-360", Done, "the secret of a key was written in the clear",
        Do("move the file to the machine that shall use it, import it there and delete it");
    KEY_WARN_UNWELL = "KEY-361", Done, "something about the keys of an account deserves a look",
        Do("althing key check");
    KEY_WARN_SCHEME = "KEY-362", Done, "accounts may not begin with a key of this scheme now",
        Do("althing crypto");
    KEY_WARN_DEV_KEY = "KEY-355", Done, "the key of a dev member is public",
        Do("use it on dev chains only");

    MOD_REFUSED = "MOD-001", CheckFailed, "the module breaks a rule that every chain applies",
        Do("see the rule in specs/verifier-modules.md, build again, and run: althing crypto check-module FILE --vectors FILE");
    MOD_GATE = "MOD-002", CheckFailed, "the module gives another answer than the known one",
        Do("compare the vector named in the message with your own implementation");
    MOD_VECTORS = "MOD-003", CheckFailed, "the vectors are not enough, or not in a form that is read",
        Do("see VM10 in specs/verifier-modules.md");
    MOD_MANIFEST = "MOD-004", Usage, "the manifest cannot be read or belongs to another module",
        Do("leave it out and name --public, --signature and --fuel-max instead");
    MOD_SIGNER = "MOD-005", CheckFailed, "the signer does not fit the verifier",
        Do("build both from the same source, for the same parameters");

    NET_BAD_URL = "NET-001", Usage, "the address of the node is not a ws:// or http:// URL",
        Do("add --url ws://127.0.0.1:9944");
    NET_NO_NODE = "NET-002", NoNode, "no node answers at this address",
        Do("start one: althing-node dev");
    NET_TIMED_OUT = "NET-003", TimedOut, "the node did not answer in time",
        Do("add --timeout 60s");
    NET_WRONG_CHAIN = "NET-004", WrongChain, "the node serves another chain than the one meant",
        Do("check --url");
    NET_NOT_DEV = "NET-005", WrongChain, "dev members exist on dev chains only",
        Do("althing key new NAME");
    NET_REFUSED = "NET-007", Refused, "the node refused a request",
        Nothing("the node's reason is in the message");
    NET_LOST = "NET-008", NoNode, "the connection to the node was lost",
        Do("run the command again; althing tx HASH tells whether a transaction arrived");
    NET_BAD_ANSWER = "NET-006", Refused, "the node's answer could not be understood",
        Do("compare: althing version");

    OFFLINE_NOT_RECORDED = "OFF-001", Usage,
        "the facts file does not hold an answer that this command needs",
        Do("althing offline-facts --account NAME --out FILE, with a node; some commands need a node");
    OFFLINE_FILE = "OFF-002", Usage, "a file of facts or a transaction file cannot be understood",
        Do("take it again from the machine that wrote it");
    OFFLINE_FORMAT = "OFF-003", Usage, "the file has a format this program does not read",
        Do("use the program version that wrote it");
    OFFLINE_ALTERED = "OFF-004", Refused, "the file was altered or contradicts itself",
        Do("take it again from the machine that wrote it");
    OFFLINE_OTHER_CHAIN = "OFF-005", WrongChain, "the file is for another chain than the one meant",
        Do("check --url, or make the transaction again for this chain");
    OFFLINE_EXPIRED = "OFF-006", Refused, "the transaction was valid until a block that has passed",
        Do("make it again from new facts: althing offline-facts");
    OFFLINE_RULES = "OFF-007", Refused,
        "the chain's rules, its schemes or the account's keys changed since the file was made",
        Do("make it again from new facts: althing offline-facts");
    OFFLINE_NONCE = "OFF-008", Refused, "the account's next transaction is another one",
        Do("send the earlier ones first, or make it again");
    OFFLINE_INCOMPLETE = "OFF-009", Refused, "a key that must sign has not signed",
        Do("althing --account NAME sign FILE");
    OFFLINE_SIGNATURE = "OFF-010", Refused, "a signature in the file is not one over its transaction",
        Do("take the file again from the machine that wrote it");
    OFFLINE_NOT_A_SIGNER = "OFF-011", Refused, "the account has no key that the file still wants",
        Do("althing key list");
    OFFLINE_METADATA = "OFF-012", Refused,
        "the file describes the chain in another way than this machine knows it",
        Do("compare both on a third machine; remove the kept file only if you know it is wrong");
    OFFLINE_NEEDS_NODE = "OFF-013", Usage, "this cannot be known without a node",
        Do("write the amount as a number");
    OFFLINE_SIGNERS = "OFF-014", Usage, "which keys sign cannot be told",
        Do("add --signers HANDLE,HANDLE; althing account NAME lists them");

    META_BAD = "MET-001", Refused, "the chain's description of itself could not be understood",
        Do("use the program version that fits the chain: althing version");
    META_VERSION = "MET-002", Refused, "the chain describes itself in a version not read here",
        Do("use a newer version of this program");
    META_UNKNOWN = "MET-003", Usage, "the chain has no such pallet or call",
        Do("write it as pallet.call, such as balances.transfer_keep_alive");
    META_FIELDS = "MET-004", Usage, "the values do not fit the fields of the call",
        Do("write each field as name=value");

    PROOF_FILE = "PRF-001", Refused, "the file is no proof that this program reads",
        Do("ask for a new one: althing proof ROW --out FILE");
    PROOF_HEADER = "PRF-002", Refused,
        "a header is not one, or not that of the block it is said to be",
        Nothing("whoever made the file changed it, or it was damaged on the way");
    PROOF_WRONG = "PRF-003", Refused, "the proof does not show what the file says",
        Nothing("whoever made the file changed it, or it was damaged on the way");
    PROOF_ELSEWHERE = "PRF-004", Refused, "the proof is about another state than the one you trust",
        Do("ask for a proof after the block you trust: althing proof ROW --at BLOCK --out FILE");
    PROOF_OTHER_CHAIN = "PRF-005", WrongChain, "the proof is about another chain than the one meant",
        Do("check --genesis, or ask a node of that chain for a proof");
    PROOF_WARN_UNTRUSTED = "PRF-351", Done, "nothing vouches for the state root of a proof",
        Do("add --block HASH, --root HASH or --header FILE with what you trust");

    SEAL_NO_KEY = "SEA-001", Refused, "a recipient has published no encryption key",
        Do("the recipient runs: althing --account NAME key encryption publish");
    SEAL_KEM_STATE = "SEA-002", Refused,
        "the state of a key encapsulation scheme forbids new seals under it",
        Do("the recipient publishes a key of another one: althing key encryption new NAME --kem NAME");
    SEAL_RECIPIENTS = "SEA-003", Usage, "an envelope has 1 to 32 recipients, each once",
        Do("name them after --to, separated by commas");
    SEAL_REFUSED = "SEA-004", Refused, "the content could not be sealed",
        Nothing("the reason is in the message");
    SEAL_NO_ENVELOPE = "SEA-005", Refused, "the file is no sealed envelope, or was damaged",
        Do("ask the sender for it again");
    SEAL_OTHER_CHAIN = "SEA-006", WrongChain, "the envelope was sealed on another chain",
        Do("check --url");
    SEAL_OTHER_PURPOSE = "SEA-007", Refused, "the envelope was sealed for another purpose",
        Do("annexes are read with: althing annex read INDEX");
    SEAL_NOT_FOR_YOU = "SEA-008", Refused,
        "the envelope is not sealed to a key that this wallet holds",
        Do("althing --account NAME key encryption show");
    SEAL_DAMAGED = "SEA-009", Refused, "the envelope does not open: it was damaged or forged",
        Do("ask the sender for it again");
    SEAL_NO_COUNCIL = "SEA-010", Refused, "nobody on the council can be sealed to",
        Do("althing annex council");
    SEAL_NO_ANNEX = "SEA-011", Refused, "the referendum has no annex",
        Do("althing referendum show INDEX");
    SEAL_UNPROVEN = "SEA-012", Refused, "nothing proves who sealed the envelope",
        Do("ask the sender to seal it again, or add --unproven if you trust where it came from");
    SEAL_NO_OWN_KEY = "SEA-013", Refused, "the account has no encryption key in this wallet",
        Do("althing key encryption new NAME");
    SEAL_NOT_TEXT = "SEA-014", Refused, "the content is no text",
        Do("add --out FILE");
    SEAL_NOT_TO_FILE = "SEA-015", Usage, "what would give a secret away is not written to a file",
        Do("run it on a machine that is connected, without --unsigned");
    SEAL_WARN_UNPROVEN = "SEA-351", Done, "nothing proves who sealed the envelope",
        Do("ask the sender in another way whether it is theirs");
    SEAL_WARN_DEPRECATED = "SEA-352", Done,
        "a recipient's key belongs to a scheme that is on its way out",
        Do("the recipient publishes a new one: althing key encryption new NAME");
    SEAL_WARN_LEFT_OUT = "SEA-353", Done, "a member of the council cannot read what was sealed",
        Do("the member runs: althing --account NAME key encryption publish");

    TOO_POOR = "TXN-002", Refused, "the account cannot pay the fee and the deposit for its key",
        Do("althing account NAME");
    TX_GONE = "TXN-001", Refused, "the node gave the transaction up before it was in a block",
        Do("althing tx HASH; run the command again if it is in no block");
    TX_NOT_FINAL = "TXN-003", TimedOut,
        "the transaction is in a block that did not become final in time",
        Do("althing tx HASH");
    TX_WARN_STRANDED = "TXN-351", Done, "the ballot leaves too little to pay later fees with",
        Do("vote again with a smaller weight, or be sent some tokens");
}

/// The entry of `code`, whatever the case of its letters.
pub fn find(code: &str) -> Option<&'static CodeInfo> {
    ALL.iter().find(|info| info.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique() {
        let unique: BTreeSet<_> = ALL.iter().map(|info| info.code).collect();
        assert_eq!(unique.len(), ALL.len());
    }

    #[test]
    fn every_code_has_a_fix_or_says_why_there_is_none() {
        for info in ALL {
            let (Do(text) | Nothing(text)) = info.remedy;
            assert!(!text.is_empty() && !info.meaning.is_empty(), "{}", info.code);
        }
    }

    #[test]
    fn every_code_is_three_letters_and_three_digits() {
        for info in ALL {
            let (area, number) = info.code.split_once('-').unwrap();
            assert!(area.len() == 3 && area.chars().all(|c| c.is_ascii_uppercase()));
            assert!(number.len() == 3 && number.chars().all(|c| c.is_ascii_digit()));
        }
    }

    #[test]
    fn only_warnings_end_well() {
        for info in ALL {
            let number: u32 = info.code[4..].parse().unwrap();
            let is_warning = (350..400).contains(&number);
            assert_eq!(info.exit == Exit::Done, is_warning, "{}", info.code);
        }
    }
}
