//! `POST /twin/events`: the straight line from a post to the outbox. Read this first.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use twin_core::accept::{self, Accepted, Client, Clock};
use twin_core::notice::{Code, Notice, Notices};

use crate::client::Caller;
use crate::config::Shop;
use crate::config::rules::is_test_code;
use crate::error::Error;
use crate::origin::{self, Standing};
use crate::outbox::{Intake, Kept, Source};
use crate::respond::{self, Refusal};
use crate::router::Relay;
use crate::set_cookie::{self, Posted};
use crate::{clock, meters, read_body};

/// Largest body, in bytes.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// How long a browser may remember the answer to a preflight, in seconds.
const PREFLIGHT_MAX_AGE_S: &str = "3600";

/// Takes the events of a post. 202: all of them are on the disk.
pub(crate) async fn post(
    State(relay): State<Arc<Relay>>,
    shop: Option<Path<String>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    method: Method,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let start = Instant::now();
    let name = shop.map_or_else(String::new, |Path(name)| name);
    let response = answer(&relay, &name, peer, &method, &headers, body)
        .await
        .unwrap_or_else(IntoResponse::into_response);
    meters::answered(response.status().as_u16(), start.elapsed().as_secs_f64());
    response
}

async fn answer(
    relay: &Relay,
    name: &str,
    peer: SocketAddr,
    method: &Method,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let shop = relay.shop(name)?;
    let caller = Caller::read(peer.ip(), headers, &relay.trusted_proxies);
    let standing = origin::judge(headers, caller.host.as_deref(), &shop.allowed_origins);
    let mut response = match (&standing, method) {
        (Standing::Refused, _) => Error::OriginRefused.into_response(),
        (_, &Method::OPTIONS) => preflight(&standing),
        (_, &Method::DELETE) => forget(&caller, &standing),
        _ => receive(relay, shop, &caller, &standing, headers, body)
            .await
            .unwrap_or_else(IntoResponse::into_response),
    };
    standing.mark(response.headers_mut());
    Ok(response)
}

/// Answers a browser that asks whether a page of another origin may post.
fn preflight(standing: &Standing) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let answer = response.headers_mut();
    if standing.shown().is_some() {
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "POST, DELETE"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
            (header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_MAX_AGE_S),
        ] {
            answer.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

/// The visitor has taken consent back: nothing is remembered of this browser.
fn forget(caller: &Caller, standing: &Standing) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if !standing.has_cookies() {
        return response;
    }
    for cookie in set_cookie::forget(caller) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn receive(
    relay: &Relay,
    shop: &Shop,
    caller: &Caller,
    standing: &Standing,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    relay.gate.pass(caller.ip_address, &shop.name)?;
    if !is_json(headers) {
        return Err(Error::TypeUnsupported);
    }
    let bytes = read_body::whole(body, MAX_BODY_BYTES).await?;
    let body: Value = serde_json::from_slice(&bytes).map_err(Error::not_json)?;
    let code = test_event_code(&body);
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
    } = sort(events, shop, caller, clock);
    let kept = accepted.len();
    if kept > 0 {
        relay.outbox.keep(intake(shop, &accepted, code)).await?;
    }
    meters::accepted("browser", kept, refusals.len());
    relay.status.accepted(&accepted, "browser", refusals.len());
    tracing::debug!(kept, refused = refusals.len(), "received");
    let mut response = respond::received(kept, &refusals);
    if !standing.has_cookies() {
        return Ok(response);
    }
    for cookie in set_cookie::refresh(headers, caller, standing.page_host(), &posted) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// JSON, or text as `sendBeacon` calls it, or nothing said; and not compressed, so that no small body can be a huge one.
fn is_json(headers: &HeaderMap) -> bool {
    let essence = |value: &HeaderValue| {
        let text = value.to_str().unwrap_or_default();
        let essence = text.split(';').next().unwrap_or_default().trim();
        essence.to_ascii_lowercase()
    };
    let kind = headers.get(header::CONTENT_TYPE).map(essence);
    kind.is_none_or(|kind| matches!(kind.as_str(), "application/json" | "text/plain"))
        && !headers.contains_key(header::CONTENT_ENCODING)
}

/// The code of Events Manager's test page, from the inspector's switch. What can't be one is left out: no event is lost for
/// it, and Meta would refuse them all.
pub(crate) fn test_event_code(body: &Value) -> Option<Arc<str>> {
    let code = body.get("test_event_code")?.as_str()?;
    (!code.is_empty() && is_test_code(code)).then(|| code.into())
}

/// Every event for each pixel that takes it. A Purchase waits for its other half where the shop reports orders, too.
pub(crate) fn intake(shop: &Shop, accepted: &[Arc<Accepted>], code: Option<Arc<str>>) -> Intake {
    let mut events = Vec::new();
    for event in accepted {
        let is_reported = event.event_name == "Purchase" && !shop.webhooks.is_empty();
        let takes = shop
            .pixels
            .iter()
            .filter(|pixel| pixel.takes(&event.event_name));
        events.extend(takes.map(|pixel| Kept {
            pixel_id: Arc::clone(&pixel.id),
            event: Arc::clone(event),
            source: Source::Browser,
            expected: Source::Browser.bit() | if is_reported { Source::Shop.bit() } else { 0 },
            hold_ms: if is_reported { shop.hold_ms } else { 0 },
            test_event_code: code.clone(),
        }));
    }
    Intake {
        events,
        ..Intake::default()
    }
}

/// Whether the value is one that the shop holds possible. Anybody can post, and bidding follows what they claim.
fn is_plausible(event: &Accepted, shop: &Shop) -> bool {
    #[derive(Deserialize)]
    struct Valued {
        custom_data: Option<Worth>,
    }
    #[derive(Deserialize)]
    struct Worth {
        value: Option<f64>,
    }
    shop.max_value.is_none_or(|most| {
        let valued: Option<Valued> = serde_json::from_str(&event.json).ok();
        let value = valued.and_then(|valued| valued.custom_data?.value);
        value.is_none_or(|value| value.abs() <= f64::from(most))
    })
}

/// The events of a post, each judged on its own.
pub(crate) struct Sorted {
    pub(crate) accepted: Vec<Arc<Accepted>>,
    pub(crate) refusals: Vec<Refusal>,
    /// What the accepted ones say of the browser.
    posted: Posted,
}

pub(crate) fn sort(events: Vec<Value>, shop: &Shop, caller: &Caller, clock: Clock) -> Sorted {
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
        let accepted = accept::event(event, client, clock, &mut notes);
        let is_plausible = accepted
            .as_ref()
            .is_none_or(|event| is_plausible(event, shop));
        if !is_plausible {
            notes.push_first(Notice {
                code: Code::ValueImplausible,
                field: "custom_data.value".into(),
            });
        }
        if let Some(accepted) = accepted.filter(|_| is_plausible) {
            sorted.accepted.push(Arc::new(accepted));
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
