//! The twenty vectors that the stand-in was ordered by, over HTTP.

use crate::support::{EM, Meta, PIXEL, TOKEN, hints, now_s, purchase};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

const PIXEL_EVENT: &str = "ev=Purchase&eid=order_1&cd[value]=10.5&cd[currency]=EUR";

#[tokio::test]
async fn v01_browser_then_server_with_one_id_counts_once() {
    let meta = Meta::new();
    meta.pixel(PIXEL_EVENT).await;
    let answer = meta.send(json!([purchase(json!({}))])).await;
    assert_eq!(answer.json()["events_received"], 1);
    let rows = meta.conversions().await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["status"], "deduplicated");
    assert_eq!(rows[0]["counted"], 1);
    assert_eq!(rows[0]["kept"], "browser");
    assert_eq!(rows[0]["reason"], "event_id");
    assert_eq!(rows[0]["hints"], json!([]));
}

#[tokio::test]
async fn v02_server_then_browser_four_minutes_later_counts_once_and_keeps_the_browser() {
    let meta = Meta::new();
    meta.send(json!([purchase(json!({}))])).await;
    meta.advance("4m").await;
    meta.pixel(PIXEL_EVENT).await;
    let rows = meta.conversions().await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["kept"], "browser");
}

#[tokio::test]
async fn v03_twins_count_once_up_to_48_hours_and_twice_after() {
    for (gap, expected) in [("47h59m", 1), ("48h1m", 2)] {
        let meta = Meta::new();
        meta.pixel(PIXEL_EVENT).await;
        meta.advance(gap).await;
        meta.send(json!([purchase(json!({}))])).await;
        assert_eq!(meta.counted().await, expected, "{gap}");
    }
}

#[tokio::test]
async fn v04_ids_that_differ_by_case_count_twice_and_the_hint_says_so() {
    let meta = Meta::new();
    meta.pixel("ev=Purchase&eid=ORDER_1").await;
    meta.send(json!([purchase(json!({}))])).await;
    let rows = meta.conversions().await;
    assert_eq!(rows.len(), 2);
    for row in &rows {
        let hint = hints(row);
        assert!(hint.contains("upper and lower case"), "{hint}");
        assert!(
            hint.contains("\"ORDER_1\"") && hint.contains("\"order_1\""),
            "{hint}"
        );
    }
}

#[tokio::test]
async fn v05_without_ids_the_same_fbp_pairs_only_browser_first() {
    let pixel = "ev=Purchase&fbp=fb.1.1794990000000.1098115397";
    let server = || {
        purchase(
            json!({ "event_id": null, "user_data": { "fbp": "fb.1.1794990000000.1098115397", "client_user_agent": "x" } }),
        )
    };
    let meta = Meta::new();
    meta.pixel(pixel).await;
    meta.send(json!([server()])).await;
    let rows = meta.conversions().await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["reason"], "fbp");

    let meta = Meta::new();
    meta.send(json!([server()])).await;
    meta.pixel(pixel).await;
    let rows = meta.conversions().await;
    assert_eq!(rows.len(), 2);
    assert!(
        hints(&rows[0]).contains("only found when the browser event comes first"),
        "{}",
        hints(&rows[0])
    );
}

#[tokio::test]
async fn v06_without_ids_two_server_events_count_twice() {
    let meta = Meta::new();
    let event = purchase(json!({ "event_id": null }));
    meta.send(json!([event])).await;
    meta.send(json!([event])).await;
    assert_eq!(meta.counted().await, 2);
}

#[tokio::test]
async fn v07_a_thousand_valid_events_are_taken() {
    let meta = Meta::new();
    let events: Vec<Value> = (0..1_000)
        .map(|number| purchase(json!({ "event_id": format!("order_{number}") })))
        .collect();
    let answer = meta.send(json!(events)).await;
    assert_eq!(
        (answer.status, &answer.json()["events_received"]),
        (200, &json!(1_000))
    );
    assert_eq!(meta.counted().await, 1_000);
}

