//! Which address is answered by what, and what all answers share.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use ipnet::IpNet;
use serde_json::json;

use crate::error::Error;
use crate::origin::Origin;
use crate::outbox::Outbox;
use crate::{receive, respond};

/// What the answers need.
pub(crate) struct Relay {
    /// Where events are kept.
    pub(crate) outbox: Outbox,
    /// The pixel they are for.
    pub(crate) pixel_id: String,
    /// Who may post from a page of another origin.
    pub(crate) allowed_origins: Vec<Origin>,
    /// Whose `X-Forwarded-*` headers are believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
}

/// The relay as a service for axum.
pub(crate) fn router(relay: Relay) -> Router {
    Router::new()
        .route(
            "/twin/events",
            post(receive::post).options(receive::preflight),
        )
        .route("/healthz", get(health))
        .fallback(|| async { Error::NotFound })
        .method_not_allowed_fallback(|| async { Error::MethodNotAllowed })
        // The body is bounded where it is read.
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(relay))
}

/// How the outbox stands; 503 when it can't be read.
async fn health(State(relay): State<Arc<Relay>>) -> Result<Response, Error> {
    let counts = relay.outbox.counts().await?;
    let body = json!({
        "status": "ok",
        "waiting": counts.waiting,
        "rejected": counts.rejected,
        "oldest_waiting_s": counts.oldest_waiting_s,
    });
    Ok(respond::json(StatusCode::OK, &body))
}
