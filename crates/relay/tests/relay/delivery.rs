//! From a post to Meta, when all goes well and when the relay itself stops.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::graph::{Graph, error, ok};
use crate::support::process::{Setup, TOKEN, is_anywhere};
use crate::support::{EM, FBP, PIXEL, body, now_s, purchase, with};

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_test_go_with_its_code_and_no_others() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    let post = async |id: &str, code: Value| {
        let mut body = body(&[purchase(id)]);
        body["test_event_code"] = code;
        assert_eq!(relay.post(&body).await.0, 202);
        graph.has(id).await;
    };
    post("order_1", json!("TEST123")).await;
    post("order_2", Value::Null).await;
    // What can't be a code would have Meta refuse the request, so it is not passed on.
    post("order_3", json!("\" , \"x\": 1")).await;
    post("order_4", json!("")).await;
    for call in graph.calls() {
        let is_test = call.body["data"][0]["event_id"] == "order_1";
        let code = is_test.then_some("TEST123");
        assert_eq!(call.body["test_event_code"].as_str(), code, "{}", call.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_arrives_with_address_browser_and_token() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address).set("TWIN_TEST_EVENT_CODE", "TEST123");
    let relay = setup.start();
    let response = relay
        .request(body(&[purchase("order_1")]).to_string())
        .header("content-type", "text/plain;charset=UTF-8")
        .header("user-agent", "Mozilla/5.0 (Test)")
        .header("x-forwarded-for", "1.1.1.1, 203.0.113.9")
        .header("x-forwarded-host", "www.shop.example")
        .header("x-forwarded-proto", "https")
        .header("origin", "https://www.shop.example")
        .header("cookie", format!("a=b; _fbp={FBP}"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 202);
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    let keeper =
        format!("__Host-twin_fbp={FBP}; Path=/; Max-Age=34214400; SameSite=Lax; Secure; HttpOnly");
    let cookie =
        format!("_fbp={FBP}; Domain=.shop.example; Path=/; Max-Age=7776000; SameSite=Lax; Secure");
    assert_eq!(cookies, [keeper.as_str(), cookie.as_str()]);
    graph.has("order_1").await;

    let calls = graph.calls();
    assert_eq!(calls.len(), 1);
    let call = &calls[0];
    assert_eq!(call.uri, format!("/v26.0/{PIXEL}/events"));
    assert_eq!(call.headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(call.headers["content-type"], "application/json");
    assert_eq!(call.body["test_event_code"], "TEST123");
    let event = &call.body["data"][0];
    assert_eq!(event["event_name"], "Purchase");
    assert_eq!(
        event["user_data"],
        json!({"em": EM, "fbp": FBP, "client_ip_address": "203.0.113.9", "client_user_agent": "Mozilla/5.0 (Test)"})
    );
    assert_eq!(
        event["custom_data"],
        json!({"value": 12.5, "currency": "USD"})
    );
    relay.holds(0, 0).await;

    // Nothing that identifies anybody, nor the secret, is in the log, whatever its level.
    for text in [TOKEN, EM, FBP, "203.0.113.9", "Mozilla"] {
        assert!(!relay.log().contains(text), "{text} is in the log");
    }
    assert!(!is_anywhere(&setup.path("data"), TOKEN));
    // Of a delivered event that awaits no other half only the names are left.
    let outbox = rusqlite::Connection::open(setup.path("data/relay.sqlite")).unwrap();
    let kept: (String, String, String) = outbox
        .query_row("SELECT event_id, state, json FROM event", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    assert_eq!(kept, ("order_1".into(), "delivered".into(), String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitors_clock_that_is_a_year_ahead_is_corrected() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    let theirs_s = now_s() + 365 * 86_400;
    let event = |id, event_time| with(purchase(id), "/event_time", json!(event_time));
    let mut post = body(&[
        event("order_1", theirs_s - 60),
        event("order_2", theirs_s - 8 * 86_400),
    ]);
    post["sent_at"] = json!(theirs_s * 1000 + 999);
    let before_s = now_s();
    let (status, answer) = relay.post(&post).await;
    assert_eq!(status, 422);
    assert_eq!(answer["events_received"], 1);
    assert_eq!(answer["error"]["code"], "event_time_too_old");
    assert_eq!(answer["error"]["field"], "data[1].event_time");
    graph.has("order_1").await;
    let sent = &graph.calls()[0].body["data"][0]["event_time"];
    // The relay read its clock when the post came.
    let ages = before_s - 61..=now_s() - 59;
    assert!(ages.contains(&sent.as_u64().unwrap()), "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_right_after_its_answer_it_delivers_after_a_restart_once() {
    let graph = Graph::start(|_| error(503, 2, 0, "")).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    relay.take(&["order_1"]).await;
    relay.kill();
    graph.answer(ok);
    let relay = setup.start();
    graph.has("order_1").await;
    // One batch at a time: with the second here, no other copy of the first is on its way.
    relay.holds(0, 0).await;
    relay.take(&["order_2"]).await;
    graph.has("order_2").await;
    assert_eq!(graph.delivered(), ["order_1", "order_2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_post_is_taken_and_sent_once() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    relay.take(&["order_1", "order_1"]).await;
    relay.take(&["order_1"]).await;
    graph.has("order_1").await;
    relay.holds(0, 0).await;
    // Also after it was delivered, and after a restart.
    relay.take(&["order_1"]).await;
    assert!(relay.stop("TERM").await.success());
    let relay = setup.start();
    relay.take(&["order_1", "order_2"]).await;
    graph.has("order_2").await;
    assert_eq!(graph.delivered(), ["order_1", "order_2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_it_tries_once_more_and_exits_with_0() {
    for signal in ["TERM", "INT"] {
        // After this answer it would wait for half a minute.
        let graph = Graph::start(|_| error(401, 190, 0, "")).await;
        let setup = Setup::new(&graph.address);
        let relay = setup.start();
        relay.take(&["order_1"]).await;
        graph.called(1).await;
        graph.answer(ok);
        assert_eq!(relay.stop(signal).await.code(), Some(0));
        // SQLite folded its log into the file.
        assert!(!setup.path("data/relay.sqlite-wal").exists());
        assert_eq!(graph.delivered(), ["order_1"]);
        setup.start().holds(0, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_under_load_it_loses_nothing_that_it_answered_for() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    let mut visitors = JoinSet::new();
    for name in 0..8 {
        let visitor = relay.visitor();
        visitors.spawn(async move {
            let mut kept = Vec::new();
            for number in 0.. {
                let event_id = format!("order_{name}_{number:05}");
                match visitor.post(&event_id).await {
                    Some(202) => kept.push(event_id),
                    Some(status) => panic!("{status}"),
                    // Killed.
                    None => break,
                }
            }
            kept
        });
    }
    graph.called(3).await;
    relay.kill();
    let kept = visitors.join_all().await.concat();
    assert!(!kept.is_empty());
    setup.start().holds(0, 0).await;
    let delivered: BTreeSet<_> = graph.delivered().into_iter().collect();
    let lost: Vec<_> = kept.iter().filter(|id| !delivered.contains(*id)).collect();
    assert!(lost.is_empty(), "{lost:?} of {}", kept.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_meta_would_refuse_for_its_age_is_not_sent() {
    let graph = Graph::start(|_| error(503, 2, 0, "")).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    relay.take(&["order_1"]).await;
    relay.kill();
    let outbox = rusqlite::Connection::open(setup.path("data/relay.sqlite")).unwrap();
    let eight_days_ago = now_s() - 8 * 24 * 60 * 60;
    outbox
        .execute("UPDATE event SET event_time_s = ?1", [eight_days_ago])
        .unwrap();
    let before = graph.calls().len();
    graph.answer(ok);
    let relay = setup.start();
    relay.take(&["order_2"]).await;
    graph.has("order_2").await;
    assert_eq!(graph.delivered(), ["order_2"]);
    let later: Vec<_> = graph.calls().split_off(before);
    assert!(
        later
            .iter()
            .all(|call| !call.event_ids().contains(&"order_1".into()))
    );
    let kept: (String, String) = outbox
        .query_row(
            "SELECT state, json FROM event WHERE event_id = 'order_1'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(kept, ("expired".into(), String::new()));
    assert!(relay.log().contains("seven days"));
}
