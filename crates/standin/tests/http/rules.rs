//! Every validation rule: what is refused with which subcode and path, and what is taken.

use serde_json::json;

use crate::support::{EM, Meta, custom, now_s, purchase, user, verdict};

#[tokio::test]
async fn the_shape_of_an_event_is_checked_with_its_path() {
    let meta = Meta::new();
    let event = "$['data'][0]";
    let required = |key: &str| format!("The parameter {event}['{key}'] is required");
    let must_be = |path: &str, kind: &str| format!("Param {event}{path} must be {kind}");
    let must_be_array = |path: &str| format!("The parameter {event}{path} must be an array.");
    let cases = [
        (json!({ "event_name": null }), required("event_name")),
        (json!({ "event_name": "" }), required("event_name")),
        (
            json!({ "event_name": 7 }),
            must_be("['event_name']", "a string"),
        ),
        (json!({ "event_time": null }), required("event_time")),
        (
            json!({ "event_time": "soon" }),
            must_be("['event_time']", "an integer"),
        ),
        (
            json!({ "event_time": now_s() as f64 + 0.5 }),
            must_be("['event_time']", "an integer"),
        ),
        (json!({ "user_data": null }), required("user_data")),
        (
            json!({ "user_data": "x" }),
            must_be("['user_data']", "an object"),
        ),
        (
            json!({ "custom_data": "x" }),
            must_be("['custom_data']", "an object"),
        ),
        (
            json!({ "event_id": ["a"] }),
            must_be("['event_id']", "a string"),
        ),
        (
            json!({ "event_source_url": {} }),
            must_be("['event_source_url']", "a string"),
        ),
        (
            json!({ "opt_out": "no" }),
            must_be("['opt_out']", "a boolean"),
        ),
        (
            json!({ "action_source": "web" }),
            must_be("['action_source']", "one of the documented action sources"),
        ),
        (
            json!({ "data_processing_options": "LDU" }),
            must_be_array("['data_processing_options']"),
        ),
        (
            json!({ "original_event_data": { "order": 1 } }),
            format!("Unexpected key \"order\" on param \"{event}['original_event_data']\"."),
        ),
        (
            user(json!({ "em": { "a": 1 } })),
            must_be("['user_data']['em']", "a string"),
        ),
        (
            user(json!({ "em": [[EM]] })),
            must_be("['user_data']['em']", "a string"),
        ),
        (
            user(json!({ "em": EM, "fbp": ["x"] })),
            must_be("['user_data']['fbp']", "a string"),
        ),
        (
            custom(json!({ "value": "ten" })),
            must_be("['custom_data']['value']", "a number"),
        ),
        (
            custom(json!({ "value": "1,99" })),
            must_be("['custom_data']['value']", "a number"),
        ),
        (
            custom(json!({ "value": [1] })),
            must_be("['custom_data']['value']", "a number"),
        ),
        (
            custom(json!({ "currency": ["EUR"] })),
            must_be("['custom_data']['currency']", "a string"),
        ),
        (
            custom(json!({ "content_category": ["a"] })),
            must_be("['custom_data']['content_category']", "a string"),
        ),
        (
            custom(json!({ "order_id": true })),
            must_be("['custom_data']['order_id']", "a string"),
        ),
        (
            custom(json!({ "num_items": 1.5 })),
            must_be("['custom_data']['num_items']", "an integer"),
        ),
        (
            custom(json!({ "content_ids": "sku" })),
            must_be_array("['custom_data']['content_ids']"),
        ),
        (
            custom(json!({ "content_ids": ["a", {}] })),
            must_be("['custom_data']['content_ids'][1]", "a string"),
        ),
        (
            custom(json!({ "contents": {} })),
            must_be_array("['custom_data']['contents']"),
        ),
        (
            custom(json!({ "contents": ["sku"] })),
            must_be("['custom_data']['contents'][0]", "an object"),
        ),
        (
            custom(json!({ "contents": [{ "id": "a", "quantity": "two" }] })),
            must_be("['custom_data']['contents'][0]['quantity']", "an integer"),
        ),
        (
            custom(json!({ "contents": [{ "id": "a", "item_price": "x" }] })),
            must_be("['custom_data']['contents'][0]['item_price']", "a number"),
        ),
    ];
    for (changes, message) in cases {
        assert_eq!(
            verdict(&meta, &changes).await,
            (2_804_019, message),
            "{changes}"
        );
    }
    assert_eq!(meta.counted().await, 0);
}

#[tokio::test]
async fn what_meta_takes_is_taken() {
    let meta = Meta::strict();
    let agent = "Mozilla/5.0";
    let cases = [
        json!({}),
        json!({ "event_name": "PageView" }),
        json!({ "event_name": "MyOwnEvent" }),
        json!({ "event_time": now_s().to_string() }),
        json!({ "event_time": now_s() + 55 }),
        json!({ "event_time": now_s() - 6 * 86_400 }),
        json!({ "event_id": 1001 }),
        json!({ "event_id": null }),
        json!({ "opt_out": true, "data_processing_options": ["LDU"], "data_processing_options_country": 0, "data_processing_options_state": 0 }),
        json!({ "action_source": "physical_store", "event_time": now_s() - 61 * 86_400 }),
        json!({ "customer_segmentation": "new_customer_to_business" }),
        json!({ "event_name": "Lead", "custom_data": null }),
        json!({ "event_name": "Lead", "custom_data": [] }),
        user(
            json!({ "em": [EM, format!("{EM}.AQ")], "ph": EM, "client_user_agent": agent, "external_id": ["a", 2] }),
        ),
        user(json!({ "fbp": "fb.1.1794990000000.1098115397", "client_user_agent": agent })),
        user(json!({ "external_id": "customer 7", "client_user_agent": agent })),
        custom(json!({ "value": "142.52", "currency": "usd" })),
        custom(json!({ "value": 0 })),
        custom(json!({ "my_own_key": { "a": [1, 2] }, "customer_segmentation": "x" })),
        custom(
            json!({ "content_ids": ["a", 2], "content_type": "product", "num_items": "3", "order_id": 1001 }),
        ),
        custom(
            json!({ "contents": [{ "id": "a", "quantity": 2, "item_price": "5.25", "title": "Shoe", "brand": "b", "category": "c", "description": "d", "delivery_category": "home_delivery" }] }),
        ),
    ];
    for changes in cases {
        assert_eq!(
            verdict(&meta, &changes).await,
            (0, String::new()),
            "{changes}"
        );
    }
}

