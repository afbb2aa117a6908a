//! Registering methods under all their names.

use std::sync::Arc;

use jsonrpsee::types::ErrorObjectOwned;
use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule};
use serde_json::Value;

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::failure::Failure;

/// What a method answers.
pub(super) type Answer = Result<Value, Failure>;

/// The methods registered so far.
#[derive(Debug)]
pub(super) struct Methods(RpcModule<Context>);

impl Methods {
    pub(super) fn new(context: Context) -> Self {
        Self(RpcModule::new(context))
    }

    /// A method that answers at once, from memory.
    pub(super) fn quick(
        &mut self,
        names: &[&'static str],
        answer: fn(&Context, &mut Arguments) -> Answer,
    ) -> Result<(), RpcError> {
        let Some((name, aliases)) = names.split_first() else { return Ok(()) };
        self.0.register_method(name, move |params, context, _: &Extensions| {
            Ok::<Value, ErrorObjectOwned>(answer(context, &mut Arguments::of(&params)?)?)
        })?;
        self.aliases(name, aliases)
    }

    /// A method that may read from disk or work for a while: it has a thread of its own.
    pub(super) fn slow(
        &mut self,
        names: &[&'static str],
        answer: fn(&Context, &mut Arguments) -> Answer,
    ) -> Result<(), RpcError> {
        let Some((name, aliases)) = names.split_first() else { return Ok(()) };
        self.0.register_blocking_method(name, move |params, context, _| {
            Ok::<Value, ErrorObjectOwned>(answer(&context, &mut Arguments::of(&params)?)?)
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
        self.0.register_async_method(name, move |params, context, _| {
            let arguments = Arguments::of(&params);
            async move { Ok::<Value, ErrorObjectOwned>(answer(context, arguments?).await?) }
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
        F: Future<Output = ()> + Send + 'static,
    {
        let (Some((name, aliases)), Some((end_name, end_aliases))) =
            (begin.split_first(), end.split_first())
        else {
            return Ok(());
        };
        self.0.register_subscription(
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
            self.0.register_alias(alias, name)?;
        }
        Ok(())
    }

    /// All methods, and `rpc_methods` that names them.
    pub(super) fn finish(mut self) -> Result<RpcModule<Context>, RpcError> {
        let mut names: Vec<&str> = self.0.method_names().collect();
        names.push("rpc_methods");
        names.sort_unstable();
        let names = serde_json::json!({ "methods": names });
        self.0.register_method("rpc_methods", move |_, _, _: &Extensions| names.clone())?;
        Ok(self.0)
    }
}
