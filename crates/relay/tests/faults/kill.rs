//! The relay dies, or is asked to stop, while a crowd posts: nothing that was answered for is lost, nothing counts twice.

use crate::crowd::Crowd;
use crate::world::{Meta, patiently};

/// `kill -9` so often, each at another number of events, so that no two hit the same moment.
const KILLS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn killed_twenty_times_under_load() {
    let meta = Meta::start();
    let setup = meta.setup();
    let mut relay = setup.start();
    let crowd = Crowd::gather(&relay.client, &relay.address);
    for number in 1..=KILLS {
        let goal = crowd.kept() + 100 * number;
        patiently("more events", async || (crowd.kept() >= goal).then_some(())).await;
        relay.kill();
        relay = setup.start();
        crowd.follow(&relay.address);
    }
    let offered = crowd.go_home().await;
    meta.counts("20 x kill -9 under load", &offered).await;
    relay.holds(0, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_five_times_under_load_it_sends_nothing_twice() {
    let meta = Meta::start();
    let setup = meta.setup();
    let mut relay = setup.start();
    let crowd = Crowd::gather(&relay.client, &relay.address);
    for _ in 0..5 {
        let goal = crowd.kept() + 1_000;
        patiently("more events", async || (crowd.kept() >= goal).then_some(())).await;
        assert_eq!(relay.stop("TERM").await.code(), Some(0));
        relay = setup.start();
        crowd.follow(&relay.address);
    }
    let offered = crowd.go_home().await;
    let counts = meta.counts("5 x graceful stop under load", &offered).await;
    assert_eq!(counts["repeats"], 0, "{counts:?}");
    relay.holds(0, 0).await;
}
