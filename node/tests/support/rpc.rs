//! A JSON-RPC client.

use std::time::Duration;

use althing_primitives::{
    AccountId, Digest, DigestItem, Extrinsic, Hash256, Header, Nonce, to_ss58,
};
use jsonrpsee_core::client::{ClientT, Error, Subscription, SubscriptionClientT};
use jsonrpsee_core::params::ArrayParams;
use jsonrpsee_ws_client::{WsClient, WsClientBuilder};
use parity_scale_codec::DecodeAll;
use serde_json::{Value, json};

/// Prefix of the development chain's addresses.
const SS58_PREFIX: u16 = 42;
/// How long one answer or one item may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection to a node.
pub struct Rpc(pub WsClient);

/// What became of a transaction that is watched: the last thing said of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Update {
    /// It is in this block, for ever.
    Finalized(Hash256),
    /// It will be in none, with the status' name.
    Gone(String),
}

impl Rpc {
    pub async fn connect(url: &str) -> Self {
        Self::try_connect(url).await.unwrap()
    }

    /// A connection, unless the node is gone.
    pub async fn try_connect(url: &str) -> Result<Self, Error> {
        let builder = WsClientBuilder::default().request_timeout(PATIENCE);
        builder.max_buffer_capacity_per_subscription(4096).build(url).await.map(Self)
    }

    /// The answer, or why there is none.
    pub async fn call(&self, method: &str, params: Value) -> Result<Value, Error> {
        self.0.request(method, array(params)).await
    }

    /// The answer of a call that works.
    pub async fn ask(&self, method: &str, params: Value) -> Value {
        match self.call(method, params.clone()).await {
            Ok(answer) => answer,
            Err(error) => panic!("{method} {params}: {error}"),
        }
    }

    /// The error object of a call that is refused, as JSON.
    pub async fn refusal(&self, method: &str, params: Value) -> Value {
        match self.call(method, params.clone()).await {
            Err(Error::Call(refusal)) => serde_json::to_value(refusal).unwrap(),
            other => panic!("{method} {params}: {other:?}"),
        }
    }

    /// Follow something.
    pub async fn follow(
        &self,
        (method, end): (&'static str, &'static str),
        params: Value,
    ) -> Result<Subscription<Value>, Error> {
        self.0.subscribe(method, array(params), end).await
    }

    /// Follow the heads; the first item is the current one.
    pub async fn heads(&self) -> Result<Subscription<Value>, Error> {
        self.follow(("chain_subscribeNewHeads", "chain_unsubscribeNewHeads"), json!([])).await
    }

    /// Hand in a transaction; returns its hash.
    pub async fn submit(&self, extrinsic: &Extrinsic) -> Result<Value, Error> {
        self.call("author_submitExtrinsic", json!([hex(extrinsic.bytes())])).await
    }

    /// Hand in a transaction and wait for its end.
    pub async fn submit_and_wait(&self, extrinsic: &Extrinsic) -> Result<Update, Error> {
        let methods = ("author_submitAndWatchExtrinsic", "author_unwatchExtrinsic");
        let mut statuses = self.follow(methods, json!([hex(extrinsic.bytes())])).await?;
        while let Some(status) = item(&mut statuses).await {
            if let Some(block) = status["finalized"].as_str() {
                return Ok(Update::Finalized(hash(block)));
            }
            let name = status.as_str().map_or_else(|| first_key(&status), str::to_owned);
            if matches!(name.as_str(), "usurped" | "dropped" | "invalid") {
                return Ok(Update::Gone(name));
            }
        }
        Err(Error::Custom("the connection ended".into()))
    }

    /// The nonce of the next transaction, those that wait counted.
    pub async fn next_nonce(&self, account: &AccountId) -> Result<Nonce, Error> {
        let address = to_ss58(account, SS58_PREFIX);
        let nonce = self.call("system_accountNextIndex", json!([address])).await?;
        Ok(Nonce::try_from(nonce.as_u64().unwrap()).unwrap())
    }

    /// Number, hash and state root of the best block.
    pub async fn head(&self) -> (u32, Hash256, Hash256) {
        let at = self.ask("chain_getBlockHash", json!([])).await;
        let header = self.ask("chain_getHeader", json!([at])).await;
        let root = hash(header["stateRoot"].as_str().unwrap());
        (number(&header), hash(at.as_str().unwrap()), root)
    }

    /// The bytes under a key at the best block.
    pub async fn storage(&self, key: &[u8]) -> Option<Vec<u8>> {
        let value = self.ask("state_getStorage", json!([hex(key)])).await;
        value.as_str().map(|text| const_hex::decode(text).unwrap())
    }

    /// Make blocks on request.
    pub async fn mine(&self, count: u32) -> Value {
        self.ask("dev_mine", json!([count])).await
    }
}

/// The next item of a subscription; `None` at its end.
pub async fn item(subscription: &mut Subscription<Value>) -> Option<Value> {
    let next = tokio::time::timeout(PATIENCE, subscription.next()).await;
    next.expect("an item in time")?.ok()
}

/// The number in a header.
pub fn number(header: &Value) -> u32 {
    let digits = header["number"].as_str().unwrap().strip_prefix("0x").unwrap();
    u32::from_str_radix(digits, 16).unwrap()
}

/// A header from its JSON form.
pub fn header(json: &Value) -> Header {
    let text = |field: &str| json[field].as_str().unwrap();
    let log = |log: &Value| {
        let bytes = const_hex::decode(log.as_str().unwrap()).unwrap();
        DigestItem::decode_all(&mut &bytes[..]).unwrap()
    };
    let logs: Vec<_> = json["digest"]["logs"].as_array().unwrap().iter().map(log).collect();
    Header {
        parent_hash: hash(text("parentHash")),
        number: number(json),
        state_root: hash(text("stateRoot")),
        extrinsics_root: hash(text("extrinsicsRoot")),
        digest: Digest { logs: logs.try_into().unwrap() },
    }
}

/// A hash from its text.
pub fn hash(text: &str) -> Hash256 {
    Hash256(const_hex::decode_to_array(text).unwrap())
}

/// Bytes as text.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    const_hex::encode_prefixed(bytes)
}

fn first_key(value: &Value) -> String {
    value.as_object().and_then(|map| map.keys().next()).cloned().unwrap_or_default()
}

fn array(params: Value) -> ArrayParams {
    let mut array = ArrayParams::new();
    let Value::Array(values) = params else { panic!("parameters are an array: {params}") };
    for value in values {
        array.insert(value).unwrap();
    }
    array
}
