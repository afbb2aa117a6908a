//! Blocks carried from one folder to another in a file, by the program itself.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod support;

use std::path::{Path, PathBuf};
use std::{fs, io};

use althing_frame::Track;
use althing_node::chain::Justification;
use althing_primitives::{Block, Hash256};
use parity_scale_codec::{DecodeAll, Encode};
use support::{Node, Outcome, Update, calls, command, member, open};
use tempfile::TempDir;

/// Bytes before the first block: the magic and the genesis hash.
const HEADER_BYTES: usize = 8 + 32;

/// A folder with a chain, its spec and what it exported at two heights.
struct Origin {
    folder: TempDir,
    /// The height of the first export.
    early: u32,
}

impl Origin {
    /// A chain with a referendum, votes and transfers, exported half way and at its end.
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let spec = command(["build-spec", "--dev"]).done().stdout;
        fs::write(folder.path().join("spec.json"), spec).unwrap();
        let origin = Self { folder, early: 0 };
        origin.work(0).await;
        origin.export("early").done();
        let early = open(&origin.path("base")).head().number;
        origin.work(1).await;
        origin.export("late").done();
        Self { early, ..origin }
    }

    async fn work(&self, round: u32) {
        let (base, spec) = (self.path("base"), self.path("spec.json"));
        let node = Node::start(["run", "--chain", text(&spec), "--base-path", text(&base)]);
        let rpc = node.connect().await;
        let (alice, bob, erin) = (member("alice"), member("bob"), member("erin"));
        let calls = [
            (&alice, calls::propose(Track::SmallTipper, &calls::spend(&bob.account, 1))),
            (&alice, calls::vote(round, true, 50)),
            (&bob, calls::transfer(&alice.account, 7)),
            (&erin, calls::vote(round, false, 9)),
            // A call that fails is part of a block, too.
            (&erin, calls::transfer(&bob.account, 10_000_000)),
        ];
        for (who, call) in calls {
            let nonce = rpc.next_nonce(&who.account).await.unwrap();
            let update = rpc.submit_and_wait(&who.signed(node.genesis(), nonce, call)).await;
            assert!(matches!(update, Ok(Update::Finalized(_))));
        }
        rpc.mine(2).await;
        node.stop();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn export(&self, name: &str) -> Outcome {
        command(["export-blocks", "--base-path", text(&self.path("base")), text(&self.path(name))])
    }

    fn import(&self, base: &str, name: &str) -> Outcome {
        let (spec, base, file) = (self.path("spec.json"), self.path(base), self.path(name));
        command(["import-blocks", "--chain", text(&spec), "--base-path", text(&base), text(&file)])
    }

    /// The names in its folder, in order.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
        let mut names: Vec<_> = entries.map(|entry| name(entry).unwrap()).collect();
        names.sort();
        names
    }

    /// Height, hash and the root of the rows themselves.
    fn head(&self, base: &str) -> (u32, Hash256, Hash256) {
        let head = open(&self.path(base)).head();
        (head.number, head.hash, head.state.root())
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The blocks of a file, each as it lies there without its length.
fn blocks(file: &[u8]) -> Vec<(Block, Justification)> {
    let mut rest = &file[HEADER_BYTES..];
    let mut blocks = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk() {
        let (block, after) = after.split_at(u32::from_le_bytes(*length) as usize);
        blocks.push(DecodeAll::decode_all(&mut &block[..]).unwrap());
        rest = after;
    }
    blocks
}

/// A file with this header and these blocks.
fn file(header: &[u8], blocks: &[(Block, Justification)]) -> Vec<u8> {
    let mut file = header[..HEADER_BYTES].to_vec();
    for block in blocks {
        let bytes = block.encode();
        file.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        file.extend(bytes);
    }
    file
}

#[tokio::test]
async fn imported_blocks_end_at_the_root_they_were_exported_at() {
    let origin = Origin::new().await;
    let head = origin.head("base");

    let said = origin.import("copy", "late").done().stderr;
    assert!(said.contains(&format!("{} new blocks", head.0)), "{said}");
    assert!(said.contains(&head.1.to_string()) && said.contains(&head.2.to_string()), "{said}");
    assert_eq!(origin.head("copy"), head);
    let (base, copy) = (open(&origin.path("base")), open(&origin.path("copy")));
    for number in 0..=head.0 {
        // Bodies with signatures, receipts with failures: all of it.
        assert_eq!(base.block(number).unwrap(), copy.block(number).unwrap());
    }
    let failed = (1..=head.0).flat_map(|number| base.receipts(number).unwrap().unwrap());
    assert_eq!(failed.filter(|receipt| receipt.outcome.is_err()).count(), 2);
    drop((base, copy));

    let node = Node::start(["run", "--base-path", text(&origin.path("copy"))]);
    let rpc = node.connect().await;
    assert_eq!(rpc.head().await, head);
    assert_eq!(rpc.mine(1).await["number"], head.0 + 1);
    node.stop();
}

#[tokio::test]
async fn blocks_that_are_there_are_passed_over() {
    let origin = Origin::new().await;
    let head = origin.head("base");
    assert!(origin.import("base", "late").done().stderr.starts_with("0 new blocks"));
    assert_eq!(origin.head("base"), head);

    let said = origin.import("copy", "early").done().stderr;
    assert!(said.starts_with(&format!("{} new blocks", origin.early)), "{said}");
    let said = origin.import("copy", "late").done().stderr;
    assert!(said.starts_with(&format!("{} new blocks", head.0 - origin.early)), "{said}");
    assert_eq!(origin.head("copy"), head);
}

/// A name for the damage, the damaged file, and a word of the refusal.
type Damage = (&'static str, Vec<u8>, &'static str);

/// Files that are right up to the block at `at`, the first of `whole` that is not there yet.
fn wrong_blocks(whole: &[u8], at: usize) -> Vec<Damage> {
    let blocks = blocks(whole);
    let change = |change: fn(&mut Block)| {
        let mut blocks = blocks.clone();
        change(&mut blocks[at].0);
        file(whole, &blocks)
    };
    let mut skipped = blocks.clone();
    skipped.remove(at);
    let mut certified = blocks.clone();
    certified[at].1 = Justification::Certificate(vec![1, 2, 3]);
    vec![
        ("another root", change(|block| block.header.state_root.0[7] ^= 1), "state root"),
        ("another parent", change(|block| block.header.parent_hash.0[0] ^= 1), "parent"),
        ("another height", change(|block| block.header.number += 1), "block"),
        ("no transactions", change(|block| truncate(block, 0)), "extrinsics root"),
        ("a transaction less", change(|block| truncate(block, 1)), "extrinsics root"),
        ("a broken signature", change(|block| flip(block, 700)), "does not verify"),
        ("a transaction that is none", change(|block| flip(block, 0)), "does not decode"),
        ("a block left out", file(whole, &skipped), "block"),
        ("votes nobody cast", file(whole, &certified), "certificate"),
    ]
}

/// Files that are no exports, or none that is whole.
fn wrong_files(whole: &[u8], at: usize) -> Vec<Damage> {
    let until: usize = file(whole, &blocks(whole)[..at]).len();
    let flip = |at: usize| {
        let mut file = whole.to_vec();
        file[at] ^= 0x40;
        file
    };
    vec![
        ("nothing", Vec::new(), "not a blocks file"),
        ("another version", flip(7), "not a blocks file"),
        ("another chain", flip(20), "genesis"),
        ("a length beyond the end", flip(until + 1), "middle of the block after"),
        ("a length beyond all blocks", flip(until + 3), "the most is"),
        ("half a length", whole[..until + 2].to_vec(), "middle of the block after"),
        ("half a block", whole[..until + 60].to_vec(), "middle of the block after"),
        ("a byte too many", [whole, &[0]].concat(), "middle of the block after"),
    ]
}

fn truncate(block: &mut Block, extrinsics: usize) {
    let kept: Vec<_> = block.extrinsics.iter().take(extrinsics).cloned().collect();
    block.extrinsics = kept.try_into().unwrap();
}

/// Change a byte of the last transaction.
fn flip(block: &mut Block, at: usize) {
    let mut extrinsics: Vec<_> = block.extrinsics.iter().cloned().collect();
    let last = extrinsics.pop().unwrap();
    let mut bytes = last.to_vec();
    bytes[at] ^= 1;
    extrinsics.push(bytes.try_into().unwrap());
    block.extrinsics = extrinsics.try_into().unwrap();
}

#[tokio::test]
async fn a_tampered_file_is_refused_and_changes_nothing() {
    let origin = Origin::new().await;
    origin.import("copy", "early").done();
    let before = origin.head("copy");
    let whole = fs::read(origin.path("late")).unwrap();
    let at = origin.early as usize;

    let mut damages = wrong_blocks(&whole, at);
    damages.extend(wrong_files(&whole, at));
    // The last one is right until its very end.
    let (_, long, words) = damages.pop().unwrap();
    for (name, damaged, words) in damages {
        fs::write(origin.path("damaged"), damaged).unwrap();
        let refusal = origin.import("copy", "damaged");
        assert!(refusal.stderr.contains(words), "{name}: {}", refusal.stderr);
        refusal.refused(&["error:"]);
        assert_eq!(origin.head("copy"), before, "{name}");
    }

    fs::write(origin.path("damaged"), long).unwrap();
    origin.import("copy", "damaged").refused(&[words]);
    assert_eq!(origin.head("copy"), origin.head("base"), "blocks before the damage are whole");
}

#[tokio::test]
async fn a_fresh_folder_stays_at_genesis_if_the_first_block_is_wrong() {
    let origin = Origin::new().await;
    let whole = fs::read(origin.path("late")).unwrap();
    let genesis = open(&origin.path("base")).genesis();
    for (_, damaged, _) in wrong_blocks(&whole, 0).into_iter().take(3) {
        fs::write(origin.path("damaged"), damaged).unwrap();
        origin.import("copy", "damaged").refused(&[]);
        assert_eq!(open(&origin.path("copy")).head().hash, genesis);
    }
}

#[tokio::test]
async fn an_export_that_fails_leaves_the_one_before_as_it_was() {
    let origin = Origin::new().await;
    let before = fs::read(origin.path("late")).unwrap();
    let (base, late) = (origin.path("base"), origin.path("late"));
    let node = Node::start(["run", "--base-path", text(&base), "--prune-witnesses", "256"]);
    let rpc = node.connect().await;
    rpc.mine(352).await;
    node.stop();
    assert!(open(&base).pruned_body(1).unwrap().is_some());

    let words = ["signatures of block 1 are pruned", "fix: export from a node that keeps all"];
    origin.export("late").refused(&words);
    let over = ["export-blocks", "--base-path", text(&base), text(&late), "--force"];
    command(over).refused(&words);
    origin.export("other").refused(&words);

    assert_eq!(fs::read(&late).unwrap(), before);
    assert_eq!(origin.files(), ["base", "early", "late", "spec.json"], "nothing half-written");
}

#[tokio::test]
async fn an_export_replaces_a_file_only_when_told_to() {
    let origin = Origin::new().await;
    let (base, file) = (origin.path("base"), origin.path("early"));
    let (early, late) = (fs::read(&file).unwrap(), fs::read(origin.path("late")).unwrap());
    origin.export("early").refused(&[text(&file), "exists", "fix:", "--force"]);
    assert_eq!(fs::read(&file).unwrap(), early);

    command(["export-blocks", "--force", "--base-path", text(&base), text(&file)]).done();
    assert_eq!(fs::read(&file).unwrap(), late);
    assert_eq!(origin.files(), ["base", "early", "late", "spec.json"], "nothing half-written");

    let missing = origin.path("no-such-folder").join("blocks");
    let refusal = command(["export-blocks", "--base-path", text(&base), text(&missing)]);
    refusal.refused(&[text(&missing), "because:"]);
    let refusal = command(["export-blocks", "--base-path", text(&base), text(&base)]);
    refusal.refused(&[text(&base), "because:"]);
}

#[tokio::test]
async fn a_file_without_a_block_is_neither_written_nor_imported() {
    let origin = Origin::new().await;
    let whole = fs::read(origin.path("late")).unwrap();
    fs::write(origin.path("damaged"), &whole[..HEADER_BYTES]).unwrap();
    for base in ["copy", "base"] {
        origin.import(base, "damaged").refused(&["the file holds no block", "fix:"]);
    }
    let (copy, none) = (origin.path("copy"), origin.path("none"));
    let refusal = command(["export-blocks", "--base-path", text(&copy), text(&none)]);
    refusal.refused(&["no block after genesis", "fix:"]);
    assert!(!none.exists());
}
