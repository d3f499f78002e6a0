//! Stripe: paid sessions, amounts, refunds.

use serde_json::json;

use super::{event, reasons, settled, without_hold};
use crate::support::graph::{Graph, ok};
use crate::support::webhook::filled;
use crate::support::{EM, FBP, now_s};

fn session(kind: &str, status: &str, more: &[(&str, &str)]) -> String {
    let created = (now_s() - 60).to_string();
    let defaults = [
        ("created", created.as_str()),
        ("livemode", "true"),
        ("amount", "2198"),
        ("currency", "usd"),
    ];
    let kind = format!("checkout.session.{kind}");
    filled(
        "stripe-session",
        &[
            &[("type", kind.as_str()), ("status", status)],
            more,
            &defaults,
        ]
        .concat(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_paid_session_of_stripe_counts_and_once() {
    let graph = Graph::start(ok).await;
    let setup = without_hold(&graph, "STRIPE").set(
        "TWIN_WEBHOOKS__STRIPE__EVENT_ID",
        "order_{client_reference_id}",
    );
    let relay = setup.start();
    let other = |id: &str, session: String| session.replace("evt_1MqqbKLt4dXK03v5qaIbiNCC", id);
    for (id, body) in [
        ("evt_1", session("completed", "unpaid", &[])),
        ("evt_2", session("async_payment_failed", "unpaid", &[])),
        (
            "evt_3",
            session("completed", "paid", &[("livemode", "false")]),
        ),
        ("evt_4", session("expired", "unpaid", &[])),
    ] {
        assert_eq!(relay.stripe(&other(id, body)).await, 200, "{id}");
    }
    settled(&relay, &graph).await;
    assert_eq!(graph.delivered(), ["marker"]);
    assert_eq!(
        reasons(&setup),
        [("paid".into(), Some("a test order".into()))]
    );
    for (id, kind) in [
        ("evt_5", "async_payment_succeeded"),
        ("evt_5", "async_payment_succeeded"),
        ("evt_6", "completed"),
    ] {
        assert_eq!(
            relay.stripe(&other(id, session(kind, "paid", &[]))).await,
            200
        );
    }
    let event = event(&graph, "order_4711").await;
    assert_eq!(event["user_data"]["em"], EM);
    assert_eq!(event["user_data"]["fbp"], FBP);
    assert_eq!(
        event["custom_data"],
        json!({"value": 21.98, "currency": "USD", "order_id": "4711"})
    );
    relay.holds(0, 0).await;
    assert_eq!(graph.delivered().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn stripes_amounts_are_in_the_smallest_part_of_their_currency() {
    let graph = Graph::start(ok).await;
    let setup = without_hold(&graph, "STRIPE").set(
        "TWIN_WEBHOOKS__STRIPE__EVENT_ID",
        "order_{client_reference_id}",
    );
    let relay = setup.start();
    for (currency, expected) in [("jpy", 2198.0), ("kwd", 2.198), ("eur", 21.98)] {
        let body = session("completed", "paid", &[("currency", currency)]);
        let body = body.replace("4711", currency).replace("evt_1", currency);
        assert_eq!(relay.stripe(&body).await, 200);
        let event = event(&graph, &format!("order_{currency}")).await;
        assert_eq!(
            event["custom_data"]["value"].as_f64(),
            Some(expected),
            "{currency}"
        );
    }
    // What was paid back with this refund, not all so far.
    relay
        .stripe(&filled(
            "stripe-refund",
            &[("created", &now_s().to_string())],
        ))
        .await;
    let event = event(&graph, "refund_evt_3MqqbKLt4dXK03v5refunded").await;
    assert_eq!(event["custom_data"]["value"], 10);
}
