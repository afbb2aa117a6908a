//! How calls are written and events read, from what the chain says of itself.
//!
//! Pallets, calls and fields are found by name, whatever their case and separators
//! (`TransferKeepAlive` is `transfer_keep_alive`), and written under the indices of the metadata.
//! Metadata 14, 15 and 16 are read.

use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::Decode as _;
use scale_info::{Field, PortableRegistry, TypeDef, Variant as VariantType, form::PortableForm};
use scale_value::{Composite, Value, ValueDef, scale::encode_as_type};

use super::{
    rows::{Items, items},
    values::decode_value,
};
use crate::{
    near::nearest,
    output::{CliError, codes},
};

/// Why metadata does not say how to write or read something.
#[derive(Debug, thiserror::Error)]
pub enum MetadataError {
    /// The bytes are no metadata.
    #[error("the chain's metadata does not decode: {reason}")]
    Undecodable {
        /// What the decoder met.
        reason: String,
    },
    /// A version that is not read.
    #[error("the chain's metadata has version {version}, this program reads 14 to 16")]
    Version {
        /// The version found.
        version: u32,
    },
    /// The metadata does not say how events are laid out.
    #[error("the chain's metadata has no System.Events")]
    NoEvents,
    /// No such pallet.
    #[error("the chain has no pallet {pallet:?}")]
    UnknownPallet {
        /// The name asked for.
        pallet: String,
        /// A name that was probably meant.
        near: Option<String>,
    },
    /// No such call.
    #[error("{pallet} has no call {call:?}")]
    UnknownCall {
        /// The pallet.
        pallet: String,
        /// The name asked for.
        call: String,
        /// Those it has.
        known: Vec<String>,
    },
    /// No such item of storage.
    #[error("{pallet} has no rows called {item:?}")]
    UnknownItem {
        /// The pallet.
        pallet: String,
        /// The name asked for.
        item: String,
        /// Those it has.
        known: Vec<String>,
    },
    /// An item has another number of keys than were given.
    #[error("rows of {item} have {expected} keys, {given} are given")]
    KeyCount {
        /// Pallet and item.
        item: String,
        /// How many keys a row has.
        expected: usize,
        /// How many were given.
        given: usize,
    },
    /// The values do not fit the fields.
    #[error("{pallet}.{call} cannot be written: {reason}")]
    Unwritable {
        /// The pallet.
        pallet: String,
        /// The call.
        call: String,
        /// What the encoder met.
        reason: String,
    },
    /// Bytes of the chain do not follow its metadata.
    #[error("{what} does not decode under the chain's metadata: {reason}")]
    Unreadable {
        /// What was read.
        what: &'static str,
        /// What the decoder met.
        reason: String,
    },
}

impl From<MetadataError> for CliError {
    fn from(error: MetadataError) -> Self {
        use MetadataError as E;

        let message = error.to_string();
        let of = |info| Self::new(info, message.clone());
        match error {
            E::Undecodable { .. } | E::NoEvents | E::Unreadable { .. } => of(codes::META_BAD),
            E::Version { version } => of(codes::META_VERSION).detail("version", version),
            E::UnknownPallet { pallet, near } => {
                let error = of(codes::META_UNKNOWN).detail("pallet", pallet);
                match near {
                    Some(near) => error.fix([format!("did you mean {near}?")]),
                    None => error,
                }
            }
            E::UnknownCall { pallet, call, known } => {
                let fix = known.iter().map(|known| format!("{pallet}.{known}"));
                of(codes::META_UNKNOWN).detail("call", call).fix(fix.collect::<Vec<_>>())
            }
            E::UnknownItem { pallet, item, known } => {
                let fix = known.iter().map(|known| format!("{pallet}.{known}"));
                of(codes::META_UNKNOWN).detail("item", item).fix(fix.collect::<Vec<_>>())
            }
            E::KeyCount { item, expected, given } => of(codes::META_FIELDS)
                .detail("item", item)
                .detail("expected", expected)
                .detail("given", given)
                .fix(["write each key of the row after its item"]),
            E::Unwritable { pallet, call, .. } => {
                of(codes::META_FIELDS).detail("call", format!("{pallet}.{call}"))
            }
        }
    }
}

#[derive(Clone, Debug)]
struct Pallet {
    name: String,
    index: u8,
    calls: Option<u32>,
}

/// The chain's own description.
#[derive(Debug)]
pub struct Metadata {
    types: PortableRegistry,
    pallets: Vec<Pallet>,
    /// What the rows of the state are called and hold.
    items: Items,
    /// Type of `System.Events`.
    records: u32,
    /// Type of one event.
    event: u32,
}

/// A call as the chain names it.
#[derive(Clone, Debug)]
pub struct DecodedCall {
    /// The pallet.
    pub pallet: String,
    /// The call.
    pub call: String,
    /// Its fields.
    pub fields: Composite<u32>,
    /// Type of the pallet's calls.
    pub(super) calls: u32,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct DecodedEvent {
    /// Position of the extrinsic it belongs to, if it belongs to one.
    pub extrinsic: Option<u32>,
    /// The pallet.
    pub pallet: String,
    /// The event.
    pub name: String,
    /// Its fields.
    pub fields: Composite<u32>,
    /// Type of the pallet's events.
    pub(super) events: u32,
}

impl DecodedEvent {
    /// Whether it is this one.
    pub fn is(&self, pallet: &str, name: &str) -> bool {
        self.pallet == pallet && self.name == name
    }