#[tokio::test]
async fn v08_a_thousand_and_one_events_are_refused() {
    let meta = Meta::new();
    let events: Vec<Value> = (0..1_001)
        .map(|number| purchase(json!({ "event_id": format!("order_{number}") })))
        .collect();
    assert_eq!(meta.send(json!(events)).await.error(), (400, 100, None));
    assert_eq!(meta.counted().await, 0);
}

#[tokio::test]
async fn v09_one_old_event_refuses_all_thousand() {
    let meta = Meta::new();
    let mut events: Vec<Value> = (0..999)
        .map(|number| purchase(json!({ "event_id": format!("order_{number}") })))
        .collect();
    events.push(purchase(json!({ "event_time": now_s() - 8 * 86_400 })));
    assert_eq!(
        meta.send(json!(events)).await.error(),
        (400, 100, Some(2_804_003))
    );
    assert_eq!(meta.counted().await, 0);
    assert_eq!(meta.totals().await["rejected"], 1_000);
}

#[tokio::test]
async fn v10_a_purchase_needs_a_currency_and_a_value() {
    let meta = Meta::new();
    let cases = [
        (json!({ "value": 1.99 }), 2_804_010),
        (json!({ "currency": "USD" }), 2_804_009),
        (json!({}), 2_804_010),
        (json!({ "value": "", "currency": "USD" }), 2_804_009),
    ];
    for (custom_data, subcode) in cases {
        let answer = meta
            .send(json!([purchase(json!({ "custom_data": custom_data }))]))
            .await;
        assert_eq!(answer.error(), (400, 100, Some(subcode)), "{custom_data}");
    }
    let without = meta
        .send(json!([purchase(json!({ "custom_data": null }))]))
        .await;
    assert_eq!(without.error(), (400, 100, Some(2_804_010)));
}

#[tokio::test]
async fn v11_customer_information_must_not_be_too_broad() {
    let (real, docs) = (Meta::new(), Meta::strict());
    let with = |user_data: Value| json!([purchase(json!({ "user_data": user_data }))]);
    let broad = with(json!({ "ge": EM, "ct": EM, "st": EM, "country": EM }));
    assert_eq!(real.send(broad).await.error(), (400, 100, Some(2_804_050)));
    let address =
        with(json!({ "client_ip_address": "203.0.113.7", "client_user_agent": "Mozilla/5.0" }));
    assert_eq!(real.send(address).await.status, 200);
    let agent = with(json!({ "client_user_agent": "Mozilla/5.0" }));
    assert_eq!(real.send(agent).await.error(), (400, 100, Some(2_804_050)));
    let email = with(json!({ "em": [EM] }));
    assert_eq!(real.send(email.clone()).await.status, 200);
    assert_eq!(docs.send(email).await.error(), (400, 100, Some(2_804_019)));
}

#[tokio::test]
async fn v12_an_unknown_key_is_named_with_its_event() {
    let meta = Meta::new();
    let odd = purchase(json!({ "advertiser_tracking_enabled": true }));
    let answer = meta.send(json!([purchase(json!({})), odd])).await;
    assert_eq!(answer.error(), (400, 100, Some(2_804_019)));
    assert_eq!(
        answer.user_msg(),
        r#"Unexpected key "advertiser_tracking_enabled" on param "$['data'][1]"."#
    );
}

#[tokio::test]
async fn v13_an_unknown_key_in_contents_is_named_with_its_item() {
    let meta = Meta::new();
    let contents =
        json!({ "value": 1, "currency": "EUR", "contents": [{ "id": "a", "name": "Shoe" }] });
    let answer = meta
        .send(json!([purchase(json!({ "custom_data": contents }))]))
        .await;
    assert_eq!(answer.error(), (400, 100, Some(2_804_019)));
    assert_eq!(
        answer.user_msg(),
        r#"Unexpected key "name" on param "$['data'][0]['custom_data']['contents'][0]"."#
    );
}

#[tokio::test]
async fn v14_contents_must_be_an_array() {
    let meta = Meta::new();
    let contents = json!({ "value": 1, "currency": "EUR", "contents": "[]" });
    let answer = meta
        .send(json!([purchase(json!({ "custom_data": contents }))]))
        .await;
    assert_eq!(answer.error(), (400, 100, Some(2_804_019)));
    assert_eq!(
        answer.user_msg(),
        "The parameter $['data'][0]['custom_data']['contents'] must be an array."
    );
}

