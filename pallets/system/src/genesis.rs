//! The row under which clients ask which runtime speaks.

use althing_frame::{DispatchError, Fault, RowKey, Tx};

use crate::Event;

/// The well-known key. It has no pallet prefix.
pub const CODE_KEY: &[u8] = b":code";

/// The key of the row that names the runtime.
pub fn code_key() -> RowKey {
    CODE_KEY.to_vec().into()
}

/// Put `code` where clients look for it, and say so. The bytes name the runtime; the runtime itself
/// is part of the node.
pub fn set_code(tx: &mut Tx<'_>, code: &[u8]) -> Result<(), Fault> {
    tx.set_row(code_key(), Some(code.into()))?;
    tx.emit(&Event::CodeUpdated);
    Ok(())
}

/// What the system holds before block 1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Genesis {
    /// Bytes that name the runtime; they change with each upgrade.
    pub code: Vec<u8>,
}

impl Genesis {
    /// Write the rows.
    pub fn build(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        tx.set_row(code_key(), Some(self.code.as_slice().into()))?;
        Ok(())
    }
}
