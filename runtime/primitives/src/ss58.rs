//! Addresses as text: SS58, checksum BLAKE2b-512 of `SS58PRE ++ prefix ++ id`.

use crate::AccountId;

/// Why a text is not an address.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Ss58Error {
    /// A character outside the base-58 alphabet.
    #[error("not base 58")]
    Alphabet,
    /// Too short or too long for an account id.
    #[error("{found} bytes do not hold a prefix, 32 bytes and a checksum")]
    Length {
        /// How many bytes the text decodes to.
        found: usize,
    },
    /// The prefix byte is reserved.
    #[error("reserved address prefix")]
    Prefix,
    /// The checksum does not fit: a character is wrong.
    #[error("checksum does not match: a character is wrong")]
    Checksum,
}

/// `account` as text under `prefix` (0 to 16,383).
pub fn to_ss58(account: &AccountId, prefix: u16) -> String {
    let mut bytes = Vec::with_capacity(36);
    let ident = prefix & 0b0011_1111_1111_1111;
    if ident < 64 {
        bytes.push(ident.to_le_bytes()[0]);
    } else {
        let [low, high] = ident.to_le_bytes();
        bytes.push(((low & 0b1111_1100) >> 2) | 0b0100_0000);
        bytes.push((high & 0b0011_1111) | ((low & 0b0000_0011) << 6));
    }
    bytes.extend_from_slice(&account.0);
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum);
    bs58::encode(bytes).into_string()
}

/// The account and prefix that `text` names.
pub fn from_ss58(text: &str) -> Result<(AccountId, u16), Ss58Error> {
    // Longer text is not decoded at all: base 58 takes quadratic time.
    if text.len() > 64 {
        return Err(Ss58Error::Length { found: text.len() });
    }
    let bytes = bs58::decode(text).into_vec().map_err(|_| Ss58Error::Alphabet)?;
    let length = Ss58Error::Length { found: bytes.len() };
    let (prefix, prefix_bytes) = match *bytes.as_slice() {
        [first, ..] if first < 64 => (u16::from(first), 1),
        [first, second, ..] if first < 128 => {
            let low = (first << 2) | (second >> 6);
            (u16::from_le_bytes([low, second & 0b0011_1111]), 2)
        }
        [_, _, ..] => return Err(Ss58Error::Prefix),
        _ => return Err(length),
    };
    let (body, sum) = bytes.split_last_chunk::<2>().ok_or(length)?;
    let id: [u8; 32] = body.get(prefix_bytes..).and_then(|id| id.try_into().ok()).ok_or(length)?;
    if checksum(body) != *sum {
        return Err(Ss58Error::Checksum);
    }
    Ok((AccountId(id), prefix))
}

fn checksum(bytes: &[u8]) -> [u8; 2] {
    let mut state = blake2b_simd::Params::new().hash_length(64).to_state();
    state.update(b"SS58PRE");
    state.update(bytes);
    let digest = state.finalize();
    let mut sum = [0; 2];
    sum.copy_from_slice(digest.as_bytes().first_chunk::<2>().unwrap_or(&[0; 2]));
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_address_reads_back() {
        let known = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        let (account, prefix) = from_ss58(known).unwrap();
        assert_eq!(prefix, 42);
        assert_eq!(
            const_hex::encode(account.0),
            "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
        );
        assert_eq!(to_ss58(&account, 42), known);
    }

    #[test]
    fn every_prefix_round_trips_and_leaves_the_id_alone() {
        let account = AccountId([7; 32]);
        for prefix in [0, 1, 42, 63, 64, 255, 256, 4096, 16383] {
            assert_eq!(from_ss58(&to_ss58(&account, prefix)), Ok((account, prefix)));
        }
    }

    #[test]
    fn a_wrong_character_is_noticed() {
        let text = to_ss58(&AccountId([7; 32]), 42).replacen('a', "b", 1);
        let flipped = text.replacen(&text[10..11], if &text[10..11] == "z" { "y" } else { "z" }, 1);
        assert!(from_ss58(&flipped).is_err());
        assert_eq!(from_ss58(""), Err(Ss58Error::Length { found: 0 }));
        assert_eq!(from_ss58("0OIl"), Err(Ss58Error::Alphabet));
    }
}
