//! The relay dies, or is asked to stop, while a crowd posts: nothing that was answered for is lost, nothing counts twice.

use crate::crowd::Crowd;
use crate::support::until;
use crate::world::{Meta, print};

/// `kill -9` so often, each at another number of events, so that no two hit the same moment.
const KILLS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn killed_twenty_times_under_load() {
    let meta = Meta::start();
    let setup = meta.setup();
    let mut relay = setup.start();
    let crowd = Crowd::gather(&relay.client, &relay.address);
    for number in 1..=KILLS {
        let goal = crowd.kept() + 37 * number;
        until("more events", async || (crowd.kept() >= goal).then_some(())).await;
        relay.kill();
        relay = setup.start();
        crowd.follow(&relay.address);
    }
    let offered = crowd.go_home().await;
    relay.holds(0, 0).await;
    meta.counts(offered).await;
    print(
        "20 x kill -9 under load",
        offered,
        offered,
        &meta.purchases().await,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_five_times_under_load_it_sends_nothing_twice() {
    let meta = Meta::start();
    let setup = meta.setup();
    let mut relay = setup.start();
    let crowd = Crowd::gather(&relay.client, &relay.address);
    for _ in 0..5 {
        let goal = crowd.kept() + 500;
        until("more events", async || (crowd.kept() >= goal).then_some(())).await;
        assert_eq!(relay.stop("TERM").await.code(), Some(0));
        relay = setup.start();
        crowd.follow(&relay.address);
    }
    let offered = crowd.go_home().await;
    relay.holds(0, 0).await;
    meta.counts(offered).await;
    let counts = meta.purchases().await;
    assert_eq!(counts["repeats"], 0, "{counts:?}");
    print("5 x graceful stop under load", offered, offered, &counts);
}
