//! A chain at genesis on which the blocks of a draft can run, and their transactions, signed.
//!
//! Referenda, pending spends and the pot are put there by the calls that put them there on any
//! chain, run in block 0. Transactions are valid for ever, so all blocks can be signed beforehand.

use std::collections::{BTreeMap, BTreeSet};

use althing_executor::{Parent, State};
use althing_frame::{BlockEnv, DispatchError, Origin, Rows, Track, Tx};
use althing_primitives::{
    AccountId, Balance, Circumstances, Era, Extra, Extrinsic, Hash256, Header, Implicit, Moment,
    MultiAddress, Nonce, SchemeId, Signature, SignedPart, SignerKey, TOKEN, signing_payload,
    statement,
};
use althing_runtime::{
    AlthingRuntime, ChainSpec, ChainType, GovernancePreset, Member as Account, MemberKey,
    RuntimeCall, SPEC_VERSION, SS58_PREFIX, TRANSACTION_VERSION, genesis_header,
};
use pallet_preimage::Proposal;
use pallet_referenda::{DecisionDeposit, Enactment};
use parity_scale_codec::Encode;
use rayon::prelude::*;

use super::draft::{Action, Draft, Intent, SPEND, Twist};
use super::error::BenchError;
use super::filler;
use super::members::{Member, Witness, members, scheme_name, silent};
use super::progress::Progress;
use super::touch::{ROWS_MAX, Touch};
use crate::spec::{ChainSpec as NodeSpec, Properties};

/// What a member owns beside fees: less than a scheme on trial allows.
const BALANCE: Balance = 80 * TOKEN;
/// More than a transaction costs, whatever signs it.
const FEE_MAX: Balance = TOKEN / 50;
/// What opening a referendum may take.
const DEPOSIT_MAX: Balance = 100_000 * TOKEN;
/// What a transfer moves.
const SMALL: Balance = TOKEN / 100;
/// Where referenda are opened. Many can be open on this track.
const TRACK: Track = Track::SmallTipper;

/// A chain at block 0, and signed transactions for the blocks after it.
#[derive(Debug)]
pub(crate) struct Stage {
    /// Hash of block 0.
    pub(crate) genesis: Hash256,
    /// Header of block 0.
    pub(crate) header: Header,
    /// Rows after block 0.
    pub(crate) state: State,
    /// Bytes of the transactions of each block.
    pub(crate) blocks: Vec<Vec<Vec<u8>>>,
}

/// The time of a block.
pub(crate) fn time_of(number: u32) -> Moment {
    Moment::from(number).saturating_mul(6_000)
}

impl Stage {
    /// The stage of a draft, with `rows` rows more, on all workers of the current pool.
    pub(crate) fn set(
        draft: &Draft,
        (witness, twist): (Witness, Twist),
        rows: u64,
    ) -> Result<Self, BenchError> {
        let cast = Cast::of(draft, witness)?;
        let runtime = AlthingRuntime::new();
        let genesis = cast.spec(draft)?.build(&runtime)?;
        let state = arrange(&genesis.state, &runtime, |tx| prepare(tx, draft))?;
        let state = filler::fill(&state, rows)?;
        let header = genesis_header(&state, ChainType::Development);
        let hash = header.hash();
        let blocks = cast.sign(draft, (witness, twist), hash)?;
        Ok(Self { genesis: hash, header, state, blocks })
    }

    /// The chain as a node is told of it.
    pub(crate) fn spec(&self) -> NodeSpec {
        let rows = self.state.range(&[], None, usize::MAX);
        NodeSpec {
            name: "Althing Benchmark".to_owned(),
            id: "althing-bench".to_owned(),
            chain_type: ChainType::Development,
            governance: "main".to_owned(),
            properties: Properties {
                ss58_format: SS58_PREFIX,
                token_decimals: TOKEN.ilog10(),
                token_symbol: "ALT".to_owned(),
            },
            members: Vec::new(),
            rows: rows.map(|(key, value)| (key.to_vec(), value.to_vec())).collect(),
        }
    }

    /// Where block 1 is put.
    pub(crate) fn parent(&self) -> Parent<'_> {
        Parent { header: &self.header, state: &self.state, genesis: self.genesis }
    }
}

/// All members of a draft: those who send have keys.
struct Cast {
    scheme: SchemeId,
    senders: BTreeMap<usize, Member>,
    accounts: Vec<AccountId>,
}

