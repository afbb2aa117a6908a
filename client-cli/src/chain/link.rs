//! One WebSocket connection, driven by a current-thread runtime whenever something is asked.

use std::time::Duration;

use jsonrpsee_core::{
    client::{ClientT, Error, Subscription, SubscriptionClientT},
    params::ArrayParams,
};
use jsonrpsee_ws_client::{WsClient, WsClientBuilder};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::{
    runtime::Runtime,
    time::{sleep, timeout},
};

use super::ChainError;

/// How long to wait before the second and the third attempt to connect.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(600)];
/// The largest message; a preimage is up to a megabyte, twice that in hex.
const MESSAGE_BYTES_MAX: u32 = 16 * 1024 * 1024;

/// A connection to a node.
pub(super) struct Link {
    runtime: Runtime,
    client: WsClient,
    url: String,
    patience: Duration,
}

/// What a subscription brings.
pub struct Feed {
    subscription: Subscription<Value>,
    what: &'static str,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").field("what", &self.what).finish_non_exhaustive()
    }
}

impl Link {
    /// Connect, trying three times within a second.
    pub(super) fn open(url: &str, patience: Duration) -> Result<Self, ChainError> {
        let url = socket_url(url)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ChainError::Runtime)?;
        let client = runtime.block_on(connect(&url, patience))?;
        Ok(Self { runtime, client, url, patience })
    }

    /// Where the node is.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Ask for something that can be asked again: a connection that went stale while a person was
    /// thinking is opened once more.
    pub(super) fn read<T: DeserializeOwned>(
        &mut self,
        method: &'static str,
        params: &[Value],
    ) -> Result<T, ChainError> {
        match self.ask(method, params) {
            Err(ChainError::Lost { .. }) => {
                self.client = self.runtime.block_on(connect(&self.url, self.patience))?;
                self.ask(method, params)
            }
            answered => answered,
        }
    }

    /// Ask once.
    pub(super) fn ask<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: &[Value],
    ) -> Result<T, ChainError> {
        let params = parameters(method, params)?;
        let answer: Value = self
            .runtime
            .block_on(self.client.request(method, params))
            .map_err(|error| self.failure(method, error))?;
        serde_json::from_value(answer).map_err(|error| ChainError::BadAnswer {
            method: method.to_owned(),
            reason: error.to_string(),
        })
    }

    /// Subscribe.
    pub(super) fn subscribe(
        &self,
        method: &'static str,
        params: &[Value],
        unsubscribe: &'static str,
        what: &'static str,
    ) -> Result<Feed, ChainError> {
        let params = parameters(method, params)?;
        let subscription = self
            .runtime
            .block_on(self.client.subscribe(method, params, unsubscribe))
            .map_err(|error| self.failure(method, error))?;
        Ok(Feed { subscription, what })
    }

    /// The next item of a subscription, waiting at most `patience`, or for ever without.
    pub(super) fn next(
        &self,
        feed: &mut Feed,
        patience: Option<Duration>,
    ) -> Result<Value, ChainError> {
        let Feed { subscription, what } = feed;
        let item = self.runtime.block_on(async {
            match patience {
                Some(patience) => timeout(patience, subscription.next()).await.map_err(|_| {
                    ChainError::TimedOut { what: (*what).to_owned(), seconds: patience.as_secs() }
                }),
                None => Ok(subscription.next().await),
            }
        })?;
        match item {
            Some(Ok(item)) => Ok(item),
            Some(Err(error)) => {
                Err(ChainError::BadAnswer { method: (*what).to_owned(), reason: error.to_string() })
            }
            None => Err(ChainError::Lost {
                url: self.url.clone(),
                reason: format!("the node ended the subscription to {what}"),
            }),
        }
    }

    /// How long to wait for one thing.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    fn failure(&self, method: &str, error: Error) -> ChainError {
        match error {
            Error::Call(error) => {
                let data = error.data().map(|data| serde_json::from_str::<Value>(data.get()));
                let data = data.and_then(Result::ok);
                refusal(method, error.code(), error.message(), data.as_ref())
            }
            Error::RequestTimeout => ChainError::TimedOut {
                what: format!("the answer to {method}"),
                seconds: self.patience.as_secs(),
            },
            Error::ParseError(error) => {
                ChainError::BadAnswer { method: method.to_owned(), reason: error.to_string() }
            }
            other => ChainError::Lost { url: self.url.clone(), reason: other.to_string() },
        }
    }
}

