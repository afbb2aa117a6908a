//! SCALE from the network, from wallets and from disk. What decodes encodes to the bytes that were
//! read (P2).

use std::{fmt::Debug, sync::LazyLock};

use althing::chain::Metadata;
use althing_crypto::{KeyHandle, SchemeId};
use althing_frame::{DoubleMap, Map, Runtime as _, Value};
use althing_primitives::{
    AccountId, Block, BoundedBytes, Digest, DigestItem, Era, Extra, Extrinsic, Hash256, Header,
    JointPart, Signature, SignedPart, StateProof,
};
use althing_runtime::{AlthingRuntime, RuntimeCall};
use parity_scale_codec::{Compact, Decode, DecodeAll as _, Encode};

use crate::{generator::Rng, shapes};

/// Metadata as a wallet got it from a node.
static METADATA: LazyLock<Metadata> =
    LazyLock::new(|| Metadata::decode(RUNTIME.metadata(15).unwrap()).unwrap());

static RUNTIME: LazyLock<AlthingRuntime> = LazyLock::new(AlthingRuntime::new);

/// The value of these bytes, if they are one; it encodes to exactly what was read.
fn canonical<T: Decode + Encode + PartialEq + Debug>(bytes: &[u8]) -> Option<T> {
    let mut rest = bytes;
    let value = T::decode(&mut rest).ok()?;
    let read = &bytes[..bytes.len() - rest.len()];
    assert_eq!(value.encode(), read, "{value:?} is not canonical");
    Some(value)
}

/// The envelope of a transaction.
pub fn extrinsic(bytes: &[u8]) {
    let Ok(extrinsic) = Extrinsic::decode(bytes) else { return };
    assert_eq!(&extrinsic.bytes()[..], bytes);
    if let Some(part) = extrinsic.signed_part() {
        let again = Extrinsic::signed(part.clone(), extrinsic.call());
        assert_eq!(&again.bytes()[..], bytes, "{part:?} is not canonical");
    }
    let _ = (extrinsic.body_hash(), extrinsic.witness_hash());
    call(extrinsic.call());
}

fn bytes<const MAX: u32>(length: usize) -> BoundedBytes<MAX> {
    vec![7; length].try_into().unwrap()
}

/// Transactions in every form.
#[must_use]
pub fn extrinsics() -> Vec<Vec<u8>> {
    let remark = calls().into_iter().min_by_key(Vec::len).unwrap();
    let (scheme, handle) = (SchemeId::ML_DSA_44, KeyHandle(Hash256([3; 32])));
    let part = |number| JointPart {
        scheme,
        handle: KeyHandle(Hash256([number; 32])),
        signature: bytes(50),
    };
    let signatures = [
        Signature::Handle { scheme, handle, signature: bytes(2420) },
        Signature::Key { scheme, public: bytes(40), signature: bytes(50) },
        Signature::Joint { parts: vec![part(4), part(5)].try_into().unwrap() },
        Signature::Ed25519([1; 64]),
    ];
    let extra = Extra { era: Era::mortal(64, 5), nonce: 3, tip: 1, metadata_hash_mode: 0 };
    let account = AccountId([9; 32]);
    let signed = signatures
        .map(|signature| Extrinsic::signed(SignedPart { account, signature, extra }, &remark));
    let bare = Extrinsic::bare(&remark);
    signed.iter().chain([&bare]).map(|one| one.bytes().to_vec()).collect()
}

/// A call: what the runtime takes, a wallet can show; nobody takes two encodings for one call.
pub fn call(bytes: &[u8]) {
    let decoded = RUNTIME.decode_call(bytes);
    let known = RuntimeCall::decode_all(&mut &bytes[..]);
    assert_eq!(decoded.is_ok(), known.is_ok());
    let shown = METADATA.decode_call(bytes);
    if let Ok(call) = known {
        assert_eq!(call.encode(), bytes, "{call:?} is not canonical");
        // No account of this chain has an index, and the wallet's library cannot read the compact
        // form of nothing, which is how one would be written: such calls it refuses to show.
        let indexed = format!("{call:?}").contains("Index(())");
        assert!(shown.is_ok() || indexed, "the wallet cannot show {call:?}");
    }
}

/// One call of every kind.
#[must_use]
pub fn calls() -> Vec<Vec<u8>> {
    let mut rng = Rng::of("calls");
    let mut calls: Vec<_> = shapes::calls().iter().map(|shape| shape.sample(&mut rng)).collect();
    // The metadata describes types, not every rule: some samples are no calls.
    calls.retain(|call| RUNTIME.decode_call(call).is_ok());
    calls
}

