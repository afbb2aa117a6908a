//! What clients are told of the guestbook.

use althing_frame::{
    Call as _, ChainMetadata, Event as _, ExtrinsicMetadata, METADATA_VERSIONS, OuterEnums,
    PalletError, UncheckedExtrinsic,
};
use althing_primitives::{MultiAddress, Signature};
use frame_metadata::v14::{PalletMetadata, RuntimeMetadataV14, StorageEntryModifier};
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::{Decode, DecodeAll, Encode};
use scale_info::form::PortableForm;
use scale_info::{TypeDef, TypeInfo, meta_type};

use crate::chain::{member, text};
use crate::pallet::{Call, Error, Event, INDEX, NAME, TEXT_BYTES_MAX, metadata};

/// The calls of the one pallet.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
enum RuntimeCall {
    #[codec(index = 20)]
    Guestbook(Call),
}

#[derive(Debug, Encode, TypeInfo)]
enum RuntimeEvent {
    #[codec(index = 20)]
    Guestbook(Event),
}

#[derive(Debug, TypeInfo)]
enum RuntimeError {
    #[codec(index = 20)]
    #[expect(dead_code, reason = "clients look the type up; it is never a value")]
    Guestbook(Error),
}

type ExtrinsicType = UncheckedExtrinsic<MultiAddress, RuntimeCall, Signature, ()>;

fn chain() -> ChainMetadata {
    ChainMetadata {
        pallets: vec![metadata()],
        extrinsic: ExtrinsicMetadata {
            version: 4,
            ty: meta_type::<ExtrinsicType>(),
            address: meta_type::<MultiAddress>(),
            call: meta_type::<RuntimeCall>(),
            signature: meta_type::<Signature>(),
            extra: meta_type::<()>(),
            extensions: Vec::new(),
        },
        apis: Vec::new(),
        outer: OuterEnums {
            call: meta_type::<RuntimeCall>(),
            event: meta_type::<RuntimeEvent>(),
            error: meta_type::<RuntimeError>(),
        },
        associated: Vec::new(),
        runtime: meta_type::<()>(),
    }
}

/// Metadata 14 as a client decodes it.
fn v14() -> RuntimeMetadataV14 {
    let bytes = chain().encode(14).expect("version 14 is offered");
    let decoded = RuntimeMetadataPrefixed::decode_all(&mut &bytes[..]).expect("clients decode it");
    let RuntimeMetadata::V14(metadata) = decoded.1 else {
        panic!("asked for version 14");
    };
    metadata
}

fn guestbook(metadata: &RuntimeMetadataV14) -> &PalletMetadata<PortableForm> {
    let found = metadata.pallets.iter().find(|pallet| pallet.name == NAME);
    found.expect("the pallet is listed")
}

/// Indices and names of the variants of an enum.
fn variants(metadata: &RuntimeMetadataV14, id: u32) -> Vec<(u8, String)> {
    let ty = metadata.types.resolve(id).expect("every type is in the registry");
    let TypeDef::Variant(variants) = &ty.type_def else {
        panic!("{} is no enum", ty.path);
    };
    variants.variants.iter().map(|one| (one.index, one.name.clone())).collect()
}

fn named(names: &[(u8, &str)]) -> Vec<(u8, String)> {
    names.iter().map(|(index, name)| (*index, (*name).into())).collect()
}

#[test]
fn metadata_14_lists_the_calls_in_snake_case() {
    let metadata = v14();
    let pallet = guestbook(&metadata);
    assert_eq!(pallet.index, INDEX);
    let calls = pallet.calls.as_ref().expect("there are calls").ty.id;
    assert_eq!(variants(&metadata, calls), named(&[(0, "sign"), (1, "change"), (2, "erase")]));
}

#[test]
fn receipts_name_calls_as_metadata_does() {
    let metadata = v14();
    let listed = guestbook(&metadata).calls.as_ref().expect("there are calls").ty.id;
    let calls = [
        Call::Sign { text: text("a") },
        Call::Change { text: text("a") },
        Call::Erase { member: member(0) },
    ];
    let receipts: Vec<_> = calls.iter().map(|call| call.name()).collect();
    assert!(receipts.iter().all(|(pallet, _)| *pallet == NAME));
    let names: Vec<_> = variants(&metadata, listed).into_iter().map(|(_, name)| name).collect();
    assert_eq!(receipts.iter().map(|(_, call)| *call).collect::<Vec<_>>(), names);
}

#[test]
fn metadata_14_lists_events_and_errors_by_their_indices() {
    let metadata = v14();
    let pallet = guestbook(&metadata);
    let events = pallet.event.as_ref().expect("there are events").ty.id;
    assert_eq!(variants(&metadata, events), named(&[(0, "Signed"), (1, "Changed"), (2, "Erased")]));
    let errors = pallet.error.as_ref().expect("there are errors").ty.id;
    let expected = [
        Error::AlreadySigned { at: 0 },
        Error::NotSigned { member: member(0) },
        Error::Empty,
        Error::Unchanged { at: 0 },
    ]
    .map(|error| (error.index(), error.name().to_owned()));
    assert_eq!(variants(&metadata, errors), expected);
}

#[test]
fn metadata_14_lists_rows_and_constants() {
    let metadata = v14();
    let pallet = guestbook(&metadata);
    let storage = pallet.storage.as_ref().expect("there are rows");
    let rows: Vec<_> =
        storage.entries.iter().map(|entry| (entry.name.as_str(), &entry.modifier)).collect();
    let expected = [
        ("Entries", &StorageEntryModifier::Optional),
        ("Count", &StorageEntryModifier::Default),
        ("LastCount", &StorageEntryModifier::Default),
    ];
    assert_eq!((storage.prefix.as_str(), &rows[..]), (NAME, &expected[..]));
    let constants: Vec<_> =
        pallet.constants.iter().map(|one| (one.name.as_str(), one.value.clone())).collect();
    assert_eq!(constants, [("TextBytesMax", TEXT_BYTES_MAX.encode())]);
}

#[test]
fn every_offered_version_of_metadata_decodes() {
    for version in METADATA_VERSIONS {
        let bytes = chain().encode(version).expect("the version is offered");
        let decoded = RuntimeMetadataPrefixed::decode_all(&mut &bytes[..]);
        assert_eq!(decoded.map(|metadata| metadata.1.version()), Ok(version));
    }
}

#[test]
fn an_event_in_a_block_decodes_as_the_outer_enum_says() {
    let event = Event::Erased { member: member(9) };
    assert_eq!(event.to_outer(), RuntimeEvent::Guestbook(event).encode());
}

#[test]
fn a_call_on_the_wire_decodes_as_the_outer_enum_says() {
    let call = Call::Erase { member: member(9) };
    let wire = (INDEX, &call).encode();
    assert_eq!(RuntimeCall::decode_all(&mut &wire[..]), Ok(RuntimeCall::Guestbook(call)));
}
