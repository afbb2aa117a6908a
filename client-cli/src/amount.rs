//! Read and write amounts of the token: exact decimals, never floats.

use althing_primitives::Balance;

/// What one token is called.
pub const SYMBOL: &str = "ALT";
/// Decimal places of the token.
pub const PLACES: u32 = 12;

/// Why text is not an amount.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AmountError {
    /// Nothing but a unit or white space.
    #[error("{text:?} has no digits")]
    NoDigits {
        /// The text.
        text: String,
    },
    /// A character that has no place in an amount.
    #[error("{text:?}: unexpected {character:?} at position {position}")]
    BadCharacter {
        /// The text.
        text: String,
        /// The character.
        character: char,
        /// Where it is, counted from 1.
        position: usize,
    },
    /// `_` groups digits, so it stands between two of them.
    #[error("{text:?}: \"_\" stands between two digits or not at all")]
    LooseSeparator {
        /// The text.
        text: String,
    },
    /// Another token's unit.
    #[error("{text:?}: unit {unit:?} is not {SYMBOL}")]
    UnknownUnit {
        /// The text.
        text: String,
        /// The unit found.
        unit: String,
    },
    /// More decimal places than the token has.
    #[error("{text:?} has {places} decimal places, {SYMBOL} has {PLACES}")]
    TooPrecise {
        /// The text.
        text: String,
        /// Significant places found.
        places: usize,
    },
    /// More than any balance can hold.
    #[error("{text:?} is more than any balance can hold")]
    TooLarge {
        /// The text.
        text: String,
    },
}

/// Read `12000`, `12_000`, `12k`, `3M` or `1.5`, with or without `ALT` behind it.
pub fn parse(text: &str) -> Result<Balance, AmountError> {
    let (number, exponent) = split_unit(text)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    check_characters(text, number)?;
    for part in [whole, fraction] {
        let doubled = part.contains("__");
        if doubled || part.starts_with('_') || part.ends_with('_') {
            return Err(AmountError::LooseSeparator { text: text.to_owned() });
        }
    }
    if !number.contains(|c: char| c.is_ascii_digit()) {
        return Err(AmountError::NoDigits { text: text.to_owned() });
    }

    let fraction = fraction.replace('_', "");
    let fraction = fraction.trim_end_matches('0');
    let Some(zeros) = exponent.checked_sub(fraction.len()) else {
        let places = fraction.len() + PLACES as usize - exponent;
        return Err(AmountError::TooPrecise { text: text.to_owned(), places });
    };
    let digits = whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit);
    digits
        .chain(std::iter::repeat_n(b'0', zeros))
        .try_fold(0_u128, |sum, digit| {
            sum.checked_mul(10)?.checked_add(u128::from(digit.wrapping_sub(b'0')))
        })
        .ok_or_else(|| AmountError::TooLarge { text: text.to_owned() })
}

/// The number without its unit and multiplier, and how many decimal places the multiplier leaves.
fn split_unit(text: &str) -> Result<(&str, usize), AmountError> {
    let trimmed = text.trim();
    let end = trimmed.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(trimmed.len());
    let (number, suffix) = trimmed.split_at(end);
    let (multiplier, unit) = match suffix.as_bytes().first() {
        Some(b'k' | b'K') => (3, &suffix[1..]),
        Some(b'M') => (6, &suffix[1..]),
        _ => (0, suffix),
    };
    let unit = unit.trim();
    if !unit.is_empty() && !unit.eq_ignore_ascii_case(SYMBOL) {
        return Err(AmountError::UnknownUnit { text: text.to_owned(), unit: unit.to_owned() });
    }
    Ok((number.trim_end(), PLACES as usize + multiplier))
}

fn check_characters(text: &str, number: &str) -> Result<(), AmountError> {
    let mut points = 0;
    let lead = text.chars().take_while(|c| c.is_whitespace()).count();
    for (index, character) in number.chars().enumerate() {
        points += usize::from(character == '.');
        let known = character.is_ascii_digit() || character == '_' || character == '.';
        if !known || points > 1 {
            let position = lead + index + 1;
            return Err(AmountError::BadCharacter { text: text.to_owned(), character, position });
        }
    }
    Ok(())
}

