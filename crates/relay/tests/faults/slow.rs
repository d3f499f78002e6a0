//! Ten thousand idle and five hundred slow connections: whoever posts as one should is served. And clocks that jump.

use std::io::Write as _;
use std::net::TcpStream;

use crate::support::{body, now_s, purchase, until, with};
use crate::world::{Meta, orders};

#[tokio::test(flavor = "multi_thread")]
async fn idle_and_slow_connections_hinder_nobody() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let meta = Meta::start();
    let setup = meta.setup();
    let relay = setup.start();
    let host = relay.address.trim_start_matches("http://").to_owned();
    let limit = usize::try_from(rlimit::getrlimit(rlimit::Resource::NOFILE).unwrap().0).unwrap();
    let idle: Vec<_> = (0..10_000.min(limit - 1_000))
        .map(|_| TcpStream::connect(&host).unwrap())
        .collect();
    let slow: Vec<_> = (0..500)
        .map(|_| {
            let mut stream = TcpStream::connect(&host).unwrap();
            stream
                .write_all(
                    b"POST /twin/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
                )
                .unwrap();
            stream
        })
        .collect();
    for number in 0..100 {
        relay.take(&[&format!("order_{number}")]).await;
    }
    let name = format!("{} idle, {} slow connections", idle.len(), slow.len());
    meta.counts(&name, &orders(100)).await;
    relay.holds(0, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumped_while_events_waited_delays_nothing() {
    let meta = Meta::start();
    meta.fault(serde_json::json!({"name": "unknown", "for_ms": 3_600_000}))
        .await;
    let setup = meta.setup();
    let relay = setup.start();
    relay.take(&["order_1"]).await;
    until("an attempt", async || {
        relay.log().contains("trying again").then_some(())
    })
    .await;
    relay.kill();
    // Written while the clock stood a year ahead.
    let outbox = rusqlite::Connection::open(setup.path("data/relay.sqlite")).unwrap();
    let year_ms = 365 * 86_400_000_i64;
    outbox
        .execute(
            "UPDATE event SET next_ms = next_ms + ?1, received_ms = received_ms + ?1",
            [year_ms],
        )
        .unwrap();
    meta.heal().await;
    let relay = setup.start();
    // A visitor whose clock is a day and a half behind.
    let mut post = body(&[with(
        purchase("order_2"),
        "/event_time",
        (now_s() - 130_000).into(),
    )]);
    post["sent_at"] = ((now_s() - 130_000) * 1000).into();
    assert_eq!(relay.post(&post).await.0, 202);
    meta.counts("clock jump", &["order_1".into(), "order_2".into()])
        .await;
    relay.holds(0, 0).await;
}
