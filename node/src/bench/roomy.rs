//! The runtime with blocks of any size, and with one call more.
//!
//! 10,000 transactions with signatures of ML-DSA-44 are more than a block of 16 MiB and two seconds
//! holds. And no call of the chain reads eight rows and writes five, which is what the literature
//! measures: [`Touch`] does.

use althing_frame::{
    Access, Admission, BeforeError, BlockEnv, Call, CallClass, DispatchError, Fault, Invalid,
    PhaseEvents, Rows, Runtime, Tx,
};
use althing_primitives::{Extrinsic, Moment, RuntimeVersion, Weight};
use althing_runtime::AlthingRuntime;

use super::touch::Touch;

/// Whether blocks have limits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Limits {
    /// None.
    Lifted,
    /// Those of the chain.
    Kept,
}

/// All as in [`AlthingRuntime`], but for what the benchmark needs.
#[derive(Debug)]
pub(crate) struct Roomy {
    chain: AlthingRuntime,
    limits: Limits,
}

impl Roomy {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { chain: AlthingRuntime::new(), limits }
    }
}

impl Runtime for Roomy {
    fn block_weight_max(&self) -> Weight {
        match self.limits {
            Limits::Lifted => Weight { ref_time: u64::MAX, proof_size: u64::MAX },
            Limits::Kept => self.chain.block_weight_max(),
        }
    }

    fn block_bytes_max(&self) -> u64 {
        match self.limits {
            Limits::Lifted => u64::MAX,
            Limits::Kept => self.chain.block_bytes_max(),
        }
    }

    fn block_share(&self, class: CallClass) -> (Weight, u64) {
        match self.limits {
            Limits::Lifted => (self.block_weight_max(), self.block_bytes_max()),
            Limits::Kept => self.chain.block_share(class),
        }
    }

    fn version(&self) -> RuntimeVersion {
        self.chain.version()
    }

    fn inherents(&self, block: &BlockEnv) -> Vec<Extrinsic> {
        self.chain.inherents(block)
    }

    fn block_time(&self, extrinsics: &[Extrinsic]) -> Result<Moment, Invalid> {
        self.chain.block_time(extrinsics)
    }

    fn decode_call(&self, bytes: &[u8]) -> Result<Box<dyn Call>, Invalid> {
        match Touch::decode(bytes) {
            Some(touch) => Ok(Box::new(touch)),
            None => self.chain.decode_call(bytes),
        }
    }

    fn admit(
        &self,
        parent: &dyn Rows,
        block: &BlockEnv,
        extrinsic: &Extrinsic,
        call: &dyn Call,
    ) -> Result<Admission, BeforeError> {
        self.chain.admit(parent, block, extrinsic, call)
    }

    fn admit_proven(
        &self,
        parent: &dyn Rows,
        block: &BlockEnv,
        extrinsic: &Extrinsic,
        call: &dyn Call,
    ) -> Result<Admission, BeforeError> {
        self.chain.admit_proven(parent, block, extrinsic, call)
    }

    fn access(
        &self,
        parent: &dyn Rows,
        extrinsic: &Extrinsic,
        call: &dyn Call,
        admission: &Admission,
    ) -> Result<Access, Fault> {
        self.chain.access(parent, extrinsic, call, admission)
    }

    fn before(
        &self,
        tx: &mut Tx<'_>,
        extrinsic: &Extrinsic,
        admission: &Admission,
    ) -> Result<(), BeforeError> {
        self.chain.before(tx, extrinsic, admission)
    }

    fn after(
        &self,
        tx: &mut Tx<'_>,
        call: &dyn Call,
        admission: &Admission,
        outcome: &Result<(), DispatchError>,
    ) -> Result<(), Fault> {
        self.chain.after(tx, call, admission, outcome)
    }

    fn initialize(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        self.chain.initialize(tx)
    }

    fn finalize(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        self.chain.finalize(tx)
    }

    fn record_events(&self, tx: &mut Tx<'_>, events: &[PhaseEvents<'_>]) -> Result<(), Fault> {
        self.chain.record_events(tx, events)
    }
}
