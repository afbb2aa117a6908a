//! The composed chain, as the executor drives it.

use std::sync::OnceLock;

use althing_frame::{
    Access, Admission, BeforeError, BlockEnv, Call, CallClass, DispatchError, Fault, Invalid,
    METADATA_VERSIONS, PhaseEvents, Rows, Runtime, Tx,
};
use althing_primitives::{Extrinsic, Moment, RuntimeVersion, Weight};
use pallet_system::limits::{
    BLOCK_BYTES_MAX, BLOCK_WEIGHT_MAX, NORMAL_BYTES_MAX, NORMAL_WEIGHT_MAX,
};
use parity_scale_codec::DecodeLimit;

use crate::admission::Witness;
use crate::{RuntimeCall, admission, lifecycle, turn};

/// How deeply the data of a call may nest.
const CALL_DEPTH_MAX: u32 = 16;

/// The composed chain.
#[derive(Debug, Default)]
pub struct AlthingRuntime {
    /// Metadata by version, made when it is first asked for: it never changes.
    metadata: [OnceLock<Vec<u8>>; METADATA_VERSIONS.len()],
}

impl AlthingRuntime {
    /// The composed chain.
    pub fn new() -> Self {
        Self::default()
    }

    /// The metadata of `version`, from its magic number on; `None` for a version we do not have.
    pub fn metadata(&self, version: u32) -> Option<&[u8]> {
        let position = METADATA_VERSIONS.iter().position(|known| *known == version)?;
        let cell = self.metadata.get(position)?;
        // The position says that the version is known, so there are bytes.
        Some(cell.get_or_init(|| crate::metadata::chain().encode(version).unwrap_or_default()))
    }

    /// Decode a whole call; trailing bytes are refused.
    pub(crate) fn decode(bytes: &[u8]) -> Result<RuntimeCall, Invalid> {
        let mut input = bytes;
        RuntimeCall::decode_all_with_depth_limit(CALL_DEPTH_MAX, &mut input)
            .map_err(|_| Invalid::Call)
    }
}

impl Runtime for AlthingRuntime {
    fn version(&self) -> RuntimeVersion {
        crate::version()
    }

    fn block_weight_max(&self) -> Weight {
        BLOCK_WEIGHT_MAX
    }

    fn block_bytes_max(&self) -> u64 {
        BLOCK_BYTES_MAX.into()
    }

    fn block_share(&self, class: CallClass) -> (Weight, u64) {
        match class {
            CallClass::Normal => (NORMAL_WEIGHT_MAX, NORMAL_BYTES_MAX.into()),
            CallClass::Operational | CallClass::Mandatory => {
                (self.block_weight_max(), self.block_bytes_max())
            }
        }
    }

    fn inherents(&self, block: &BlockEnv) -> Vec<Extrinsic> {
        admission::inherents(block)
    }

    fn block_time(&self, extrinsics: &[Extrinsic]) -> Result<Moment, Invalid> {
        admission::block_time(extrinsics)
    }

    fn decode_call(&self, bytes: &[u8]) -> Result<Box<dyn Call>, Invalid> {
        Ok(Box::new(Self::decode(bytes)?))
    }

    fn admit(
        &self,
        parent: &dyn Rows,
        block: &BlockEnv,
        extrinsic: &Extrinsic,
        call: &dyn Call,
    ) -> Result<Admission, BeforeError> {
        Ok(admission::admit(parent, block, (extrinsic, Witness::Wanted), call)?.admission)
    }

    fn admit_proven(
        &self,
        parent: &dyn Rows,
        block: &BlockEnv,
        extrinsic: &Extrinsic,
        call: &dyn Call,
    ) -> Result<Admission, BeforeError> {
        Ok(admission::admit(parent, block, (extrinsic, Witness::Proven), call)?.admission)
    }

    fn access(
        &self,
        parent: &dyn Rows,
        _extrinsic: &Extrinsic,
        call: &dyn Call,
        admission: &Admission,
    ) -> Result<Access, Fault> {
        turn::access(parent, call, admission)
    }

    fn before(
        &self,
        tx: &mut Tx<'_>,
        extrinsic: &Extrinsic,
        admission: &Admission,
    ) -> Result<(), BeforeError> {
        turn::before(tx, extrinsic, admission)
    }

    fn after(
        &self,
        tx: &mut Tx<'_>,
        call: &dyn Call,
        admission: &Admission,
        outcome: &Result<(), DispatchError>,
    ) -> Result<(), Fault> {
        turn::after(tx, call, admission, outcome);
        Ok(())
    }

    fn initialize(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        lifecycle::initialize(tx)
    }

    fn finalize(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        lifecycle::finalize(tx)
    }

    fn record_events(&self, tx: &mut Tx<'_>, events: &[PhaseEvents<'_>]) -> Result<(), Fault> {
        pallet_system::record_events(tx, events)
    }
}
