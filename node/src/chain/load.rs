//! Take the chain up where the store has it.

use std::sync::Arc;

use althing_executor::State;
use althing_frame::Runtime;
use althing_primitives::{BlockNumber, Extrinsic, Moment};

use super::history::History;
use super::recent::Recent;
use super::{ChainError, Head, RECENT};

/// The last heights as the store has them, each checked against its header.
pub(crate) fn load(
    history: &History,
    runtime: &dyn Runtime,
    genesis: Arc<Head>,
) -> Result<Recent, ChainError> {
    let loaded = history.0.load_state()?;
    let mut state = State::from_rows(loaded.rows);
    let (found, expected) = (state.root(), genesis.header.state_root);
    if loaded.base == 0 && found != expected {
        return Err(ChainError::StateRoot { number: 0, found, expected });
    }
    let mut recent = Recent::new(genesis);
    if loaded.base > 0 {
        recent.restart(head(history, runtime, loaded.base, state.clone())?);
    }
    let tip = history.0.tip().map_or(0, |(number, _)| number);
    for (number, changes) in loaded.changes {
        state = state.apply(&changes);
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

fn head(
    history: &History,
    runtime: &dyn Runtime,
    number: BlockNumber,
    state: State,
) -> Result<Arc<Head>, ChainError> {
    let block = history.block(number)?.ok_or(ChainError::Unknown { at: number.into() })?;
    let (found, expected) = (state.root(), block.header.state_root);
    if found != expected {
        return Err(ChainError::StateRoot { number, found, expected });
    }
    let mut extrinsics = Vec::new();
    for bytes in block.extrinsics {
        let extrinsic = Extrinsic::decode(bytes);
        extrinsics.push(extrinsic.map_err(|_| ChainError::Undecodable { what: "body", number })?);
    }
    let time = block_time(runtime, number, &extrinsics)?;
    Ok(Arc::new(Head { number, hash: block.hash, header: block.header, state, time }))
}

pub(crate) fn block_time(
    runtime: &dyn Runtime,
    number: BlockNumber,
    extrinsics: &[Extrinsic],
) -> Result<Moment, ChainError> {
    runtime.block_time(extrinsics).map_err(|_| ChainError::Undecodable { what: "time", number })
}
