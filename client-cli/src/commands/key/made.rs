//! New keys of an account: made of words where a scheme has seeds, with the reserve that goes with
//! them.

use althing_crypto::signing::SigningScheme;

use super::{
    new::{WORDS_BYTES_MAX, hand_over},
    scheme::{Learning, scheme_for},
};
use crate::{
    context::Context,
    derive::Words,
    key::{Key, SecretKind, scheme_named},
    keystore::{AccountFile, Hardness, Password, Status},
    output::{CliError, Warning, codes},
    reserve::{Reserve, ReserveRoot},
};

/// Keys that were made together, of the same words where they have any.
#[derive(Debug)]
pub(crate) struct Made {
    /// The keys, in the order of their schemes.
    pub(crate) keys: Vec<Key>,
    /// The key that takes over when their schemes fall, unless none is wanted.
    pub(crate) reserve: Option<Reserve>,
    /// Words nobody has seen yet.
    words: Option<Words>,
}

/// Where keys come from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// New words.
    New,
    /// Words on standard input, and which key of them.
    Typed(u32),
}

/// The schemes in `text`: one, or several with a `+` between them. Those that are not known here are
/// learned from the chain.
pub(crate) fn schemes(
    text: &str,
    context: &Context,
) -> Result<Vec<&'static dyn SigningScheme>, CliError> {
    schemes_by(text, &|name| scheme_for(name, &Learning::default(), context))
}

/// The schemes in `text`, each found by its name.
fn schemes_by(
    text: &str,
    find: &dyn Fn(&str) -> Result<&'static dyn SigningScheme, CliError>,
) -> Result<Vec<&'static dyn SigningScheme>, CliError> {
    if !text.contains('+') {
        return Ok(vec![find(text)?]);
    }
    if let Ok(whole) = scheme_named(text) {
        return Ok(vec![whole]);
    }
    // A plus in a name, as in SPHINCS+, ends it or is followed by a dash.
    let mut names = vec![String::new()];
    let letters: Vec<char> = text.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied().unwrap_or('-');
        match names.last_mut() {
            Some(name) if *letter != '+' || next == '-' || next == '+' => name.push(*letter),
            _ => names.push(String::new()),
        }
    }
    let found: Result<Vec<_>, _> = names.iter().map(|name| find(name)).collect();
    let found = found?;
    let twice = found
        .iter()
        .enumerate()
        .find(|(at, one)| found.iter().take(*at).any(|other| other.id() == one.id()));
    match twice {
        Some((_, scheme)) => {
            let message =
                format!("{} is named twice: a second key of it adds nothing", scheme.name());
            Err(CliError::new(codes::KEY_UNKNOWN_SCHEME, message).fix(["name two schemes"]))
        }
        None => Ok(found),
    }
}

