//! Which web pages may ask: pages run in the reader's browser, and so reach a node on localhost.
//!
//! A development chain answers every page. Any other answers pages of this machine and the public
//! explorer, and if it listens on this machine only, it wants to be addressed as such: else a page
//! could name it as its own host (DNS rebinding). Programs send no `Origin` and are not concerned.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::task::{Context, Poll};

use futures::future::Either;
use jsonrpsee::server::http::response::denied;
use jsonrpsee::server::middleware::http::HostFilterLayer;
use jsonrpsee::server::{HttpRequest, HttpResponse};
use tower::{Layer, Service};
use tower_http::cors::{Any, CorsLayer};

use super::error::RpcError;

/// The public explorer whose pages members use.
const EXPLORER: &str = "https://polkadot.js.org";
/// Names of this machine.
const LOCAL_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Whose requests are answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Pages {
    /// Every page's.
    All,
    /// Those of this machine's pages and of the explorer's.
    Known,
}

impl Pages {
    fn may(self, origin: &[u8]) -> bool {
        self == Self::All
            || origin == EXPLORER.as_bytes()
            || core::str::from_utf8(origin).is_ok_and(is_local)
    }
}

/// Whether an origin is a page of this machine, on any port.
fn is_local(origin: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let is_port = |rest: &str| match rest.strip_prefix(':') {
        Some(port) => !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()),
        None => rest.is_empty(),
    };
    let is_host = |host| authority.strip_prefix(host).is_some_and(is_port);
    matches!(scheme, "http" | "https") && LOCAL_HOSTS.into_iter().any(is_host)
}

/// Hosts by which a node that listens on `host` may be addressed.
pub(super) fn host_filter(pages: Pages, host: IpAddr) -> Result<HostFilterLayer, RpcError> {
    // Whoever listens on a public address has a name that is not known here.
    if pages == Pages::All || !host.is_loopback() {
        return Ok(HostFilterLayer::disable());
    }
    Ok(HostFilterLayer::new(
        LOCAL_HOSTS.map(|host| format!("{host}:*")).iter().map(String::as_str),
    )?)
}

/// The headers that let a browser hand over answers. Who is refused never gets this far.
pub(super) fn cors() -> CorsLayer {
    CorsLayer::new().allow_origin(Any).allow_methods(Any).allow_headers(Any)
}

/// Refuses the pages that may not ask, for HTTP and WebSocket alike: browsers do not apply the
/// rules for answers of other hosts to WebSockets.
#[derive(Clone, Copy, Debug)]
pub(super) struct OriginLayer(pub(super) Pages);

impl<S> Layer<S> for OriginLayer {
    type Service = OriginGuard<S>;

    fn layer(&self, inner: S) -> OriginGuard<S> {
        OriginGuard { inner, pages: self.0 }
    }
}

/// See [`OriginLayer`].
#[derive(Clone, Debug)]
pub(super) struct OriginGuard<S> {
    inner: S,
    pages: Pages,
}

impl<S, B> Service<HttpRequest<B>> for OriginGuard<S>
where
    S: Service<HttpRequest<B>, Response = HttpResponse>,
{
    type Response = HttpResponse;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<HttpResponse, S::Error>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: HttpRequest<B>) -> Self::Future {
        let origin = request.headers().get("origin");
        if origin.is_none_or(|origin| self.pages.may(origin.as_bytes())) {
            return Either::Left(self.inner.call(request));
        }
        Either::Right(ready(Ok(denied())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_machine_are_known_on_any_port() {
        for origin in [
            "http://localhost",
            "http://localhost:3000",
            "https://127.0.0.1:8080",
            "http://[::1]:5173",
            EXPLORER,
        ] {
            assert!(Pages::Known.may(origin.as_bytes()), "{origin}");
        }
    }

    #[test]
    fn pages_of_others_are_not_however_they_are_called() {
        for origin in [
            "null",
            "",
            "localhost",
            "http://localhost.evil.example",
            "http://localhost:80.evil.example",
            "http://localhost:",
            "http://evil.example/localhost",
            "http://127.0.0.1.evil.example",
            "https://polkadot.js.org.evil.example",
            "http://polkadot.js.org",
            "file://localhost",
        ] {
            assert!(!Pages::Known.may(origin.as_bytes()), "{origin}");
            assert!(Pages::All.may(origin.as_bytes()), "{origin}");
        }
        assert!(!Pages::Known.may(b"http://\xff"));
    }
}
