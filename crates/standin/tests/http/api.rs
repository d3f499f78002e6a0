//! `/api/conversions`, the counts, the clock and the reset.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{Meta, PIXEL, purchase};

#[tokio::test]
async fn a_row_has_the_fields_that_were_promised() {
    let meta = Meta::new();
    meta.pixel("ev=PageView&eid=view_1").await;
    let row = meta.conversions().await[0].clone();
    let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
    let expected = [
        "id",
        "pixel_id",
        "event_name",
        "event_id",
        "first_received_ms",
        "browser",
        "server",
        "counted",
        "status",
        "kept",
        "reason",
        "repeats",
        "hints",
    ];
    assert_eq!(keys, expected);
    assert_eq!(
        (&row["pixel_id"], &row["status"]),
        (&json!(PIXEL), &json!("browser only"))
    );
    assert_eq!(
        (&row["server"], &row["reason"], &row["kept"]),
        (&Value::Null, &Value::Null, &json!("browser"))
    );
    meta.send(json!([purchase(json!({}))])).await;
    let row = meta.conversions().await[0].clone();
    assert_eq!(
        (&row["status"], &row["browser"], &row["kept"]),
        (&json!("server only"), &Value::Null, &json!("server"))
    );
}

#[tokio::test]
async fn rows_come_newest_first_and_can_be_filtered() {
    let meta = Meta::new();
    for parameters in ["ev=Lead&eid=a", "ev=Purchase&eid=b", "ev=Lead&eid=c"] {
        meta.pixel(parameters).await;
    }
    meta.get("/tr/?id=999&ev=Lead&eid=d").await;
    let cases = [
        ("", vec!["d", "c", "b", "a"]),
        ("?event_name=Lead", vec!["d", "c", "a"]),
        ("?pixel_id=999", vec!["d"]),
        ("?pixel_id=1234567890&event_name=Lead", vec!["c", "a"]),
        ("?limit=2", vec!["d", "c"]),
        ("?event_name=lead", vec![]),
    ];
    for (query, expected) in cases {
        let rows = meta.get(&format!("/api/conversions{query}")).await.json();
        let ids: Vec<&str> = rows
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["event_id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, expected, "{query}");
    }
}

#[tokio::test]
async fn clearing_forgets_what_was_received_and_nothing_pairs_with_it() {
    let meta = Meta::new();
    meta.pixel("ev=Purchase&eid=order_1").await;
    meta.send(json!([{}])).await;
    meta.arm(json!({ "name": "zero" })).await;
    let answer = meta.delete("/api/conversions").await;
    assert_eq!((answer.status, answer.bytes.len()), (204, 0));
    for uri in ["/api/conversions", "/__sim/events", "/__sim/requests"] {
        assert_eq!(meta.get(uri).await.json(), json!([]), "{uri}");
    }
    assert_eq!(meta.totals().await["refused_requests"], 0);
    assert_eq!(
        meta.get("/__sim/fault")
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
    meta.delete("/__sim/fault").await;
    meta.send(json!([purchase(json!({}))])).await;
    assert_eq!(meta.conversions().await[0]["status"], "server only");
}

#[tokio::test]
async fn a_reset_also_disarms_faults_and_sets_the_clock_back() {
    let meta = Meta::new();
    meta.pixel("ev=Lead&eid=a").await;
    meta.advance("49h").await;
    meta.arm(json!({ "name": "service" })).await;
    assert_eq!(
        meta.post("/__sim/reset", "application/json", "")
            .await
            .status,
        204
    );
    assert_eq!(meta.counted().await, 0);
    assert_eq!(meta.get("/__sim/fault").await.json(), json!([]));
    assert_eq!(meta.report().await["offset_ms"], 0);
}

#[tokio::test]
async fn the_clock_takes_durations_only() {
    let meta = Meta::new();
    for body in [r#"{"advance":"soon"}"#, r#"{"advance":-5}"#, r#"{}"#, ""] {
        let answer = meta.post("/__sim/clock", "application/json", body).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    let answer = meta
        .post("/__sim/clock", "application/json", r#"{"advance":"49h"}"#)
        .await;
    assert_eq!(answer.json()["offset_ms"], 49 * 3_600_000);
}

#[tokio::test]
async fn the_report_counts_per_name_and_in_all() {
    let meta = Meta::with(twin_standin::Settings::default());
    meta.pixel("ev=Purchase&eid=order_1").await;
    meta.send(json!([purchase(json!({})), purchase(json!({}))]))
        .await;
    meta.pixel("ev=PageView&eid=v").await;
    meta.send(json!([purchase(json!({ "user_data": null }))]))
        .await;
    let report = meta.report().await;
    let expected = json!({
        "received_browser": 1, "received_server": 2, "duplicates": 2, "counted": 1, "rejected": 1,
        "deduplicated": 1, "browser_only": 0, "server_only": 0, "repeats": 1,
    });
    assert_eq!(report["events"]["Purchase"], expected);
    assert_eq!(report["events"]["PageView"]["browser_only"], 1);
    let totals = &report["totals"];
    assert_eq!(
        (&totals["counted"], &totals["refused_requests"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(report["settings"]["same_source"], "dedup");
}

#[tokio::test]
async fn the_event_log_gives_each_verdict() {
    let meta = Meta::with(twin_standin::Settings::default());
    meta.pixel("ev=Purchase&eid=order_1").await;
    meta.send(json!([purchase(json!({}))])).await;
    meta.send(json!([purchase(json!({}))])).await;
    meta.send(json!([purchase(json!({ "custom_data": null }))]))
        .await;
    let log = meta.get("/__sim/events").await.json();
    let verdicts: Vec<(&str, &str)> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            (
                event["source"].as_str().unwrap(),
                event["verdict"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        verdicts,
        [
            ("server", "rejected"),
            ("server", "repeat"),
            ("server", "twin"),
            ("browser", "counted")
        ]
    );
}

#[tokio::test]
async fn any_page_may_read_and_clear_the_conversions() {
    let meta = Meta::new();
    let read = Request::get("/api/conversions")
        .header("origin", "http://localhost:3000")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        meta.call(read).await.header("access-control-allow-origin"),
        "*"
    );
    let preflight = Request::options("/api/conversions")
        .header("origin", "http://localhost:3000")
        .header("access-control-request-method", "DELETE")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        meta.call(preflight)
            .await
            .header("access-control-allow-methods"),
        "*"
    );
}
