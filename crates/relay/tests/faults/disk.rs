//! The disk refuses, tears or is taken: no 202 for what is not on it, and the relay goes on by itself.

use std::fs::OpenOptions;

use serde_json::json;

use crate::crowd::Crowd;
use crate::mount::Disk;
use crate::world::{Meta, orders, patiently};

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
    meta.counts("torn WAL", &orders(50)).await;
    relay.holds(0, 0).await;
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
    let both = ["order_1".into(), "order_2".into()];
    meta.counts("file locked by another", &both).await;
    relay.holds(0, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_under_load_is_told_and_made_good() {
    let Some(disk) = Disk::small() else { return };
    let meta = Meta::start();
    // Nothing leaves, so that it fills up.
    meta.fault(json!({"name": "unknown", "for_ms": 3_600_000}))
        .await;
    let setup = meta.setup().set("TWIN_DATA_DIR", &disk.folder("data"));
    let relay = setup.start();
    let crowd = Crowd::gather(&relay.client, &relay.address);
    patiently("a full disk", async || {
        relay.log().contains("can't be written").then_some(())
    })
    .await;
    assert_eq!(relay.health().await.0, 200, "it can still be read");
    disk.enlarge();
    let goal = crowd.kept() + 500;
    patiently("more events", async || (crowd.kept() >= goal).then_some(())).await;
    meta.heal().await;
    let accepted = crowd.go_home().await;
    meta.counts("disk full under load", &accepted).await;
    relay.holds(0, 0).await;
    assert!(relay.log().contains("can be written again"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_becomes_read_only_under_load_keeps_what_was_answered_for() {
    let Some(disk) = Disk::ext4() else { return };
    let meta = Meta::start();
    let setup = meta.setup().set("TWIN_DATA_DIR", &disk.folder("data"));
    let relay = setup.start();
    let crowd = Crowd::gather(&relay.client, &relay.address);
    patiently("events", async || (crowd.kept() >= 1_000).then_some(())).await;
    disk.fail();
    patiently("a disk that takes nothing", async || {
        relay.log().contains("can't be written").then_some(())
    })
    .await;
    let (status, answer) = relay
        .post(&crate::support::body(&[crate::support::purchase("late")]))
        .await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (503, &"storage_unavailable".into())
    );
    relay.kill();
    disk.repair();
    let relay = setup.start();
    crowd.follow(&relay.address);
    let goal = crowd.kept() + 500;
    patiently("more events", async || (crowd.kept() >= goal).then_some(())).await;
    let accepted = crowd.go_home().await;
    meta.counts("disk read-only under load", &accepted).await;
    relay.holds(0, 0).await;
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
