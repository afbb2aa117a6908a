//! Calls of every kind, sensible and senseless, for generated blocks.

use std::collections::BTreeMap;

use althing_crypto::SchemeId;
use althing_frame::Track;
use althing_primitives::{Extrinsic, Family, Hash256, KeyHandle, MultiAddress, TOKEN};
use althing_runtime::RuntimeCall;
use pallet_accounts::{
    KeyDraft, POLICIES, PolicyDraft, Proofs, Recovery, Scopes, draft_payload, next_commitment,
};
use pallet_preimage::Proposal;
use pallet_referenda::{DecisionDeposit, Enactment};
use pallet_voting::{Ballot, Conviction};
use parity_scale_codec::Encode;
use proptest::prelude::*;

use super::calls::{remark, spend};
use super::{Chain, Wallet, members, sealed};

/// The seed of the key to which members commit themselves; it enters policies by an escape alone.
const NEXT: u8 = 4;

/// What one member asks for.
#[derive(Clone, Debug)]
pub struct Step {
    pub sender: usize,
    pub ask: Ask,
    /// How far the nonce is off; mostly not at all.
    pub nonce_off: u32,
}

/// One call, with small numbers in place of accounts, referenda and bytes.
#[derive(Clone, Debug)]
pub enum Ask {
    Transfer { to: usize, tokens: u32 },
    TransferAllowDeath { to: usize, tokens: u32 },
    TransferAll { to: usize, keep_alive: bool },
    Remark(u8),
    RemarkWithEvent(u8),
    Rotate { seed: u8, honest: bool },
    AddKey { seed: u8, honest: bool },
    RemoveKey { added: Option<u8> },
    SetPolicy { seed: u8, shape: u8 },
    CommitNext { seed: Option<u8> },
    Escape { seed: u8 },
    Object(usize),
    CancelChange,
    ProposeRecovery { of: usize, seed: u8 },
    ApproveRecovery { of: usize, seed: u8 },
    CancelRecovery,
    Rescue(usize),
    WithdrawRecovery(usize),
    Registry(u8),
    Canary(u8),
    Note(u8),
    Unnote(u8),
    CancelTask(u32),
    Retry(u32),
    Submit { track: usize, what: u8, now: bool },
    PlaceDeposit(u32),
    RefundDecision(u32),
    RefundSubmission(u32),
    Cancel(u32),
    Kill(u32),
    Vote { referendum: u32, aye: bool, tokens: u32, conviction: u8 },
    VoteSplit { referendum: u32, aye: u32, nay: u32, abstain: Option<u32> },
    RemoveVote(u32),
    Unlock,
    Spend(usize),
    Payout(u32),
    Void(u32),
    Deposit(u32),
    PublishKey { seed: u8 },
    WithdrawKey,
    SetCouncil,
    Attach { referendum: u32, honest: bool },
    Detach(u32),
    Reveal(u32),
}

/// One of each, so that a test can hold them against the metadata.
pub fn one_of_each() -> Vec<Ask> {
    let registry = (0..8).map(Ask::Registry);
    let others = [
        Ask::Transfer { to: 1, tokens: 1 },
        Ask::TransferAllowDeath { to: 1, tokens: 1 },
        Ask::TransferAll { to: 1, keep_alive: true },
        Ask::Remark(1),
        Ask::RemarkWithEvent(1),
        Ask::Rotate { seed: 1, honest: true },
        Ask::AddKey { seed: 1, honest: true },
        Ask::RemoveKey { added: None },
        Ask::SetPolicy { seed: 1, shape: 0 },
        Ask::CommitNext { seed: Some(1) },
        Ask::Escape { seed: 1 },
        Ask::Object(1),
        Ask::CancelChange,
        Ask::ProposeRecovery { of: 1, seed: 1 },
        Ask::ApproveRecovery { of: 1, seed: 1 },
        Ask::CancelRecovery,
        Ask::Rescue(1),
        Ask::WithdrawRecovery(1),
        Ask::Note(1),
        Ask::Unnote(1),
        Ask::CancelTask(0),
        Ask::Retry(0),
        Ask::Submit { track: 4, what: 0, now: true },
        Ask::PlaceDeposit(0),
        Ask::RefundDecision(0),
        Ask::RefundSubmission(0),
        Ask::Cancel(0),
        Ask::Kill(0),
        Ask::Vote { referendum: 0, aye: true, tokens: 1, conviction: 0 },
        Ask::RemoveVote(0),
        Ask::Unlock,
        Ask::Spend(1),
        Ask::Payout(0),
        Ask::Void(0),
        Ask::Deposit(1),
        Ask::Canary(0),
        Ask::Canary(1),
        Ask::PublishKey { seed: 1 },
        Ask::WithdrawKey,
        Ask::SetCouncil,
        Ask::Attach { referendum: 0, honest: true },
        Ask::Detach(0),
        Ask::Reveal(0),
    ];
    registry.chain(others).collect()
}

