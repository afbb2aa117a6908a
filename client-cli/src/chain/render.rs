//! Values of the chain as JSON and as words.

use althing_primitives::{AccountId, SchemeId, to_ss58};
use scale_info::{Field, TypeDef, form::PortableForm};
use scale_value::{Composite, Primitive, Value as ScaleValue, ValueDef};
use serde_json::{Map, Value};

use super::{
    DecodedCall, DecodedEvent, Metadata, Row,
    arguments::{is_balance, is_byte, last_segment},
    plain_text,
    replies::Scheme,
};
use crate::amount;

/// Whole numbers beyond this lose digits in other programs' JSON, so they become strings.
const SAFE_NUMBER: u128 = 1 << 53;
/// Calls inside calls are shown to this depth.
const DEPTH_MAX: u32 = 4;

/// For whom something is shown, and how far inside of something else it is.
#[derive(Clone, Copy, Debug)]
struct View<'s> {
    people: bool,
    depth: u32,
    /// The registry, as far as it was asked: what schemes are called that this program does not know.
    schemes: &'s [Scheme],
}

impl View<'static> {
    const PROGRAMS: Self = Self { people: false, depth: 0, schemes: &[] };
    const PEOPLE: Self = Self { people: true, depth: 0, schemes: &[] };
}

impl View<'_> {
    const fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    /// The scheme with this number, with its name if that is known.
    fn scheme(self, id: u16) -> String {
        let entered = self.schemes.iter().find(|scheme| scheme.id == id);
        let name = entered.map(|scheme| scheme.name.as_str()).or_else(|| own_scheme(id));
        name.filter(|name| is_plain_name(name.as_bytes()))
            .map_or_else(|| id.to_string(), |name| format!("{id} ({name})"))
    }
}

/// What this program calls the scheme with this number.
fn own_scheme(id: u16) -> Option<&'static str> {
    let signs = althing_crypto::scheme(SchemeId(id)).map(|scheme| scheme.name());
    signs.or_else(|| althing_crypto::kem(SchemeId(id)).map(|kem| kem.name()))
}

/// Whether bytes in a field of this name are meant to be read.
fn is_text(name: &str) -> bool {
    matches!(name, "title" | "memo" | "remark" | "name")
}

/// Whether bytes are a name without anything that could be mistaken for more than one.
fn is_plain_name(bytes: &[u8]) -> bool {
    (1..=64).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b".+-_".contains(byte))
}

/// Shows values of one chain.
#[derive(Debug)]
pub struct Render<'a> {
    /// Describes the values.
    pub metadata: &'a Metadata,
    /// Prefix of addresses.
    pub prefix: u16,
}

