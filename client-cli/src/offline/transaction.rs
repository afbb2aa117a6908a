//! A transaction on its way between machines, and the signatures made so far (W52 to W54).

use std::path::Path;

use althing_primitives::{
    AccountId, Circumstances, EXTRINSIC_BYTES_MAX, Era, Extra, Extrinsic, Hash256, Implicit,
    JointPart, KeyHandle, SIGNERS_MAX, SchemeId, Signature, SignerKey, blake2_256, from_ss58,
    to_ss58,
};
use parity_scale_codec::{DecodeAll as _, Encode as _};
use serde::{Deserialize, Serialize};

use super::{OfflineError, read_file};
use crate::{
    chain::Terms,
    key::{Key, scheme_with_id},
    keystore::{Hex, HexArray},
};

/// Name and version of the form.
pub const TRANSACTION_FORMAT: &str = "althing-transaction/1";
/// Twice the longest call in hex, and metadata.
pub const TRANSACTION_BYTES_MAX: u64 = EXTRINSIC_BYTES_MAX as u64 * 2 + 8 * 1024 * 1024;
/// The domain of the file's hash.
const DOMAIN: &[u8] = b"althing:transaction-file:v1";

/// The block after which the signatures begin to be valid.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Birth {
    /// Its height.
    pub number: u32,
    /// Its hash, which is signed.
    pub hash: HexArray<32>,
}

/// A key that signs.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FileSigner {
    /// Number of its scheme.
    pub scheme: u16,
    /// Short name of its public key.
    pub handle: HexArray<32>,
    /// The chain keeps the public key, so it does not travel in the transaction.
    pub kept: bool,
    /// The public key, once it is known.
    pub public: Option<Hex>,
    /// Its signature, once it is made.
    pub signature: Option<Hex>,
}

impl FileSigner {
    /// A key that has not signed.
    pub fn new(key: SignerKey, kept: bool) -> Self {
        let (scheme, handle) = (key.scheme.0, HexArray(key.handle.0.0));
        Self { scheme, handle, kept, public: None, signature: None }
    }

    /// The key as a transaction names it.
    pub fn key(&self) -> SignerKey {
        SignerKey { scheme: SchemeId(self.scheme), handle: KeyHandle(Hash256(self.handle.0)) }
    }

    fn hex(&self) -> String {
        const_hex::encode_prefixed(self.handle.0)
    }
}

/// A call with everything that is signed around it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TransactionFile {
    format: String,
    /// Name of the chain, for people.
    pub chain: String,
    /// Its members' keys are public.
    pub development: bool,
    /// Prefix of its addresses.
    pub prefix: u16,
    /// Hash of the chain's first block.
    pub genesis: HexArray<32>,
    /// Version of the rules.
    pub spec_version: u32,
    /// Version of the form of transactions.
    pub transaction_version: u32,
    /// The sender's address.
    pub account: String,
    /// The call.
    pub call: Hex,
    /// For how long, as it is signed.
    pub era: Hex,
    /// From when.
    pub birth: Birth,
    /// How many transactions of the account come before.
    pub nonce: u32,
    /// Version of the registry of schemes.
    pub epoch: u32,
    /// Version of the account's keys.
    pub policy: u32,
    /// The keys that sign, in the order of the account's policy.
    pub signers: Vec<FileSigner>,
    /// The chain's description of itself, which says what the call means.
    pub metadata: Hex,
    hash: String,
}

#[derive(Deserialize)]
struct Head {
    format: String,
}

impl TransactionFile {
    /// A file for `call` under these terms, without signatures.
    pub fn new(
        (chain, development, prefix): (&str, bool, u16),
        terms: &Terms,
        call: &[u8],
        signers: Vec<FileSigner>,
        metadata: Vec<u8>,
    ) -> Self {
        let implicit = &terms.implicit;
        let mut file = Self {
            format: TRANSACTION_FORMAT.to_owned(),
            chain: chain.to_owned(),
            development,
            prefix,
            genesis: HexArray(implicit.genesis.0),
            spec_version: implicit.spec_version,
            transaction_version: implicit.transaction_version,
            account: to_ss58(&terms.account, prefix),
            call: Hex(call.to_vec()),
            era: Hex(terms.extra.era.encode()),
            birth: Birth { number: terms.birth, hash: HexArray(implicit.birth.0) },
            nonce: terms.extra.nonce,
            epoch: terms.circumstances.epoch,
            policy: terms.circumstances.policy,
            signers,
            metadata: Hex(metadata),
            hash: String::new(),
        };
        file.hash = file.computed_hash(&terms.account);
        file
    }

