//! `/tr`: every way a Pixel event can come in, and what is made of it.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{EM, Meta, PIXEL, codes, now_s};

#[tokio::test]
async fn a_get_is_answered_with_a_picture_and_a_post_with_nothing() {
    let meta = Meta::new();
    for uri in [
        format!("/tr/?id={PIXEL}&ev=PageView"),
        format!("/tr?id={PIXEL}&ev=PageView"),
    ] {
        let get = meta.get(&uri).await;
        assert_eq!((get.status, get.header("content-type")), (200, "image/gif"));
        assert!(get.bytes.starts_with(b"GIF89a"));
        let post = meta.post(&uri, "text/plain", "").await;
        assert_eq!((post.status, post.bytes.len()), (200, 0));
    }
    assert_eq!(meta.counted().await, 4);
}

#[tokio::test]
async fn every_parameter_of_a_get_is_read() {
    let meta = Meta::new();
    let (fbp, fbc) = (
        format!("fb.1.{}.1098115397", now_s() * 1_000),
        format!("fb.1.{}.IwAR2x", now_s() * 1_000),
    );
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("id", PIXEL),
            ("ev", "Purchase"),
            ("eid", "order_1"),
            ("dl", "https://shop.example/thanks?order=1"),
            ("rl", "https://shop.example/cart"),
            ("ts", "1795000000123"),
            ("cd[value]", "10.50"),
            ("cd[currency]", "EUR"),
            ("cd[content_ids]", r#"["007"]"#),
            ("cd[contents]", r#"[{"id":"007","quantity":1}]"#),
            ("cd[note]", "[not json"),
            ("ud[em]", EM),
            ("ud[cn]", EM),
            ("ud[external_id]", "abc"),
            ("ud[ph]", ""),
            ("fbp", &fbp),
            ("fbc", &fbc),
            ("sw", "1280"),
        ])
        .finish();
    let request = Request::get(format!("/tr/?{query}"))
        .header("user-agent", "Mozilla/5.0 (Test)")
        .body(Body::empty())
        .unwrap();
    meta.call(request).await;
    let browser = meta.conversions().await[0]["browser"].clone();
    let expected = json!({
        "event_id": "order_1",
        "event_time_ms": 1_795_000_000_123_i64,
        "event_source_url": "https://shop.example/thanks?order=1",
        "referrer_url": "https://shop.example/cart",
        "fbp": fbp,
        "fbc": fbc,
        "user_data": { "em": EM, "country": EM, "external_id": "abc", "fbp": fbp, "fbc": fbc },
        "custom_data": {
            "value": "10.50", "currency": "EUR", "content_ids": ["007"],
            "contents": [{ "id": "007", "quantity": 1 }], "note": "[not json",
        },
        "method": "GET",
        "client_user_agent": "Mozilla/5.0 (Test)",
        "client_ip_address": null,
        "lints": [],
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&browser[key], value, "{key}");
    }
    assert_eq!(
        (&browser["params"]["sw"], &browser["params"]["cd[value]"]),
        (&json!("1280"), &json!("10.50"))
    );
}