/// A header.
pub fn header(bytes: &[u8]) {
    if let Some(header) = canonical::<Header>(bytes) {
        let _ = header.hash();
    }
}

fn sample_header() -> Header {
    let items = vec![
        DigestItem::PreRuntime(*b"time", vec![1; 8].try_into().unwrap()),
        DigestItem::Seal(*b"cons", vec![2; 40].try_into().unwrap()),
        DigestItem::RuntimeEnvironmentUpdated,
    ];
    Header {
        parent_hash: Hash256([1; 32]),
        number: 70_000,
        state_root: Hash256([2; 32]),
        extrinsics_root: Hash256([3; 32]),
        digest: Digest { logs: items.try_into().unwrap() },
    }
}

/// A header with a digest.
#[must_use]
pub fn headers() -> Vec<Vec<u8>> {
    vec![sample_header().encode(), Header { number: 0, ..sample_header() }.encode()]
}

/// A block.
pub fn block(bytes: &[u8]) {
    let Some(block) = canonical::<Block>(bytes) else { return };
    for one in block.extrinsics.iter() {
        extrinsic(&[&Compact(u32::try_from(one.len()).unwrap()).encode()[..], one].concat());
    }
}

/// A block of a few transactions.
#[must_use]
pub fn blocks() -> Vec<Vec<u8>> {
    let body = |bytes: Vec<u8>| {
        let mut rest = &bytes[..];
        Compact::<u32>::decode(&mut rest).unwrap();
        rest.to_vec().try_into().unwrap()
    };
    let extrinsics: Vec<_> = extrinsics().into_iter().map(body).collect();
    let block = Block { header: sample_header(), extrinsics: extrinsics.try_into().unwrap() };
    vec![block.encode()]
}

/// How long a transaction is valid.
pub fn era(bytes: &[u8]) {
    canonical::<Era>(bytes);
    canonical::<Extra>(bytes);
}

/// Eras, and one with what follows it.
#[must_use]
pub fn eras() -> Vec<Vec<u8>> {
    let mortal = Era::mortal(64, 42);
    let extra = Extra { era: mortal, nonce: 7, tip: 1 << 70, metadata_hash_mode: 0 };
    vec![Era::Immortal.encode(), Era::mortal(65_536, 9_999).encode(), extra.encode()]
}

/// An item of the state, by the type of its values.
trait Item: Send + Sync {
    /// Whether bytes are a value of it.
    fn feed(&self, bytes: &[u8]) -> bool;
}

impl<V: Decode + Encode + PartialEq + Debug + Send + Sync> Item for Value<V> {
    fn feed(&self, bytes: &[u8]) -> bool {
        canonical::<V>(bytes).is_some()
    }
}

impl<K: Send + Sync, V: Decode + Encode + PartialEq + Debug + Send + Sync, H: Send + Sync> Item
    for Map<K, V, H>
{
    fn feed(&self, bytes: &[u8]) -> bool {
        canonical::<V>(bytes).is_some()
    }
}

impl<A, B, V, H1, H2> Item for DoubleMap<A, B, V, H1, H2>
where
    (A, B, H1, H2): Send + Sync,
    V: Decode + Encode + PartialEq + Debug + Send + Sync,
{
    fn feed(&self, bytes: &[u8]) -> bool {
        canonical::<V>(bytes).is_some()
    }
}

/// Items whose rows have a structure; the tests of the runtime feed all of them.
fn items() -> Vec<(&'static str, Box<dyn Item>)> {
    vec![
        ("CryptoRegistry.Schemes", Box::new(pallet_crypto_registry::SCHEMES)),
        ("CryptoRegistry.Ids", Box::new(pallet_crypto_registry::IDS)),
        ("CryptoRegistry.Limits", Box::new(pallet_crypto_registry::LIMITS)),
        ("Accounts.Policies", Box::new(pallet_accounts::POLICIES)),
        ("Accounts.Keys", Box::new(pallet_accounts::KEYS)),
        ("Canary.Fallen", Box::new(pallet_canary::FALLEN)),
        ("Canary.Reduced", Box::new(pallet_canary::REDUCED)),
        ("Canary.Reports", Box::new(pallet_canary::REPORTS)),
        ("Encryption.Annexes", Box::new(pallet_encryption::ANNEXES)),
        ("Encryption.Council", Box::new(pallet_encryption::COUNCIL)),
        ("Encryption.Keys", Box::new(pallet_encryption::KEYS)),
        ("Preimage.Preimages", Box::new(pallet_preimage::PREIMAGES)),
        ("Preimage.Status", Box::new(pallet_preimage::STATUS)),
        ("Referenda.Tracks", Box::new(pallet_referenda::TRACKS)),
        ("Referenda.Referenda", Box::new(pallet_referenda::REFERENDA)),
        ("Scheduler.Agenda", Box::new(pallet_scheduler::AGENDA)),
        ("Treasury.Pending", Box::new(pallet_treasury::PENDING)),
        ("Voting.Ballots", Box::new(pallet_voting::BALLOTS)),
        ("Voting.Polls", Box::new(pallet_voting::POLLS)),
    ]
}

