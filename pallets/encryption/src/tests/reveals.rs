//! Revealing (E9).

use super::*;

fn attached() -> (TestChain, Sealed) {
    let mut chain = asked();
    let sealed = Sealed::annex(&chain);
    chain.apply(Origin::Signed(ALICE), sealed.attach()).unwrap();
    (chain, sealed)
}

/// E9
#[test]
fn a_revealed_annex_can_be_read_by_everyone() {
    let (mut chain, sealed) = attached();
    let key = sealed.key(&chain);
    chain.apply(Origin::Signed(ALICE), Call::Reveal { referendum: 0, key }).unwrap();
    check(&chain.rows).unwrap();
    assert!(chain.has_event(&Event::AnnexRevealed { referendum: 0, who: ALICE, key }));

    let (annex, key) =
        (ANNEXES.get(&chain.rows, &0).unwrap(), REVEALED.get(&chain.rows, &0).unwrap());
    let envelope = Envelope::from_bytes(&annex.unwrap().bytes).unwrap();
    let purpose = SealPurpose::Annex { referendum: 0 };
    let genesis = chain.block.genesis_hash;
    let read = envelope.open_revealed(&key.unwrap(), genesis, purpose).unwrap();
    assert_eq!(read.expose(), b"the hole is here");

    let again = Call::Reveal { referendum: 0, key: sealed.key(&chain) };
    assert_refused(&mut chain, ALICE, again, Error::AlreadyRevealed { referendum: 0 });
    end(&mut chain);
    chain.apply(Origin::Signed(ALICE), Call::Detach { referendum: 0 }).unwrap();
    assert_eq!(REVEALED.get(&chain.rows, &0).unwrap(), None);
    check(&chain.rows).unwrap();
}

/// E9
#[test]
fn the_council_reveals_after_the_end_and_others_never() {
    let (mut chain, sealed) = attached();
    let reveal = Call::Reveal { referendum: 0, key: sealed.key(&chain) };
    let expected = Error::MayNotReveal { referendum: 0 };
    assert_refused(&mut chain, BOB, reveal.clone(), expected.clone());
    end(&mut chain);
    assert_refused(&mut chain, AccountId([9; 32]), reveal.clone(), expected);
    chain.apply(Origin::Signed(CAROL), reveal).unwrap();
    check(&chain.rows).unwrap();
}

/// E9
#[test]
fn a_key_that_the_annex_does_not_commit_to_reveals_nothing() {
    let (mut chain, sealed) = attached();
    let mut key = sealed.key(&chain);
    key[31] ^= 1;
    let expected = Error::WrongContentKey { referendum: 0 };
    assert_refused(&mut chain, ALICE, Call::Reveal { referendum: 0, key }, expected);
}

#[test]
fn there_is_nothing_to_reveal_without_an_annex() {
    let call = Call::Reveal { referendum: 0, key: [0; 32] };
    assert_refused(&mut asked(), ALICE, call, Error::NoAnnex { referendum: 0 });
}
