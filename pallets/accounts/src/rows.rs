//! The rows of accounts (AC2).

use althing_frame::{DoubleMap, Map, StorageEntry, Value};
use althing_primitives::{AccountId, Blake2_128Concat, BlockNumber, Identity, KeyHandle};

use crate::{Agenda, Change, NAME, Pending, Policy, Recoveries, StoredKey};

/// The policy of every account that has signed, or was enrolled at genesis.
pub const POLICIES: Map<AccountId, Policy, Blake2_128Concat> = Map::new(NAME, "Policies");
/// The public keys of an account. By account first: a key that serves two accounts has two rows,
/// each with its own deposit.
pub const KEYS: DoubleMap<AccountId, KeyHandle, StoredKey, Blake2_128Concat, Identity> =
    DoubleMap::new(NAME, "Keys");
/// The announced change of an account's policy: one at a time.
pub const PENDING: Map<AccountId, Pending, Blake2_128Concat> = Map::new(NAME, "Pending");
/// Policies that wait, by account and by who wrote them: the account itself, or a friend who wants
/// it recovered.
pub const CHANGES: DoubleMap<AccountId, AccountId, Change, Blake2_128Concat, Blake2_128Concat> =
    DoubleMap::new(NAME, "Changes");
/// The recoveries of an account that friends have proposed.
pub const RECOVERIES: Map<AccountId, Recoveries, Blake2_128Concat> =
    Map::new(NAME, "Recoveries").with_default();
/// The accounts whose announced changes take effect at the end of a block.
pub const AGENDA: Map<BlockNumber, Agenda> = Map::new(NAME, "Agenda").with_default();
/// How many blocks an announced change waits. Fixed at genesis.
pub const DELAY: Value<BlockNumber> = Value::new(NAME, "Delay").with_default();

pub(crate) fn entries() -> Vec<StorageEntry> {
    vec![
        POLICIES.entry_optional("The keys that control an account."),
        KEYS.entry_optional("The public keys of an account, by handle."),
        PENDING.entry_optional("The announced change of an account's policy."),
        CHANGES.entry_optional("Policies that wait, by account and author."),
        RECOVERIES.entry("The recoveries of an account that friends have proposed."),
        AGENDA.entry("The accounts whose announced changes take effect at the end of a block."),
        DELAY.entry("How many blocks an announced change waits."),
    ]
}
