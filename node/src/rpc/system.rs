//! `system_*`: which node and which chain this is.

use serde_json::json;

use super::error::RpcError;
use super::methods::Methods;
use crate::spec::ChainType;

/// Register the family.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.quick(&["system_chain"], |context, _| Ok(context.chain.spec().name.clone().into()))?;
    methods.quick(&["system_name"], |_, _| Ok("Althing Node".into()))?;
    methods.quick(&["system_version"], |_, _| Ok(env!("CARGO_PKG_VERSION").into()))?;
    methods.quick(&["system_chainType"], |context, _| {
        Ok(match context.chain.spec().chain_type {
            ChainType::Development => "Development",
            ChainType::Local => "Local",
            ChainType::Live => "Live",
        }
        .into())
    })?;
    methods.quick(&["system_properties"], |context, _| {
        let properties = &context.chain.spec().properties;
        Ok(json!({
            "ss58Format": properties.ss58_format,
            "tokenDecimals": properties.token_decimals,
            "tokenSymbol": properties.token_symbol,
        }))
    })?;
    methods.quick(&["system_health"], |context, _| {
        let development = context.is_development();
        Ok(json!({ "peers": 0, "isSyncing": false, "shouldHavePeers": !development }))
    })?;
    methods.quick(&["system_nodeRoles"], |_, _| Ok(json!(["Authority"])))?;
    methods.quick(&["system_localPeerId"], |context, _| {
        Ok(super::wire::hex(context.chain.genesis()).into())
    })?;
    methods.quick(&["system_localListenAddresses"], |_, _| Ok(json!([])))?;
    methods.quick(&["system_syncState"], |context, _| {
        let number = context.chain.head().number;
        Ok(json!({ "startingBlock": 0, "currentBlock": number, "highestBlock": number }))
    })?;
    methods.quick(&["system_accountNextIndex", "account_nextIndex"], |context, arguments| {
        let who = arguments.account()?;
        let next = pallet_system::account(&context.chain.head().state, &who)?.nonce;
        Ok(context.pool.nonce_after(&who, next).into())
    })
}
