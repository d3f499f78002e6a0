//! One order comes from the visitor's browser and from the shop's system: it counts once, with what both know.

use serde_json::{Value, json};

use crate::support::graph::{Graph, ok};
use crate::support::process::{Relay, Setup};
use crate::support::webhook::with_webhook;
use crate::support::{DEADLINE, EM, FBP, body, now_s, purchase, until, with};

/// What a shop's own system reports of an order.
fn report(order_id: &str) -> String {
    let event = json!({"event_name": "Purchase", "event_id": order_id, "event_time": now_s(),
        "user_data": {"ph": "+1 650 555 1212", "external_id": "customer-1"},
        "custom_data": {"value": 99.9, "currency": "EUR", "order_id": order_id}});
    body(&[event]).to_string()
}

async fn told(relay: &Relay, half: &str, order_id: &str) {
    match half {
        "browser" => relay.take(&[order_id]).await,
        _ => assert_eq!(relay.signed(&report(order_id)).await, 200),
    }
}

/// The events that Meta took, in their order.
fn taken(graph: &Graph) -> Vec<Value> {
    let calls = graph.calls();
    let events = calls
        .iter()
        .flat_map(|call| call.body["data"].as_array().unwrap());
    events.cloned().collect()
}

/// A shop with a webhook, and a hold that only a second half can end.
fn patient(graph: &Graph) -> Setup {
    with_webhook(&graph.address, "SIGNED").set("TWIN_HOLD_MS", "300000")
}

fn assert_whole(event: &Value) {
    let user = &event["user_data"];
    assert_eq!((&user["em"], &user["fbp"]), (&json!(EM), &json!(FBP)));
    assert!(
        user["ph"].is_string() && user["external_id"].is_string(),
        "{user}"
    );
    assert!(user["client_user_agent"].is_string() || user["client_ip_address"].is_string());
    assert_eq!(event["custom_data"]["value"], 99.9);
    assert_eq!(event["custom_data"]["currency"], "EUR");
    assert_eq!(event["event_source_url"], "https://shop.example/thanks");
    assert_eq!(event["action_source"], "website");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_halves_in_either_order_are_sent_as_one() {
    for halves in [["browser", "shop"], ["shop", "browser"]] {
        let graph = Graph::start(ok).await;
        let setup = patient(&graph);
        let relay = setup.start();
        for half in halves {
            told(&relay, half, "order_1").await;
            // Each again: platforms and browsers repeat themselves.
            told(&relay, half, "order_1").await;
        }
        graph.has("order_1").await;
        relay.holds(0, 0).await;
        let events = taken(&graph);
        assert_eq!(events.len(), 1, "{halves:?}");
        assert_whole(&events[0]);
        // Nothing is left of the customer once both halves are delivered.
        let outbox = rusqlite::Connection::open(setup.path("data/relay.sqlite")).unwrap();
        let sql = "SELECT json FROM event WHERE event_id = 'order_1'";
        let left: String = outbox.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(left, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_alone_is_sent_when_the_hold_is_over() {
    for half in ["browser", "shop"] {
        let graph = Graph::start(ok).await;
        let setup = with_webhook(&graph.address, "SIGNED").set("TWIN_HOLD_MS", "300");
        let relay = setup.start();
        told(&relay, half, "order_1").await;
        graph.has("order_1").await;
        assert_eq!(taken(&graph).len(), 1, "{half}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_second_half_is_sent_after_the_first_with_what_both_know() {
    for halves in [["browser", "shop"], ["shop", "browser"]] {
        let graph = Graph::start(ok).await;
        let setup = with_webhook(&graph.address, "SIGNED").set("TWIN_HOLD_MS", "0");
        let relay = setup.start();
        told(&relay, halves[0], "order_1").await;
        graph.has("order_1").await;
        relay.holds(0, 0).await;
        told(&relay, halves[1], "order_1").await;
        graph.called(2).await;
        relay.holds(0, 0).await;
        let events = taken(&graph);
        assert_eq!(events.len(), 2, "{halves:?}");
        assert_whole(&events[1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_events_and_shops_without_webhooks_do_not_wait() {
    let graph = Graph::start(ok).await;
    let setup = patient(&graph);
    let relay = setup.start();
    let lead = with(purchase("lead_1"), "/event_name", json!("Lead"));
    assert_eq!(relay.post(&body(&[lead])).await.0, 202);
    graph.has("lead_1").await;
    let setup = Setup::new(&graph.address).set("TWIN_HOLD_MS", "300000");
    let relay = setup.start();
    relay.take(&["order_1"]).await;
    graph.has("order_1").await;
}

/// Makes the known halves of all events as old as so many hours.
fn age(setup: &Setup, hours: u64) {
    let outbox = rusqlite::Connection::open(setup.path("data/relay.sqlite")).unwrap();
    let sql = "UPDATE event SET event_time_s = event_time_s - ?1, browser_s = browser_s - ?1";
    outbox.execute(sql, [hours * 3600]).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_come_48_hours_after_its_pixel_event_is_not_sent() {
    for (hours, times) in [(47, 2), (49, 1)] {
        let graph = Graph::start(ok).await;
        let setup = with_webhook(&graph.address, "SIGNED").set("TWIN_HOLD_MS", "0");
        let relay = setup.start();
        told(&relay, "browser", "order_1").await;
        graph.has("order_1").await;
        relay.holds(0, 0).await;
        age(&setup, hours);
        // Paid by bank transfer, two days later.
        told(&relay, "shop", "order_1").await;
        told(&relay, "shop", "order_2").await;
        graph.has("order_2").await;
        relay.holds(0, 0).await;
        let ids: Vec<_> = graph.delivered();
        let ones = ids.iter().filter(|id| *id == "order_1").count();
        assert_eq!(ones, times, "after {hours} hours");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_waited_48_hours_after_its_pixel_event_is_set_aside() {
    let graph = Graph::start(|_| crate::support::graph::error(503, 2, 0, "")).await;
    let setup = with_webhook(&graph.address, "SIGNED").set("TWIN_HOLD_MS", "0");
    let relay = setup.start();
    told(&relay, "browser", "order_1").await;
    told(&relay, "shop", "order_2").await;
    relay.kill();
    age(&setup, 49);
    graph.answer(ok);
    let relay = setup.start();
    // No browser twin of this one is known, so it is not too late for it.
    graph.has("order_2").await;
    until("the other set aside", async || {
        (relay.outbox().await["expired"] == 1).then_some(())
    })
    .await;
    assert_eq!(graph.delivered(), ["order_2"]);
    assert!(relay.log().contains("48 hours"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_that_comes_while_the_first_is_on_its_way_is_not_lost() {
    let (send, receive) = std::sync::mpsc::channel::<()>();
    let mut is_first = true;
    let graph = Graph::start(move |call| {
        if std::mem::take(&mut is_first) {
            // Until the second half is kept.
            tokio::task::block_in_place(|| receive.recv_timeout(DEADLINE).unwrap());
        }
        ok(call)
    })
    .await;
    let setup = with_webhook(&graph.address, "SIGNED").set("TWIN_HOLD_MS", "0");
    let relay = setup.start();
    told(&relay, "browser", "order_1").await;
    graph.asked(1).await;
    told(&relay, "shop", "order_1").await;
    send.send(()).unwrap();
    graph.called(2).await;
    relay.holds(0, 0).await;
    assert_whole(&taken(&graph)[1]);
}
