//! The chain's refusals, told to people: amounts as amounts, and the command that helps.

use std::collections::BTreeMap;

use serde_json::Value;

use super::replies::ChainRefusal;
use crate::{amount, output::CliError};

impl ChainRefusal {
    /// The same refusal under the chain's own code; `account` is who would have signed.
    pub fn to_error(&self, account: &str) -> CliError {
        let mut amounts = BTreeMap::new();
        let mut details = serde_json::Map::new();
        for (name, value) in &self.values {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            match text.parse::<u128>() {
                Ok(number) if is_amount(&self.code, name) => {
                    amounts.insert(text, amount::to_text_with_unit(number));
                    details.insert(name.clone(), amount::to_json(number).into());
                }
                _ => {
                    details.insert(name.clone(), value.clone());
                }
            }
        }
        let message = with_amounts(&self.message, &amounts);
        let mut error = CliError::from_chain(self.code.clone(), message);
        error.details = details;
        match self.remedy(account) {
            Some(fix) => error.fix([fix]),
            None => error,
        }
    }

    /// A command that usually helps.
    fn remedy(&self, account: &str) -> Option<String> {
        let referendum = || {
            let value = self.values.get("referendum").or_else(|| self.values.get("index"))?;
            Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        Some(match self.code.as_str() {
            "BAL-101" | "VOT-105" => format!("althing --account {account} unlock"),
            "BAL-102" | "BAL-104" | "BAL-105" | "VOT-103" | "ACC-102" => {
                format!("althing account {account}")
            }
            "BAL-103" | "VOT-104" => "send or lock more".to_owned(),
            "VOT-101" | "GOV-101" => "althing referenda".to_owned(),
            "VOT-102" | "VOT-106" | "GOV-106" | "GOV-108" => {
                format!("althing referendum show {}", referendum()?)
            }
            "TRE-101" | "TRE-102" | "TRE-103" | "GOV-102" => "althing treasury".to_owned(),
            "ACC-101" => "send one transaction first: it enters the key".to_owned(),
            "ACC-105" | "ACC-106" | "CRY-101" | "CRY-104" | "CRY-105" => {
                "althing crypto".to_owned()
            }
            _ => return None,
        })
    }
}

/// Whether the value called `name` is an amount: codes say which rule it comes from.
fn is_amount(code: &str, name: &str) -> bool {
    match code.get(..3) {
        Some("BAL") => !matches!(name, "who" | "max"),
        Some("VOT") => matches!(name, "asked" | "available"),
        Some("TRE") => {
            matches!(name, "amount" | "cap" | "needed" | "available" | "spent" | "budget")
        }
        Some("ACC") => code == "ACC-107" && matches!(name, "held" | "maximum"),
        _ => false,
    }
}

/// The message with its numbers of the smallest unit written as amounts.
fn with_amounts(message: &str, amounts: &BTreeMap<String, String>) -> String {
    let words = message.split(' ').map(|word| {
        let number = word.trim_end_matches(|c: char| c.is_ascii_punctuation());
        match amounts.get(number) {
            Some(amount) => format!("{amount}{}", &word[number.len()..]),
            None => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_told_as_amounts_and_other_numbers_are_left_alone() {
        let refusal: ChainRefusal = serde_json::from_value(json!({
            "code": "VOT-103",
            "message": "a ballot of 5000000000000 is more than the 3000000000000 of account 15",
            "values": { "asked": "5000000000000", "available": "3000000000000" },
        }))
        .unwrap();
        let error = refusal.to_error("bob");
        assert_eq!(error.message, "a ballot of 5.00 ALT is more than the 3.00 ALT of account 15");
        assert_eq!(error.details["asked"], "5.000000000000");
        assert_eq!(error.fix, ["althing account bob"]);
        assert_eq!(error.code, "VOT-103");
    }

    #[test]
    fn numbers_are_told_once_however_they_resemble_each_other() {
        let refusal: ChainRefusal = serde_json::from_value(json!({
            "code": "BAL-102",
            "message": "1000000000000 is needed, and 0 is free; 10 is not",
            "values": { "needed": "1000000000000", "free": "0" },
        }))
        .unwrap();
        let message = refusal.to_error("bob").message;
        assert_eq!(message, "1.00 ALT is needed, and 0.00 ALT is free; 10 is not");
    }
}
