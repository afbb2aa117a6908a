//! Values of any type the metadata describes, encoded: what an honest client could send.

use std::sync::LazyLock;

use althing_runtime::AlthingRuntime;
use frame_metadata::v15::{RuntimeMetadataV15, StorageEntryMetadata, StorageEntryType};
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::{Compact, Decode, Encode};
use scale_info::form::PortableForm;
use scale_info::{Field, PortableRegistry, TypeDef, TypeDefPrimitive, Variant};

use crate::generator::Rng;

/// What clients are told of the chain.
pub(crate) static METADATA: LazyLock<RuntimeMetadataV15> = LazyLock::new(|| {
    let runtime = AlthingRuntime::new();
    let mut bytes = runtime.metadata(15).unwrap();
    match RuntimeMetadataPrefixed::decode(&mut bytes).unwrap().1 {
        RuntimeMetadata::V15(metadata) => metadata,
        other => panic!("version {}", other.version()),
    }
});

/// A call as the metadata describes it.
pub(crate) struct CallShape {
    pub(crate) name: String,
    pallet: u8,
    variant: &'static Variant<PortableForm>,
}

impl CallShape {
    /// The call with some arguments, encoded.
    pub(crate) fn sample(&self, rng: &mut Rng) -> Vec<u8> {
        let mut bytes = vec![self.pallet, self.variant.index];
        write_fields(&self.variant.fields, rng, &mut bytes);
        bytes
    }
}

/// Every call of every pallet.
pub(crate) fn calls() -> Vec<CallShape> {
    let metadata: &'static RuntimeMetadataV15 = &METADATA;
    let of_pallet = |pallet: &'static frame_metadata::v15::PalletMetadata<PortableForm>| {
        let ty = pallet.calls.as_ref().map(|calls| calls.ty.id);
        let variants = ty.map_or(&[][..], |ty| match &types().resolve(ty).unwrap().type_def {
            TypeDef::Variant(calls) => &calls.variants[..],
            other => panic!("calls of {} are {other:?}", pallet.name),
        });
        variants.iter().map(|variant| CallShape {
            name: format!("{}.{}", pallet.name, variant.name),
            pallet: pallet.index,
            variant,
        })
    };
    metadata.pallets.iter().flat_map(of_pallet).collect()
}

/// Every item of every pallet: pallet, item.
pub(crate) fn items()
-> impl Iterator<Item = (&'static str, &'static StorageEntryMetadata<PortableForm>)> {
    METADATA.pallets.iter().flat_map(|pallet| {
        let entries = pallet.storage.as_ref().map_or(&[][..], |storage| &storage.entries[..]);
        entries.iter().map(|entry| (pallet.name.as_str(), entry))
    })
}

/// A value of this item, encoded.
pub(crate) fn row(entry: &StorageEntryMetadata<PortableForm>, rng: &mut Rng) -> Vec<u8> {
    match entry.ty {
        StorageEntryType::Plain(value) | StorageEntryType::Map { value, .. } => {
            sample(value.id, rng)
        }
    }
}

/// A value of this type, encoded.
pub(crate) fn sample(ty: u32, rng: &mut Rng) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(ty, rng, &mut bytes);
    bytes
}

fn types() -> &'static PortableRegistry {
    &METADATA.types
}

fn write_fields(fields: &[Field<PortableForm>], rng: &mut Rng, out: &mut Vec<u8>) {
    for field in fields {
        write(field.ty.id, rng, out);
    }
}

fn write(ty: u32, rng: &mut Rng, out: &mut Vec<u8>) {
    match &types().resolve(ty).unwrap().type_def {
        TypeDef::Composite(composite) => write_fields(&composite.fields, rng, out),
        TypeDef::Variant(choice) => {
            let variant = rng.pick(&choice.variants);
            out.push(variant.index);
            write_fields(&variant.fields, rng, out);
        }
        TypeDef::Sequence(sequence) => {
            let most = if rng.one_in(8) { 160 } else { 4 };
            let length = rng.below(most);
            Compact(u32::try_from(length).unwrap()).encode_to(out);
            (0..length).for_each(|_| write(sequence.type_param.id, rng, out));
        }
        TypeDef::Array(array) => {
            (0..array.len).for_each(|_| write(array.type_param.id, rng, out));
        }
        TypeDef::Tuple(tuple) => tuple.fields.iter().for_each(|field| write(field.id, rng, out)),
        TypeDef::Primitive(primitive) => write_primitive(primitive, rng, out),
        TypeDef::Compact(compact) => write_compact(compact.type_param.id, rng, out),
        TypeDef::BitSequence(_) => panic!("no type of this chain has bits"),
    }
}

fn write_primitive(primitive: &TypeDefPrimitive, rng: &mut Rng, out: &mut Vec<u8>) {
    match primitive {
        TypeDefPrimitive::Bool => out.push(u8::from(rng.one_in(2))),
        TypeDefPrimitive::Str => {
            let length = rng.below(12);
            let text: Vec<u8> = (0..length).map(|_| *rng.pick(b"abc \"\\")).collect();
            text.encode_to(out);
        }
        number => {
            let width = width(number);
            out.extend_from_slice(&number_of(width, rng).to_le_bytes()[..width]);
        }
    }
}

fn write_compact(ty: u32, rng: &mut Rng, out: &mut Vec<u8>) {
    match &types().resolve(ty).unwrap().type_def {
        TypeDef::Primitive(primitive) => {
            Compact(number_of(width(primitive), rng)).encode_to(out);
        }
        TypeDef::Tuple(tuple) if tuple.fields.is_empty() => {}
        other => panic!("a compact {other:?}"),
    }
}

const fn width(primitive: &TypeDefPrimitive) -> usize {
    match primitive {
        TypeDefPrimitive::Bool
        | TypeDefPrimitive::Str
        | TypeDefPrimitive::U8
        | TypeDefPrimitive::I8 => 1,
        TypeDefPrimitive::U16 | TypeDefPrimitive::I16 => 2,
        TypeDefPrimitive::Char | TypeDefPrimitive::U32 | TypeDefPrimitive::I32 => 4,
        TypeDefPrimitive::U64 | TypeDefPrimitive::I64 => 8,
        TypeDefPrimitive::U128
        | TypeDefPrimitive::I128
        | TypeDefPrimitive::U256
        | TypeDefPrimitive::I256 => 16,
    }
}

/// A number of this many bytes: small, at the ends, or of any size.
fn number_of(width: usize, rng: &mut Rng) -> u128 {
    let bits = u32::try_from(width * 8).unwrap();
    let all = u128::MAX >> (128 - bits);
    let any = (u128::from(rng.next()) << 64) | u128::from(rng.next());
    let number = match rng.below(8) {
        0..=2 => u128::from(rng.next() % 5),
        3 => all,
        4 => all - u128::from(rng.next() % 3),
        5 => 1 << rng.below(width * 8),
        _ => any >> rng.below(128),
    };
    number & all
}
