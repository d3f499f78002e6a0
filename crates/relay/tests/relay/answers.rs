//! What the endpoint answers, to whom, and what it never repeats.

use serde_json::{Value, json};

use crate::support::graph::{Graph, error, ok};
use crate::support::process::{Setup, is_anywhere, read};
use crate::support::{body, now_s, purchase, with};

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_event_is_refused_with_its_code_and_field() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    let good = || purchase("order_1");
    let missing = "field_missing";
    for (pointer, value, code, field) in [
        ("/event_name", Value::Null, missing, "event_name"),
        ("/event_name", json!(""), missing, "event_name"),
        ("/event_name", json!(7), "event_name_invalid", "event_name"),
        (
            "/event_name",
            json!("x".repeat(51)),
            "event_name_invalid",
            "event_name",
        ),
        ("/event_time", Value::Null, missing, "event_time"),
        ("/event_time", json!("soon"), "field_type", "event_time"),
        (
            "/event_time",
            json!(now_s() * 1000),
            "event_time_milliseconds",
            "event_time",
        ),
        (
            "/event_time",
            json!(now_s() - 8 * 86_400),
            "event_time_too_old",
            "event_time",
        ),
        (
            "/event_time",
            json!(now_s() + 2 * 86_400),
            "event_time_future",
            "event_time",
        ),
        ("/event_id", Value::Null, missing, "event_id"),
        (
            "/event_id",
            json!("x".repeat(256)),
            "event_id_invalid",
            "event_id",
        ),
        ("/event_id", json!("a\nb"), "event_id_invalid", "event_id"),
        ("/action_source", Value::Null, missing, "action_source"),
        (
            "/action_source",
            json!("web"),
            "action_source_unknown",
            "action_source",
        ),
        (
            "/event_source_url",
            json!(1),
            "field_type",
            "event_source_url",
        ),
        ("/user_data", Value::Null, missing, "user_data"),
        ("/user_data", json!([]), "field_type", "user_data"),
        (
            "/user_data/em",
            json!("jane@example.com"),
            "not_hashed",
            "user_data.em",
        ),
        (
            "/user_data/em",
            json!("abc123"),
            "not_hashed",
            "user_data.em",
        ),
        (
            "/user_data/ph",
            json!(["+1 650 555 0100"]),
            "not_hashed",
            "user_data.ph",
        ),
        (
            "/user_data/email",
            json!("x"),
            "user_data_unknown",
            "user_data.email",
        ),
        ("/custom_data", json!("x"), "field_type", "custom_data"),
        (
            "/custom_data/currency",
            Value::Null,
            "currency_missing",
            "custom_data.currency",
        ),
        (
            "/custom_data/value",
            Value::Null,
            "value_missing",
            "custom_data.value",
        ),
        (
            "/custom_data/note",
            json!("jane@example.com"),
            "personal_data",
            "custom_data.note",
        ),
        (
            "/advertiser_tracking_enabled",
            json!(1),
            "field_unknown",
            "advertiser_tracking_enabled",
        ),
    ] {
        let (status, answer) = relay.post(&body(&[with(good(), pointer, value)])).await;
        let field = format!("data[0].{field}");
        assert_eq!(status, 422, "{pointer}: {answer}");
        assert_eq!(answer["events_received"], 0, "{pointer}");
        assert_eq!(answer["error"]["code"], code, "{pointer}");
        assert_eq!(answer["error"]["field"], field, "{pointer}");
        assert!(
            answer["error"]["message"]
                .as_str()
                .unwrap()
                .starts_with(&format!("{field}: ")),
            "{answer}"
        );
        let listed = with(answer["error"].clone(), "/index", json!(0));
        assert_eq!(answer["errors"], json!([listed]));
    }
    let (status, answer) = relay.post(&json!({"data": ["x"]})).await;
    assert_eq!(
        (status, &answer["error"]["field"]),
        (422, &json!("data[0]")),
        "{answer}"
    );
    assert_eq!(relay.outbox().await["waiting"], 0);
    assert!(graph.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_events_is_refused() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    let many: Vec<_> = (0..1001).map(|_| json!({})).collect();
    for (posted, code) in [
        (json!({}), "field_missing"),
        (json!([]), "field_missing"),
        (json!("text"), "field_missing"),
        (json!({"data": []}), "field_missing"),
        (json!({"data": {}}), "field_type"),
        (json!({"data": many}), "too_many_events"),
    ] {
        let (status, answer) = relay.post(&posted).await;
        assert_eq!(status, 422, "{answer}");
        assert_eq!(
            (&answer["error"]["code"], &answer["error"]["field"]),
            (&json!(code), &json!("data"))
        );
        assert_eq!(
            (&answer["events_received"], &answer["errors"]),
            (&json!(0), &json!([]))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn good_events_are_kept_beside_bad_ones() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    let events = [
        with(
            purchase("bad_1"),
            "/user_data/em",
            json!("jane@example.com"),
        ),
        purchase("order_1"),
        with(purchase("bad_2"), "/event_time", Value::Null),
        purchase("order_2"),
    ];
    let (status, answer) = relay.post(&body(&events)).await;
    assert_eq!(status, 422);
    assert_eq!(answer["events_received"], 2);
    assert_eq!(answer["error"]["field"], "data[0].user_data.em");
    let places: Vec<_> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["index"])
        .collect();
    assert_eq!(places, [0, 2]);
    graph.has("order_2").await;
    assert_eq!(graph.delivered(), ["order_1", "order_2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_customer_data_is_nowhere() {
    let graph = Graph::start(|_| error(500, 1, 0, "")).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    let address = "jane.doe@example.com";
    for (pointer, value) in [
        ("/user_data/em", json!(address)),
        ("/user_data/jane.doe@example.com", json!("x")),
        ("/jane.doe@example.com", json!("x")),
        ("/custom_data/note", json!(address)),
        (
            "/custom_data/jane.doe@example.com",
            json!("jane.doe@example.com"),
        ),
    ] {
        let posted = body(&[purchase("order_1"), with(purchase("bad"), pointer, value)]);
        let (status, answer) = relay.post(&posted).await;
        assert_eq!(status, 422, "{pointer}: {answer}");
        assert!(!answer.to_string().contains("jane"), "{answer}");
    }
    let broken = format!("{{\"data\":[{{\"em\":\"{address}\"");
    let (status, answer) = read(relay.request(broken).send().await.unwrap()).await;
    assert_eq!((status, answer.to_string().contains("jane")), (400, false));
    graph.called(1).await;
    relay.kill();
    // The folder holds the outbox, SQLite's log of it, and what went to stderr.
    assert!(is_anywhere(&setup.path(""), "order_1"));
    assert!(!is_anywhere(&setup.path(""), "jane"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_post_of_json_is_answered_in_json() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    let events = format!("{}/twin/events", relay.address);
    let text = |text: String| relay.request(text);
    let large = format!("{{\"data\":[],\"x\":\"{}\"}}", "x".repeat(256 * 1024));
    for (request, status, code) in [
        (text("{".into()), 400, "not_json"),
        (text(String::new()), 400, "not_json"),
        (text("[".repeat(100_000)), 400, "not_json"),
        (text(large), 413, "too_large"),
        (relay.client.get(&events), 405, "method_not_allowed"),
        (relay.client.put(&events), 405, "method_not_allowed"),
        (
            relay.client.post(format!("{}/healthz", relay.address)),
            405,
            "method_not_allowed",
        ),
        (
            relay.client.get(format!("{}/", relay.address)),
            404,
            "not_found",
        ),
        (
            relay.client.post(format!("{}/twin/events/", relay.address)),
            404,
            "not_found",
        ),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(
            response.headers().contains_key("allow"),
            status == 405,
            "{code}"
        );
        let (found, answer) = read(response).await;
        assert_eq!(
            (found, &answer["error"]["code"]),
            (status, &json!(code)),
            "{answer}"
        );
        assert!(answer["error"]["message"].is_string());
    }
    // 256 KiB are not too large.
    let padding = "x"
        .repeat(256 * 1024 - body(&[purchase("order_1")]).to_string().len() - ",\"x\":\"\"".len());
    let padded = with(body(&[purchase("order_1")]), "/x", json!(padding)).to_string();
    assert_eq!(padded.len(), 256 * 1024);
    assert_eq!(text(padded).send().await.unwrap().status(), 202);
}