/// A row of the state: the first byte says of which item.
pub fn row(bytes: &[u8]) {
    static ITEMS: LazyLock<Vec<(&str, Box<dyn Item>)>> = LazyLock::new(items);
    let Some((first, value)) = bytes.split_first() else { return };
    if let Some((_, item)) = ITEMS.get(usize::from(*first)) {
        item.feed(value);
    }
}

/// Three rows of each item.
#[must_use]
pub fn rows() -> Vec<Vec<u8>> {
    let mut rng = Rng::of("rows");
    let mut rows = Vec::new();
    for (number, (name, known)) in (0..).zip(items()) {
        let (pallet, item) = name.split_once('.').unwrap();
        let (_, entry) =
            shapes::items().find(|(owner, entry)| *owner == pallet && entry.name == item).unwrap();
        // The metadata describes types, not every rule: some samples are no rows, and of curves that
        // fall next to none.
        let samples: Vec<_> = if item == "Tracks" {
            let tracks = pallet_referenda::main_tracks().unwrap();
            tracks.iter().map(|(_, track)| track.encode()).collect()
        } else {
            std::iter::repeat_with(|| shapes::row(entry, &mut rng)).take(64).collect()
        };
        let before = rows.len();
        for sample in samples.iter().filter(|sample| known.feed(sample)).take(3) {
            rows.push([&[number], &sample[..]].concat());
        }
        assert_eq!(rows.len(), before + 3, "{name}");
    }
    rows
}

const PROVED: &str = include_str!("../../specs/vectors/state-tree.json");

struct Proved {
    root: Hash256,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
    proof: Vec<u8>,
}

/// What the known answers of the state tree prove.
static PROOFS: LazyLock<Vec<Proved>> = LazyLock::new(|| {
    let cases: serde_json::Value = serde_json::from_str(PROVED).unwrap();
    let hex =
        |value: &serde_json::Value| value.as_str().map(|text| const_hex::decode(text).unwrap());
    let mut proofs = Vec::new();
    for case in cases.as_array().unwrap() {
        for claim in case["proofs"].as_array().unwrap() {
            proofs.push(Proved {
                root: Hash256(hex(&case["root"]).unwrap().try_into().unwrap()),
                key: hex(&claim["key"]).unwrap(),
                value: hex(&claim["value"]),
                proof: hex(&claim["proof"]).unwrap(),
            });
        }
    }
    proofs
});

/// A proof about the row that the first byte names: it shows what is so, or nothing.
pub fn proof(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let Ok(proof) = StateProof::from_bytes(bytes) else { return };
    assert_eq!(proof.encode(), bytes, "{proof:?} is not canonical");
    let Some(known) = PROOFS.get(usize::from(*first)) else { return };
    let shows = |value| proof.verify(&known.root, &known.key, value).is_ok();
    assert_eq!(shows(known.value.as_deref()), *bytes == known.proof, "{proof:?}");
    assert!(!shows(Some(b"forged")));
    assert!(known.value.is_none() || !shows(None));
}

/// The known proofs.
#[must_use]
pub fn proofs() -> Vec<Vec<u8>> {
    (0..=u8::MAX).zip(&*PROOFS).map(|(at, known)| [&[at], &known.proof[..]].concat()).collect()
}

/// What a node says that the chain's types are: a wallet believes nothing of it.
pub fn metadata(bytes: &[u8]) {
    let Ok(metadata) = Metadata::decode(bytes) else { return };
    for call in [&[0, 0, 4, 0x61][..], &[6, 0], &[8, 0, 0, 0, 0], &[255]] {
        let _ = metadata.decode_call(call);
    }
    let _ = metadata.decode_events(&[4, 0, 0, 0, 0, 0, 0, 0, 0]);
}

/// The pinned metadata.
#[must_use]
pub fn metadatas() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../specs/vectors/metadata-v14.scale").to_vec()]
}
