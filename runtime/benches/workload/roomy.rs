//! The runtime with blocks of any size: 10,000 transactions with signatures of ML-DSA-44 are more
//! than a block of 16 MiB and two seconds holds.

use althing_frame::{
    Access, Admission, BeforeError, BlockEnv, Call, DispatchError, Fault, Invalid, PhaseEvents,
    Rows, Runtime, Tx,
};
use althing_primitives::{Extrinsic, Moment, RuntimeVersion, Weight};
use althing_runtime::AlthingRuntime;

/// All as in [`AlthingRuntime`], without its limits.
#[derive(Debug)]
pub(crate) struct Roomy(AlthingRuntime);

impl Roomy {
    pub(crate) fn new() -> Self {
        Self(AlthingRuntime::new())
    }
}

impl Runtime for Roomy {
    fn block_weight_max(&self) -> Weight {
        Weight { ref_time: u64::MAX, proof_size: u64::MAX }
    }

    fn block_bytes_max(&self) -> u64 {
        u64::MAX
    }

    fn version(&self) -> RuntimeVersion {
        self.0.version()
    }

    fn inherents(&self, block: &BlockEnv) -> Vec<Extrinsic> {
        self.0.inherents(block)
    }

    fn block_time(&self, extrinsics: &[Extrinsic]) -> Result<Moment, Invalid> {
        self.0.block_time(extrinsics)
    }

    fn decode_call(&self, bytes: &[u8]) -> Result<Box<dyn Call>, Invalid> {
        self.0.decode_call(bytes)
    }

    fn admit(
        &self,
        parent: &dyn Rows,
        block: &BlockEnv,
        extrinsic: &Extrinsic,
        call: &dyn Call,
    ) -> Result<Admission, BeforeError> {
        self.0.admit(parent, block, extrinsic, call)
    }

    fn admit_proven(
        &self,
        parent: &dyn Rows,
        block: &BlockEnv,
        extrinsic: &Extrinsic,
        call: &dyn Call,
    ) -> Result<Admission, BeforeError> {
        self.0.admit_proven(parent, block, extrinsic, call)
    }

    fn access(
        &self,
        parent: &dyn Rows,
        extrinsic: &Extrinsic,
        call: &dyn Call,
        admission: &Admission,
    ) -> Result<Access, Fault> {
        self.0.access(parent, extrinsic, call, admission)
    }

    fn before(
        &self,
        tx: &mut Tx<'_>,
        extrinsic: &Extrinsic,
        admission: &Admission,
    ) -> Result<(), BeforeError> {
        self.0.before(tx, extrinsic, admission)
    }

    fn after(
        &self,
        tx: &mut Tx<'_>,
        call: &dyn Call,
        admission: &Admission,
        outcome: &Result<(), DispatchError>,
    ) -> Result<(), Fault> {
        self.0.after(tx, call, admission, outcome)
    }

    fn initialize(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        self.0.initialize(tx)
    }

    fn finalize(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        self.0.finalize(tx)
    }

    fn record_events(&self, tx: &mut Tx<'_>, events: &[PhaseEvents<'_>]) -> Result<(), Fault> {
        self.0.record_events(tx, events)
    }
}
