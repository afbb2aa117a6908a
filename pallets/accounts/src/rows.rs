//! The rows of accounts.

use althing_frame::{DoubleMap, Map};
use althing_primitives::{AccountId, Blake2_128Concat, Identity, KeyHandle};

use crate::{NAME, Policy, StoredKey};

/// The policy of every account that has signed, or was enrolled at genesis.
pub const POLICIES: Map<AccountId, Policy, Blake2_128Concat> = Map::new(NAME, "Policies");
/// The public keys of an account. By account first: a key that serves two accounts has two rows,
/// each with its own deposit.
pub const KEYS: DoubleMap<AccountId, KeyHandle, StoredKey, Blake2_128Concat, Identity> =
    DoubleMap::new(NAME, "Keys");
