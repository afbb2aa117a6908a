//! Calls as the tests make them.

use althing_frame::Track;
use althing_primitives::{AccountId, Balance, MultiAddress, TOKEN};
use althing_runtime::RuntimeCall;
use pallet_preimage::Proposal;
use pallet_referenda::{DecisionDeposit, Enactment};
use pallet_voting::{Ballot, Conviction};
use parity_scale_codec::Encode;

/// Send tokens.
pub fn transfer(to: &AccountId, tokens: Balance) -> RuntimeCall {
    let dest = MultiAddress::Id(*to);
    pallet_balances::Call::TransferKeepAlive { dest, value: tokens * TOKEN }.into()
}

/// Say something.
pub fn remark(text: &str) -> RuntimeCall {
    let remark = text.as_bytes().to_vec().try_into().unwrap();
    pallet_system::Call::RemarkWithEvent { remark }.into()
}

/// Pay out of the treasury, if a track says so.
pub fn spend(to: &AccountId, tokens: Balance) -> RuntimeCall {
    let memo = Vec::new().try_into().unwrap();
    let amount = tokens * TOKEN;
    pallet_treasury::Call::Spend { beneficiary: *to, amount, memo }.into()
}

/// Ask the members, decision deposit paid.
pub fn propose(track: Track, call: &RuntimeCall) -> RuntimeCall {
    pallet_referenda::Call::Submit {
        track,
        proposal: Proposal::of(&call.encode()).unwrap(),
        enactment: Enactment::After(0),
        title: b"a question".to_vec().try_into().unwrap(),
        decision: DecisionDeposit::Now,
    }
    .into()
}

/// Vote with one-fold conviction.
pub fn vote(referendum: u32, aye: bool, tokens: Balance) -> RuntimeCall {
    let ballot =
        Ballot::Standard { aye, balance: tokens * TOKEN, conviction: Conviction::Locked1x };
    pallet_voting::Call::Vote { referendum, ballot }.into()
}
