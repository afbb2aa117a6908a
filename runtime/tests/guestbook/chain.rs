//! The smallest chain around the guestbook: one pallet, no fees, no nonces, no signatures.

use althing_frame::testing::{TestRuntime, decode_pallet};
use althing_frame::{
    Access, Admission, BeforeError, BlockEnv, Call, DispatchError, Fault, Invalid, PhaseEvents,
    Rows, Runtime, Tx,
};
use althing_primitives::{
    AccountId, Era, Extra, Extrinsic, Moment, RuntimeVersion, SignedPart, Weight,
};
use parity_scale_codec::Encode;

use crate::pallet::{self, Text};

/// The guestbook's runtime without its hook: calls only.
pub(crate) const CALLS: TestRuntime =
    TestRuntime::new(|bytes| decode_pallet::<pallet::Call>(pallet::INDEX, bytes));

/// A runtime of one pallet. Who sends is taken as said: there are no signatures here.
#[derive(Debug)]
pub(crate) struct GuestbookRuntime;

impl Runtime for GuestbookRuntime {
    fn version(&self) -> RuntimeVersion {
        CALLS.version()
    }

    fn block_weight_max(&self) -> Weight {
        CALLS.block_weight_max()
    }

    fn block_bytes_max(&self) -> u64 {
        CALLS.block_bytes_max()
    }

    fn inherents(&self, _: &BlockEnv) -> Vec<Extrinsic> {
        Vec::new()
    }

    fn block_time(&self, _: &[Extrinsic]) -> Result<Moment, Invalid> {
        Ok(0)
    }

    fn decode_call(&self, bytes: &[u8]) -> Result<Box<dyn Call>, Invalid> {
        CALLS.decode_call(bytes)
    }

    fn admit(
        &self,
        parent: &dyn Rows,
        block: &BlockEnv,
        extrinsic: &Extrinsic,
        call: &dyn Call,
    ) -> Result<Admission, BeforeError> {
        CALLS.admit(parent, block, extrinsic, call)
    }

    fn access(
        &self,
        parent: &dyn Rows,
        extrinsic: &Extrinsic,
        call: &dyn Call,
        admission: &Admission,
    ) -> Result<Access, Fault> {
        CALLS.access(parent, extrinsic, call, admission)
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

    fn finalize(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        pallet::on_finalize(tx)
    }

    fn record_events(&self, _: &mut Tx<'_>, _: &[PhaseEvents<'_>]) -> Result<(), Fault> {
        Ok(())
    }
}

/// The member of this number.
pub(crate) fn member(number: u8) -> AccountId {
    AccountId([number; 32])
}

/// A text that fits an entry.
pub(crate) fn text(words: &str) -> Text {
    words.as_bytes().to_vec().try_into().expect("the texts of these tests fit")
}

/// `call` as sent by `account`, under a signature that nobody looks at.
pub(crate) fn sent(account: AccountId, call: &pallet::Call) -> Extrinsic {
    let extra = Extra { era: Era::Immortal, nonce: 0, tip: 0, metadata_hash_mode: 0 };
    let signature = althing_primitives::Signature::Sr25519([0; 64]);
    Extrinsic::signed(SignedPart { account, signature, extra }, &(pallet::INDEX, call).encode())
}
