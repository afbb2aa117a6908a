//! The sealing of a development chain, as an operator names it.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::BlockSource;
use super::instant::Instant;
use super::interval::Interval;
use crate::author::{Author, AuthorError};
use crate::shutdown::Stop;

/// The longest interval, in seconds.
const SECONDS_MAX: u64 = 86_400;

/// When a development chain makes blocks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Seal {
    /// As soon as a transaction is ready.
    Instant,
    /// At this interval, empty or not.
    Interval(Duration),
    /// On request only.
    Manual,
}

/// Text that names no sealing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text:?} is neither instant, manual nor a number of seconds from 1 to {SECONDS_MAX}")]
pub struct SealError {
    /// The text.
    text: String,
}

impl Seal {
    /// What makes blocks this way.
    pub fn source(self) -> Box<dyn BlockSource> {
        match self {
            Self::Instant => Box::new(Instant),
            Self::Interval(every) => Box::new(Interval(every)),
            Self::Manual => Box::new(Manual),
        }
    }
}

impl FromStr for Seal {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        match text {
            "instant" => Ok(Self::Instant),
            "manual" => Ok(Self::Manual),
            other => other
                .strip_suffix('s')
                .unwrap_or(other)
                .parse()
                .ok()
                .filter(|seconds| (1..=SECONDS_MAX).contains(seconds))
                .map(|seconds| Self::Interval(Duration::from_secs(seconds)))
                .ok_or_else(|| SealError { text: text.to_owned() }),
        }
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant => f.write_str("instant"),
            Self::Manual => f.write_str("manual"),
            Self::Interval(every) => write!(f, "every {} s", every.as_secs()),
        }
    }
}

/// Blocks on request only: whoever asks goes to the author directly.
#[derive(Debug)]
struct Manual;

impl BlockSource for Manual {
    fn run(
        self: Box<Self>,
        _author: Arc<Author>,
        mut stop: Stop,
    ) -> BoxFuture<'static, Result<(), AuthorError>> {
        async move {
            stop.requested().await;
            Ok(())
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealing_is_named_by_word_or_by_seconds() {
        assert_eq!("instant".parse(), Ok(Seal::Instant));
        assert_eq!("manual".parse(), Ok(Seal::Manual));
        assert_eq!("6".parse(), Ok(Seal::Interval(Duration::from_secs(6))));
        assert_eq!("6s".parse(), Ok(Seal::Interval(Duration::from_secs(6))));
        for wrong in ["", "0", "-1", "soon", "99999999"] {
            assert!(wrong.parse::<Seal>().is_err(), "{wrong}");
        }
    }
}
