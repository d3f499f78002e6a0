//! Addresses, tokens, kinds of body, headers and the log of requests.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{Meta, PIXEL, TOKEN, codes, purchase};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

fn encoded(pairs: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs).finish()
}

#[tokio::test]
async fn a_form_body_is_as_good_as_json() {
    let meta = Meta::new();
    let data = json!([purchase(json!({}))]).to_string();
    let body = encoded(&[
        ("data", &data),
        ("access_token", TOKEN),
        ("test_event_code", "TEST1"),
    ]);
    let answer = meta
        .post(&format!("/v26.0/{PIXEL}/events"), FORM, body)
        .await;
    assert_eq!(answer.json()["events_received"], 1);
    assert_eq!(
        meta.conversions().await[0]["server"]["test_event_code"],
        "TEST1"
    );
}

#[tokio::test]
async fn a_multipart_body_is_as_good_as_json() {
    let meta = Meta::new();
    let part = |name: &str, value: &str| {
        format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let data = json!([purchase(json!({}))]).to_string();
    let body = format!(
        "{}{}--XX--\r\n",
        part("data", &data),
        part("access_token", TOKEN)
    );
    let answer = meta
        .post(
            &format!("/v26.0/{PIXEL}/events"),
            "multipart/form-data; boundary=XX",
            body,
        )
        .await;
    assert_eq!(answer.json()["events_received"], 1);
}

#[tokio::test]
async fn members_of_data_may_be_json_text() {
    let meta = Meta::new();
    let answer = meta.send(json!([purchase(json!({})).to_string()])).await;
    assert_eq!(answer.json()["events_received"], 1);
    assert_eq!(
        meta.send(json!(["nonsense"])).await.user_msg(),
        "Param $['data'][0] must be an object"
    );
}

#[tokio::test]
async fn the_query_token_wins_when_two_differ() {
    let meta = Meta::new();
    let body =
        json!({ "data": [purchase(json!({}))], "access_token": "EAABtoken.expired" }).to_string();
    let answer = meta
        .post(
            &format!("/v26.0/{PIXEL}/events?access_token={TOKEN}"),
            JSON,
            body,
        )
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn tokens_without_worth_are_refused_before_the_body_is_judged() {
    let cases = [
        ("", (403, 200, None)),
        ("?access_token=", (403, 200, None)),
        ("?access_token=short", (401, 190, None)),
        ("?access_token=EAABtoken.expired", (401, 190, Some(463))),
        ("?access_token=EAABtoken.revoked", (401, 190, Some(460))),
        ("?access_token=EAABtoken.noperm", (400, 100, Some(33))),
    ];
    for (query, expected) in cases {
        let meta = Meta::new();
        let answer = meta
            .post(&format!("/v26.0/{PIXEL}/events{query}"), JSON, "nonsense")
            .await;
        assert_eq!(answer.error(), expected, "{query}");
        assert_eq!(answer.json()["error"]["error_user_msg"], Value::Null);
    }
}

#[tokio::test]
async fn a_dataset_id_that_is_none_is_an_object_that_does_not_exist() {
    let meta = Meta::new();
    let answer = meta
        .post(
            &format!("/v26.0/my-pixel/events?access_token={TOKEN}"),
            JSON,
            "{}",
        )
        .await;
    assert_eq!(answer.error(), (400, 100, Some(33)));
    let error = &answer.json()["error"];
    assert_eq!(error["type"], "GraphMethodException");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .starts_with("Unsupported post request. Object with ID 'my-pixel' does not exist")
    );
}

#[tokio::test]
async fn versions_that_ended_answer_as_the_oldest_living_one() {
    let cases = [
        (format!("/v26.0/{PIXEL}/events"), None),
        (format!("/v3.2/{PIXEL}/events"), Some("version_retired")),
        (format!("/v99.0/{PIXEL}/events"), Some("version_unknown")),
        (format!("/{PIXEL}/events"), Some("unversioned")),
    ];
    for (path, lint) in cases {
        let meta = Meta::new();
        let body = json!({ "data": [purchase(json!({}))] }).to_string();
        let answer = meta
            .post(&format!("{path}?access_token={TOKEN}"), JSON, body)
            .await;
        assert_eq!(answer.status, 200, "{path}");
        let row = &meta.conversions().await[0];
        assert_eq!(
            codes(&row["server"]["lints"]),
            lint.into_iter().collect::<Vec<_>>(),
            "{path}"
        );
        assert_eq!(
            answer.header("facebook-api-version") == "v26.0",
            lint.is_none(),
            "{path}"
        );
    }
    let meta = Meta::new();
    let answer = meta
        .post(
            &format!("/latest/{PIXEL}/events?access_token={TOKEN}"),
            JSON,
            "{}",
        )
        .await;
    assert_eq!(answer.error(), (400, 2_500, None));
}

#[tokio::test]
async fn replies_carry_metas_headers_and_a_trace_id() {
    let meta = Meta::new();
    for answer in [
        meta.send(json!([purchase(json!({}))])).await,
        meta.send(json!([{}])).await,
    ] {
        assert_eq!(
            answer.header("content-type"),
            "application/json; charset=UTF-8"
        );
        assert_eq!(answer.header("facebook-api-version"), "v26.0");
        let body = answer.json();
        let trace_id = body["fbtrace_id"]
            .as_str()
            .or(body["error"]["fbtrace_id"].as_str())
            .unwrap();
        assert_eq!(answer.header("x-fb-trace-id"), trace_id);
        assert_eq!((trace_id.len(), trace_id.starts_with('A')), (23, true));
    }
    let good = meta.send(json!([purchase(json!({}))])).await.json();
    let keys: Vec<&String> = good.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["events_received", "messages", "fbtrace_id"]);
    assert_eq!(good["messages"], json!([]));
}

