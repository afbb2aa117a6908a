//! A node under attack, and what must hold of it after each one.

use serde_json::{Value, json};

use crate::raw::{self, Socket};
use crate::support::Node;

/// What a node may hold of memory at any time while it is attacked, in KiB: half as much again as it
/// took when this was written, with four of the longest requests at once on a busy machine. Their
/// decoded form is many times their length, and each thread's allocator gives pages back late. At
/// rest it has 12 MiB.
const MEMORY_KIB_MAX: u64 = 544 * 1024;
/// How many cases share a connection: each may leave a subscription behind.
const CASES_PER_CONNECTION: u64 = 500;

/// A node under attack.
pub(crate) struct Target {
    pub(crate) node: Node,
    pub(crate) socket: Socket,
    calls: u64,
}

impl Target {
    pub(crate) fn new(arguments: &[&'static str]) -> Self {
        let node = Node::dev(arguments.iter().copied());
        let socket = Socket::open(node.text("http"));
        Self { node, socket, calls: 0 }
    }

    pub(crate) fn http(&self) -> &str {
        self.node.text("http")
    }

    /// Call a method in one way or the other. The answer is an answer and not an accident.
    pub(crate) fn attack(&mut self, method: &str, params: &Value) -> Value {
        self.calls += 1;
        if self.calls.is_multiple_of(CASES_PER_CONNECTION) {
            self.socket = Socket::open(self.http());
        }
        let over_http = self.calls.is_multiple_of(5);
        let answer = if over_http {
            raw::call(self.http(), method, params)
        } else {
            self.socket.ask(method, params)
        };
        self.socket.waiting.clear();
        let (result, error) = (answer.get("result"), answer.get("error"));
        assert!(result.is_some() != error.is_some(), "{method} {params}: {answer}");
        // A panic in a task is answered like this. HTTP has no subscriptions and says so too.
        let is_feed = ["ubscribe", "Watch", "unwatch"].iter().any(|part| method.contains(part));
        assert!(
            answer["error"]["code"] != -32603 || (over_http && is_feed),
            "{method} {params}: {answer}"
        );
        self.healthy();
        answer
    }

    /// It answers, on the connection there is.
    pub(crate) fn healthy(&mut self) {
        let answer = self.socket.ask("system_health", &json!([]));
        self.socket.waiting.clear();
        assert_eq!(answer["result"]["isSyncing"], false, "{answer}");
    }

    /// It is whole, and ends in order.
    pub(crate) fn end(mut self) {
        self.healthy();
        let memory = peak_memory(self.node.id());
        assert!(memory < MEMORY_KIB_MAX, "it took {memory} KiB");
        drop(self.socket);
        let (status, log) = self.node.interrupt();
        assert!(status.success(), "{status}:\n{log}");
        assert!(!log.contains("panicked"), "{log}");
    }
}

/// The most memory a process ever held, in KiB.
fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
