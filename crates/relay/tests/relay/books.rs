//! The books are balanced while the relay runs: orders of the shop beside what Meta has, in numbers, and with an alarm.

use serde_json::json;

use crate::support::graph::{Graph, all_but, ok};
use crate::support::process::{Relay, Setup};
use crate::support::webhook::with_webhook;
use crate::support::{body, now_s, until};

async fn report(relay: &Relay, order_id: &str, status: &str) {
    let event = json!({"event_name": "Purchase", "event_id": order_id, "event_time": now_s(), "status": status,
        "custom_data": {"value": 10, "currency": "EUR", "order_id": order_id}, "user_data": {"external_id": "c1"}});
    assert_eq!(relay.signed(&body(&[event]).to_string()).await, 200);
}

/// So many hours ago for all that is known.
fn age(setup: &Setup, hours: u64) {
    let outbox = rusqlite::Connection::open(setup.path("data/relay.sqlite")).unwrap();
    let sql = format!(
        "UPDATE purchase SET first_ms = first_ms - {hours} * 3600000; UPDATE event SET event_time_s = event_time_s - {hours} * 3600"
    );
    outbox.execute_batch(&sql).unwrap();
}

async fn metrics(relay: &Relay) -> String {
    let asked = relay.office("GET", "/metrics").send().await.unwrap();
    asked.text().await.unwrap()
}

/// Waits until the metrics say so of the last day's orders.
async fn balanced(relay: &Relay, accepted: u32, explained: u32, unexplained: u32) {
    for (state, orders) in [
        ("accepted", accepted),
        ("explained", explained),
        ("unexplained", unexplained),
    ] {
        let line = format!(
            "twin_books_orders{{shop=\"\",pixel=\"1234567890\",state=\"{state}\"}} {orders}"
        );
        until(&line, async || {
            let metrics = metrics(relay).await;
            metrics.lines().any(|found| found == line).then_some(())
        })
        .await;
    }
}

const ALARM: &str = "the books of the last day do not balance";

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_accepted_explained_or_an_alarm() {
    let graph = Graph::start(|call| all_but("bad", call)).await;
    let setup = with_webhook(&graph.address, "SIGNED").set("TWIN_HOLD_MS", "0");
    let relay = setup.start();
    for id in ["order_1", "order_2"] {
        relay.take(&[id]).await;
        report(&relay, id, "paid").await;
    }
    report(&relay, "bad", "paid").await;
    report(&relay, "unpaid", "pending").await;
    relay.holds(0, 1).await;
    relay.kill();
    age(&setup, 2);
    let relay = setup.start();
    balanced(&relay, 2, 2, 0).await;
    assert!(!relay.log().contains(ALARM));
    // An order that only a page speaks of: forged, or the webhook is broken.
    relay.take(&["made_up"]).await;
    graph.has("made_up").await;
    relay.holds(0, 1).await;
    relay.kill();
    age(&setup, 2);
    let relay = setup.start();
    balanced(&relay, 2, 2, 1).await;
    until("the alarm", async || {
        let log = relay.log();
        let line = log.lines().find(|line| line.contains(ALARM))?;
        assert!(line.contains("ERROR"), "{line}");
        assert!(
            line.contains("1 x Meta has it, but the shop names no such order"),
            "{line}"
        );
        assert!(!line.contains("made_up"), "ids are not for the log: {line}");
        Some(())
    })
    .await;
    // What is older than a day is not looked at again.
    relay.kill();
    age(&setup, 24);
    let relay = setup.start();
    balanced(&relay, 0, 0, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_can_be_set_lower_and_leads_alone_are_no_orders() {
    let graph = Graph::start(ok).await;
    let setup = with_webhook(&graph.address, "SIGNED").set("TWIN_HOLD_MS", "0");
    let relay = setup.start();
    relay.take(&["page_1"]).await;
    graph.has("page_1").await;
    relay.holds(0, 0).await;
    relay.kill();
    age(&setup, 2);
    // A CRM that reports leads has told of no order, so nothing is missing.
    let relay = setup.start();
    report(&relay, "order_1", "paid").await;
    graph.has("order_1").await;
    relay.holds(0, 0).await;
    assert!(!metrics(&relay).await.contains("twin_books_orders"));
    relay.kill();
    let setup = setup.set("TWIN_BOOKS_ALARM_BELOW", "0");
    let relay = setup.start();
    balanced(&relay, 0, 0, 1).await;
    assert!(!relay.log().contains(ALARM));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_shops_orders_are_not_in_the_books() {
    let graph = Graph::start(ok).await;
    let setup = with_webhook(&graph.address, "SIGNED").set("TWIN_HOLD_MS", "0");
    let relay = setup.start();
    report(&relay, "order_1", "paid").await;
    graph.has("order_1").await;
    relay.holds(0, 0).await;
    relay.kill();
    let outbox = rusqlite::Connection::open(setup.path("data/relay.sqlite")).unwrap();
    let sql = "INSERT INTO purchase SELECT 'other', platform, 'x', 'x', status, reason, value, currency, external_id, first_ms, last_ms FROM purchase";
    outbox.execute(sql, []).unwrap();
    age(&setup, 2);
    balanced(&setup.start(), 1, 0, 0).await;
}