pub fn any_step() -> impl Strategy<Value = Step> {
    let nonce_off = prop_oneof![30 => Just(0_u32), 1 => Just(1), 1 => Just(u32::MAX)];
    (0..members().len(), any_ask(), nonce_off).prop_map(|(sender, ask, nonce_off)| Step {
        // Members whose keys change stay few: their later transactions are refused.
        sender: match ask {
            Ask::Rotate { .. } => 8 + sender % 2,
            // The first two of these have friends, and all have committed next keys at times.
            Ask::SetPolicy { .. }
            | Ask::Escape { .. }
            | Ask::CancelChange
            | Ask::CancelRecovery => 6 + sender % 4,
            _ => sender,
        },
        ask,
        nonce_off,
    })
}

fn any_sealed() -> impl Strategy<Value = Ask> {
    let referendum = || 0_u32..7;
    prop_oneof![
        3 => (0_u8..4).prop_map(|seed| Ask::PublishKey { seed }),
        2 => Just(Ask::WithdrawKey),
        1 => Just(Ask::SetCouncil),
        3 => (referendum(), any::<bool>())
            .prop_map(|(referendum, honest)| Ask::Attach { referendum, honest }),
        1 => referendum().prop_map(Ask::Detach),
        1 => referendum().prop_map(Ask::Reveal),
    ]
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let to = || 0..members().len() + 2;
    let referendum = || 0_u32..7;
    let seed = || 1_u8..4;
    let funds = prop_oneof![
        (to(), prop_oneof![9 => 1_u32..50, 1 => 90_000..200_000_u32])
            .prop_map(|(to, tokens)| Ask::Transfer { to, tokens }),
        (to(), 1_u32..120_000).prop_map(|(to, tokens)| Ask::TransferAllowDeath { to, tokens }),
        (to(), any::<bool>()).prop_map(|(to, keep_alive)| Ask::TransferAll { to, keep_alive }),
    ];
    let keys = prop_oneof![
        (seed(), any::<bool>()).prop_map(|(seed, honest)| Ask::Rotate { seed, honest }),
        (seed(), any::<bool>()).prop_map(|(seed, honest)| Ask::AddKey { seed, honest }),
        prop::option::of(seed()).prop_map(|added| Ask::RemoveKey { added }),
        (seed(), 0_u8..5).prop_map(|(seed, shape)| Ask::SetPolicy { seed, shape }),
        prop::option::of(seed()).prop_map(|seed| Ask::CommitNext { seed }),
        Just(Ask::Escape { seed: NEXT }),
    ];
    let of = || 6_usize..8;
    let friends = prop_oneof![
        2 => of().prop_map(Ask::Object),
        1 => Just(Ask::CancelChange),
        2 => of().prop_map(|of| Ask::ProposeRecovery { of, seed: 2 }),
        4 => of().prop_map(|of| Ask::ApproveRecovery { of, seed: 2 }),
        1 => Just(Ask::CancelRecovery),
        1 => of().prop_map(Ask::Rescue),
        4 => of().prop_map(Ask::WithdrawRecovery),
    ];
    let bytes = prop_oneof![
        (0_u8..8).prop_map(Ask::Remark),
        (0_u8..8).prop_map(Ask::RemarkWithEvent),
        (0_u8..6).prop_map(Ask::Note),
        (0_u8..4).prop_map(Ask::Unnote),
    ];
    let questions = prop_oneof![
        2 => (0_usize..11, 0_u8..6, any::<bool>())
            .prop_map(|(track, what, now)| Ask::Submit { track, what, now }),
        2 => referendum().prop_map(Ask::PlaceDeposit),
        1 => referendum().prop_map(Ask::RefundDecision),
        1 => referendum().prop_map(Ask::RefundSubmission),
        1 => referendum().prop_map(Ask::Cancel),
        1 => referendum().prop_map(Ask::Kill),
    ];
    let ballots = prop_oneof![
        4 => (referendum(), any::<bool>(), 0_u32..110_000, 0_u8..7).prop_map(
            |(referendum, aye, tokens, conviction)| {
                Ask::Vote { referendum, aye, tokens, conviction }
            }
        ),
        2 => (referendum(), 0_u32..500, 0_u32..500, prop::option::of(0_u32..500)).prop_map(
            |(referendum, aye, nay, abstain)| Ask::VoteSplit { referendum, aye, nay, abstain }
        ),
        2 => referendum().prop_map(Ask::RemoveVote),
        1 => Just(Ask::Unlock),
    ];
    let rest = prop_oneof![
        (0_u8..8).prop_map(Ask::Registry),
        (0_u8..2).prop_map(Ask::Canary),
        (0_u32..4).prop_map(Ask::CancelTask),
        (0_u32..4).prop_map(Ask::Retry),
        to().prop_map(Ask::Spend),
        (0_u32..3).prop_map(Ask::Payout),
        (0_u32..3).prop_map(Ask::Void),
        prop_oneof![1 => Just(0), 3 => 1_u32..50, 1 => 90_000..200_000_u32].prop_map(Ask::Deposit),
    ];
    prop_oneof![
        6 => funds, 2 => keys, 4 => friends, 3 => bytes, 2 => questions, 8 => ballots, 2 => rest,
        2 => any_sealed(),
    ]
}

