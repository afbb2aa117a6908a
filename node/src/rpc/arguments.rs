//! The parameters of a call, read one after the other.
//!
//! Clients write bytes with and without `0x`, leave out trailing parameters or send null for them;
//! all of that is accepted everywhere.

use althing_primitives::{AccountId, Hash256, from_ss58};
use jsonrpsee::types::Params;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::failure::Failure;

/// The parameters not read yet.
#[derive(Debug)]
pub(super) struct Arguments(std::vec::IntoIter<Value>);

impl Arguments {
    /// Read the parameters of a call; they come as an array or not at all.
    pub(super) fn of(params: &Params<'_>) -> Result<Self, Failure> {
        let Some(text) = params.as_str() else { return Ok(Self(Vec::new().into_iter())) };
        let values: Vec<Value> = serde_json::from_str(text)
            .map_err(|_| Failure::parameters("parameters must be an array"))?;
        Ok(Self(values.into_iter()))
    }

    fn value(&mut self) -> Option<Value> {
        self.0.next().filter(|value| !value.is_null())
    }

    /// The next parameter, if it is there.
    pub(super) fn optional<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Failure> {
        let read = |value| {
            serde_json::from_value(value)
                .map_err(|error| Failure::parameters(format!("{name}: {error}")))
        };
        self.value().map(read).transpose()
    }

    /// The next parameter.
    pub(super) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Failure> {
        self.optional(name)?.ok_or_else(|| Failure::parameters(format!("{name} is missing")))
    }

    /// The next parameter as bytes.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, Failure> {
        let text: String = self.required(name)?;
        bytes(&text).ok_or_else(|| Failure::parameters(format!("{name} is not hexadecimal")))
    }

    /// The next parameter as bytes, if it is there.
    pub(super) fn optional_bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let wrong = || Failure::parameters(format!("{name} is not hexadecimal"));
        let text: Option<String> = self.optional(name)?;
        text.map(|text| bytes(&text).ok_or_else(wrong)).transpose()
    }

    /// The next parameter as a list of bytes of at most `max`.
    pub(super) fn list(&mut self, name: &str, max: usize) -> Result<Vec<Vec<u8>>, Failure> {
        let texts: Vec<String> = self.required(name)?;
        if texts.len() > max {
            return Err(Failure::too_many(texts.len() as u64, max as u64));
        }
        let wrong = || Failure::parameters(format!("{name} is not hexadecimal"));
        texts.iter().map(|text| bytes(text).ok_or_else(wrong)).collect()
    }

    /// The next parameter as a block's hash, if it is there.
    pub(super) fn at(&mut self) -> Result<Option<Hash256>, Failure> {
        self.hash("block hash")
    }

    /// The next parameter as a hash, if it is there.
    pub(super) fn hash(&mut self, name: &str) -> Result<Option<Hash256>, Failure> {
        let wrong = || Failure::parameters(format!("{name} is not 32 bytes of hexadecimal"));
        let text: Option<String> = self.optional(name)?;
        text.map(|text| hash(&text).ok_or_else(wrong)).transpose()
    }

    /// The next parameter as an account, in any address form.
    pub(super) fn account(&mut self) -> Result<AccountId, Failure> {
        let text: String = self.required("account")?;
        if let Some(id) = hash(&text) {
            return Ok(AccountId(id.0));
        }
        let read = from_ss58(&text);
        read.map(|(id, _)| id).map_err(|error| Failure::parameters(format!("account: {error}")))
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    const_hex::decode(text).ok()
}

/// A hash in hexadecimal, with or without `0x`.
pub(super) fn hash(text: &str) -> Option<Hash256> {
    bytes(text)?.try_into().ok().map(Hash256)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(json: &str) -> Arguments {
        Arguments::of(&Params::new(Some(json))).unwrap()
    }

    #[test]
    fn bytes_come_with_and_without_a_prefix_and_may_be_empty() {
        let mut given = arguments(r#"["0x0102", "0102", "0x", ""]"#);
        assert_eq!(given.bytes("a").unwrap(), [1, 2]);
        assert_eq!(given.bytes("b").unwrap(), [1, 2]);
        assert_eq!(given.bytes("c").unwrap(), Vec::<u8>::new());
        assert_eq!(given.bytes("d").unwrap(), Vec::<u8>::new());
    }

    #[test]
    fn null_and_nothing_are_the_same() {
        assert!(arguments("[null]").at().unwrap().is_none());
        assert!(arguments("[]").at().unwrap().is_none());
        assert!(Arguments::of(&Params::new(None)).unwrap().at().unwrap().is_none());
    }

    #[test]
    fn what_is_not_hexadecimal_is_refused() {
        assert!(arguments(r#"["0x0"]"#).bytes("a").is_err());
        assert!(arguments(r#"["zz"]"#).bytes("a").is_err());
        assert!(arguments("[7]").bytes("a").is_err());
        assert!(arguments(r#"["0x01"]"#).at().is_err());
        assert!(Arguments::of(&Params::new(Some(r#"{"a":1}"#))).is_err());
    }
}