    /// `Pallet.Event`.
    pub fn title(&self) -> String {
        format!("{}.{}", self.pallet, self.name)
    }

    /// The number in the field called `name`.
    pub fn number(&self, name: &str) -> Option<u128> {
        let Composite::Named(fields) = &self.fields else { return None };
        let (_, value) = fields.iter().find(|(field, _)| field == name)?;
        number(value)
    }
}

/// The number in `value`, whatever newtypes are around it.
pub(super) fn number(value: &Value<u32>) -> Option<u128> {
    match &value.value {
        ValueDef::Composite(inner) if inner.len() == 1 => number(inner.values().next()?),
        _ => value.as_u128(),
    }
}

impl Metadata {
    /// Read metadata, from its magic number on.
    pub fn decode(bytes: &[u8]) -> Result<Self, MetadataError> {
        let prefixed = RuntimeMetadataPrefixed::decode(&mut &bytes[..])
            .map_err(|error| MetadataError::Undecodable { reason: error.to_string() })?;
        macro_rules! pallets {
            ($metadata:expr) => {
                $metadata
                    .pallets
                    .iter()
                    .map(|pallet| Pallet {
                        name: pallet.name.clone(),
                        index: pallet.index,
                        calls: pallet.calls.as_ref().map(|calls| calls.ty.id),
                    })
                    .collect::<Vec<_>>()
            };
        }
        let (types, pallets, items) = match prefixed.1 {
            RuntimeMetadata::V14(metadata) => {
                let (pallets, items) = (pallets!(metadata), items!(metadata));
                (metadata.types, pallets, items)
            }
            RuntimeMetadata::V15(metadata) => {
                let (pallets, items) = (pallets!(metadata), items!(metadata));
                (metadata.types, pallets, items)
            }
            RuntimeMetadata::V16(metadata) => {
                let (pallets, items) = (pallets!(metadata), items!(metadata));
                (metadata.types, pallets, items)
            }
            other => return Err(MetadataError::Version { version: other.version() }),
        };
        let (records, event) = event_types(&types).ok_or(MetadataError::NoEvents)?;
        Ok(Self { types, pallets, items, records, event })
    }

    /// What the chain's rules say of an error code of theirs: name of the rule and its meaning.
    pub fn explain(&self, code: &str) -> Option<(String, String)> {
        let variants = self.types.types.iter().filter_map(|found| match &found.ty.type_def {
            TypeDef::Variant(variants) => Some(&variants.variants),
            _ => None,
        });
        variants.flatten().find_map(|variant| {
            let (first, rest) = variant.docs.split_first()?;
            let meaning = rest.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
            first.trim().eq_ignore_ascii_case(code).then(|| (variant.name.clone(), meaning))
        })
    }

    /// The registry of types.
    pub(super) fn types(&self) -> &PortableRegistry {
        &self.types
    }

    /// The items of storage.
    pub(super) fn items(&self) -> &Items {
        &self.items
    }

    /// Names and types of the fields of a call.
    pub(super) fn call_fields(
        &self,
        pallet: &str,
        call: &str,
    ) -> Result<&[Field<PortableForm>], MetadataError> {
        let (pallet, calls) = self.pallet(pallet)?;
        Ok(&self.variant(pallet, calls, call)?.fields)
    }

    /// The name of a call as the chain writes it.
    pub fn call_name(&self, pallet: &str, call: &str) -> Result<String, MetadataError> {
        let (pallet, calls) = self.pallet(pallet)?;
        let variant = self.variant(pallet, calls, call)?;
        Ok(format!("{}.{}", pallet.name, variant.name))
    }

    /// Write a call.
    pub fn encode_call<const N: usize>(
        &self,
        pallet: &str,
        call: &str,
        fields: [(&str, Value); N],
    ) -> Result<Vec<u8>, MetadataError> {
        self.encode_fields(pallet, call, Composite::named(fields))
    }

    /// Write a call whose fields are known at run time only.
    pub fn encode_fields(
        &self,
        pallet: &str,
        call: &str,
        fields: Composite<()>,
    ) -> Result<Vec<u8>, MetadataError> {
        let (pallet, calls) = self.pallet(pallet)?;
        let variant = self.variant(pallet, calls, call)?;
        let value = Value::variant(variant.name.clone(), fields);
        let mut bytes = vec![pallet.index];
        encode_as_type(&value, calls, &self.types, &mut bytes).map_err(|error| {
            MetadataError::Unwritable {
                pallet: pallet.name.clone(),
                call: variant.name.clone(),
                reason: error.to_string(),
            }
        })?;
        Ok(bytes)
    }