#[tokio::test]
async fn a_body_of_more_than_8_mib_is_413() {
    let meta = Meta::new();
    let uri = format!("/v26.0/{PIXEL}/events?access_token={TOKEN}");
    let padded = |bytes: usize| {
        let body = json!({ "data": [purchase(json!({}))], "partner_agent": "" }).to_string();
        let padding = " ".repeat(bytes - body.len());
        format!("{body}{padding}")
    };
    assert_eq!(
        meta.post(&uri, JSON, padded(8 * 1024 * 1024)).await.status,
        200
    );
    assert_eq!(
        meta.post(&uri, JSON, padded(8 * 1024 * 1024 + 1))
            .await
            .status,
        413
    );
}

#[tokio::test]
async fn unknown_parameters_beside_data_are_ignored() {
    let meta = Meta::new();
    let body = json!({
        "data": [purchase(json!({}))], "partner_agent": "x", "upload_tag": "y", "trace": 1, "anything": { "a": 1 },
    });
    let answer = meta
        .post(
            &format!("/v26.0/{PIXEL}/events?access_token={TOKEN}"),
            JSON,
            body.to_string(),
        )
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn the_request_log_says_all_but_the_token() {
    let meta = Meta::new();
    meta.send(json!([
        purchase(json!({})),
        purchase(json!({ "event_id": "order_2" }))
    ]))
    .await;
    let body = json!({ "data": [{}], "access_token": "EAABsecret_value" }).to_string();
    meta.post(&format!("/v26.0/{PIXEL}/events"), JSON, body)
        .await;
    let request = Request::post(format!("/v26.0/{PIXEL}/events"))
        .header("authorization", "Bearer EAABsecret_value.expired")
        .header("content-type", "text/plain")
        .body(Body::from("{}"))
        .unwrap();
    meta.call(request).await;
    let answer = meta.get("/__sim/requests").await;
    assert!(!answer.text().contains("EAAB"), "{}", answer.text());
    let rows = answer.json();
    let seen: Vec<Value> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            json!([
                row["token"],
                row["events"],
                row["status"],
                row["error_code"],
                row["error_subcode"]
            ])
        })
        .collect();
    let expected = [
        json!(["header", 0, 401, 190, 463]),
        json!(["body", 1, 400, 100, 2_804_019]),
        json!(["query", 2, 200, null, null]),
    ];
    assert_eq!(seen, expected);
    assert_eq!(codes(&rows[0]["lints"]), ["content_type"]);
    assert_eq!(rows[1]["path"], format!("/v26.0/{PIXEL}/events"));
    assert!(
        rows[1]["meaning"]
            .as_str()
            .unwrap()
            .contains("shape of an event")
    );
}

#[tokio::test]
async fn the_request_log_keeps_the_newest_200() {
    let meta = Meta::new();
    for number in 0..203 {
        meta.send(json!(vec![purchase(json!({})); number % 5 + 1]))
            .await;
    }
    let rows = meta.get("/__sim/requests").await.json();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 200);
    assert_eq!(rows[0]["events"], 202 % 5 + 1);
}

#[tokio::test(start_paused = true)]
async fn a_graph_reply_takes_as_long_as_set() {
    let meta = Meta::with(twin_standin::Settings {
        latency_ms: 120,
        ..twin_standin::Settings::default()
    });
    let start = tokio::time::Instant::now();
    meta.send(json!([purchase(json!({}))])).await;
    assert_eq!(start.elapsed().as_millis(), 120);
    meta.pixel("ev=PageView").await;
    assert_eq!(start.elapsed().as_millis(), 120);
}
