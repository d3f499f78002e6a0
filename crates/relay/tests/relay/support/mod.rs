//! What the tests share: events, waiting for a condition, and the two processes around a test.

pub(crate) mod graph;
pub(crate) mod process;
pub(crate) mod webhook;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use time::OffsetDateTime;

/// Meta's published vector for `john_smith@gmail.com`.
pub(crate) const EM: &str = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f";
pub(crate) const FBP: &str = "fb.1.1700000000000.123456789";
pub(crate) const PIXEL: &str = "1234567890";

/// Long enough for a loaded machine; reached only by a test that fails.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// Unix time in seconds.
pub(crate) fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// A day (UTC), so many days from now, `2026-11-27`.
pub(crate) fn day(from_now: i64) -> String {
    let now_s = i64::try_from(now_s()).unwrap();
    let then = OffsetDateTime::from_unix_timestamp(now_s + from_now * 86_400);
    then.unwrap().date().to_string()
}

/// A good Purchase.
pub(crate) fn purchase(event_id: &str) -> Value {
    json!({
        "event_name": "Purchase",
        "event_time": now_s(),
        "event_id": event_id,
        "action_source": "website",
        "event_source_url": "https://shop.example/thanks",
        "user_data": {"em": EM, "fbp": FBP},
        "custom_data": {"value": 12.5, "currency": "USD"},
    })
}

/// A body of such events.
pub(crate) fn body(events: &[Value]) -> Value {
    json!({"data": events})
}

/// The event with one value changed, by JSON pointer; `null` takes it out.
pub(crate) fn with(mut event: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[key] = value;
    event
}

/// Waits until `look` gives something.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(start.elapsed() < DEADLINE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
