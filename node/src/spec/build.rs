//! From the specification that people write to the rows of block 0.

use althing_primitives::to_ss58;
use althing_runtime::{AlthingRuntime, GovernancePreset};

use super::{ChainSpec, Member, Properties, SpecError};

impl ChainSpec {
    /// Build the rows of block 0 once and for all.
    pub fn build(plan: &althing_runtime::ChainSpec) -> Result<Self, SpecError> {
        let genesis = plan.build(&AlthingRuntime::new())?;
        let rows = genesis.state.range(&[], None, usize::MAX);
        Ok(Self {
            name: plan.name.clone(),
            id: plan.id.clone(),
            chain_type: plan.chain_type,
            governance: match plan.governance {
                GovernancePreset::Fast => "fast".to_owned(),
                GovernancePreset::Main => "main".to_owned(),
            },
            properties: Properties {
                ss58_format: plan.ss58_prefix,
                token_decimals: plan.token.decimals.into(),
                token_symbol: plan.token.symbol.clone(),
            },
            members: published(plan),
            rows: rows.map(|(key, value)| (key.to_vec(), value.to_vec())).collect(),
        })
    }

    /// The development chain with these times of referenda.
    pub fn dev(governance: GovernancePreset) -> Result<Self, SpecError> {
        Self::build(&althing_runtime::ChainSpec::dev(governance)?)
    }
}

/// The members that are known by name.
fn published(plan: &althing_runtime::ChainSpec) -> Vec<Member> {
    let amount = |balance: u128| {
        let token = 10_u128.saturating_pow(plan.token.decimals.into());
        let (whole, part) = (balance / token.max(1), balance % token.max(1));
        format!("{whole}.{part:0width$}", width = usize::from(plan.token.decimals))
    };
    let member = |one: &althing_runtime::Member| {
        Some(Member {
            name: one.name.clone()?,
            address: to_ss58(&one.account, plan.ss58_prefix),
            scheme: one.key.as_ref()?.scheme.clone(),
            balance: amount(one.balance),
        })
    };
    plan.members.iter().filter_map(member).collect()
}
