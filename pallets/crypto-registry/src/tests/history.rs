//! What the chain remembers of every scheme.

use super::*;
use crate::{Flaw, history, state_at};

#[test]
fn the_state_at_any_height_is_known_for_ever() {
    use SchemeState::{Active, Deprecated, Frozen};
    let mut chain = dev();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 5 }).unwrap();
    begin_block(&mut chain, 6);
    chain.block.number = 7;
    enact(&mut chain, deprecate(SPHINCS, None)).unwrap();
    begin_block(&mut chain, 50);
    let expected = [(0, Active), (1, Frozen), (5, Frozen), (6, Active), (7, Deprecated)];
    for (height, state) in expected.into_iter().chain([(1_000, Deprecated)]) {
        assert_eq!(state_at(&chain.rows, SPHINCS, height), Ok(Some(state)), "{height}");
    }
    assert_eq!(state_at(&chain.rows, SchemeId(9), 5), Ok(None));
    let epochs: Vec<_> = history(&chain.rows, SPHINCS)
        .unwrap()
        .iter()
        .map(|(epoch, step)| (*epoch, step.at))
        .collect();
    assert_eq!(epochs, [(0, 0), (1, 1), (2, 6), (3, 7)]);
    assert_eq!(history(&chain.rows, SchemeId::ML_DSA_65).unwrap().len(), 1);
}

#[test]
fn a_scheme_has_no_state_before_it_was_entered() {
    let mut chain = toy::ready();
    chain.block.number = 4;
    enact(&mut chain, toy::add(toy::TOY, "toy")).unwrap();
    assert_eq!(state_at(&chain.rows, toy::TOY, 3), Ok(None));
    assert_eq!(state_at(&chain.rows, toy::TOY, 4), Ok(Some(SchemeState::Trial)));
}

#[test]
fn a_history_that_says_something_else_is_found() {
    let mut chain = dev();
    chain.apply_unrestricted(|tx| HISTORY.remove(tx, &SPHINCS, &0)).unwrap();
    let state = SchemeState::Active;
    assert_eq!(check(&chain.rows), Err(Flaw::History { scheme: SPHINCS, state }));
}
