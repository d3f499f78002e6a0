//! The answer to a Graph request: written as Meta writes it, and remembered for the page without the token.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::errors::GraphError;
use super::incoming::Call;
use super::trace;
use crate::faults::Name;
use crate::serve::CloseConnection;
use crate::state::StandIn;

/// How long half of an answer is on its way before the connection ends.
const HALF_TIME: Duration = Duration::from_millis(20);
/// `x-business-use-case-usage`: the wait is in minutes.
const USAGE: &str = r#"{"1234567890":[{"type":"ads_management","call_count":100,"total_cputime":25,"total_time":25,"estimated_time_to_regain_access":5}]}"#;

/// What is answered.
#[derive(Debug)]
pub(crate) enum Answer {
    /// 200, with this many events received.
    Accepted {
        /// Accepted, not counted: twins are in it.
        events: usize,
    },
    /// An error.
    Refused(GraphError),
    /// A page of HTML with status 502, as a proxy in between would send.
    Html,
    /// No answer: the connection is reset.
    Dropped,
    /// The first half of an [`Answer::Accepted`], and the connection ends.
    Cut {
        /// As there.
        events: usize,
    },
}

/// An answer and how it is sent.
#[derive(Debug)]
pub(crate) struct Reply {
    /// What is answered.
    pub(crate) answer: Answer,
    /// The Graph version that answers.
    pub(crate) version: String,
    /// More than the usual wait.
    pub(crate) delay_ms: u64,
    /// Whether the header about rate limits is sent.
    pub(crate) tells_usage: bool,
}

impl Reply {
    /// Waits as long as Meta would, and answers.
    pub(crate) async fn send(self, standin: &StandIn) -> Response {
        tokio::time::sleep(Duration::from_millis(
            standin.settings.latency_ms.saturating_add(self.delay_ms),
        ))
        .await;
        let trace_id = trace::trace_id();
        let (status, body) = match &self.answer {
            Answer::Accepted { events } | Answer::Cut { events } => (
                200,
                json!({ "events_received": events, "messages": [], "fbtrace_id": trace_id }),
            ),
            Answer::Refused(error) => {
                (error.status, error.body(standin.settings.locale, &trace_id))
            }
            Answer::Html => return html(),
            Answer::Dropped => {
                let mut response = StatusCode::OK.into_response();
                response.extensions_mut().insert(CloseConnection);
                return response;
            }
        };
        let mut response = Response::builder()
            .status(status)
            .header(CONTENT_TYPE, "application/json; charset=UTF-8")
            .header("x-fb-trace-id", trace_id)
            .header("cache-control", "no-store");
        if !self.version.is_empty() {
            response = response.header("facebook-api-version", self.version);
        }
        if self.tells_usage {
            response = response.header("x-business-use-case-usage", USAGE);
        }
        let body = body.to_string();
        let response = match self.answer {
            Answer::Cut { .. } => response
                .header(CONTENT_LENGTH, body.len())
                .body(half(&body)),
            _ => response.body(Body::from(body)),
        };
        // Only a status that is none, from an armed fault, cannot be built.
        response.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }

    /// The entry of `/__sim/requests`. Says where the token was, never the token.
    pub(crate) fn logged(
        &self,
        call: &Call,
        events: usize,
        fault: Option<Name>,
        now_ms: i64,
    ) -> Value {
        let error = match &self.answer {
            Answer::Refused(error) => Some(error),
            _ => None,
        };
        let status = match &self.answer {
            Answer::Accepted { .. } | Answer::Cut { .. } => Some(200),
            Answer::Refused(error) => Some(error.status),
            Answer::Html => Some(502),
            Answer::Dropped => None,
        };
        let meaning = match &self.answer {
            Answer::Accepted { .. } => None,
            Answer::Refused(error) => Some(error.meaning()),
            Answer::Html => {
                Some("A proxy's error page instead of JSON: send the same events again later.")
            }
            Answer::Dropped | Answer::Cut { .. } => Some(
                "The events were stored, but the connection broke: send them again with the same event_id.",
            ),
        };
        json!({
            "time_ms": now_ms,
            "path": call.path,
            "pixel_id": call.pixel_id,
            "token": call.token.as_ref().map(|(place, _)| place),
            "events": events,
            "status": status,
            "error_code": error.map(|error| error.code),
            "error_subcode": error.and_then(|error| error.subcode),
            "error_message": error.map(|error| &error.message),
            "error_user_msg": error.and_then(|error| error.user.as_ref()).map(|user| user.in_locale(crate::config::Locale::En).1),
            "meaning": meaning,
            "fault": fault,
            "lints": call.lints,
        })
    }
}

/// As long as the whole one by its header, so that whoever reads it waits for the rest until the connection ends.
fn half(body: &str) -> Body {
    let half = body.get(..body.len() / 2).unwrap_or_default().to_owned();
    let (pen, paper) = mpsc::channel(1);
    tokio::spawn(async move {
        // It is sent once the rest is waited for.
        if pen.send(Ok::<_, Infallible>(half)).await.is_ok() {
            tokio::time::sleep(HALF_TIME).await;
        }
    });
    Body::from_stream(ReceiverStream::new(paper))
}

fn html() -> Response {
    let page = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
    (
        StatusCode::BAD_GATEWAY,
        [(CONTENT_TYPE, "text/html; charset=utf-8")],
        page,
    )
        .into_response()
}
