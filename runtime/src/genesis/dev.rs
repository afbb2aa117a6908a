//! The specification of development chains: ten members whose keys everyone knows.

use althing_crypto::signing::{DEV_MEMBERS, DevMember, SigningError};
use althing_primitives::{Balance, TOKEN};

use super::{
    ChainSpec, ChainType, GovernancePreset, Member, MemberKey, ReducedCanary, SchemePreset, Token,
};
use crate::SS58_PREFIX;

/// What every member owns.
const MEMBER_BALANCE: Balance = 100_000 * TOKEN;
/// What the treasury holds.
const TREASURY_BALANCE: Balance = 340_000 * TOKEN;

/// The canary of reduced strength (`specs/canary.md`): a key of ML-DSA-44 from the seed
/// BLAKE2b-256 of SCALE(`althing:canary:weak:v1`, scheme, x) for an x below 4096 that was drawn once
/// and thrown away. Whoever tries them all finds it.
const WEAK_KEY: &[u8] = include_bytes!("canary-ml-dsa-44.pub");
const WEAK_KEY_BITS: u16 = 12;

impl ChainSpec {
    /// The development chain with these times of referenda.
    pub fn dev(governance: GovernancePreset) -> Result<Self, SigningError> {
        Ok(Self {
            name: "Althing Development".to_owned(),
            id: "althing-dev".to_owned(),
            chain_type: ChainType::Development,
            token: Token { symbol: "ALT".to_owned(), decimals: 12 },
            ss58_prefix: SS58_PREFIX,
            governance,
            schemes: SchemePreset::Dev,
            time: 0,
            treasury: TREASURY_BALANCE,
            canaries: vec![ReducedCanary {
                scheme: "ml-dsa-44".to_owned(),
                public: WEAK_KEY.to_vec(),
                bits: WEAK_KEY_BITS,
            }],
            members: DEV_MEMBERS.iter().map(dev_member).collect::<Result<_, _>>()?,
            council: council().map(DevMember::account).collect::<Result<_, _>>()?,
        })
    }
}

/// Alice, bob and carol.
fn council() -> impl Iterator<Item = &'static DevMember> {
    DEV_MEMBERS.iter().take(3)
}

fn dev_member(member: &DevMember) -> Result<Member, SigningError> {
    let unknown = SigningError::NoSeed { scheme: member.scheme };
    let scheme = althing_crypto::scheme(member.scheme).ok_or(unknown)?;
    let public = member.key_pair()?.public;
    Ok(Member {
        name: Some(member.name.to_owned()),
        account: member.account()?,
        balance: MEMBER_BALANCE,
        key: Some(MemberKey { scheme: scheme.name().to_owned(), public }),
    })
}
