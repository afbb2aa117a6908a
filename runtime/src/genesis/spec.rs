//! A chain's specification: what JSON files of chains hold.

use althing_primitives::{AccountId, Balance, Moment};
use serde::{Deserialize, Serialize};

use super::text;

/// All that a chain begins with. The same specification gives the same genesis hash.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ChainSpec {
    /// The name people read.
    pub name: String,
    /// The name programs use.
    pub id: String,
    /// What it is for.
    pub chain_type: ChainType,
    /// Its token.
    pub token: Token,
    /// Prefix of addresses as text; this runtime has 42.
    pub ss58_prefix: u16,
    /// The times and thresholds of referenda.
    pub governance: GovernancePreset,
    /// The states of schemes.
    pub schemes: SchemePreset,
    /// The time of block 0, in milliseconds since the Unix epoch.
    pub time: Moment,
    /// What the treasury holds.
    #[serde(with = "text::amount")]
    pub treasury: Balance,
    /// The first accounts.
    pub members: Vec<Member>,
    /// Who reads sealed annexes before the public does: addresses, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "text::accounts")]
    pub council: Vec<AccountId>,
    /// Keys of reduced strength, whose fall says that a scheme is breaking (`specs/canary.md`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canaries: Vec<ReducedCanary>,
}

/// What a chain is for. It is part of the genesis hash.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChainType {
    /// Trying things out: blocks need no votes, and members' keys are published.
    Development,
    /// A few processes of one person, with votes as on a live chain.
    Local,
    /// Real value: blocks are final only with a certificate.
    Live,
}

impl ChainType {
    /// Every type.
    pub const ALL: [Self; 3] = [Self::Development, Self::Local, Self::Live];

    /// Its name in specifications and in the genesis header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Local => "local",
            Self::Live => "live",
        }
    }
}

/// The token as clients show it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Its symbol.
    pub symbol: String,
    /// Its decimals; this runtime has 12.
    pub decimals: u8,
}

/// Which table of tracks, and the periods that go with it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GovernancePreset {
    /// Referenda take a few blocks.
    Fast,
    /// Referenda take weeks of six-second blocks.
    Main,
}

/// Which schemes begin in which state.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SchemePreset {
    /// All active.
    Dev,
    /// Those without maintainer deprecated.
    Main,
}

/// An account of block 0.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// What the specification calls it; not on chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its address.
    #[serde(with = "text::account")]
    pub account: AccountId,
    /// What it owns.
    #[serde(with = "text::amount")]
    pub balance: Balance,
    /// The key that controls it, if it should be enrolled already. The address is that of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<MemberKey>,
}

/// A key of block 0.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MemberKey {
    /// Name of the scheme.
    pub scheme: String,
    /// The public key.
    #[serde(with = "text::hex")]
    pub public: Vec<u8>,
}

/// A key of reduced strength in block 0.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReducedCanary {
    /// Name of the scheme.
    pub scheme: String,
    /// The public key; its secret must have been thrown away.
    #[serde(with = "text::hex")]
    pub public: Vec<u8>,
    /// The binary logarithm of the work that finds the secret.
    pub bits: u16,
}

impl ChainSpec {
    /// Read a specification.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The specification as a file holds it.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}
