//! Domain tags: what a signature was made for is the first thing it signs.

/// What a signature is made for. One purpose, one tag; a signature never serves two purposes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// An extrinsic.
    Tx,
    /// Proof that the new keys of a rotation are held.
    RotatePop,
    /// A message outside the chain.
    Message,
    /// A sealed ballot.
    Ballot,
    /// Proof that a scheme is broken.
    Canary,
    /// A block or a vote of its finality.
    Block,
    /// The handshake of two peers.
    Link,
    /// A sealed envelope, by its author.
    Seal,
}

impl Purpose {
    /// Every purpose, in the order of `specs/cryptography.md`.
    pub const ALL: [Self; 8] = [
        Self::Tx,
        Self::RotatePop,
        Self::Message,
        Self::Ballot,
        Self::Canary,
        Self::Block,
        Self::Link,
        Self::Seal,
    ];
}

/// The tag of `purpose`: `althing:<purpose>:v1`, ASCII, without a terminator. No tag is the
/// beginning of another one.
#[must_use]
pub const fn domain(purpose: Purpose) -> &'static [u8] {
    match purpose {
        Purpose::Tx => b"althing:tx:v1",
        Purpose::RotatePop => b"althing:rotate-pop:v1",
        Purpose::Message => b"althing:message:v1",
        Purpose::Ballot => b"althing:ballot:v1",
        Purpose::Canary => b"althing:canary:v1",
        Purpose::Block => b"althing:block:v1",
        Purpose::Link => b"althing:link:v1",
        Purpose::Seal => b"althing:seal:v1",
    }
}

#[cfg(test)]
mod tests {
    use super::{Purpose, domain};

    #[test]
    fn no_tag_begins_another_tag() {
        for (i, one) in Purpose::ALL.into_iter().enumerate() {
            for (j, other) in Purpose::ALL.into_iter().enumerate() {
                assert_eq!(domain(one).starts_with(domain(other)), i == j, "{one:?}, {other:?}");
            }
        }
    }

    #[test]
    fn statements_begin_with_the_tag_of_transactions() {
        assert_eq!(domain(Purpose::Tx), althing_primitives::TX_DOMAIN);
    }

    #[test]
    fn tags_are_the_specified_ascii() {
        for purpose in Purpose::ALL {
            let tag = core::str::from_utf8(domain(purpose)).unwrap();
            assert!(tag.starts_with("althing:") && tag.ends_with(":v1"), "{tag}");
        }
        assert_eq!(domain(Purpose::RotatePop), b"althing:rotate-pop:v1");
    }
}
