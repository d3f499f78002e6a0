//! Which address is answered by what, and what all answers share.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use ipnet::IpNet;
use serde_json::json;

use crate::config::Shop;
use crate::error::Error;
use crate::gate::Gate;
use crate::outbox::Outbox;
use crate::status::Status;
use crate::{receive, respond, webhooks};

/// What the answers need.
pub(crate) struct Relay {
    /// Where events are kept.
    pub(crate) outbox: Arc<dyn Outbox>,
    /// By name; the only shop has none.
    pub(crate) shops: BTreeMap<String, Shop>,
    /// Whose `X-Forwarded-*` headers are believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// What happened lately.
    pub(crate) status: Arc<Status>,
    /// Who may post how often.
    pub(crate) gate: Gate,
    /// And who may report how often: a flood of posts must not keep the shop's own reports out.
    pub(crate) webhook_gate: Gate,
}

impl Relay {
    /// The shop of that name.
    pub(crate) fn shop(&self, name: &str) -> Result<&Shop, Error> {
        self.shops.get(name).ok_or(Error::NotFound)
    }
}

/// The relay as a service for axum.
pub(crate) fn router(relay: Arc<Relay>) -> Router {
    let events = || {
        post(receive::post)
            .options(receive::post)
            .delete(receive::post)
    };
    Router::new()
        .route("/twin/events", events())
        .route("/twin/{shop}/events", events())
        .route("/twin/webhooks/{platform}", post(webhooks::of_only_shop))
        .route("/twin/{shop}/webhooks/{platform}", post(webhooks::of_shop))
        .route("/healthz", get(health))
        .fallback(|| async { Error::NotFound })
        .method_not_allowed_fallback(|| async { Error::MethodNotAllowed })
        // The body is bounded where it is read.
        .layer(DefaultBodyLimit::disable())
        .layer(map_response(respond::guarded))
        .with_state(relay)
}

/// 200 while the outbox can be read: the relay takes events. How it stands is for the admin listener, so the outbox is
/// asked what costs it least: anybody may ask here as often as they like.
async fn health(State(relay): State<Arc<Relay>>) -> Result<Response, Error> {
    relay.outbox.fate("", "", "").await?;
    Ok(respond::json(StatusCode::OK, &json!({"status": "ok"})))
}
