//! Who controls an account, as the chain keeps it (`specs/accounts.md`): read from the rows of the
//! accounts pallet by the metadata's types, so that a field a chain adds hides none of the others.

use althing_crypto::KeyHandle;
use althing_primitives::{AccountId, Balance, Hash256, from_ss58};
use scale_value::{Composite, Primitive, Value, ValueDef, scale::encode_as_type};
use serde_json::json;

use super::{Bytes, Chain, Metadata, MetadataError, metadata::number};
use crate::output::{CliError, codes};

/// What a key may be used for: a set of bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Scopes(pub u8);

impl Scopes {
    /// Everything.
    pub const OWNER: Self = Self(1);
    /// Transfers up to a limit.
    pub const TRANSFER: Self = Self(2);
    /// Ballots.
    pub const VOTE: Self = Self(4);
    /// Everyday calls for a time.
    pub const SESSION: Self = Self(8);

    /// Whether all of `wanted` is in the set.
    pub const fn contain(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }
}

/// A key of a policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyKey {
    /// Number of its scheme.
    pub scheme: u16,
    /// Short name of the public key.
    pub handle: KeyHandle,
    /// What its signature counts.
    pub weight: u16,
    /// What it may do.
    pub scopes: Scopes,
    /// The most it sends away in one transaction.
    pub limit: Balance,
    /// The first block in which it may no longer sign.
    pub expires: Option<u32>,
}

impl PolicyKey {
    /// Whether it controls the account, alone or with others.
    pub const fn is_owner(&self) -> bool {
        self.scopes.contain(Scopes::OWNER)
    }

    /// Whether it has not expired by block `now`.
    pub fn is_live(&self, now: u32) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

/// Who may recover an account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Friends {
    /// The members.
    pub friends: Vec<AccountId>,
    /// How many of them it takes.
    pub threshold: u8,
}

/// Who controls an account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// The keys in order.
    pub keys: Vec<PolicyKey>,
    /// The weight that owner keys must reach together.
    pub threshold: u16,
    /// What the account has committed itself to.
    pub next: Option<Hash256>,
    /// Who may recover it. While somebody may, changes wait.
    pub recovery: Option<Friends>,
    /// How often the policy has changed.
    pub rotation_nonce: u32,
}

/// A change that waits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PendingChange {
    /// Who wrote it: the account itself, or the friend who wants it recovered.
    pub author: AccountId,
    /// The block at whose end it takes effect.
    pub effective_at: u32,
    /// How many friends object.
    pub objections: usize,
}

/// A recovery that a friend proposes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProposedRecovery {
    /// The friend.
    pub proposer: AccountId,
    /// BLAKE2b-256 of the policy it would bring.
    pub draft_hash: Hash256,
    /// How many friends want it.
    pub approvals: usize,
}

impl Chain {
    /// Who controls `who`; nobody if it never signed.
    pub fn policy(&mut self, who: &AccountId) -> Result<Option<Policy>, CliError> {
        let Some(row) = self.row_of("Policies", who, None)? else { return Ok(None) };
        policy(&row).map(Some).ok_or_else(|| unreadable("Accounts.Policies"))
    }

    /// The public key that the chain keeps under a handle of `who`.
    pub fn kept_key(
        &mut self,
        who: &AccountId,
        handle: KeyHandle,
    ) -> Result<Option<Vec<u8>>, CliError> {
        let row = self.row_of("Keys", who, Some(handle))?;
        Ok(row.as_ref().and_then(|row| field(row, "public")).map(bytes))
    }

    /// The change of `who`'s policy that waits.
    pub fn pending_change(&mut self, who: &AccountId) -> Result<Option<PendingChange>, CliError> {
        let Some(row) = self.row_of("Pending", who, None)? else { return Ok(None) };
        let read = || {
            Some(PendingChange {
                author: AccountId(bytes32(field(&row, "author")?)?),
                effective_at: u32::try_from(number(field(&row, "effective_at")?)?).ok()?,
                objections: bytes(field(&row, "objections")?).len() / 32,
            })
        };
        read().map(Some).ok_or_else(|| unreadable("Accounts.Pending"))
    }

