//! A development chain in memory, and wallets that sign for its members.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "each test program uses a part of this"
)]

pub mod busy;
pub mod calls;
pub mod generated;
pub mod policy;
pub mod sealed;

use std::sync::{Arc, OnceLock};

use althing_crypto::SchemeId;
use althing_crypto::signing::{DEV_MEMBERS, Signer, signing_scheme};
use althing_executor::{Executed, Executor, Parent, Proof, State, Transaction, Workers};
use althing_frame::Runtime;
use althing_primitives::{
    AccountId, Balance, Era, Extra, Extrinsic, Hash256, Header, Implicit, KeyHandle, Moment, Nonce,
    Signature, SignedPart, SignerKey, signing_payload, statement,
};
use althing_runtime::{
    AlthingRuntime, ChainSpec, Genesis, GovernancePreset, RuntimeCall, SPEC_VERSION,
    TRANSACTION_VERSION, check_invariants,
};
use parity_scale_codec::Encode;

/// Milliseconds between the blocks of these tests.
pub const BLOCK_MS: Moment = 6_000;

/// A chain at some height. Copies share what they have in common.
#[derive(Clone)]
pub struct Chain {
    pub runtime: Arc<AlthingRuntime>,
    pub executor: Executor,
    pub genesis: Hash256,
    pub header: Header,
    pub state: State,
}

impl Chain {
    /// The development chain at genesis.
    pub fn dev() -> Self {
        static GENESIS: OnceLock<Genesis> = OnceLock::new();
        let runtime = Arc::new(AlthingRuntime::new());
        let genesis = GENESIS.get_or_init(|| {
            ChainSpec::dev(GovernancePreset::Fast).unwrap().build(&AlthingRuntime::new()).unwrap()
        });
        Self::at(runtime, genesis.clone())
    }

    pub fn at(runtime: Arc<AlthingRuntime>, genesis: Genesis) -> Self {
        let executor = Executor::new(Arc::<AlthingRuntime>::clone(&runtime), Workers::Serial);
        let Genesis { header, state } = genesis;
        Self { runtime, executor, genesis: header.hash(), header, state }
    }

    /// The same chain, whose blocks run on this many workers.
    pub fn with_workers(&self, workers: usize) -> Self {
        static POOLS: OnceLock<Vec<Arc<rayon::ThreadPool>>> = OnceLock::new();
        let pools = POOLS.get_or_init(|| {
            let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            (1..=8).map(|threads| Arc::new(pool(threads).unwrap())).collect()
        });
        let workers = Workers::Pool(Arc::clone(&pools[workers - 1]));
        let runtime: Arc<dyn Runtime> = Arc::<AlthingRuntime>::clone(&self.runtime);
        Self { executor: Executor::new(runtime, workers), ..self.clone() }
    }

    /// The same chain, whose blocks run on virtual workers in an order drawn from `seed`.
    pub fn with_virtual(&self, workers: usize, seed: u64) -> Self {
        let runtime: Arc<dyn Runtime> = Arc::<AlthingRuntime>::clone(&self.runtime);
        let executor = Executor::new(runtime, Workers::Virtual { workers, seed });
        Self { executor, ..self.clone() }
    }

    /// The same chain, whose threads give way to each other at moments drawn from `seed`.
    pub fn with_turbulence(self, seed: u64) -> Self {
        Self { executor: self.executor.with_turbulence(seed), ..self }
    }