    /// Its text.
    pub fn text(&self) -> Result<String, OfflineError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| {
            OfflineError::Unreadable { file: "the file".to_owned(), reason: error.to_string() }
        })?;
        Ok(text + "\n")
    }

    /// Read a file.
    pub fn read(path: &Path) -> Result<Self, OfflineError> {
        Self::parse(&path.display().to_string(), &read_file(path, TRANSACTION_BYTES_MAX)?)
    }

    /// Read the text of the file called `name`; every signature in it is checked as far as this
    /// program knows its scheme.
    pub fn parse(name: &str, text: &str) -> Result<Self, OfflineError> {
        let file = || name.to_owned();
        let unreadable = |error: serde_json::Error| OfflineError::Unreadable {
            file: file(),
            reason: error.to_string(),
        };
        let Head { format: found } = serde_json::from_str(text).map_err(unreadable)?;
        if found != TRANSACTION_FORMAT {
            let expected = TRANSACTION_FORMAT;
            return Err(OfflineError::Format { file: file(), found, expected });
        }
        let read: Self = serde_json::from_str(text).map_err(unreadable)?;
        let terms = read.terms(name)?;
        let found = read.computed_hash(&terms.account);
        if found != read.hash {
            return Err(OfflineError::Altered { file: file(), found, named: read.hash });
        }
        read.check_signers(name, &terms)?;
        Ok(read)
    }

    /// What it is called between machines: BLAKE2b-256 over everything but the signatures.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The terms under which it is signed. Every field must be what its neighbours say.
    pub fn terms(&self, name: &str) -> Result<Terms, OfflineError> {
        let wrong = |field, reason| OfflineError::Field { file: name.to_owned(), field, reason };
        let (account, prefix) =
            from_ss58(&self.account).map_err(|_| wrong("account", "is no address"))?;
        if prefix != self.prefix {
            return Err(wrong("account", "carries another prefix than the file"));
        }
        let era = Era::decode_all(&mut &self.era.0[..]).map_err(|_| wrong("era", "is no era"))?;
        let birth = self.birth.number;
        match era {
            Era::Immortal => return Err(wrong("era", "is immortal: no signature lives for ever")),
            Era::Mortal { .. } if era.birth(birth) != birth => {
                return Err(wrong("birth", "is not the block at which the era begins"));
            }
            Era::Mortal { .. } => {}
        }
        Ok(Terms {
            account,
            extra: Extra { era, nonce: self.nonce, tip: 0, metadata_hash_mode: 0 },
            implicit: Implicit {
                spec_version: self.spec_version,
                transaction_version: self.transaction_version,
                genesis: Hash256(self.genesis.0),
                birth: Hash256(self.birth.hash.0),
                metadata_hash: None,
            },
            circumstances: Circumstances { epoch: self.epoch, policy: self.policy },
            birth,
            valid_until: era.death(birth).saturating_sub(1),
        })
    }

    /// The keys that sign, as transactions name them.
    pub fn keys(&self) -> Vec<SignerKey> {
        self.signers.iter().map(FileSigner::key).collect()
    }

    /// Handles of the keys that have not signed.
    pub fn missing(&self) -> Vec<String> {
        let missing = self.signers.iter().filter(|signer| signer.signature.is_none());
        missing.map(FileSigner::hex).collect()
    }

    /// Whether `key` is one that has not signed.
    pub fn wants(&self, key: SignerKey) -> bool {
        self.signers.iter().any(|signer| signer.key() == key && signer.signature.is_none())
    }

    /// Sign with `key`, if the file wants it.
    pub fn sign(&mut self, name: &str, key: &Key) -> Result<bool, OfflineError> {
        if !self.wants(key.signer()) {
            return Ok(false);
        }
        let terms = self.terms(name)?;
        let signature = key.sign(&terms.statement(&self.keys(), &self.call.0))?;
        for signer in self.signers.iter_mut().filter(|signer| signer.key() == key.signer()) {
            signer.public = Some(Hex(key.public().to_vec()));
            signer.signature = Some(Hex(signature.clone()));
        }
        Ok(true)
    }

    /// The transaction, once all have signed.
    pub fn extrinsic(&self, name: &str) -> Result<Extrinsic, OfflineError> {
        let terms = self.terms(name)?;
        let missing = self.missing();
        let parts: Option<Vec<_>> = self.signers.iter().map(signed).collect();
        let incomplete = || OfflineError::Incomplete { file: name.to_owned(), missing };
        let mut parts = parts.filter(|parts| !parts.is_empty()).ok_or_else(incomplete)?;
        let too_many = OfflineError::Field {
            file: name.to_owned(),
            field: "signers",
            reason: "are more than a transaction carries",
        };
        let witness = if parts.len() > 1 {
            let parts = parts.into_iter().map(|(key, _, signature)| JointPart {
                scheme: key.scheme,
                handle: key.handle,
                signature,
            });
            let parts = parts.collect::<Vec<_>>().try_into().map_err(|_| too_many)?;
            Signature::Joint { parts }
        } else {
            let (key, public, signature) = parts.remove(0);
            match public {
                Some(public) => Signature::Key { scheme: key.scheme, public, signature },
                None => Signature::Handle { scheme: key.scheme, handle: key.handle, signature },
            }
        };
        Ok(terms.extrinsic(witness, &self.call.0))
    }

    /// Signers are few and each stands once, and what has been signed is valid.
    fn check_signers(&self, name: &str, terms: &Terms) -> Result<(), OfflineError> {
        let file = || name.to_owned();
        let wrong = |reason| OfflineError::Field { file: file(), field: "signers", reason };
        if self.signers.is_empty() || self.signers.len() > SIGNERS_MAX as usize {
            return Err(wrong("are none, or more than a transaction carries"));
        }
        let mut handles: Vec<_> = self.signers.iter().map(|signer| signer.handle.0).collect();
        handles.sort_unstable();
        handles.dedup();
        if handles.len() != self.signers.len() {
            return Err(wrong("hold one key twice"));
        }
        if self.signers.len() > 1 && !self.signers.iter().all(|signer| signer.kept) {
            return Err(wrong("are several, of which the chain does not keep one"));
        }
        let statement = terms.statement(&self.keys(), &self.call.0);
        for signer in &self.signers {
            let Some(signature) = &signer.signature else { continue };
            let public = signer.public.as_ref();
            let public = public.ok_or_else(|| wrong("hold a signature without its public key"))?;
            let key = signer.key();
            if KeyHandle::of(key.scheme, &public.0) != key.handle {
                return Err(wrong("hold a public key that is not the one its handle names"));
            }
            // A scheme that this machine does not know is left to the chain.
            let Some(scheme) = scheme_with_id(key.scheme) else { continue };
            if !scheme.verify(&public.0, &statement, &signature.0) {
                let handle = signer.hex();
                return Err(OfflineError::BadSignature { file: file(), handle });
            }
        }
        Ok(())
    }

    fn computed_hash(&self, account: &AccountId) -> String {
        let chain = (&self.chain, self.development, self.prefix, self.genesis.0);
        let rules = (self.spec_version, self.transaction_version, self.epoch, self.policy);
        let when = (&self.era.0, self.birth.number, self.birth.hash.0, self.nonce);
        let signers: Vec<_> =
            self.signers.iter().map(|signer| (signer.key(), signer.kept)).collect();
        let metadata = blake2_256(&self.metadata.0);
        let content = (chain, rules, account, &self.call.0, when, signers, metadata);
        blake2_256(&[DOMAIN, &content.encode()].concat()).to_string()
    }
}

type Signed = (SignerKey, Option<PublicBytes>, SignatureBytes);
type PublicBytes = althing_primitives::BoundedBytes<{ althing_primitives::PUBLIC_KEY_BYTES_MAX }>;
type SignatureBytes = althing_primitives::BoundedBytes<{ althing_primitives::SIGNATURE_BYTES_MAX }>;

/// What a signer contributes; none if it has not signed or does not fit.
fn signed(signer: &FileSigner) -> Option<Signed> {
    let signature = signer.signature.as_ref()?.0.clone().try_into().ok()?;
    if signer.kept {
        return Some((signer.key(), None, signature));
    }
    let public = signer.public.as_ref()?.0.clone().try_into().ok()?;
    Some((signer.key(), Some(public), signature))
}
