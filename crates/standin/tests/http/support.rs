//! A stand-in without a socket, and the shortest ways to talk to it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use serde_json::{Value, json};
use tower::ServiceExt;
use twin_standin::{Locale, Profile, SameSource, Settings, StandIn, router};

pub(crate) const PIXEL: &str = "1234567890";
pub(crate) const TOKEN: &str = "EAABtesttoken";
/// Meta's published digest of `john_smith@gmail.com`.
pub(crate) const EM: &str = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f";

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Status, code, subcode.
    pub(crate) fn error(&self) -> (u16, u64, Option<u64>) {
        let error = &self.json()["error"];
        (
            self.status,
            error["code"].as_u64().unwrap(),
            error["error_subcode"].as_u64(),
        )
    }

    pub(crate) fn user_msg(&self) -> String {
        self.json()["error"]["error_user_msg"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

/// A stand-in under test. Counts same-source repeats, so that a double send shows.
pub(crate) struct Meta(pub(crate) Router);

impl Meta {
    pub(crate) fn new() -> Self {
        Self::with(Settings {
            same_source: SameSource::Count,
            ..Settings::default()
        })
    }

    pub(crate) fn strict() -> Self {
        Self::with(Settings {
            profile: Profile::Docs,
            ..Settings::default()
        })
    }

    pub(crate) fn french() -> Self {
        Self::with(Settings {
            locale: Locale::Fr,
            ..Settings::default()
        })
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self(router(Arc::new(StandIn::new(settings))))
    }

    pub(crate) async fn call(&self, request: Request<Body>) -> Answer {
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            bytes: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }

    pub(crate) async fn get(&self, uri: &str) -> Answer {
        self.call(Request::get(uri).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn delete(&self, uri: &str) -> Answer {
        self.call(Request::delete(uri).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn post(
        &self,
        uri: &str,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Answer {
        self.call(
            Request::post(uri)
                .header("content-type", content_type)
                .body(body.into())
                .unwrap(),
        )
        .await
    }

    /// The Conversions API, as a JSON body with the token in the query.
    pub(crate) async fn send(&self, events: Value) -> Answer {
        let uri = format!("/v26.0/{PIXEL}/events?access_token={TOKEN}");
        self.post(
            &uri,
            "application/json",
            json!({ "data": events }).to_string(),
        )
        .await
    }

    /// The Pixel, by GET. `parameters` is the query without `id` and `ts`.
    pub(crate) async fn pixel(&self, parameters: &str) -> Answer {
        self.get(&format!(
            "/tr/?id={PIXEL}&ts={}&{parameters}",
            now_s() * 1_000
        ))
        .await
    }

    pub(crate) async fn advance(&self, duration: &str) {
        let body = json!({ "advance": duration }).to_string();
        assert_eq!(
            self.post("/__sim/clock", "application/json", body)
                .await
                .status,
            200
        );
    }

    pub(crate) async fn arm(&self, fault: Value) {
        assert_eq!(
            self.post("/__sim/fault", "application/json", fault.to_string())
                .await
                .status,
            201
        );
    }

    /// All rows, newest first.
    pub(crate) async fn conversions(&self) -> Vec<Value> {
        self.get("/api/conversions")
            .await
            .json()
            .as_array()
            .unwrap()
            .clone()
    }

    pub(crate) async fn counted(&self) -> usize {
        self.conversions().await.len()
    }

    pub(crate) async fn report(&self) -> Value {
        self.get("/__sim/report").await.json()
    }

    pub(crate) async fn totals(&self) -> Value {
        self.report().await["totals"].clone()
    }
}

/// Real Unix time, s. The simulated clock is ahead of it by what a test has added.
pub(crate) fn now_s() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// A good Purchase, changed by the fields given; null takes a field away.
pub(crate) fn purchase(changes: Value) -> Value {
    let mut event = json!({
        "event_name": "Purchase",
        "event_time": now_s(),
        "event_id": "order_1",
        "event_source_url": "https://shop.example/thanks",
        "action_source": "website",
        "user_data": { "em": EM, "client_ip_address": "2001:db8::1", "client_user_agent": "Mozilla/5.0" },
        "custom_data": { "value": 10.5, "currency": "EUR" },
    });
    for (key, value) in changes.as_object().unwrap() {
        let event = event.as_object_mut().unwrap();
        if value.is_null() {
            event.remove(key);
        } else {
            event.insert(key.clone(), value.clone());
        }
    }
    event
}

/// Sends one changed Purchase; gives the subcode (0: accepted) and the user message.
pub(crate) async fn verdict(meta: &Meta, changes: &Value) -> (u64, String) {
    let answer = meta.send(json!([purchase(changes.clone())])).await;
    match answer.status {
        200 => (0, String::new()),
        _ => (answer.error().2.unwrap_or(1), answer.user_msg()),
    }
}

/// A Purchase's `custom_data` with these changes.
pub(crate) fn custom(changes: Value) -> Value {
    let mut custom = json!({ "value": 10.5, "currency": "EUR" });
    custom
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    json!({ "custom_data": custom })
}

/// A Purchase with this `user_data`.
pub(crate) fn user(user_data: Value) -> Value {
    json!({ "user_data": user_data })
}

/// The hints of a row in one text.
pub(crate) fn hints(row: &Value) -> String {
    let hints: Vec<&str> = row["hints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hint| hint.as_str().unwrap())
        .collect();
    hints.join(" | ")
}

/// The codes of a list of lints.
pub(crate) fn codes(lints: &Value) -> Vec<&str> {
    lints
        .as_array()
        .unwrap()
        .iter()
        .map(|lint| lint["code"].as_str().unwrap())
        .collect()
}
