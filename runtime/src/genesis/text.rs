//! How addresses, amounts and bytes stand in a specification.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Addresses as SS58, whatever the prefix.
pub(super) mod account {
    use althing_primitives::{AccountId, from_ss58};

    use super::{Deserialize, Deserializer, Error, Serializer};

    pub(crate) fn serialize<S: Serializer>(account: &AccountId, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(account)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<AccountId, D::Error> {
        let text = String::deserialize(from)?;
        from_ss58(&text).map(|(account, _)| account).map_err(D::Error::custom)
    }
}

/// Lists of addresses as SS58, whatever the prefix.
pub(super) mod accounts {
    use althing_primitives::{AccountId, from_ss58};

    use super::{Deserialize, Deserializer, Error, Serializer};

    pub(crate) fn serialize<S: Serializer>(list: &[AccountId], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(list.iter().map(ToString::to_string))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<AccountId>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let account = |text: &String| from_ss58(text).map(|(account, _)| account);
        texts.iter().map(account).collect::<Result<_, _>>().map_err(D::Error::custom)
    }
}

/// Amounts as decimals in tokens: `"100000"`, `"0.5"`.
pub(super) mod amount {
    use althing_primitives::{Balance, TOKEN};

    use super::{Deserialize, Deserializer, Error, Serializer};

    const DECIMALS: usize = 12;

    pub(crate) fn serialize<S: Serializer>(amount: &Balance, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format(*amount))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Balance, D::Error> {
        let text = String::deserialize(from)?;
        parse(&text).ok_or_else(|| {
            D::Error::custom(format_args!("{text:?} is not an amount such as \"1000\" or \"0.25\""))
        })
    }

    pub(super) fn format(amount: Balance) -> String {
        let whole = amount.checked_div(TOKEN).unwrap_or(0);
        let part = amount.checked_rem(TOKEN).unwrap_or(0);
        if part == 0 {
            return whole.to_string();
        }
        let part = format!("{part:0DECIMALS$}");
        format!("{whole}.{}", part.trim_end_matches('0'))
    }

    pub(super) fn parse(text: &str) -> Option<Balance> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > DECIMALS {
            return None;
        }
        let part: Balance = format!("{part:0<DECIMALS$}").parse().ok()?;
        whole.parse::<Balance>().ok()?.checked_mul(TOKEN)?.checked_add(part)
    }
}

/// Bytes as 0x-hex.
pub(super) mod hex {
    use super::{Deserialize, Deserializer, Error, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&const_hex::encode_prefixed(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        const_hex::decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::amount::{format, parse};

    #[test]
    fn amounts_read_back_as_they_were_written() {
        for amount in [0, 1, 10, 500_000_000_000, 1_000_000_000_000, u128::MAX] {
            assert_eq!(parse(&format(amount)), Some(amount));
        }
        assert_eq!(format(1_250_000_000_000), "1.25");
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        for text in ["", ".", "1.", ".5", "-1", "1e3", "1,000", "0.0000000000001", "1.2.3", "+1"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
