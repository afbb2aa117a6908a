//! Tests of accounts: the chain they run on, then one file per group of rules.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "a test may overflow, and names what it is about"
)]

mod admission;
mod changes;
mod delay;
mod draft;
mod escape;
mod genesis;
mod newcomers;
mod policy;
mod proofs;
mod random;
mod recovery;
mod rescue;

use althing_crypto::signing::{KeyPair, signing_scheme};
use althing_frame::{
    Access, Admission, Authority, BeforeError, DispatchError, Invalid, Origin, PalletError, Voice,
    testing::{TestChain, TestRuntime},
};
use althing_primitives::{
    AccountId, Balance, BlockNumber, KeyHandle, SchemeId, Signature, TOKEN, Weight,
};
use pallet_crypto_registry::{Freeze, Limits, SCHEMES, SchemeState};

use crate::{
    Call, DELAY_FAST, Demand, EnrolledKey, Error, Event, Genesis, KEYS, KeyDraft, POLICIES, Policy,
    PolicyDraft, Proofs, Recovery, Resolved, Scopes, authorise, authorise_access, check,
    draft_payload, key_deposit, on_finalize, possession_payload, resolve,
};

const ML_DSA_44: SchemeId = SchemeId::ML_DSA_44;
const ML_DSA_65: SchemeId = SchemeId::ML_DSA_65;
const FUNDS: Balance = 10 * TOKEN;

/// A key pair with its names.
struct Key {
    scheme: SchemeId,
    pair: KeyPair,
}

impl Key {
    fn new(scheme: SchemeId, seed: u8) -> Self {
        let backend = signing_scheme(scheme).unwrap();
        let bytes = backend.sizes().seed.unwrap();
        Self { scheme, pair: backend.generate_from_seed(&vec![seed; bytes]).unwrap() }
    }

    fn enrolled(&self) -> EnrolledKey {
        EnrolledKey { scheme: self.scheme, public: self.pair.public.clone() }
    }

    fn handle(&self) -> KeyHandle {
        self.enrolled().handle()
    }

    fn account(&self) -> AccountId {
        self.enrolled().account()
    }

    fn deposit(&self) -> Balance {
        key_deposit(u32::try_from(self.pair.public.len()).unwrap())
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        signing_scheme(self.scheme).unwrap().sign(&self.pair.secret, message).unwrap()
    }

    /// The proof for `account` as its policy stands.
    fn proof(&self, chain: &TestChain, account: &AccountId) -> Vec<u8> {
        let policy = POLICIES.get(&chain.rows, account).unwrap();
        let nonce = policy.map_or(0, |policy| policy.rotation_nonce);
        let genesis = &chain.block.genesis_hash;
        self.sign(&possession_payload(genesis, account, nonce, self.scheme, &self.pair.public))
    }

    /// A witness of the right size that carries the key; nobody here verifies it.
    fn witness(&self) -> Signature {
        Signature::Key {
            scheme: self.scheme,
            public: self.pair.public.clone().try_into().unwrap(),
            signature: self.blank(),
        }
    }

    /// A witness of the right size that names the key.
    fn named(&self) -> Signature {
        let (scheme, handle) = (self.scheme, self.handle());
        Signature::Handle { scheme, handle, signature: self.blank() }
    }

    fn blank<const MAX: u32>(&self) -> althing_primitives::BoundedBytes<MAX> {
        let bytes = althing_crypto::scheme(self.scheme).unwrap().sizes().signature;
        vec![0; bytes].try_into().unwrap()
    }

    fn rotate(&self, chain: &TestChain, account: &AccountId, old: &Self) -> Call {
        Call::Rotate {
            replace: old.handle(),
            scheme: self.scheme,
            public: self.pair.public.clone().try_into().unwrap(),
            proof: self.proof(chain, account).try_into().unwrap(),
        }
    }

    fn add(&self, chain: &TestChain, account: &AccountId, expires: Option<BlockNumber>) -> Call {
        Call::AddKey {
            scheme: self.scheme,
            public: self.pair.public.clone().try_into().unwrap(),
            proof: self.proof(chain, account).try_into().unwrap(),
            expires,
        }
    }
}

/// An owner key of this weight.
fn owner(key: &Key, weight: u16) -> KeyDraft {
    KeyDraft {
        scheme: key.scheme,
        public: key.pair.public.clone().try_into().unwrap(),
        weight,
        scopes: Scopes::OWNER,
        limit: 0,
        expires: None,
    }
}

