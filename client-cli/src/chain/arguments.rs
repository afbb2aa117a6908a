//! Text as a value of the type that the metadata asks for.
//!
//! Accounts are names or addresses, balances are amounts of the token, schemes are names, bytes are
//! 0x-hex or plain text. A variant is written `Name` or `Name:value`, an absent option `none`.

use althing_primitives::{AccountId, SchemeId};
use scale_info::{Field, PortableRegistry, Type, TypeDef, TypeDefPrimitive, form::PortableForm};
use scale_value::{Composite, Primitive, Value, scale::encode_as_type};

use super::{Metadata, MetadataError, metadata::plain};
use crate::{
    amount::{self, AmountError},
    key::{KeyError, scheme_named},
    output::{CliError, codes},
};

/// Why text is no value of a field.
#[derive(Debug, thiserror::Error)]
pub enum ArgumentError {
    /// Not of the form `name=value`.
    #[error("{text:?} is not of the form name=value")]
    NoEquals {
        /// The text.
        text: String,
    },
    /// A field that the call does not have.
    #[error("the call has no field {name:?}; it has {}", known.join(", "))]
    UnknownField {
        /// The field given.
        name: String,
        /// Those it has.
        known: Vec<String>,
    },
    /// A field that was left out.
    #[error("the field {name:?} ({kind}) is missing")]
    MissingField {
        /// The field.
        name: String,
        /// What it holds.
        kind: String,
    },
    /// The text is no such value.
    #[error("{name}: {text:?} is no {kind}")]
    BadValue {
        /// The field.
        name: String,
        /// The text.
        text: String,
        /// What is expected.
        kind: String,
    },
    /// The text is no key of a row.
    #[error("{text:?} is no {kind}, which a key of {item} is")]
    BadKey {
        /// Pallet and item.
        item: String,
        /// The text.
        text: String,
        /// What is expected.
        kind: String,
    },
    /// Not an amount.
    #[error("{name}: {source}")]
    Amount {
        /// The field.
        name: String,
        /// Why.
        source: AmountError,
    },
    /// The account or the call is not known.
    #[error("{0}")]
    Refused(Box<CliError>),
    /// The chain has no such call.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

impl ArgumentError {
    /// The same about a key of the row of `item`, which has no field to be written by name.
    pub(super) fn in_key(self, item: &str) -> Self {
        match self {
            Self::BadValue { text, kind, .. } => Self::BadKey { item: item.to_owned(), text, kind },
            other => other,
        }
    }
}

impl From<ArgumentError> for CliError {
    fn from(error: ArgumentError) -> Self {
        let message = error.to_string();
        match error {
            ArgumentError::BadKey { item, text, kind } => {
                let fix = match number_max(&kind) {
                    Some(max) => format!("write a whole number from 0 to {max}"),
                    None => format!("write the key as {kind}"),
                };
                let of = Self::new(codes::META_FIELDS, message).detail("item", item);
                of.detail("key", text).detail("expected", kind).fix([fix])
            }
            ArgumentError::Refused(error) => *error,
            ArgumentError::Metadata(error) => error.into(),
            _ => Self::new(codes::META_FIELDS, message),
        }
    }
}

/// The greatest number of a primitive type, if it is one of whole numbers.
fn number_max(kind: &str) -> Option<u128> {
    Some(match kind {
        "u8" => u8::MAX.into(),
        "u16" => u16::MAX.into(),
        "u32" => u32::MAX.into(),
        "u64" => u64::MAX.into(),
        "u128" => u128::MAX,
        _ => return None,
    })
}

/// How a name becomes an account.
pub type Resolver<'a> = dyn FnMut(&str) -> Result<AccountId, CliError> + 'a;

impl Metadata {
    /// Write a call from `name=value` texts.
    pub fn encode_text(
        &self,
        pallet: &str,
        call: &str,
        texts: &[String],
        resolve: &mut Resolver<'_>,
    ) -> Result<Vec<u8>, ArgumentError> {
        let fields = self.call_fields(pallet, call)?;
        let mut given = Vec::new();
        for text in texts {
            let (name, value) = text
                .split_once('=')
                .ok_or_else(|| ArgumentError::NoEquals { text: text.clone() })?;
            if !fields.iter().any(|field| is_called(field, name)) {
                let known = fields.iter().filter_map(|field| field.name.clone()).collect();
                return Err(ArgumentError::UnknownField { name: name.to_owned(), known });
            }
            given.push((name, value));
        }
        let mut reader = Reader { types: self.types(), resolve };
        let mut values = Vec::new();
        for field in fields {
            let name = field.name.clone().unwrap_or_default();
            let text = given.iter().find(|(given, _)| is_called(field, given));
            let text =
                text.map(|(_, value)| *value).ok_or_else(|| ArgumentError::MissingField {
                    name: name.clone(),
                    kind: reader.kind(field.ty.id, field.type_name.as_deref()),
                })?;
            let value = reader.value(&name, field.ty.id, field.type_name.as_deref(), text)?;
            values.push((name, value));
        }
        Ok(self.encode_fields(pallet, call, Composite::named(values))?)
    }

