//! Development chains for the tests of this crate, and members who sign.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use althing_crypto::signing::{DevMember, KeyPair, signing_scheme};
use althing_executor::{Executed, Executor, Proof, Transaction, Workers};
use althing_primitives::{
    AccountId, Balance, Circumstances, Era, Extra, Extrinsic, Implicit, KeyHandle, MultiAddress,
    Nonce, Signature, SignedPart, SignerKey, TOKEN, statement,
};
use althing_runtime::{
    AlthingRuntime, GovernancePreset, RuntimeCall, SPEC_VERSION, TRANSACTION_VERSION,
};
use parity_scale_codec::Encode;

use crate::chain::{BlockExecutor, Chain, ChainConfig, Head, Justification};
use crate::clock::Clock;
use crate::pool::{Limits, Pool, PoolDriver};
use crate::spec::{ChainSpec, ChainType};
use crate::store::{MemoryStore, Options, SledStore, Store};

/// The development chain's spec.
pub(crate) fn spec() -> ChainSpec {
    static SPEC: OnceLock<ChainSpec> = OnceLock::new();
    SPEC.get_or_init(|| ChainSpec::dev(GovernancePreset::Fast).unwrap()).clone()
}

pub(crate) fn open(spec: ChainSpec, store: Arc<dyn Store>) -> Arc<Chain> {
    let executor = Executor::new(Arc::new(AlthingRuntime::new()), Workers::Serial);
    Chain::open(ChainConfig { spec, executor, store }).unwrap()
}

/// A development chain in memory.
pub(crate) fn chain() -> Arc<Chain> {
    open(spec(), Arc::new(MemoryStore::new().unwrap()))
}

/// The same chain as one that needs votes.
pub(crate) fn live_chain() -> Arc<Chain> {
    let spec = ChainSpec { chain_type: ChainType::Live, ..spec() };
    open(spec, Arc::new(MemoryStore::new().unwrap()))
}

pub(crate) fn sled(path: &Path) -> Arc<dyn Store> {
    Arc::new(SledStore::open(path, Options::default()).unwrap())
}

pub(crate) fn pool_of(chain: &Arc<Chain>, limits: Limits) -> (Arc<Pool>, PoolDriver) {
    Pool::new(Arc::clone(chain), Arc::new(Clock::new()), limits, None)
}

pub(crate) fn build(chain: &Chain, extrinsics: &[Extrinsic]) -> Arc<Executed> {
    let transaction = |one: &Extrinsic| Transaction { extrinsic: one.clone(), proven: Proof::None };
    let now = chain.head().time.max(1_000_000).saturating_add(6_000);
    chain.build(now, extrinsics.iter().map(transaction).collect()).unwrap()
}

/// Add a block of these extrinsics, all of which must be in it.
pub(crate) fn add_block(chain: &Chain, extrinsics: &[Extrinsic]) -> Arc<Head> {
    let executed = build(chain, extrinsics);
    assert_eq!(executed.refused, []);
    chain.commit(executed.header.hash(), Justification::Dev).unwrap()
}

/// A member who signs.
pub(crate) struct Wallet {
    pub(crate) account: AccountId,
    member: &'static DevMember,
    pair: KeyPair,
}

/// The member called `name`.
pub(crate) fn wallet(name: &str) -> Wallet {
    let member = DevMember::named(name).unwrap();
    let pair = member.key_pair().unwrap();
    Wallet { account: member.account().unwrap(), member, pair }
}

/// How an extrinsic differs from the usual one.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) nonce: Nonce,
    pub(crate) tip: Balance,
    pub(crate) period: u32,
}

impl Terms {
    pub(crate) fn nonce(nonce: Nonce) -> Self {
        Self { nonce, tip: 0, period: 64 }
    }
}

impl Wallet {
    /// A small transfer, valid from the head on.
    pub(crate) fn transfer(&self, chain: &Chain, terms: Terms) -> Extrinsic {
        let dest = MultiAddress::Id(AccountId([7; 32]));
        let call = pallet_balances::Call::TransferKeepAlive { dest, value: TOKEN };
        self.sign(chain, terms, &RuntimeCall::from(call).encode())
    }

    pub(crate) fn sign(&self, chain: &Chain, terms: Terms, call: &[u8]) -> Extrinsic {
        let state = &chain.head().state;
        let under = pallet_accounts::circumstances(state, &self.account).unwrap();
        self.sign_under(under, chain, terms, call)
    }

    /// Sign for circumstances that need not be those of the head.
    pub(crate) fn sign_under(
        &self,
        under: Circumstances,
        chain: &Chain,
        terms: Terms,
        call: &[u8],
    ) -> Extrinsic {
        let head = chain.head();
        let era = Era::mortal(terms.period, head.number);
        let extra = Extra { era, nonce: terms.nonce, tip: terms.tip, metadata_hash_mode: 0 };
        let implicit = Implicit {
            spec_version: SPEC_VERSION,
            transaction_version: TRANSACTION_VERSION,
            genesis: chain.genesis(),
            birth: head.hash,
            metadata_hash: None,
        };
        let payload = althing_primitives::signing_payload(call, &extra, &implicit);
        let scheme = self.member.scheme;
        let handle = KeyHandle::of(scheme, &self.pair.public);
        let message = statement(&self.account, under, &[SignerKey { scheme, handle }], &payload);
        let signature = signing_scheme(scheme).unwrap().sign(&self.pair.secret, &message).unwrap();
        let signature =
            Signature::Handle { scheme, handle, signature: signature.try_into().unwrap() };
        Extrinsic::signed(SignedPart { account: self.account, signature, extra }, call)
    }
}

/// The same extrinsic with a signature that does not verify.
pub(crate) fn forged(extrinsic: &Extrinsic) -> Extrinsic {
    let mut part = extrinsic.signed_part().unwrap().clone();
    if let Signature::Handle { signature, .. } = &mut part.signature {
        signature.as_mut_slice()[100] ^= 1;
    }
    Extrinsic::signed(part, extrinsic.call())
}
