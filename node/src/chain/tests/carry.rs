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
