//! A chain in memory for the tests of pallets: rows, a block, and calls applied one by one.
//!
//! Only with the feature `testing`, which no node turns on. A call runs confined to the access it
//! declares, in a layer that is kept only if it succeeds, as the executor runs it; so a pallet's
//! test fails when its declaration is too narrow, and a refusal that leaves a trace shows in
//! [`TestChain::root`].

use althing_primitives::{
    BlockNumber, Extrinsic, Hash256, Moment, RuntimeVersion, SchemeId, Weight,
};
use parity_scale_codec::DecodeAll;

use crate::{
    Access, Admission, BeforeError, BlockEnv, Call, DispatchError, Event, Fault, Invalid,
    MemoryRows, Origin, PhaseEvents, Rows, Runtime, Tx, Voice,
};

/// How a test runtime decodes a whole call.
pub type DecodeCall = fn(&[u8]) -> Result<Box<dyn Call>, Invalid>;

/// Decode `bytes` as a call of the pallet with this index: its index, then `C`, then nothing.
pub fn decode_pallet<C: Call + DecodeAll + 'static>(
    pallet: u8,
    bytes: &[u8],
) -> Result<Box<dyn Call>, Invalid> {
    let (index, mut call) = bytes.split_first().ok_or(Invalid::Call)?;
    if *index != pallet {
        return Err(Invalid::Call);
    }
    Ok(Box::new(C::decode_all(&mut call).map_err(|_| Invalid::Call)?))
}

/// A runtime of whatever calls its function decodes. There are no fees, nonces or signatures.
#[derive(Clone, Copy, Debug)]
pub struct TestRuntime {
    decode: DecodeCall,
}

impl TestRuntime {
    /// The runtime of the calls that `decode` knows.
    pub const fn new(decode: DecodeCall) -> Self {
        Self { decode }
    }

    /// A runtime that knows no call.
    pub const fn without_calls() -> Self {
        Self { decode: |_| Err(Invalid::Call) }
    }
}

impl Runtime for TestRuntime {
    fn version(&self) -> RuntimeVersion {
        RuntimeVersion {
            spec_name: "test".into(),
            impl_name: "test".into(),
            authoring_version: 1,
            spec_version: 1,
            impl_version: 1,
            apis: Vec::new(),
            transaction_version: 1,
            system_version: 1,
        }
    }

    fn block_weight_max(&self) -> Weight {
        Weight { ref_time: 2_000_000_000_000, proof_size: u64::MAX }
    }

    fn block_bytes_max(&self) -> u64 {
        16 * 1024 * 1024
    }

    fn inherents(&self, _: &BlockEnv) -> Vec<Extrinsic> {
        Vec::new()
    }

    fn block_time(&self, _: &[Extrinsic]) -> Result<Moment, Invalid> {
        Ok(0)
    }

    fn decode_call(&self, bytes: &[u8]) -> Result<Box<dyn Call>, Invalid> {
        (self.decode)(bytes)
    }

    fn admit(
        &self,
        _parent: &dyn Rows,
        _block: &BlockEnv,
        extrinsic: &Extrinsic,
        call: &dyn Call,
    ) -> Result<Admission, BeforeError> {
        let part = extrinsic.signed_part();
        Ok(Admission {
            origin: part.map_or(Origin::None, |part| Origin::Signed(part.account)),
            authority: call.authority(),
            witness: None,
            signers: Vec::new(),
            circumstances: althing_primitives::Circumstances::default(),
            voice: None,
            weight: call.weight(),
            fee: 0,
            fee_from_locked: 0,
            tip: part.map_or(0, |part| part.extra.tip),
        })
    }

    fn access(
        &self,
        parent: &dyn Rows,
        _extrinsic: &Extrinsic,
        call: &dyn Call,
        admission: &Admission,
    ) -> Result<Access, Fault> {
        let mut access = Access::new();
        call.access(&admission.origin, parent, &mut access)?;
        Ok(access)
    }

    fn before(&self, _: &mut Tx<'_>, _: &Extrinsic, _: &Admission) -> Result<(), BeforeError> {
        Ok(())
    }

    fn after(
        &self,
        _: &mut Tx<'_>,
        _: &dyn Call,
        _: &Admission,
        _: &Result<(), DispatchError>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    fn initialize(&self, _: &mut Tx<'_>) -> Result<(), DispatchError> {
        Ok(())
    }

    fn finalize(&self, _: &mut Tx<'_>) -> Result<(), DispatchError> {
        Ok(())
    }

    fn record_events(&self, _: &mut Tx<'_>, _: &[PhaseEvents<'_>]) -> Result<(), Fault> {
        Ok(())
    }
}

