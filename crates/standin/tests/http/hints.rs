//! Why two messages did not pair, told on both rows, and taken back when the real twin comes.

use serde_json::{Value, json};

use crate::support::{EM, Meta, PIXEL, TOKEN, hints, purchase};

async fn both_rows_say(meta: &Meta, expected: &[&str]) {
    let rows = meta.conversions().await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    for row in &rows {
        for part in expected {
            assert!(
                hints(row).contains(part),
                "{part:?} not in {:?}",
                hints(row)
            );
        }
    }
}

#[tokio::test]
async fn ids_that_nearly_match_are_shown_side_by_side() {
    let cases = [
        ("order_1%20", "order_1", "ends with a space"),
        ("%231001", "1001", "one has \"#\" in front"),
        (
            "1001",
            "gid://shopify/Order/1001",
            "\"gid://shopify/Order/\" in front",
        ),
        ("Order_1", "order_1", "upper and lower case"),
    ];
    for (browser_id, server_id, difference) in cases {
        let meta = Meta::new();
        meta.pixel(&format!("ev=Purchase&eid={browser_id}")).await;
        meta.send(json!([purchase(json!({ "event_id": server_id }))]))
            .await;
        both_rows_say(&meta, &[difference, server_id]).await;
    }
}

#[tokio::test]
async fn ids_with_nothing_in_common_are_named_when_it_is_the_same_visitor() {
    let meta = Meta::new();
    let user_data = |fbp: &str| json!({ "fbp": fbp, "client_user_agent": "x" });
    meta.pixel("ev=Purchase&eid=aaaa&fbp=fb.1.2.3&dl=https://shop.example/thanks?x=1")
        .await;
    meta.send(json!([purchase(
        json!({ "event_id": "bbbb", "user_data": user_data("fb.1.2.3") })
    )]))
    .await;
    both_rows_say(&meta, &["\"aaaa\"", "\"bbbb\"", "differ in 4 characters"]).await;

    let cases = [
        ("fb.1.2.4", "thanks", "10.5", "Purchase"),
        ("fb.1.2.3", "other", "10.5", "Purchase"),
        ("fb.1.2.3", "thanks", "99", "Purchase"),
        ("fb.1.2.3", "thanks", "10.5", "Lead"),
    ];
    for (fbp, path, value, name) in cases {
        let meta = Meta::new();
        let page = format!("dl=https://shop.example/{path}&cd[value]={value}");
        meta.pixel(&format!("ev=Purchase&eid=aaaa&fbp=fb.1.2.3&{page}"))
            .await;
        let server = json!({ "event_id": "bbbb", "event_name": name, "user_data": user_data(fbp) });
        meta.send(json!([purchase(server)])).await;
        let row = &meta.conversions().await[0];
        assert_eq!(row["hints"], json!([]), "{fbp} {path} {value} {name}");
    }
}

#[tokio::test]
async fn a_sure_near_miss_is_told_instead_of_guesses() {
    let meta = Meta::new();
    let server = |id: &str| {
        purchase(json!({ "event_id": id, "user_data": { "fbp": "fb.1.2.3", "em": EM } }))
    };
    let ids = ["order_7", "order_8", "order_9", "order_10", "order_11"];
    let events: Vec<Value> = ids.into_iter().map(server).collect();
    meta.send(json!(events)).await;
    meta.pixel("ev=Purchase&eid=ORDER_8&fbp=fb.1.2.3").await;
    let rows = meta.conversions().await;
    let told: Vec<usize> = rows
        .iter()
        .map(|row| row["hints"].as_array().unwrap().len())
        .collect();
    assert_eq!(told, [1, 0, 0, 0, 1, 0]);
    assert!(
        hints(&rows[0]).contains("\"order_8\""),
        "{}",
        hints(&rows[0])
    );

    let meta = Meta::new();
    meta.send(json!(events)).await;
    meta.pixel("ev=Purchase&eid=other&fbp=fb.1.2.3").await;
    assert_eq!(
        meta.conversions().await[0]["hints"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn a_name_that_differs_is_named() {
    let meta = Meta::new();
    meta.pixel("ev=purchase&eid=order_1").await;
    meta.send(json!([purchase(json!({}))])).await;
    both_rows_say(
        &meta,
        &["\"purchase\"", "\"Purchase\"", "name must be the same"],
    )
    .await;
}

#[tokio::test]
async fn another_dataset_is_named() {
    let meta = Meta::new();
    meta.pixel("ev=Purchase&eid=order_1").await;
    let body = json!({ "data": [purchase(json!({}))] }).to_string();
    meta.post(
        &format!("/v26.0/999/events?access_token={TOKEN}"),
        "application/json",
        body,
    )
    .await;
    both_rows_say(&meta, &["999", PIXEL, "within one dataset"]).await;
}

#[tokio::test]
async fn twins_that_came_too_late_are_named_with_their_distance() {
    let meta = Meta::new();
    meta.pixel("ev=Purchase&eid=order_1").await;
    meta.advance("48h1m").await;
    meta.send(json!([purchase(json!({}))])).await;
    both_rows_say(&meta, &["48 h 1 min", "After 48 hours both count"]).await;
}

#[tokio::test]
async fn an_event_without_id_is_told_to_get_one() {
    let meta = Meta::new();
    meta.pixel("ev=Lead").await;
    assert!(hints(&meta.conversions().await[0]).contains("browser event has no event_id"));
}

#[tokio::test]
async fn a_pair_found_by_fbp_is_told_that_this_is_luck() {
    let meta = Meta::new();
    meta.pixel("ev=Purchase&fbp=fb.1.2.3").await;
    meta.send(json!([purchase(
        json!({ "user_data": { "fbp": "fb.1.2.3", "em": EM } })
    )]))
    .await;
    let rows = meta.conversions().await;
    assert_eq!(
        (&rows[0]["status"], &rows[0]["event_id"]),
        (&json!("deduplicated"), &json!("order_1"))
    );
    assert!(hints(&rows[0]).contains("Paired by fbp only"));
}

#[tokio::test]
async fn a_hint_is_taken_back_when_the_real_twin_comes() {
    let meta = Meta::new();
    meta.pixel("ev=Purchase&eid=ORDER_1").await;
    meta.send(json!([purchase(json!({}))])).await;
    both_rows_say(&meta, &["upper and lower case"]).await;
    meta.pixel("ev=Purchase&eid=order_1").await;
    let rows = meta.conversions().await;
    let all: Vec<&Value> = rows.iter().map(|row| &row["hints"]).collect();
    assert_eq!(all, [&json!([]), &json!([])]);
}