fn draft(keys: Vec<KeyDraft>, threshold: u16) -> PolicyDraft {
    PolicyDraft { keys: keys.try_into().unwrap(), threshold, next: None, recovery: None }
}

/// Proofs of the keys `new` over `draft`, for `account` as its policy stands.
fn proofs(chain: &TestChain, account: &AccountId, draft: &PolicyDraft, new: &[&Key]) -> Proofs {
    let nonce = POLICIES.get(&chain.rows, account).unwrap().map_or(0, |one| one.rotation_nonce);
    let message = draft_payload(&chain.block.genesis_hash, account, nonce, &draft.hash());
    let proofs: Vec<_> = new.iter().map(|key| key.sign(&message).try_into().unwrap()).collect();
    proofs.try_into().unwrap()
}

fn set_policy(chain: &TestChain, account: &AccountId, draft: PolicyDraft, new: &[&Key]) -> Call {
    let proofs = proofs(chain, account, &draft, new);
    Call::SetPolicy { draft, proofs }
}

fn friends(keys: &[&Key], threshold: u8) -> Recovery {
    let friends: Vec<_> = keys.iter().map(|key| key.account()).collect();
    Recovery { friends: friends.try_into().unwrap(), threshold }
}

/// A chain on which `key` is enrolled and may be recovered by `threshold` of the others.
fn befriended(key: &Key, others: &[&Key], threshold: u8) -> TestChain {
    let members: Vec<_> = [key].into_iter().chain(others.iter().copied()).collect();
    let mut chain = chain(&members);
    let account = key.account();
    let draft =
        PolicyDraft { recovery: Some(friends(others, threshold)), ..draft(vec![owner(key, 1)], 1) };
    let call = set_policy(&chain, &account, draft, &[]);
    apply(&mut chain, account, call).unwrap();
    chain.take_events();
    chain
}

/// End this block and begin the next one.
fn finish(chain: &mut TestChain) {
    let number = chain.block.number;
    chain.apply_unrestricted(|tx| pallet_system::NUMBER.put(tx, &number)).unwrap();
    chain.apply_unrestricted(on_finalize).unwrap();
    check(&chain.rows).unwrap();
    chain.block.number = number + 1;
}

/// A chain at block 1 with all schemes active, on which `members` are enrolled and funded.
fn chain(members: &[&Key]) -> TestChain {
    let mut chain = TestChain::new(TestRuntime::without_calls());
    let members: Vec<_> = members.iter().map(|key| key.enrolled()).collect();
    let balances = members.iter().map(|member| (member.account(), FUNDS)).collect();
    chain
        .apply_unrestricted(|tx| {
            pallet_crypto_registry::Genesis::dev(Limits::FAST).build(tx)?;
            pallet_balances::Genesis { balances }.build(tx)?;
            Genesis { members, delay: DELAY_FAST }.build(tx)
        })
        .unwrap();
    chain.take_events();
    chain
}

fn fund(chain: &mut TestChain, account: AccountId, amount: Balance) {
    chain.apply_unrestricted(|tx| pallet_balances::mint(tx, &account, amount)).unwrap();
    chain.take_events();
}

fn policy(chain: &TestChain, account: &AccountId) -> Policy {
    POLICIES.get(&chain.rows, account).unwrap().unwrap()
}

fn reserved(chain: &TestChain, account: &AccountId) -> Balance {
    pallet_balances::reserved(&chain.rows, account).unwrap()
}

fn set_state(chain: &mut TestChain, scheme: SchemeId, state: SchemeState) {
    let mut record = SCHEMES.get(&chain.rows, &scheme).unwrap().unwrap();
    record.state = state;
    let freeze = Freeze { until: 100, returns_to: SchemeState::Active, renewed: false };
    record.frozen = (state == SchemeState::Frozen).then_some(freeze);
    chain.apply_unrestricted(|tx| SCHEMES.put(tx, &scheme, &record)).unwrap();
}

/// Let a proof that `scheme` is broken come in at the end of this block, as the registry notes it.
fn break_scheme(chain: &mut TestChain, scheme: SchemeId) {
    let mut record = SCHEMES.get(&chain.rows, &scheme).unwrap().unwrap();
    record.broken = Some(chain.block.number);
    chain.apply_unrestricted(|tx| SCHEMES.put(tx, &scheme, &record)).unwrap();
}

