//! What is taken from outside: so often, of such a kind, so fast.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::graph::{Graph, ok};
use crate::support::process::{Setup, read};
use crate::support::webhook::with_webhook;
use crate::support::{body, purchase, until, with};

#[tokio::test(flavor = "multi_thread")]
async fn one_address_is_limited_and_the_others_are_not() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address).set("TWIN_POSTS_PER_S_PER_ADDRESS", "1");
    let relay = setup.start();
    let post = async |address: &str, number: usize| {
        let event = purchase(&format!("order_{address}_{number}"));
        let request = relay.request(body(&[event]).to_string());
        request
            .header("x-forwarded-for", address)
            .send()
            .await
            .unwrap()
    };
    let mut refused = None;
    for number in 0..30 {
        let answer = post("203.0.113.9", number).await;
        if answer.status() == 429 {
            refused.get_or_insert(answer);
        }
    }
    let refused = refused.unwrap();
    assert_eq!(refused.headers()["retry-after"], "1");
    let (_, answer) = read(refused).await;
    assert_eq!(answer["error"]["code"], "too_many");
    assert_eq!(post("203.0.113.10", 0).await.status(), 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_that_is_not_compressed_is_taken() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    let post = body(&[purchase("order_1")]).to_string();
    for (kind, status) in [
        ("application/json", 202),
        ("application/json; charset=utf-8", 202),
        ("text/plain;charset=UTF-8", 202),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/html", 415),
    ] {
        let request = relay.request(post.clone()).header("content-type", kind);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{kind}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
    let bomb = relay.request(post).header("content-encoding", "gzip");
    assert_eq!(bomb.send().await.unwrap().status(), 415);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_dawdles_is_closed_and_hinders_nobody() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    let host = relay.address.trim_start_matches("http://").to_owned();
    let mut slow: Vec<_> = (0..200)
        .map(|_| {
            let mut stream = TcpStream::connect(&host).unwrap();
            stream
                .write_all(b"POST /twin/events HTTP/1.1\r\nHost: x\r\nX-Slow: ")
                .unwrap();
            stream
        })
        .collect();
    relay.take(&["order_1"]).await;
    graph.has("order_1").await;
    // Until the relay closes it; a test that waits in vain never ends.
    let mut rest = Vec::new();
    let closed = tokio::task::spawn_blocking(move || slow.pop().unwrap().read_to_end(&mut rest));
    let closed = tokio::time::timeout(crate::support::DEADLINE, closed).await;
    assert!(closed.is_ok(), "still open");
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_taken_back_ends_the_keepers() {
    let setup = Setup::new("http://127.0.0.1:9");
    let relay = setup.start();
    let request = relay
        .client
        .delete(format!("{}/twin/events", relay.address));
    let request = request
        .header("x-forwarded-proto", "https")
        .header("host", "www.shop.example");
    let answer = request
        .try_clone()
        .unwrap()
        .header("origin", "https://www.shop.example")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 2);
    let foreign = request
        .header("origin", "https://evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403);
    assert!(!foreign.headers().contains_key("set-cookie"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_dawdles_is_answered_and_the_connection_ends() {
    for path in ["events", "webhooks/signed"] {
        let setup = with_webhook("http://127.0.0.1:9", "SIGNED");
        let relay = setup.start();
        let host = relay.address.trim_start_matches("http://").to_owned();
        let mut stream = TcpStream::connect(&host).unwrap();
        let head =
            format!("POST /twin/{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{{");
        stream.write_all(head.as_bytes()).unwrap();
        // Until the relay closes it; a test that waits in vain never ends.
        let told = tokio::task::spawn_blocking(move || {
            let mut told = String::new();
            stream.read_to_string(&mut told).map(|_| told)
        });
        let told = tokio::time::timeout(crate::support::DEADLINE, told).await;
        let told = told.unwrap().unwrap().unwrap();
        assert!(told.starts_with("HTTP/1.1 408 "), "{told}");
        assert!(told.contains("body_timeout"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_is_bounded() {
    let setup = Setup::new("http://127.0.0.1:9");
    let relay = setup.start();
    let request = || relay.request(body(&[purchase("order_1")]).to_string());
    let long = request().header("x-long", "x".repeat(300_000));
    assert_eq!(long.send().await.unwrap().status(), 431);
    let many = (0..150).fold(request(), |request, number| {
        request.header(format!("x-{number}"), "x")
    });
    assert_eq!(many.send().await.unwrap().status(), 431);
    let usual = request().header("cookie", format!("a={}", "x".repeat(8_000)));
    assert_eq!(usual.send().await.unwrap().status(), 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_limited_by_a_count_of_their_own() {
    let setup = with_webhook("http://127.0.0.1:9", "SIGNED")
        .set("TWIN_POSTS_PER_S_PER_ADDRESS", "1")
        .set("TWIN_POSTS_PER_S_PER_SHOP", "2");
    let relay = setup.start();
    let report = async |address: &str| {
        let report = relay.report("signed", "{}");
        let report = report.header("x-forwarded-for", address);
        report.send().await.unwrap().status().as_u16()
    };
    let mut seen = Vec::new();
    for _ in 0..30 {
        seen.push(report("203.0.113.9").await);
    }
    // Somebody without the secret is soon not even read.
    assert_eq!((seen[0], seen.contains(&429)), (401, true), "{seen:?}");
    // The shop's share is not used up by one address, and pages have one of their own.
    assert_eq!(report("203.0.113.10").await, 401);
    relay.take(&["order_1"]).await;
    until("the shop's share used up", async || {
        (report("127.0.0.1").await == 429).then_some(())
    })
    .await;
    relay.take(&["order_2"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_no_order_has_is_refused_from_pages() {
    let graph = Graph::start(ok).await;
    let setup = with_webhook(&graph.address, "SIGNED")
        .set("TWIN_HOLD_MS", "0")
        .set("TWIN_MAX_VALUE", "1000");
    let relay = setup.start();
    let worth = |id: &str, value: Value| with(purchase(id), "/custom_data/value", value);
    for value in [json!(1000.01), json!("1e9"), json!(-5000)] {
        let (status, answer) = relay.post(&body(&[worth("forged", value)])).await;
        assert_eq!(status, 422);
        assert_eq!(answer["error"]["code"], "value_implausible");
        assert_eq!(answer["error"]["field"], "data[0].custom_data.value");
    }
    let (status, _) = relay.post(&body(&[worth("order_1", json!(1000))])).await;
    assert_eq!(status, 202);
    let mut lead = with(purchase("lead_1"), "/event_name", json!("Lead"));
    lead["custom_data"] = json!({});
    assert_eq!(relay.post(&body(&[lead])).await.0, 202);
    // Who signs is believed.
    let large = json!({"event_name": "Purchase", "event_id": "order_2", "user_data": {"external_id": "c1"},
        "custom_data": {"value": 5000, "currency": "EUR"}});
    assert_eq!(relay.signed(&body(&[large]).to_string()).await, 200);
    graph.has("order_2").await;
    graph.has("lead_1").await;
    relay.holds(0, 0).await;
    assert_eq!(graph.delivered(), ["lead_1", "order_1", "order_2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_security_headers() {
    let setup = with_webhook("http://127.0.0.1:9", "WOOCOMMERCE");
    let relay = setup.start();
    let at = |method: reqwest::Method, path: &str| {
        relay
            .client
            .request(method, format!("{}{path}", relay.address))
    };
    let greeting = at(reqwest::Method::POST, "/twin/webhooks/woocommerce")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("webhook_id=7");
    for (request, status) in [
        (relay.request(body(&[purchase("order_1")]).to_string()), 202),
        (relay.request("{".into()), 400),
        (at(reqwest::Method::DELETE, "/twin/events"), 204),
        (at(reqwest::Method::OPTIONS, "/twin/events"), 204),
        (at(reqwest::Method::PUT, "/twin/events"), 405),
        (at(reqwest::Method::GET, "/healthz"), 200),
        (at(reqwest::Method::GET, "/nothing"), 404),
        (greeting, 200),
        (relay.office("GET", "/readyz"), 200),
        (relay.office("GET", "/metrics"), 200),
        (relay.office("GET", "/nothing"), 404),
        (
            relay.client.get(format!("{}/twin/events", relay.address)),
            405,
        ),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{}", answer.url());
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
        ] {
            assert_eq!(answer.headers()[name], value, "{} {name}", answer.url());
        }
    }
}
