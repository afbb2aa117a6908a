//! A WebSocket client of the smallest kind: text out, text in, over loopback.
//!
//! It shares the processors with the node it measures, so it does as little as the protocol allows:
//! frames are masked with zeros, which changes nothing, as there is no proxy between to protect.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::error::BenchError;

const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;
/// Last frame of a message.
const FINAL: u8 = 0x80;
/// The payload is masked: all frames of a client are.
const MASKED: u8 = 0x80;
/// In the place of a length: it follows in two or in eight bytes.
const TWO_BYTES: u8 = 0x7e;
const EIGHT_BYTES: u8 = 0x7f;
/// The longest answer that is expected.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// One connection.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: BufReader<TcpStream>,
}

fn failed(action: &'static str) -> impl FnOnce(std::io::Error) -> BenchError {
    BenchError::io(action, "the node")
}

fn unexpected(answer: impl Into<String>) -> BenchError {
    BenchError::Answer { method: "a WebSocket", answer: answer.into() }
}

impl Socket {
    /// Connect to a node.
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, BenchError> {
        let stream = TcpStream::connect(address).await.map_err(failed("connect to"))?;
        stream.set_nodelay(true).map_err(failed("connect to"))?;
        let mut socket = Self { stream: BufReader::new(stream) };
        // The key is for proxies that cache; the server only has to echo a hash of it.
        let request = format!(
            "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YWx0aGluZy1iZW5jaG1rcw==\r\n\r\n"
        );
        socket.stream.write_all(request.as_bytes()).await.map_err(failed("greet"))?;
        let mut status = String::new();
        socket.stream.read_line(&mut status).await.map_err(failed("hear from"))?;
        if !status.contains(" 101 ") {
            return Err(unexpected(status.trim()));
        }
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if socket.stream.read_line(&mut line).await.map_err(failed("hear from"))? == 0 {
                return Err(unexpected("the end of the connection"));
            }
        }
        Ok(socket)
    }

    /// Send a message.
    pub(crate) async fn send(&mut self, text: &str) -> Result<(), BenchError> {
        self.send_frame(TEXT, text.as_bytes()).await
    }

    async fn send_frame(&mut self, kind: u8, payload: &[u8]) -> Result<(), BenchError> {
        let mut frame = Vec::with_capacity(payload.len().saturating_add(14));
        frame.push(FINAL | kind);
        let length = payload.len() as u64;
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short), _) if short < TWO_BYTES => frame.push(MASKED | short),
            (_, Ok(middle)) => {
                frame.push(MASKED | TWO_BYTES);
                frame.extend_from_slice(&middle.to_be_bytes());
            }
            _ => {
                frame.push(MASKED | EIGHT_BYTES);
                frame.extend_from_slice(&length.to_be_bytes());
            }
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(payload);
        self.stream.write_all(&frame).await.map_err(failed("ask"))
    }

    /// Wait for the next message.
    pub(crate) async fn receive(&mut self) -> Result<Vec<u8>, BenchError> {
        loop {
            let (kind, payload) = self.receive_frame().await?;
            match kind {
                TEXT => return Ok(payload),
                PING => self.send_frame(PONG, &payload).await?,
                PONG => {}
                CLOSE => return Err(unexpected("the end of the connection")),
                other => return Err(unexpected(format!("a frame of kind {other}"))),
            }
        }
    }

    async fn receive_frame(&mut self) -> Result<(u8, Vec<u8>), BenchError> {
        let hear = || failed("hear from");
        let [first, second] = self.stream.read_u16().await.map_err(hear())?.to_be_bytes();
        let length = match second & !MASKED {
            TWO_BYTES => self.stream.read_u16().await.map_err(hear())?.into(),
            EIGHT_BYTES => self.stream.read_u64().await.map_err(hear())?,
            short => u64::from(short),
        };
        // Servers neither mask nor, below the size of our answers, fragment.
        if second & MASKED != 0 || first & FINAL == 0 || length > ANSWER_BYTES_MAX {
            return Err(unexpected("a frame that no server sends"));
        }
        let mut payload = vec![0; usize::try_from(length).unwrap_or_default()];
        self.stream.read_exact(&mut payload).await.map_err(hear())?;
        Ok((first & 0x0f, payload))
    }
}