/// The extrinsics of `steps` in their order, nonces counted on from the chain's.
pub fn assemble(chain: &Chain, steps: &[Step]) -> Vec<Extrinsic> {
    let mut nonces: BTreeMap<usize, u32> = BTreeMap::new();
    steps
        .iter()
        .map(|step| {
            let wallet = &members()[step.sender];
            let next = nonces.entry(step.sender).or_insert_with(|| chain.nonce(&wallet.account));
            let nonce = next.wrapping_add(step.nonce_off);
            *next += u32::from(step.nonce_off == 0);
            let call = call(chain, wallet, &step.ask);
            match step.ask {
                // The committed key signs, not one of the policy.
                Ask::Escape { seed } => {
                    let next = Wallet::fresh(SchemeId::ML_DSA_44, seed);
                    chain.proven(&next.of_account(wallet.account), nonce, call)
                }
                _ => chain.proven(wallet, nonce, call),
            }
        })
        .collect()
}

fn account(at: usize) -> althing_primitives::AccountId {
    match members().get(at) {
        Some(member) => member.account,
        // Accounts that the chain has not seen.
        None => althing_primitives::AccountId([u8::try_from(at).unwrap(); 32]),
    }
}

fn bytes(seed: u8) -> Vec<u8> {
    remark(&format!("{seed}").repeat(200)).encode()
}

