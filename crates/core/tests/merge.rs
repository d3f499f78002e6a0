//! Two halves of one event become one.
#![cfg(feature = "relay")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use twin_core::merge::{differs, merge};

fn merged(browser: &Value, shop: &Value) -> Value {
    serde_json::from_str(&merge(&browser.to_string(), &shop.to_string())).unwrap()
}

#[test]
fn each_half_gives_what_it_knows_best() {
    let browser = json!({
        "event_name": "Purchase", "event_id": "order_1", "event_time": 100, "action_source": "website",
        "event_source_url": "https://shop.example/thanks", "opt_out": true,
        "user_data": {"em": "a", "fbp": "fb.1.1.1", "client_ip_address": "203.0.113.9", "client_user_agent": "Mozilla"},
        "custom_data": {"value": 1, "currency": "EUR", "content_ids": ["x"]},
    });
    let shop = json!({
        "event_name": "Purchase", "event_id": "order_1", "event_time": 160, "action_source": "system_generated",
        "event_source_url": "https://shop.example/",
        "user_data": {"em": ["b", "a"], "ph": "p", "fbp": "fb.1.2.2", "client_ip_address": "192.0.2.1"},
        "custom_data": {"value": 99.9, "currency": "USD", "order_id": "1"},
    });
    assert_eq!(
        merged(&browser, &shop),
        json!({
            "event_name": "Purchase", "event_id": "order_1", "event_time": 100, "action_source": "website",
            "event_source_url": "https://shop.example/thanks", "opt_out": true,
            "user_data": {"em": ["b", "a"], "ph": "p", "fbp": "fb.1.1.1", "client_ip_address": "203.0.113.9",
                "client_user_agent": "Mozilla"},
            "custom_data": {"value": 99.9, "currency": "USD", "order_id": "1", "content_ids": ["x"]},
        })
    );
}

#[test]
fn values_of_a_customer_field_add_up() {
    let user = |em: Value| json!({"user_data": {"em": em}});
    for (browser, shop, expected) in [
        (json!("a"), json!("a"), json!("a")),
        (json!("a"), json!("b"), json!(["b", "a"])),
        (json!(["a", "c"]), json!("a"), json!(["a", "c"])),
        (json!(["a", "a"]), json!(["a"]), json!("a")),
    ] {
        let union = merged(&user(browser), &user(shop));
        assert_eq!(union["user_data"]["em"], expected);
    }
}

#[test]
fn the_time_is_the_earlier_whichever_half_has_it() {
    for (browser, shop) in [(5, 9), (9, 5)] {
        let union = merged(
            &json!({"event_time": browser}),
            &json!({"event_time": shop}),
        );
        assert_eq!(union["event_time"], 5);
    }
}

#[test]
fn half_an_event_is_an_event() {
    let event = r#"{"event_id":"1"}"#;
    assert_eq!(merge(event, ""), event);
    assert_eq!(merge("", event), event);
    assert!(differs("", event));
    assert!(!differs(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#));
}
