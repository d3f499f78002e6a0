//! WooCommerce: paid orders, refunds inside them, and its first contact.

use serde_json::json;

use super::{event, reasons, settled, without_hold};
use crate::support::EM;
use crate::support::graph::{Graph, ok};
use crate::support::webhook::{ago, filled, with_webhook};

fn woocommerce_order(status: &str, more: &[(&str, &str)]) -> String {
    let gmt = ago(60).trim_end_matches('Z').to_owned();
    let local = ("local", "2026-11-01T12:00:00");
    let defaults = [
        ("payment_method", "stripe"),
        ("meta_key", "_x"),
        ("refunds", ""),
    ];
    let values = [&[("status", status), ("gmt", &gmt), local], more, &defaults].concat();
    filled("woocommerce-order", &values)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_paid_order_of_woocommerce_counts_and_once() {
    let graph = Graph::start(ok).await;
    let setup = without_hold(&graph, "WOOCOMMERCE");
    let relay = setup.start();
    for status in [
        "pending",
        "on-hold",
        "failed",
        "cancelled",
        "refunded",
        "checkout-draft",
    ] {
        assert_eq!(
            relay.woocommerce(&woocommerce_order(status, &[])).await,
            200
        );
    }
    // Cash on delivery is processed before it is paid, and Meta's own plugin sends what it has marked.
    let on_delivery = woocommerce_order("processing", &[("payment_method", "cod")]);
    let plugin = woocommerce_order(
        "processing",
        &[("meta_key", "_meta_purchase_tracked_server")],
    );
    for order in [on_delivery, plugin] {
        assert_eq!(relay.woocommerce(&order).await, 200);
    }
    settled(&relay, &graph).await;
    assert_eq!(graph.delivered(), ["marker"]);
    assert_eq!(
        reasons(&setup),
        [(
            "processing".into(),
            Some("Meta for WooCommerce sends it".into())
        )]
    );
    for status in ["processing", "processing", "completed"] {
        assert_eq!(
            relay.woocommerce(&woocommerce_order(status, &[])).await,
            200
        );
    }
    let event = event(&graph, "order_727").await;
    assert_eq!(event["user_data"]["em"], EM);
    assert_eq!(event["user_data"]["client_user_agent"], "Mozilla/5.0 (X11)");
    assert_eq!(event["custom_data"]["value"], 29.35);
    assert_eq!(event["custom_data"]["content_ids"], json!(["93", "23"]));
    relay.holds(0, 0).await;
    assert_eq!(graph.delivered().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_woocommerce_goes_as_its_own_event() {
    let graph = Graph::start(ok).await;
    let setup = without_hold(&graph, "WOOCOMMERCE");
    let relay = setup.start();
    let refunds = r#"{"id": 900, "reason": "", "total": "-10.00"}"#;
    relay
        .woocommerce(&woocommerce_order("completed", &[("refunds", refunds)]))
        .await;
    let event = event(&graph, "refund_900").await;
    assert_eq!(
        (&event["event_name"], &event["custom_data"]["value"]),
        (&json!("Refund"), &json!(10))
    );
    assert_eq!(event["user_data"]["em"], EM);
}

#[tokio::test(flavor = "multi_thread")]
async fn woocommerces_first_contact_is_answered() {
    let setup = with_webhook("http://127.0.0.1:9", "WOOCOMMERCE");
    let relay = setup.start();
    let greeting = relay
        .client
        .post(format!("{}/twin/webhooks/woocommerce", relay.address))
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = greeting
        .try_clone()
        .unwrap()
        .body("webhook_id=7")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let answer = greeting.body("webhook_id=7&x=y").send().await.unwrap();
    assert_eq!(answer.status(), 401);
}
