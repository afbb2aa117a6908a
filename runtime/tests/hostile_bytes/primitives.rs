//! What every other crate speaks about.

use althing_primitives::{
    AccountId, Block, BoundedBytes, BoundedVec, Digest, DigestItem, EXTRINSIC_BYTES_MAX, Era,
    Extra, Hash256, Header, MultiAddress, ProofEnd, RuntimeVersion, Signature, StateProof, Weight,
    from_ss58, to_ss58,
};
use althing_runtime::version;
use parity_scale_codec::Encode;

use crate::chain::calls::transfer;
use crate::chain::{Chain, member};
use crate::check::{DECODER_BASE, bounded, decodes, survives};
use crate::generator::{Rng, cases};

fn hash(rng: &mut Rng) -> Hash256 {
    Hash256(rng.bytes(32).try_into().unwrap())
}

fn bytes<const MAX: u32>(rng: &mut Rng, below: usize) -> BoundedBytes<MAX> {
    let length = rng.below(below);
    rng.bytes(length).try_into().unwrap()
}

fn era(rng: &mut Rng) -> Era {
    let current = rng.next() as u32;
    if rng.one_in(3) { Era::Immortal } else { Era::mortal(4 << rng.below(15), current) }
}

fn address(rng: &mut Rng) -> MultiAddress {
    match rng.below(5) {
        0 => MultiAddress::Index(().into()),
        1 => MultiAddress::Raw(bytes(rng, 65)),
        2 => MultiAddress::Address32(hash(rng).0),
        3 => MultiAddress::Address20([7; 20]),
        _ => AccountId(hash(rng).0).into(),
    }
}

fn signature(rng: &mut Rng) -> Signature {
    let scheme = althing_crypto::SchemeId(rng.next() as u16);
    match rng.below(5) {
        0 => Signature::Ed25519([1; 64]),
        1 => Signature::Sr25519([2; 64]),
        2 => Signature::Ecdsa([3; 65]),
        3 => Signature::Key { scheme, public: bytes(rng, 200), signature: bytes(rng, 300) },
        _ => {
            let handle = althing_primitives::KeyHandle(hash(rng));
            Signature::Handle { scheme, handle, signature: bytes(rng, 300) }
        }
    }
}

fn digest_item(rng: &mut Rng) -> DigestItem {
    match rng.below(5) {
        0 => DigestItem::Other(bytes(rng, 100)),
        1 => DigestItem::Consensus(*b"tree", bytes(rng, 100)),
        2 => DigestItem::Seal(*b"cons", bytes(rng, 100)),
        3 => DigestItem::PreRuntime(*b"cons", bytes(rng, 100)),
        _ => DigestItem::RuntimeEnvironmentUpdated,
    }
}

fn header(rng: &mut Rng) -> Header {
    let logs: Vec<_> = (0..rng.below(5)).map(|_| digest_item(rng)).collect();
    Header {
        parent_hash: hash(rng),
        number: (rng.next() as u32) >> rng.below(32),
        state_root: hash(rng),
        extrinsics_root: hash(rng),
        digest: Digest { logs: logs.try_into().unwrap() },
    }
}

fn block(rng: &mut Rng) -> Block {
    let extrinsics: Vec<_> = (0..rng.below(6)).map(|_| bytes(rng, 400)).collect();
    Block { header: header(rng), extrinsics: extrinsics.try_into().unwrap() }
}

fn proof(rng: &mut Rng) -> StateProof {
    let siblings = (0..rng.below(20)).map(|_| hash(rng)).collect();
    let end = match rng.below(3) {
        0 => ProofEnd::Row,
        1 => ProofEnd::Empty,
        _ => ProofEnd::OtherRow { path: hash(rng), value_hash: hash(rng) },
    };
    StateProof::new(siblings, end).unwrap()
}

