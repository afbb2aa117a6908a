//! Try a call on a state without keeping anything, so that a wallet can show refusals with their
//! values before anyone signs.

use althing_executor::{Parent, State};
use althing_frame::{
    Access, BlockEnv, Call, DispatchError, Effects, Fault, Origin, RowKey, RowValue, Rows, Runtime,
    Tx, Voice,
};
use althing_primitives::{
    AccountId, Balance, Era, Extra, Extrinsic, SchemeId, Signature, SignedPart,
};
use pallet_accounts::POLICIES;
use pallet_transaction_payment::Charge;

use crate::{AlthingRuntime, lifecycle, price};

/// What a call would do in the next block.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DryRun {
    /// Whether it would take effect, or the rule that refuses it.
    pub outcome: Result<(), DispatchError>,
    /// Its outer events; fee and outcome are not among them.
    pub events: Vec<Vec<u8>>,
    /// What an extrinsic with this call would cost its sender, without tip; 0 for another origin.
    pub fee: Balance,
    /// What first use of the sender's key sets aside; 0 if the chain keeps it already.
    pub deposit: Balance,
    /// Whether the sender can pay both, from locked funds where those may (F15).
    pub payable: bool,
}

/// The block that follows `parent`, at the parent's time.
pub(crate) fn next_block(parent: &Parent<'_>) -> Result<BlockEnv, Fault> {
    Ok(BlockEnv {
        number: parent.header.number.saturating_add(1),
        parent_hash: parent.header.hash(),
        genesis_hash: parent.genesis,
        now: pallet_timestamp::NOW.get_or_default(parent.state)?,
    })
}

impl AlthingRuntime {
    /// Run the encoded `call` as `origin` on the state after `parent`, keeping nothing. A fault is
    /// an outcome like any other here: [`DispatchError::is_bug`] tells it apart.
    pub fn dry_run(&self, parent: &Parent<'_>, origin: Origin, call: &[u8]) -> DryRun {
        self.dry_run_under(parent, (origin, price::DEFAULT_SCHEME), call)
    }

    /// The same for an account that has no key on chain yet and will sign under `scheme`: fee and
    /// deposit depend on it.
    pub fn dry_run_under(
        &self,
        parent: &Parent<'_>,
        (origin, scheme): (Origin, SchemeId),
        call: &[u8],
    ) -> DryRun {
        let (outcome, events, payable) = (Ok(()), Vec::new(), true);
        let mut run = DryRun { outcome, events, fee: 0, deposit: 0, payable };
        match self.try_call(parent, (origin, scheme), call, &mut run) {
            Ok(events) => run.events = events,
            Err(error) => run.outcome = Err(error),
        }
        run
    }

    fn try_call(
        &self,
        parent: &Parent<'_>,
        (origin, scheme): (Origin, SchemeId),
        bytes: &[u8],
        run: &mut DryRun,
    ) -> Result<Vec<Vec<u8>>, DispatchError> {
        let call = self.decode_call(bytes).map_err(|_| DispatchError::Undecodable)?;
        if let Origin::Signed(who) = origin {
            (run.fee, run.deposit) = expected_cost(parent, (&who, scheme), (call.as_ref(), bytes))?;
        }
        let block = next_block(parent)?;
        let (paid, payable) = self.pay(parent, (origin, block), (run, call.pays_from_locked()))?;
        run.payable = payable;
        let mut access = Access::new();
        let mut tx = match origin {
            Origin::Signed(who) => {
                call.access(&origin, parent.state, &mut access)?;
                let voice = expected_voice(parent, &who, scheme)?;
                Tx::confined(&paid, &access, self, block).with_voice(Some(voice))
            }
            // Inherents and enactments declare nothing: they run in the serial phases.
            Origin::None | Origin::Track(_) => Tx::unrestricted(&paid, self, block),
        };
        call.dispatch(&mut tx, origin)?;
        Ok(tx.into_effects().events.to_vecs())
    }

