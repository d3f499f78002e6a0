//! `POST /twin/events`: the straight line from a post to the outbox. Read this first.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::time::timeout;
use twin_core::accept::{self, Accepted, Client, Clock};
use twin_core::notice::Notices;

use crate::client::Caller;
use crate::clock;
use crate::error::Error;
use crate::origin::{self, Standing};
use crate::respond::{self, Refusal};
use crate::router::Relay;
use crate::set_cookie::{self, Posted};

/// Largest body, in bytes.
pub(crate) const MAX_BODY_BYTES: usize = 256 * 1024;
/// A body is read up to here, in bytes, so that whoever posts hears that it is too large.
const MAX_DROPPED_BYTES: usize = 16 * MAX_BODY_BYTES;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a browser may remember the answer to a preflight, in seconds.
const PREFLIGHT_MAX_AGE_S: &str = "3600";

/// Takes the events of a post. 202: all of them are on the disk.
pub(crate) async fn post(
    State(relay): State<Arc<Relay>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let caller = Caller::read(peer.ip(), &headers, &relay.trusted_proxies);
    let standing = origin::judge(&headers, caller.host.as_deref(), &relay.allowed_origins);
    let mut response = match standing {
        Standing::Refused => Error::OriginRefused.into_response(),
        _ => receive(&relay, &caller, &standing, &headers, body)
            .await
            .unwrap_or_else(IntoResponse::into_response),
    };
    standing.mark(response.headers_mut());
    response
}

/// Answers a browser that asks whether a page of another origin may post.
pub(crate) async fn preflight(
    State(relay): State<Arc<Relay>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let caller = Caller::read(peer.ip(), &headers, &relay.trusted_proxies);
    let standing = origin::judge(&headers, caller.host.as_deref(), &relay.allowed_origins);
    let mut response = match standing {
        Standing::Refused => Error::OriginRefused.into_response(),
        _ => StatusCode::NO_CONTENT.into_response(),
    };
    let answer = response.headers_mut();
    if matches!(standing, Standing::Allowed { .. }) {
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
            (header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_MAX_AGE_S),
        ] {
            answer.insert(name, HeaderValue::from_static(value));
        }
    }
    standing.mark(answer);
    response
}

async fn receive(
    relay: &Relay,
    caller: &Caller,
    standing: &Standing,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let bytes = read(body).await?;
    let body: Value = serde_json::from_slice(&bytes).map_err(|error| Error::NotJson {
        line: error.line(),
        column: error.column(),
    })?;
    let now_s = clock::now_s();
    let clock = Clock {
        now_s,
        skew_s: accept::skew_s(&body, now_s),
    };
    let events = match accept::events(body) {
        Ok(events) => events,
        Err(notice) => return Ok(respond::refused(&notice)),
    };
    let Sorted {
        accepted,
        refusals,
        posted,
    } = sort(events, caller, clock);
    let kept = accepted.len();
    if kept > 0 {
        relay.outbox.keep(&relay.pixel_id, accepted).await?;
    }
    tracing::debug!(kept, refused = refusals.len(), "received");
    let mut response = respond::received(kept, &refusals);
    for cookie in set_cookie::refresh(headers, caller, standing.page_host(), &posted) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Reads the body, whatever its content type: `sendBeacon` posts JSON as text/plain.
async fn read(body: Body) -> Result<Vec<u8>, Error> {
    let read = timeout(BODY_TIMEOUT, collect(body)).await;
    read.map_err(|_| Error::BodyTimeout)?
}

/// A body that is too large is read on for a while and dropped: a browser that is cut off while it posts sees a network
/// error instead of our answer, and would post the same again.
async fn collect(mut body: Body) -> Result<Vec<u8>, Error> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Error::BodyBroken)?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        length += data.len();
        if length > MAX_DROPPED_BYTES {
            return Err(Error::TooLarge);
        }
        if length <= MAX_BODY_BYTES {
            bytes.extend_from_slice(data);
        }
    }
    if length > MAX_BODY_BYTES {
        return Err(Error::TooLarge);
    }
    Ok(bytes)
}

/// The events of a post, each judged on its own.
struct Sorted {
    accepted: Vec<Accepted>,
    refusals: Vec<Refusal>,
    /// What the accepted ones say of the browser.
    posted: Posted,
}

fn sort(events: Vec<Value>, caller: &Caller, clock: Clock) -> Sorted {
    let ip_address = caller.ip_address.to_string();
    let client = Client {
        ip_address: &ip_address,
        user_agent: &caller.user_agent,
    };
    let mut sorted = Sorted {
        accepted: Vec::new(),
        refusals: Vec::new(),
        posted: Posted::default(),
    };
    for (index, event) in events.into_iter().enumerate() {
        let posted = Posted::of(&event);
        let mut notes = Notices::new();
        if let Some(accepted) = accept::event(event, client, clock, &mut notes) {
            sorted.accepted.push(accepted);
            sorted.posted.update(posted);
        } else {
            let first = notes.into_vec().into_iter().next();
            sorted
                .refusals
                .extend(first.map(|notice| Refusal { index, notice }));
        }
    }
    sorted
}
