//! Meta has trouble while a crowd posts: everything is delivered in the end, and counts once.

use serde_json::{Value, json};

use crate::crowd::Crowd;
use crate::support::{body, purchase, until};
use crate::world::{Meta, print};

async fn trouble(name: &str, fault: Value) {
    let meta = Meta::start();
    let setup = meta.setup();
    let relay = setup.start();
    meta.fault(fault).await;
    let crowd = Crowd::gather(&relay.client, &relay.address);
    until("events", async || (crowd.kept() >= 1500).then_some(())).await;
    until("a failure in the log", async || {
        relay.log().contains("trying again").then_some(())
    })
    .await;
    let offered = crowd.go_home().await;
    meta.heal().await;
    relay.holds(0, 0).await;
    meta.counts(offered).await;
    print(name, offered, offered, &meta.purchases().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_its_own() {
    trouble("Graph 500", json!({"name": "unknown", "for_ms": 10_000})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_gateway() {
    trouble(
        "Graph 502 HTML",
        json!({"name": "html_502", "for_ms": 10_000}),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_taken_and_the_answer_lost() {
    trouble(
        "answer lost",
        json!({"name": "drop_after_accept", "count": 5}),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_of_nothing() {
    trouble("events_received 0", json!({"name": "zero", "count": 5})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_event_in_a_thousand() {
    let meta = Meta::start();
    let setup = meta.setup();
    let relay = setup.start();
    meta.fault(json!({"name": "unknown", "count": 1})).await;
    let mut events: Vec<_> = (0..1000)
        .map(|number| purchase(&format!("order_{number:04}")))
        .collect();
    // What the relay passes on as it came, and Meta refuses: a truth value that is none.
    events[417]["opt_out"] = json!("yes");
    for part in events.chunks(250) {
        assert_eq!(relay.post(&body(part)).await.0, 202);
    }
    relay.holds(0, 1).await;
    meta.counts(999).await;
    let (_, listed) =
        crate::support::process::read(relay.office("GET", "/dead-letters").send().await.unwrap())
            .await;
    assert_eq!(listed["dead_letters"][0]["event_id"], "order_0417");
    assert!(
        listed["dead_letters"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("2804019"),
        "{listed}"
    );
    print("one bad of a thousand", 1000, 999, &meta.purchases().await);
}