impl Cast {
    fn of(draft: &Draft, witness: Witness) -> Result<Self, BenchError> {
        let sending: BTreeSet<_> =
            draft.blocks.iter().flatten().map(|intent| intent.from).collect();
        let numbers: Vec<_> = sending.into_iter().collect();
        let made = members(&numbers, witness)?;
        let senders: BTreeMap<_, _> = numbers.into_iter().zip(made).collect();
        let account = |number: usize| {
            senders.get(&number).map_or_else(|| silent(number), |member| member.account)
        };
        let accounts = (0..draft.accounts).map(account).collect();
        Ok(Self { scheme: witness.scheme(), accounts, senders })
    }

    fn spec(&self, draft: &Draft) -> Result<ChainSpec, BenchError> {
        let mut needs: BTreeMap<usize, Balance> = BTreeMap::new();
        let scheme = scheme_name(self.scheme);
        for intent in draft.blocks.iter().flatten() {
            let asks = if intent.action == Action::Ask { DEPOSIT_MAX } else { 0 };
            let need = needs.entry(intent.from).or_default();
            *need = need.saturating_add(FEE_MAX).saturating_add(asks);
        }
        let member = |(number, account): (usize, &AccountId)| {
            let key = |sender: &Member| MemberKey {
                scheme: scheme.clone(),
                public: sender.public.clone(),
            };
            let key = self.senders.get(&number).map(key);
            let need = needs.get(&number).copied().unwrap_or_default();
            let balance = BALANCE.saturating_add(need);
            Account { name: None, account: *account, balance, key }
        };
        let mut spec = ChainSpec::dev(GovernancePreset::Main)?;
        // The pot is filled when all spends are pending.
        spec.treasury = 0;
        spec.members.extend(self.accounts.iter().enumerate().map(member));
        spec.members.push(Account {
            name: None,
            account: asker(),
            balance: DEPOSIT_MAX.saturating_mul(100),
            key: None,
        });
        Ok(spec)
    }

    /// The transactions of all blocks, each sender's in the order of their nonces.
    fn sign(
        &self,
        draft: &Draft,
        (witness, twist): (Witness, Twist),
        genesis: Hash256,
    ) -> Result<Vec<Vec<Vec<u8>>>, BenchError> {
        let mut scripts: BTreeMap<usize, Vec<(usize, Action)>> = BTreeMap::new();
        for (at, Intent { from, action }) in draft.blocks.iter().flatten().enumerate() {
            scripts.entry(*from).or_default().push((at, *action));
        }
        let total = draft.blocks.iter().map(Vec::len).sum();
        let progress = Progress::new("signing transactions", total);
        let scripts: Vec<_> = scripts.into_iter().collect();
        let played: Vec<Vec<(usize, Vec<u8>)>> = scripts
            .par_iter()
            .map(|(from, script)| {
                let ink = Ink { witness, twist, genesis, accounts: &self.accounts };
                let signed = self.senders.get(from).map(|sender| ink.play((*from, sender), script));
                progress.advance(script.len());
                signed.unwrap_or_else(|| Ok(Vec::new()))
            })
            .collect::<Result<_, BenchError>>()?;
        let mut all: Vec<_> = played.into_iter().flatten().collect();
        all.sort_unstable_by_key(|(at, _)| *at);
        let mut all = all.into_iter().map(|(_, bytes)| bytes);
        Ok(draft.blocks.iter().map(|block| all.by_ref().take(block.len()).collect()).collect())
    }
}

/// What all signatures have in common.
struct Ink<'a> {
    witness: Witness,
    twist: Twist,
    genesis: Hash256,
    accounts: &'a [AccountId],
}