#[tokio::test]
async fn event_time_has_limits_on_both_sides() {
    let meta = Meta::new();
    let cases = [
        (json!({ "event_time": now_s() - 7 * 86_400 - 5 }), 2_804_003),
        (json!({ "event_time": now_s() - 7 * 86_400 + 60 }), 0),
        (
            json!({ "action_source": "physical_store", "event_time": now_s() - 63 * 86_400 }),
            2_804_003,
        ),
        (json!({ "event_time": now_s() + 120 }), 2_804_004),
        (json!({ "event_time": now_s() * 1_000 }), 2_804_004),
        (json!({ "event_time": 0 }), 2_804_003),
        (json!({ "event_time": i64::MAX }), 2_804_004),
        (json!({ "event_time": i64::MIN }), 2_804_003),
    ];
    for (changes, subcode) in cases {
        assert_eq!(verdict(&meta, &changes).await.0, subcode, "{changes}");
    }
}

#[tokio::test]
async fn time_is_judged_before_customer_information() {
    let meta = Meta::new();
    let old =
        json!({ "event_time": now_s() - 8 * 86_400, "user_data": { "client_user_agent": "x" } });
    assert_eq!(verdict(&meta, &old).await.0, 2_804_003);
}

#[tokio::test]
async fn customer_information_counts_only_when_it_says_something() {
    let meta = Meta::new();
    let cases = [
        (json!({}), 2_804_050),
        (json!([]), 2_804_050),
        (json!({ "em": "" }), 2_804_050),
        (json!({ "em": [""], "ph": [], "fn": null }), 2_804_050),
        (json!({ "shoe_size": 43 }), 2_804_050),
        (json!({ "db": EM, "client_user_agent": "x" }), 2_804_050),
        (json!({ "fn": EM, "ge": EM }), 2_804_050),
        (json!({ "ln": EM, "ge": EM }), 2_804_050),
        (json!({ "fn": EM, "ln": EM }), 0),
        (json!({ "db": EM, "fn": EM }), 0),
        (json!({ "fbc": "fb.1.1794990000000.IwAR2" }), 0),
        (json!({ "external_id": "7" }), 0),
        (json!({ "client_ip_address": "203.0.113.7" }), 0),
    ];
    for (user_data, subcode) in cases {
        assert_eq!(
            verdict(&meta, &user(user_data.clone())).await.0,
            subcode,
            "{user_data}"
        );
    }
}

#[tokio::test]
async fn app_and_messaging_events_have_rules_of_their_own() {
    let meta = Meta::new();
    let mut extinfo = vec![json!(""); 16];
    extinfo[0] = json!("i2");
    let without_version = json!({ "action_source": "app", "app_data": { "extinfo": extinfo } });
    extinfo[4] = json!("17.1");
    let good = json!({ "action_source": "app", "app_data": { "extinfo": extinfo } });
    let short = json!({ "action_source": "app", "app_data": { "extinfo": ["i2"] } });
    let messaging = json!({ "action_source": "business_messaging" });
    let channel = json!({ "action_source": "business_messaging", "messaging_channel": "whatsapp" });
    let cases = [
        (without_version, 2_804_043),
        (short, 2_804_043),
        (good, 0),
        (messaging, 2_804_063),
        (channel, 0),
    ];
    for (changes, subcode) in cases {
        assert_eq!(verdict(&meta, &changes).await.0, subcode, "{changes}");
    }
}

#[tokio::test]
async fn the_first_bad_event_is_named() {
    let meta = Meta::new();
    let events = json!([
        purchase(json!({})),
        purchase(json!({ "user_data": null })),
        purchase(json!({ "event_name": null }))
    ]);
    let answer = meta.send(events).await;
    assert_eq!(
        answer.user_msg(),
        "The parameter $['data'][1]['user_data'] is required"
    );
}

#[tokio::test]
async fn an_event_is_shown_exactly_as_it_arrived() {
    let meta = Meta::new();
    let event = purchase(json!({
        "event_id": 1001,
        "custom_data": { "value": "10.50", "currency": "eur", "zeta": 1, "alpha": [1, { "b": null }] },
    }));
    meta.send(json!([event])).await;
    let mut server = meta.conversions().await[0]["server"].clone();
    for key in ["received_ms", "lints"] {
        assert!(
            server.as_object_mut().unwrap().remove(key).is_some(),
            "{key}"
        );
    }
    assert_eq!(server.to_string().len(), event.to_string().len());
    assert_eq!(server, event);
}
