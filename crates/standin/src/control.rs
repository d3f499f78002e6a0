//! `/__sim/*`: the developer's hand on the stand-in. Clock, faults, and what was seen.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::duration_ms;
use crate::faults::Fault;
use crate::state::StandIn;

/// `POST /__sim/clock {"advance":"49h"}`: moves simulated time on.
pub(crate) async fn advance_clock(State(standin): State<Arc<StandIn>>, body: Bytes) -> Response {
    #[derive(Deserialize)]
    struct Advance {
        advance: String,
    }
    let by_ms = match read::<Advance>(&body) {
        Ok(Advance { advance }) => duration_ms(&advance).ok_or(format!(
            "{advance:?} is no duration; write 49h, 47h59m, 30s or 250ms"
        )),
        Err(problem) => Err(problem),
    };
    match by_ms {
        Ok(by_ms) => {
            standin.clock.advance(by_ms);
            Json(
                json!({ "now_ms": standin.clock.now_ms(), "offset_ms": standin.clock.offset_ms() }),
            )
            .into_response()
        }
        Err(problem) => refuse(&problem),
    }
}

/// `POST /__sim/reset`: as newly started.
pub(crate) async fn reset(State(standin): State<Arc<StandIn>>) -> StatusCode {
    standin.reset();
    StatusCode::NO_CONTENT
}

/// `POST /__sim/fault {"name":"service","for_ms":10000}`: arms a fault.
pub(crate) async fn arm_fault(State(standin): State<Arc<StandIn>>, body: Bytes) -> Response {
    match read::<Fault>(&body) {
        Ok(fault) => {
            standin.books().faults.arm(fault, standin.clock.now_ms());
            (StatusCode::CREATED, faults(State(standin)).await).into_response()
        }
        Err(problem) => refuse(&problem),
    }
}

/// `POST /__sim/quality {"Purchase":7.4}`: what Meta is to say of match quality, by event name.
pub(crate) async fn set_scores(State(standin): State<Arc<StandIn>>, body: Bytes) -> Response {
    match read(&body) {
        Ok(scores) => {
            standin.books().scores = scores;
            StatusCode::NO_CONTENT.into_response()
        }
        Err(problem) => refuse(&problem),
    }
}

/// `GET /__sim/fault`: the armed faults.
pub(crate) async fn faults(State(standin): State<Arc<StandIn>>) -> Json<Value> {
    let now_ms = standin.clock.now_ms();
    Json(json!(standin.books().faults.armed(now_ms)))
}

/// `DELETE /__sim/fault`: disarms all.
pub(crate) async fn clear_faults(State(standin): State<Arc<StandIn>>) -> StatusCode {
    standin.books().faults.clear();
    StatusCode::NO_CONTENT
}

/// Which events are asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct EventsFilter {
    test_event_code: Option<String>,
}

/// `GET /__sim/events`: the newest 1,000 with verdict and lints; `?test_event_code=` gives Meta's test view.
pub(crate) async fn events(
    State(standin): State<Arc<StandIn>>,
    Query(filter): Query<EventsFilter>,
) -> Json<Vec<Value>> {
    let books = standin.books();
    let passes = |event: &&Value| {
        filter
            .test_event_code
            .as_ref()
            .is_none_or(|code| event.get("test_event_code") == Some(&json!(code)))
    };
    Json(books.events.iter().rev().filter(passes).cloned().collect())
}

/// `GET /__sim/requests`: the newest 200 Graph requests, without their tokens.
pub(crate) async fn requests(State(standin): State<Arc<StandIn>>) -> Json<Vec<Value>> {
    Json(standin.books().requests.iter().rev().cloned().collect())
}

/// `GET /__sim/report`: counts per event name and in all, and how the stand-in is set.
pub(crate) async fn report(State(standin): State<Arc<StandIn>>) -> Json<Value> {
    let books = standin.books();
    Json(json!({
        "now_ms": standin.clock.now_ms(),
        "offset_ms": standin.clock.offset_ms(),
        "totals": books.report.totals(),
        "events": books.report.names(),
        "settings": standin.settings,
    }))
}

fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn refuse(problem: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": problem }))).into_response()
}
