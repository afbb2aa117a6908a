//! What referenda can ask of the registry.

use althing_frame::{Access, Concern, DispatchError, Fault, Origin, Rows, Track, Tx};
use althing_primitives::{BlockNumber, Family, Hash256, SchemeId, Weight};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::modules::{self, GATE_WEIGHT_MAX, MODULE_ID_MIN};
use crate::record::NewModule;
use crate::{
    CENSUSES, EPOCH, FROZEN, HISTORY, IDS, LIMITS, RETIRING, SCHEMES, SchemeName, Verifier, census,
    transitions,
};

/// What referenda can ask of the registry. The root track may make every call.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Let a scheme be used for everything. Track `crypto-upgrade`.
    #[codec(index = 0)]
    Activate {
        /// The scheme.
        scheme: SchemeId,
    },
    /// Let a proposed scheme be used by accounts that hold little. Track `crypto-upgrade`.
    #[codec(index = 1)]
    Trial {
        /// The scheme.
        scheme: SchemeId,
    },
    /// Take no new keys of a scheme. Track `crypto-sunset`.
    #[codec(index = 2)]
    Deprecate {
        /// The scheme.
        scheme: SchemeId,
        /// After how many blocks ordinary calls end too; none leaves that open.
        sunset_after: Option<BlockNumber>,
    },
    /// End the use of a scheme for ever. Track `crypto-sunset`.
    #[codec(index = 3)]
    Retire {
        /// The scheme.
        scheme: SchemeId,
    },
    /// Suspend a scheme, or extend its first suspension. Track `crypto-emergency`.
    #[codec(index = 4)]
    Freeze {
        /// The scheme.
        scheme: SchemeId,
        /// For how many blocks from now.
        blocks: BlockNumber,
    },
    /// Enter a scheme that the program can check. Track `crypto-upgrade`.
    #[codec(index = 5)]
    Propose {
        /// The scheme.
        scheme: SchemeId,
    },
    /// Enter a scheme that the program does not know, with a module that checks it. Code, signer and
    /// vectors are preimages. Track `crypto-upgrade`.
    #[codec(index = 6)]
    AddModule {
        /// The new id, 256 or more.
        scheme: SchemeId,
        /// The new name.
        name: SchemeName,
        /// The assumption it rests on.
        family: Family,
        /// Exact length of a public key, in bytes.
        public_bytes: u32,
        /// Exact length of a signature, in bytes.
        signature_bytes: u32,
        /// Fuel that one verification may use.
        fuel_max: u64,
        /// BLAKE2b-256 of the verifier.
        code: Hash256,
        /// BLAKE2b-256 of the module with which wallets sign, if the chain shall keep one.
        signer: Option<Hash256>,
        /// BLAKE2b-256 of the known answers.
        vectors: Hash256,
    },
    /// Let a scheme live on that was to retire. Track `crypto-sunset`.
    #[codec(index = 7)]
    CallOffRetirement {
        /// The scheme.
        scheme: SchemeId,
    },
}

impl Call {
    pub(crate) const fn scheme(&self) -> SchemeId {
        match self {
            Self::Activate { scheme }
            | Self::Trial { scheme }
            | Self::Deprecate { scheme, .. }
            | Self::Retire { scheme }
            | Self::Freeze { scheme, .. }
            | Self::Propose { scheme }
            | Self::AddModule { scheme, .. }
            | Self::CallOffRetirement { scheme } => *scheme,
        }
    }

    /// The track whose referenda may make this call (CR10).
    pub const fn track(&self) -> Track {
        match self {
            Self::Activate { .. }
            | Self::Trial { .. }
            | Self::Propose { .. }
            | Self::AddModule { .. } => Track::CryptoUpgrade,
            Self::Deprecate { .. } | Self::Retire { .. } | Self::CallOffRetirement { .. } => {
                Track::CryptoSunset
            }
            Self::Freeze { .. } => Track::CryptoEmergency,
        }
    }

