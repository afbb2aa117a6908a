//! Attaching and detaching (E5 to E8).

use althing_primitives::blake2_256;

use super::*;

/// E5
#[test]
fn an_annex_is_kept_for_the_council_against_a_deposit_per_byte() {
    let mut chain = asked();
    let before = reserved(&chain, ALICE);
    let sealed = Sealed::annex(&chain);
    chain.apply(Origin::Signed(ALICE), sealed.attach()).unwrap();

    let annex = ANNEXES.get(&chain.rows, &0).unwrap().unwrap();
    let bytes = sealed.envelope.to_bytes();
    let deposit = annex_deposit(u32::try_from(bytes.len()).unwrap());
    assert_eq!((annex.who, annex.at, annex.deposit), (ALICE, 1, deposit));
    assert_eq!((annex.bytes.to_vec(), annex.kems.to_vec()), (bytes.clone(), vec![ML_KEM]));
    assert_eq!(reserved(&chain, ALICE) - before, deposit);
    let hash = blake2_256(&bytes);
    assert!(chain.has_event(&Event::AnnexAttached { referendum: 0, who: ALICE, hash, deposit }));
    check(&chain.rows).unwrap();

    // Whoever reads the row and has bob's secret reads the annex.
    let envelope = Envelope::from_bytes(&annex.bytes).unwrap();
    let purpose = SealPurpose::Annex { referendum: 0 };
    let read = envelope.open(&sealed.opener(), chain.block.genesis_hash, purpose).unwrap();
    assert_eq!(read.expose(), b"the hole is here");
}

/// E5: what members pay.
#[test]
fn the_deposit_for_an_annex_is_what_was_decided() {
    let table = [(1, 1_001), (2_000, 3_000), (ANNEX_BYTES_MAX, 103_400)];
    for (bytes, thousandths) in table {
        assert_eq!(annex_deposit(bytes), thousandths * (TOKEN / 1_000), "{bytes} bytes");
    }
}

/// E8
#[test]
fn a_detached_annex_frees_exactly_its_deposit_after_the_end() {
    let mut chain = asked();
    let sealed = Sealed::annex(&chain);
    let mut ended = chain.clone();
    end(&mut ended);
    chain.apply(Origin::Signed(ALICE), sealed.attach()).unwrap();

    let detach = Call::Detach { referendum: 0 };
    let ongoing = pallet_referenda::Error::Ongoing { index: 0, status: "preparing" };
    assert_refused(&mut chain, ALICE, detach.clone(), ongoing);
    end(&mut chain);
    let expected = Error::NotTheProposer { referendum: 0, proposer: ALICE };
    assert_refused(&mut chain, BOB, detach.clone(), expected);
    chain.apply(Origin::Signed(ALICE), detach.clone()).unwrap();
    assert_eq!(chain.root(), ended.root());
    assert_refused(&mut chain, ALICE, detach, Error::NoAnnex { referendum: 0 });
}

/// E5
#[test]
fn one_referendum_has_one_annex() {
    let mut chain = asked();
    chain.apply(Origin::Signed(ALICE), Sealed::annex(&chain).attach()).unwrap();
    let again = Sealed::annex(&chain).attach();
    assert_refused(&mut chain, ALICE, again, Error::AlreadyAttached { referendum: 0 });
}

/// E5
#[test]
fn only_the_proposer_of_an_open_referendum_attaches() {
    let mut chain = asked();
    let bobs = Sealed::new(&chain, ML_KEM, |sealing| sealing.sender = BOB);
    let expected = Error::NotTheProposer { referendum: 0, proposer: ALICE };
    assert_refused(&mut chain, BOB, bobs.attach(), expected);
    let sealed = Sealed::annex(&chain);
    end(&mut chain);
    let ended = pallet_referenda::Error::Ended { index: 0, status: "cancelled" };
    assert_refused(&mut chain, ALICE, sealed.attach(), ended);
    let none = pallet_referenda::Error::UnknownReferendum { index: 0 };
    assert_refused(&mut super::chain(), ALICE, sealed.attach(), none);
}