impl Render<'_> {
    /// An event for programs.
    pub fn event_json(&self, event: &DecodedEvent) -> Value {
        let fields = self.variant_fields(event.events, &event.name);
        serde_json::json!({
            "event": event.title(),
            "extrinsic": event.extrinsic,
            "fields": self.composite(&event.fields, fields, View::PROGRAMS),
        })
    }

    /// An event in words: `Balances.Transfer from=... to=... amount=...`.
    pub fn event_text(&self, event: &DecodedEvent) -> String {
        let fields = self.variant_fields(event.events, &event.name);
        let shown = words(&self.composite(&event.fields, fields, View::PEOPLE));
        format!("{} {shown}", event.title()).trim_end().to_owned()
    }

    /// A call for programs.
    pub fn call_json(&self, call: &DecodedCall) -> Value {
        let fields = self.variant_fields(call.calls, &call.call);
        serde_json::json!({
            "pallet": call.pallet,
            "call": call.call,
            "fields": self.composite(&call.fields, fields, View::PROGRAMS),
        })
    }

    /// A call in words: `Treasury.spend beneficiary=... amount=...`.
    pub fn call_text(&self, call: &DecodedCall) -> String {
        self.call_words(call, View::PEOPLE)
    }

    /// The same, with the names that the registry gives to numbers of schemes.
    pub fn call_text_naming(&self, call: &DecodedCall, schemes: &[Scheme]) -> String {
        self.call_words(call, View { schemes, ..View::PEOPLE })
    }

    fn call_words(&self, call: &DecodedCall, view: View<'_>) -> String {
        let fields = self.variant_fields(call.calls, &call.call);
        let shown = words(&self.composite(&call.fields, fields, view));
        format!("{}.{} {shown}", call.pallet, call.call).trim_end().to_owned()
    }

    /// A value of a row, for programs.
    pub fn value_json(&self, value: &ScaleValue<u32>) -> Value {
        self.field("", value, "", View::PROGRAMS)
    }

    /// A value of a row, in words.
    pub fn value_text(&self, value: &ScaleValue<u32>) -> String {
        words(&self.field("", value, "", View::PEOPLE))
    }

    /// A row in words: `System.Account of alice`. `name` gives what to call an address.
    pub fn row_text(&self, row: &Row, name: impl Fn(&str) -> String) -> String {
        let keys: Vec<_> = row.keys.iter().map(|key| self.key_text(row, key, &name)).collect();
        if keys.is_empty() {
            return row.title();
        }
        format!("{} of {}", row.title(), keys.join(", "))
    }

    fn key_text(&self, row: &Row, key: &ScaleValue<u32>, name: impl Fn(&str) -> String) -> String {
        let text = self.value_text(key);
        let found = self.metadata.types().resolve(key.context);
        if found.is_some_and(|found| last_segment(found) == "AccountId32") {
            return name(&text);
        }
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        match row.noun() {
            Some(noun) if is_number => format!("{noun} {text}"),
            _ => text,
        }
    }

    fn variant_fields(&self, id: u32, name: &str) -> &[Field<PortableForm>] {
        match self.metadata.types().resolve(id).map(|found| &found.type_def) {
            Some(TypeDef::Variant(variants)) => variants
                .variants
                .iter()
                .find(|variant| variant.name == name)
                .map_or(&[], |variant| variant.fields.as_slice()),
            Some(TypeDef::Composite(fields)) => &fields.fields,
            _ => &[],
        }
    }

    fn composite(
        &self,
        composite: &Composite<u32>,
        fields: &[Field<PortableForm>],
        view: View<'_>,
    ) -> Value {
        let type_name = |position: usize| {
            fields.get(position).and_then(|field| field.type_name.as_deref()).unwrap_or_default()
        };
        match composite {
            Composite::Named(values) => {
                let mut map = Map::new();
                for (position, (name, value)) in values.iter().enumerate() {
                    let shown = self.field(name, value, type_name(position), view);
                    map.insert(name.clone(), shown);
                }
                Value::Object(map)
            }
            Composite::Unnamed(values) => match values.as_slice() {
                [] => Value::Null,
                [value] => self.field("", value, type_name(0), view),
                values => {
                    let shown = values
                        .iter()
                        .enumerate()
                        .map(|(position, value)| self.field("", value, type_name(position), view));
                    Value::Array(shown.collect())
                }
            },
        }
    }

    fn field(&self, name: &str, value: &ScaleValue<u32>, type_name: &str, view: View<'_>) -> Value {
        let balance = type_name
            .trim_start_matches("Compact<")
            .trim_end_matches('>')
            .split_whitespace()
            .next()
            .is_some_and(is_balance);
        if balance && let Some(number) = value.as_u128() {
            return if view.people {
                amount::to_text_with_unit(number).into()
            } else {
                amount::to_json(number).into()
            };
        }
        let types = self.metadata.types();
        let Some(found) = types.resolve(value.context) else { return Value::Null };
        if last_segment(found) == "AccountId32"
            && let Some(bytes) = bytes_of(value)
            && let Ok(account) = <[u8; 32]>::try_from(bytes)
        {
            return to_ss58(&AccountId(account), self.prefix).into();
        }
        if view.people
            && !name.is_empty()
            && last_segment(found) == "SchemeId"
            && let Some(id) = number_of(value).and_then(|id| u16::try_from(id).ok())
        {
            return view.scheme(id).into();
        }
        let of_bytes = |id| is_byte(types, id).then(|| bytes_of(value)).flatten();
        match &found.type_def {
            TypeDef::Sequence(items) => match of_bytes(items.type_param.id) {
                Some(bytes) if view.people => self.bytes_text(name, &bytes, view),
                Some(bytes) => const_hex::encode_prefixed(bytes).into(),
                None => self.plain(value, view),
            },
            // A newtype around bytes that are a text, such as a bounded list.
            TypeDef::Composite(fields)
                if view.people
                    && is_text(name)
                    && fields.fields.len() == 1
                    && fields.fields.iter().all(|field| field.name.is_none()) =>
            {
                match &value.value {
                    ValueDef::Composite(inner) => match inner.values().next() {
                        Some(inner) => self.field(name, inner, "", view),
                        None => Value::Null,
                    },
                    _ => self.plain(value, view),
                }
            }
            TypeDef::Array(items) => match of_bytes(items.type_param.id) {
                Some(bytes) => const_hex::encode_prefixed(bytes).into(),
                None => self.plain(value, view),
            },
            _ => self.plain(value, view),
        }
    }

    /// Text as text, a call inside a call as a call, other bytes as hex.
    fn bytes_text(&self, name: &str, bytes: &[u8], view: View<'_>) -> Value {
        if is_text(name)
            && name != "name"
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return Value::String(plain_text(&format!("{text:?}")));
        }
        if name == "name" && is_plain_name(bytes) {
            return Value::String(format!("{:?}", String::from_utf8_lossy(bytes)));
        }
        if view.depth < DEPTH_MAX
            && matches!(name, "" | "bytes")
            && let Ok(call) = self.metadata.decode_call(bytes)
        {
            return format!("({})", self.call_words(&call, view.deeper())).into();
        }
        const_hex::encode_prefixed(bytes).into()
    }

    fn plain(&self, value: &ScaleValue<u32>, view: View<'_>) -> Value {
        match &value.value {
            ValueDef::Composite(inner) => {
                let fields = self.variant_fields(value.context, "");
                self.composite(inner, fields, view.deeper())
            }
            ValueDef::Variant(variant) => {
                let fields = self.variant_fields(value.context, &variant.name);
                if variant.values.is_empty() {
                    return if variant.name == "None" {
                        Value::Null
                    } else {
                        variant.name.clone().into()
                    };
                }
                let inner = self.composite(&variant.values, fields, view.deeper());
                if variant.name == "Some" {
                    return inner;
                }
                serde_json::json!({ variant.name.as_str(): inner })
            }
            ValueDef::Primitive(primitive) => primitive_json(primitive),
            ValueDef::BitSequence(bits) => {
                let bits: String = bits.iter().map(|bit| if bit { '1' } else { '0' }).collect();
                bits.into()
            }
        }
    }
}