/// Make `call`, confined to the access it declares; a refusal leaves no trace.
fn apply(chain: &mut TestChain, account: AccountId, call: Call) -> Result<(), DispatchError> {
    let before = (chain.root(), chain.events().len());
    let outcome = chain.apply(Origin::Signed(account), call);
    if outcome.is_err() {
        assert_eq!(before, (chain.root(), chain.events().len()), "a refusal leaves no trace");
    }
    check(&chain.rows).unwrap();
    outcome
}

fn find(
    chain: &TestChain,
    account: &AccountId,
    signature: &Signature,
    authority: Authority,
) -> Result<Resolved, Invalid> {
    resolve(&chain.rows, account, signature, authority, chain.block.number).map_err(invalid)
}

/// What the runtime makes of a resolved transaction.
fn admission(account: &AccountId, resolved: &Resolved, authority: Authority) -> Admission {
    Admission {
        origin: Origin::Signed(*account),
        authority,
        witness: None,
        signers: resolved.signers.clone(),
        circumstances: resolved.circumstances,
        voice: Some(resolved.voice),
        weight: Weight::ZERO,
        fee: 0,
        fee_from_locked: 0,
        tip: 0,
    }
}

/// Take an everyday transaction's turn, confined to the access declared on the rows of `parent`.
fn turn(
    chain: &mut TestChain,
    parent: &TestChain,
    account: &AccountId,
    transaction: (&Resolved, &Signature),
) -> Result<(), Invalid> {
    turn_for(chain, parent, account, transaction, Authority::Everyday)
}

/// The same for a transaction that takes this authority.
fn turn_for(
    chain: &mut TestChain,
    parent: &TestChain,
    account: &AccountId,
    (resolved, signature): (&Resolved, &Signature),
    authority: Authority,
) -> Result<(), Invalid> {
    let mut access = Access::new();
    let keys = (&resolved.signers[..], authority);
    authorise_access(&parent.rows, &mut access, account, keys).unwrap();
    let admission = admission(account, resolved, authority);
    let outcome = chain
        .apply_confined(&access, |tx| authorise(tx, account, &admission, signature))
        .map_err(invalid);
    check(&chain.rows).unwrap();
    outcome
}

fn invalid(error: BeforeError) -> Invalid {
    match error {
        BeforeError::Invalid(invalid) => invalid,
        BeforeError::Fault(fault) => panic!("{fault}"),
    }
}

fn refused(error: Error) -> Result<(), DispatchError> {
    Err(error.into())
}

#[test]
fn errors_have_distinct_indices_and_their_codes() {
    let (scheme, handle) = (ML_DSA_44, althing_primitives::Hash256([0; 32]));
    let account = AccountId([0; 32]);
    let errors = [
        Error::NoPolicy { account },
        Error::UnknownKey { handle },
        Error::KnownKey { handle },
        Error::TooManyKeys { maximum: 8 },
        Error::UnknownScheme { scheme },
        Error::SchemeState { scheme, name: "ml-dsa-44".into(), state: "deprecated" },
        Error::TrialCap { scheme, held: 2, maximum: 1 },
        Error::KeySize { scheme, expected: 1, found: 2 },
        Error::ProofSize { scheme, expected: 1, found: 2 },
        Error::BadProof { scheme, rotation_nonce: 0 },
        Error::Expired { expires: 1, now: 2 },
        Error::LastKey { handle },
        Error::NonceExhausted { rotation_nonce: 0 },
        Error::Unreachable { threshold: 2, reachable: 1 },
        Error::NoWeight { handle },
        Error::BadScopes { handle, scopes: 0, limit: 0 },
        Error::EndlessSession { handle },
        Error::ProofCount { expected: 1, found: 0 },
        Error::OwnFriend { account },
        Error::FriendTwice { friend: account },
        Error::FriendThreshold { threshold: 0, friends: 1 },
        Error::ChangePending { effective_at: 1 },
        Error::NoChange { account },
        Error::NoRecovery { account },
        Error::NotFriend { account, who: account },
        Error::SaidAlready { who: account },
        Error::AgendaFull { from: 1, to: 2 },
        Error::UnknownRecovery { draft_hash: handle },
        Error::ProposedAlready { account },
        Error::NoRecoveryProposed { account },
        Error::NotStranded { account, way: "friends" },
        Error::NoCommitment { account },
        Error::FallenWord { scheme },
    ];
    for (at, error) in errors.iter().enumerate() {
        assert_eq!(usize::from(error.index()), at + 1);
        assert_eq!(error.code(), format!("ACC-{}", 101 + at));
        assert!(!error.to_string().contains("  "), "{error}");
    }
}