    /// The recoveries of `who` that friends propose.
    pub fn recoveries(&mut self, who: &AccountId) -> Result<Vec<ProposedRecovery>, CliError> {
        let Some(row) = self.row_of("Recoveries", who, None)? else { return Ok(Vec::new()) };
        let read = |one: &Value<u32>| {
            Some(ProposedRecovery {
                proposer: AccountId(bytes32(field(one, "proposer")?)?),
                draft_hash: Hash256(bytes32(field(one, "draft_hash")?)?),
                approvals: records(field(one, "approvals")?).len(),
            })
        };
        let all: Option<Vec<_>> = records(&row).into_iter().map(read).collect();
        all.ok_or_else(|| unreadable("Accounts.Recoveries"))
    }

    /// A row of the accounts pallet; none if there is none, or if the chain has no such item.
    fn row_of(
        &mut self,
        item: &str,
        who: &AccountId,
        handle: Option<KeyHandle>,
    ) -> Result<Option<Value<u32>>, CliError> {
        let Some(key) = self.row_key_of(item, who, handle)? else { return Ok(None) };
        let hex = const_hex::encode_prefixed(&key);
        let Some(Bytes(value)) = self.read::<Option<Bytes>>("state_getStorage", &[json!(hex)])?
        else {
            return Ok(None);
        };
        let metadata = self.metadata()?;
        let title = || unreadable(&format!("Accounts.{item}"));
        let row = metadata.row(&key).ok_or_else(title)?;
        metadata.row_value(&row, &value).map(Some).ok_or_else(title)
    }

    /// The storage keys of the rows that say who controls `who`: what a machine that can ask no
    /// node must be told to sign for it.
    pub fn policy_rows(&mut self, who: &AccountId) -> Result<Vec<String>, CliError> {
        let mut rows = Vec::new();
        rows.extend(self.row_key_of("Policies", who, None)?);
        for key in self.policy(who)?.map(|policy| policy.keys).unwrap_or_default() {
            rows.extend(self.row_key_of("Keys", who, Some(key.handle))?);
        }
        Ok(rows.iter().map(const_hex::encode_prefixed).collect())
    }

    /// The storage key of a row of the accounts pallet; none if the chain has no such item.
    fn row_key_of(
        &mut self,
        item: &str,
        who: &AccountId,
        handle: Option<KeyHandle>,
    ) -> Result<Option<Vec<u8>>, CliError> {
        let metadata = self.metadata()?;
        let mut keys = vec![self.address(who)];
        keys.extend(handle.map(|handle| const_hex::encode_prefixed(handle.0.0)));
        let mut resolve = |text: &str| {
            let found = from_ss58(text).map(|(account, _)| account);
            found.map_err(|error| CliError::new(codes::BAD_ADDRESS, error.to_string()))
        };
        match metadata.row_key(("Accounts", item), &keys, &mut resolve) {
            Err(super::ArgumentError::Metadata(MetadataError::UnknownItem { .. })) => Ok(None),
            key => Ok(Some(key?)),
        }
    }
}

impl Metadata {
    /// Whether the chain has this call.
    pub fn has_call(&self, pallet: &str, call: &str) -> bool {
        self.call_fields(pallet, call).is_ok()
    }

    /// One field of a call in SCALE.
    pub fn encode_field(
        &self,
        (pallet, call): (&str, &str),
        name: &str,
        value: &Value<()>,
    ) -> Result<Vec<u8>, MetadataError> {
        let unwritable = |reason: String| MetadataError::Unwritable {
            pallet: pallet.to_owned(),
            call: call.to_owned(),
            reason,
        };
        let fields = self.call_fields(pallet, call)?;
        let field = fields.iter().find(|field| field.name.as_deref() == Some(name));
        let field = field.ok_or_else(|| unwritable(format!("it has no field {name:?}")))?;
        let mut bytes = Vec::new();
        encode_as_type(value, field.ty.id, self.types(), &mut bytes)
            .map_err(|error| unwritable(error.to_string()))?;
        Ok(bytes)
    }

