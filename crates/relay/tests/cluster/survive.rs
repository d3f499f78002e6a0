//! A relay and a server die under load: nothing that was answered for is lost, nothing counts twice.

use serde_json::json;

use crate::crowd::Crowd;
use crate::nats::Cluster;
use crate::support::graph::{Graph, ok};
use crate::support::process::Setup;
use crate::world::{Meta, patiently};

#[tokio::test(flavor = "multi_thread")]
async fn one_relay_and_one_node_die_midway() {
    let meta = Meta::start();
    let mut cluster = Cluster::start().await;
    let (first, second) = (cluster.outbox(meta.setup()), cluster.outbox(meta.setup()));
    let (relay, other) = (first.start(), second.start());
    let crowd = Crowd::gather(&relay.client, &relay.address);
    let others = Crowd::gather(&other.client, &other.address);
    let both = || crowd.kept() + others.kept();
    patiently("events", async || (both() >= 300).then_some(())).await;
    relay.kill();
    crowd.follow(&other.address);
    let goal = both() + 300;
    patiently("more events", async || (both() >= goal).then_some(())).await;
    cluster.kill(0);
    let goal = both() + 300;
    patiently("events on two nodes", async || {
        (both() >= goal).then_some(())
    })
    .await;
    cluster.launch(0);
    let goal = both() + 300;
    patiently("events on three nodes", async || {
        (both() >= goal).then_some(())
    })
    .await;
    let accepted = [crowd.go_home().await, others.go_home().await].concat();
    meta.counts("cluster: a relay and a node killed", &accepted)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_cut_off_and_comes_back() {
    let meta = Meta::start();
    let cluster = Cluster::start().await;
    let (first, second) = (cluster.outbox(meta.setup()), cluster.outbox(meta.setup()));
    let (relay, other) = (first.start(), second.start());
    let crowd = Crowd::gather(&relay.client, &relay.address);
    let others = Crowd::gather(&other.client, &other.address);
    let more = async |what: &str| {
        let goals = [crowd.kept() + 150, others.kept() + 150];
        patiently(what, async || {
            (crowd.kept() >= goals[0] && others.kept() >= goals[1]).then_some(())
        })
        .await;
    };
    more("events").await;
    // Frozen, it answers nobody and hears nobody, and its connections stay open: what a cut cable looks like. On its return it
    // has to learn what the others decided.
    cluster.freeze(0);
    more("events on two nodes, by both relays").await;
    cluster.thaw(0);
    more("events on three nodes").await;
    let accepted = [crowd.go_home().await, others.go_home().await].concat();
    meta.counts("cluster: a node cut off for a while", &accepted)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_dies_after_meta_took_its_events_and_before_it_can_say_so() {
    let meta = Meta::start();
    let cluster = Cluster::start().await;
    let (first, second) = (cluster.outbox(meta.setup()), cluster.outbox(meta.setup()));
    let relay = first.start();
    // Meta has the events at once; the relay never hears of it.
    meta.fault(json!({"name": "slow", "count": 1, "delay_ms": 3_600_000}))
        .await;
    let crowd = Crowd::gather(&relay.client, &relay.address);
    patiently("events at Meta", async || {
        let received = meta.purchases().await.get("received_server").copied();
        received.filter(|received| *received > 0)
    })
    .await;
    relay.kill();
    let other = second.start();
    crowd.follow(&other.address);
    let goal = crowd.kept() + 150;
    patiently("events by the other", async || {
        (crowd.kept() >= goal).then_some(())
    })
    .await;
    let accepted = crowd.go_home().await;
    meta.counts("cluster: killed between send and ack", &accepted)
        .await;
    // NATS gives to another what was not answered for: sent again, counted once.
    patiently("the same events once more", async || {
        let repeats = meta.purchases().await.get("repeats").copied();
        repeats.filter(|repeats| *repeats > 0)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_forget_the_signals_of_what_waits() {
    let graph = Graph::start(ok).await;
    let cluster = Cluster::start().await;
    let setup = Setup::new(&graph.address).set("TWIN_HOLD_MS", "60000");
    let relay = cluster.outbox(setup).start();
    // Each waits for its other half, which never comes, and so does its signal.
    relay.take(&["order_1", "order_2"]).await;
    cluster.lose_signals().await;
    patiently("events without signals", async || {
        (graph.delivered().len() >= 2).then_some(())
    })
    .await;
    assert_eq!(graph.delivered(), ["order_1", "order_2"]);
    relay.holds(0, 0).await;
}
