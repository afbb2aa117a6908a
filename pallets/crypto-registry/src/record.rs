//! What the chain keeps about a scheme.

use althing_crypto::ModuleFacts;
use althing_primitives::{Balance, BlockNumber, BoundedBytes, Family, Hash256, SchemeId};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::Use;

/// The longest name of a scheme, in bytes.
pub const NAME_BYTES_MAX: u32 = 64;
/// Name of a scheme as people type it: ASCII.
pub type SchemeName = BoundedBytes<NAME_BYTES_MAX>;

/// What a scheme is for.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum SchemeKind {
    /// Signatures.
    #[codec(index = 0)]
    Signature,
    /// Key encapsulation.
    #[codec(index = 1)]
    Kem,
}

/// Which code checks a scheme.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Verifier {
    /// Code that is part of the node.
    #[codec(index = 0)]
    Native,
    /// A Wasm module that the chain keeps (`specs/verifier-modules.md`).
    #[codec(index = 1)]
    Module {
        /// BLAKE2b-256 of its code.
        code: Hash256,
        /// BLAKE2b-256 of the module with which wallets sign, if the chain keeps one.
        signer: Option<Hash256>,
        /// BLAKE2b-256 of the known answers that it gives.
        vectors: Hash256,
        /// Fuel that one verification may use.
        fuel_max: u64,
        /// Pages of memory that it has, 64 KiB each, as the gate found.
        memory_pages: u32,
    },
}

/// Where a scheme stands in its life (CR2).
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd, TypeInfo)]
pub enum SchemeState {
    /// Known, not usable.
    #[codec(index = 0)]
    Proposed,
    /// Usable by accounts that hold little.
    #[codec(index = 1)]
    Trial,
    /// Usable for everything.
    #[codec(index = 2)]
    Active,
    /// Takes no new keys; calls until its sunset, rotations for as long as it lasts.
    #[codec(index = 3)]
    Deprecated,
    /// Suspended in an emergency, for a time.
    #[codec(index = 4)]
    Frozen,
    /// Not usable any more, for ever.
    #[codec(index = 5)]
    Retired,
}

impl SchemeState {
    /// Every state, by index.
    pub const ALL: [Self; 6] =
        [Self::Proposed, Self::Trial, Self::Active, Self::Deprecated, Self::Frozen, Self::Retired];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Trial => "trial",
            Self::Active => "active",
            Self::Deprecated => "deprecated",
            Self::Frozen => "frozen",
            Self::Retired => "retired",
        }
    }

    /// Whether a retirement may be decided of a scheme in this state and wait for a count (CR20).
    pub(crate) const fn may_be_retiring(self) -> bool {
        match self {
            Self::Deprecated | Self::Frozen => true,
            Self::Proposed | Self::Trial | Self::Active | Self::Retired => false,
        }
    }

    /// Whether a scheme in this state may serve `wanted`, sunset and caps aside (CR3).
    pub const fn allows(self, wanted: Use) -> bool {
        match self {
            Self::Trial | Self::Active => true,
            Self::Deprecated => matches!(wanted, Use::Call | Use::Rotate),
            Self::Proposed | Self::Frozen | Self::Retired => false,
        }
    }
}

impl core::fmt::Display for SchemeState {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

/// The end of a freeze that lasts until the scheme retires: that of a broken one.
pub const NEVER: BlockNumber = BlockNumber::MAX;

/// How a freeze ends.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Freeze {
    /// The first block in which it no longer holds; [`NEVER`] if the scheme is broken.
    pub until: BlockNumber,
    /// The state the scheme then takes: trial, active or deprecated. Of no account if it never ends.
    pub returns_to: SchemeState,
    /// Whether it was extended; that can be done once.
    pub renewed: bool,
}

impl Freeze {
    /// The first block in which it no longer holds; none if it lasts until the scheme retires.
    pub const fn end(&self) -> Option<BlockNumber> {
        match self.until {
            NEVER => None,
            until => Some(until),
        }
    }

    /// Whether it no longer holds in block `now`.
    pub fn has_ended(&self, now: BlockNumber) -> bool {
        self.end().is_some_and(|end| end <= now)
    }
}

/// A scheme and where it stands.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct SchemeRecord {
    /// Its name.
    pub name: SchemeName,
    /// What it is for.
    pub kind: SchemeKind,
    /// The assumption it rests on.
    pub family: Family,
    /// Exact length of a public key, in bytes.
    pub public_bytes: u32,
    /// Exact length of a signature, or of a KEM's ciphertext, in bytes.
    pub signature_bytes: u32,
    /// Which code checks it.
    pub verifier: Verifier,
    /// Where it stands, as of [`SchemeRecord::since`].
    pub state: SchemeState,
    /// The block in which it took this state; through a freeze, that of its deprecation if there was
    /// one.
    pub since: BlockNumber,
    /// The first block in which a deprecated scheme no longer makes ordinary calls.
    pub sunset_at: Option<BlockNumber>,
    /// How the present freeze ends.
    pub frozen: Option<Freeze>,
    /// When the last freeze ran out; the next one keeps its distance.
    pub thawed: Option<BlockNumber>,
    /// The block in which a proof that it is broken came in. Nothing takes this back.
    pub broken: Option<BlockNumber>,
}

