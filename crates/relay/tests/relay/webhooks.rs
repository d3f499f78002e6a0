//! What platforms report: signed, paid, once.

mod shopify;
mod stripe;
mod woocommerce;

use serde_json::{Value, json};

use crate::support::graph::{Graph, ok};
use crate::support::process::{Relay, Setup};
use crate::support::webhook::{SECRET, ago, base64, filled, timed, with_webhook};
use crate::support::{EM, now_s, until};

fn without_hold(graph: &Graph, platform: &str) -> Setup {
    with_webhook(&graph.address, platform).set("TWIN_HOLD_MS", "0")
}

/// The event with that id, as Meta got it.
async fn event(graph: &Graph, event_id: &str) -> Value {
    graph.has(event_id).await;
    let calls = graph.calls();
    let mut events = calls
        .iter()
        .flat_map(|call| call.body["data"].as_array().unwrap());
    events
        .find(|event| event["event_id"] == event_id)
        .unwrap()
        .clone()
}

fn shopify_order(status: &str, seconds_ago: u64) -> String {
    filled(
        "shopify-order",
        &[("status", status), ("created_at", &ago(seconds_ago))],
    )
}

/// The reasons in the books, by status.
fn reasons(setup: &Setup) -> Vec<(String, Option<String>)> {
    let outbox = rusqlite::Connection::open(setup.path("data/relay.sqlite")).unwrap();
    let mut found = outbox
        .prepare("SELECT status, reason FROM purchase")
        .unwrap();
    let rows = found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

/// Waits until a marker that is sent after everything else has arrived.
async fn settled(relay: &Relay, graph: &Graph) {
    relay.take(&["marker"]).await;
    graph.has("marker").await;
    relay.holds(0, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_of_ones_own_reports_leads() {
    let graph = Graph::start(ok).await;
    let setup = without_hold(&graph, "SIGNED");
    let relay = setup.start();
    let lead = json!({"event_name": "Lead", "event_id": "lead_1", "action_source": "system_generated",
        "user_data": {"em": ["John_Smith@gmail.com", EM], "lead_id": "1234567890123456"}});
    assert_eq!(
        relay.signed(&json!({"data": [lead]}).to_string()).await,
        200
    );
    let event = event(&graph, "lead_1").await;
    assert_eq!(
        event["user_data"],
        json!({"em": EM, "lead_id": "1234567890123456"})
    );
    for (body, field) in [
        (json!({"data": []}), "data"),
        (json!({"data": [{"event_id": "x"}]}), "data[0].event_name"),
        (
            json!({"data": [{"event_name": "Lead"}]}),
            "data[0].event_id",
        ),
    ] {
        let body = body.to_string();
        let request = relay
            .report("signed", &body)
            .header("twin-signature", timed(SECRET, now_s(), &body));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 422);
        let said = answer.text().await.unwrap();
        assert!(said.contains(&format!("{field} is missing")), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_without_a_good_signature_is_refused() {
    let graph = Graph::start(ok).await;
    let mut setup = without_hold(&graph, "SHOPIFY");
    for platform in ["WOOCOMMERCE", "STRIPE", "SIGNED"] {
        setup = setup.set(&format!("TWIN_WEBHOOKS__{platform}__SECRETS"), SECRET);
    }
    let relay = setup.start();
    let (body, now) = (shopify_order("paid", 60), now_s());
    let other = body.replace("398.00", "1.00");
    for (platform, header, signature) in [
        ("shopify", "x-shopify-hmac-sha256", base64("wrong", &body)),
        ("shopify", "x-shopify-hmac-sha256", base64(SECRET, &other)),
        ("shopify", "x-shopify-hmac-sha256", String::new()),
        ("shopify", "x-other", base64(SECRET, &body)),
        (
            "woocommerce",
            "x-wc-webhook-signature",
            base64("wrong", &body),
        ),
        ("stripe", "stripe-signature", timed("wrong", now, &body)),
        ("stripe", "stripe-signature", timed(SECRET, now, &other)),
        // A replay, and a clock that is far ahead.
        (
            "stripe",
            "stripe-signature",
            timed(SECRET, now - 400, &body),
        ),
        (
            "stripe",
            "stripe-signature",
            timed(SECRET, now + 400, &body),
        ),
        (
            "stripe",
            "stripe-signature",
            timed(SECRET, now, &body).replace("v1=", "v0="),
        ),
        ("stripe", "stripe-signature", "t=x,v1=zz".into()),
        ("signed", "twin-signature", timed(SECRET, now - 400, &body)),
    ] {
        let request = relay
            .report(platform, &body)
            .header("x-shopify-topic", "orders/paid");
        let answer = request.header(header, &signature).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{platform} {signature}");
    }
    // Of a platform or shop that is not configured.
    for path in ["paypal", "../x/webhooks/shopify"] {
        let answer = relay.report(path, &body).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    settled(&relay, &graph).await;
    assert_eq!(graph.delivered(), ["marker"]);
    // A signature with an older secret that is still configured holds, and so does one beside a wrong one.
    let signed = timed(SECRET, now_s(), "{}").replace(",v1=", ",v1=00,v1=");
    let answer = relay
        .report("stripe", "{}")
        .header("stripe-signature", signed)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let old = base64("older", &body);
    let request = relay
        .report("shopify", &body)
        .header("x-shopify-hmac-sha256", old);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_shop_sends_itself_no_second_purchase_is_made() {
    let graph = Graph::start(ok).await;
    let setup = without_hold(&graph, "SHOPIFY").set("TWIN_WEBHOOKS__SHOPIFY__SENDS_ITSELF", "true");
    let relay = setup.start();
    relay
        .shopify("orders/paid", "d1", &shopify_order("paid", 60))
        .await;
    until("the books", async || {
        (!reasons(&setup).is_empty()).then_some(())
    })
    .await;
    assert_eq!(
        reasons(&setup)[0].1.as_deref(),
        Some("the shop's own plugin or channel sends it")
    );
    settled(&relay, &graph).await;
    assert_eq!(graph.delivered(), ["marker"]);
}