    /// What [`Call::AddModule`] enters.
    fn new_module(&self) -> Option<NewModule> {
        let Self::AddModule { name, family, public_bytes, signature_bytes, .. } = self else {
            return None;
        };
        Some(NewModule {
            name: name.clone(),
            family: *family,
            public_bytes: *public_bytes,
            signature_bytes: *signature_bytes,
            verifier: self.verifier()?,
        })
    }

    fn verifier(&self) -> Option<Verifier> {
        let Self::AddModule { fuel_max, code, signer, vectors, .. } = *self else { return None };
        // Nobody has looked at the code yet: the gate does.
        Some(Verifier::Module { code, signer, vectors, fuel_max, memory_pages: 0 })
    }
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let name = match self {
            Self::Activate { .. } => "activate",
            Self::Trial { .. } => "trial",
            Self::Deprecate { .. } => "deprecate",
            Self::Retire { .. } => "retire",
            Self::Freeze { .. } => "freeze",
            Self::Propose { .. } => "propose",
            Self::AddModule { .. } => "add_module",
            Self::CallOffRetirement { .. } => "call_off_retirement",
        };
        (crate::NAME, name)
    }

    fn access(&self, origin: &Origin, parent: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        if origin.track(&[self.track()]).is_err() {
            return Ok(());
        }
        for other in IDS.get_or_default(parent)?.iter() {
            access.read(SCHEMES.key(other));
        }
        let scheme = self.scheme();
        access.write(SCHEMES.key(&scheme));
        access.write(IDS.key()).write(FROZEN.key()).write(EPOCH.key()).read(LIMITS.key());
        access.write(RETIRING.key()).write(CENSUSES.key(&scheme));
        let next_epoch = EPOCH.get_or_default(parent)?.saturating_add(1);
        access.write(HISTORY.key(&scheme, &next_epoch));
        if let Some(verifier) = self.verifier() {
            modules::add_access(access, &verifier);
        }
        if let (Self::Activate { .. }, Some(record)) = (self, SCHEMES.get(parent, &scheme)?) {
            modules::pass_again_access(access, &record);
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        // Every record is read for the diversity of what is left.
        let rows = Weight::from_micros(120, 16 * 1024);
        let gate = match self {
            Self::AddModule { .. } => GATE_WEIGHT_MAX,
            Self::Activate { scheme } if scheme.0 >= MODULE_ID_MIN => GATE_WEIGHT_MAX,
            Self::Activate { .. }
            | Self::Trial { .. }
            | Self::Deprecate { .. }
            | Self::Retire { .. }
            | Self::Freeze { .. }
            | Self::Propose { .. }
            | Self::CallOffRetirement { .. } => 0,
        };
        rows.saturating_add(Weight { ref_time: gate, proof_size: 0 })
    }

    fn concern(&self) -> Concern {
        self.affects()
    }

    fn relies_on(&self) -> Vec<Hash256> {
        let Self::AddModule { code, signer, vectors, .. } = *self else { return Vec::new() };
        [Some(code), signer, Some(vectors)].into_iter().flatten().collect()
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        origin.track(&[self.track()])?;
        if let Some(new) = self.new_module() {
            return modules::add(tx, self.scheme(), new);
        }
        match *self {
            Self::Activate { scheme } => transitions::activate(tx, scheme),
            Self::Trial { scheme } => transitions::trial(tx, scheme),
            Self::Deprecate { scheme, sunset_after } => {
                transitions::deprecate(tx, scheme, sunset_after)
            }
            Self::Retire { scheme } => transitions::retire(tx, scheme),
            Self::Freeze { scheme, blocks } => transitions::freeze(tx, scheme, blocks),
            // What is entered with its module has been dealt with.
            Self::Propose { scheme } | Self::AddModule { scheme, .. } => {
                transitions::propose(tx, scheme)
            }
            Self::CallOffRetirement { scheme } => census::call_off(tx, scheme),
        }
    }
}
