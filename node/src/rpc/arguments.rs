//! The parameters of a call, read one after the other.
//!
//! Clients write bytes with and without `0x`, leave out trailing parameters or send null for them;
//! all of that is accepted everywhere. A parameter stays text until a method asks for it as what it
//! should be, and lists end at their bound: no request makes the node build more than it needs.

use core::fmt;
use core::marker::PhantomData;

use althing_primitives::{AccountId, Hash256, from_ss58};
use jsonrpsee::types::Params;
use serde::de::{DeserializeOwned, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::failure::Failure;
use crate::chain::At;

/// How many parameters are kept; no method has more.
const PARAMETERS_MAX: usize = 8;
/// How much of a parser's complaint is passed on: it may repeat what was sent.
const COMPLAINT_CHARS_MAX: usize = 160;

/// The parameters not read yet.
#[derive(Debug)]
pub(super) struct Arguments(std::vec::IntoIter<Box<RawValue>>);

impl Arguments {
    /// Read the parameters of a call; they come as an array or not at all.
    pub(super) fn of(params: &Params<'_>) -> Result<Self, Failure> {
        let Some(text) = params.as_str() else { return Ok(Self(Vec::new().into_iter())) };
        let kept: Kept = serde_json::from_str(text)
            .map_err(|_| Failure::parameters("parameters must be an array"))?;
        Ok(Self(kept.0.into_iter()))
    }

    /// The next parameter's text, if it is there.
    pub(super) fn text(&mut self) -> Option<Box<RawValue>> {
        self.0.next().filter(|value| value.get() != "null")
    }

    /// The next parameter, if it is there.
    pub(super) fn optional<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Failure> {
        self.text().map(|text| read(name, &text)).transpose()
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

    /// The next parameter as a list of bytes of at most `MAX`.
    pub(super) fn list<const MAX: usize>(&mut self, name: &str) -> Result<Vec<Vec<u8>>, Failure> {
        let texts: List<String, MAX> = self.required(name)?;
        let wrong = || Failure::parameters(format!("{name} is not hexadecimal"));
        texts.within()?.iter().map(|text| bytes(text).ok_or_else(wrong)).collect()
    }

    /// The next parameter as a block's hash, if it is there.
    pub(super) fn at(&mut self) -> Result<Option<Hash256>, Failure> {
        let wrong = || Failure::parameters("block hash is not 32 bytes of hexadecimal");
        let text: Option<String> = self.optional("block hash")?;
        text.map(|text| hash(&text).ok_or_else(wrong)).transpose()
    }

    /// The next parameter as a block's height or hash, if it is there.
    pub(super) fn place(&mut self) -> Result<Option<At>, Failure> {
        let wrong = || Failure::parameters("block is neither a height nor 32 bytes of hexadecimal");
        let Some(text) = self.text() else { return Ok(None) };
        if text.get().starts_with('"') {
            let text: String = read("block", &text)?;
            return hash(&text).map(|hash| Some(At::Hash(hash))).ok_or_else(wrong);
        }
        let number = text.get().parse().map_err(|_| wrong())?;
        Ok(Some(At::Number(number)))
    }

    /// The next parameter as an account: its 32 bytes, or its address under any prefix.
    pub(super) fn account(&mut self) -> Result<AccountId, Failure> {
        let account = self.optional_account()?;
        account.ok_or_else(|| Failure::parameters("account is missing"))
    }

    /// The next parameter as an account, if it is there.
    pub(super) fn optional_account(&mut self) -> Result<Option<AccountId>, Failure> {
        let Some(text) = self.optional::<String>("account")? else { return Ok(None) };
        if let Some(id) = hash(&text) {
            return Ok(Some(AccountId(id.0)));
        }
        let read = from_ss58(&text);
        read.map(|(id, _)| Some(id))
            .map_err(|error| Failure::parameters(format!("account: {error}")))
    }
}

/// Read a parameter's text.
pub(super) fn read<T: DeserializeOwned>(name: &str, text: &RawValue) -> Result<T, Failure> {
    serde_json::from_str(text.get()).map_err(|error| {
        let complaint: String = error.to_string().chars().take(COMPLAINT_CHARS_MAX).collect();
        Failure::parameters(format!("{name}: {complaint}"))
    })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    const_hex::decode(text).ok()
}

/// 32 bytes in hexadecimal, with or without `0x`.
fn hash(text: &str) -> Option<Hash256> {
    const_hex::decode_to_array(text).ok().map(Hash256)
}

/// The first parameters; further ones are passed over.
struct Kept(Vec<Box<RawValue>>);

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parameters;

        impl<'de> Visitor<'de> for Parameters {
            type Value = Kept;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Kept, A::Error> {
                let mut kept = Vec::new();
                while kept.len() < PARAMETERS_MAX
                    && let Some(one) = sequence.next_element()?
                {
                    kept.push(one);
                }
                while sequence.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Kept(kept))
            }
        }

        deserializer.deserialize_seq(Parameters)
    }
}

/// A list that was read up to its bound, and counted beyond it.
#[derive(Debug)]
pub(super) struct List<T, const MAX: usize> {
    items: Vec<T>,
    found: usize,
}

impl<T, const MAX: usize> List<T, MAX> {
    /// Its items, if there are no more than allowed.
    pub(super) fn within(self) -> Result<Vec<T>, Failure> {
        if self.found > MAX {
            return Err(Failure::too_many(self.found as u64, MAX as u64));
        }
        Ok(self.items)
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T, const MAX: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Items<T, MAX> {
            type Value = List<T, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(
                self,
                mut sequence: A,
            ) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while items.len() < MAX
                    && let Some(one) = sequence.next_element()?
                {
                    items.push(one);
                }
                let mut found = items.len();
                while sequence.next_element::<IgnoredAny>()?.is_some() {
                    found = found.checked_add(1).ok_or_else(|| A::Error::custom("too long"))?;
                }
                Ok(List { items, found })
            }
        }

        deserializer.deserialize_seq(Items(PhantomData))
    }
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
        assert!(arguments("[ null ]").at().unwrap().is_none());
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

    #[test]
    fn parameters_beyond_those_of_any_method_are_passed_over() {
        let many = format!("[{}7]", "1,".repeat(100_000));
        assert_eq!(arguments(&many).0.len(), PARAMETERS_MAX);
    }

    #[test]
    fn a_list_is_read_up_to_its_bound() {
        assert_eq!(arguments(r#"[["0x01", "02"]]"#).list::<2>("keys").unwrap(), [[1], [2]]);
        let long = format!("[[{}\"\"]]", "\"\",".repeat(2));
        assert!(arguments(&long).list::<2>("keys").is_err());
    }

    #[test]
    fn a_complaint_does_not_repeat_all_that_was_sent() {
        let long = format!("[\"{}\"]", "x".repeat(100_000));
        let failure = arguments(&long).required::<u32>("index").unwrap_err();
        assert!(format!("{failure:?}").len() < 400, "{failure:?}");
    }
}