/// A scheme whose verifier is a module, as a referendum proposes it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct NewModule {
    pub(crate) name: SchemeName,
    pub(crate) family: Family,
    pub(crate) public_bytes: u32,
    pub(crate) signature_bytes: u32,
    pub(crate) verifier: Verifier,
}

impl SchemeRecord {
    /// The program's own facts about `scheme` as a record in `state`, if the program knows it.
    pub(crate) fn of_program(
        scheme: SchemeId,
        state: SchemeState,
        since: BlockNumber,
    ) -> Option<Self> {
        let (kind, name, family, sizes) = if let Some(known) = althing_crypto::scheme(scheme) {
            let sizes = (known.sizes().public, known.sizes().signature);
            (SchemeKind::Signature, known.name(), known.family(), sizes)
        } else {
            let known = althing_crypto::kem(scheme)?;
            let sizes = (known.sizes().public, known.sizes().ciphertext);
            (SchemeKind::Kem, known.name(), known.family(), sizes)
        };
        Some(Self {
            name: name.as_bytes().to_vec().try_into().ok()?,
            kind,
            family,
            public_bytes: sizes.0.try_into().ok()?,
            signature_bytes: sizes.1.try_into().ok()?,
            verifier: Verifier::Native,
            state,
            since,
            sunset_at: None,
            frozen: None,
            thawed: None,
            broken: None,
        })
    }

    /// A scheme on trial whose facts are those of the referendum (CR14).
    pub(crate) fn of_module(module: NewModule, since: BlockNumber) -> Self {
        let NewModule { name, family, public_bytes, signature_bytes, verifier } = module;
        Self {
            name,
            kind: SchemeKind::Signature,
            family,
            public_bytes,
            signature_bytes,
            verifier,
            state: SchemeState::Trial,
            since,
            sunset_at: None,
            frozen: None,
            thawed: None,
            broken: None,
        }
    }

    /// Code and facts of the module that verifies, if one does.
    pub fn module(&self) -> Option<(Hash256, ModuleFacts)> {
        match self.verifier {
            Verifier::Native => None,
            Verifier::Module { code, fuel_max, .. } => {
                let (public, signature) = (self.public_bytes, self.signature_bytes);
                Some((code, ModuleFacts { public, signature, fuel_max }))
            }
        }
    }

    /// Reference time of verifying one signature, in picoseconds: measured for code of the program,
    /// the whole fuel cap for a module (CR16).
    pub fn verify_weight(&self, scheme: SchemeId) -> u64 {
        match self.verifier {
            Verifier::Native => {
                althing_crypto::scheme(scheme).map_or(u64::MAX, |known| known.verify_weight())
            }
            Verifier::Module { fuel_max, memory_pages, .. } => {
                althing_crypto::module::weight(fuel_max, memory_pages)
            }
        }
    }

    /// Whether a ballot under this scheme counts in a referendum about cryptography in block `now`:
    /// the scheme is active, and nobody has shown that it is broken (CR19).
    pub fn counts_about_cryptography(&self, now: BlockNumber) -> bool {
        self.broken.is_none() && self.state_at(now) == SchemeState::Active
    }

    /// The name as text.
    pub fn name(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    /// The state in block `now`: a freeze that has run out no longer counts.
    pub fn state_at(&self, now: BlockNumber) -> SchemeState {
        match self.frozen {
            Some(freeze) if freeze.has_ended(now) => freeze.returns_to,
            Some(_) | None => self.state,
        }
    }

    /// Whether ordinary calls have ended by block `now`.
    pub fn is_past_sunset(&self, now: BlockNumber) -> bool {
        self.state_at(now) == SchemeState::Deprecated
            && self.sunset_at.is_some_and(|sunset| sunset <= now)
    }
}

/// The bounds within which referenda change schemes. Fixed at genesis.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Limits {
    /// The shortest time from deprecation to sunset or retirement, in blocks.
    pub grace_blocks_min: BlockNumber,
    /// The longest freeze, and the least distance between two, in blocks.
    pub freeze_blocks_max: BlockNumber,
    /// The most an account may hold that uses a scheme on trial, in the smallest unit.
    pub trial_balance_max: Balance,
    /// The share of weight that must have left a scheme before it retires, in percent.
    pub migrated_percent_min: u8,
    /// For how many blocks a retirement waits for members who have not left yet.
    pub postpone_blocks: BlockNumber,
}

impl Limits {
    /// For chains whose referenda take minutes.
    pub const FAST: Self = Self {
        grace_blocks_min: 20,
        freeze_blocks_max: 100,
        trial_balance_max: 1_000_000 * althing_primitives::TOKEN,
        migrated_percent_min: 90,
        postpone_blocks: 5,
    };

    /// 180 days of grace, 14 days of freeze and a day between counts, at a block every six seconds.
    pub const MAIN: Self = Self {
        grace_blocks_min: 180 * 14_400,
        freeze_blocks_max: 14 * 14_400,
        trial_balance_max: 100 * althing_primitives::TOKEN,
        migrated_percent_min: 90,
        postpone_blocks: 14_400,
    };
}
