//! SLH-DSA-SHA2-128s, verification of up to sixteen signatures together (FIPS 205).
//!
//! Steps of one kind are taken for all signatures of the batch before the next kind, so that there
//! are always enough hashes that do not wait for each other. Chains of the one-time signatures
//! differ in length: they are sorted by where they begin, and step `j` is taken by those that began
//! at `j` or before.

use sha2::{Digest as _, Sha256};

use crate::sha256::{Block, LANES, Lanes, Node, Start};

/// Bytes of a public key: seed and root.
pub const PUBLIC: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE: usize = N * (1 + K * (A + 1) + D * (CHAINS + HEIGHT));

/// Bytes of a node.
const N: usize = 16;
/// Trees of the few-time signature, and their height.
const K: usize = 14;
const A: usize = 12;
/// Layers of the hypertree, and the height of each.
const D: usize = 7;
const HEIGHT: usize = 9;
/// Chains of a one-time signature: digits of the message, then of the checksum; and their length.
const DIGITS: usize = 32;
const CHAINS: usize = DIGITS + 3;
const LAST: u8 = 15;

/// Kinds of addresses.
const CHAIN: u8 = 0;
const CHAIN_ENDS: u8 = 1;
const TREE: u8 = 2;
const FORS_TREE: u8 = 3;
const FORS_ROOTS: u8 = 4;

/// Bytes of a compressed address, and where its last three words are.
const ADDRESS: usize = 22;
const PAIR: usize = 10;
const MIDDLE: usize = 14;
const FINAL: usize = 18;

/// Blocks of the two long hashes: the roots of the few-time signature, the ends of the chains.
const ROOT_BLOCKS: usize = 4;
const END_BLOCKS: usize = 10;

/// A signature with what it is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The public key.
    pub public: &'a [u8; PUBLIC],
    /// What was signed.
    pub message: &'a [u8],
    /// The signature.
    pub signature: &'a [u8; SIGNATURE],
}

/// A signature on its way to a verdict.
struct Job<'a> {
    /// The nodes of the signature: first of the few-time one, then layer by layer.
    nodes: &'a [Node],
    root: &'a Node,
    /// SHA-256 after the block with the public seed, with which every hash begins.
    start: Start,
    /// The digits of the message: a leaf in each tree of the few-time signature.
    leaves: [u32; K],
    /// Where in the hypertree: tree and leaf of the present layer.
    tree: u64,
    leaf: u32,
    /// What was computed last.
    node: Node,
}

