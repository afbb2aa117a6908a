//! Keys and policies as their owners sign for them.

use althing_executor::Executed;
use althing_primitives::{
    AccountId, Balance, Era, Extra, Extrinsic, Implicit, JointPart, Signature, SignedPart,
    SignerKey, signing_payload, statement,
};
use althing_runtime::{RuntimeCall, SPEC_VERSION, TRANSACTION_VERSION};
use pallet_accounts::{
    Call, KeyDraft, POLICIES, PolicyDraft, Proofs, Scopes, draft_payload, possession_payload,
};
use parity_scale_codec::Encode;

use super::{Chain, Wallet};

pub fn owner(wallet: &Wallet) -> KeyDraft {
    KeyDraft {
        scheme: wallet.scheme,
        public: wallet.public.clone().try_into().unwrap(),
        weight: 1,
        scopes: Scopes::OWNER,
        limit: 0,
        expires: None,
    }
}

pub fn draft(keys: Vec<KeyDraft>, threshold: u16) -> PolicyDraft {
    PolicyDraft { keys: keys.try_into().unwrap(), threshold, next: None, recovery: None }
}

pub fn nonce_of(chain: &Chain, account: &AccountId) -> u32 {
    POLICIES.get(&chain.state, account).unwrap().map_or(0, |policy| policy.rotation_nonce)
}

pub fn proofs(chain: &Chain, of: &AccountId, draft: &PolicyDraft, new: &[&Wallet]) -> Proofs {
    let payload = draft_payload(&chain.genesis, of, nonce_of(chain, of), &draft.hash());
    let proof = |key: &&Wallet| key.signer.sign(&payload).unwrap().try_into().unwrap();
    new.iter().map(proof).collect::<Vec<_>>().try_into().unwrap()
}

pub fn set_policy(chain: &Chain, of: &AccountId, draft: PolicyDraft, new: &[&Wallet]) -> Call {
    let proofs = proofs(chain, of, &draft, new);
    Call::SetPolicy { draft, proofs }
}

pub fn rotate(chain: &Chain, old: &Wallet, new: &Wallet) -> Call {
    let nonce = nonce_of(chain, &old.account);
    let payload = possession_payload(&chain.genesis, &old.account, nonce, new.scheme, &new.public);
    Call::Rotate {
        replace: old.handle(),
        scheme: new.scheme,
        public: new.public.clone().try_into().unwrap(),
        proof: new.signer.sign(&payload).unwrap().try_into().unwrap(),
    }
}

pub fn extra(chain: &Chain, account: &AccountId) -> Extra {
    let era = Era::mortal(64, chain.header.number);
    Extra { era, nonce: chain.nonce(account), tip: 0, metadata_hash_mode: 0 }
}

pub fn implicit(chain: &Chain) -> Implicit {
    Implicit {
        spec_version: SPEC_VERSION,
        transaction_version: TRANSACTION_VERSION,
        genesis: chain.genesis,
        birth: chain.header.hash(),
        metadata_hash: None,
    }
}

pub fn signer(key: &Wallet) -> SignerKey {
    SignerKey { scheme: key.scheme, handle: key.handle() }
}

/// What keys sign for `account` together with `signers`.
pub fn message(
    chain: &Chain,
    account: &AccountId,
    signers: &[&Wallet],
    call: &RuntimeCall,
) -> Vec<u8> {
    let under = pallet_accounts::circumstances(&chain.state, account).unwrap();
    let payload = signing_payload(&call.encode(), &extra(chain, account), &implicit(chain));
    let signers: Vec<_> = signers.iter().map(|key| signer(key)).collect();
    statement(account, under, &signers, &payload)
}

pub fn part(key: &Wallet, message: &[u8]) -> JointPart {
    let signature = key.signer.sign(message).unwrap().try_into().unwrap();
    JointPart { scheme: key.scheme, handle: key.handle(), signature }
}

pub fn joint(parts: Vec<JointPart>) -> Signature {
    Signature::Joint { parts: parts.try_into().unwrap() }
}

pub fn by_handle(key: &Wallet, message: &[u8]) -> Signature {
    let JointPart { scheme, handle, signature } = part(key, message);
    Signature::Handle { scheme, handle, signature }
}

pub fn with_key(key: &Wallet, message: &[u8]) -> Signature {
    Signature::Key {
        scheme: key.scheme,
        public: key.public.clone().try_into().unwrap(),
        signature: part(key, message).signature,
    }
}

pub fn extrinsic(
    chain: &Chain,
    account: &AccountId,
    signature: Signature,
    call: &RuntimeCall,
) -> Extrinsic {
    let part = SignedPart { account: *account, signature, extra: extra(chain, account) };
    Extrinsic::signed(part, &call.encode())
}

/// Offer one extrinsic, expect that it is left out, by block and pool, and that the block is as if
/// it had never been.
pub fn refusal(chain: &Chain, extrinsic: Extrinsic) -> &'static str {
    let offered = chain.try_block(vec![extrinsic], false);
    let empty = chain.try_block(Vec::new(), false);
    assert_eq!(offered.header, empty.header, "the root is unchanged");
    let [(0, invalid)] = &offered.refused[..] else { panic!("{:?}", offered.receipts) };
    invalid.code()
}

/// Add a block of this extrinsic, which succeeds.
pub fn accept(chain: &mut Chain, extrinsic: Extrinsic) -> Executed {
    let executed = chain.block(vec![extrinsic]);
    assert_eq!(executed.refused, []);
    assert_eq!(executed.receipts[1].outcome, Ok(()));
    chain.check();
    executed
}

/// An extrinsic of this one key with its sender's next nonce and this tip.
pub fn with_tip(
    chain: &Chain,
    key: &Wallet,
    tip: Balance,
    call: impl Into<RuntimeCall>,
) -> Extrinsic {
    let extra = Extra { tip, ..extra(chain, &key.account) };
    chain.signed_with(key, extra, &implicit(chain), call)
}

/// A key of `wallet`'s with fewer rights than an owner's.
pub fn scoped(wallet: &Wallet, scopes: Scopes, limit: Balance, expires: Option<u32>) -> KeyDraft {
    KeyDraft { scopes, limit, expires, ..owner(wallet) }
}
