//! Attaching, revealing and detaching annexes (E5 to E9).

use althing_crypto::seal::{Envelope, SealHeader, SealPurpose};
use althing_frame::{Access, DispatchError, Tx};
use althing_primitives::{AccountId, SchemeId, blake2_256};
use pallet_crypto_registry::{KemUse, may_access};
use pallet_referenda::{Referendum, referendum_access};

use crate::{
    ANNEXES, Annex, AnnexBytes, COUNCIL, ContentKey, Error, Event, Kems, REVEALED, annex_deposit,
    kems,
};

/// Declare the rows of [`attach`]. Bytes that are no envelope touch none.
pub(crate) fn attach_access(access: &mut Access, who: &AccountId, index: u32, sealed: &AnnexBytes) {
    let Ok(envelope) = Envelope::from_bytes(sealed) else { return };
    referendum_access(access, index);
    access.read(COUNCIL.key()).write(ANNEXES.key(&index));
    pallet_balances::reserve_access(access, who);
    for kem in kems_of(envelope.header()) {
        may_access(access, kem);
    }
}

/// Keep an annex of an open referendum for its proposer.
pub(crate) fn attach(
    tx: &mut Tx<'_>,
    who: AccountId,
    referendum: u32,
    sealed: &AnnexBytes,
) -> Result<(), DispatchError> {
    let refused = |error: althing_crypto::seal::EnvelopeError| error.to_string();
    let envelope = Envelope::from_bytes(sealed)
        .map_err(|error| Error::NotAnEnvelope { reason: refused(error) })?;
    let header = envelope.header();
    check_header(tx, header, who, referendum)?;
    let question = question(tx, referendum)?;
    if question.proposer != who {
        return Err(Error::NotTheProposer { referendum, proposer: question.proposer }.into());
    }
    if !question.status.is_open() {
        let status = question.status.name();
        return Err(pallet_referenda::Error::Ended { index: referendum, status }.into());
    }
    if ANNEXES.contains(tx, &referendum)? {
        return Err(Error::AlreadyAttached { referendum }.into());
    }
    check_recipients(tx, header)?;

    // The type bounds the length.
    let deposit = annex_deposit(u32::try_from(sealed.len()).unwrap_or(AnnexBytes::MAX));
    pallet_balances::reserve(tx, &who, deposit)?;
    let kems: Kems = kems_of(header).try_into().unwrap_or_default();
    let annex = Annex { who, at: tx.block().number, bytes: sealed.clone(), kems, deposit };
    ANNEXES.put(tx, &referendum, &annex)?;
    tx.emit(&Event::AnnexAttached { referendum, who, hash: blake2_256(sealed), deposit });
    Ok(())
}

/// The envelope is for this chain, by this member, for this referendum, and signed by the extrinsic
/// alone.
fn check_header(
    tx: &Tx<'_>,
    header: &SealHeader,
    who: AccountId,
    referendum: u32,
) -> Result<(), Error> {
    if header.purpose != (SealPurpose::Annex { referendum }) {
        return Err(Error::NotItsAnnex { referendum });
    }
    if header.genesis != tx.block().genesis_hash {
        return Err(Error::OtherChain { found: header.genesis });
    }
    if header.sender != who {
        return Err(Error::OtherSender { sender: header.sender, who });
    }
    if let Some(author) = header.authors.first() {
        // Nobody could open it if that signature were none, and the deposit would have bought silence.
        return Err(Error::SignedTwice { scheme: author.scheme });
    }
    Ok(())
}

/// Every KEM takes new seals, every ciphertext has its KEM's size, and someone on the council is
/// among the recipients. That the ciphertexts open for them is what no chain can see.
fn check_recipients(tx: &Tx<'_>, header: &SealHeader) -> Result<(), DispatchError> {
    for recipient in header.recipients.iter() {
        let scheme = recipient.kem;
        let record = kems::usable(tx, scheme, KemUse::Seal)?;
        let found = u64::try_from(recipient.ciphertext.len()).unwrap_or(u64::MAX);
        let expected = u64::from(record.signature_bytes);
        if found != expected {
            return Err(Error::CiphertextSize { scheme, expected, found }.into());
        }
    }
    let council = COUNCIL.get_or_default(tx)?;
    if header.recipients.iter().any(|recipient| council.contains(&recipient.account)) {
        return Ok(());
    }
    Err(Error::NotForTheCouncil.into())
}

/// The KEMs of an envelope, ascending, each once.
pub(crate) fn kems_of(header: &SealHeader) -> Vec<SchemeId> {
    let mut kems: Vec<_> = header.recipients.iter().map(|recipient| recipient.kem).collect();
    kems.sort_unstable();
    kems.dedup();
    kems
}

/// Declare the rows of [`reveal`].
pub(crate) fn reveal_access(access: &mut Access, index: u32) {
    referendum_access(access, index);
    access.read(COUNCIL.key()).read(ANNEXES.key(&index)).write(REVEALED.key(&index));
}

/// Let everyone read an annex. The commitment says that no other content has this key.
pub(crate) fn reveal(
    tx: &mut Tx<'_>,
    who: AccountId,
    referendum: u32,
    key: ContentKey,
) -> Result<(), DispatchError> {
    let annex = annex(tx, referendum)?;
    if REVEALED.contains(tx, &referendum)? {
        return Err(Error::AlreadyRevealed { referendum }.into());
    }
    let is_on_council = COUNCIL.get_or_default(tx)?.contains(&who);
    let has_ended = !question(tx, referendum)?.status.is_open();
    if annex.who != who && !(is_on_council && has_ended) {
        return Err(Error::MayNotReveal { referendum }.into());
    }
    let envelope = Envelope::from_bytes(&annex.bytes);
    if !envelope.is_ok_and(|envelope| envelope.is_content_key(&key)) {
        return Err(Error::WrongContentKey { referendum }.into());
    }
    REVEALED.put(tx, &referendum, &key)?;
    tx.emit(&Event::AnnexRevealed { referendum, who, key });
    Ok(())
}

/// Declare the rows of [`detach`].
pub(crate) fn detach_access(access: &mut Access, who: &AccountId, index: u32) {
    referendum_access(access, index);
    access.write(ANNEXES.key(&index)).write(REVEALED.key(&index));
    pallet_balances::reserve_access(access, who);
}

/// Forget the annex of a referendum that has ended, and free its deposit.
pub(crate) fn detach(
    tx: &mut Tx<'_>,
    who: AccountId,
    referendum: u32,
) -> Result<(), DispatchError> {
    let annex = annex(tx, referendum)?;
    if annex.who != who {
        return Err(Error::NotTheProposer { referendum, proposer: annex.who }.into());
    }
    let status = question(tx, referendum)?.status;
    if status.is_open() {
        let (index, status) = (referendum, status.name());
        return Err(pallet_referenda::Error::Ongoing { index, status }.into());
    }
    pallet_balances::unreserve(tx, &who, annex.deposit)?;
    ANNEXES.remove(tx, &referendum)?;
    REVEALED.remove(tx, &referendum)?;
    tx.emit(&Event::AnnexDetached { referendum, who, deposit: annex.deposit });
    Ok(())
}

fn annex(tx: &Tx<'_>, referendum: u32) -> Result<Annex, DispatchError> {
    Ok(ANNEXES.get(tx, &referendum)?.ok_or(Error::NoAnnex { referendum })?)
}

fn question(tx: &Tx<'_>, index: u32) -> Result<Referendum, DispatchError> {
    let unknown = pallet_referenda::Error::UnknownReferendum { index };
    Ok(pallet_referenda::referendum(tx, index)?.ok_or(unknown)?)
}