/// E6
#[test]
fn an_envelope_for_another_chain_sender_purpose_or_referendum_is_refused() {
    let mut chain = asked();
    let found = Hash256([7; 32]);
    let elsewhere = Sealed::new(&chain, ML_KEM, |sealing| sealing.genesis = found);
    assert_refused(&mut chain, ALICE, elsewhere.attach(), Error::OtherChain { found });
    // Bob copies what alice has sealed.
    let copied = Sealed::annex(&chain).attach();
    assert_refused(&mut chain, BOB, copied, Error::OtherSender { sender: ALICE, who: BOB });
    for purpose in [SealPurpose::File, SealPurpose::Annex { referendum: 1 }] {
        let other = Sealed::new(&chain, ML_KEM, |sealing| sealing.purpose = purpose);
        let expected = Error::NotItsAnnex { referendum: 0 };
        assert_refused(&mut chain, ALICE, other.attach(), expected);
    }
}

/// E6
#[test]
fn an_annex_that_names_an_author_is_refused_whatever_its_signature() {
    let mut chain = asked();
    let scheme = SchemeId::ML_DSA_44;
    let signing = althing_crypto::signing::signing_scheme(scheme).unwrap();
    let pair = signing.generate_from_seed(&[7; 32]).unwrap();
    let signer = signing.signer(&pair.secret).unwrap();
    let bob = self::pair(ML_KEM);
    let recipients = [SealRecipient { account: BOB, kem: ML_KEM, public: &bob.public }];
    let sealing = Sealing {
        genesis: chain.block.genesis_hash,
        purpose: SealPurpose::Annex { referendum: 0 },
        sender: ALICE,
        authors: &[&*signer],
        recipients: &recipients,
    };
    let good = sealing.seal(b"signed", &mut OsEntropy).unwrap().to_bytes();
    let mut junk = good.clone();
    *junk.last_mut().unwrap() ^= 1;
    for bytes in [good, junk] {
        assert_refused(&mut chain, ALICE, attach(bytes), Error::SignedTwice { scheme });
    }
}

/// E6
#[test]
fn bytes_that_are_no_envelope_are_refused() {
    let mut chain = asked();
    let whole = Sealed::annex(&chain).envelope.to_bytes();
    let cut = whole[..whole.len() - 1].to_vec();
    let longer = [whole.as_slice(), &[0]].concat();
    for bytes in [Vec::new(), b"ALTHSEAL".to_vec(), cut, longer] {
        let reason = Envelope::from_bytes(&bytes).unwrap_err().to_string();
        assert_refused(&mut chain, ALICE, attach(bytes), Error::NotAnEnvelope { reason });
    }
}

/// E6
#[test]
fn an_annex_nobody_on_the_council_could_read_is_refused() {
    let mut chain = asked();
    let members = council(&[CAROL]);
    chain.apply(Origin::Track(Track::Root), Call::SetCouncil { members }).unwrap();
    let sealed = Sealed::annex(&chain).attach();
    assert_refused(&mut chain, ALICE, sealed, Error::NotForTheCouncil);
}

/// E6
#[test]
fn a_ciphertext_of_another_length_is_refused() {
    let mut chain = asked();
    let whole = Sealed::annex(&chain).envelope.to_bytes();
    // One byte less of ciphertext, and its length prefix (1088 as compact: 0x0111) says so.
    let prefix = [0x01, 0x11];
    let at = whole.windows(2).position(|bytes| bytes == prefix).unwrap();
    let shorter = [&whole[..at], &[0xfd, 0x10], &whole[at + 3..]].concat();
    let expected = Error::CiphertextSize { scheme: ML_KEM, expected: 1088, found: 1087 };
    assert_refused(&mut chain, ALICE, attach(shorter), expected);
}