impl Ink<'_> {
    /// All transactions of one sender.
    fn play(
        &self,
        (from, sender): (usize, &Member),
        script: &[(usize, Action)],
    ) -> Result<Vec<(usize, Vec<u8>)>, BenchError> {
        let scheme = self.witness.scheme();
        let signer = sender.signer(scheme)?;
        let blank = althing_crypto::scheme(scheme).map_or(0, |scheme| scheme.sizes().signature);
        let implicit = Implicit {
            spec_version: SPEC_VERSION,
            transaction_version: TRANSACTION_VERSION,
            genesis: self.genesis,
            birth: self.genesis,
            metadata_hash: None,
        };
        let write = |(nonce, (at, action)): (usize, &(usize, Action))| {
            let call = self.call(from, action);
            let nonce = Nonce::try_from(nonce).unwrap_or(Nonce::MAX);
            let extra = Extra { era: Era::Immortal, nonce, tip: 0, metadata_hash_mode: 0 };
            let bytes = match &signer {
                Some(signer) => {
                    let payload = signing_payload(&call, &extra, &implicit);
                    let key = SignerKey { scheme, handle: sender.handle };
                    // Senders of genesis, whose policies and registry nobody has changed.
                    let under = Circumstances::default();
                    signer.sign(&statement(&sender.account, under, &[key], &payload))?
                }
                None => vec![0; blank],
            };
            let signature = Signature::Handle {
                scheme,
                handle: sender.handle,
                // Every scheme's signatures are far shorter than the bound.
                signature: bytes.try_into().unwrap_or_default(),
            };
            let part = SignedPart { account: sender.account, signature, extra };
            Ok((*at, Extrinsic::signed(part, &call).bytes().to_vec()))
        };
        script.iter().enumerate().map(write).collect()
    }

    fn call(&self, from: usize, action: &Action) -> Vec<u8> {
        let pay = |to: AccountId| -> RuntimeCall {
            let dest = MultiAddress::Id(to);
            pallet_balances::Call::TransferKeepAlive { dest, value: SMALL }.into()
        };
        let call: RuntimeCall = match *action {
            Action::Pay { to } => pay(self.accounts.get(to).copied().unwrap_or_else(|| silent(to))),
            Action::Deposit => pallet_treasury::Call::Deposit { amount: SMALL }.into(),
            Action::Vote { referendum, ballot } => {
                pallet_voting::Call::Vote { referendum, ballot }.into()
            }
            Action::Payout { spend } => pallet_treasury::Call::Payout { spend }.into(),
            Action::Ask => question(),
            Action::Touch { to } => {
                let number = |party: usize| u32::try_from(party).unwrap_or_default();
                let rows = |count: usize| u8::try_from(count.min(ROWS_MAX)).unwrap_or_default();
                let (reads, writes) = (rows(self.twist.reads), rows(self.twist.writes));
                return Touch { parties: [number(from), number(to)], reads, writes }.call();
            }
        };
        call.encode()
    }
}

/// Who opens the referenda that are there before.
fn asker() -> AccountId {
    AccountId::of_pallet("bench/asker")
}

fn question() -> RuntimeCall {
    let remark = b"aye?".to_vec().try_into().unwrap_or_default();
    let call: RuntimeCall = pallet_system::Call::Remark { remark }.into();
    pallet_referenda::Call::Submit {
        track: TRACK,
        // A few bytes are stated inline.
        proposal: Proposal::Inline(call.encode().try_into().unwrap_or_default()),
        enactment: Enactment::After(0),
        title: b"a question".to_vec().try_into().unwrap_or_default(),
        decision: DecisionDeposit::Now,
    }
    .into()
}

/// Open the referenda, queue the spends, then fill the pot.
fn prepare(tx: &mut Tx<'_>, draft: &Draft) -> Result<(), DispatchError> {
    for _ in 0..draft.referenda {
        tx.dispatch(&question().encode(), Origin::Signed(asker()))?;
    }
    for spend in 0..draft.spends {
        let beneficiary = AccountId::of_pallet(&format!("bench/payee/{spend}"));
        let memo = b"for the benchmark".to_vec().try_into().unwrap_or_default();
        let call = pallet_treasury::Call::Spend { beneficiary, amount: SPEND, memo };
        tx.dispatch(&RuntimeCall::from(call).encode(), Origin::Track(Track::Treasurer))?;
    }
    if draft.spends > 0 {
        let pot = draft.pot.saturating_add(pallet_balances::EXISTENTIAL_DEPOSIT);
        pallet_balances::deposit(tx, &pallet_treasury::account(), pot)?;
        pallet_balances::TOTAL_ISSUANCE.add(tx, &pot)?;
    }
    Ok(())
}

/// The rows after a step that no block holds.
fn arrange(
    state: &State,
    runtime: &AlthingRuntime,
    step: impl FnOnce(&mut Tx<'_>) -> Result<(), DispatchError>,
) -> Result<State, BenchError> {
    let block = BlockEnv {
        number: 0,
        parent_hash: Hash256::default(),
        genesis_hash: Hash256::default(),
        now: 0,
    };
    let mut tx = Tx::unrestricted(state, runtime, block);
    step(&mut tx).map_err(BenchError::Arrange)?;
    let effects = tx.into_effects();
    let after = |row: &althing_frame::RowChange| {
        let before = state.row(&row.key)?;
        Ok((row.key.clone(), row.change.apply(before.as_deref(), &row.key)?))
    };
    let changes: Vec<_> = effects.rows().iter().map(after).collect::<Result<_, BenchError>>()?;
    Ok(state.apply(&changes))
}