/// Make a key of each scheme. The reserve is the first one that `file` does not have yet.
pub(crate) fn make(
    schemes: &[&'static dyn SigningScheme],
    source: Source,
    (with_reserve, file): (bool, Option<&AccountFile>),
    context: &mut Context,
) -> Result<Made, CliError> {
    let seeded = schemes.iter().any(|scheme| scheme.sizes().seed.is_some());
    let (words, index, is_new) = match source {
        Source::Typed(index) => {
            let text = context.ask.input(&mut context.out, "Words: ", WORDS_BYTES_MAX)?;
            (Some(Words::parse(&text)?), index, false)
        }
        Source::New if seeded => (Some(Words::generate()?), 0, true),
        Source::New => (None, 0, false),
    };
    let mut keys = Vec::with_capacity(schemes.len());
    for scheme in schemes {
        keys.push(match &words {
            // Words that were typed are meant: a scheme that cannot use them says so.
            Some(words) if scheme.sizes().seed.is_some() || !is_new => {
                Key::from_words(*scheme, words, index)?
            }
            _ => Key::random(*scheme)?,
        });
    }
    let reserve = if with_reserve { Some(first_unused(words.as_ref(), file)?) } else { None };
    Ok(Made { keys, reserve, words: words.filter(|_| is_new) })
}

/// The first reserve of the words, or of a random root, that `file` does not hold.
pub(crate) fn first_unused(
    words: Option<&Words>,
    file: Option<&AccountFile>,
) -> Result<Reserve, CliError> {
    let root = match words {
        Some(words) => ReserveRoot::from_words(words)?,
        None => ReserveRoot::random()?,
    };
    let mut reserve = root.reserve(0)?;
    while file.is_some_and(|file| file.entry(reserve.key.handle()).is_some()) {
        reserve = reserve.following()?;
    }
    Ok(reserve)
}

impl Made {
    /// The keys by reference.
    pub(crate) fn all(&self) -> Vec<&Key> {
        self.keys.iter().collect()
    }

    /// The names of the schemes, as `--to-scheme` takes them.
    pub(crate) fn schemes(&self) -> String {
        let names: Vec<_> = self.keys.iter().map(|key| key.scheme().name()).collect();
        names.join("+")
    }

    /// Whether words restore all keys.
    pub(crate) fn has_words(&self) -> bool {
        self.keys.iter().all(|key| key.path().is_some())
    }

    /// Show the words, if nobody has seen them.
    pub(crate) fn hand_over(&self, context: &mut Context) -> Result<Vec<Warning>, CliError> {
        self.words.as_ref().map_or(Ok(Vec::new()), |words| hand_over(words, context))
    }

    /// Write the keys and the reserve into `file`.
    pub(crate) fn keep(
        &self,
        file: &mut AccountFile,
        status: Status,
        (password, hardness): (&Password, Hardness),
    ) -> Result<(), CliError> {
        for key in &self.keys {
            file.add(key, status, password, hardness)?;
        }
        if let Some(reserve) = &self.reserve {
            file.add_reserve(reserve, password, hardness)?;
        }
        Ok(())
    }

    /// Why no words restore a key or the reserve, where none do.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let mut warnings: Vec<_> = self.keys.iter().filter_map(super::words_warning).collect();
        let expanded = self.keys.iter().any(|key| key.material().kind == SecretKind::Expanded);
        let random = self.reserve.as_ref().is_some_and(|reserve| reserve.key.path().is_none());
        if expanded && random {
            let message = "its reserve key is random too: the key file alone holds it";
            warnings.push(Warning::new(codes::KEY_WARN_NO_WORDS, message));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemes(text: &str) -> Result<Vec<&'static dyn SigningScheme>, CliError> {
        schemes_by(text, &|name| Ok(scheme_named(name)?))
    }

    fn names(text: &str) -> Vec<&'static str> {
        schemes(text).unwrap().iter().map(|scheme| scheme.name()).collect()
    }

    #[test]
    fn several_schemes_are_written_with_a_plus() {
        assert_eq!(names("ml-dsa-65"), ["ml-dsa-65"]);
        assert_eq!(names("ML-DSA-65+slh-dsa-sha2-128s"), ["ml-dsa-65", "slh-dsa-sha2-128s"]);
        assert_eq!(names("sphincs+-sha2-128s-r3"), ["sphincs+-sha2-128s-r3"]);
        assert_eq!(
            names("ml-dsa-65+sphincs+-sha2-128s-r3"),
            ["ml-dsa-65", "sphincs+-sha2-128s-r3"]
        );
    }

    #[test]
    fn unknown_schemes_and_the_same_one_twice_are_refused() {
        assert_eq!(schemes("ml-dsa-65+rsa").err().unwrap().code, "KEY-314");
        assert_eq!(schemes("ml-dsa-65+").err().unwrap().code, "KEY-314");
        assert_eq!(schemes("ml-dsa-65+ml-dsa-65").err().unwrap().code, "KEY-314");
    }
}