/// E6
#[test]
fn a_slot_of_an_unknown_kem_is_refused() {
    let mut chain = asked();
    let mut bytes = Sealed::annex(&chain).envelope.to_bytes();
    // Magic, version, genesis, purpose, sender, no author, one recipient, its account.
    let at = 8 + 1 + 32 + 5 + 32 + 1 + 1 + 32;
    assert_eq!(bytes[at..at + 2], [33, 0]);
    bytes[at] = 40;
    let expected = Error::UnknownKem { scheme: SchemeId(40) };
    assert_refused(&mut chain, ALICE, attach(bytes), expected);
}

/// E6, and the contract of the life cycle: a frozen KEM takes no new seals, what was sealed opens.
#[test]
fn a_frozen_kem_takes_no_annex_and_old_ones_still_open() {
    let mut chain = asked();
    let (old, new) = (Sealed::annex(&chain), Sealed::annex(&chain));
    chain.apply(Origin::Signed(ALICE), old.attach()).unwrap();
    let mut elsewhere = asked();
    for chain in [&mut chain, &mut elsewhere] {
        step(chain, Registry::Freeze { scheme: ML_KEM, blocks: 50 });
    }
    let (name, state, refused) = ("ml-kem-768".to_owned(), "frozen", "new seals");
    let expected = Error::KemState { scheme: ML_KEM, name, state, refused };
    assert_refused(&mut elsewhere, ALICE, new.attach(), expected);

    let annex = ANNEXES.get(&chain.rows, &0).unwrap().unwrap();
    let envelope = Envelope::from_bytes(&annex.bytes).unwrap();
    let purpose = SealPurpose::Annex { referendum: 0 };
    let genesis = chain.block.genesis_hash;
    let read = envelope.open(&old.opener(), genesis, purpose).unwrap();
    assert_eq!(read.expose(), b"the hole is here");
    let key = old.key(&chain);
    chain.apply(Origin::Signed(ALICE), Call::Reveal { referendum: 0, key }).unwrap();

    // The other KEM goes on, and this one does again after the freeze.
    let kyber = Sealed::new(&elsewhere, KYBER, |_| {});
    elsewhere.clone().apply(Origin::Signed(ALICE), kyber.attach()).unwrap();
    elsewhere.go_to(51, 0);
    elsewhere.apply(Origin::Signed(ALICE), new.attach()).unwrap();
}

/// E6
#[test]
fn a_deprecated_kem_takes_annexes_until_its_sunset_and_no_new_keys() {
    let mut chain = asked();
    step(&mut chain, Registry::Deprecate { scheme: ML_KEM, sunset_after: Some(20) });
    let sealed = Sealed::annex(&chain);
    chain.clone().apply(Origin::Signed(ALICE), sealed.attach()).unwrap();
    let call = publish(ML_KEM, &pair(ML_KEM).public);
    assert_eq!(chain.apply(Origin::Signed(BOB), call).unwrap_err().code(), "ENC-102");
    chain.go_to(21, 0);
    let refusal = chain.apply(Origin::Signed(ALICE), sealed.attach()).unwrap_err();
    assert!(refusal.to_string().ends_with("takes no new seals since its sunset"), "{refusal}");
}

#[test]
fn who_cannot_pay_the_deposit_attaches_nothing() {
    let mut chain = asked();
    let sealed = Sealed::annex(&chain).attach();
    let free = pallet_balances::total(&chain.rows, &ALICE).unwrap() - reserved(&chain, ALICE);
    let rest = free - TOKEN;
    chain.apply_unrestricted(|tx| pallet_balances::reserve(tx, &ALICE, rest)).unwrap();
    let before = chain.root();
    let refusal = chain.apply(Origin::Signed(ALICE), sealed).unwrap_err();
    assert_eq!((refusal.code(), chain.root()), ("BAL-102", before));
}

#[test]
fn only_members_attach_reveal_and_detach() {
    let mut chain = asked();
    let attach = Sealed::annex(&chain).attach();
    let calls =
        [attach, Call::Detach { referendum: 0 }, Call::Reveal { referendum: 0, key: [0; 32] }];
    for call in calls {
        for origin in [Origin::None, Origin::Track(Track::Root)] {
            assert_eq!(chain.apply(origin, call.clone()), Err(DispatchError::BadOrigin));
        }
    }
}
