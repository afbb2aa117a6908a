//! From a specification to block 0.

use althing_executor::State;
use althing_frame::{BlockEnv, DispatchError, Fault, MemoryRows, Tx};
use althing_primitives::{AccountId, Hash256, Header, SchemeId, TOKEN, blake2_256};
use pallet_accounts::EnrolledKey;
use parity_scale_codec::Encode;

use super::header::genesis_header;
use super::{ChainSpec, GovernancePreset, Member, MemberKey, SchemePreset};
use crate::{AlthingRuntime, SPEC_VERSION, SS58_PREFIX, version};

/// Blocks over which the budgets of tracks renew: thirty days of six-second blocks, or a moment.
const BUDGET_PERIOD_MAIN: u32 = 30 * 14_400;
const BUDGET_PERIOD_FAST: u32 = 200;

/// Block 0.
#[derive(Clone, Debug)]
pub struct Genesis {
    /// Its header.
    pub header: Header,
    /// Its rows.
    pub state: State,
}

/// Why a specification is not one.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    /// The runtime has another prefix.
    #[error("this runtime has address prefix {expected}, the specification says {found}")]
    Prefix {
        /// The runtime's.
        expected: u16,
        /// The specification's.
        found: u16,
    },
    /// The runtime has other decimals.
    #[error("this runtime's token has {expected} decimals, the specification says {found}")]
    Decimals {
        /// The runtime's.
        expected: u32,
        /// The specification's.
        found: u8,
    },
    /// No such scheme in the program.
    #[error("account {account}: no signature scheme is called {scheme}")]
    Scheme {
        /// Whose key it is.
        account: AccountId,
        /// The name.
        scheme: String,
    },
    /// A key whose account is another one.
    #[error("the key of account {account} makes account {expected}")]
    Account {
        /// What the specification says.
        account: AccountId,
        /// The key's account.
        expected: AccountId,
    },
    /// The table of tracks is not one.
    #[error(transparent)]
    Curve(#[from] pallet_referenda::CurveError),
    /// A pallet refuses to begin like this.
    #[error("{pallet}: {error}")]
    Refused {
        /// Which.
        pallet: &'static str,
        /// Why.
        error: DispatchError,
    },
    /// A bug of the program.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl ChainSpec {
    /// Make block 0.
    pub fn build(&self, runtime: &AlthingRuntime) -> Result<Genesis, GenesisError> {
        self.check()?;
        let block = BlockEnv {
            number: 0,
            parent_hash: Hash256::default(),
            genesis_hash: Hash256::default(),
            now: self.time,
        };
        let nothing = MemoryRows::new();
        let mut tx = Tx::unrestricted(&nothing, runtime, block);
        self.build_pallets(&mut tx, runtime)?;
        let mut rows = MemoryRows::new();
        rows.commit(&tx.into_effects())?;
        let state = State::from_rows(rows.iter().map(|(key, value)| (key.as_bytes(), value)));
        let header = genesis_header(&state, self.chain_type);
        Ok(Genesis { header, state })
    }

    fn check(&self) -> Result<(), GenesisError> {
        if self.ss58_prefix != SS58_PREFIX {
            let (expected, found) = (SS58_PREFIX, self.ss58_prefix);
            return Err(GenesisError::Prefix { expected, found });
        }
        if 10_u128.checked_pow(self.token.decimals.into()) != Some(TOKEN) {
            let (expected, found) = (TOKEN.ilog10(), self.token.decimals);
            return Err(GenesisError::Decimals { expected, found });
        }
        Ok(())
    }

    fn build_pallets(&self, tx: &mut Tx<'_>, runtime: &AlthingRuntime) -> Result<(), GenesisError> {
        let refused = |pallet| move |error| GenesisError::Refused { pallet, error };
        pallet_system::Genesis { code: code(runtime) }
            .build(tx)
            .map_err(refused(pallet_system::NAME))?;
        if self.time > 0 {
            pallet_timestamp::NOW.put(tx, &self.time)?;
        }
        self.balances().build(tx).map_err(refused(pallet_balances::NAME))?;
        self.registry().build(tx).map_err(refused(pallet_crypto_registry::NAME))?;
        self.keys()?.build(tx).map_err(refused(pallet_accounts::NAME))?;
        let (voting, referenda, budget_period) = match self.governance {
            GovernancePreset::Fast => (
                pallet_voting::Genesis::fast(),
                pallet_referenda::Genesis::fast()?,
                BUDGET_PERIOD_FAST,
            ),
            GovernancePreset::Main => (
                pallet_voting::Genesis::main(),
                pallet_referenda::Genesis::main()?,
                BUDGET_PERIOD_MAIN,
            ),
        };
        voting.build(tx).map_err(refused(pallet_voting::NAME))?;
        referenda.build(tx).map_err(refused(pallet_referenda::NAME))?;
        let treasury = pallet_treasury::Genesis::with_period(budget_period);
        treasury.build(tx).map_err(refused(pallet_treasury::NAME))
    }

    fn balances(&self) -> pallet_balances::Genesis {
        let treasury = (pallet_treasury::account(), self.treasury);
        let members = self.members.iter().map(|member| (member.account, member.balance));
        let funded = members.chain([treasury]).filter(|(_, amount)| *amount > 0);
        pallet_balances::Genesis { balances: funded.collect() }
    }

    fn registry(&self) -> pallet_crypto_registry::Genesis {
        use pallet_crypto_registry::Limits;
        let limits = match self.governance {
            GovernancePreset::Fast => Limits::FAST,
            GovernancePreset::Main => Limits::MAIN,
        };
        let genesis = match self.schemes {
            SchemePreset::Dev => pallet_crypto_registry::Genesis::dev(limits),
            SchemePreset::Main => pallet_crypto_registry::Genesis::main(),
        };
        pallet_crypto_registry::Genesis { limits, ..genesis }
    }

    fn keys(&self) -> Result<pallet_accounts::Genesis, GenesisError> {
        let members = self
            .members
            .iter()
            .filter_map(|member| member.key.as_ref().map(|key| enrolled_key(member, key)));
        let delay = match self.governance {
            GovernancePreset::Fast => pallet_accounts::DELAY_FAST,
            GovernancePreset::Main => pallet_accounts::DELAY_MAIN,
        };
        Ok(pallet_accounts::Genesis { members: members.collect::<Result<_, _>>()?, delay })
    }
}

fn enrolled_key(member: &Member, key: &MemberKey) -> Result<EnrolledKey, GenesisError> {
    let account = member.account;
    let scheme: SchemeId = althing_crypto::scheme_by_name(&key.scheme)
        .ok_or_else(|| GenesisError::Scheme { account, scheme: key.scheme.clone() })?
        .id();
    let key = EnrolledKey { scheme, public: key.public.clone() };
    let expected = key.account();
    if account == expected { Ok(key) } else { Err(GenesisError::Account { account, expected }) }
}

/// What `:code` holds: name, version, and the hash of all that clients can notice (F12).
fn code(runtime: &AlthingRuntime) -> Vec<u8> {
    let metadata = runtime.metadata(16).map(blake2_256);
    (version().spec_name, SPEC_VERSION, metadata.unwrap_or_default()).encode()
}
