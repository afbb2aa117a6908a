//! What an extrinsic cost, in the form clients know.

use althing_frame::CallClass;
use althing_primitives::Weight;
use parity_scale_codec::{Encode, Output};
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

/// Cost, class, and whether it was paid for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DispatchEventInfo {
    /// The cost, signature included.
    pub weight: Weight,
    /// Which share of the block it used.
    pub class: CallClass,
    /// Whether a fee was taken.
    pub pays_fee: Pays,
}

/// Index of a class in the form clients know.
pub(crate) const fn class_index(class: CallClass) -> u8 {
    match class {
        CallClass::Normal => 0,
        CallClass::Operational => 1,
        CallClass::Mandatory => 2,
    }
}

impl Encode for DispatchEventInfo {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        self.weight.encode_to(out);
        out.push_byte(class_index(self.class));
        self.pays_fee.encode_to(out);
    }
}

#[derive(Debug)]
struct DispatchClass;

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
