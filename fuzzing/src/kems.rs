//! Key encapsulation: everybody finds the same secret in the same bytes, or refuses them.

use althing_crypto::{SchemeId, Secret, kem, signing::random_kem};

use crate::verdicts::{KemKeys, kem_keys, opened, sealed};

const PUBLIC: usize = 1184;
const CIPHERTEXT: usize = 1088;
/// An expanded secret.
const SECRET: usize = 2400;
const COINS: [u8; 32] = [0x29; 32];

fn keys() -> KemKeys {
    kem_keys(&[0x29; 64])
}

fn cut(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    bytes.split_at(at.min(bytes.len()))
}

/// Bytes are a public key and a ciphertext. All judge the key alike and open the ciphertext, under
/// a key of their own, alike; the code of KEM 32 is among them.
pub fn ml_kem_768(bytes: &[u8]) {
    let (public, ciphertext) = cut(bytes, PUBLIC);
    if let Some((made, shared)) = sealed(public, &COINS)
        && public == keys().public
    {
        assert_eq!(opened(&keys(), &made), Some(shared));
    }
    opened(&keys(), ciphertext);
}

/// A public key and a ciphertext for it.
#[must_use]
pub fn ml_kem_768s() -> Vec<Vec<u8>> {
    let public = keys().public;
    let (ciphertext, _) = sealed(&public, &COINS).unwrap();
    vec![[public, ciphertext].concat()]
}

/// Bytes are an expanded secret and a ciphertext: whatever the secret says, opening ends with 32
/// bytes, the same twice, and sealing to the public key in it ends at all.
pub fn kyber_768(bytes: &[u8]) {
    let kyber = kem(SchemeId::KYBER_768_R3).unwrap();
    let (secret, ciphertext) = cut(bytes, SECRET);
    let open = || kyber.decapsulate(&Secret::new(secret.to_vec()), ciphertext).ok();
    let once = open().map(|shared| shared.expose().to_vec());
    assert_eq!(open().map(|shared| shared.expose().to_vec()), once);
    assert_eq!(once.is_some(), bytes.len() == SECRET + CIPHERTEXT);
    assert!(once.is_none_or(|shared| shared.len() == 32));
    let public = secret.get(1152..1152 + PUBLIC).unwrap_or(secret);
    let random = random_kem(SchemeId::KYBER_768_R3).unwrap();
    let made = random.encapsulate(public, &mut crate::samples::Counting(1));
    assert_eq!(made.is_ok(), public.len() == PUBLIC);
}

/// A secret and a ciphertext for it.
#[must_use]
pub fn kyber_768s() -> Vec<Vec<u8>> {
    let keys = keys();
    let (ciphertext, _) = sealed(&keys.public, &COINS).unwrap();
    vec![[keys.expanded.expose(), &ciphertext].concat()]
}