#[test]
fn addresses_eras_and_signatures_take_hostile_bytes() {
    assert!(decodes::<Era>("Era", &mut |rng| era(rng).encode()) > 0);
    assert!(decodes::<MultiAddress>("MultiAddress", &mut |rng| address(rng).encode()) > 0);
    assert!(decodes::<Signature>("Signature", &mut |rng| signature(rng).encode()) > 0);
    let extra = &mut |rng: &mut Rng| {
        let (nonce, tip) = (rng.next() as u32, u128::from(rng.next()));
        Extra { era: era(rng), nonce, tip, metadata_hash_mode: 0 }.encode()
    };
    assert!(decodes::<Extra>("Extra", extra) > 0);
    let weight = &mut |rng: &mut Rng| Weight::from_micros(rng.next() >> 40, rng.next()).encode();
    assert!(decodes::<Weight>("Weight", weight) > 0);
    assert!(decodes::<RuntimeVersion>("RuntimeVersion", &mut |_| version().encode()) > 0);
}

#[test]
fn bounded_vectors_take_hostile_bytes() {
    type Many = BoundedBytes<EXTRINSIC_BYTES_MAX>;
    type Nested = BoundedVec<BoundedVec<(u32, BoundedBytes<8>), 4>, 100_000>;
    assert!(decodes::<Many>("bytes", &mut |rng| bytes::<4096>(rng, 600).encode()) > 0);
    let short = &mut |rng: &mut Rng| bytes::<16>(rng, 17).encode();
    assert!(decodes::<BoundedBytes<16>>("16 bytes", short) > 0);
    let numbers = &mut |rng: &mut Rng| vec![rng.next(); rng.below(50)].encode();
    assert!(decodes::<BoundedVec<u64, 1_000_000>>("numbers", numbers) > 0);
    let nested = &mut |rng: &mut Rng| {
        let inner = vec![(rng.next() as u32, vec![1_u8; rng.below(9)]); rng.below(5)];
        vec![inner; rng.below(5)].encode()
    };
    assert!(decodes::<Nested>("nested", nested) > 0);
    // Long input behind a length that is too large for the type, or not a whole number of items.
    let long = &mut |rng: &mut Rng| bytes::<4096>(rng, 4000).encode();
    decodes::<BoundedVec<Hash256, 16>>("hashes", long);
}

#[test]
fn headers_and_blocks_take_hostile_bytes() {
    assert!(decodes::<DigestItem>("DigestItem", &mut |rng| digest_item(rng).encode()) > 0);
    assert!(decodes::<Digest>("Digest", &mut |rng| header(rng).digest.encode()) > 0);
    assert!(decodes::<Header>("Header", &mut |rng| header(rng).encode()) > 0);
    assert!(decodes::<Block>("Block", &mut |rng| block(rng).encode()) > 0);
    let chain = Chain::dev();
    let body = chain.next(member("bob"), transfer(&member("judy").account, 1));
    let real = chain.try_block(vec![body], false);
    let extrinsics: Vec<_> = real.extrinsics.iter().map(|one| one.bytes().to_vec()).collect();
    let real = (real.header, extrinsics).encode();
    assert!(decodes::<Block>("a real block", &mut |_| real.clone()) > 0);
}

#[test]
fn state_proofs_take_hostile_bytes() {
    assert!(decodes::<StateProof>("StateProof", &mut |rng| proof(rng).encode()) > 0);
    let chain = Chain::dev();
    let (key, value) = chain.state.range(&[], None, 1).next().unwrap();
    let (root, real) = (chain.state.root(), chain.state.prove(key).encode());
    survives("a real proof", cases(), &mut |_| real.clone(), &mut |bytes| {
        let Ok(proof) = bounded(DECODER_BASE, bytes, || StateProof::from_bytes(bytes)) else {
            return;
        };
        let shows = bounded(DECODER_BASE, bytes, || proof.verify(&root, key, Some(value)));
        assert_eq!(shows.is_ok(), bytes == real, "{proof:?}");
        assert!(bounded(DECODER_BASE, bytes, || proof.verify(&root, key, None)).is_err());
    });
}

#[test]
fn addresses_as_text_take_hostile_bytes() {
    let text = to_ss58(&member("alice").account, 42);
    survives("SS58", cases(), &mut |_| text.clone().into_bytes(), &mut |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok((account, prefix)) = bounded(DECODER_BASE, bytes, || from_ss58(&text)) {
            assert_eq!(to_ss58(&account, prefix), text);
        }
    });
}
