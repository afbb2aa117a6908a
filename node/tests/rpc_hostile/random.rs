//! Input that nobody means well by, the same on every run with the same seed.

use serde_json::{Value, json};

/// A stream of numbers (xorshift64*), enough to choose by.
pub(crate) struct Random(u64);

impl Random {
    /// `ALTHING_FUZZ_SEED` begins another stream.
    pub(crate) fn new(salt: u64) -> Self {
        let seed = variable("ALTHING_FUZZ_SEED").unwrap_or(1);
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_add(0x1234_5678_9abc_def1))
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.number() % limit.max(1) as u64) as usize
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(crate) fn bytes(&mut self, max: usize) -> Vec<u8> {
        (0..self.below(max + 1)).map(|_| self.number() as u8).collect()
    }

    /// The same bytes with a few things wrong.
    pub(crate) fn spoilt(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut spoilt = bytes.to_vec();
        while spoilt == bytes {
            for _ in 0..=self.below(3) {
                self.spoil(&mut spoilt);
            }
        }
        spoilt
    }

    fn spoil(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        match self.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.extend(self.bytes(40)),
            2 if !bytes.is_empty() => bytes[at] = self.number() as u8,
            3 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            // Lengths say more than there is.
            4 if !bytes.is_empty() => bytes[at] = 0xff,
            _ => bytes.insert(at.min(bytes.len()), self.number() as u8),
        }
    }

    /// Some JSON, not deeper than `depth`.
    pub(crate) fn json(&mut self, depth: usize) -> Value {
        if depth > 0 && self.below(4) == 0 {
            let items: Vec<Value> = (0..self.below(5)).map(|_| self.json(depth - 1)).collect();
            return match self.below(2) {
                0 => items.into(),
                _ => items.into_iter().map(|item| (self.text(), item)).collect(),
            };
        }
        match self.below(4) {
            0 => self.text().into(),
            1 => const_hex::encode_prefixed(self.bytes(70)).into(),
            _ => self.pick(&scalars()).clone(),
        }
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.bytes(20)).into_owned()
    }
}

/// How many cases to run: `ALTHING_FUZZ_CASES`, or so many that nobody waits.
pub(crate) fn cases(default: u64) -> u64 {
    variable("ALTHING_FUZZ_CASES").unwrap_or(default)
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// Values at the edges. None of them makes a development chain mine for long.
pub(crate) fn scalars() -> Vec<Value> {
    let mut values = vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(-0.0),
        json!(1e300),
        json!(i64::MIN),
        json!(u32::MAX),
        json!(u64::from(u32::MAX) + 1),
        json!(1_u64 << 53),
        json!(u64::MAX),
    ];
    let texts = ["", "0", "0x", "0x0", "0xzz", "x", "null", "\u{0}", "\u{1f600}", "-1", "0x-1"];
    values.extend(texts.map(Value::from));
    let zeros = "00".repeat(32);
    values.extend([zeros.clone(), format!("0x{zeros}"), format!("0x{zeros}00")].map(Value::from));
    // An address with a wrong checksum, one of another chain, base 58 that is too long.
    values.push("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ".into());
    values.push("15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5".into());
    values.push("1".repeat(10_000).into());
    values
}

/// Parameters that are wrong for nearly every method.
pub(crate) fn parameters() -> Vec<Value> {
    let mut all: Vec<Value> = scalars().into_iter().map(|value| json!([value])).collect();
    all.extend([
        json!([]),
        json!({}),
        json!({ "at": null }),
        json!([[]]),
        json!([{}]),
        json!([[[[[]]]]]),
        json!([null, null, null, null, null, null, null, null, null, null]),
        json!([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        json!(["0x00", "0x00", "0x00", "0x00"]),
        json!([["0x00", 1, null, {}]]),
        json!([vec![Value::Null; 3000]]),
        json!([vec!["0x"; 3000]]),
        json!(["ab".repeat(50_000)]),
        json!([format!("0x{}", "a".repeat(99_999))]),
        json!([null, u64::MAX, "0x", "0x"]),
        json!([0, null, u64::MAX, u64::MAX]),
        json!(["Core_version", "0x", "0x"]),
    ]);
    all
}

/// Names that no method has.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> =
        ["", " ", "system_", "SYSTEM_HEALTH", "rpc_methods ", "chain_getBlock\u{0}", "__proto__"]
            .map(str::to_owned)
            .into();
    names.extend(["state_getPairs", "author_rotateKeys", "system_dryRun"].map(str::to_owned));
    names.push("x".repeat(100_000));
    names
}
