//! Registering methods under all their names.

use std::sync::Arc;

use althing_primitives::Hash256;
use jsonrpsee::core::server::ConnectionId;
use jsonrpsee::server::SubscriptionCloseResponse;
use jsonrpsee::types::{ErrorObjectOwned, Params};
use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::failure::Failure;
use super::gate::Gate;
use crate::chain::Head;
use crate::pool::Source;

/// What a method answers.
pub(super) type Answer = Result<Value, Failure>;

/// What is asked of the rows after a block, and of which block.
pub(super) type Asked<A> = Result<(A, Option<Hash256>), Failure>;

/// Whom the pool takes a connection for.
pub(super) fn source(ConnectionId(number): ConnectionId) -> Source {
    Source::connection(number as u64)
}

/// The methods registered so far.
#[derive(Debug)]
pub(super) struct Methods {
    module: RpcModule<Context>,
    gate: Arc<Gate>,
}

impl Methods {
    pub(super) fn new(context: Context) -> Self {
        Self { module: RpcModule::new(context), gate: Arc::new(Gate::new()) }
    }

    /// A method that answers at once, from memory.
    pub(super) fn quick(
        &mut self,
        names: &[&'static str],
        answer: fn(&Context, &mut Arguments) -> Answer,
    ) -> Result<(), RpcError> {
        let Some((name, aliases)) = names.split_first() else { return Ok(()) };
        self.module.register_method(name, move |params, context, _: &Extensions| {
            Ok::<Value, ErrorObjectOwned>(answer(context, &mut Arguments::of(&params)?)?)
        })?;
        self.aliases(name, aliases)
    }

    /// A method that answers at once from a few rows after a recent block. `read` takes the
    /// parameters apart; only a block that is not in memory is looked for on a thread of its own.
    pub(super) fn rows<A, T>(
        &mut self,
        names: &[&'static str],
        read: fn(&mut Arguments) -> Asked<A>,
        answer: fn(&Context, &Head, A) -> Result<T, Failure>,
    ) -> Result<(), RpcError>
    where
        A: Send + 'static,
        T: Clone + Serialize + Send + 'static,
    {
        let Some((name, aliases)) = names.split_first() else { return Ok(()) };
        self.module.register_async_method(name, move |params, context, _| {
            let asked = Arguments::of(&params).and_then(|mut given| read(&mut given));
            async move {
                let (asked, at) = asked?;
                let head = context.snapshot(at).await?;
                Ok::<T, ErrorObjectOwned>(answer(&context, &head, asked)?)
            }
        })?;
        self.aliases(name, aliases)
    }

    /// A method that may read from disk or work for a while: it goes through the gate and has a
    /// thread of its own, on which its answer becomes text as well.
    pub(super) fn slow(
        &mut self,
        names: &[&'static str],
        answer: fn(&Context, &mut Arguments) -> Answer,
    ) -> Result<(), RpcError> {
        let Some((name, aliases)) = names.split_first() else { return Ok(()) };
        let gate = Arc::clone(&self.gate);
        self.module.register_async_method(name, move |params, context, extensions| {
            let (gate, length) = (Arc::clone(&gate), length(&params));
            let arguments = Arguments::of(&params);
            let connection = extensions.get().map_or(0, |id: &ConnectionId| id.0);
            async move {
                let mut arguments = arguments?;
                let pass = gate.enter(connection, length).await?;
                let work = move || {
                    let answered = answer(&context, &mut arguments);
                    let written = answered.and_then(|value| {
                        to_raw_value(&value).map_err(|error| Failure::internal(&error))
                    });
                    drop(pass);
                    written
                };
                let done = tokio::task::spawn_blocking(work).await;
                let written = done.map_err(|error| Failure::internal(&error))?;
                Ok::<Box<RawValue>, ErrorObjectOwned>(written?)
            }
        })?;
        self.aliases(name, aliases)
    }

    /// A method that waits for something.
    pub(super) fn waiting<F>(
        &mut self,
        names: &[&'static str],
        answer: fn(Arc<Context>, Arguments) -> F,
    ) -> Result<(), RpcError>
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let Some((name, aliases)) = names.split_first() else { return Ok(()) };
        self.module.register_async_method(name, move |params, context, _| {
            let arguments = Arguments::of(&params);
            async move { Ok::<Value, ErrorObjectOwned>(answer(context, arguments?).await?) }
        })?;
        self.aliases(name, aliases)
    }

    /// A method that waits for something and asks who calls.
    pub(super) fn waiting_for<F>(
        &mut self,
        names: &[&'static str],
        answer: fn(Arc<Context>, Source, Arguments) -> F,
    ) -> Result<(), RpcError>
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let Some((name, aliases)) = names.split_first() else { return Ok(()) };
        self.module.register_async_method(name, move |params, context, extensions| {
            let arguments = Arguments::of(&params);
            let source = extensions.get().map_or(Source::LOCAL, |id| source(*id));
            async move { Ok::<Value, ErrorObjectOwned>(answer(context, source, arguments?).await?) }
        })?;
        self.aliases(name, aliases)
    }

    /// A subscription, with the names to begin it, its notification, and the names to end it.
    pub(super) fn subscription<F>(
        &mut self,
        begin: &[&'static str],
        (notification, end): (&'static str, &[&'static str]),
        feed: fn(Arc<Context>, Result<Arguments, Failure>, PendingSubscriptionSink) -> F,
    ) -> Result<(), RpcError>
    where
        F: Future<Output = SubscriptionCloseResponse> + Send + 'static,
    {
        let (Some((name, aliases)), Some((end_name, end_aliases))) =
            (begin.split_first(), end.split_first())
        else {
            return Ok(());
        };
        self.module.register_subscription(
            name,
            notification,
            end_name,
            move |params, pending, context, _| feed(context, Arguments::of(&params), pending),
        )?;
        self.aliases(name, aliases)?;
        self.aliases(end_name, end_aliases)
    }

    fn aliases(&mut self, name: &'static str, aliases: &[&'static str]) -> Result<(), RpcError> {
        for alias in aliases {
            self.module.register_alias(alias, name)?;
        }
        Ok(())
    }

    /// All methods, and `rpc_methods` that names them.
    pub(super) fn finish(mut self) -> Result<RpcModule<Context>, RpcError> {
        let mut names: Vec<&str> = self.module.method_names().collect();
        names.push("rpc_methods");
        names.sort_unstable();
        let names = serde_json::json!({ "methods": names });
        self.module.register_method("rpc_methods", move |_, _, _: &Extensions| names.clone())?;
        Ok(self.module)
    }
}

fn length(params: &Params<'_>) -> usize {
    params.as_str().map_or(0, str::len)
}
