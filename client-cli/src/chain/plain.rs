//! Text that strangers wrote, made harmless before it reaches a terminal.
//!
//! A title may hold anything. What moves the cursor, changes colours or turns the direction of
//! writing could forge lines on the screen that members read before they sign, so it is replaced.

use serde::{Deserialize, Deserializer};

/// `text` with every character that a terminal might obey replaced by the replacement character.
pub(crate) fn plain_text(text: &str) -> String {
    text.chars().map(|one| if is_obeyed(one) { '\u{fffd}' } else { one }).collect()
}

/// Controls, line breaks of all kinds, marks and overrides of writing direction, and characters
/// without width.
fn is_obeyed(one: char) -> bool {
    one.is_control()
        || matches!(one,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Read a text of the chain for [`plain_text`].
pub(super) fn plain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| plain_text(&text))
}

/// The same for a text that may be missing.
pub(super) fn plain_option<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|text| text.map(|text| plain_text(&text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_forge_a_line_or_hide_one() {
        let shown = plain_text("Docs\u{1b}[2J\r\nweight 1\u{202e}evil\u{200b}");
        assert_eq!(shown, "Docs\u{fffd}[2J\u{fffd}\u{fffd}weight 1\u{fffd}evil\u{fffd}");
    }

    #[test]
    fn words_of_all_languages_stay() {
        for text in ["Docs, Q4", "Stra\u{df}e", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}", "\u{1f33b}"] {
            assert_eq!(plain_text(text), text);
        }
    }
}
