//! A learned scheme, which signs like one of the program's own.

use althing_crypto::{
    Backend, Family, Module, ModuleFacts, Scheme, SchemeId, Secret, Sizes,
    module::{SignerError, SignerModule},
    signing::{Entropy, KeyPair, OsEntropy, Signer, SigningError, SigningScheme},
};
use zeroize::Zeroizing;

use super::{ModulesError, SchemeFacts};

/// A scheme whose code is a pair of modules.
pub struct ModuleScheme {
    facts: SchemeFacts,
    /// The name for as long as the process lives, as long as the scheme itself.
    name: &'static str,
    family: Family,
    signer: SignerModule,
    verifier: Module,
}

impl std::fmt::Debug for ModuleScheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModuleScheme").field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl ModuleScheme {
    /// Compile both modules and compare what the signer makes with what the registry expects.
    pub fn new(facts: SchemeFacts, signer: &[u8], verifier: &[u8]) -> Result<Self, ModulesError> {
        let named = || facts.name.clone();
        let refused = |what| move |name, source| ModulesError::Refused { what, name, source };
        let signer =
            SignerModule::compile(signer).map_err(|source| refused("signer")(named(), source))?;
        let sizes = signer.sizes();
        for (what, expected, found) in [
            ("public key", facts.public_bytes, sizes.public),
            ("signature", facts.signature_bytes, sizes.signature),
        ] {
            if expected != found {
                return Err(ModulesError::Size { name: named(), what, expected, found });
            }
        }
        let module = ModuleFacts {
            public: facts.public_bytes,
            signature: facts.signature_bytes,
            fuel_max: facts.fuel_max,
        };
        let verifier = Module::compile(verifier, module)
            .map_err(|source| refused("verifier")(named(), source))?;
        let unknown = ModulesError::Row { name: named(), field: "family" };
        let family = facts.family().ok_or(unknown)?;
        let name = Box::leak(facts.name.clone().into_boxed_str());
        Ok(Self { facts, name, family, signer, verifier })
    }

    /// What the registry says of it.
    pub fn facts(&self) -> &SchemeFacts {
        &self.facts
    }

    /// Make a key, sign with it and verify the signature: whether the two modules fit together.
    pub fn try_out(&self) -> Result<bool, ModulesError> {
        let failed = |source| ModulesError::Signer { name: self.facts.name.clone(), source };
        let sizes = self.signer.sizes();
        let pair = self.signer.generate(&vec![7; sizes.seed as usize]).map_err(failed)?;
        let message = b"althing:module-check:v1";
        let randomness = vec![0; sizes.randomness as usize];
        let signature = self.signer.sign(&pair.secret, message, &randomness).map_err(failed)?;
        Ok(self.verifier.verify(&pair.public, message, &signature))
    }

    fn refused(&self, error: &SignerError) -> SigningError {
        match error {
            SignerError::Size { what: "seed", expected, found } => {
                SigningError::SeedSize { expected: *expected as usize, found: *found }
            }
            SignerError::Size { expected, found, .. } => {
                SigningError::SecretSize { expected: *expected as usize, found: *found }
            }
            SignerError::Message { .. } | SignerError::Failed { .. } => {
                SigningError::NoSignature { scheme: self.id() }
            }
        }
    }
}

impl Scheme for ModuleScheme {
    fn id(&self) -> SchemeId {
        SchemeId(self.facts.id)
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn family(&self) -> Family {
        self.family
    }

    fn sizes(&self) -> Sizes {
        let sizes = self.signer.sizes();
        Sizes {
            public: sizes.public as usize,
            signature: sizes.signature as usize,
            secret: sizes.secret as usize,
            seed: Some(sizes.seed as usize),
        }
    }

    fn canonical(&self) -> &dyn Backend {
        &self.verifier
    }

    fn verify_weight(&self) -> u64 {
        self.verifier.weight()
    }
}

impl SigningScheme for ModuleScheme {
    fn generate_from_seed(&self, seed: &[u8]) -> Result<KeyPair, SigningError> {
        self.signer.generate(seed).map_err(|error| self.refused(&error))
    }

    fn generate(&self, entropy: &mut dyn Entropy) -> Result<KeyPair, SigningError> {
        let mut seed = Zeroizing::new(vec![0; self.signer.sizes().seed as usize]);
        entropy.fill(&mut seed)?;
        self.generate_from_seed(&seed)
    }

    /// Never: a module gives no public key for a secret. Its keys are kept as seeds.
    fn signer(&self, _secret: &Secret) -> Result<Box<dyn Signer>, SigningError> {
        Err(SigningError::NoSignature { scheme: self.id() })
    }

    fn sign(&self, secret: &Secret, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let mut randomness = Zeroizing::new(vec![0; self.signer.sizes().randomness as usize]);
        OsEntropy.fill(&mut randomness)?;
        self.signer.sign(secret, message, &randomness).map_err(|error| self.refused(&error))
    }
}
