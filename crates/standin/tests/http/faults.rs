//! Every fault that can be armed, and for how long it strikes.

use serde_json::{Value, json};

use crate::support::{Meta, PIXEL, TOKEN, purchase};

fn one() -> Value {
    json!([purchase(json!({}))])
}

fn several(count: usize) -> Value {
    (0..count)
        .map(|number| purchase(json!({ "event_id": format!("order_{number}") })))
        .collect()
}

#[tokio::test]
async fn outages_answer_with_their_codes_and_store_nothing() {
    let transient = json!(true);
    let lasting = json!(false);
    let cases = [
        ("unknown", 500, 1, None, &transient),
        ("service", 500, 2, None, &transient),
        ("app_limit", 400, 4, None, &transient),
        ("user_limit", 400, 17, None, &transient),
        ("page_limit", 400, 32, None, &transient),
        ("app_cap", 400, 341, None, &transient),
        ("custom_limit", 400, 613, None, &transient),
        ("buc_limit", 400, 80_004, None, &transient),
        ("blocked", 400, 368, None, &lasting),
        ("not_ready", 400, 21_009, None, &Value::Null),
        ("alias", 400, 803, None, &lasting),
        ("token_expired", 401, 190, Some(463), &Value::Null),
        ("permission", 403, 200, None, &lasting),
        ("dataset_gone", 400, 100, Some(33), &Value::Null),
    ];
    for (name, status, code, subcode, is_transient) in cases {
        let meta = Meta::new();
        meta.arm(json!({ "name": name })).await;
        let answer = meta.send(one()).await;
        assert_eq!(answer.error(), (status, code, subcode), "{name}");
        assert_eq!(
            &answer.json()["error"]["is_transient"],
            is_transient,
            "{name}"
        );
        assert_eq!(meta.counted().await, 0, "{name}");
        assert_eq!(meta.send(one()).await.status, 200, "{name} strikes once");
        let requests = meta.get("/__sim/requests").await.json();
        assert_eq!(
            (&requests[1]["fault"], &requests[0]["fault"]),
            (&json!(name), &Value::Null)
        );
    }
}

#[tokio::test]
async fn rate_limits_come_as_oauth_exceptions_with_status_400() {
    let meta = Meta::new();
    meta.arm(json!({ "name": "user_limit" })).await;
    let error = meta.send(one()).await.json()["error"].clone();
    assert_eq!(error["type"], "OAuthException");
    assert_eq!(error["message"], "User request limit reached");
}

#[tokio::test]
async fn the_business_limit_says_in_a_header_how_many_minutes_to_wait() {
    let meta = Meta::new();
    meta.arm(json!({ "name": "buc_limit" })).await;
    let answer = meta.send(one()).await;
    let usage: Value = serde_json::from_str(answer.header("x-business-use-case-usage")).unwrap();
    let first = &usage.as_object().unwrap().values().next().unwrap()[0];
    assert_eq!(first["estimated_time_to_regain_access"], 5);
    assert_eq!(
        meta.send(one()).await.header("x-business-use-case-usage"),
        ""
    );
}

#[tokio::test]
async fn a_poisoned_event_is_named_by_its_index_while_it_is_in_the_batch() {
    let meta = Meta::new();
    meta.arm(json!({ "name": "poison", "index": 2, "count": 5 }))
        .await;
    let answer = meta.send(several(3)).await;
    assert_eq!(answer.error(), (400, 100, Some(2_804_019)));
    assert!(
        answer.user_msg().contains("$['data'][2]"),
        "{}",
        answer.user_msg()
    );
    assert_eq!(meta.counted().await, 0);
    assert_eq!(meta.send(several(2)).await.json()["events_received"], 2);
    let armed = meta.get("/__sim/fault").await.json();
    assert_eq!(armed[0]["count"], 4);
}

#[tokio::test]
async fn other_statuses_codes_and_subcodes_can_be_asked_for() {
    let meta = Meta::new();
    let cases = [
        (
            json!({ "name": "poison", "subcode": 2_804_036 }),
            (400, 100, Some(2_804_036)),
        ),
        (json!({ "name": "service", "status": 503 }), (503, 2, None)),
        (
            json!({ "name": "unknown", "subcode": 99 }),
            (500, 1, Some(99)),
        ),
        (
            json!({ "name": "app_limit", "status": 429 }),
            (429, 4, None),
        ),
        (json!({ "name": "permission", "code": 10 }), (403, 10, None)),
        (
            json!({ "name": "buc_limit", "code": 80_014 }),
            (400, 80_014, None),
        ),
    ];
    for (fault, expected) in cases {
        meta.arm(fault.clone()).await;
        assert_eq!(meta.send(one()).await.error(), expected, "{fault}");
    }
}

#[tokio::test]
async fn a_proxy_error_page_is_html() {
    let meta = Meta::new();
    meta.arm(json!({ "name": "html_502" })).await;
    let answer = meta.send(one()).await;
    assert_eq!(answer.status, 502);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.text().starts_with("<!DOCTYPE html>"));
    assert_eq!(meta.counted().await, 0);
}