impl Lanes {
    /// Whether each signature is valid, in order. Sixteen at a time is what it does best; others
    /// are right too, and slower for each.
    #[must_use]
    pub fn verify_slh_dsa_sha2_128s(self, batch: &[Signed<'_>]) -> Vec<bool> {
        batch.chunks(LANES).flat_map(|some| self.verify_few(some)).collect()
    }

    fn verify_few(self, batch: &[Signed<'_>]) -> Vec<bool> {
        let mut jobs: Vec<Job<'_>> = batch.iter().map(Job::new).collect();
        self.few_time(&mut jobs);
        for layer in 0..D {
            self.one_time(&mut jobs, layer);
            self.climb(&mut jobs, layer);
            for job in &mut jobs {
                job.leaf = (job.tree & ((1 << HEIGHT) - 1)) as u32;
                job.tree >>= HEIGHT;
            }
        }
        jobs.iter().map(|job| job.node == *job.root).collect()
    }

    /// The public key of the few-time signatures (FIPS 205, algorithm 17).
    fn few_time(self, jobs: &mut [Job<'_>]) {
        let mut steps: Vec<Step> = (0..jobs.len() * K)
            .map(|at| {
                let (job, tree) = (&jobs[at / K], at % K);
                let mut step = Step::new(at / K, address(0, job.tree, FORS_TREE), 1);
                step.put(PAIR, job.leaf);
                step.put(FINAL, (tree << A) as u32 + job.leaves[tree]);
                step.data(0, &job.nodes[1 + tree * (A + 1)]);
                step
            })
            .collect();
        let mut found = self.run(jobs, &steps);
        for height in 0..A {
            for (at, (step, node)) in steps.iter_mut().zip(&found).enumerate() {
                let (job, tree) = (&jobs[at / K], at % K);
                let neighbour = &job.nodes[1 + tree * (A + 1) + 1 + height];
                let index = job.leaves[tree] >> height;
                step.pair(index, node, neighbour);
                step.put(MIDDLE, height as u32 + 1);
                step.put(FINAL, ((tree << A) >> (height + 1)) as u32 + (index >> 1));
            }
            found = self.run(jobs, &steps);
        }
        let roots: Vec<[Block; ROOT_BLOCKS]> = jobs
            .iter()
            .zip(found.chunks_exact(K))
            .map(|(job, roots)| long(address(0, job.tree, FORS_ROOTS), job.leaf, roots))
            .collect();
        self.finish(jobs, &roots);
    }

    /// The public key of the one-time signatures over the last nodes (algorithm 8).
    fn one_time(self, jobs: &mut [Job<'_>], layer: usize) {
        let digits: Vec<[u8; CHAINS]> = jobs.iter().map(|job| digits(&job.node)).collect();
        let mut order: Vec<usize> = (0..jobs.len() * CHAINS).collect();
        let begin = |at: &usize| digits[at / CHAINS][at % CHAINS];
        order.sort_by_key(begin);
        let mut steps: Vec<Step> = order
            .iter()
            .map(|at| {
                let (job, chain) = (&jobs[at / CHAINS], at % CHAINS);
                let mut step = Step::new(at / CHAINS, address(layer as u8, job.tree, CHAIN), 1);
                step.put(PAIR, job.leaf);
                step.put(MIDDLE, chain as u32);
                step.data(0, &job.layer(layer)[chain]);
                step
            })
            .collect();
        for at in 0..LAST {
            let count = order.partition_point(|chain| begin(chain) <= at);
            let steps = &mut steps[..count];
            for step in &mut *steps {
                step.put(FINAL, u32::from(at));
            }
            let found = self.run(jobs, steps);
            for (step, node) in steps.iter_mut().zip(&found) {
                step.data(0, node);
            }
        }
        let mut ends = vec![[Node::default(); CHAINS]; jobs.len()];
        for (at, step) in order.iter().zip(&steps) {
            ends[at / CHAINS][at % CHAINS] = step.first();
        }
        let ends: Vec<[Block; END_BLOCKS]> = jobs
            .iter()
            .zip(&ends)
            .map(|(job, ends)| long(address(layer as u8, job.tree, CHAIN_ENDS), job.leaf, ends))
            .collect();
        self.finish(jobs, &ends);
    }

    /// From the leaves of a layer to its roots (algorithm 11).
    fn climb(self, jobs: &mut [Job<'_>], layer: usize) {
        let mut steps: Vec<Step> = jobs
            .iter()
            .enumerate()
            .map(|(at, job)| Step::new(at, address(layer as u8, job.tree, TREE), 2))
            .collect();
        for height in 0..HEIGHT {
            for (job, step) in jobs.iter().zip(&mut steps) {
                let index = job.leaf >> height;
                step.pair(index, &job.node, &job.layer(layer)[CHAINS + height]);
                step.put(MIDDLE, height as u32 + 1);
                step.put(FINAL, index >> 1);
            }
            let found = self.run(jobs, &steps);
            for (job, node) in jobs.iter_mut().zip(found) {
                job.node = node;
            }
        }
    }

    /// Take steps of one block each, sixteen at a time.
    fn run(self, jobs: &[Job<'_>], steps: &[Step]) -> Vec<Node> {
        let mut found = Vec::with_capacity(steps.len() + LANES);
        for some in steps.chunks(LANES) {
            // Lanes without a step of their own repeat the first one's.
            let step = |lane: usize| some.get(lane).unwrap_or(&some[0]);
            let starts = core::array::from_fn(|lane| &jobs[step(lane).job].start);
            let blocks = core::array::from_fn(|lane| core::slice::from_ref(&step(lane).block));
            found.extend(self.digest(&starts, &blocks));
        }
        found.truncate(steps.len());
        found
    }

    /// Take one long step for each job, whose node it gives.
    fn finish<const BLOCKS: usize>(self, jobs: &mut [Job<'_>], blocks: &[[Block; BLOCKS]]) {
        let Some(last) = jobs.len().checked_sub(1) else { return };
        let starts = core::array::from_fn(|lane| &jobs[lane.min(last)].start);
        let blocks = core::array::from_fn(|lane| blocks[lane.min(last)].as_slice());
        let found = self.digest(&starts, &blocks);
        for (job, node) in jobs.iter_mut().zip(found) {
            job.node = node;
        }
    }
}

impl<'a> Job<'a> {
    /// Hash the message (algorithm 20) and find the place that it is signed at.
    fn new(signed: &Signed<'a>) -> Self {
        let (nodes, _) = signed.signature.as_chunks::<N>();
        let (public, _) = signed.public.as_chunks::<N>();
        let (randomizer, seed, root) = (&nodes[0], &public[0], &public[1]);
        let inner = Sha256::new()
            .chain_update(randomizer)
            .chain_update(signed.public)
            // The pure form, with a context of no bytes.
            .chain_update([0, 0])
            .chain_update(signed.message)
            .finalize();
        // One block of the mask generating function is more than enough.
        let outer = Sha256::new()
            .chain_update(randomizer)
            .chain_update(seed)
            .chain_update(inner)
            .chain_update([0; 4])
            .finalize();
        let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        // Twelve bits for each tree, two trees in three bytes.
        let leaves = core::array::from_fn(|tree| {
            let pair = number(&outer[tree / 2 * 3..tree / 2 * 3 + 3]) as u32;
            if tree % 2 == 0 { pair >> A } else { pair & ((1 << A) - 1) }
        });
        let tree = number(&outer[21..28]) & ((1 << ((D - 1) * HEIGHT)) - 1);
        let leaf = (number(&outer[28..30]) & ((1 << HEIGHT) - 1)) as u32;
        let start = start(seed);
        Self { nodes, root, start, leaves, tree, leaf, node: Node::default() }
    }

    /// The nodes of a layer: chains of the one-time signature, then neighbours on the way up.
    fn layer(&self, layer: usize) -> &'a [Node] {
        let from = 1 + K * (A + 1) + layer * (CHAINS + HEIGHT);
        &self.nodes[from..from + CHAINS + HEIGHT]
    }
}

/// A hash of one block: address, then one node or two.
struct Step {
    job: usize,
    block: Block,
}

impl Step {
    fn new(job: usize, address: [u8; ADDRESS], nodes: usize) -> Self {
        let mut block = [0; 64];
        block[..ADDRESS].copy_from_slice(&address);
        let mut step = Self { job, block };
        step.seal(nodes);
        step
    }

    /// Padding after so many nodes; the length counts the block with the seed too.
    fn seal(&mut self, nodes: usize) {
        let end = ADDRESS + nodes * N;
        self.block[end..].fill(0);
        self.block[end] = 0x80;
        self.block[56..].copy_from_slice(&(8 * (64 + end as u64)).to_be_bytes());
    }

    fn put(&mut self, at: usize, word: u32) {
        self.block[at..at + 4].copy_from_slice(&word.to_be_bytes());
    }

    fn data(&mut self, at: usize, node: &Node) {
        let from = ADDRESS + at * N;
        self.block[from..from + N].copy_from_slice(node);
    }

    fn first(&self) -> Node {
        core::array::from_fn(|at| self.block[ADDRESS + at])
    }

    /// Hash a node with its neighbour; which comes first depends on the node's place.
    fn pair(&mut self, index: u32, node: &Node, neighbour: &Node) {
        let (left, right) =
            if index.is_multiple_of(2) { (node, neighbour) } else { (neighbour, node) };
        self.data(0, left);
        self.data(1, right);
        self.seal(2);
    }
}

/// A compressed address whose last three words are zero (FIPS 205, 11.2).
fn address(layer: u8, tree: u64, kind: u8) -> [u8; ADDRESS] {
    let mut address = [0; ADDRESS];
    address[0] = layer;
    address[1..9].copy_from_slice(&tree.to_be_bytes());
    address[9] = kind;
    address
}

/// The blocks of a hash of many nodes.
fn long<const BLOCKS: usize>(address: [u8; ADDRESS], pair: u32, nodes: &[Node]) -> [Block; BLOCKS] {
    let mut blocks = [[0; 64]; BLOCKS];
    let bytes = blocks.as_flattened_mut();
    bytes[..ADDRESS].copy_from_slice(&address);
    bytes[PAIR..PAIR + 4].copy_from_slice(&pair.to_be_bytes());
    for (at, node) in bytes[ADDRESS..].chunks_exact_mut(N).zip(nodes) {
        at.copy_from_slice(node);
    }
    let end = ADDRESS + nodes.len() * N;
    bytes[end] = 0x80;
    let last = bytes.len() - 8;
    bytes[last..].copy_from_slice(&(8 * (64 + end as u64)).to_be_bytes());
    blocks
}

/// Where the chains begin: the digits of `node`, then those of their checksum.
fn digits(node: &Node) -> [u8; CHAINS] {
    let mut digits = [0; CHAINS];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(node) {
        pair.copy_from_slice(&[byte >> 4, byte & 15]);
    }
    let sum: u16 = digits[..DIGITS].iter().map(|digit| u16::from(LAST - digit)).sum();
    digits[DIGITS..].copy_from_slice(&[(sum >> 8) as u8, (sum >> 4) as u8 & 15, sum as u8 & 15]);
    digits
}

/// SHA-256 after one block: the public seed and zeros.
fn start(seed: &Node) -> Start {
    let mut block = [0; 64];
    block[..N].copy_from_slice(seed);
    let mut state = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    sha2::block_api::compress256(&mut state, &[block]);
    let mut start = [0; 16];
    start[..8].copy_from_slice(&state);
    start
}