pub fn call(chain: &Chain, sender: &Wallet, ask: &Ask) -> RuntimeCall {
    use pallet_balances::Call as Balances;
    use pallet_referenda::Call as Referenda;
    match *ask {
        Ask::Transfer { to, tokens } => {
            let (dest, value) = (MultiAddress::Id(account(to)), u128::from(tokens) * TOKEN);
            Balances::TransferKeepAlive { dest, value }.into()
        }
        Ask::TransferAllowDeath { to, tokens } => {
            let (dest, value) = (MultiAddress::Id(account(to)), u128::from(tokens) * TOKEN);
            Balances::TransferAllowDeath { dest, value }.into()
        }
        Ask::TransferAll { to, keep_alive } => {
            Balances::TransferAll { dest: MultiAddress::Id(account(to)), keep_alive }.into()
        }
        Ask::Remark(seed) => {
            pallet_system::Call::Remark { remark: vec![seed; 9].try_into().unwrap() }.into()
        }
        Ask::RemarkWithEvent(seed) => remark(&format!("remark {seed}")),
        Ask::Rotate { .. } | Ask::AddKey { .. } | Ask::RemoveKey { .. } => {
            keys(chain, sender, ask).into()
        }
        Ask::SetPolicy { .. } | Ask::CommitNext { .. } | Ask::Escape { .. } => {
            policies(chain, sender, ask).into()
        }
        Ask::Object(_)
        | Ask::CancelChange
        | Ask::ProposeRecovery { .. }
        | Ask::ApproveRecovery { .. }
        | Ask::CancelRecovery
        | Ask::Rescue(_)
        | Ask::WithdrawRecovery(_) => friends(chain, ask).into(),
        Ask::Registry(which) => registry(which).into(),
        Ask::Canary(which) => canary(which).into(),
        Ask::Note(seed) => {
            pallet_preimage::Call::Note { bytes: bytes(seed).try_into().unwrap() }.into()
        }
        Ask::Unnote(seed) => {
            let hash = althing_primitives::blake2_256(&bytes(seed));
            pallet_preimage::Call::Unnote { hash }.into()
        }
        Ask::CancelTask(task) => pallet_scheduler::Call::Cancel { task }.into(),
        Ask::Retry(task) => pallet_scheduler::Call::Retry { task }.into(),
        Ask::Submit { track, what, now } => submit(track, what, now).into(),
        Ask::PlaceDeposit(index) => Referenda::PlaceDecisionDeposit { index }.into(),
        Ask::RefundDecision(index) => Referenda::RefundDecisionDeposit { index }.into(),
        Ask::RefundSubmission(index) => Referenda::RefundSubmissionDeposit { index }.into(),
        Ask::Cancel(index) => Referenda::Cancel { index }.into(),
        Ask::Kill(index) => Referenda::Kill { index }.into(),
        Ask::Vote { .. } | Ask::VoteSplit { .. } | Ask::RemoveVote(_) | Ask::Unlock => {
            voting(ask).into()
        }
        Ask::Spend(to) => spend(&account(to), 10),
        Ask::Payout(spend) => pallet_treasury::Call::Payout { spend }.into(),
        Ask::Void(spend) => pallet_treasury::Call::Void { spend }.into(),
        Ask::Deposit(tokens) => {
            pallet_treasury::Call::Deposit { amount: u128::from(tokens) * TOKEN }.into()
        }
        Ask::PublishKey { .. }
        | Ask::WithdrawKey
        | Ask::SetCouncil
        | Ask::Attach { .. }
        | Ask::Detach(_)
        | Ask::Reveal(_) => sealed::call(chain, sender, ask).into(),
    }
}

fn keys(chain: &Chain, sender: &Wallet, ask: &Ask) -> pallet_accounts::Call {
    let policy = POLICIES.get(&chain.state, &sender.account).unwrap();
    let nonce = policy.map_or(0, |policy| policy.rotation_nonce);
    let new = |seed, honest| {
        let key = Wallet::fresh(SchemeId::ML_DSA_44, seed);
        let payload = pallet_accounts::possession_payload(
            &chain.genesis,
            &sender.account,
            if honest { nonce } else { nonce + 1 },
            key.scheme,
            &key.public,
        );
        let proof = key.signer.sign(&payload).unwrap().try_into().unwrap();
        (key.scheme, key.public.try_into().unwrap(), proof)
    };
    match *ask {
        Ask::Rotate { seed, honest } => {
            let (scheme, public, proof) = new(seed, honest);
            pallet_accounts::Call::Rotate { replace: sender.handle(), scheme, public, proof }
        }
        Ask::AddKey { seed, honest } => {
            let (scheme, public, proof) = new(seed, honest);
            let expires = (seed == 3).then_some(chain.header.number + 3);
            pallet_accounts::Call::AddKey { scheme, public, proof, expires }
        }
        Ask::RemoveKey { added: Some(seed) } => {
            let handle = Wallet::fresh(SchemeId::ML_DSA_44, seed).handle();
            pallet_accounts::Call::RemoveKey { handle }
        }
        _ => pallet_accounts::Call::RemoveKey { handle: sender.handle() },
    }
}

