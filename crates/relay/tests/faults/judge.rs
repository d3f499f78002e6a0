//! Who checks the checker: a lost event and one that counts twice are seen, by the stand-in's own counts.

use serde_json::json;

use crate::support::process::{TOKEN, client};
use crate::support::{PIXEL, body, now_s, purchase, with};
use crate::world::{Judged, Meta, orders};

async fn send(meta: &Meta, events: &[serde_json::Value]) {
    let graph = format!("{}/v26.0/{PIXEL}/events", meta.address);
    let sent = client()
        .post(graph)
        .bearer_auth(TOKEN)
        .body(body(events).to_string());
    let sent = sent.header("content-type", "application/json").send();
    assert_eq!(sent.await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_and_what_counts_twice_is_seen() {
    let meta = Meta::start();
    let both = [purchase("order_0"), purchase("order_1")];
    send(&meta, &both).await;
    send(&meta, &both).await;
    meta.counts("the judge: all well, sent twice", &orders(2))
        .await;
    let judged = Judged::of(&orders(3), &meta.counted().await);
    assert_eq!(
        (judged.lost, judged.doubled),
        (vec!["order_2".to_owned()], vec![])
    );
    // Two days later Meta has forgotten the first.
    meta.advance("49h").await;
    let again = with(purchase("order_1"), "/event_time", json!(now_s()));
    send(&meta, &[again]).await;
    let judged = Judged::of(&orders(2), &meta.counted().await);
    assert_eq!(
        (judged.lost, judged.doubled),
        (vec![], vec!["order_1".to_owned()])
    );
    // One that nobody posted, as many as there should be.
    let judged = Judged::of(&orders(2), &["order_0".into(), "stranger".into()]);
    assert_eq!((judged.lost.len(), judged.doubled.len()), (1, 1));
}
