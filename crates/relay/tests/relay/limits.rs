//! What is taken from outside: so often, of such a kind, so fast.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::support::graph::{Graph, ok};
use crate::support::process::{Setup, read};
use crate::support::{body, purchase};

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