#[tokio::test]
async fn zero_received_stores_nothing() {
    let meta = Meta::new();
    meta.arm(json!({ "name": "zero" })).await;
    let answer = meta.send(one()).await;
    assert_eq!(
        (answer.status, &answer.json()["events_received"]),
        (200, &json!(0))
    );
    assert_eq!(meta.counted().await, 0);
}

#[tokio::test]
async fn a_fault_around_a_good_answer_waits_for_a_good_request() {
    for name in ["drop_after_accept", "half", "zero"] {
        let meta = Meta::new();
        meta.arm(json!({ "name": name })).await;
        assert_eq!(meta.send(json!([{}])).await.status, 400);
        assert_eq!(meta.get("/__sim/fault").await.json()[0]["name"], name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_good_and_late_and_the_events_are_there_at_once() {
    let meta = Meta::new();
    meta.arm(json!({ "name": "slow", "delay_ms": 7_000 })).await;
    let start = tokio::time::Instant::now();
    assert_eq!(meta.send(one()).await.status, 200);
    assert_eq!(start.elapsed().as_millis(), 7_000);

    // The client gives up after a second; its retry meets the stored events.
    meta.arm(json!({ "name": "slow", "delay_ms": 7_000 })).await;
    let gave_up =
        tokio::time::timeout(std::time::Duration::from_secs(1), meta.send(several(2))).await;
    assert!(gave_up.is_err());
    assert_eq!(meta.totals().await["received_server"], 3);
}

#[tokio::test]
async fn a_fault_can_last_a_while() {
    let meta = Meta::new();
    meta.arm(json!({ "name": "service", "for_ms": 10_000 }))
        .await;
    for _ in 0..3 {
        assert_eq!(meta.send(one()).await.status, 500);
    }
    meta.advance("11s").await;
    assert_eq!(meta.get("/__sim/fault").await.json(), json!([]));
    assert_eq!(meta.send(one()).await.status, 200);
}

#[tokio::test]
async fn a_fault_can_strike_several_times() {
    let meta = Meta::new();
    meta.arm(json!({ "name": "service", "count": 2 })).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(meta.send(one()).await.status);
    }
    assert_eq!(statuses, [500, 500, 200]);
}

#[tokio::test]
async fn a_fault_can_strike_by_chance() {
    for (probability, status) in [(1.0, 500), (0.0, 200)] {
        let meta = Meta::new();
        meta.arm(json!({ "name": "service", "probability": probability }))
            .await;
        for _ in 0..3 {
            assert_eq!(meta.send(one()).await.status, status, "{probability}");
        }
    }
}

#[tokio::test]
async fn a_fault_can_be_for_one_dataset() {
    let meta = Meta::new();
    meta.arm(json!({ "name": "service", "pixel_id": "999" }))
        .await;
    assert_eq!(meta.send(one()).await.status, 200);
    let body = json!({ "data": one() }).to_string();
    let other = meta
        .post(
            &format!("/v26.0/999/events?access_token={TOKEN}"),
            "application/json",
            body,
        )
        .await;
    assert_eq!(other.status, 500);
}

#[tokio::test]
async fn faults_do_not_touch_the_pixel() {
    let meta = Meta::new();
    meta.arm(json!({ "name": "service", "for_ms": 10_000 }))
        .await;
    assert_eq!(meta.pixel("ev=PageView").await.status, 200);
    assert_eq!(meta.counted().await, 1);
}

#[tokio::test]
async fn faults_can_be_listed_and_cleared() {
    let meta = Meta::new();
    meta.arm(json!({ "name": "poison", "count": 3, "index": 1, "pixel_id": PIXEL }))
        .await;
    meta.arm(json!({ "name": "html_502" })).await;
    let armed = meta.get("/__sim/fault").await.json();
    assert_eq!(armed.as_array().unwrap().len(), 2);
    assert_eq!(
        (&armed[0]["name"], &armed[0]["count"], &armed[0]["index"]),
        (&json!("poison"), &json!(3), &json!(1))
    );
    assert_eq!(meta.delete("/__sim/fault").await.status, 204);
    assert_eq!(meta.get("/__sim/fault").await.json(), json!([]));
    assert_eq!(meta.send(one()).await.status, 200);
}

#[tokio::test]
async fn a_fault_that_is_none_is_refused_with_the_reason() {
    let meta = Meta::new();
    for (body, reason) in [
        (r#"{"name":"flood"}"#, "flood"),
        (r#"{"name":"zero","often":1}"#, "often"),
        ("{}", "name"),
        ("x", "expected"),
    ] {
        let answer = meta.post("/__sim/fault", "application/json", body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(
            answer.json()["error"].as_str().unwrap().contains(reason),
            "{}",
            answer.text()
        );
    }
}