    pub fn parent(&self) -> Parent<'_> {
        Parent { header: &self.header, state: &self.state, genesis: self.genesis }
    }

    /// The time of the next block.
    pub fn next_time(&self) -> Moment {
        (Moment::from(self.header.number) + 1) * BLOCK_MS
    }

    /// Run a block of these extrinsics and stay where the chain was.
    pub fn try_block(&self, extrinsics: Vec<Extrinsic>, proven: bool) -> Executed {
        let transactions = extrinsics
            .into_iter()
            .map(|extrinsic| Transaction { extrinsic, proven: proof(proven) })
            .collect();
        self.executor.build(&self.parent(), self.next_time(), transactions).unwrap()
    }

    /// Add a block of these extrinsics, signatures verified.
    pub fn block(&mut self, extrinsics: Vec<Extrinsic>) -> Executed {
        let executed = self.try_block(extrinsics, false);
        self.advance(&executed);
        executed
    }

    /// Add a block of extrinsics that [`Chain::proven`] made.
    pub fn proven_block(&mut self, extrinsics: Vec<Extrinsic>) -> Executed {
        let executed = self.try_block(extrinsics, true);
        self.advance(&executed);
        executed
    }

    /// Add empty blocks.
    pub fn pass(&mut self, blocks: u32) {
        for _ in 0..blocks {
            self.block(Vec::new());
        }
    }

    pub fn advance(&mut self, executed: &Executed) {
        self.header = executed.header.clone();
        self.state = executed.state.clone();
    }

    pub fn nonce(&self, who: &AccountId) -> Nonce {
        pallet_system::account(&self.state, who).unwrap().nonce
    }

    pub fn free(&self, who: &AccountId) -> Balance {
        pallet_balances::free(&self.state, who).unwrap()
    }

    pub fn check(&self) {
        check_invariants(&self.state).unwrap();
    }

    fn extra(&self, nonce: Nonce) -> Extra {
        Extra { era: Era::mortal(64, self.header.number), nonce, tip: 0, metadata_hash_mode: 0 }
    }

    fn implicit(&self) -> Implicit {
        Implicit {
            spec_version: SPEC_VERSION,
            transaction_version: TRANSACTION_VERSION,
            genesis: self.genesis,
            birth: self.header.hash(),
            metadata_hash: None,
        }
    }

    /// A signed extrinsic with this nonce, born at the chain's head.
    pub fn signed(&self, wallet: &Wallet, nonce: Nonce, call: impl Into<RuntimeCall>) -> Extrinsic {
        self.signed_with(wallet, self.extra(nonce), &self.implicit(), call)
    }

    /// A signed extrinsic with the sender's next nonce.
    pub fn next(&self, wallet: &Wallet, call: impl Into<RuntimeCall>) -> Extrinsic {
        self.signed(wallet, self.nonce(&wallet.account), call)
    }

    pub fn signed_with(
        &self,
        wallet: &Wallet,
        extra: Extra,
        implicit: &Implicit,
        call: impl Into<RuntimeCall>,
    ) -> Extrinsic {
        let call = call.into().encode();
        let under = pallet_accounts::circumstances(&self.state, &wallet.account).unwrap();
        let key = SignerKey { scheme: wallet.scheme, handle: wallet.handle() };
        let payload = signing_payload(&call, &extra, implicit);
        let message = statement(&wallet.account, under, &[key], &payload);
        let signature = wallet.signature(wallet.signer.sign(&message).unwrap(), &self.state);
        Extrinsic::signed(SignedPart { account: wallet.account, signature, extra }, &call)
    }

    /// An extrinsic whose signature is zeros, for blocks that do not look at it.
    pub fn proven(&self, wallet: &Wallet, nonce: Nonce, call: impl Into<RuntimeCall>) -> Extrinsic {
        let bytes = althing_crypto::scheme(wallet.scheme).unwrap().sizes().signature;
        let signature = wallet.signature(vec![0; bytes], &self.state);
        let part = SignedPart { account: wallet.account, signature, extra: self.extra(nonce) };
        Extrinsic::signed(part, &call.into().encode())
    }
}

/// Who can sign.
pub struct Wallet {
    pub account: AccountId,
    pub scheme: SchemeId,
    pub public: Vec<u8>,
    pub signer: Box<dyn Signer>,
}

impl Wallet {
    /// A new key from a seed, not on the chain yet.
    pub fn fresh(scheme: SchemeId, seed: u8) -> Self {
        let signing = signing_scheme(scheme).unwrap();
        let bytes = signing.sizes().seed.unwrap();
        let pair = signing.generate_from_seed(&vec![seed; bytes]).unwrap();
        let handle = KeyHandle::of(scheme, &pair.public);
        let signer = signing.signer(&pair.secret).unwrap();
        let account = AccountId::from_key(handle, [0; 32]);
        Self { account, scheme, public: pair.public, signer }
    }

    /// The same key for another account.
    pub fn of_account(self, account: AccountId) -> Self {
        Self { account, ..self }
    }

    pub fn handle(&self) -> KeyHandle {
        KeyHandle::of(self.scheme, &self.public)
    }

    /// By handle if the chain keeps the key, with the key if not.
    fn signature(&self, signature: Vec<u8>, state: &State) -> Signature {
        let signature = signature.try_into().unwrap();
        let (scheme, handle) = (self.scheme, self.handle());
        if pallet_accounts::KEYS.get(state, &self.account, &handle).unwrap().is_some() {
            return Signature::Handle { scheme, handle, signature };
        }
        Signature::Key { scheme, public: self.public.clone().try_into().unwrap(), signature }
    }
}

/// The ten members of development chains, in their order.
pub fn members() -> &'static [Wallet] {
    static MEMBERS: OnceLock<Vec<Wallet>> = OnceLock::new();
    MEMBERS.get_or_init(|| {
        let wallet = |member: &althing_crypto::signing::DevMember| {
            let pair = member.key_pair().unwrap();
            let signer = signing_scheme(member.scheme).unwrap().signer(&pair.secret).unwrap();
            let account = member.account().unwrap();
            Wallet { account, scheme: member.scheme, public: pair.public, signer }
        };
        DEV_MEMBERS.iter().map(wallet).collect()
    })
}

/// The member called `name`.
pub fn member(name: &str) -> &'static Wallet {
    let at = DEV_MEMBERS.iter().position(|member| member.name == name).unwrap();
    &members()[at]
}

/// Whether signatures are to be verified.
pub fn proof(proven: bool) -> Proof {
    if proven { Proof::Assumed } else { Proof::None }
}