fn primitive_json(primitive: &Primitive) -> Value {
    match primitive {
        Primitive::Bool(value) => (*value).into(),
        Primitive::Char(value) => value.to_string().into(),
        Primitive::String(value) => value.clone().into(),
        Primitive::U128(value) if *value < SAFE_NUMBER => {
            u64::try_from(*value).map_or(Value::Null, Value::from)
        }
        Primitive::U128(value) => value.to_string().into(),
        Primitive::I128(value) => match i64::try_from(*value) {
            Ok(small) if value.unsigned_abs() < SAFE_NUMBER => small.into(),
            _ => value.to_string().into(),
        },
        Primitive::U256(bytes) | Primitive::I256(bytes) => const_hex::encode_prefixed(bytes).into(),
    }
}

/// The bytes of a list of numbers below 256, whatever newtypes are around it.
fn bytes_of(value: &ScaleValue<u32>) -> Option<Vec<u8>> {
    let ValueDef::Composite(composite) = &value.value else { return None };
    let byte = |value: &ScaleValue<u32>| value.as_u128().and_then(|n| u8::try_from(n).ok());
    let bytes: Option<Vec<u8>> = composite.values().map(byte).collect();
    match bytes {
        Some(bytes) => Some(bytes),
        None if composite.len() == 1 => bytes_of(composite.values().next()?),
        None => None,
    }
}

/// A number, whatever newtypes are around it.
fn number_of(value: &ScaleValue<u32>) -> Option<u128> {
    match &value.value {
        ValueDef::Composite(inner) if inner.len() == 1 => number_of(inner.values().next()?),
        ValueDef::Primitive(_) => value.as_u128(),
        _ => None,
    }
}

/// JSON as a person reads it: `name=value` for objects, no quotes.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| match value {
                Value::Object(_) => format!("{name}=({})", words(value)),
                Value::Null => format!("{name}=none"),
                _ => format!("{name}={}", words(value)),
            })
            .collect::<Vec<_>>()
            .join(" "),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(words).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}
