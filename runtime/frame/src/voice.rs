//! Who answers for a transaction.

use althing_primitives::{SIGNERS_MAX, SchemeId};

/// The schemes that answer for a transaction, each once: whoever wants to forge it must break all of
/// them (`specs/accounts.md`, AC14). None of them if nobody can say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Voice {
    /// Those that answer come first.
    schemes: [SchemeId; SIGNERS_MAX as usize],
    count: usize,
}

impl Voice {
    /// The voice of these schemes. [`SchemeId::JOINT`] is none, and no more answer than sign together.
    pub fn of(schemes: impl IntoIterator<Item = SchemeId>) -> Self {
        let mut voice = Self { schemes: [SchemeId::JOINT; SIGNERS_MAX as usize], count: 0 };
        for scheme in schemes {
            if scheme == SchemeId::JOINT || voice.schemes().contains(&scheme) {
                continue;
            }
            if let Some(place) = voice.schemes.get_mut(voice.count) {
                *place = scheme;
                voice.count = voice.count.saturating_add(1);
            }
        }
        voice
    }

    /// The schemes, each once.
    pub fn schemes(&self) -> &[SchemeId] {
        self.schemes.get(..self.count).unwrap_or_default()
    }

    /// The scheme whose break would be enough, [`SchemeId::JOINT`] if no single one is.
    pub fn scheme(&self) -> SchemeId {
        match self.schemes() {
            [one] => *one,
            _ => SchemeId::JOINT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [SchemeId; 5] = [SchemeId(1), SchemeId(2), SchemeId(3), SchemeId(4), SchemeId(5)];

    #[test]
    fn one_scheme_answers_alone_and_several_together() {
        let [one, two, ..] = ALL;
        assert_eq!(Voice::of([one]).scheme(), one);
        assert_eq!(Voice::of([one, one]), Voice::of([one]));
        assert_eq!(Voice::of([one, two]).scheme(), SchemeId::JOINT);
        assert_eq!(Voice::of([one, two, one]).schemes(), [one, two]);
        assert_eq!(Voice::of([]).scheme(), SchemeId::JOINT);
        assert_eq!(Voice::of([SchemeId::JOINT]).schemes(), []);
        assert_eq!(Voice::of(ALL).schemes(), &ALL[..4]);
    }
}
