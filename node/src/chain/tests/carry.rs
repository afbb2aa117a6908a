//! Blocks carried from one chain to another in a file.

use proptest::prelude::*;

use crate::blocks_file::{BlocksError, export, import};
use crate::testing::{Terms, add_block, chain, live_chain, wallet};

fn exported() -> (Vec<u8>, std::sync::Arc<crate::chain::Head>) {
    let chain = chain();
    let bob = wallet("bob");
    for nonce in 0..3 {
        add_block(&chain, &[bob.transfer(&chain, Terms::nonce(nonce))]);
    }
    let mut file = Vec::new();
    assert_eq!(export(&chain, &mut file).unwrap(), 3);
    (file, chain.head())
}

#[test]
fn importing_exported_blocks_ends_at_the_same_root() {
    let (file, head) = exported();
    let other = chain();
    assert_eq!(import(&other, &mut &file[..]).unwrap(), 3);
    assert_eq!(other.head().hash, head.hash);
    assert_eq!(other.head().state.root(), head.state.root());
    assert_eq!(import(&other, &mut &file[..]).unwrap(), 3, "what is there is passed over");
}

#[test]
fn a_file_of_another_chain_or_of_anything_else_is_refused() {
    let (file, _) = exported();
    let error = import(&live_chain(), &mut &file[..]).unwrap_err();
    assert!(matches!(error, BlocksError::Genesis { .. }), "{error}");
    let error = import(&chain(), &mut &b"not blocks"[..]).unwrap_err();
    assert!(matches!(error, BlocksError::Magic), "{error}");
    let mut long = file[..40].to_vec();
    long.extend_from_slice(&u32::MAX.to_le_bytes());
    let error = import(&chain(), &mut &long[..]).unwrap_err();
    assert!(matches!(error, BlocksError::TooLarge { after: 0, .. }), "{error}");
}

#[test]
fn a_file_that_ends_too_early_gives_the_blocks_before_its_end() {
    let (file, _) = exported();
    let chain = chain();
    let error = import(&chain, &mut &file[..file.len() - 1]).unwrap_err();
    assert!(matches!(error, BlocksError::Truncated { after: 2 }), "{error}");
    assert_eq!(chain.head().number, 2);
}

#[test]
fn blocks_under_way_are_passed_over_when_they_come_again() {
    let (file, head) = exported();
    let again = [&file[..], &file[40..]].concat();
    let chain = chain();
    assert_eq!(import(&chain, &mut &again[..]).unwrap(), 3);
    assert_eq!(chain.head().hash, head.hash);
}

#[test]
fn notices_of_many_blocks_come_in_order_and_each_is_durable() {
    let (file, _) = exported();
    let chain = chain();
    let mut notices = chain.subscribe();
    import(&chain, &mut &file[..]).unwrap();
    for number in 1..=3 {
        let notice = notices.try_recv().unwrap();
        assert_eq!(notice.head.number, number);
        assert_eq!(chain.block(number).unwrap().unwrap().hash, notice.head.hash);
    }
}

#[test]
fn a_forged_signature_is_found_ahead_or_when_the_block_runs() {
    let origin = chain();
    let bob = wallet("bob");
    add_block(&origin, &[bob.transfer(&origin, Terms::nonce(0))]);
    let forged = crate::testing::forged(&bob.transfer(&origin, Terms::nonce(1)));
    let mut file = Vec::new();
    export(&origin, &mut file).unwrap();
    let block = crate::testing::build(&origin, &[bob.transfer(&origin, Terms::nonce(1))]);
    let mut extrinsics: Vec<_> =
        block.extrinsics.iter().map(|one| one.bytes().to_vec().try_into().unwrap()).collect();
    extrinsics[1] = forged.bytes().to_vec().try_into().unwrap();
    let foreign = althing_primitives::Block {
        header: block.header.clone(),
        extrinsics: extrinsics.try_into().unwrap(),
    };
    let bytes = parity_scale_codec::Encode::encode(&(foreign, crate::chain::Justification::Dev));
    file.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    file.extend(bytes);

    let chain = chain();
    let error = import(&chain, &mut &file[..]).unwrap_err();
    assert!(error.to_string().contains("does not verify"), "{error}");
    assert_eq!(chain.head().number, 1, "blocks before it are committed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Wherever a byte is wrong: no panic, and no block that the chain did not have.
    #[test]
    fn a_damaged_file_never_misleads(place in any::<prop::sample::Index>(), change in 1_u8..) {
        static FILE: std::sync::OnceLock<(Vec<u8>, Vec<althing_primitives::Hash256>)> =
            std::sync::OnceLock::new();
        let (file, hashes) = FILE.get_or_init(|| {
            let (file, _) = exported();
            let other = chain();
            import(&other, &mut &file[..]).unwrap();
            (file, (0..4).map(|number| other.hash_of(number).unwrap().unwrap()).collect())
        });
        let mut damaged = file.clone();
        let at = place.index(damaged.len());
        damaged[at] ^= change;
        let other = chain();
        let _ = import(&other, &mut &damaged[..]);
        let head = other.head();
        prop_assert_eq!(head.hash, hashes[head.number as usize]);
        prop_assert!(other.watch_halt().borrow().is_none());
    }
}
