//! Members of the development chain, who sign.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use althing_crypto::SchemeId;
use althing_crypto::signing::{DevMember, Signer, signing_scheme};
use althing_primitives::{
    AccountId, Circumstances, Era, Extra, Extrinsic, Hash256, Implicit, KeyHandle, Nonce,
    Signature, SignedPart, SignerKey, signing_payload, statement,
};
use althing_runtime::{RuntimeCall, SPEC_VERSION, TRANSACTION_VERSION};
use parity_scale_codec::Encode;

/// Who can sign.
pub struct Member {
    pub account: AccountId,
    pub scheme: SchemeId,
    pub public: Vec<u8>,
    pub signer: Box<dyn Signer>,
}

/// The member called `name`. Keys are derived once.
pub fn member(name: &'static str) -> Arc<Member> {
    static MEMBERS: Mutex<BTreeMap<&str, Arc<Member>>> = Mutex::new(BTreeMap::new());
    let mut members = MEMBERS.lock().unwrap();
    let member = members.entry(name).or_insert_with(|| {
        let dev = DevMember::named(name).unwrap();
        let pair = dev.key_pair().unwrap();
        let signer = signing_scheme(dev.scheme).unwrap().signer(&pair.secret).unwrap();
        let account = dev.account().unwrap();
        Arc::new(Member { account, scheme: dev.scheme, public: pair.public, signer })
    });
    Arc::clone(member)
}

impl Member {
    /// The name of its key.
    pub fn handle(&self) -> KeyHandle {
        KeyHandle::of(self.scheme, &self.public)
    }

    /// An extrinsic that is valid for ever, signed with the key that the chain keeps.
    pub fn signed(
        &self,
        genesis: Hash256,
        nonce: Nonce,
        call: impl Into<RuntimeCall>,
    ) -> Extrinsic {
        let extra = Extra { era: Era::Immortal, nonce, tip: 0, metadata_hash_mode: 0 };
        self.signed_with(extra, &implicit(genesis), &call.into())
    }

    /// The same after the registry of schemes has changed this often.
    pub fn signed_at_epoch(
        &self,
        genesis: Hash256,
        (nonce, epoch): (Nonce, u32),
        call: impl Into<RuntimeCall>,
    ) -> Extrinsic {
        let extra = Extra { era: Era::Immortal, nonce, tip: 0, metadata_hash_mode: 0 };
        let implicit = implicit(genesis);
        self.signed_under(Circumstances { epoch, policy: 0 }, extra, &implicit, &call.into())
    }

    /// An extrinsic with these extensions, of a member of genesis, whose policy and registry have not
    /// changed.
    pub fn signed_with(&self, extra: Extra, implicit: &Implicit, call: &RuntimeCall) -> Extrinsic {
        self.signed_under(Circumstances::default(), extra, implicit, call)
    }

    fn signed_under(
        &self,
        under: Circumstances,
        extra: Extra,
        implicit: &Implicit,
        call: &RuntimeCall,
    ) -> Extrinsic {
        let call = call.encode();
        let key = SignerKey { scheme: self.scheme, handle: self.handle() };
        let payload = signing_payload(&call, &extra, implicit);
        let message = statement(&self.account, under, &[key], &payload);
        let signature = self.signer.sign(&message).unwrap();
        let signature = Signature::Handle {
            scheme: self.scheme,
            handle: self.handle(),
            signature: signature.try_into().unwrap(),
        };
        Extrinsic::signed(SignedPart { account: self.account, signature, extra }, &call)
    }
}

/// What extensions add for an extrinsic that is valid for ever.
fn implicit(genesis: Hash256) -> Implicit {
    Implicit {
        spec_version: SPEC_VERSION,
        transaction_version: TRANSACTION_VERSION,
        genesis,
        birth: genesis,
        metadata_hash: None,
    }
}
