//! Encryption keys and annexes for generated blocks: always the same bytes for the same ask.

use althing_crypto::SchemeId;
use althing_crypto::kem;
use althing_crypto::seal::{SealPurpose, SealRecipient, Sealing};
use althing_crypto::signing::{Entropy, EntropyError};
use pallet_encryption::Call;

use super::generated::Ask;
use super::{Chain, Wallet, member};

/// What the content keys of all these annexes are made of.
const CONTENT_KEY: [u8; 32] = [7; 32];

struct Sevens;

impl Entropy for Sevens {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill(7);
        Ok(())
    }
}

/// An encryption key that everyone knows.
pub fn public(seed: u8) -> Vec<u8> {
    kem(SchemeId::ML_KEM_768).unwrap().generate_from_seed(&[seed; 64]).unwrap().public
}

/// An annex of this referendum by `sender`, sealed to bob, who is on the council.
pub fn annex(chain: &Chain, sender: &Wallet, referendum: u32) -> Vec<u8> {
    let public = public(1);
    let account = member("bob").account;
    let sealing = Sealing {
        genesis: chain.genesis,
        purpose: SealPurpose::Annex { referendum },
        sender: sender.account,
        authors: &[],
        recipients: &[SealRecipient { account, kem: SchemeId::ML_KEM_768, public: &public }],
    };
    sealing.seal(b"in confidence", &mut Sevens).unwrap().to_bytes()
}

pub fn call(chain: &Chain, sender: &Wallet, ask: &Ask) -> Call {
    match *ask {
        // A signature scheme among them.
        Ask::PublishKey { seed } => {
            let kem = if seed == 3 { SchemeId::ML_DSA_44 } else { SchemeId::ML_KEM_768 };
            Call::Publish { kem, public: public(seed).try_into().unwrap() }
        }
        Ask::SetCouncil => {
            let members = vec![sender.account].try_into().unwrap();
            Call::SetCouncil { members }
        }
        Ask::Attach { referendum, honest } => {
            let about = if honest { referendum } else { referendum + 1 };
            let sealed = annex(chain, sender, about).try_into().unwrap();
            Call::Attach { referendum, sealed }
        }
        Ask::Detach(referendum) => Call::Detach { referendum },
        Ask::Reveal(referendum) => Call::Reveal { referendum, key: CONTENT_KEY },
        _ => Call::Withdraw {},
    }
}
