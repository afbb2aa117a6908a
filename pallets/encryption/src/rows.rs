//! The rows and what they hold.

use althing_frame::{Map, Value};
use althing_primitives::{
    AccountId, Balance, Blake2_128Concat, BlockNumber, BoundedBytes, BoundedVec,
    PUBLIC_KEY_BYTES_MAX, SchemeId,
};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// The most members of the council.
pub const COUNCIL_MAX: u32 = 16;
/// The longest annex, in bytes: 60 KiB of content sealed to the most recipients there can be.
pub const ANNEX_BYTES_MAX: u32 = 100 * 1024;

/// An annex as it is kept.
pub type AnnexBytes = BoundedBytes<ANNEX_BYTES_MAX>;
/// Members of the council, each once.
pub type Council = BoundedVec<AccountId, COUNCIL_MAX>;
/// What opens one envelope and no other.
pub type ContentKey = [u8; althing_crypto::seal::CONTENT_KEY_BYTES];
/// KEMs, ascending, each once.
pub type Kems = BoundedVec<SchemeId, { althing_crypto::seal::RECIPIENTS_MAX }>;

/// The encryption key of every member who has published one.
pub const KEYS: Map<AccountId, EncryptionKey, Blake2_128Concat> = Map::new(crate::NAME, "Keys");
/// Who reads sealed annexes before the public does.
pub const COUNCIL: Value<Council> = Value::new(crate::NAME, "Council").with_default();
/// Annexes by the number of their referendum.
pub const ANNEXES: Map<u32, Annex> = Map::new(crate::NAME, "Annexes");
/// Content keys of annexes that everyone may read.
pub const REVEALED: Map<u32, ContentKey> = Map::new(crate::NAME, "Revealed");

/// A published key: anyone can seal to its account.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct EncryptionKey {
    /// The KEM.
    pub kem: SchemeId,
    /// The public key.
    pub public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
    /// Block of publication.
    pub since: BlockNumber,
    /// What is set aside for it, in the smallest unit.
    pub deposit: Balance,
}

/// What the council reads before the public does.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct Annex {
    /// Who attached it: the proposer of the referendum.
    pub who: AccountId,
    /// In which block.
    pub at: BlockNumber,
    /// The envelope (E10).
    pub bytes: AnnexBytes,
    /// The KEMs of its recipients' keys.
    pub kems: Kems,
    /// What is set aside for it, in the smallest unit.
    pub deposit: Balance,
}
