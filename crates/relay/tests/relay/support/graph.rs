//! A small fake of Meta's Graph API that answers as a test tells it and remembers what it was sent.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::until;

/// A request of the relay.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) uri: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    /// What it was answered.
    pub(crate) status: u16,
}

impl Call {
    /// The ids of its events, in their order.
    pub(crate) fn event_ids(&self) -> Vec<String> {
        let events = self.body["data"].as_array().unwrap();
        events
            .iter()
            .map(|event| event["event_id"].as_str().unwrap().into())
            .collect()
    }
}

/// Status and body. A 429 or 504 asks for two hours of patience.
pub(crate) type Reply = (u16, String);
type Judge = Box<dyn FnMut(&Call) -> Reply + Send>;

struct Inside {
    judge: Judge,
    calls: Vec<Call>,
}

type Shared = (Arc<Mutex<Inside>>, Arc<AtomicUsize>);

/// The fake. Its port stays open until the test ends.
pub(crate) struct Graph {
    pub(crate) address: String,
    inside: Arc<Mutex<Inside>>,
    /// Requests that have come, answered or not.
    asked: Arc<AtomicUsize>,
}

/// Meta's answer to good events.
pub(crate) fn ok(call: &Call) -> Reply {
    let received = call.event_ids().len();
    let body = json!({"events_received": received, "messages": [], "fbtrace_id": "ATHEd8F7ddsITPV0fE5TWjY"});
    (200, body.to_string())
}

/// Meta's answer to bad ones.
pub(crate) fn error(status: u16, code: u32, subcode: u32, words: &str) -> Reply {
    let error = json!({"message": "Invalid parameter", "type": "OAuthException", "code": code,
        "error_subcode": subcode, "is_transient": false, "error_user_msg": words, "fbtrace_id": "A6UyEgg"});
    (status, json!({"error": error}).to_string())
}

impl Graph {
    /// Starts the fake with a judge of each request.
    pub(crate) async fn start(judge: impl FnMut(&Call) -> Reply + Send + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let inside = Arc::new(Mutex::new(Inside {
            judge: Box::new(judge),
            calls: Vec::new(),
        }));
        let asked = Arc::default();
        let shared: Shared = (Arc::clone(&inside), Arc::clone(&asked));
        let router = Router::new().fallback(take).with_state(shared);
        tokio::spawn(axum::serve(listener, router).into_future());
        Self {
            address,
            inside,
            asked,
        }
    }

    /// From now on, judges by this.
    pub(crate) fn answer(&self, judge: impl FnMut(&Call) -> Reply + Send + 'static) {
        self.inside.lock().unwrap().judge = Box::new(judge);
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.inside.lock().unwrap().calls.clone()
    }

    /// The ids of all events that were answered 200, each as often as it was, sorted.
    pub(crate) fn delivered(&self) -> Vec<String> {
        let calls = self.calls();
        let taken = calls.iter().filter(|call| call.status == 200);
        let mut ids: Vec<_> = taken.flat_map(Call::event_ids).collect();
        ids.sort();
        ids
    }

    /// Waits until so many requests have come, though none may be answered yet.
    pub(crate) async fn asked(&self, times: usize) {
        until(&format!("{times} requests at Graph"), async || {
            (self.asked.load(Ordering::SeqCst) >= times).then_some(())
        })
        .await;
    }

    /// Waits until there were so many requests.
    pub(crate) async fn called(&self, times: usize) {
        until(&format!("{times} requests to Graph"), async || {
            (self.calls().len() >= times).then_some(())
        })
        .await;
    }

    /// Waits until an event was answered 200.
    pub(crate) async fn has(&self, event_id: &str) {
        until(&format!("{event_id} delivered"), async || {
            self.delivered()
                .iter()
                .any(|id| id == event_id)
                .then_some(())
        })
        .await;
    }
}

/// Refuses a request that has this event, and says where it stands.
pub(crate) fn all_but(event_id: &str, call: &Call) -> Reply {
    match call.event_ids().iter().position(|id| id == event_id) {
        None => ok(call),
        Some(place) => error(
            400,
            100,
            2_804_019,
            &format!("Param $['data'][{place}]['x']"),
        ),
    }
}

async fn take(
    State((inside, asked)): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    asked.fetch_add(1, Ordering::SeqCst);
    let mut inside = inside.lock().unwrap();
    let mut call = Call {
        uri: uri.to_string(),
        headers,
        body: serde_json::from_str(&body).unwrap(),
        status: 0,
    };
    let (status, answer) = (inside.judge)(&call);
    call.status = status;
    inside.calls.push(call);
    let json = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (StatusCode::from_u16(status).unwrap(), json, answer).into_response();
    if [429, 504].contains(&status) {
        let two_hours = HeaderValue::from_static("7200");
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, two_hours);
    }
    response
}
