//! What a node says when it is ready.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::options::{NodeOptions, VerifierName, Witnesses};
use crate::service::{RunningNode, Threads};

/// The address by which this machine reaches a server that listens on `address`.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    SocketAddr::new(host, address.port())
}

/// Print the banner on standard error.
pub(super) fn print(node: &RunningNode, options: &NodeOptions, (state, took): (&str, Duration)) {
    let spec = node.chain.spec();
    let address = reachable(node.rpc_address());
    let head = node.chain.head();
    let runtime = node.chain.runtime().version();
    let workers = match options.workers {
        Threads::Cores => "one worker a core".to_owned(),
        Threads::Count(count) => format!("{count} workers"),
        Threads::Serial => "serial execution".to_owned(),
    };
    let mut lines = vec![
        format!("althing-node {}  ready in {} ms", env!("CARGO_PKG_VERSION"), took.as_millis()),
        String::new(),
        format!("  RPC         http://{address}   ws://{address}"),
        format!("  Chain       {}   genesis {}", spec.id, node.chain.genesis()),
        format!("  Runtime     {} {}   {workers}", runtime.spec_name, runtime.spec_version),
        format!("  Head        #{} {}", head.number, head.hash),
        format!("  Governance  {}", spec.governance),
        format!("  State       {state}"),
    ];
    lines.extend(signatures(options));
    match &node.controls {
        Some(controls) => {
            lines.push(format!("  Sealing     {}   (more: dev_mine over RPC)", controls.seal()));
        }
        None => lines.push("  Sealing     none: this chain's blocks need votes".to_owned()),
    }
    if !spec.members.is_empty() {
        lines.push(String::new());
        let symbol = &spec.properties.token_symbol;
        for (index, member) in spec.members.iter().enumerate() {
            let title = if index == 0 { "Members" } else { "" };
            let (name, address, scheme) = (&member.name, &member.address, &member.scheme);
            let balance = member.balance.trim_end_matches('0').trim_end_matches('.');
            lines.push(format!("  {title:<10}  {name:<6} {address}  {balance} {symbol}  {scheme}"));
        }
        if node.controls.is_some() {
            lines.extend([
                String::new(),
                "  Names work as accounts on this chain only.   Stop: Ctrl-C".to_owned(),
                "  ! Keys of these accounts are public. Never use them elsewhere.".to_owned(),
            ]);
        }
    }
    lines.push(String::new());
    // A closed standard error is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{}", lines.join("\n"));
}

/// What is done with signatures, unless it is what every node does that is not told otherwise.
fn signatures(options: &NodeOptions) -> Option<String> {
    let verifier = match (options.checks.verifier, options.prune_witnesses) {
        (VerifierName::Fast, Witnesses(None)) => return None,
        (VerifierName::Fast, _) => "fast",
        (VerifierName::Canonical, _) => "canonical",
    };
    let kept = match options.prune_witnesses {
        Witnesses(None) => "all kept".to_owned(),
        Witnesses(Some(blocks)) => format!("last {blocks} blocks kept"),
    };
    Some(format!("  Signatures  {verifier} verifier, {kept}"))
}
