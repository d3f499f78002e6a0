//! What the outbox in SQLite does, the one on NATS does, too.

use serde_json::json;

use crate::nats::Cluster;
use crate::support::graph::{Graph, all_but, error, ok};
use crate::support::process::{Relay, read};
use crate::support::webhook::with_webhook;
use crate::support::{EM, FBP, body, day, now_s, purchase, until};

async fn report(relay: &Relay, order_id: &str) {
    let event = json!({"event_name": "Purchase", "event_id": order_id, "event_time": now_s(),
        "user_data": {"ph": "+1 650 555 1212"}, "custom_data": {"value": 99.9, "currency": "EUR", "order_id": order_id}});
    assert_eq!(relay.signed(&body(&[event]).to_string()).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn halves_meet_though_they_come_to_two_relays_and_repeats_are_known() {
    let graph = Graph::start(ok).await;
    let cluster = Cluster::start().await;
    let setup =
        || cluster.outbox(with_webhook(&graph.address, "SIGNED").set("TWIN_HOLD_MS", "60000"));
    let (here, there) = (setup(), setup());
    let (relay, other) = (here.start(), there.start());
    for (first, second, id) in [(true, false, "order_1"), (false, true, "order_2")] {
        for is_browser in [first, second, first] {
            match is_browser {
                true => relay.take(&[id]).await,
                false => report(&other, id).await,
            }
        }
        graph.has(id).await;
    }
    until("the queue empty", async || {
        (relay.outbox().await["waiting"] == 0).then_some(())
    })
    .await;
    other.take(&["order_1", "order_2"]).await;
    other.take(&["order_3"]).await;
    report(&relay, "order_3").await;
    graph.has("order_3").await;
    assert_eq!(graph.delivered(), ["order_1", "order_2", "order_3"]);
    let calls = graph.calls();
    for event in calls
        .iter()
        .flat_map(|call| call.body["data"].as_array().unwrap())
    {
        let user = &event["user_data"];
        assert_eq!((&user["em"], &user["fbp"]), (&json!(EM), &json!(FBP)));
        assert!(user["ph"].is_string(), "{user}");
        assert_eq!(event["custom_data"]["value"], 99.9);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_is_tried_again_and_dead_letters_are_handled() {
    let mut is_first = true;
    let graph = Graph::start(move |call| {
        if std::mem::take(&mut is_first) {
            return error(503, 2, 0, "");
        }
        all_but("bad", call)
    })
    .await;
    let cluster = Cluster::start().await;
    let setup = cluster.outbox(with_webhook(&graph.address, "SIGNED").set("TWIN_HOLD_MS", "0"));
    let relay = setup.start();
    let events = [purchase("order_1"), purchase("bad"), purchase("order_2")];
    assert_eq!(relay.post(&body(&events)).await.0, 202);
    relay.holds(0, 1).await;
    assert_eq!(graph.delivered(), ["order_1", "order_2"]);
    let (_, listed) = read(relay.office("GET", "/dead-letters").send().await.unwrap()).await;
    assert_eq!(listed["dead_letters"][0]["event_id"], "bad");
    graph.answer(ok);
    let id = listed["dead_letters"][0]["id"].to_string();
    assert_eq!(
        setup.command_says(&["dead-letters", "retry", &id]),
        "1 to be sent again\n"
    );
    graph.has("bad").await;
    relay.holds(0, 0).await;
    // Webhooks are known again, orders balance, customers are forgotten.
    report(&relay, "order_1").await;
    report(&relay, "order_9").await;
    graph.has("order_9").await;
    let to = day(1);
    let said = setup.command_says(&["reconcile", "--from", &day(-1), "--to", &to]);
    assert!(
        said.contains("2 orders, 2 as they should be, Meta took 4"),
        "{said}"
    );
    let (_, refused) = setup.command_fails(&["reconcile", "--from", &day(-9), "--to", &to]);
    assert!(refused.contains("the outbox knows for 8 days"), "{refused}");
    // Delivered halves that may still be joined are all that holds hashes.
    assert_eq!(
        setup.command_says(&["forget", "em", EM]),
        "2 events forgotten\n"
    );
    assert_eq!(
        setup.command_says(&["forget", "em", EM]),
        "0 events forgotten\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_servers_it_says_so() {
    let setup =
        with_webhook("http://127.0.0.1:9", "SIGNED").set("TWIN_OUTBOX", "nats://127.0.0.1:9");
    let (code, said) = setup.fails(&[]).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains("check outbox in the file or TWIN_OUTBOX"),
        "{said}"
    );
}
