//! What platforms report: signed, paid, once.

use serde_json::{Value, json};

use crate::support::graph::{Graph, ok};
use crate::support::process::{Relay, Setup, is_anywhere};
use crate::support::webhook::{SECRET, ago, base64, filled, timed, with_webhook};
use crate::support::{EM, FBP, now_s, until};

/// `+16505551212` as Meta wants it: the hash of 16505551212, published.
const PH: &str = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176";

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