    /// Read a call. All bytes must belong to it.
    pub fn decode_call(&self, bytes: &[u8]) -> Result<DecodedCall, MetadataError> {
        let unreadable = |reason: String| MetadataError::Unreadable { what: "the call", reason };
        let (index, mut rest) =
            bytes.split_first().ok_or_else(|| unreadable("it is empty".to_owned()))?;
        let pallet = self.pallets.iter().find(|pallet| pallet.index == *index);
        let found = pallet.and_then(|pallet| Some((pallet, pallet.calls?)));
        let (pallet, calls) =
            found.ok_or_else(|| unreadable(format!("no pallet {index} with calls")))?;
        let value = decode_value(&mut rest, calls, &self.types)
            .map_err(|error| unreadable(error.to_string()))?;
        if !rest.is_empty() {
            return Err(unreadable(format!("{} bytes are left over", rest.len())));
        }
        let ValueDef::Variant(variant) = value.value else {
            return Err(unreadable("calls are no variants".to_owned()));
        };
        let (call, fields) = (variant.name, variant.values);
        Ok(DecodedCall { pallet: pallet.name.clone(), call, fields, calls })
    }

    /// Read the value of `System.Events`.
    pub fn decode_events(&self, mut bytes: &[u8]) -> Result<Vec<DecodedEvent>, MetadataError> {
        let unreadable = |reason: String| MetadataError::Unreadable { what: "an event", reason };
        let value = decode_value(&mut bytes, self.records, &self.types)
            .map_err(|error| unreadable(error.to_string()))?;
        let ValueDef::Composite(records) = value.value else {
            return Err(unreadable("events are no list".to_owned()));
        };
        records
            .into_values()
            .map(|record| split_record(record).ok_or_else(|| unreadable("no record".to_owned())))
            .collect()
    }

    /// Read one event.
    pub fn decode_event(&self, mut bytes: &[u8]) -> Result<DecodedEvent, MetadataError> {
        let unreadable = |reason: String| MetadataError::Unreadable { what: "an event", reason };
        let value = decode_value(&mut bytes, self.event, &self.types)
            .map_err(|error| unreadable(error.to_string()))?;
        split_event(value, None).ok_or_else(|| unreadable("it is no event".to_owned()))
    }

    fn pallet(&self, name: &str) -> Result<(&Pallet, u32), MetadataError> {
        let wanted = plain(name);
        let with_calls = self.pallets.iter().filter_map(|pallet| Some((pallet, pallet.calls?)));
        with_calls.clone().find(|(pallet, _)| plain(&pallet.name) == wanted).ok_or_else(|| {
            let names = with_calls.map(|(pallet, _)| pallet.name.as_str());
            let near = nearest(name, names).map(str::to_owned);
            MetadataError::UnknownPallet { pallet: name.to_owned(), near }
        })
    }

    fn variant(
        &self,
        pallet: &Pallet,
        calls: u32,
        name: &str,
    ) -> Result<&VariantType<PortableForm>, MetadataError> {
        let wanted = plain(name);
        let variants = match self.types.resolve(calls).map(|found| &found.type_def) {
            Some(TypeDef::Variant(variants)) => variants.variants.as_slice(),
            _ => &[],
        };
        variants.iter().find(|variant| plain(&variant.name) == wanted).ok_or_else(|| {
            MetadataError::UnknownCall {
                pallet: pallet.name.clone(),
                call: name.to_owned(),
                known: variants.iter().map(|variant| variant.name.clone()).collect(),
            }
        })
    }
}

/// A name without case and separators.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The types of `System.Events` and of an event in it, found by the record's well-known path.
fn event_types(types: &PortableRegistry) -> Option<(u32, u32)> {
    let record = types.types.iter().find(|found| {
        let path = &found.ty.path.segments;
        path.last().is_some_and(|last| last == "EventRecord")
    })?;
    let TypeDef::Composite(fields) = &record.ty.type_def else { return None };
    let event = fields.fields.iter().find(|field| field.name.as_deref() == Some("event"))?;
    let records = types.types.iter().find(|found| match &found.ty.type_def {
        TypeDef::Sequence(items) => items.type_param.id == record.id,
        _ => false,
    })?;
    Some((records.id, event.ty.id))
}

fn split_record(record: Value<u32>) -> Option<DecodedEvent> {
    let ValueDef::Composite(Composite::Named(fields)) = record.value else { return None };
    let (mut phase, mut event) = (None, None);
    for (name, value) in fields {
        match name.as_str() {
            "phase" => phase = Some(value),
            "event" => event = Some(value),
            _ => {}
        }
    }
    let extrinsic = match phase?.value {
        ValueDef::Variant(phase) if phase.name == "ApplyExtrinsic" => {
            let position = number(phase.values.values().next()?)?;
            Some(u32::try_from(position).ok()?)
        }
        _ => None,
    };
    split_event(event?, extrinsic)
}

fn split_event(event: Value<u32>, extrinsic: Option<u32>) -> Option<DecodedEvent> {
    let ValueDef::Variant(outer) = event.value else { return None };
    let inner = outer.values.into_values().next()?;
    let events = inner.context;
    let ValueDef::Variant(inner) = inner.value else { return None };
    let (pallet, name, fields) = (outer.name, inner.name, inner.values);
    Some(DecodedEvent { extrinsic, pallet, name, fields, events })
}