/// The form for programs: all twelve places, `"12.500000000000"`.
pub fn to_json(amount: Balance) -> String {
    let unit = 10_u128.pow(PLACES);
    format!("{}.{:0width$}", amount / unit, amount % unit, width = PLACES as usize)
}

/// The form for people: grouped thousands, at least two places, `12,500.50`.
pub fn to_text(amount: Balance) -> String {
    let unit = 10_u128.pow(PLACES);
    let whole = (amount / unit).to_string();
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let fraction = format!("{:0width$}", amount % unit, width = PLACES as usize);
    let (kept, rest) = fraction.split_at(2);
    format!("{grouped}.{kept}{}", rest.trim_end_matches('0'))
}

/// The form for people with the unit behind it.
pub fn to_text_with_unit(amount: Balance) -> String {
    format!("{} {SYMBOL}", to_text(amount))
}

#[cfg(test)]
mod tests {
    use althing_primitives::TOKEN;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_documented_forms_are_read_exactly() {
        let cases = [
            ("12000", 12_000 * TOKEN),
            ("12_000", 12_000 * TOKEN),
            ("12k", 12_000 * TOKEN),
            ("1.5k", 1_500 * TOKEN),
            ("0.0000000000001k", 100),
            ("3M", 3_000_000 * TOKEN),
            ("1.5", TOKEN * 3 / 2),
            ("12000ALT", 12_000 * TOKEN),
            ("12000 ALT", 12_000 * TOKEN),
            (" 12k alt ", 12_000 * TOKEN),
            (".5", TOKEN / 2),
            ("5.", 5 * TOKEN),
            ("0.000000000001", 1),
            ("0.1000000000000000", TOKEN / 10),
            ("340282366920938463463374607.431768211455", u128::MAX),
        ];
        for (text, amount) in cases {
            assert_eq!(parse(text), Ok(amount), "{text}");
        }
    }

    #[test]
    fn every_refusal_names_its_rule() {
        let refused = |text| parse(text).unwrap_err();
        for text in ["", " ", "ALT", "k", ".", "_"] {
            assert!(
                matches!(
                    refused(text),
                    AmountError::NoDigits { .. } | AmountError::LooseSeparator { .. }
                ),
                "{text}"
            );
        }
        for text in ["1,000", "-1", "+1", "1.2.3", "1e3 ALT?", "\u{661}"] {
            let refusal = refused(text);
            assert!(
                matches!(
                    refusal,
                    AmountError::BadCharacter { .. } | AmountError::UnknownUnit { .. }
                ),
                "{text}: {refusal}"
            );
        }
        for text in ["_1", "1_", "1__0", "1_.5", "1._5"] {
            assert!(matches!(refused(text), AmountError::LooseSeparator { .. }), "{text}");
        }
        assert!(matches!(refused("1DOT"), AmountError::UnknownUnit { .. }));
        assert!(matches!(refused("0.0000000000001"), AmountError::TooPrecise { places: 13, .. }));
        assert!(matches!(
            refused("340282366920938463463374607.431768211456"),
            AmountError::TooLarge { .. }
        ));
    }

    #[test]
    fn amounts_are_shown_to_people_and_programs() {
        assert_eq!(to_json(TOKEN * 25 / 2), "12.500000000000");
        assert_eq!(to_json(0), "0.000000000000");
        assert_eq!(to_text(TOKEN * 12_000), "12,000.00");
        assert_eq!(to_text(TOKEN * 1_234_567 + TOKEN / 8), "1,234,567.125");
        assert_eq!(to_text(1), "0.000000000001");
        assert_eq!(to_text_with_unit(TOKEN * 999), "999.00 ALT");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_as_the_same_amount(amount: u128) {
            prop_assert_eq!(parse(&to_json(amount)), Ok(amount));
            prop_assert_eq!(parse(&to_text_with_unit(amount).replace(',', "_")), Ok(amount));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,60}") {
            let _ = parse(&text);
        }
    }
}
