//! The disk refuses, tears or is taken: no 202 for what is not on it, and the relay goes on by itself.

use std::fs::OpenOptions;

use crate::support::until;
use crate::world::{Meta, print};

/// What a power cut leaves: the last write, half of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_torn_last_write_takes_nothing_with_it_that_was_answered_for() {
    let meta = Meta::start();
    meta.fault(serde_json::json!({"name": "unknown", "for_ms": 3_600_000}))
        .await;
    let setup = meta.setup();
    let relay = setup.start();
    for number in 0..50 {
        relay.take(&[&format!("order_{number}")]).await;
    }
    relay.kill();
    // A commit that was under way: frames without their end, over which nobody was told anything.
    let log = setup.path("data/relay.sqlite-wal");
    let mut bytes = std::fs::read(&log).unwrap();
    let torn = bytes[bytes.len() - 4120..bytes.len() - 1000].to_vec();
    bytes.extend(torn);
    std::fs::write(&log, bytes).unwrap();
    meta.heal().await;
    let relay = setup.start();
    relay.holds(0, 0).await;
    meta.counts(50).await;
    print("torn WAL", 50, 50, &meta.purchases().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_locks_the_file_for_a_while() {
    let meta = Meta::start();
    let setup = meta.setup();
    let relay = setup.start();
    relay.take(&["order_1"]).await;
    let other = rusqlite::Connection::open(setup.path("data/relay.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // It waits five seconds for the other, then says that it can't.
    let (status, answer) = relay
        .post(&crate::support::body(&[crate::support::purchase(
            "order_2",
        )]))
        .await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (503, &"storage_unavailable".into())
    );
    other.execute_batch("ROLLBACK").unwrap();
    relay.take(&["order_2"]).await;
    relay.holds(0, 0).await;
    meta.counts(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_becomes_read_only_is_told_and_healed() {
    let meta = Meta::start();
    let mut setup = meta.setup();
    // The limit stands for a disk that takes no more: root may write to what is read-only.
    setup.file_limit = Some(256);
    let relay = setup.start();
    let mut kept = 0;
    until("a refusal", async || {
        let event = crate::support::purchase(&format!("order_{kept}"));
        let event = crate::support::with(event, "/custom_data/note", "x".repeat(20_000).into());
        let (status, _) = relay.post(&crate::support::body(&[event])).await;
        kept += usize::from(status == 202);
        (status == 503).then_some(())
    })
    .await;
    assert_eq!(relay.health().await.0, 200, "it can still be read");
    relay.unlimit();
    relay.take(&["order_last"]).await;
    relay.holds(0, 0).await;
    meta.counts(kept + 1).await;
    print("disk full", kept + 2, kept + 1, &meta.purchases().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_can_only_be_read_is_named_at_start() {
    let meta = Meta::start();
    // A file system that is read-only for everybody, also for root.
    let setup = meta.setup().set("TWIN_DATA_DIR", "/proc/twin");
    let (code, said) = setup.fails(&[]).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains("data_dir /proc/twin can't be written"),
        "{said}"
    );
    assert!(
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open("/proc/twin")
            .is_err()
    );
}