/// The policy of the sender's key with another one, in some shape; and the key whose possession is
/// to be proven.
fn draft(sender: &Wallet, seed: u8, shape: u8) -> (PolicyDraft, Wallet) {
    let owner = |wallet: &Wallet| KeyDraft {
        scheme: wallet.scheme,
        public: wallet.public.clone().try_into().unwrap(),
        weight: 1,
        scopes: Scopes::OWNER,
        limit: 0,
        expires: None,
    };
    let new = Wallet::fresh(SchemeId::ML_DSA_44, seed);
    let scoped = KeyDraft { scopes: Scopes(6), limit: 20 * TOKEN, ..owner(&new) };
    let second = if shape == 1 { scoped } else { owner(&new) };
    let keys = vec![owner(sender), second].try_into().unwrap();
    let threshold = if shape == 4 { 2 } else { 1 };
    let friends: Vec<_> = (0..6).map(account).collect();
    let recovery = Recovery { friends: friends.try_into().unwrap(), threshold: 1 + shape % 2 };
    let recovery = (shape > 1).then_some(recovery);
    let committed = Wallet::fresh(SchemeId::ML_DSA_44, NEXT);
    let next = Some(next_commitment(SchemeId::ML_DSA_44, &committed.public, &[0; 32]));
    (PolicyDraft { keys, threshold, next, recovery }, new)
}

fn proofs(
    chain: &Chain,
    of: &althing_primitives::AccountId,
    (draft, new): (&PolicyDraft, &Wallet),
) -> Proofs {
    let policy = POLICIES.get(&chain.state, of).unwrap();
    let nonce = policy.as_ref().map_or(0, |policy| policy.rotation_nonce);
    let payload = draft_payload(&chain.genesis, of, nonce, &draft.hash());
    let is_new = policy.is_none_or(|policy| policy.key(new.handle()).is_none());
    let proof = || new.signer.sign(&payload).unwrap().try_into().unwrap();
    is_new.then(proof).into_iter().collect::<Vec<_>>().try_into().unwrap()
}

fn policies(chain: &Chain, sender: &Wallet, ask: &Ask) -> pallet_accounts::Call {
    use pallet_accounts::Call;
    let next = |seed| {
        let public = Wallet::fresh(SchemeId::ML_DSA_44, seed).public;
        next_commitment(SchemeId::ML_DSA_44, &public, &[0; 32])
    };
    match *ask {
        Ask::SetPolicy { seed, shape } => {
            let (draft, new) = draft(sender, seed, shape);
            let proofs = proofs(chain, &sender.account, (&draft, &new));
            Call::SetPolicy { draft, proofs }
        }
        Ask::CommitNext { seed } => Call::CommitNext { next: seed.map(next) },
        _ => Call::Escape { salt: [0; 32], next: None },
    }
}

fn friends(chain: &Chain, ask: &Ask) -> pallet_accounts::Call {
    use pallet_accounts::Call;
    match *ask {
        Ask::Object(of) => Call::Object { account: account(of) },
        Ask::CancelChange => Call::CancelChange {},
        Ask::ProposeRecovery { of, seed } => {
            let (draft, new) = draft(&members()[of], seed, 0);
            let proofs = proofs(chain, &account(of), (&draft, &new));
            Call::ProposeRecovery { account: account(of), draft, proofs }
        }
        Ask::ApproveRecovery { of, seed } => {
            let draft_hash = draft(&members()[of], seed, 0).0.hash();
            Call::ApproveRecovery { account: account(of), draft_hash }
        }
        Ask::CancelRecovery => Call::CancelRecovery {},
        Ask::Rescue(of) => Call::Rescue {
            account: account(of),
            scheme: SchemeId::ML_DSA_44,
            public: Vec::new().try_into().unwrap(),
            proof: Vec::new().try_into().unwrap(),
        },
        Ask::WithdrawRecovery(of) => Call::WithdrawRecovery { account: account(of) },
        _ => unreachable!("not about friends"),
    }
}

