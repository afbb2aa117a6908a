//! Take the chain up where the store has it.

use althing_executor::State;
use althing_frame::Runtime;
use althing_primitives::{BlockNumber, Extrinsic, Moment};
use std::sync::Arc;

use super::genesis::Genesis;
use super::history::History;
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
    let mut state = state_of(loaded.pages);
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

/// The state that pages of the store hold.
pub fn state_of(pages: Vec<Page>) -> State {
    State::from_rows(pages.iter().flat_map(|page| page.rows.iter()))
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
    let unknown = ChainError::Unknown { at: number.into() };
    let stored = history.0.head(number)?.ok_or(unknown)?;
    let unknown = ChainError::Unknown { at: number.into() };
    let header = history.header(number)?.ok_or(unknown)?;
    let (found, expected) = (state.root(), header.state_root);
    if found != expected {
        return Err(ChainError::StateRoot { number, found, expected });
    }
    let time = block_time(runtime, number, &first(history, number)?)?;
    Ok(Arc::new(Head { number, hash: stored.hash, header, state, time, explanation: None }))
}

/// The first extrinsic of a block, which states its time; it has no signature that could be pruned.
fn first(history: &History, number: BlockNumber) -> Result<Vec<Extrinsic>, ChainError> {
    if let Some(pruned) = history.pruned(number)? {
        return pruned.bare(number);
    }
    let block = history.block(number)?.ok_or(ChainError::Unknown { at: number.into() })?;
    let first = block.extrinsics.into_iter().take(1);
    let decoded = first.map(|bytes| {
        Extrinsic::decode(bytes).map_err(|_| ChainError::Undecodable { what: "body", number })
    });
    decoded.collect()
}

pub(crate) fn block_time(
    runtime: &dyn Runtime,
    number: BlockNumber,
    extrinsics: &[Extrinsic],
) -> Result<Moment, ChainError> {
    runtime.block_time(extrinsics).map_err(|_| ChainError::Undecodable { what: "time", number })
}
