//! A relay and a server die under load: nothing that was answered for is lost, nothing counts twice.

use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::nats::Cluster;
use crate::support::until;
use crate::world::{Meta, print};

/// What a dead relay had in hand is given to another after a minute.
const HANDED_ON: Duration = Duration::from_secs(150);

#[tokio::test(flavor = "multi_thread")]
async fn one_relay_and_one_node_die_midway() {
    let meta = Meta::start();
    let mut cluster = Cluster::start().await;
    let (first, second) = (cluster.outbox(meta.setup()), cluster.outbox(meta.setup()));
    let (relay, other) = (first.start(), second.start());
    let crowd = Crowd::gather(&relay.client, &relay.address);
    let others = Crowd::gather(&other.client, &other.address);
    let both = || crowd.kept() + others.kept();
    until("events", async || (both() >= 300).then_some(())).await;
    relay.kill();
    crowd.follow(&other.address);
    let goal = both() + 300;
    until("more events", async || (both() >= goal).then_some(())).await;
    cluster.kill(0);
    let goal = both() + 300;
    until("events on two nodes", async || {
        (both() >= goal).then_some(())
    })
    .await;
    cluster.launch(0);
    let goal = both() + 300;
    until("events on three nodes", async || {
        (both() >= goal).then_some(())
    })
    .await;
    let (one, two) = (crowd.go_home().await, others.go_home().await);
    let (offered, start) = (one + two, Instant::now());
    let counted = async || meta.purchases().await.get("counted").copied().unwrap_or(0);
    while counted().await < offered as u64 {
        assert!(
            start.elapsed() < HANDED_ON,
            "{} of {offered}",
            counted().await
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(counted().await, offered as u64);
    print(
        "cluster: a relay and a node killed",
        offered,
        offered,
        &meta.purchases().await,
    );
}
