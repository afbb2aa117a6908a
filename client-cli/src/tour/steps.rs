//! What the tour shows, in order.
//!
//! The story: three friends join a DAO, decide to pay someone, then vote the oldest scheme out; one
//! of them changes her key; the machine dies and comes back.

use althing_primitives::{Balance, TOKEN};
use serde_json::Value;

use super::{node::Node, script::Stage};
use crate::{
    amount,
    output::CliError,
    wording::{count, short},
};

type Step = fn(&mut Stage<'_>) -> Result<(), CliError>;

/// Titles and what is done under them.
pub(super) const ALL: [(&str, Step); 10] = [
    ("A chain of your own", start),
    ("Three members, three kinds of key", keys),
    ("Tokens for the newcomers", fund),
    ("A proposal: pay Erin from the common funds", propose),
    ("Members vote, some with conviction", vote),
    ("The clock decides, and Erin is paid", enact),
    ("A second referendum: leave an old scheme behind", deprecate),
    ("Petra changes her key and keeps everything else", rotate),
    ("Nobody new may come in under the old scheme", refuse),
    ("The power fails", crash),
];

const OLD_SCHEME: &str = "sphincs+-sha2-128s-r3";
const NEW_SCHEME: &str = "ml-dsa-65";
/// Name and scheme of the three friends.
const FRIENDS: [(&str, &str); 3] =
    [("nora", NEW_SCHEME), ("otto", "slh-dsa-sha2-128s"), ("petra", OLD_SCHEME)];
/// Members of the development chain who lend the friends their voice.
const CHORUS: [&str; 6] = ["bob", "frank", "carol", "dave", "grace", "erin"];

fn start(stage: &mut Stage<'_>) -> Result<(), CliError> {
    stage.say("A real node starts in a temporary folder and makes a block every second.")?;
    let node = Node::start(&stage.program, &stage.folder, "1")?;
    stage.say(&format!("It runs as process {} and answers at {}.", node.process(), node.url()))?;
    stage.enter(node);
    let status = stage.run(&["status"])?;
    stage.check("a chain for trying things out", "true", status["development"].to_string())?;
    let treasury = amount_in(&status, "treasury")?;
    let text = amount::to_text_with_unit(treasury);
    stage.check_that("the common funds hold something", treasury > 0, text)
}

fn keys(stage: &mut Stage<'_>) -> Result<(), CliError> {
    stage
        .say("Each friend makes a key that a quantum computer does not break: one on lattices,")?;
    stage.say("two on hashes. Keys lie in files under a password; the words are shown once.")?;
    for (name, scheme) in FRIENDS {
        let made = stage.run(&["key", "new", name, "--scheme", scheme])?;
        stage.check(
            &format!("{name}'s key is of the scheme asked for"),
            scheme,
            text(&made, "scheme"),
        )?;
    }
    Ok(())
}

fn fund(stage: &mut Stage<'_>) -> Result<(), CliError> {
    stage.say("Alice is a member of every such chain. She sends each of them 10,000 tokens.")?;
    for (name, _) in FRIENDS {
        stage.run(&["--account", "alice", "send", name, "10k"])?;
        let account = stage.ask(&["account", name])?;
        stage.check(&format!("{name} holds"), "10000.000000000000", text(&account, "free"))?;
    }
    Ok(())
}

fn propose(stage: &mut Stage<'_>) -> Result<(), CliError> {
    stage.say("Nobody can spend the common funds alone. Nora asks all members.")?;
    let asked = stage.run(&[
        "--account",
        "nora",
        "propose",
        "treasury-spend",
        "--to",
        "erin",
        "--amount",
        "5k",
        "--title",
        "Documentation, fourth quarter",
    ])?;
    stage.check("the referendum has the number", "0", asked["referendum"].to_string())?;
    stage.say(&format!(
        "The sum decides who decides: this one is for the {} track.",
        text(&asked, "track")
    ))?;
    let nora = stage.ask(&["account", "nora"])?;
    let held = nora["keys"][0]["scheme"].as_str().unwrap_or_default();
    stage.check("her first transaction entered her key", NEW_SCHEME, held)
}

fn vote(stage: &mut Stage<'_>) -> Result<(), CliError> {
    stage.say("Conviction makes a vote weigh more, and keeps the tokens locked for longer.")?;
    for (name, weight, conviction) in
        [("nora", "5000", "2"), ("otto", "1000", "0"), ("petra", "4000", "3")]
    {
        stage.run(&[
            "--account",
            name,
            "vote",
            "0",
            "aye",
            "--weight",
            weight,
            "--conviction",
            conviction,
        ])?;
    }
    let petra = stage.ask(&["account", "petra"])?;
    stage.check("petra has locked", "4000.000000000000", text(&petra, "locked"))?;
    chorus(stage, "0", &CHORUS[..2])?;
    stage.run(&["--account", "ivan", "vote", "0", "nay", "--weight", "1000"])?;
    let shown = stage.ask(&["referendum", "show", "0"])?;
    let ayes = amount_in(&shown["tally"], "ayes")?;
    // 5,000 twice, a tenth of 1,000, 4,000 thrice; then two members with 90,000 and conviction 1.
    let expected = (2 * 5_000 + 100 + 3 * 4_000 + 2 * 90_000) * TOKEN;
    stage.check("ayes counted", amount::to_text(expected), amount::to_text(ayes))?;
    let nays = amount_in(&shown["tally"], "nays")?;
    stage.check("nays counted, at a tenth", "100.00", amount::to_text(nays))
}

/// The members of the development chain vote aye, all at once.
fn chorus(stage: &mut Stage<'_>, index: &str, names: &[&str]) -> Result<(), CliError> {
    let weight = ["--weight", "90k", "--conviction", "1", "--wait", "none"];
    for name in names {
        stage.run(&[&["--account", name, "vote", index, "aye"], &weight[..]].concat())?;
    }
    Ok(())
}

fn enact(stage: &mut Stage<'_>) -> Result<(), CliError> {
    let before = stage.ask(&["account", "erin"])?;
    let common = stage.ask(&["treasury"])?;
    let ended = await_enactment(stage, "0")?;
    let after = stage.ask(&["account", "erin"])?;
    let paid = amount_in(&after, "free")?.saturating_sub(amount_in(&before, "free")?);
    stage.say(&format!("It was enacted in block {}.", ended["enactment"]["block"]))?;
    stage.check("Erin was paid", "5,000.00 ALT", amount::to_text_with_unit(paid))?;
    let left = stage.ask(&["treasury"])?;
    let (before, left) = (amount_in(&common, "free")?, amount_in(&left, "free")?);
    let text = format!("{} -> {}", amount::to_text(before), amount::to_text_with_unit(left));
    stage.check_that("the common funds have less", left < before, text)
}

/// Nobody does anything: blocks come, and the rules run.
fn await_enactment(stage: &mut Stage<'_>, index: &str) -> Result<Value, CliError> {
    stage.say("From here on only time passes: it must stay approved for a while, then it runs.")?;
    let ended =
        stage.run(&["referendum", "watch", index, "--until", "enacted", "--within", "50s"])?;
    stage.check("the referendum is", "enacted", text(&ended, "status"))?;
    Ok(ended)
}

fn deprecate(stage: &mut Stage<'_>) -> Result<(), CliError> {
    stage
        .say("Nobody maintains the oldest scheme any more. The members vote it out; no program")?;
    stage.say("is changed and no chain is split for it.")?;
    let asked = stage.run(&[
        "--account",
        "alice",
        "propose",
        "crypto",
        "deprecate",
        "--scheme",
        OLD_SCHEME,
        "--title",
        "Leave SPHINCS+ round 3",
    ])?;
    let index = asked["referendum"].to_string();
    chorus(stage, &index, &CHORUS)?;
    stage.run(&["--account", "ivan", "vote", &index, "nay", "--weight", "1000"])?;
    voices(stage, &index)?;
    await_enactment(stage, &index)?;
    let crypto = stage.run(&["crypto"])?;
    let schemes = crypto["schemes"].as_array().cloned().unwrap_or_default();
    let old = schemes.iter().find(|scheme| scheme["name"] == OLD_SCHEME);
    let now = old.map(|scheme| text(scheme, "state")).unwrap_or_default();
    stage.check("the old scheme is", "deprecated", now.to_lowercase())
}

/// Who is heard about a scheme, and on whom the result rests.
fn voices(stage: &mut Stage<'_>, index: &str) -> Result<(), CliError> {
    stage.say(
        "Dave signs with the very scheme in question, so his vote is not counted. And should",
    )?;
    stage.say(
        "somebody have broken another one in secret: the result must stand without any of them.",
    )?;
    let shown = stage.run(&["referendum", "show", index])?;
    let critical = &shown["critical"];
    let voices = critical["voices"].as_array().cloned().unwrap_or_default();
    let old = voices.iter().find(|voice| voice["name"] == OLD_SCHEME);
    let why = old.map(|voice| text(voice, "excluded")).unwrap_or_default();
    stage.check("the old scheme is left out as", "affected", why)?;
    let heard = amount_in(&critical["counted"], "ayes")?;
    stage.check("ayes that count", amount::to_text(5 * 90_000 * TOKEN), amount::to_text(heard))?;
    let least = amount_in(&critical["least"], "ayes")?;
    let expected = amount::to_text(3 * 90_000 * TOKEN);
    stage.check("ayes without the strongest scheme", expected, amount::to_text(least))
}

fn rotate(stage: &mut Stage<'_>) -> Result<(), CliError> {
    stage.say(
        "Petra's key is of that scheme. It still works for now, so she moves in time: the old",
    )?;
    stage.say("key authorises, the new one proves that it works.")?;
    let before = stage.ask(&["account", "petra"])?;
    let done = stage.run(&["key", "rotate", "petra", "--to-scheme", NEW_SCHEME])?;
    let after = stage.ask(&["account", "petra"])?;
    stage.check("the address is the same", text(&before, "address"), text(&after, "address"))?;
    stage.check("the lock is the same", text(&before, "locked"), text(&after, "locked"))?;
    let total = |account: &Value| -> Result<u128, CliError> {
        Ok(amount_in(account, "free")? + amount_in(account, "reserved")?)
    };
    let paid = amount_in(&done["transaction"], "fee")?;
    let expected = total(&before)?.saturating_sub(paid);
    let kept = total(&after)?;
    stage.check(
        "the balance is the same, less the fee",
        amount::to_text_with_unit(expected),
        amount::to_text_with_unit(kept),
    )?;
    let keys = after["keys"].as_array().map(Vec::len).unwrap_or_default();
    stage.check("petra has one key", "1", keys.to_string())?;
    stage.check("its scheme is", NEW_SCHEME, text(&after["keys"][0], "scheme"))?;
    let sent = stage.run(&["--account", "petra", "send", "otto", "1"])?;
    stage.check("the new key signs", NEW_SCHEME, text(&sent["transaction"], "scheme"))
}

fn refuse(stage: &mut Stage<'_>) -> Result<(), CliError> {
    stage.say("Quinn comes late and makes a key of the old scheme.")?;
    stage.run(&["key", "new", "quinn", "--scheme", OLD_SCHEME])?;
    stage.run(&["--account", "alice", "send", "quinn", "100"])?;
    let error = stage.refused(&["--account", "quinn", "send", "otto", "1"])?;
    let (code, message) = (text(&error, "code"), text(&error, "message"));
    stage.say(&format!("error[{code}]: {message}"))?;
    let names = message.contains("deprecated");
    stage.check_that("the chain says why", names, &code)?;
    let quinn = stage.ask(&["account", "quinn"])?;
    stage.check("quinn still holds", "100.000000000000", text(&quinn, "free"))?;
    let keys = quinn["keys"].as_array().map(Vec::len).unwrap_or_default();
    stage.check("keys entered for quinn", "0", keys.to_string())
}

fn crash(stage: &mut Stage<'_>) -> Result<(), CliError> {
    let petra = stage.ask(&["account", "petra"])?;
    let last = stage.ask(&["block"])?;
    let number = last["number"].as_u64().unwrap_or_default();
    let Some(node) = stage.node.take() else { return Ok(()) };
    stage.say(&format!(
        "The node is killed with kill -9 (process {}) at block {}.",
        node.process(),
        count(number)
    ))?;
    node.kill()?;
    stage.say("It is started again on the same folder, this time making no blocks by itself.")?;
    let node = Node::start(&stage.program, &stage.folder, "manual")?;
    stage.enter(node);
    let again = stage.run(&["block", &number.to_string()])?;
    stage.check(
        &format!("block {} is the same", count(number)),
        text(&last, "hash"),
        text(&again, "hash"),
    )?;
    stage.check(
        "its state root is the same",
        text(&last, "state_root"),
        text(&again, "state_root"),
    )?;
    let first = stage.ask(&["block"])?;
    let petra_again = stage.ask(&["account", "petra"])?;
    for field in ["free", "locked", "nonce"] {
        let what = format!("petra's {field} is the same");
        stage.check(&what, plain(&petra[field]), plain(&petra_again[field]))?;
    }

    stage.say("And once more, while nothing moves, to the very last block.")?;
    if let Some(node) = stage.node.take() {
        node.kill()?;
    }
    let node = Node::start(&stage.program, &stage.folder, "manual")?;
    stage.enter(node);
    let second = stage.ask(&["block"])?;
    stage.check(
        "the height is the same",
        first["number"].to_string(),
        second["number"].to_string(),
    )?;
    let root = text(&second, "state_root");
    stage.check("the state root is the same", text(&first, "state_root"), &root)?;
    stage.say(&format!("State root {}.", short(&root)))
}

/// An amount in an answer.
fn amount_in(data: &Value, field: &str) -> Result<Balance, CliError> {
    Ok(amount::parse(&text(data, field))?)
}

fn text(data: &Value, field: &str) -> String {
    data[field].as_str().unwrap_or_default().to_owned()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
