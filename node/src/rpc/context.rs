//! What every method may ask.

use std::sync::{Arc, OnceLock};

use althing_executor::Parent;
use althing_primitives::{AccountId, Hash256, to_ss58};
use althing_runtime::AlthingRuntime;

use super::failure::Failure;
use super::followers::Followers;
use super::wire::hex;
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
    /// Who follows what.
    pub(super) followers: Followers,
    metadata: OnceLock<String>,
}

impl Context {
    pub(super) fn new(chain: Arc<Chain>, pool: Arc<Pool>, controls: Option<DevControls>) -> Self {
        let (runtime, followers) = (AlthingRuntime::new(), Followers::new());
        Self { chain, pool, runtime, controls, followers, metadata: OnceLock::new() }
    }

    /// The block with this hash and its rows; the best block for none.
    pub(super) fn head_at(&self, at: Option<Hash256>) -> Result<Arc<Head>, Failure> {
        match at {
            None => Ok(self.chain.head()),
            Some(hash) => Ok(self.chain.head_at(hash)?),
        }
    }

    /// The same, without waiting for the disk unless it must be asked why there are no such rows.
    pub(super) async fn snapshot(
        self: &Arc<Self>,
        at: Option<Hash256>,
    ) -> Result<Arc<Head>, Failure> {
        let Some(hash) = at else { return Ok(self.chain.head()) };
        if let Some(head) = self.chain.recent_head(hash.into()) {
            return Ok(head);
        }
        let context = Arc::clone(self);
        let asking = tokio::task::spawn_blocking(move || context.head_at(Some(hash)));
        asking.await.map_err(|error| Failure::internal(&error))?
    }

    /// The runtime's description of itself, in hexadecimal. Made once.
    pub(super) fn metadata(&self) -> &str {
        self.metadata.get_or_init(|| hex(self.runtime.metadata(14).unwrap_or_default()))
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