    /// The value that these bytes are in one field of a call. All of them must belong to it.
    pub fn decode_field(
        &self,
        (pallet, call): (&str, &str),
        name: &str,
        mut bytes: &[u8],
    ) -> Result<Value<u32>, MetadataError> {
        let unreadable = |reason: String| MetadataError::Unreadable { what: "a field", reason };
        let fields = self.call_fields(pallet, call)?;
        let field = fields.iter().find(|field| field.name.as_deref() == Some(name));
        let field = field.ok_or_else(|| unreadable(format!("no field {name:?}")))?;
        let value = scale_value::scale::decode_as_type(&mut bytes, field.ty.id, self.types())
            .map_err(|error| unreadable(error.to_string()))?;
        if bytes.is_empty() { Ok(value) } else { Err(unreadable("bytes are left over".to_owned())) }
    }
}

fn policy(row: &Value<u32>) -> Option<Policy> {
    Some(Policy {
        keys: records(field(row, "keys")?).into_iter().map(policy_key).collect::<Option<_>>()?,
        threshold: u16::try_from(number(field(row, "threshold")?)?).ok()?,
        next: match field(row, "next").and_then(some) {
            Some(next) => Some(Hash256(bytes32(next)?)),
            None => None,
        },
        recovery: match field(row, "recovery").and_then(some) {
            Some(recovery) => Some(friends(recovery)?),
            None => None,
        },
        rotation_nonce: u32::try_from(number(field(row, "rotation_nonce")?)?).ok()?,
    })
}

/// A key of a policy or, with its public key in place of the handle, of a draft.
pub fn policy_key(value: &Value<u32>) -> Option<PolicyKey> {
    let scheme = u16::try_from(number(field(value, "scheme")?)?).ok()?;
    let handle = match field(value, "handle") {
        Some(handle) => KeyHandle(Hash256(bytes32(handle)?)),
        None => KeyHandle::of(althing_crypto::SchemeId(scheme), &bytes(field(value, "public")?)),
    };
    let expires = field(value, "expires").and_then(some).and_then(number);
    Some(PolicyKey {
        scheme,
        handle,
        weight: u16::try_from(number(field(value, "weight")?)?).ok()?,
        scopes: Scopes(u8::try_from(number(field(value, "scopes")?)?).ok()?),
        limit: field(value, "limit").and_then(number).unwrap_or_default(),
        expires: expires.and_then(|expires| u32::try_from(expires).ok()),
    })
}

fn friends(value: &Value<u32>) -> Option<Friends> {
    let bytes = bytes(field(value, "friends")?);
    let (friends, rest) = bytes.as_chunks::<32>();
    let friends = friends.iter().map(|friend| AccountId(*friend)).collect();
    let threshold = u8::try_from(number(field(value, "threshold")?)?).ok()?;
    rest.is_empty().then_some(Friends { friends, threshold })
}

fn unreadable(what: &str) -> CliError {
    CliError::new(codes::META_BAD, format!("{what} is not described as this program knows it"))
}

/// The field called `name`.
pub fn field<'a>(value: &'a Value<u32>, name: &str) -> Option<&'a Value<u32>> {
    let ValueDef::Composite(Composite::Named(fields)) = &value.value else { return None };
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

fn some(value: &Value<u32>) -> Option<&Value<u32>> {
    match &value.value {
        ValueDef::Variant(variant) if variant.name == "Some" => variant.values.values().next(),
        _ => None,
    }
}

/// The records of a list, whatever newtypes are around it.
pub fn records(value: &Value<u32>) -> Vec<&Value<u32>> {
    match &value.value {
        ValueDef::Composite(Composite::Named(_)) => vec![value],
        ValueDef::Composite(Composite::Unnamed(items)) => items.iter().flat_map(records).collect(),
        _ => Vec::new(),
    }
}

/// The bytes in a value, whatever newtypes and lists are around them.
fn bytes(value: &Value<u32>) -> Vec<u8> {
    match &value.value {
        ValueDef::Composite(items) => items.values().flat_map(bytes).collect(),
        ValueDef::Primitive(Primitive::U128(byte)) => u8::try_from(*byte).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn bytes32(value: &Value<u32>) -> Option<[u8; 32]> {
    bytes(value).try_into().ok()
}

/// The number in a value, whatever newtypes are around it.
pub fn number_in(value: &Value<u32>) -> Option<u128> {
    number(value)
}
