//! What the operator sees and does: metrics, readiness, dead letters, by the admin API and by command.

use serde_json::{Value, json};

use crate::support::graph::{Graph, error, ok};
use crate::support::process::{Relay, Setup, TOKEN, is_anywhere, read};
use crate::support::{EM, FBP, PIXEL, until};

/// Refuses any request with an event whose id starts so, and says which.
fn picky(call: &crate::support::graph::Call) -> crate::support::graph::Reply {
    let ids = call.event_ids();
    match ids.iter().position(|id| id.starts_with("bad")) {
        None => ok(call),
        Some(place) => {
            let words = format!("Param $['data'][{place}]['custom_data']['x'] must be a string");
            error(400, 100, 2_804_019, &words)
        }
    }
}

async fn asked(relay: &Relay, method: &str, path: &str) -> (u16, Value) {
    read(relay.office(method, path).send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_listed_shown_sent_again_and_deleted() {
    let graph = Graph::start(picky).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    relay.take(&["bad_1", "order_1", "bad_2"]).await;
    relay.holds(0, 2).await;
    let (_, listed) = asked(&relay, "GET", "/dead-letters").await;
    let letters = listed["dead_letters"].as_array().unwrap();
    assert_eq!(letters.len(), 2);
    let letter = letters
        .iter()
        .find(|letter| letter["event_id"] == "bad_1")
        .unwrap();
    assert_eq!(
        (&letter["state"], &letter["pixel_id"]),
        (&json!("rejected"), &json!(PIXEL))
    );
    assert!(letter["reason"].as_str().unwrap().contains("100/2804019"));
    assert!(letter.get("event").is_none(), "no customer data in lists");
    let path = format!("/dead-letters/{}", letter["id"]);
    let (_, shown) = asked(&relay, "GET", &path).await;
    assert_eq!(shown["event"]["user_data"]["em"], EM);

    graph.answer(ok);
    let (_, again) = asked(&relay, "POST", &format!("{path}/retry")).await;
    assert_eq!(again["events"], 1);
    graph.has("bad_1").await;
    relay.holds(0, 1).await;
    let (_, gone) = asked(&relay, "DELETE", "/dead-letters").await;
    assert_eq!(gone["events"], 1);
    relay.holds(0, 0).await;
    assert_eq!(asked(&relay, "GET", &path).await.0, 404);
    assert_eq!(graph.delivered(), ["bad_1", "order_1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_handled_by_command_beside_the_running_relay() {
    let graph = Graph::start(picky).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    relay.take(&["bad_1", "bad_2"]).await;
    relay.holds(0, 2).await;
    let listed = setup.command_says(&["dead-letters", "list"]);
    assert!(listed.contains("\trejected\tPurchase\tbad_1\t"), "{listed}");
    let id = listed
        .lines()
        .find(|line| line.contains("bad_1"))
        .and_then(|line| line.split('\t').next())
        .unwrap();
    let shown = setup.command_says(&["dead-letters", "show", id]);
    assert!(shown.contains(EM), "{shown}");
    graph.answer(ok);
    assert_eq!(
        setup.command_says(&["dead-letters", "retry", id]),
        "1 to be sent again\n"
    );
    graph.has("bad_1").await;
    assert_eq!(
        setup.command_says(&["dead-letters", "purge", "--all"]),
        "1 deleted\n"
    );
    relay.holds(0, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_admin_listener_wants_its_token() {
    let setup = Setup::new("http://127.0.0.1:9");
    let relay = setup.start();
    for (method, path) in [
        ("GET", "/metrics"),
        ("GET", "/readyz"),
        ("GET", "/dead-letters"),
        ("DELETE", "/dead-letters"),
        ("POST", "/dead-letters/1/retry"),
    ] {
        for token in ["", "Bearer ", "Bearer wrong", "Basic YTpi"] {
            let request = relay.office(method, path).build().unwrap();
            let mut request = request.try_clone().unwrap();
            request
                .headers_mut()
                .insert("authorization", token.parse().unwrap());
            let answer = relay.client.execute(request).await.unwrap();
            assert_eq!(answer.status(), 401, "{method} {path} {token}");
        }
    }
    // Nothing of it is on the public listener.
    for path in ["/metrics", "/readyz", "/dead-letters"] {
        let answer = relay
            .client
            .get(format!("{}{path}", relay.address))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    let (status, health) = relay.health().await;
    assert_eq!((status, health), (200, json!({"status": "ok"})));
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_what_happens_and_name_nobody() {
    let graph = Graph::start(picky).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    relay.take(&["order_1", "order_2", "bad_1"]).await;
    relay.holds(0, 1).await;
    let text = relay
        .office("GET", "/metrics")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for line in [
        "twin_events_accepted_total{source=\"browser\"} 3",
        "twin_events_delivered_total{pixel=\"1234567890\"} 2",
        "twin_events_dead_total{pixel=\"1234567890\",reason=\"rejected\"} 1",
        "twin_match_field_total{pixel=\"1234567890\",field=\"em\"} 2",
        "twin_match_field_total{pixel=\"1234567890\",field=\"ph\"} 0",
        "twin_delivery_seconds_count{pixel=\"1234567890\"} 2",
        "twin_outbox_events{state=\"waiting\"} 0",
        "twin_outbox_events{state=\"rejected\"} 1",
        "twin_answer_seconds_count{status=\"202\"} 1",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
    for secret in [TOKEN, EM, FBP, "order_1", "bad_1"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_an_alarm_and_a_new_one_in_its_file_ends_it_without_a_restart() {
    let graph = Graph::start(
        |call| match call.headers["authorization"] == "Bearer EAABgood" {
            true => ok(call),
            false => error(401, 190, 463, "Session has expired"),
        },
    )
    .await;
    let setup = Setup::new(&graph.address).set("TWIN_ACCESS_TOKEN", "");
    let file = setup.path("token");
    std::fs::write(&file, "EAABold\n").unwrap();
    let setup = setup.set("TWIN_ACCESS_TOKEN_FILE", file.to_str().unwrap());
    let relay = setup.start();
    relay.take(&["order_1", "order_2"]).await;
    until("not ready", async || {
        let (status, standing) = relay.standing().await;
        (status == 503 && standing["troubles"][PIXEL]["trouble"] == "token").then_some(())
    })
    .await;
    let metrics = relay
        .office("GET", "/metrics")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        metrics.contains("twin_pixel_trouble{pixel=\"1234567890\",trouble=\"token\"} 1"),
        "{metrics}"
    );
    assert_eq!(relay.outbox().await["waiting"], 2);
    std::fs::write(&file, "EAABgood\n").unwrap();
    relay.holds(0, 0).await;
    assert_eq!(relay.standing().await.0, 200);
    assert_eq!(graph.delivered(), ["order_1", "order_2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_forgotten() {
    let graph = Graph::start(|_| error(503, 2, 0, "")).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    relay.take(&["order_1"]).await;
    graph.called(1).await;
    assert!(is_anywhere(&setup.path("data"), EM));
    assert_eq!(
        setup.command_says(&["forget", "em", " John_Smith@gmail.com"]),
        "1 events forgotten\n"
    );
    assert_eq!(
        setup.command_says(&["forget", "em", EM]),
        "0 events forgotten\n"
    );
    until("none waiting", async || {
        (relay.outbox().await["waiting"] == 0).then_some(())
    })
    .await;
    assert!(relay.stop("TERM").await.success());
    // Not in the file either, once SQLite's log is folded into it.
    assert!(!is_anywhere(&setup.path("data"), EM));
    graph.answer(ok);
    let relay = setup.start();
    relay.take(&["order_1", "order_2"]).await;
    graph.has("order_2").await;
    assert_eq!(graph.delivered(), ["order_2"]);
}
