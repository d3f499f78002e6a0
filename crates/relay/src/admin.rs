//! The second listener, for the operator: status page, metrics, readiness and dead letters. Only for whoever shows the token.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use subtle::ConstantTimeEq as _;

use crate::config::token::Secret;
use crate::error::Error;
use crate::graph::Graph;
use crate::outbox::{Outbox, Which};
use crate::standing::{Illness, Standing};
use crate::status::meta::Meta;
use crate::status::{Status, page};
use crate::{meters, respond};

/// What the answers need.
pub(crate) struct Office {
    /// What whoever asks must show.
    pub(crate) token: Secret,
    /// Where events are kept.
    pub(crate) outbox: Arc<dyn Outbox>,
    /// How the pixels stand.
    pub(crate) standing: Arc<Standing>,
    /// What happened lately.
    pub(crate) status: Arc<Status>,
    /// The way to Meta, by pixel.
    pub(crate) graphs: BTreeMap<Arc<str>, Arc<Graph>>,
    /// Meta's own figures.
    pub(crate) meta: Meta,
    /// What was counted.
    pub(crate) metrics: PrometheusHandle,
}

/// The admin listener as a service for axum.
pub(crate) fn router(office: Office) -> Router {
    let office = Arc::new(office);
    Router::new()
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .route("/status", get(page::once))
        .route("/status/stream", get(page::stream))
        .route("/status/meta", get(page::meta))
        .route("/dead-letters", get(list).delete(purge_all))
        .route("/dead-letters/retry", post(retry_all))
        .route("/dead-letters/{id}", get(show).delete(purge))
        .route("/dead-letters/{id}/retry", post(retry))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&office),
            only_with_token,
        ))
        .route("/", get(page::page))
        .route(
            "/healthz",
            get(|| async { respond::json(StatusCode::OK, &json!({"status": "ok"})) }),
        )
        .fallback(|| async { Error::NotFound })
        .layer(middleware::map_response(guarded))
        .with_state(office)
}

async fn guarded(response: Response) -> Response {
    let mut response = respond::guarded(response).await;
    page::guard(&mut response);
    response
}

async fn only_with_token(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    let shown = headers.get(header::AUTHORIZATION);
    let shown = shown.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let is_known = shown.is_some_and(|token| token.ct_eq(office.token.bytes()).into());
    if is_known {
        next.run(request).await
    } else {
        Error::TokenWrong.into_response()
    }
}

/// 503 when somebody has to act: the outbox can't be read, or Meta takes nothing for a pixel.
async fn readiness(State(office): State<Arc<Office>>) -> Result<Response, Error> {
    let counts = office.outbox.counts().await?;
    let pixels: BTreeMap<Arc<str>, Illness> = office.standing.now();
    let is_ready = !pixels.values().any(|illness| illness.trouble.needs_help());
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let troubles: BTreeMap<&str, &Illness> = pixels
        .iter()
        .map(|(pixel_id, illness)| (&**pixel_id, illness))
        .collect();
    let body = json!({"ready": is_ready, "outbox": counts, "troubles": troubles});
    Ok(respond::json(status, &body))
}

async fn metrics(State(office): State<Arc<Office>>) -> Result<String, Error> {
    meters::outbox(&office.outbox.counts().await?);
    Ok(office.metrics.render())
}

async fn list(State(office): State<Arc<Office>>) -> Result<Response, Error> {
    let letters = office.outbox.set_aside(Which::All).await?;
    Ok(respond::json(
        StatusCode::OK,
        &json!({"dead_letters": letters}),
    ))
}

async fn show(State(office): State<Arc<Office>>, Path(id): Path<i64>) -> Result<Response, Error> {
    let letter = office.outbox.set_aside(Which::One(id)).await?.pop();
    let letter = letter.ok_or(Error::NotFound)?;
    Ok(respond::json(StatusCode::OK, &json!(letter)))
}

async fn retry_all(State(office): State<Arc<Office>>) -> Result<Response, Error> {
    let events = office.outbox.retry(Which::All).await?;
    Ok(respond::json(StatusCode::OK, &json!({"events": events})))
}

async fn retry(State(office): State<Arc<Office>>, Path(id): Path<i64>) -> Result<Response, Error> {
    let events = office.outbox.retry(Which::One(id)).await?;
    Ok(respond::json(StatusCode::OK, &json!({"events": events})))
}

async fn purge_all(State(office): State<Arc<Office>>) -> Result<Response, Error> {
    let events = office.outbox.purge(Which::All).await?;
    Ok(respond::json(StatusCode::OK, &json!({"events": events})))
}

async fn purge(State(office): State<Arc<Office>>, Path(id): Path<i64>) -> Result<Response, Error> {
    let events = office.outbox.purge(Which::One(id)).await?;
    Ok(respond::json(StatusCode::OK, &json!({"events": events})))
}
