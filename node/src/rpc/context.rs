//! What every method may ask.

use std::sync::Arc;

use althing_executor::Parent;
use althing_primitives::{AccountId, Hash256, to_ss58};
use althing_runtime::AlthingRuntime;

use super::failure::Failure;
use crate::author::DevControls;
use crate::chain::{Chain, Head};
use crate::pool::Pool;
use crate::spec::ChainType;

/// What every method may ask. Reads are answered from snapshots; only the pool is
/// asked under its lock, for a moment.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) chain: Arc<Chain>,
    pub(super) pool: Arc<Pool>,
    /// For what only this runtime knows: metadata, runtime functions, dry runs.
    pub(super) runtime: AlthingRuntime,
    /// On development chains only.
    pub(super) controls: Option<DevControls>,
}

impl Context {
    /// The block with this hash and its rows; the best block for none.
    pub(super) fn head_at(&self, at: Option<Hash256>) -> Result<Arc<Head>, Failure> {
        match at {
            None => Ok(self.chain.head()),
            Some(hash) => Ok(self.chain.head_at(hash)?),
        }
    }

    /// The same block as the executor wants it.
    pub(super) fn parent<'a>(&self, head: &'a Head) -> Parent<'a> {
        Parent { header: &head.header, state: &head.state, genesis: self.chain.genesis() }
    }

    /// Whether this is a development chain.
    pub(super) fn is_development(&self) -> bool {
        self.chain.spec().chain_type == ChainType::Development
    }

    /// The address of `account` on this chain.
    pub(super) fn address(&self, account: &AccountId) -> String {
        to_ss58(account, self.chain.spec().properties.ss58_format)
    }
}
