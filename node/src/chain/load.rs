//! Take the chain up where the store has it.

use althing_executor::{PathChange, State};
use althing_frame::{RowValue, Runtime};
use althing_primitives::{BlockNumber, Extrinsic, Hash256, Moment};
use std::sync::Arc;

use super::genesis::Genesis;
use super::history::{History, Opening};
use super::recent::Recent;
use super::{ChainError, Head, RECENT};
use crate::store::{Changes, Page};

/// The last heights as the store has them, each checked against its header.
pub(crate) fn load(
    history: &History,
    runtime: &dyn Runtime,
    genesis: Genesis,
) -> Result<Recent, ChainError> {
    let loaded = history.0.load_state()?;
    let mut state = state_of(&loaded.pages);
    drop(loaded.pages);
    let (found, expected) = (state.root(), genesis.header.state_root);
    if loaded.base == 0 {
        if found != expected {
            return Err(ChainError::StateRoot { number: 0, found, expected });
        }
        genesis.with_state(state.clone());
    }
    let mut recent = Recent::new(genesis);
    if loaded.base == 0 {
        recent.restart(Arc::clone(recent.genesis().head()));
    } else {
        recent.restart(head(history, runtime, loaded.base, state.clone())?);
    }
    let tip = history.0.tip().map_or(0, |(number, _)| number);
    for (number, changes) in loaded.changes {
        state = after(&state, &changes);
        // Heights that nobody could ask for are replayed and not kept.
        if number.saturating_add(RECENT) > tip {
            let head = head(history, runtime, number, state.clone())?;
            if recent.newest().number.saturating_add(1) == number {
                recent.push(head);
            } else {
                recent.restart(head);
            }
        }
    }
    Ok(recent)
}

/// The state that pages of the store hold. Their paths are known, so no key is hashed again.
pub fn state_of(pages: &[Page]) -> State {
    let rows = pages.iter().flat_map(|page| page.paths.iter().zip(page.rows.iter()));
    let change = |(path, (key, value)): (&Hash256, (_, &[u8]))| {
        let value = Some(RowValue::from(value));
        PathChange { path: *path, key, value }
    };
    let changes: Vec<PathChange<&[u8]>> = rows.map(change).collect();
    State::empty().apply_hashed(&changes)
}

fn after(state: &State, changes: &Changes) -> State {
    let changes: Vec<_> = changes.iter().collect();
    state.apply(&changes)
}

fn head(
    history: &History,
    runtime: &dyn Runtime,
    number: BlockNumber,
    state: State,
) -> Result<Arc<Head>, ChainError> {
    let opening = history.opening(number)?.ok_or(ChainError::Unknown { at: number.into() })?;
    let Opening { hash, header, first } = opening;
    let (found, expected) = (state.root(), header.state_root);
    if found != expected {
        return Err(ChainError::StateRoot { number, found, expected });
    }
    let time = block_time(runtime, number, first.as_slice())?;
    Ok(Arc::new(Head { number, hash, header, state, time, explanation: None }))
}

pub(crate) fn block_time(
    runtime: &dyn Runtime,
    number: BlockNumber,
    extrinsics: &[Extrinsic],
) -> Result<Moment, ChainError> {
    runtime.block_time(extrinsics).map_err(|_| ChainError::Undecodable { what: "time", number })
}
