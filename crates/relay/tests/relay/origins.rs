//! Who may post from where, and which cookies a page gets back.

use serde_json::{Value, json};

use crate::support::graph::{Graph, ok};
use crate::support::process::{Relay, Setup, read};
use crate::support::{FBP, body, purchase, with};

async fn from(relay: &Relay, origin: &str) -> reqwest::Response {
    let request = relay.request(body(&[purchase("order_1")]).to_string());
    request.header("origin", origin).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_origins_post_by_name_only() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address).set("TWIN_ALLOWED_ORIGINS", "https://shop.example");
    let relay = setup.start();
    let response = from(&relay, &relay.address).await;
    assert_eq!(response.status(), 202);
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-origin")
    );

    let response = from(&relay, "https://shop.example").await;
    assert_eq!(response.status(), 202);
    assert_eq!(
        response.headers()["access-control-allow-origin"],
        "https://shop.example"
    );
    assert_eq!(
        response.headers()["access-control-allow-credentials"],
        "true"
    );
    assert_eq!(response.headers()["vary"], "Origin");

    for origin in ["https://evil.example", "null", "http://shop.example"] {
        let response = from(&relay, origin).await;
        assert!(
            !response
                .headers()
                .contains_key("access-control-allow-origin")
        );
        let (status, answer) = read(response).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (403, &json!("origin_refused")),
            "{origin}"
        );
        assert!(
            answer["error"]["message"]
                .as_str()
                .unwrap()
                .contains("allowed_origins")
        );
    }

    let events = format!("{}/twin/events", relay.address);
    for (origin, status) in [("https://shop.example", 204), ("https://evil.example", 403)] {
        let request = relay.client.request(reqwest::Method::OPTIONS, &events);
        let response = request
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status);
        let is_allowed = status == 204;
        for (name, value) in [
            ("access-control-allow-origin", "https://shop.example"),
            ("access-control-allow-methods", "POST, DELETE"),
            ("access-control-allow-headers", "content-type"),
            ("access-control-allow-credentials", "true"),
        ] {
            let found = response.headers().get(name).map(|found| found == value);
            assert_eq!(found, is_allowed.then_some(true), "{origin} {name}");
        }
        assert_eq!(response.headers()["vary"], "Origin");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_posts_where_null_is_allowed_and_has_no_cookies() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address).set("TWIN_ALLOWED_ORIGINS", "https://shop.example,null");
    let relay = setup.start();
    let events = format!("{}/twin/events", relay.address);
    let request = |method| {
        let request = relay.client.request(method, &events);
        request
            .header("origin", "null")
            .header("host", "events.shop.example")
            .header("x-forwarded-proto", "https")
            .header("cookie", format!("_fbp={FBP}; __Host-twin_fbp={FBP}"))
    };
    let post = request(reqwest::Method::POST).body(body(&[purchase("order_1")]).to_string());
    for (request, status) in [
        (request(reqwest::Method::OPTIONS), 204),
        (post, 202),
        // Whatever page that is, it ends nobody's cookies.
        (request(reqwest::Method::DELETE), 204),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status);
        // The companion asks for credentials, and without these two a browser would count the post as failed.
        for (name, value) in [
            ("access-control-allow-origin", "null"),
            ("access-control-allow-credentials", "true"),
        ] {
            assert_eq!(response.headers()[name], value);
        }
        assert!(!response.headers().contains_key("set-cookie"));
    }
    graph.has("order_1").await;
    // It lets in nobody else.
    assert_eq!(from(&relay, "https://evil.example").await.status(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_post_sets_no_purged_cookie_again() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let relay = setup.start();
    let post = |event: Value| {
        relay
            .request(body(&[event]).to_string())
            .header("host", "www.shop.example")
            .header("origin", "https://www.shop.example")
    };
    let response = post(purchase("order_1")).send().await.unwrap();
    assert_eq!(
        response.headers()["set-cookie"],
        format!("_fbp={FBP}; Domain=.shop.example; Path=/; Max-Age=7776000; SameSite=Lax")
    );
    let bad = with(purchase("bad"), "/event_time", Value::Null);
    let response = post(bad).send().await.unwrap();
    assert_eq!(response.status(), 422);
    assert!(!response.headers().contains_key("set-cookie"));
}