    /// The rows as the call will find them: the block has begun, fee and deposit are taken. Who
    /// cannot pay them sees the call tried on untouched funds, since the wallet has another word for
    /// that.
    fn pay<'a>(
        &self,
        parent: &Parent<'a>,
        (origin, block): (Origin, BlockEnv),
        (run, pays_from_locked): (&DryRun, bool),
    ) -> Result<(Paid<'a>, bool), DispatchError> {
        let begin = || {
            let mut tx = Tx::unrestricted(parent.state, self, block);
            lifecycle::initialize(&mut tx)?;
            Ok::<_, DispatchError>(tx)
        };
        // Tried as the owners would sign it.
        let fee_from_locked = if pays_from_locked { run.fee } else { 0 };
        let charge = Charge { fee: run.fee, fee_from_locked, tip: 0 };
        let can_pay = |tx: &mut Tx<'_>| match origin {
            Origin::None | Origin::Track(_) => true,
            Origin::Signed(who) => {
                pallet_balances::reserve(tx, &who, run.deposit).is_ok()
                    && pallet_transaction_payment::withdraw_fee(tx, &who, &charge).is_ok()
            }
        };
        let mut tx = begin()?;
        let payable = can_pay(&mut tx);
        if !payable {
            tx = begin()?;
        }
        Ok((Paid { base: parent.state, effects: tx.into_effects() }, payable))
    }
}

/// Rows after the block began and fee and deposit were taken.
struct Paid<'a> {
    base: &'a State,
    effects: Effects,
}

impl Rows for Paid<'_> {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        let before = self.base.row(key)?;
        match self.effects.change(key) {
            Some(change) => change.apply(before.as_deref(), key),
            None => Ok(before),
        }
    }
}

/// Who answers for the next extrinsic of `who`: the schemes of the keys that would sign it, or
/// `scheme` if it has none yet. One that the chain does not know speaks for nobody.
fn expected_voice(parent: &Parent<'_>, who: &AccountId, scheme: SchemeId) -> Result<Voice, Fault> {
    let policy = POLICIES.get(parent.state, who)?;
    let next = parent.header.number.saturating_add(1);
    let quorum = policy.as_ref().map_or_else(Vec::new, |policy| policy.quorum(next));
    let schemes: Vec<_> = match quorum[..] {
        [] => vec![scheme],
        _ => quorum.iter().map(|key| key.scheme).collect(),
    };
    pallet_accounts::voice_of(parent.state, &schemes, next)
}

/// Fee and deposit of the next extrinsic of `who` with this call, mortal and without tip: under the
/// fewest kept keys that sign for everything, else at the first use of a key of this scheme.
fn expected_cost(
    parent: &Parent<'_>,
    (who, scheme): (&AccountId, SchemeId),
    (call, bytes): (&dyn Call, &[u8]),
) -> Result<(Balance, Balance), Fault> {
    let policy = POLICIES.get(parent.state, who)?;
    let next = parent.header.number.saturating_add(1);
    let quorum = policy.as_ref().map_or_else(Vec::new, |policy| policy.quorum(next));
    let kept: Vec<_> = quorum.iter().map(|key| (key.scheme, key.handle)).collect();
    let schemes = match kept[..] {
        [] => vec![scheme],
        _ => kept.iter().map(|(scheme, _)| *scheme).collect(),
    };
    let rows = parent.state;
    let signature = match kept[..] {
        [] => price::blank_signature(rows, scheme, None)?,
        [(scheme, handle)] => price::blank_signature(rows, scheme, Some(handle))?,
        _ => price::blank_joint(rows, &kept)?,
    };
    let Some((weight, signature)) = price::weight_under(rows, call, &schemes)?.zip(signature)
    else {
        // Nobody can send this: the chain has no such scheme.
        return Ok((0, 0));
    };
    let deposit = match &signature {
        Signature::Key { public, .. } => {
            pallet_accounts::key_deposit(u32::try_from(public.len()).unwrap_or(u32::MAX))
        }
        Signature::Handle { .. }
        | Signature::Ed25519(_)
        | Signature::Sr25519(_)
        | Signature::Ecdsa(_)
        | Signature::Joint { .. } => 0,
    };
    let nonce = pallet_system::account(parent.state, who)?.nonce;
    let era = Era::mortal(64, parent.header.number);
    let extra = Extra { era, nonce, tip: 0, metadata_hash_mode: 0 };
    let extrinsic = Extrinsic::signed(SignedPart { account: *who, signature, extra }, bytes);
    Ok((pallet_transaction_payment::fee(extrinsic.bytes().len() as u64, weight), deposit))
}
