//! Lock a secret with a password.
//!
//! Argon2id turns the password into 48 bytes: 32 are the key of XChaCha20-Poly1305, 16 are stored
//! as `check`, which tells a wrong password from a file that was changed. The check is no new help
//! to someone who guesses passwords, since the cipher's tag answers the same question.
//!
//! Parameters are read from the file, never from a library's defaults, and bounded: a hostile file
//! cannot make the wallet allocate or compute without end.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    KeystoreError,
    text::{Hex, HexArray},
};
use crate::key::SecretKind;

const KEY_BYTES: usize = 32;
const CHECK_BYTES: usize = 16;
const M_KIB_MAX: u32 = 1 << 20;
const T_MAX: u32 = 16;
const P_MAX: u32 = 8;

/// A password, wiped from memory when dropped.
pub struct Password(Zeroizing<String>);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

impl Password {
    /// Take over `text`; an empty one is refused.
    pub fn new(text: Zeroizing<String>) -> Result<Self, KeystoreError> {
        if text.is_empty() { Err(KeystoreError::EmptyPassword) } else { Ok(Self(text)) }
    }
}

/// How hard guessing the password is made.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, clap::ValueEnum)]
pub enum Hardness {
    /// 64 MiB, three passes, one lane: about a fifth of a second. Frozen.
    #[default]
    Standard,
    /// 64 KiB, one pass: for keys that guard nothing, in tests.
    Light,
}

impl Hardness {
    const fn parameters(self) -> (u32, u32, u32) {
        match self {
            Self::Standard => (64 * 1024, 3, 1),
            Self::Light => (64, 1, 1),
        }
    }
}

/// Name of the key derivation; one per format version.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum KdfName {
    /// Argon2id, version 0x13.
    #[serde(rename = "argon2id")]
    Argon2id,
}

/// Name of the cipher; one per format version.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum CipherName {
    /// XChaCha20-Poly1305.
    #[serde(rename = "xchacha20-poly1305")]
    XChaCha20Poly1305,
}

/// How the password becomes a key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Kdf {
    name: KdfName,
    m_kib: u32,
    t: u32,
    p: u32,
    salt: HexArray<16>,
    check: HexArray<CHECK_BYTES>,
}

/// A secret under a password.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SealedSecret {
    /// Which form the secret has.
    pub kind: SecretKind,
    kdf: Kdf,
    cipher: CipherName,
    nonce: HexArray<24>,
    ciphertext: Hex,
}

impl SealedSecret {
    /// Lock `secret` together with `header`, which stays readable but cannot be changed.
    pub fn seal(
        kind: SecretKind,
        secret: &[u8],
        header: &[u8],
        password: &Password,
        hardness: Hardness,
    ) -> Result<Self, KeystoreError> {
        let (m_kib, t, p) = hardness.parameters();
        let salt = HexArray(random()?);
        let nonce = HexArray(random()?);
        let mut kdf =
            Kdf { name: KdfName::Argon2id, m_kib, t, p, salt, check: HexArray([0; CHECK_BYTES]) };
        let (key, check) = kdf.stretch(password)?;
        kdf.check = HexArray(check);
        let payload = Payload { msg: secret, aad: header };
        let ciphertext = cipher(&key)
            .encrypt(&XNonce::from(nonce.0), payload)
            .map_err(|_| KeystoreError::Kdf { m_kib, t, p })?;
        let cipher = CipherName::XChaCha20Poly1305;
        Ok(Self { kind, kdf, cipher, nonce, ciphertext: Hex(ciphertext) })
    }

    /// Unlock the secret; `name` is for the message when it fails.
    pub fn open(
        &self,
        header: &[u8],
        password: &Password,
        name: &str,
    ) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
        let (key, check) = self.kdf.stretch(password)?;
        if check != self.kdf.check.0 {
            return Err(KeystoreError::WrongPassword { name: name.to_owned() });
        }
        let payload = Payload { msg: &self.ciphertext.0, aad: header };
        cipher(&key)
            .decrypt(&XNonce::from(self.nonce.0), payload)
            .map(Zeroizing::new)
            .map_err(|_| KeystoreError::Altered { name: name.to_owned() })
    }
}

impl Kdf {
    fn stretch(
        &self,
        password: &Password,
    ) -> Result<(Zeroizing<[u8; KEY_BYTES]>, [u8; CHECK_BYTES]), KeystoreError> {
        let (m_kib, t, p) = (self.m_kib, self.t, self.p);
        let refused = || KeystoreError::Kdf { m_kib, t, p };
        if m_kib > M_KIB_MAX || t > T_MAX || p > P_MAX {
            return Err(refused());
        }
        let mut out = Zeroizing::new([0; KEY_BYTES + CHECK_BYTES]);
        let parameters = Params::new(m_kib, t, p, Some(out.len())).map_err(|_| refused())?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_into(password.0.as_bytes(), &self.salt.0, out.as_mut_slice())
            .map_err(|_| refused())?;

        let (mut key, mut check) = (Zeroizing::new([0; KEY_BYTES]), [0; CHECK_BYTES]);
        key.copy_from_slice(&out[..KEY_BYTES]);
        check.copy_from_slice(&out[KEY_BYTES..]);
        Ok((key, check))
    }
}

fn cipher(key: &[u8; KEY_BYTES]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

fn random<const N: usize>() -> Result<[u8; N], KeystoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| KeystoreError::NoRandomness)?;
    Ok(bytes)
}