    /// Text as the bytes of a value of type `id`, which is called `name`.
    pub(super) fn encode_value_text(
        &self,
        (name, id): (&str, u32),
        text: &str,
        resolve: &mut Resolver<'_>,
    ) -> Result<Vec<u8>, ArgumentError> {
        let mut reader = Reader { types: self.types(), resolve };
        let value = reader.value(name, id, None, text)?;
        let mut bytes = Vec::new();
        let kind = reader.kind(id, None);
        encode_as_type(&value, id, self.types(), &mut bytes).map_err(|_| {
            ArgumentError::BadValue { name: name.to_owned(), text: text.to_owned(), kind }
        })?;
        Ok(bytes)
    }
}

fn is_called(field: &Field<PortableForm>, name: &str) -> bool {
    field.name.as_deref().is_some_and(|field| plain(field) == plain(name))
}

/// The number of the signature scheme or KEM called `text`, or that number itself.
fn scheme_id(text: &str) -> Result<SchemeId, KeyError> {
    if let Ok(number) = text.parse() {
        return Ok(SchemeId(number));
    }
    match althing_crypto::kem_by_name(&text.to_ascii_lowercase()) {
        Some(kem) => Ok(kem.id()),
        None => scheme_named(text).map(|scheme| scheme.id()),
    }
}

struct Reader<'a, 'r> {
    types: &'a PortableRegistry,
    resolve: &'a mut Resolver<'r>,
}

impl Reader<'_, '_> {
    fn value(
        &mut self,
        name: &str,
        id: u32,
        type_name: Option<&str>,
        text: &str,
    ) -> Result<Value, ArgumentError> {
        let bad = |kind: String| ArgumentError::BadValue {
            name: name.to_owned(),
            text: text.to_owned(),
            kind,
        };
        if type_name.is_some_and(is_balance) {
            let amount = amount::parse(text)
                .map_err(|source| ArgumentError::Amount { name: name.to_owned(), source })?;
            return Ok(Value::u128(amount));
        }
        let types = self.types;
        let found = types.resolve(id).ok_or_else(|| bad("known type".to_owned()))?;
        match last_segment(found) {
            "AccountId32" => return Ok(Value::from_bytes(self.account(text)?.0)),
            "MultiAddress" => {
                let account = Value::from_bytes(self.account(text)?.0);
                return Ok(Value::unnamed_variant("Id", [account]));
            }
            "SchemeId" => {
                let id = scheme_id(text);
                let id = id.map_err(|error| ArgumentError::Refused(Box::new(error.into())))?;
                return Ok(Value::u128(id.0.into()));
            }
            _ => {}
        }
        match &found.type_def {
            TypeDef::Compact(inner) => self.value(name, inner.type_param.id, None, text),
            TypeDef::Composite(fields) if fields.fields.len() == 1 => {
                let field = &fields.fields[0];
                self.value(name, field.ty.id, field.type_name.as_deref(), text)
            }
            TypeDef::Primitive(primitive) => {
                primitive_value(primitive, text).ok_or_else(|| bad(self.kind(id, type_name)))
            }
            TypeDef::Sequence(items) if is_byte(types, items.type_param.id) => {
                bytes(text).map(Value::from_bytes).ok_or_else(|| bad("0x-hex".to_owned()))
            }
            TypeDef::Array(items) if is_byte(types, items.type_param.id) => bytes(text)
                .filter(|bytes| bytes.len() == items.len as usize)
                .map(Value::from_bytes)
                .ok_or_else(|| bad(format!("0x-hex of {} bytes", items.len))),
            TypeDef::Variant(variants) => {
                if last_segment(found) == "Option" && !text.eq_ignore_ascii_case("none") {
                    let inner = variants.variants.iter().find_map(|v| v.fields.first());
                    let inner = inner.ok_or_else(|| bad("option".to_owned()))?;
                    let value = self.value(name, inner.ty.id, inner.type_name.as_deref(), text)?;
                    return Ok(Value::unnamed_variant("Some", [value]));
                }
                let (wanted, rest) = match text.split_once(':') {
                    Some((wanted, rest)) => (wanted, Some(rest)),
                    None => (text, None),
                };
                let variant = variants.variants.iter().find(|v| plain(&v.name) == plain(wanted));
                let variant = variant.ok_or_else(|| bad(self.kind(id, type_name)))?;
                match (variant.fields.as_slice(), rest) {
                    ([], None) => Ok(Value::unnamed_variant(variant.name.clone(), [])),
                    ([field], Some(rest)) => {
                        let type_name = field.type_name.as_deref();
                        let value = self.value(name, field.ty.id, type_name, rest)?;
                        let values = match &field.name {
                            Some(name) => Composite::named([(name.clone(), value)]),
                            None => Composite::unnamed([value]),
                        };
                        Ok(Value::variant(variant.name.clone(), values))
                    }
                    _ => Err(bad(self.kind(id, type_name))),
                }
            }
            _ => Err(bad("value that can be typed".to_owned())),
        }
    }

