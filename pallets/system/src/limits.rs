//! What one block may hold, in the form clients read as constants.

use althing_primitives::Weight;
use parity_scale_codec::Encode;
use scale_info::TypeInfo;
use scale_info::{Path, Type, TypeParameter, build::Fields};

/// Picoseconds of reference time in a block: two seconds.
pub const BLOCK_REF_TIME_MAX: u64 = 2_000_000_000_000;
/// Bytes of proof in a block.
pub const BLOCK_PROOF_SIZE_MAX: u64 = 64 * 1024 * 1024;
/// The most a block may weigh.
pub const BLOCK_WEIGHT_MAX: Weight =
    Weight { ref_time: BLOCK_REF_TIME_MAX, proof_size: BLOCK_PROOF_SIZE_MAX };
/// The most bytes all extrinsics of a block may have: 16 MiB.
pub const BLOCK_BYTES_MAX: u32 = 16 * 1024 * 1024;
/// The share of a block that normal calls may fill, in percent.
pub const NORMAL_PERCENT: u8 = 75;
/// What every extrinsic costs before its call does anything: decoding, nonce, fee, events.
pub const BASE_EXTRINSIC: Weight = Weight::from_micros(10, 0);
/// What an empty block costs.
pub const BASE_BLOCK: Weight = Weight::from_micros(1_000, 0);

/// The most a block's normal calls may weigh.
pub const NORMAL_WEIGHT_MAX: Weight =
    Weight { ref_time: BLOCK_REF_TIME_MAX / 4 * 3, proof_size: BLOCK_PROOF_SIZE_MAX / 4 * 3 };
/// The most bytes a block's normal extrinsics may have.
pub const NORMAL_BYTES_MAX: u32 = BLOCK_BYTES_MAX / 4 * 3;

/// A value for each class of calls.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq)]
pub struct PerDispatchClass<T> {
    /// Of normal calls.
    pub normal: T,
    /// Of operational calls.
    pub operational: T,
    /// Of inherents.
    pub mandatory: T,
}

// Clients name the type by this path.
impl<T: TypeInfo + 'static> TypeInfo for PerDispatchClass<T> {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["frame_support", "dispatch", "PerDispatchClass"]))
            .type_params([TypeParameter::new("T", Some(scale_info::meta_type::<T>()))])
            .composite(
                Fields::named()
                    .field(|f| f.ty::<T>().name("normal").type_name("T"))
                    .field(|f| f.ty::<T>().name("operational").type_name("T"))
                    .field(|f| f.ty::<T>().name("mandatory").type_name("T")),
            )
    }
}

/// How much calls of one class may weigh.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq, TypeInfo)]
#[scale_info(replace_segment("pallet_system", "frame_system"))]
pub struct WeightsPerClass {
    /// What every extrinsic costs before its call.
    pub base_extrinsic: Weight,
    /// The most one extrinsic may weigh.
    pub max_extrinsic: Option<Weight>,
    /// The most all of them may weigh together.
    pub max_total: Option<Weight>,
    /// What is kept for the class even when others fill the block.
    pub reserved: Option<Weight>,
}

/// How much a block may weigh.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq, TypeInfo)]
#[scale_info(replace_segment("pallet_system", "frame_system"))]
pub struct BlockWeights {
    /// What an empty block costs.
    pub base_block: Weight,
    /// The most a block may weigh.
    pub max_block: Weight,
    /// The limits of each class.
    pub per_class: PerDispatchClass<WeightsPerClass>,
}

/// How long a block may be.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq, TypeInfo)]
#[scale_info(replace_segment("pallet_system", "frame_system"))]
pub struct BlockLength {
    /// The most bytes of extrinsics up to and including each class.
    pub max: PerDispatchClass<u32>,
}

/// What a row costs to touch, in picoseconds.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq)]
pub struct RuntimeDbWeight {
    /// One read.
    pub read: u64,
    /// One write, its part of the new root included.
    pub write: u64,
}

// Clients name the type by this path.
impl TypeInfo for RuntimeDbWeight {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_weights", "RuntimeDbWeight"]))
            .composite(
                Fields::named()
                    .field(|f| f.ty::<u64>().name("read").type_name("u64"))
                    .field(|f| f.ty::<u64>().name("write").type_name("u64")),
            )
    }
}

/// The cost of rows on the reference machine, in picoseconds.
pub const DB_WEIGHT: RuntimeDbWeight = RuntimeDbWeight { read: 2_000_000, write: 8_000_000 };

/// The cost of `reads` and `writes` of rows.
pub const fn rows_weight(reads: u64, writes: u64) -> Weight {
    let reading = DB_WEIGHT.read.saturating_mul(reads);
    let writing = DB_WEIGHT.write.saturating_mul(writes);
    Weight { ref_time: reading.saturating_add(writing), proof_size: 0 }
}

/// How much a block may weigh: normal calls fill three quarters, votes the rest, and inherents
/// always land.
pub const fn block_weights() -> BlockWeights {
    BlockWeights {
        base_block: BASE_BLOCK,
        max_block: BLOCK_WEIGHT_MAX,
        per_class: PerDispatchClass {
            normal: class(Some(NORMAL_WEIGHT_MAX)),
            operational: class(Some(BLOCK_WEIGHT_MAX)),
            mandatory: class(None),
        },
    }
}

const fn class(max: Option<Weight>) -> WeightsPerClass {
    let base_extrinsic = BASE_EXTRINSIC;
    WeightsPerClass { base_extrinsic, max_extrinsic: max, max_total: max, reserved: None }
}

/// How long a block may be.
pub const fn block_length() -> BlockLength {
    BlockLength {
        max: PerDispatchClass {
            normal: NORMAL_BYTES_MAX,
            operational: BLOCK_BYTES_MAX,
            mandatory: BLOCK_BYTES_MAX,
        },
    }
}
