//! What a sender's keys sign: the transaction, and for whom, with whom and under which rules.
//!
//! The payload that clients know names neither the account nor the other signers. A key that
//! serves two accounts could be made to speak for the other one, one half of a joint signature
//! could be passed off as a whole one, and a signature could outlive the policy or the registry
//! under which it was made. So every key signs all of that before the payload (F6).

use parity_scale_codec::{Decode, Encode};

use crate::{AccountId, SignerKey};

/// The domain tag of everything that is signed as a transaction (`specs/cryptography.md`, C5).
pub const TX_DOMAIN: &[u8] = b"althing:tx:v1";

/// Under which rules a transaction is signed. It is worth nothing under others.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Circumstances {
    /// How often the registry of schemes has changed.
    pub epoch: u32,
    /// How often the policy of the sender has changed; 0 at the first use of an account.
    pub policy: u32,
}

/// The bytes that each of `signers` signs for `account`: the domain tag, then in SCALE the account,
/// the circumstances and the signers in order, then `payload` (that of
/// [`signing_payload`](crate::signing_payload)) as it is.
pub fn statement(
    account: &AccountId,
    circumstances: Circumstances,
    signers: &[SignerKey],
    payload: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(payload.len().saturating_add(128));
    bytes.extend_from_slice(TX_DOMAIN);
    account.encode_to(&mut bytes);
    circumstances.encode_to(&mut bytes);
    signers.encode_to(&mut bytes);
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hash256, KeyHandle, SchemeId};

    const ALICE: AccountId = AccountId([1; 32]);

    fn key(scheme: u16, byte: u8) -> SignerKey {
        SignerKey { scheme: SchemeId(scheme), handle: KeyHandle(Hash256([byte; 32])) }
    }

    #[test]
    fn a_statement_differs_by_account_registry_policy_signers_and_payload() {
        let now = Circumstances { epoch: 3, policy: 2 };
        let signers = [key(2, 7), key(4, 8)];
        let one = statement(&ALICE, now, &signers, b"payload");
        let others = [
            statement(&AccountId([2; 32]), now, &signers, b"payload"),
            statement(&ALICE, Circumstances { epoch: 4, ..now }, &signers, b"payload"),
            statement(&ALICE, Circumstances { policy: 3, ..now }, &signers, b"payload"),
            statement(&ALICE, now, &signers[..1], b"payload"),
            statement(&ALICE, now, &[signers[1], signers[0]], b"payload"),
            statement(&ALICE, now, &[key(3, 7), key(4, 8)], b"payload"),
            statement(&ALICE, now, &signers, b"payloae"),
        ];
        for (at, other) in others.iter().enumerate() {
            assert_ne!(&one, other, "{at}");
        }
    }

    #[test]
    fn a_statement_is_the_specified_bytes() {
        let now = Circumstances { epoch: 1, policy: 2 };
        let mut expected = b"althing:tx:v1".to_vec();
        expected.extend([1; 32]);
        expected.extend([1, 0, 0, 0, 2, 0, 0, 0, 4, 3, 0]);
        expected.extend([9; 32]);
        expected.extend(b"payload");
        assert_eq!(statement(&ALICE, now, &[key(3, 9)], b"payload"), expected);
    }
}
