//! Of how many families the keys are with which friends approve a recovery: where it takes several
//! friends, one family is not enough (`specs/accounts.md`, AC21).

use std::collections::BTreeMap;

use althing_primitives::{AccountId, Hash256};
use serde::Deserialize;
use serde_json::json;

use crate::{
    chain::{
        Chain,
        policy::{Friends, ProposedRecovery},
    },
    output::CliError,
};

/// What is lacking where enough friends approve, all with keys of one family.
pub(crate) const ONE_MORE: &str = "keys of one more family are needed: enough friends approve, but all \
    their keys are of one family, which a single discovery may break; a friend with keys of another \
    family must approve too";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    #[serde(default)]
    recoveries: Vec<Recovery>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recovery {
    draft_hash: String,
    families: Option<u32>,
}

/// How many families stand behind each recovery of an account, as far as the node says.
pub(crate) struct Families(BTreeMap<String, u32>);

impl Families {
    /// Ask for them.
    pub(crate) fn of(chain: &mut Chain, account: &AccountId) -> Result<Self, CliError> {
        let address = chain.address(account);
        let account: Account = chain.read("accounts_account", &[json!(address)])?;
        let each = account.recoveries.into_iter();
        let each = each.filter_map(|one| Some((one.draft_hash.to_lowercase(), one.families?)));
        Ok(Self(each.collect()))
    }

    /// How many stand behind the draft of this hash.
    pub(crate) fn behind(&self, hash: &Hash256) -> Option<u32> {
        self.0.get(&hash.to_string()).copied()
    }

    /// Whether enough of `friends` want a recovery, but all with keys of one family.
    pub(crate) fn are_lacking(&self, one: &ProposedRecovery, friends: &Friends) -> bool {
        friends.threshold >= 2
            && one.approvals >= usize::from(friends.threshold)
            && self.behind(&one.draft_hash) == Some(1)
    }
}