async fn connect(url: &str, patience: Duration) -> Result<WsClient, ChainError> {
    let mut tries = 1;
    loop {
        let builder = WsClientBuilder::default()
            .connection_timeout(patience)
            .request_timeout(patience)
            .max_request_size(MESSAGE_BYTES_MAX)
            .max_response_size(MESSAGE_BYTES_MAX);
        let error = match builder.build(url).await {
            Ok(client) => return Ok(client),
            Err(error) => error,
        };
        let Some(pause) = PAUSES.get(tries as usize - 1) else {
            let reason = error.to_string();
            return Err(ChainError::NoNode { url: url.to_owned(), reason, tries });
        };
        sleep(*pause).await;
        tries += 1;
    }
}

/// WebSocket and HTTP share one port, so either scheme names the same node.
fn socket_url(url: &str) -> Result<String, ChainError> {
    let bad = |reason| ChainError::BadUrl { url: url.to_owned(), reason };
    let (scheme, rest) = url.split_once("://").ok_or_else(|| bad("it begins with no scheme"))?;
    if rest.is_empty() || rest.starts_with('/') {
        return Err(bad("it names no host"));
    }
    match scheme {
        "ws" | "http" => Ok(format!("ws://{rest}")),
        "wss" | "https" => Err(bad("encryption is left to a proxy; connect to ws://")),
        _ => Err(bad("use ws:// or http://")),
    }
}

fn parameters(method: &str, values: &[Value]) -> Result<ArrayParams, ChainError> {
    let mut params = ArrayParams::new();
    for value in values {
        params.insert(value).map_err(|error| ChainError::BadAnswer {
            method: method.to_owned(),
            reason: error.to_string(),
        })?;
    }
    Ok(params)
}

/// The public code and the values are in `data`; older families put plain text there.
fn refusal(method: &str, number: i32, message: &str, data: Option<&Value>) -> ChainError {
    let field = |name: &str| data.and_then(|data| data.get(name)).cloned();
    let text = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
    let code = text(field("code"));
    let message = match (text(field("message")), data.and_then(Value::as_str)) {
        (Some(precise), _) => precise,
        (None, Some(plain)) => format!("{message}: {plain}"),
        (None, None) => message.to_owned(),
    };
    let details = match field("details") {
        Some(Value::Object(details)) => details,
        _ => Map::new(),
    };
    ChainError::Refused { method: method.to_owned(), number, code, message, details }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_schemes_of_the_one_port_are_understood() {
        for url in ["ws://127.0.0.1:1", "http://127.0.0.1:1"] {
            assert_eq!(socket_url(url).unwrap(), "ws://127.0.0.1:1");
        }
        for url in ["", "127.0.0.1", "wss://h", "ftp://h", "ws://", "ws:///x"] {
            assert!(matches!(socket_url(url), Err(ChainError::BadUrl { .. })), "{url}");
        }
    }

    #[test]
    fn a_refusal_keeps_the_code_and_values_of_the_chain() {
        let data = json!({
            "code": "CRY-104", "message": "scheme 1 is deprecated", "details": { "scheme": "1" },
        });
        let error = refusal("author_submitExtrinsic", 1010, "Invalid Transaction", Some(&data));
        let ChainError::Refused { code, message, details, .. } = error else { unreachable!() };
        assert_eq!(code.as_deref(), Some("CRY-104"));
        assert_eq!(message, "scheme 1 is deprecated");
        assert_eq!(details["scheme"], "1");

        let plain = refusal("x", 1010, "Invalid Transaction", Some(&json!("bad signature")));
        assert_eq!(plain.to_string(), "Invalid Transaction: bad signature");
    }

    #[test]
    fn an_empty_port_is_told_from_everything_else() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        drop(listener);
        let refused = Link::open(&url, Duration::from_secs(5)).err();
        assert!(matches!(refused, Some(ChainError::NoNode { tries: 3, .. })), "{refused:?}");
    }
}
