//! Several shops and pixels in one relay, each with its own token, origins, events and test code.

use serde_json::json;

use crate::support::graph::{Graph, error, ok};
use crate::support::process::Setup;
use crate::support::{body, purchase, until, with};

const SHOPS: &str = r#"
[shops.de]
pixel_id = "1"
access_token = "EAABone"
allowed_origins = ["https://shop.de"]
[[shops.de.pixels]]
pixel_id = "2"
access_token = "EAABtwo"
test_event_code = "TEST2"
events = ["Purchase"]
[shops.fr]
pixel_id = "3"
access_token = "EAABthree"
allowed_origins = ["https://shop.fr"]
"#;

fn setup(graph: &Graph) -> Setup {
    let setup = Setup::new(&graph.address)
        .set("TWIN_PIXEL_ID", "")
        .set("TWIN_ACCESS_TOKEN", "");
    let file = setup.path("relay.toml");
    std::fs::write(&file, SHOPS).unwrap();
    setup.set("TWIN_CONFIG", file.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_pixel_gets_its_own_events() {
    let graph = Graph::start(ok).await;
    let setup = setup(&graph);
    let relay = setup.start();
    let post = async |shop: &str, origin: &str, event_id: &str, name: &str| {
        let event = with(purchase(event_id), "/event_name", json!(name));
        relay
            .client
            .post(format!("{}/twin/{shop}/events", relay.address))
            .header("origin", origin)
            .body(body(&[event]).to_string())
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(
        post("de", "https://shop.de", "order_1", "Purchase").await,
        202
    );
    assert_eq!(post("de", "https://shop.de", "lead_1", "Lead").await, 202);
    assert_eq!(
        post("fr", "https://shop.fr", "order_1", "Purchase").await,
        202
    );
    assert_eq!(
        post("fr", "https://shop.de", "order_2", "Purchase").await,
        403
    );
    assert_eq!(
        post("it", "https://shop.de", "order_2", "Purchase").await,
        404
    );
    relay.holds(0, 0).await;
    let mut sent: Vec<_> = graph
        .calls()
        .iter()
        .flat_map(|call| {
            let token = call.headers["authorization"].to_str().unwrap().to_owned();
            let code = call.body["test_event_code"]
                .as_str()
                .unwrap_or("")
                .to_owned();
            let place = call.uri.clone();
            call.event_ids()
                .into_iter()
                .map(move |id| (place.clone(), token.clone(), code.clone(), id))
        })
        .collect();
    sent.sort();
    let expected = [
        ("1", "EAABone", "", "lead_1"),
        ("1", "EAABone", "", "order_1"),
        ("2", "EAABtwo", "TEST2", "order_1"),
        ("3", "EAABthree", "", "order_1"),
    ]
    .map(|(pixel, token, code, id)| {
        (
            format!("/v26.0/{pixel}/events"),
            format!("Bearer {token}"),
            code.to_owned(),
            id.to_owned(),
        )
    });
    assert_eq!(sent, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_pixels_trouble_does_not_hold_up_the_others() {
    let graph = Graph::start(|call| match call.uri.contains("/1/") {
        true => error(401, 190, 463, ""),
        false => ok(call),
    })
    .await;
    let setup = setup(&graph);
    let relay = setup.start();
    let url = format!("{}/twin/de/events", relay.address);
    for event_id in ["order_1", "order_2"] {
        let post = relay
            .client
            .post(&url)
            .body(body(&[purchase(event_id)]).to_string());
        assert_eq!(post.send().await.unwrap().status(), 202);
        graph.has(event_id).await;
    }
    until("only the other's wait", async || {
        (relay.outbox().await["waiting"] == 2).then_some(())
    })
    .await;
    assert_eq!(
        relay.standing().await.1["troubles"]["1"]["trouble"],
        "token"
    );
}
