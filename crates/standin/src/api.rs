//! `/api/conversions`: what was counted, one row per conversion.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde_json::Value;

use crate::rows::{self, Filter};
use crate::state::StandIn;

/// `GET`: newest first; `?pixel_id=`, `?event_name=`, `?limit=`.
pub(crate) async fn list(
    State(standin): State<Arc<StandIn>>,
    Query(filter): Query<Filter>,
) -> Json<Vec<Value>> {
    Json(rows::rows(&standin.books().ledger, &filter))
}

/// `DELETE`: forgets everything received, the lists of events and requests included.
pub(crate) async fn clear(State(standin): State<Arc<StandIn>>) -> StatusCode {
    standin.clear();
    StatusCode::NO_CONTENT
}
