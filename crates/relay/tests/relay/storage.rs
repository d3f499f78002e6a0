//! When the disk is full.

use serde_json::json;

use crate::support::graph::{Graph, error, ok};
use crate::support::process::{Setup, read};
use crate::support::{body, purchase, with};

/// A limit on the size of files stands for a full disk: a write fails, in the middle of a commit.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_is_claimed_that_is_not_kept() {
    let graph = Graph::start(|_| error(503, 2, 0, "")).await;
    let mut setup = Setup::new(&graph.address);
    setup.file_limit = Some(2048);
    let relay = setup.start();
    let (mut kept, mut refusal) = (Vec::new(), None);
    for number in 0..200 {
        // About 80 kB each, so the limit of 1 MiB is near.
        let event_id = format!("order_{number:03}");
        let large = with(
            purchase(&event_id),
            "/custom_data/note",
            json!("x".repeat(80_000)),
        );
        let request = relay.request(body(&[large]).to_string());
        let response = request.send().await.unwrap();
        if response.status() == 202 {
            kept.push(event_id);
            continue;
        }
        assert!(response.headers().contains_key("retry-after"));
        refusal.get_or_insert(read(response).await);
    }
    let (status, answer) = refusal.unwrap();
    assert_eq!(status, 503);
    assert_eq!(answer["error"]["code"], "storage_unavailable");
    assert!(!kept.is_empty());
    // It lives, and reads what it has.
    assert_eq!(relay.outbox().await["waiting"], kept.len());
    // It goes on when there is room again.
    relay.unlimit();
    relay.take(&["order_last"]).await;
    kept.push("order_last".into());
    relay.kill();

    setup.file_limit = None;
    graph.answer(ok);
    let relay = setup.start();
    relay.holds(0, 0).await;
    assert!(relay.log().contains("check the disk of data_dir"));
    assert_eq!(graph.delivered(), kept);
}
