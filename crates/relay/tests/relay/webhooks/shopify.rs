//! Shopify: paid orders, and refunds that name no customer.

use serde_json::json;

use super::{event, reasons, settled, shopify_order, without_hold};
use crate::support::graph::{Graph, ok};
use crate::support::process::is_anywhere;
use crate::support::webhook::{ago, filled};
use crate::support::{EM, now_s};

/// `+16505551212` as Meta wants it: the hash of 16505551212, published.
const PH: &str = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176";

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_order_of_shopify_becomes_a_purchase_with_the_pages_id() {
    let graph = Graph::start(ok).await;
    let setup = without_hold(&graph, "SHOPIFY");
    let relay = setup.start();
    assert_eq!(
        relay
            .shopify("orders/paid", "d1", &shopify_order("paid", 60))
            .await,
        200
    );
    let event = event(&graph, "order_820982911946154508").await;
    assert_eq!(event["event_name"], "Purchase");
    let user = &event["user_data"];
    assert_eq!((&user["em"], &user["ph"]), (&json!(EM), &json!(PH)));
    assert_eq!(user["client_ip_address"], "203.0.113.9");
    assert_eq!(user["client_user_agent"], "Mozilla/5.0 (Macintosh)");
    let fbc = user["fbc"].as_str().unwrap();
    assert!(
        fbc.starts_with("fb.1.") && fbc.ends_with(".IwAR0_Example-Click"),
        "{fbc}"
    );
    for field in ["fn", "ln", "ct", "st", "zp", "country", "external_id"] {
        assert_eq!(user[field].as_str().map(str::len), Some(64), "{field}");
    }
    assert_eq!(event["event_source_url"], "https://shop.example/");
    assert_eq!(
        event["custom_data"],
        json!({"value": 398, "currency": "USD", "content_type": "product", "order_id": "820982911946154508",
            "content_ids": ["43729076", "788032119674292923"],
            "contents": [{"id": "43729076", "quantity": 1, "item_price": 199},
                {"id": "788032119674292923", "quantity": 2, "item_price": 94.5}]})
    );
    assert!(event["event_time"].as_u64().unwrap().abs_diff(now_s() - 60) < 30);
    // Nothing raw is on the disk or in the log.
    for text in ["john_smith", "Menlo", "650-555", "Billing Street"] {
        assert!(!is_anywhere(&setup.path(""), text), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_paid_order_of_shopify_counts_and_once() {
    let graph = Graph::start(ok).await;
    let setup = without_hold(&graph, "SHOPIFY");
    let relay = setup.start();
    for (number, status) in ["pending", "authorized", "voided", "partially_paid"]
        .iter()
        .enumerate()
    {
        let order = shopify_order(status, 60);
        assert_eq!(
            relay
                .shopify("orders/create", &format!("d{number}"), &order)
                .await,
            200
        );
    }
    let paid = shopify_order("paid", 60);
    let test = paid.replace("\"test\": false", "\"test\": true");
    let cancelled = paid.replace(
        "\"cancelled_at\": null",
        "\"cancelled_at\": \"2026-11-01T00:00:00Z\"",
    );
    let till = paid.replace("\"web\"", "\"pos\"");
    for (number, order) in [test, cancelled, till].iter().enumerate() {
        assert_eq!(
            relay
                .shopify("orders/paid", &format!("e{number}"), order)
                .await,
            200
        );
    }
    assert_eq!(relay.shopify("products/update", "f", &paid).await, 200);
    settled(&relay, &graph).await;
    assert_eq!(graph.delivered(), ["marker"]);
    assert_eq!(
        reasons(&setup),
        [("paid".into(), Some("not an order of the web shop".into()))]
    );
    // The moment it is paid; delivered twice, and reported by two topics.
    for (topic, delivery) in [
        ("orders/paid", "g"),
        ("orders/paid", "g"),
        ("orders/paid", "h"),
        ("orders/create", "i"),
    ] {
        assert_eq!(relay.shopify(topic, delivery, &paid).await, 200);
    }
    event(&graph, "order_820982911946154508").await;
    relay.holds(0, 0).await;
    assert_eq!(graph.delivered().len(), 2);
    assert_eq!(reasons(&setup), [("paid".into(), None)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_shopify_finds_the_customer_of_its_order() {
    let graph = Graph::start(ok).await;
    let setup = without_hold(&graph, "SHOPIFY");
    let relay = setup.start();
    let refund = filled("shopify-refund", &[("created_at", &ago(0))]);
    // Of an order that nobody knows: nothing to match it by.
    assert_eq!(relay.shopify("refunds/create", "d0", &refund).await, 200);
    relay
        .shopify("orders/paid", "d1", &shopify_order("paid", 60))
        .await;
    let order = event(&graph, "order_820982911946154508").await;
    relay.shopify("refunds/create", "d2", &refund).await;
    let event = event(&graph, "refund_890088186047892319").await;
    assert_eq!(event["event_name"], "Refund");
    assert_eq!(
        event["user_data"]["external_id"],
        order["user_data"]["external_id"]
    );
    assert_eq!(
        event["custom_data"],
        json!({"value": 94.5, "currency": "USD", "order_id": "820982911946154508"})
    );
    assert_eq!(event["action_source"], "system_generated");
}