    fn account(&mut self, text: &str) -> Result<AccountId, ArgumentError> {
        (self.resolve)(text).map_err(|error| ArgumentError::Refused(Box::new(error)))
    }

    /// What a field holds, for people.
    fn kind(&self, id: u32, type_name: Option<&str>) -> String {
        if type_name.is_some_and(is_balance) {
            return "amount".to_owned();
        }
        let Some(found) = self.types.resolve(id) else { return "unknown type".to_owned() };
        match (last_segment(found), &found.type_def) {
            ("AccountId32" | "MultiAddress", _) => "account".to_owned(),
            ("SchemeId", _) => "scheme".to_owned(),
            (_, TypeDef::Variant(variants)) => {
                let names: Vec<_> = variants.variants.iter().map(|v| v.name.as_str()).collect();
                format!("choice of {}", names.join(", "))
            }
            (_, TypeDef::Compact(inner)) => self.kind(inner.type_param.id, None),
            (_, TypeDef::Primitive(primitive)) => format!("{primitive:?}").to_lowercase(),
            (_, TypeDef::Sequence(items)) if is_byte(self.types, items.type_param.id) => {
                "text or 0x-hex".to_owned()
            }
            (_, TypeDef::Array(items)) => format!("0x-hex of {} bytes", items.len),
            ("", _) => "value".to_owned(),
            (name, _) => name.to_owned(),
        }
    }
}

pub(super) fn is_balance(type_name: &str) -> bool {
    let last = type_name.rsplit("::").next().unwrap_or(type_name);
    last == "Balance"
}

pub(super) fn last_segment(found: &Type<PortableForm>) -> &str {
    found.path.segments.last().map_or("", String::as_str)
}

pub(super) fn is_byte(types: &PortableRegistry, id: u32) -> bool {
    types
        .resolve(id)
        .is_some_and(|found| matches!(found.type_def, TypeDef::Primitive(TypeDefPrimitive::U8)))
}

fn primitive_value(primitive: &TypeDefPrimitive, text: &str) -> Option<Value> {
    use TypeDefPrimitive as P;
    let digits = text.replace('_', "");
    match primitive {
        P::Bool => match text {
            "true" | "yes" => Some(Value::bool(true)),
            "false" | "no" => Some(Value::bool(false)),
            _ => None,
        },
        P::Char => {
            let mut letters = text.chars();
            let letter = letters.next()?;
            letters.next().is_none().then(|| Value::char(letter))
        }
        P::Str => Some(Value::string(text)),
        P::U8 | P::U16 | P::U32 | P::U64 | P::U128 => digits.parse().ok().map(Value::u128),
        P::I8 | P::I16 | P::I32 | P::I64 | P::I128 => {
            digits.parse().ok().map(|number| Value::primitive(Primitive::I128(number)))
        }
        P::U256 | P::I256 => None,
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    match text.strip_prefix("0x") {
        Some(digits) => const_hex::decode(digits).ok(),
        None => Some(text.as_bytes().to_vec()),
    }
}
