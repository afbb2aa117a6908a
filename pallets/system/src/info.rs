//! What an extrinsic cost, in the form clients know.

use althing_frame::CallClass;
use althing_primitives::Weight;
use parity_scale_codec::Encode;
use scale_info::{
    Path, Type, TypeInfo,
    build::{Fields, Variants},
};

/// Whether a fee was taken.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq)]
pub enum Pays {
    /// A fee was taken.
    #[codec(index = 0)]
    Yes,
    /// Free of charge.
    #[codec(index = 1)]
    No,
}

/// Which share of a block an extrinsic used.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq)]
pub enum DispatchClass {
    /// That of everyday calls.
    #[codec(index = 0)]
    Normal,
    /// That of calls that must land even when blocks are full.
    #[codec(index = 1)]
    Operational,
    /// That of inherents.
    #[codec(index = 2)]
    Mandatory,
}

/// Cost, class, and whether it was paid for.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq)]
pub struct DispatchEventInfo {
    /// The cost, signature included.
    pub weight: Weight,
    /// Which share of the block it used.
    pub class: DispatchClass,
    /// Whether a fee was taken.
    pub pays_fee: Pays,
}

impl From<CallClass> for DispatchClass {
    fn from(class: CallClass) -> Self {
        match class {
            CallClass::Normal => Self::Normal,
            CallClass::Operational => Self::Operational,
            CallClass::Mandatory => Self::Mandatory,
        }
    }
}

// Clients name the type by this path.
impl TypeInfo for DispatchClass {
    type Identity = Self;

    fn type_info() -> Type {
        let variants = Variants::new()
            .variant("Normal", |v| v.index(0))
            .variant("Operational", |v| v.index(1))
            .variant("Mandatory", |v| v.index(2));
        Type::builder()
            .path(Path::from_segments_unchecked(["frame_support", "dispatch", "DispatchClass"]))
            .variant(variants)
    }
}

impl TypeInfo for Pays {
    type Identity = Self;

    fn type_info() -> Type {
        let variants = Variants::new().variant("Yes", |v| v.index(0)).variant("No", |v| v.index(1));
        Type::builder()
            .path(Path::from_segments_unchecked(["frame_support", "dispatch", "Pays"]))
            .variant(variants)
    }
}

// Clients name the type by this path.
impl TypeInfo for DispatchEventInfo {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["frame_system", "DispatchEventInfo"]))
            .composite(
                Fields::named()
                    .field(|f| f.ty::<Weight>().name("weight").type_name("Weight"))
                    .field(|f| f.ty::<DispatchClass>().name("class").type_name("DispatchClass"))
                    .field(|f| f.ty::<Pays>().name("pays_fee").type_name("Pays")),
            )
    }
}
