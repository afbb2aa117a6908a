//! HTTP and WebSocket byte by byte, to see what goes over the wire and to send what no client would.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "each test program uses a part of this"
)]

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Kinds of frames.
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// Connect to `http://HOST:PORT`.
pub fn connect(http: &str) -> TcpStream {
    let stream = TcpStream::connect(http.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Send a request of these lines and this body, and read the answer.
pub fn exchange(http: &str, head: &[&str], body: &[u8]) -> io::Result<Answer> {
    let mut stream = connect(http);
    let mut request = head.join("\r\n");
    request.push_str("\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    // A server that refuses by the head alone may not read the rest.
    let _ = stream.write_all(body);
    read_answer(&mut BufReader::new(stream))
}

/// Post a message as clients do, with further header lines.
pub fn post(http: &str, lines: &[&str], body: &[u8]) -> io::Result<Answer> {
    let host = format!("Host: {}", http.strip_prefix("http://").unwrap());
    let length = format!("Content-Length: {}", body.len());
    let mut head = vec!["POST / HTTP/1.1"];
    if !lines.iter().any(|line| line.starts_with("Host:")) {
        head.push(&host);
    }
    head.extend([length.as_str(), "Content-Type: application/json", "Connection: close"]);
    head.extend(lines);
    exchange(http, &head, body)
}

/// Call a method over HTTP; the whole answer.
pub fn call(http: &str, method: &str, params: &Value) -> Value {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let answer = post(http, &[], message.to_string().as_bytes()).unwrap();
    serde_json::from_str(&answer.body).unwrap()
}

fn read_answer(reader: &mut BufReader<TcpStream>) -> io::Result<Answer> {
    let mut head = String::new();
    loop {
        let before = head.len();
        if reader.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if head[before..].trim().is_empty() {
            break;
        }
    }
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<u64>().unwrap())
    });
    match length {
        Some(length) => reader.take(length).read_to_end(&mut body)?,
        None if status == 101 => 0,
        None => reader.read_to_end(&mut body)?,
    };
    Ok(Answer { status, head, body: String::from_utf8_lossy(&body).into_owned() })
}

/// A WebSocket.
pub struct Socket {
    reader: BufReader<TcpStream>,
    next: u64,
    /// Notifications that came while an answer was awaited.
    pub waiting: VecDeque<Value>,
}

impl Socket {
    pub fn open(http: &str) -> Self {
        Self::try_open(http, &[]).unwrap()
    }

    /// Open with further header lines; the answer, if it is not the one hoped for.
    pub fn try_open(http: &str, lines: &[&str]) -> Result<Self, Answer> {
        let mut stream = connect(http);
        let mut head = "GET / HTTP/1.1\r\n".to_owned();
        if !lines.iter().any(|line| line.starts_with("Host:")) {
            head.extend(["Host: ", http.strip_prefix("http://").unwrap(), "\r\n"]);
        }
        for line in lines {
            head.extend([*line, "\r\n"]);
        }
        head.push_str("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
        head.push_str("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let answer = read_answer(&mut reader).unwrap();
        if answer.status != 101 {
            return Err(answer);
        }
        Ok(Self { reader, next: 1, waiting: VecDeque::new() })
    }

    /// Send a whole message. The mask is zero, which leaves the bytes as they are.
    pub fn send(&mut self, kind: u8, payload: &[u8]) -> io::Result<()> {
        let mut frame = vec![0x80 | kind];
        match payload.len() {
            short @ 0..=125 => frame.push(0x80 | short as u8),
            medium @ 126..=0xffff => {
                frame.push(0x80 | 0x7e);
                frame.extend((medium as u16).to_be_bytes());
            }
            long => {
                frame.push(0x80 | 0x7f);
                frame.extend((long as u64).to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend_from_slice(payload);
        self.raw(&frame)
    }

    /// Send bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.reader.get_mut().write_all(bytes)
    }

    /// The next message; an error at the end.
    pub fn message(&mut self) -> io::Result<Vec<u8>> {
        let mut message = Vec::new();
        loop {
            let (last, kind, payload) = self.frame()?;
            match kind {
                PING => self.send(PONG, &payload)?,
                PONG => {}
                CLOSE => return Err(io::ErrorKind::ConnectionAborted.into()),
                _ => {
                    message.extend(payload);
                    if last {
                        return Ok(message);
                    }
                }
            }
        }
    }

    fn frame(&mut self) -> io::Result<(bool, u8, Vec<u8>)> {
        let mut start = [0; 2];
        self.reader.read_exact(&mut start)?;
        assert_eq!(start[1] & 0x80, 0, "servers do not mask");
        let length = match start[1] {
            126 => {
                let mut bytes = [0; 2];
                self.reader.read_exact(&mut bytes)?;
                u64::from(u16::from_be_bytes(bytes))
            }
            127 => {
                let mut bytes = [0; 8];
                self.reader.read_exact(&mut bytes)?;
                u64::from_be_bytes(bytes)
            }
            short => short.into(),
        };
        let mut payload = Vec::new();
        (&mut self.reader).take(length).read_to_end(&mut payload)?;
        Ok((start[0] & 0x80 != 0, start[0] & 0x0f, payload))
    }

    /// The next message as JSON, whatever it is.
    pub fn json(&mut self) -> Value {
        if let Some(waiting) = self.waiting.pop_front() {
            return waiting;
        }
        serde_json::from_slice(&self.message().unwrap()).unwrap()
    }

    /// Call a method without waiting for the answer; the id.
    pub fn begin(&mut self, method: &str, params: &Value) -> u64 {
        let id = self.next;
        self.next += 1;
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(TEXT, message.to_string().as_bytes()).unwrap();
        id
    }

    /// Call a method; the whole answer. Notifications that come before it are kept.
    pub fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.begin(method, params);
        loop {
            let message: Value = serde_json::from_slice(&self.message().unwrap()).unwrap();
            if message["id"] == id {
                return message;
            }
            self.waiting.push_back(message);
        }
    }
}
