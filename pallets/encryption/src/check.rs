//! The invariants over the whole state, for tests and audits.

use std::collections::BTreeMap;

use althing_crypto::seal::{Envelope, SealPurpose};
use althing_frame::{Fault, IterRows};
use althing_primitives::{AccountId, Balance};

use crate::{ANNEXES, COUNCIL, KEYS, REVEALED, annexes::kems_of, council::twice};

const KEY: Fault = Fault::Broken { invariant: "EN-I1: a published key is one of its KEM" };
const ANNEX: Fault = Fault::Broken { invariant: "EN-I2: an annex is its proposer's envelope" };
const REVEALS: Fault = Fault::Broken { invariant: "EN-I3: a revealed key is its annex's" };
const DEPOSITS: Fault = Fault::Broken { invariant: "EN-I4: deposits are reserved" };
const TWICE: Fault = Fault::Broken { invariant: "EN-I5: the council lists nobody twice" };

/// Verify EN-I1 to EN-I5 over the whole state.
pub fn check(rows: &dyn IterRows) -> Result<(), Fault> {
    let mut deposits: BTreeMap<AccountId, Balance> = BTreeMap::new();
    let mut add = |who, deposit: Balance| {
        let sum = deposits.entry(who).or_default();
        *sum = sum.checked_add(deposit).ok_or(DEPOSITS)?;
        Ok::<_, Fault>(())
    };
    for (who, key) in KEYS.list(rows)? {
        let kem = althing_crypto::kem(key.kem).ok_or(KEY)?;
        kem.check_public(&key.public).map_err(|_| KEY)?;
        add(who, key.deposit)?;
    }
    for (referendum, annex) in ANNEXES.list(rows)? {
        let envelope = Envelope::from_bytes(&annex.bytes).map_err(|_| ANNEX)?;
        let header = envelope.header();
        let question = pallet_referenda::referendum(rows, referendum)?.ok_or(ANNEX)?;
        if header.purpose != (SealPurpose::Annex { referendum })
            || header.sender != annex.who
            || question.proposer != annex.who
            || *kems_of(header) != *annex.kems
        {
            return Err(ANNEX);
        }
        add(annex.who, annex.deposit)?;
    }
    for (referendum, key) in REVEALED.list(rows)? {
        let annex = ANNEXES.get(rows, &referendum)?.ok_or(REVEALS)?;
        if !Envelope::from_bytes(&annex.bytes).is_ok_and(|envelope| envelope.is_content_key(&key)) {
            return Err(REVEALS);
        }
    }
    for (who, amount) in deposits {
        if pallet_balances::reserved(rows, &who)? < amount {
            return Err(DEPOSITS);
        }
    }
    twice(&COUNCIL.get_or_default(rows)?).map_or(Ok(()), |_| Err(TWICE))
}
