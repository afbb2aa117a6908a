//! What a Rust program needs to speak to an Althing chain through subxt: a configuration whose
//! signatures are opaque bytes, and a signer that holds a post-quantum key.

use althing_crypto::signing::{KeyPair, SigningError, signing_scheme};
use althing_primitives::{
    AccountId, Circumstances, KeyHandle, SchemeId, Signature, SignerKey, statement,
};
use parity_scale_codec::Encode;
use scale_decode::DecodeAsType;
use scale_encode::{EncodeAsType, TypeResolver};
use subxt::config::{Config, DefaultTransactionExtensions, HashFor, SubstrateConfig};
use subxt::transactions::Signer;
use subxt::utils::AccountId32;

/// subxt's configuration for this chain: Substrate's, but for the signature.
#[derive(Clone, Debug, Default)]
pub struct AlthingConfig(SubstrateConfig);

impl Config for AlthingConfig {
    type AccountId = <SubstrateConfig as Config>::AccountId;
    type Address = <SubstrateConfig as Config>::Address;
    type Signature = Witness;
    type AssetId = <SubstrateConfig as Config>::AssetId;
    type Hasher = <SubstrateConfig as Config>::Hasher;
    type Header = <SubstrateConfig as Config>::Header;
    type TransactionExtensions = DefaultTransactionExtensions<Self>;

    fn genesis_hash(&self) -> Option<HashFor<Self>> {
        self.0.genesis_hash()
    }

    fn metadata_for_spec_version(&self, spec_version: u32) -> Option<subxt::ArcMetadata> {
        self.0.metadata_for_spec_version(spec_version)
    }

    fn set_metadata_for_spec_version(&self, spec_version: u32, metadata: subxt::ArcMetadata) {
        self.0.set_metadata_for_spec_version(spec_version, metadata);
    }
}

/// The chain's signature enum as SCALE bytes, written as they are.
#[derive(Clone, Debug, DecodeAsType)]
pub struct Witness(Vec<u8>);

impl EncodeAsType for Witness {
    fn encode_as_type_to<R: TypeResolver>(
        &self,
        _type_id: R::TypeId,
        _types: &R,
        out: &mut Vec<u8>,
    ) -> Result<(), scale_encode::Error> {
        out.extend_from_slice(&self.0);
        Ok(())
    }
}

/// A member's key and account.
pub struct Member {
    scheme: SchemeId,
    keys: KeyPair,
    account: AccountId,
}

impl Member {
    /// The member whose first key is `keys`.
    pub fn new(scheme: SchemeId, keys: KeyPair) -> Self {
        let account = AccountId::from_key(KeyHandle::of(scheme, &keys.public), [0; 32]);
        Self { scheme, keys, account }
    }

    /// The account's bytes.
    pub fn account(&self) -> [u8; 32] {
        self.account.0
    }

    /// Keys sign who sends the payload and under which rules, around it (specs/formats.md, F6). The
    /// rules are those of a chain that has not changed its registry, and of a member who has not
    /// changed keys; others are read from `CryptoRegistry.Epoch` and `Accounts.Policies`.
    fn witness(&self, payload: &[u8]) -> Result<Witness, SigningError> {
        let scheme = signing_scheme(self.scheme).expect("the scheme of a key pair is known");
        let handle = KeyHandle::of(self.scheme, &self.keys.public);
        let key = SignerKey { scheme: self.scheme, handle };
        let message = statement(&self.account, Circumstances::default(), &[key], payload);
        let signature = scheme.sign(&self.keys.secret, &message)?;
        let witness = Signature::Key {
            scheme: self.scheme,
            public: self.keys.public.clone().try_into().expect("a key is below the bound"),
            signature: signature.try_into().expect("a signature is below the bound"),
        };
        Ok(Witness(witness.encode()))
    }
}

impl Signer<AlthingConfig> for Member {
    fn account_id(&self) -> AccountId32 {
        AccountId32(self.account.0)
    }

    fn sign(&self, payload: &[u8]) -> Witness {
        self.witness(payload).expect("a key pair signs")
    }
}
