//! The status page and what it reads: a page of one file, without anything in it, and the figures for whoever shows the
//! admin token.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde_json::{Value, json};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::admin::Office;
use crate::error::Error;
use crate::respond;

/// Built by `scripts/status-page.mjs`. Its own policy, in a `<meta>`, names the hashes of its one script and style.
const PAGE: &str = include_str!("../../page/status.html");
/// How often the page hears of what has changed.
const EVERY: Duration = Duration::from_secs(1);
/// Every how many times it gets the last 24 hours, too.
const HISTORY_EVERY: u64 = 5;

/// `GET /`: no token, since there is nothing in it.
pub(crate) async fn page() -> Response {
    Html(PAGE).into_response()
}

/// The page's own headers in the place of those that all other answers have.
pub(crate) fn guard(response: &mut Response) {
    let headers = response.headers_mut();
    let is_page = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        let policy = HeaderValue::from_static("frame-ancestors 'none'");
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

/// `GET /status`: all of it, once.
pub(crate) async fn once(State(office): State<Arc<Office>>) -> Result<Response, Error> {
    let mut all = now(&office).await?;
    if let Some(all) = all.as_object_mut() {
        all.insert("history".into(), office.status.history());
    }
    Ok(respond::json(StatusCode::OK, &all))
}

/// How things stand now.
async fn now(office: &Office) -> Result<Value, Error> {
    let counts = office.outbox.counts().await?;
    let pixels: Vec<Value> = office
        .graphs
        .keys()
        .map(|pixel_id| {
            let illness = office.standing.now().remove(pixel_id);
            json!({"pixel_id": **pixel_id, "illness": illness})
        })
        .collect();
    let mut now = office.status.latest();
    if let Some(now) = now.as_object_mut() {
        now.insert("outbox".into(), json!(counts));
        now.insert("pixels".into(), pixels.into());
    }
    Ok(now)
}

/// What a listener was told last.
struct Told {
    office: Arc<Office>,
    ticks: Interval,
    count: u64,
    last: Value,
}

/// `GET /status/stream`: `now` when it has changed, `history` now and then, `unreadable` while the outbox can't be read.
pub(crate) async fn stream(
    State(office): State<Arc<Office>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let told = Told {
        office,
        ticks,
        count: 0,
        last: Value::Null,
    };
    Sse::new(unfold(told, |mut told| async {
        loop {
            // Twice as often, by turns.
            let is_history = told.count % (HISTORY_EVERY + 1) == 1;
            told.count += 1;
            if is_history {
                let event = Event::default().event("history");
                let history = told.office.status.history();
                return Some((Ok(event.data(history.to_string())), told));
            }
            told.ticks.tick().await;
            let (name, news) = match now(&told.office).await {
                Ok(now) => ("now", now),
                Err(_) => ("unreadable", json!({})),
            };
            if news != told.last {
                let event = Event::default().event(name).data(news.to_string());
                told.last = news;
                return Some((Ok(event), told));
            }
        }
    }))
    .keep_alive(KeepAlive::new().interval(Duration::from_secs(5)))
}

/// `GET /status/meta`: Meta's own figures of each pixel, where its token may read them.
pub(crate) async fn meta(State(office): State<Arc<Office>>) -> Response {
    let mut figures = Vec::new();
    for (pixel_id, graph) in &office.graphs {
        let read = office.meta.read(pixel_id, graph).await;
        figures.push(match read {
            Ok(events) => json!({"pixel_id": **pixel_id, "events": events}),
            Err(problem) => json!({"pixel_id": **pixel_id, "problem": problem}),
        });
    }
    respond::json(StatusCode::OK, &json!({"pixels": figures}))
}
