//! Why the server could not begin.

use std::net::SocketAddr;

use jsonrpsee::core::RegisterMethodError;
use jsonrpsee::server::middleware::http::AuthorityError;

/// Why the server could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RpcError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Two methods have one name: the program is wrong.
    #[error("cannot register a method")]
    Register(#[from] RegisterMethodError),
    /// A name of this machine does not parse: the program is wrong.
    #[error("cannot read the names of this machine")]
    Hosts(#[from] AuthorityError),
}