/// A report that proves nothing, or a canary that a referendum would plant.
fn canary(which: u8) -> pallet_canary::Call {
    let scheme = SchemeId::ML_DSA_44;
    if which == 0 {
        let signature = vec![7; 2_420].try_into().unwrap();
        return pallet_canary::Call::Report {
            scheme,
            canary: pallet_canary::Canary::Reduced,
            signature,
        };
    }
    pallet_canary::Call::Plant { scheme, public: vec![7; 1_312].try_into().unwrap(), bits: 20 }
}

fn registry(which: u8) -> pallet_crypto_registry::Call {
    use pallet_crypto_registry::Call;
    let scheme = SchemeId::SLH_DSA_128S;
    match which {
        0 => Call::Activate { scheme },
        1 => Call::Trial { scheme },
        2 => Call::Deprecate { scheme, sunset_after: Some(100) },
        3 => Call::Retire { scheme },
        4 => Call::Freeze { scheme, blocks: 5 },
        5 => Call::Propose { scheme },
        6 => Call::AddModule {
            scheme: SchemeId(256),
            name: b"new".to_vec().try_into().unwrap(),
            family: Family::Code,
            public_bytes: 4,
            signature_bytes: 8,
            fuel_max: 1,
            code: Hash256([1; 32]),
            signer: None,
            vectors: Hash256([2; 32]),
        },
        _ => Call::CallOffRetirement { scheme },
    }
}

fn submit(track: usize, what: u8, now: bool) -> pallet_referenda::Call {
    let proposal = match what {
        0 => Proposal::of(&spend(&account(3), 7).encode()).unwrap(),
        1 => Proposal::of(&RuntimeCall::from(registry(2)).encode()).unwrap(),
        2 => Proposal::of(&spend(&account(11), 2_000_000).encode()).unwrap(),
        3 => Proposal::Inline(vec![250, 250].try_into().unwrap()),
        // Noted by somebody, or not.
        seed => Proposal::of(&bytes(seed - 4)).unwrap(),
    };
    let decision = if now { DecisionDeposit::Now } else { DecisionDeposit::Later };
    pallet_referenda::Call::Submit {
        track: Track::ALL[track],
        proposal,
        enactment: Enactment::After(1),
        title: b"generated".to_vec().try_into().unwrap(),
        decision,
    }
}

fn voting(ask: &Ask) -> pallet_voting::Call {
    use pallet_voting::Call;
    let tokens = |tokens: u32| u128::from(tokens) * TOKEN;
    match *ask {
        Ask::Vote { referendum, aye, tokens: weight, conviction } => {
            let conviction = [
                Conviction::None,
                Conviction::Locked1x,
                Conviction::Locked2x,
                Conviction::Locked3x,
                Conviction::Locked4x,
                Conviction::Locked5x,
                Conviction::Locked6x,
            ][usize::from(conviction)];
            let ballot = Ballot::Standard { aye, balance: tokens(weight), conviction };
            Call::Vote { referendum, ballot }
        }
        Ask::VoteSplit { referendum, aye, nay, abstain } => {
            let (aye, nay) = (tokens(aye), tokens(nay));
            let ballot = match abstain {
                None => Ballot::Split { aye, nay },
                Some(abstain) => Ballot::SplitAbstain { aye, nay, abstain: tokens(abstain) },
            };
            Call::Vote { referendum, ballot }
        }
        Ask::RemoveVote(referendum) => Call::RemoveVote { referendum },
        _ => Call::Unlock,
    }
}

/// A handle that nobody has.
pub fn unknown_handle() -> KeyHandle {
    KeyHandle(althing_primitives::Hash256([7; 32]))
}