#[tokio::test]
async fn a_form_and_a_multipart_post_are_read_as_a_get_is() {
    let meta = Meta::new();
    let form = format!("id={PIXEL}&ev=Lead&eid=a&cd%5Bvalue%5D=1");
    meta.post("/tr/", "application/x-www-form-urlencoded", form)
        .await;
    let part = |name: &str, value: &str| {
        format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = format!(
        "{}{}{}{}--XX--\r\n",
        part("id", PIXEL),
        part("ev", "Lead"),
        part("eid", "b"),
        part("cd[value]", "1")
    );
    meta.post("/tr/", "multipart/form-data; boundary=XX", body)
        .await;
    let rows = meta.conversions().await;
    assert_eq!(rows.len(), 2);
    for (row, event_id) in rows.iter().zip(["b", "a"]) {
        assert_eq!(row["event_id"], event_id);
        assert_eq!(row["browser"]["method"], "POST");
        assert_eq!(row["browser"]["custom_data"], json!({ "value": "1" }));
    }
}

#[tokio::test]
async fn oddities_are_lints_and_never_errors() {
    let ts = now_s() * 1_000;
    let cases: [(String, &[&str]); 7] = [
        (format!("id={PIXEL}&ev=PageView&ts={ts}"), &["no_event_id"]),
        (format!("id={PIXEL}&ev=PageView&eid=a"), &["no_event_time"]),
        (
            format!("id=shop&ev=PageView&eid=a&ts={ts}"),
            &["id_not_a_number"],
        ),
        (
            format!("id={PIXEL}&ev=Purchase&eid=a&ts={ts}"),
            &["purchase_without_value", "purchase_without_currency"],
        ),
        (
            format!("id={PIXEL}&ev=Lead&eid=a&ts={ts}&ud[em]=a@b.co"),
            &["unhashed_em"],
        ),
        (
            format!("id={PIXEL}&ev=Lead&eid=a&ts={ts}&fbp=x&fbc=y"),
            &["fbp_malformed", "fbc_malformed"],
        ),
        (
            format!("id={PIXEL}&ev=Lead&eid[0]=a&eid[1]=b&ts={ts}"),
            &["no_event_id"],
        ),
    ];
    for (query, expected) in cases {
        let meta = Meta::new();
        assert_eq!(
            meta.get(&format!("/tr/?{query}")).await.status,
            200,
            "{query}"
        );
        let row = &meta.conversions().await[0];
        assert_eq!(codes(&row["browser"]["lints"]), expected, "{query}");
    }
}

#[tokio::test]
async fn nonsense_is_answered_kindly_and_not_counted() {
    let meta = Meta::new();
    for query in ["", "id=1", "ev=PageView", "%%%=&&&[", "id=&ev="] {
        assert_eq!(
            meta.get(&format!("/tr/?{query}")).await.status,
            200,
            "{query}"
        );
    }
    let answer = meta.post("/tr/", "multipart/form-data", "nonsense").await;
    assert_eq!(answer.status, 200);
    assert_eq!(meta.counted().await, 0);
    let events = meta.get("/__sim/events").await.json();
    assert!(
        events
            .as_array()
            .unwrap()
            .iter()
            .all(|event| event["verdict"] == "ignored")
    );
}

#[tokio::test]
async fn any_page_may_call_it_with_credentials() {
    let meta = Meta::new();
    let request = Request::post("/tr/")
        .header("origin", "https://shop.example")
        .body(Body::empty())
        .unwrap();
    let answer = meta.call(request).await;
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://shop.example"
    );
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
}

#[tokio::test]
async fn a_repeat_of_the_pixel_is_counted_or_listed_as_set() {
    let event = "ev=Lead&eid=a";
    let counting = Meta::new();
    counting.pixel(event).await;
    counting.pixel(event).await;
    let rows = counting.conversions().await;
    assert_eq!(rows.len(), 2);
    assert!(
        rows[0]["hints"][0]
            .as_str()
            .unwrap()
            .contains("--same-source count")
    );

    let lenient = Meta::with(twin_standin::Settings::default());
    lenient.pixel(event).await;
    lenient.pixel(event).await;
    let rows = lenient.conversions().await;
    assert_eq!(rows.len(), 1);
    let repeats: &Value = &rows[0]["repeats"];
    assert_eq!(
        (
            &repeats[0]["source"],
            &repeats[0]["event_id"],
            &repeats[0]["reason"]
        ),
        (&json!("browser"), &json!("a"), &json!("event_id"))
    );
    assert!(repeats[0]["received_ms"].is_i64());
    assert!(
        rows[0]["hints"][0]
            .as_str()
            .unwrap()
            .contains("1 repeat came and was not counted")
    );
}
