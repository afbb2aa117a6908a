//! Where a block is full.

use althing_frame::{CallClass, Runtime};
use althing_primitives::Weight;

use crate::prepare::Ready;

/// Room left in the block. Weights are declared, never refunded, so the cut does not depend on
/// how execution goes. Normal calls share a part of the block, so that votes always find room.
pub(crate) struct Budget<'a> {
    runtime: &'a dyn Runtime,
    all: Filled,
    normal: Filled,
}

/// What some transactions take together.
#[derive(Clone, Copy, Default)]
struct Filled {
    weight: Weight,
    bytes: u64,
}

impl Filled {
    fn with(self, one: &Ready<'_>) -> Self {
        let bytes = one.transaction.extrinsic.bytes().len() as u64;
        Self {
            weight: self.weight.saturating_add(one.admission.weight),
            bytes: self.bytes.saturating_add(bytes),
        }
    }

    fn exceeds(self, (weight, bytes): (Weight, u64)) -> bool {
        self.weight.exceeds(weight) || self.bytes > bytes
    }
}

impl<'a> Budget<'a> {
    pub(crate) fn of(runtime: &'a dyn Runtime) -> Self {
        Self { runtime, all: Filled::default(), normal: Filled::default() }
    }

    /// Whether one more fits; if it does, it is in.
    pub(crate) fn take(&mut self, one: &Ready<'_>) -> bool {
        let all = self.all.with(one);
        if all.exceeds((self.runtime.block_weight_max(), self.runtime.block_bytes_max())) {
            return false;
        }
        if one.call.class() == CallClass::Normal {
            let normal = self.normal.with(one);
            if normal.exceeds(self.runtime.block_share(CallClass::Normal)) {
                return false;
            }
            self.normal = normal;
        }
        self.all = all;
        true
    }
}
