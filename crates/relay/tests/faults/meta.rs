//! Meta has trouble while a crowd posts: everything is delivered in the end, and counts once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::crowd::Crowd;
use crate::support::process::TOKEN;
use crate::support::{PIXEL, body, purchase};
use crate::world::{Meta, patiently};

async fn trouble(name: &str, fault: Value) {
    let meta = Meta::start();
    let setup = meta.setup();
    let relay = setup.start();
    meta.fault(fault).await;
    let crowd = Crowd::gather(&relay.client, &relay.address);
    patiently("events", async || (crowd.kept() >= 1500).then_some(())).await;
    let accepted = crowd.go_home().await;
    patiently("a failure in the log", async || {
        relay.log().contains("trying again").then_some(())
    })
    .await;
    // What lasts ten seconds ends by itself; whatever is sent again has been by then.
    patiently("nothing waiting", async || {
        (relay.outbox().await["waiting"] == 0).then_some(())
    })
    .await;
    meta.counts(name, &accepted).await;
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
async fn events_taken_and_half_of_the_answer_lost() {
    trouble("half an answer", json!({"name": "half", "for_ms": 10_000})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_taken_and_the_answer_too_late() {
    // The relay gives up after thirty seconds.
    let late = json!({"name": "slow", "count": 3, "delay_ms": 45_000});
    trouble("answer after the timeout", late).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn throttled_in_its_many_ways_it_waits_and_a_restart_asks_again() {
    for fault in [
        json!({"name": "app_limit"}),
        json!({"name": "user_limit", "status": 429}),
        json!({"name": "custom_limit", "status": 403}),
        // With the header that says for how long.
        json!({"name": "buc_limit"}),
    ] {
        let meta = Meta::start();
        let setup = meta.setup();
        let relay = setup.start();
        let mut lasting = fault.clone();
        lasting["for_ms"] = json!(3_600_000);
        meta.fault(lasting).await;
        let crowd = Crowd::gather(&relay.client, &relay.address);
        patiently("throttled", async || {
            let (status, standing) = relay.standing().await;
            assert_eq!(status, 200, "it passes by itself");
            (standing["troubles"][PIXEL]["trouble"] == "throttled").then_some(())
        })
        .await;
        let asked_s = if fault["name"] == "buc_limit" {
            300
        } else {
            60
        };
        assert!(relay.log().contains(&format!("wait_ms={asked_s}000")));
        let goal = crowd.kept() + 500;
        patiently("more events", async || (crowd.kept() >= goal).then_some(())).await;
        meta.heal().await;
        assert_eq!(relay.stop("TERM").await.code(), Some(0));
        let relay = setup.start();
        crowd.follow(&relay.address);
        let accepted = crowd.go_home().await;
        meta.counts(&format!("throttled by {fault}"), &accepted)
            .await;
        relay.holds(0, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_expired_holds_all_until_a_new_one_is_in_its_file() {
    let meta = Meta::start();
    let setup = meta.setup().set("TWIN_ACCESS_TOKEN", "");
    let file = setup.path("token");
    std::fs::write(&file, TOKEN).unwrap();
    let setup = setup.set("TWIN_ACCESS_TOKEN_FILE", file.to_str().unwrap());
    let relay = setup.start();
    let expired = json!({"name": "token_expired", "for_ms": 3_600_000});
    meta.fault(expired).await;
    let start = Instant::now();
    let crowd = Crowd::gather(&relay.client, &relay.address);
    patiently("the alarm", async || {
        (relay.standing().await.0 == 503).then_some(())
    })
    .await;
    // What the issue asks for, a minute, is far from what it takes, a second.
    assert!(start.elapsed() < Duration::from_secs(60));
    assert!(relay.log().contains("Meta does not take the access token"));
    let metrics = relay.office("GET", "/metrics").send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let gauge = "twin_pixel_trouble{pixel=\"1234567890\",trouble=\"token\"} 1";
    assert!(metrics.contains(gauge), "{metrics}");
    patiently("events", async || (crowd.kept() >= 1500).then_some(())).await;
    // The old token would do again now, but nobody tries before the wait is over: the new one does.
    meta.heal().await;
    std::fs::write(&file, "EAABnewtoken4714").unwrap();
    let accepted = crowd.go_home().await;
    meta.counts("token expired, then a new one", &accepted)
        .await;
    relay.holds(0, 0).await;
    assert_eq!(relay.standing().await.0, 200);
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
    let mut good: Vec<_> = (0..1000)
        .map(|number| format!("order_{number:04}"))
        .collect();
    good.remove(417);
    meta.counts("one bad of a thousand", &good).await;
    relay.holds(0, 1).await;
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
}
