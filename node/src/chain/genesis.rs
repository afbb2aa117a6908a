//! Block 0. Its rows are kept by the spec; the state they make is made when somebody asks for it.

use std::sync::{Arc, OnceLock};

use althing_executor::State;
use althing_primitives::{Hash256, Header};
use parity_scale_codec::{DecodeAll, Encode};

use super::{ChainError, Head};
use crate::spec::{ChainSpec, genesis_header};
use crate::store::{Genesis as Stored, Store};

/// Where the chain begins.
#[derive(Debug)]
pub(crate) struct Genesis {
    spec: Arc<ChainSpec>,
    pub(crate) hash: Hash256,
    pub(crate) header: Header,
    head: OnceLock<Arc<Head>>,
}

impl Genesis {
    /// Begin the chain in an empty store, or check that the store holds the chain of this spec.
    ///
    /// A store that remembers the very same spec needs no proof by the root of all its rows.
    pub(crate) fn begin(spec: &Arc<ChainSpec>, store: &dyn Store) -> Result<Self, ChainError> {
        let spec_hash = hash_of(spec);
        let meta = store.meta()?;
        if meta.as_ref().is_some_and(|meta| meta.spec_hash == spec_hash)
            && let Some(stored) = store.head(0)?
        {
            let header = Header::decode_all(&mut &stored.header[..])
                .map_err(|_| ChainError::Undecodable { what: "header", number: 0 })?;
            let spec = Arc::clone(spec);
            return Ok(Self { spec, hash: stored.hash, header, head: OnceLock::new() });
        }

        let state = state_of(spec);
        let header = genesis_header(&state, spec.chain_type);
        let hash = header.hash();
        store.initialise(Stored {
            hash,
            header: header.encode(),
            // They are wanted only where the store is empty.
            rows: if meta.is_none() { spec.rows.clone() } else { Vec::new() },
            // Maps and numbers only: the form cannot fail.
            chain_spec: serde_json::to_vec(spec.as_ref()).unwrap_or_default(),
            spec_hash,
        })?;
        let genesis = Self { spec: Arc::clone(spec), hash, header, head: OnceLock::new() };
        genesis.with_state(state);
        Ok(genesis)
    }

    /// Give it the state its rows make.
    pub(crate) fn with_state(&self, state: State) {
        self.head.get_or_init(|| Arc::new(self.make_head(state)));
    }

    /// Block 0 with all its rows.
    pub(crate) fn head(&self) -> &Arc<Head> {
        self.head.get_or_init(|| Arc::new(self.make_head(state_of(&self.spec))))
    }

    fn make_head(&self, state: State) -> Head {
        let (hash, header) = (self.hash, self.header.clone());
        Head { number: 0, hash, header, state, time: 0, explanation: None }
    }
}

fn state_of(spec: &ChainSpec) -> State {
    State::from_rows(spec.rows.iter().map(|(key, value)| (key, value)))
}

/// Tells one spec from another.
fn hash_of(spec: &ChainSpec) -> Hash256 {
    let ChainSpec { name, id, chain_type, governance, properties, members, rows } = spec;
    let mut hasher = blake3::Hasher::new_derive_key("althing:chain-spec:v1");
    // Maps and numbers only: the form cannot fail.
    let words = serde_json::to_vec(&(name, id, chain_type, governance, properties, members));
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    };
    part(&words.unwrap_or_default());
    for (key, value) in rows {
        part(key);
        part(value);
    }
    Hash256(*hasher.finalize().as_bytes())
}
