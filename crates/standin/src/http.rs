//! Every address the stand-in answers.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::routing::{get, post};
use tower_http::cors::CorsLayer;

use crate::state::StandIn;
use crate::{api, assets, control, graph, sse, tr};

/// The router, with this stand-in behind it.
pub fn router(standin: Arc<StandIn>) -> Router {
    // The Pixel is called from any shop's page, and sendBeacon comes with credentials.
    let beacon = Router::new()
        .route("/tr", get(tr::beacon).post(tr::beacon))
        .route("/tr/", get(tr::beacon).post(tr::beacon))
        .layer(CorsLayer::very_permissive());
    let api = Router::new()
        .route("/api/conversions", get(api::list).delete(api::clear))
        .layer(CorsLayer::permissive());
    let control = Router::new()
        .route("/__sim/clock", post(control::advance_clock))
        .route("/__sim/reset", post(control::reset))
        .route(
            "/__sim/fault",
            get(control::faults)
                .post(control::arm_fault)
                .delete(control::clear_faults),
        )
        .route("/__sim/events", get(control::events))
        .route("/__sim/requests", get(control::requests))
        .route("/__sim/report", get(control::report))
        .route("/__sim/stream", get(sse::stream));
    Router::new()
        .route("/{version}/{pixel_id}/events", post(graph::versioned))
        .route("/{pixel_id}/events", post(graph::unversioned))
        .route("/{locale}/fbevents.js", get(assets::fbevents))
        .route("/", get(assets::page))
        .route("/page/{file}", get(assets::page_file))
        .route("/look/{file}", get(assets::look_file))
        .merge(beacon)
        .merge(api)
        .merge(control)
        .fallback(not_found)
        .with_state(standin)
}

async fn not_found(uri: Uri) -> (StatusCode, String) {
    (
        StatusCode::NOT_FOUND,
        format!(
            "The stand-in has nothing at {}. See / for what it received.\n",
            uri.path()
        ),
    )
}
