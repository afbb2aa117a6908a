//! How numbers and names are written for people.

use crate::chain::policy::Scopes;

/// A whole number with its thousands grouped: `1,042`.
pub fn count(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A size: `640 bytes`, `5.6 KB`.
pub fn size(bytes: usize) -> String {
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}

/// A short time: `640 ns`, `1.53 ms`.
pub fn nanoseconds(time: u64) -> String {
    let (unit, name) = match time {
        0..1_000 => return format!("{time} ns"),
        1_000..1_000_000 => (1_000, "us"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    format!("{}.{:02} {name}", time / unit, time % unit * 100 / unit)
}

/// A share in millionths as a percentage: `82500` is `8.25 %`.
pub fn share(millionths: u64) -> String {
    percent(&format!("{}.{:04}", millionths / 10_000, millionths % 10_000))
}

/// The ends of a long name: `0x8d1e...04b7`.
pub fn short(text: &str) -> String {
    let letters = text.chars().count();
    if letters <= 16 {
        return text.to_owned();
    }
    let head: String = text.chars().take(8).collect();
    let tail: String = text.chars().skip(letters - 4).collect();
    format!("{head}...{tail}")
}

/// What a key may do, in words.
pub fn scopes(scopes: Scopes) -> String {
    if scopes.contain(Scopes::OWNER) {
        return "everything".to_owned();
    }
    let known = [
        (Scopes::VOTE, "vote"),
        (Scopes::TRANSFER, "send up to a limit"),
        (Scopes::SESSION, "everyday calls"),
    ];
    let words: Vec<_> =
        known.into_iter().filter(|(one, _)| scopes.contain(*one)).map(|(_, word)| word).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

/// A share in percent without the zeros at its end: `66.000000` is `66 %`.
pub fn percent(text: &str) -> String {
    match text.split_once('.') {
        Some((whole, places)) => {
            let places = places.trim_end_matches('0');
            let places = &places[..places.len().min(2)];
            let point = if places.is_empty() { "" } else { "." };
            format!("{whole}{point}{places} %")
        }
        None => format!("{text} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(count(1_042_u32), "1,042");
        assert_eq!(count(7_u32), "7");
        assert_eq!(size(640), "640 bytes");
        assert_eq!(size(5_612), "5.6 KB");
        assert_eq!(short("0x8d1e00000000000004b7"), "0x8d1e00...04b7");
        assert_eq!(short("0x8d1e"), "0x8d1e");
        assert_eq!(percent("66.000000"), "66 %");
        assert_eq!(percent("92.857142"), "92.85 %");
        assert_eq!(nanoseconds(640), "640 ns");
        assert_eq!(nanoseconds(1_533_000), "1.53 ms");
        assert_eq!(nanoseconds(61_000_000_000), "61.00 s");
        assert_eq!(share(82_500), "8.25 %");
        assert_eq!(share(1_000_000), "100 %");
    }
}