#[tokio::test]
async fn v15_the_token_may_stand_in_the_header_the_query_or_the_body() {
    let meta = Meta::new();
    let data = json!([purchase(json!({}))]);
    let path = format!("/v26.0/{PIXEL}/events");
    let query = meta.send(data.clone()).await;
    let body = json!({ "data": data, "access_token": TOKEN }).to_string();
    let in_body = meta.post(&path, "application/json", body).await;
    let request = Request::post(&path)
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json")
        .body(Body::from(json!({ "data": data }).to_string()))
        .unwrap();
    let header = meta.call(request).await;
    assert_eq!(
        [query.status, in_body.status, header.status],
        [200, 200, 200]
    );
    let places: Vec<Value> = meta
        .get("/__sim/requests")
        .await
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["token"].clone())
        .collect();
    assert_eq!(places, ["header", "body", "query"]);
}

#[tokio::test]
async fn v16_a_bad_token_is_401_190() {
    let meta = Meta::new();
    let body = json!({ "data": [purchase(json!({}))] }).to_string();
    let answer = meta
        .post(
            &format!("/v26.0/{PIXEL}/events?access_token=bad"),
            "application/json",
            body,
        )
        .await;
    assert_eq!(answer.error(), (401, 190, None));
    assert_eq!(
        answer.json()["error"]["message"],
        "Invalid OAuth access token - Cannot parse access token"
    );
}

#[tokio::test]
async fn v17_milliseconds_in_event_time_lie_in_the_future() {
    let meta = Meta::new();
    let answer = meta
        .send(json!([purchase(json!({ "event_time": now_s() * 1_000 }))]))
        .await;
    assert_eq!(answer.error(), (400, 100, Some(2_804_004)));
}

#[tokio::test]
async fn v18_a_test_event_counts_and_is_in_the_test_view() {
    let meta = Meta::new();
    let body = json!({ "data": [purchase(json!({}))], "test_event_code": "TEST123" }).to_string();
    meta.post(
        &format!("/v26.0/{PIXEL}/events?access_token={TOKEN}"),
        "application/json",
        body,
    )
    .await;
    meta.send(json!([purchase(json!({ "event_id": "order_2" }))]))
        .await;
    assert_eq!(meta.counted().await, 2);
    let view = meta
        .get("/__sim/events?test_event_code=TEST123")
        .await
        .json();
    assert_eq!(view.as_array().unwrap().len(), 1);
    assert_eq!(view[0]["event_id"], "order_1");
    assert_eq!(
        meta.conversions().await[1]["server"]["test_event_code"],
        "TEST123"
    );
}

#[tokio::test]
async fn v19_a_retry_after_a_dropped_answer_shows_as_a_duplicate() {
    let meta = Meta::with(twin_standin::Settings::default());
    meta.arm(json!({ "name": "drop_after_accept" })).await;
    let event = json!([purchase(json!({}))]);
    meta.send(event.clone()).await;
    let retry = meta.send(event).await;
    assert_eq!(retry.json()["events_received"], 1);
    let totals = meta.totals().await;
    assert_eq!(
        (&totals["counted"], &totals["duplicates"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        meta.get("/__sim/events").await.json()[0]["verdict"],
        "repeat"
    );
}

#[tokio::test]
async fn v20_in_french_the_codes_are_the_same_and_the_texts_are_not() {
    let event = json!([purchase(json!({ "event_time": now_s() - 8 * 86_400 }))]);
    let (en, fr) = (
        Meta::new().send(event.clone()).await,
        Meta::french().send(event).await,
    );
    assert_eq!(en.error(), fr.error());
    assert_eq!(en.json()["error"]["message"], fr.json()["error"]["message"]);
    for key in ["error_user_title", "error_user_msg"] {
        assert_ne!(en.json()["error"][key], fr.json()["error"][key]);
    }
}