/// Rows at some block, and what happened since the events were last taken.
#[derive(Clone, Debug)]
pub struct TestChain {
    /// The rows as they stand.
    pub rows: MemoryRows,
    /// The block in which the next call runs.
    pub block: BlockEnv,
    /// The scheme that answers for calls of accounts. At first none alone does: several have signed.
    pub voice: SchemeId,
    /// The schemes that answer together, in the place of that one.
    pub joint: Option<Voice>,
    runtime: TestRuntime,
    events: Vec<Vec<u8>>,
}

impl TestChain {
    /// An empty chain at block 1.
    pub fn new(runtime: TestRuntime) -> Self {
        let block = BlockEnv {
            number: 1,
            parent_hash: Hash256([1; 32]),
            genesis_hash: Hash256([1; 32]),
            now: 0,
        };
        let (rows, voice) = (MemoryRows::new(), SchemeId::JOINT);
        Self { rows, block, voice, joint: None, runtime, events: Vec::new() }
    }

    /// Height of the block in which the next call runs.
    pub fn number(&self) -> BlockNumber {
        self.block.number
    }

    /// Let the next call run in the block of this height and time.
    pub fn go_to(&mut self, number: BlockNumber, now: Moment) {
        self.block.number = number;
        self.block.now = now;
    }

    /// Run `call` confined to the access it declares on the current rows. Rows and events change
    /// only if it succeeds.
    #[expect(clippy::needless_pass_by_value, reason = "a test writes the call where it applies it")]
    pub fn apply<C: Call>(&mut self, origin: Origin, call: C) -> Result<(), DispatchError> {
        let mut access = Access::new();
        call.access(&origin, &self.rows, &mut access)?;
        self.apply_declared(&access, origin, &call)
    }

    /// Run `call` confined to `access`, declared on whatever rows. Rows and events change only if it
    /// succeeds.
    pub fn apply_declared<C: Call>(
        &mut self,
        access: &Access,
        origin: Origin,
        call: &C,
    ) -> Result<(), DispatchError> {
        let voice = self.joint.unwrap_or_else(|| Voice::of([self.voice]));
        let voice = origin.signed().is_ok().then_some(voice);
        let (rows, runtime) = (self.rows.clone(), self.runtime);
        let tx = Tx::confined(&rows, access, &runtime, self.block).with_voice(voice);
        self.commit(tx, |tx| call.dispatch(tx, origin))
    }

    /// Run `step` confined to `access`. Rows and events change only if it succeeds.
    pub fn apply_confined<T, E: From<Fault>>(
        &mut self,
        access: &Access,
        step: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let rows = self.rows.clone();
        let runtime = self.runtime;
        self.commit(Tx::confined(&rows, access, &runtime, self.block), step)
    }

    /// Run a hook or genesis, which may touch any row. Rows and events change only if it succeeds.
    pub fn apply_unrestricted<T, E: From<Fault>>(
        &mut self,
        step: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let rows = self.rows.clone();
        let runtime = self.runtime;
        self.commit(Tx::unrestricted(&rows, &runtime, self.block), step)
    }

    fn commit<'a, T, E: From<Fault>>(
        &mut self,
        mut tx: Tx<'a>,
        step: impl FnOnce(&mut Tx<'a>) -> Result<T, E>,
    ) -> Result<T, E> {
        let value = step(&mut tx)?;
        let effects = tx.into_effects();
        self.rows.commit(&effects)?;
        self.events.extend(effects.events.to_vecs());
        Ok(value)
    }

    /// A hash over all rows: equal if and only if the rows are equal.
    pub fn root(&self) -> Hash256 {
        self.rows.fingerprint()
    }

    /// The outer events so far, in order.
    pub fn events(&self) -> &[Vec<u8>] {
        &self.events
    }

    /// The outer events so far; forgets them.
    pub fn take_events(&mut self) -> Vec<Vec<u8>> {
        core::mem::take(&mut self.events)
    }

    /// Whether `event` is among the events so far.
    pub fn has_event<E: Event>(&self, event: &E) -> bool {
        self.events.contains(&event.to_outer())
    }
}
