//! A chain of many members, and the transactions they send.

mod clock;
mod roomy;

pub(crate) use clock::{Clock, CpuTime, transactions};
pub(crate) use roomy::Roomy;

use althing_crypto::SchemeId;
use althing_crypto::signing::signing_scheme;
use althing_executor::{Executor, Parent, Proof, State, Transaction, Workers};
use althing_frame::Track;
use althing_primitives::{
    AccountId, Balance, Circumstances, Era, Extra, Extrinsic, Hash256, Header, Implicit, KeyHandle,
    Moment, MultiAddress, Signature, SignedPart, SignerKey, TOKEN, signing_payload, statement,
};
use althing_runtime::{
    AlthingRuntime, ChainSpec, Genesis, GovernancePreset, Member, MemberKey, RuntimeCall,
    SPEC_VERSION, TRANSACTION_VERSION,
};
use pallet_preimage::Proposal;
use pallet_referenda::{DecisionDeposit, Enactment};
use pallet_voting::{Ballot, Conviction};
use parity_scale_codec::Encode;

const SCHEME: SchemeId = SchemeId::ML_DSA_44;
const SIGNATURE_BYTES: usize = 2_420;
const PUBLIC_BYTES: usize = 1_312;
/// What every member owns: enough for the deposits of a referendum.
const BALANCE: Balance = 10_000 * TOKEN;

/// Whether members can sign.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Keys {
    /// No: their keys are numbers, their signatures zeros. For blocks whose signatures were
    /// verified before.
    Made,
    /// Yes.
    Signing,
}

struct Sender {
    account: AccountId,
    handle: KeyHandle,
    signer: Option<Box<dyn althing_crypto::signing::Signer>>,
}

/// A chain with members who own something and have sent nothing.
pub(crate) struct Chain {
    genesis: Hash256,
    header: Header,
    pub(crate) state: State,
    senders: Vec<Sender>,
}

/// Sender number `at` with its public key.
fn sender(at: usize, keys: Keys) -> (Sender, Vec<u8>) {
    let seed = [at.to_string().as_bytes(), &[0; 32]].concat()[..32].to_vec();
    let (public, signer) = match keys {
        Keys::Made => (seed.iter().copied().cycle().take(PUBLIC_BYTES).collect::<Vec<_>>(), None),
        Keys::Signing => {
            let signing = signing_scheme(SCHEME).unwrap();
            let pair = signing.generate_from_seed(&seed).unwrap();
            let signer = signing.signer(&pair.secret).unwrap();
            (pair.public, Some(signer))
        }
    };
    let handle = KeyHandle::of(SCHEME, &public);
    let account = AccountId::from_key(handle, [0; 32]);
    (Sender { account, handle, signer }, public)
}

/// An account without key that only receives.
fn receiver(at: usize) -> AccountId {
    AccountId::of_pallet(&at.to_string())
}

impl Chain {
    /// A chain at genesis with this many senders and one who may ask, and as many receivers.
    pub(crate) fn new(count: usize, keys: Keys) -> Self {
        let mut senders = Vec::new();
        let mut spec = ChainSpec::dev(GovernancePreset::Main).unwrap();
        for at in 0..=count {
            let (sender, public) = sender(at, keys);
            let key = Some(MemberKey { scheme: "ml-dsa-44".to_owned(), public });
            spec.members.extend([
                Member { name: None, account: sender.account, balance: BALANCE, key },
                Member { name: None, account: receiver(at), balance: BALANCE, key: None },
            ]);
            senders.push(sender);
        }
        let Genesis { header, state } = spec.build(&AlthingRuntime::new()).unwrap();
        Self { genesis: header.hash(), header, state, senders }
    }

    /// The chain one block later, when the last sender has asked a question on this track.
    pub(crate) fn with_referendum(mut self, track: Track) -> Self {
        let remark = b"aye?".to_vec().try_into().unwrap();
        let call: RuntimeCall = pallet_system::Call::Remark { remark }.into();
        let question = pallet_referenda::Call::Submit {
            track,
            proposal: Proposal::of(&call.encode()).unwrap(),
            enactment: Enactment::After(0),
            title: b"a question".to_vec().try_into().unwrap(),
            decision: DecisionDeposit::Now,
        };
        // Asking takes a nonce, so the asker is not among those who vote.
        let asker = self.senders.pop().unwrap();
        let extrinsic = self.signed(&asker, &question.into());
        let executor = Executor::new(std::sync::Arc::new(Roomy::new()), Workers::Serial);
        let transactions = vec![Transaction { extrinsic, proven: Proof::Assumed }];
        let executed = executor.build(&self.parent(), self.next_time(), transactions).unwrap();
        assert!(executed.receipts.iter().all(|receipt| receipt.outcome.is_ok()));
        (self.header, self.state) = (executed.header, executed.state);
        self
    }

    pub(crate) fn parent(&self) -> Parent<'_> {
        Parent { header: &self.header, state: &self.state, genesis: self.genesis }
    }

    pub(crate) fn next_time(&self) -> Moment {
        (Moment::from(self.header.number) + 1) * 6_000
    }

    /// Transfers of which no two touch one account.
    pub(crate) fn transfers(&self, count: usize) -> Vec<Extrinsic> {
        let transfer = |(at, sender): (usize, &Sender)| {
            let dest = MultiAddress::Id(receiver(at));
            let call = pallet_balances::Call::TransferKeepAlive { dest, value: TOKEN };
            self.signed(sender, &call.into())
        };
        self.first(count).enumerate().map(transfer).collect()
    }

    /// Ballots on the one referendum.
    pub(crate) fn votes(&self, count: usize) -> Vec<Extrinsic> {
        let ballot = |aye| {
            let conviction = Conviction::Locked1x;
            let ballot = Ballot::Standard { aye, balance: 100 * TOKEN, conviction };
            pallet_voting::Call::Vote { referendum: 0, ballot }
        };
        let vote = |(at, sender): (usize, _)| self.signed(sender, &ballot(at % 3 != 0).into());
        self.first(count).enumerate().map(vote).collect()
    }

    fn first(&self, count: usize) -> impl Iterator<Item = &Sender> {
        assert!(count <= self.senders.len(), "{} senders", self.senders.len());
        self.senders.iter().take(count)
    }

    /// The first transaction of this sender, signed if it can sign.
    fn signed(&self, sender: &Sender, call: &RuntimeCall) -> Extrinsic {
        let era = Era::mortal(64, self.header.number);
        let extra = Extra { era, nonce: 0, tip: 0, metadata_hash_mode: 0 };
        let implicit = Implicit {
            spec_version: SPEC_VERSION,
            transaction_version: TRANSACTION_VERSION,
            genesis: self.genesis,
            birth: self.header.hash(),
            metadata_hash: None,
        };
        let call = call.encode();
        let payload = signing_payload(&call, &extra, &implicit);
        let key = SignerKey { scheme: SCHEME, handle: sender.handle };
        let payload = statement(&sender.account, Circumstances::default(), &[key], &payload);
        let bytes = sender
            .signer
            .as_ref()
            .map_or_else(|| vec![0; SIGNATURE_BYTES], |signer| signer.sign(&payload).unwrap());
        let signature = bytes.try_into().unwrap();
        let signature = Signature::Handle { scheme: SCHEME, handle: sender.handle, signature };
        Extrinsic::signed(SignedPart { account: sender.account, signature, extra }, &call)
    }
}
