//! When Meta does not take what it is sent.

use crate::support::graph::{Call, Graph, Reply, error, ok};
use crate::support::process::Setup;
use crate::support::{PIXEL, until};

/// Gives these answers first, good ones afterwards.
fn first(replies: &[Reply]) -> impl FnMut(&Call) -> Reply + Send + 'static {
    let mut replies: Vec<_> = replies.iter().rev().cloned().collect();
    move |call| replies.pop().unwrap_or_else(|| ok(call))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_tried_again_and_delivered_once() {
    for (name, reply) in [
        ("500", error(500, 1, 99, "")),
        ("503", error(503, 2, 0, "")),
        (
            "a page of a gateway",
            (502, "<html>Bad Gateway</html>".into()),
        ),
        ("a count of 0", (200, r#"{"events_received":0}"#.into())),
    ] {
        let graph = Graph::start(first(&[reply])).await;
        let setup = Setup::new(&graph.address);
        let relay = setup.start();
        relay.take(&["order_1"]).await;
        graph.called(2).await;
        relay.holds(0, 0).await;
        relay.take(&["order_2"]).await;
        graph.has("order_2").await;
        let sent: Vec<_> = graph.calls().iter().flat_map(Call::event_ids).collect();
        assert_eq!(sent, ["order_1", "order_1", "order_2"], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_when_meta_asks_for_it_and_an_hour_at_most() {
    for status in [429, 504] {
        let graph = Graph::start(first(&[(status, String::new())])).await;
        let setup = Setup::new(&graph.address);
        let relay = setup.start();
        relay.take(&["order_1"]).await;
        until("the wait", async || {
            relay.log().contains("wait_ms=3600000").then_some(())
        })
        .await;
        // A restart does not wait.
        relay.kill();
        setup.start().holds(0, 0).await;
        assert_eq!(graph.delivered(), ["order_1"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn throttled_with_status_400_it_waits_and_loses_nothing() {
    let graph = Graph::start(first(&[error(400, 80_004, 0, "")])).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    relay.take(&["order_1"]).await;
    until("the wait", async || {
        relay.log().contains("wait_ms=60000").then_some(())
    })
    .await;
    let (status, standing) = relay.standing().await;
    assert_eq!(status, 200, "it passes by itself");
    assert_eq!(standing["troubles"][PIXEL]["trouble"], "throttled");
    relay.kill();
    setup.start().holds(0, 0).await;
    assert_eq!(graph.delivered(), ["order_1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn meta_out_of_reach_loses_nothing() {
    // A port that is closed again.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let setup = Setup::new(&format!("http://{address}"));
    let relay = setup.start();
    relay.take(&["order_1"]).await;
    until("a failed attempt", async || {
        relay.log().contains("not delivered").then_some(())
    })
    .await;
    assert_eq!(relay.outbox().await["waiting"], 1);
    relay.kill();
    let graph = Graph::start(ok).await;
    let relay = setup.set("TWIN_GRAPH_BASE", &graph.address).start();
    graph.has("order_1").await;
    relay.holds(0, 0).await;
}

/// Refuses any request with the event `bad`, as Meta does: all of it.
fn poisoned(
    bad: &'static [&'static str],
    says_where: bool,
) -> impl FnMut(&Call) -> Reply + Send + 'static {
    move |call| {
        let place = call
            .event_ids()
            .iter()
            .position(|id| bad.contains(&id.as_str()));
        match place {
            None => ok(call),
            Some(place) if says_where => {
                let words = format!(
                    "Param $['data'][{place}]['custom_data']['content_category'] must be a string"
                );
                error(400, 100, 2_804_019, &words)
            }
            Some(_) => error(400, 100, 2_804_050, "jane@example.com"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_event_does_not_hold_up_the_others() {
    for says_where in [true, false] {
        let graph = Graph::start(|_| error(500, 1, 0, "")).await;
        let setup = Setup::new(&graph.address);
        let relay = setup.start();
        let ids: Vec<_> = (0..10).map(|number| format!("order_{number}")).collect();
        relay
            .take(&ids.iter().map(String::as_str).collect::<Vec<_>>())
            .await;
        graph.answer(poisoned(&["order_3"], says_where));
        relay.holds(0, 1).await;
        let mut good = ids.clone();
        good.retain(|id| id != "order_3");
        assert_eq!(graph.delivered(), good, "{says_where}");

        let outbox = rusqlite::Connection::open(setup.path("data/relay.sqlite")).unwrap();
        let (state, reason): (String, String) = outbox
            .query_row(
                "SELECT state, reason FROM event WHERE event_id = 'order_3'",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        assert_eq!(state, "rejected");
        assert!(reason.contains("100/28040"), "{reason}");
        let log = relay.log();
        assert!(
            log.contains("set aside") && log.contains("100/28040"),
            "{log}"
        );
        // Meta's words may quote the event.
        assert!(!log.contains("jane@"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_troubles_meta_forever_ends_up_alone() {
    // Not refused, but a 500 for every request that it is in.
    let graph = Graph::start(|call| match call.event_ids().iter().any(|id| id == "odd") {
        true => error(500, 1, 0, ""),
        false => ok(call),
    })
    .await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    relay.take(&["odd", "order_1", "order_2", "order_3"]).await;
    relay.holds(1, 0).await;
    assert_eq!(graph.delivered(), ["order_1", "order_2", "order_3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_loses_nothing_and_a_good_one_delivers() {
    let graph = Graph::start(
        |call| match call.headers["authorization"] == "Bearer EAABgood" {
            true => ok(call),
            false => error(401, 190, 463, "Session has expired"),
        },
    )
    .await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    relay.take(&["order_1", "order_2"]).await;
    until("the alarm", async || {
        let log = relay.log();
        (log.contains("ERROR") && log.contains("access_token")).then_some(())
    })
    .await;
    assert_eq!(relay.outbox().await["waiting"], 2);
    assert_eq!(relay.outbox().await["rejected"], 0);
    assert!(relay.stop("TERM").await.success());
    let relay = setup.set("TWIN_ACCESS_TOKEN", "EAABgood").start();
    relay.holds(0, 0).await;
    assert_eq!(graph.delivered(), ["order_1", "order_2"]);
}
