//! Connections: how many there may be, and how long they may keep the node waiting.
//!
//! # Invariants
//!
//! - There are at most [`SOCKETS_MAX`] sockets; one more is closed unread.
//! - A request's head comes within [`HEAD_TIME`], be it the first one of a connection or a later
//!   one, and its body never pauses for longer than [`BODY_PAUSE`]. A WebSocket may be silent:
//!   it is pinged.
//! - A client that does not take what was written for it is not read from, and after
//!   [`WRITE_PAUSE`] its connection ends. So answers never pile up for someone who only asks.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use jsonrpsee::core::BoxError;
use jsonrpsee::server::{HttpRequest, HttpResponse, StopHandle};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{Sleep, sleep};
use tower::Service;

/// How many sockets there may be, those that have asked nothing yet included.
const SOCKETS_MAX: usize = 512;
/// How long the head of a request may take, from when it could begin.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// How long the next piece of a request's body may take.
pub(super) const BODY_PAUSE: Duration = Duration::from_secs(30);
/// How long a client may refuse to take what was written for it.
const WRITE_PAUSE: Duration = Duration::from_secs(30);
/// How long to wait when the system has no more sockets.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(100);

/// Take connections until told to stop; `service` makes what answers each of them.
pub(super) async fn serve<S>(
    listener: TcpListener,
    stop: StopHandle,
    service: impl Fn(StopHandle) -> S + Send + 'static,
) where
    S: Service<HttpRequest<hyper::body::Incoming>, Response = HttpResponse, Error = BoxError>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let room = Arc::new(Semaphore::new(SOCKETS_MAX));
    let mut stopped = Box::pin(stop.clone().shutdown());
    loop {
        let accepted = tokio::select! {
            () = &mut stopped => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((socket, _)) = accepted else {
            sleep(EXHAUSTED_PAUSE).await;
            continue;
        };
        // Dropping the socket closes it.
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else { continue };
        // Answers are written whole; waiting to fill a packet would only delay them.
        if socket.set_nodelay(true).is_err() {
            continue;
        }
        let service = service(stop.clone());
        let stop = stop.clone();
        tokio::spawn(async move {
            converse(socket, service, stop).await;
            drop(place);
        });
    }
}

async fn converse<T, S>(socket: T, service: S, stop: StopHandle)
where
    T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    S: Service<HttpRequest<hyper::body::Incoming>, Response = HttpResponse, Error = BoxError>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let io = TokioIo::new(Patient::new(socket));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(io, TowerToHyperService::new(service))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.shutdown() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(target: "rpc", %error, "a connection ended early");
    }
}

/// A socket that is not read from while it does not take what is written, and fails when that goes
/// on for too long.
struct Patient<T> {
    socket: T,
    /// When patience ends, while a write waits.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Who wanted to read meanwhile.
    reader: Option<Waker>,
}

impl<T> Patient<T> {
    fn new(socket: T) -> Self {
        Self { socket, stalled: None, reader: None }
    }

    /// Note how a write went.
    fn wrote<R>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        if outcome.is_ready() {
            self.stalled = None;
            if let Some(reader) = self.reader.take() {
                reader.wake();
            }
            return outcome;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(WRITE_PAUSE)));
        ready!(stalled.as_mut().poll(context));
        let reason = "the client takes nothing of what was written for it";
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, reason)))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Patient<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.stalled.is_some() {
            this.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        Pin::new(&mut this.socket).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Patient<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.socket).poll_write(context, bytes);
        this.wrote(context, outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.socket).poll_write_vectored(context, pieces);
        this.wrote(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, ready};

    use hyper::body::Incoming;
    use jsonrpsee::server::{HttpBody, stop_channel};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex, split};
    use tokio::time::Instant;

    use super::*;

    /// Answers everything with nothing.
    #[derive(Clone)]
    struct Nothing;

    impl Service<HttpRequest<Incoming>> for Nothing {
        type Response = HttpResponse;
        type Error = BoxError;
        type Future = Ready<Result<HttpResponse, BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: HttpRequest<Incoming>) -> Self::Future {
            ready(Ok(HttpResponse::new(HttpBody::empty())))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_and_a_head_that_never_ends_close_a_connection() {
        let whole = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        for (asked, answers) in [("", 0), ("GET / HTTP/1.1\r\nHost:", 0), (whole, 1)] {
            let (near, mut far) = duplex(1024);
            let (stop, _server) = stop_channel();
            let conversation = tokio::spawn(converse(near, Nothing, stop));
            let begun = Instant::now();
            far.write_all(asked.as_bytes()).await.unwrap();
            let mut heard = String::new();
            far.read_to_string(&mut heard).await.unwrap();
            conversation.await.unwrap();
            assert_eq!(heard.matches("200 OK").count(), answers, "{asked:?}: {heard}");
            assert!(begun.elapsed() >= HEAD_TIME, "{asked:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_not_read_and_loses_the_connection() {
        let (near, mut far) = duplex(16);
        let (mut reader, mut writer) = split(Patient::new(near));
        far.write_all(b"ask").await.unwrap();
        let writing = tokio::spawn(async move { writer.write_all(&[0; 100]).await });
        tokio::task::yield_now().await;

        let mut question = [0; 3];
        let reading = tokio::time::timeout(WRITE_PAUSE / 2, reader.read_exact(&mut question)).await;
        assert!(reading.is_err(), "nothing is read while a write waits");
        let ended = writing.await.unwrap().unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_again_is_heard_again() {
        let (near, mut far) = duplex(16);
        let (mut reader, mut writer) = split(Patient::new(near));
        far.write_all(b"ask").await.unwrap();
        let writing = tokio::spawn(async move { writer.write_all(&[0; 100]).await });
        let hearing = tokio::spawn(async move {
            let mut question = [0; 3];
            reader.read_exact(&mut question).await.map(|_| question)
        });
        tokio::task::yield_now().await;
        far.read_exact(&mut [0; 100]).await.unwrap();
        writing.await.unwrap().unwrap();
        assert_eq!(&hearing.await.unwrap().unwrap(), b"ask");
    }
}
