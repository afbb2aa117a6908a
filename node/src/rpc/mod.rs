//! Answer wallets, dApps and tools over JSON-RPC, HTTP and WebSocket on one port (`specs/rpc.md`).
//!
//! # Shape
//!
//! One module a family of methods; [`methods`] registers them under all their names, [`arguments`]
//! reads parameters as all clients write them, [`feed`] serves subscriptions, [`connections`] takes
//! the sockets.
//!
//! # Invariants
//!
//! - Reads are answered from snapshots; the pool is asked under its lock for a moment, and no lock
//!   is held across an await.
//! - Single rows of recent blocks are answered at once. What may read from disk or work for long
//!   goes through a gate of bounded width ([`gate`]) and has a thread of its own.
//! - The reply that names a subscription goes out before its first item.
//! - Every list, message and page has a bound, on the way in and on the way out.
//! - Web pages of strangers are refused, except on development chains ([`web`]).
//!
//! # Failure
//!
//! A slow client holds up its own feeds, and loses them ([`followers`]); one that takes no answers is
//! not heard ([`connections`]). An answer that would be too long is an error before it is made.

mod accounts;
mod althing;
mod arguments;
mod author;
mod chain;
mod connections;
mod context;
mod crypto;
mod dev;
mod error;
mod explain;
mod failure;
mod feed;
mod followers;
mod gate;
mod gov;
mod methods;
mod state;
mod system;
mod treasury;
mod voices;
mod web;
mod wire;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jsonrpsee::RpcModule;
use jsonrpsee::server::{
    BatchRequestConfig, Methods as Registered, PingConfig, RandomStringIdProvider, Server,
    ServerConfig, ServerHandle, stop_channel,
};
use tokio::net::TcpListener;
use tower_http::timeout::RequestBodyTimeoutLayer;

use context::Context;
pub use error::RpcError;
use methods::Methods;
use web::{OriginLayer, Pages};

use crate::author::DevControls;
use crate::chain::Chain;
use crate::pool::Pool;

/// Where and how to answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RpcConfig {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
}

/// A server that answers.
#[derive(Debug)]
pub struct RpcHandle {
    address: SocketAddr,
    server: ServerHandle,
}

impl RpcHandle {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answer what was asked, take no more, and end. Who does not even finish asking is not waited
    /// for.
    pub async fn stop(self) {
        // An error means that it has stopped already.
        let _ = self.server.stop();
        let _ = tokio::time::timeout(GRACE, self.server.stopped()).await;
    }
}

/// The most bytes of one request: the longest extrinsic twice over in hexadecimal, with room for
/// what is around it. A parser may need many times as much for a moment.
const REQUEST_BYTES_MAX: u32 = 5 * 1024 * 1024;
/// The most bytes of one answer: a full block in hexadecimal, with room for what is around it.
const ANSWER_BYTES_MAX: u32 = 40 * 1024 * 1024;
/// How many WebSockets, and HTTP requests at work, there may be.
const CONNECTIONS_MAX: u32 = 256;
/// How many subscriptions one connection may have.
const SUBSCRIPTIONS_MAX: u32 = 1024;
/// How many calls one batch may hold.
const BATCH_MAX: u32 = 100;
/// How many messages may wait for a slow client before its feeds wait too.
const BUFFER_MESSAGES: u32 = 64;

/// How long connections may take to end.
const GRACE: Duration = Duration::from_secs(5);

/// Begin to answer. `controls` are there on development chains only.
pub async fn serve(
    config: RpcConfig,
    chain: Arc<Chain>,
    pool: Arc<Pool>,
    controls: Option<DevControls>,
) -> Result<RpcHandle, RpcError> {
    let address = SocketAddr::new(config.host, config.port);
    let bind = |source| RpcError::Bind { address, source };
    let context = Context::new(chain, pool, controls);
    let pages = if context.is_development() { Pages::All } else { Pages::Known };
    let guards = tower::ServiceBuilder::new()
        .layer(web::host_filter(pages, config.host)?)
        .layer(OriginLayer(pages))
        .layer(web::cors())
        .layer(RequestBodyTimeoutLayer::new(connections::BODY_PAUSE));
    let builder = Server::builder().set_http_middleware(guards).set_config(limits());
    let (service, methods) = (builder.to_service_builder(), Registered::from(methods(context)?));
    let listener = TcpListener::bind(address).await.map_err(bind)?;
    let address = listener.local_addr().map_err(bind)?;
    let (stop, server) = stop_channel();
    let answering = move |stop| service.clone().build(methods.clone(), stop);
    tokio::spawn(connections::serve(listener, stop, answering));
    Ok(RpcHandle { address, server })
}

fn limits() -> ServerConfig {
    // Clients drop a connection on which nothing came for 40 s.
    let ping = PingConfig::new()
        .ping_interval(Duration::from_secs(30))
        .inactive_limit(Duration::from_secs(60))
        .max_failures(3);
    ServerConfig::builder()
        .max_request_body_size(REQUEST_BYTES_MAX)
        .max_response_body_size(ANSWER_BYTES_MAX)
        .max_connections(CONNECTIONS_MAX)
        .max_subscriptions_per_connection(SUBSCRIPTIONS_MAX)
        .set_batch_request_config(BatchRequestConfig::Limit(BATCH_MAX))
        .set_message_buffer_capacity(BUFFER_MESSAGES)
        .set_tcp_no_delay(true)
        .enable_ws_ping(ping)
        // Some clients take nothing but strings.
        .set_id_provider(RandomStringIdProvider::new(16))
        .build()
}

fn methods(context: Context) -> Result<RpcModule<Context>, RpcError> {
    let development = context.controls.is_some();
    let mut methods = Methods::new(context);
    system::register(&mut methods)?;
    chain::register(&mut methods)?;
    state::register(&mut methods)?;
    author::register(&mut methods)?;
    feed::register(&mut methods)?;
    gov::register(&mut methods)?;
    treasury::register(&mut methods)?;
    crypto::register(&mut methods)?;
    accounts::register(&mut methods)?;
    althing::register(&mut methods)?;
    explain::register(&mut methods, development)?;
    if development {
        dev::register(&mut methods)?;
    }
    methods.finish()
}
